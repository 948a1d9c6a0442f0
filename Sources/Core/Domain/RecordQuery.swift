/// A query of records: filters and page.
public struct RecordQuery: Sendable, Equatable {
    /// How a plate's text is compared.
    public enum PlateMatch: String, Sendable, CaseIterable {
        /// The complete number (and the province, if given).
        case exact
        /// The beginning.
        case prefix
        /// Any substring, as in the original system.
        case contains
        /// `*` matches any characters, `?` any one.
        case wildcard
        /// At most a few letters differ; letters that OCR confuses are equal.
        case fuzzy
    }

    /// A plate filter.
    public struct PlateFilter: Sendable, Equatable {
        /// The text as typed.
        public let text: String
        /// How it is compared.
        public let match: PlateMatch

        /// Makes a filter.
        public init(text: String, match: PlateMatch) {
            self.text = text
            self.match = match
        }
    }

    /// Only records of this camera.
    public var cameraID: String?
    /// Only plates that match.
    public var plate: PlateFilter?
    /// Seen on or after this day.
    public var dateFrom: Day?
    /// Seen on or before this day.
    public var dateTo: Day?
    /// Minimum confidence in percent, 0–100.
    ///
    /// Excludes records without a confidence.
    public var confidencePercentMin: Double?
    /// Only blacklist hits (true) or only others (false).
    public var blacklisted: Bool?
    /// Only records after this one in list order (keyset paging).
    public var beforeID: Int64?
    /// The page, from 1.
    public var page = 1
    /// Records per page.
    public var perPage: Int

    /// All records, first page.
    public init(perPage: Int) {
        self.perPage = perPage
    }
}

/// One page of records, newest first.
public struct RecordPage: Sendable {
    /// The records.
    public let records: [Record]
    /// The number of records on all pages.
    public let total: Int
    /// The page, from 1.
    public let page: Int
    /// Records per page.
    public let perPage: Int

    /// The number of pages.
    public var pages: Int { (total + perPage - 1) / perPage }
}
