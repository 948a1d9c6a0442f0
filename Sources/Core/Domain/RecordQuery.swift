/// Which records are asked for, and which page of them.
public struct RecordQuery: Sendable, Equatable {
    /// How a plate's text is compared.
    public enum PlateMatch: String, Sendable, CaseIterable {
        /// The whole number (and the province, where one is given).
        case exact
        /// The beginning.
        case prefix
        /// Any part: what the original system does.
        case contains
        /// `*` = any run of characters, `?` = any one.
        case wildcard
        /// Few letters differ; letters that OCR confuses count as no difference.
        case fuzzy
    }

    /// A plate's text as it was asked for.
    public struct PlateFilter: Sendable, Equatable {
        /// As it was typed.
        public let text: String
        /// How it is compared.
        public let match: PlateMatch

        /// Makes a filter.
        public init(text: String, match: PlateMatch) {
            self.text = text
            self.match = match
        }
    }

    /// Only this camera's.
    public var cameraID: String?
    /// Only plates like this.
    public var plate: PlateFilter?
    /// Seen on or after this day.
    public var dateFrom: Day?
    /// Seen on or before this day.
    public var dateTo: Day?
    /// At least so sure, in percent, 0–100.
    ///
    /// Records without a confidence do not count.
    public var confidencePercentMin: Double?
    /// Only those that matched the blacklist (true) or did not (false).
    public var blacklisted: Bool?
    /// Only those that come after this record in the order of the list (keyset paging).
    public var beforeID: Int64?
    /// The page, from 1.
    public var page = 1
    /// Records a page.
    public var perPage: Int

    /// All records, the first page.
    public init(perPage: Int) {
        self.perPage = perPage
    }
}

/// One page of records, newest first.
public struct RecordPage: Sendable {
    /// The records.
    public let records: [Record]
    /// How many there are on all pages.
    public let total: Int
    /// The page, from 1.
    public let page: Int
    /// Records a page.
    public let perPage: Int

    /// How many pages there are.
    public var pages: Int { (total + perPage - 1) / perPage }
}
