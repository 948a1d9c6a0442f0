/// One kind of damage: a description, its count, an example, and the remedy.
public struct Finding: Sendable, Equatable {
    /// What is wrong.
    public let kind: Kind
    /// The count; a lower bound.
    public internal(set) var count: Int
    /// The first instance.
    public let example: String

    /// A finding.
    public init(_ kind: Kind, count: Int = 1, example: String) {
        (self.kind, self.count, self.example) = (kind, count, example)
    }

    /// All of it in one line.
    public var sentence: String {
        "\(kind.what): \(count) (for example \(example)); \(kind.remedy.sentence)"
    }

    /// The remedies for damage.
    public enum Remedy: String, Sendable, CaseIterable {
        case reindex
        case generate
        case restorePicture = "restore_picture"
        case removePicture = "remove_picture"
        case deleteRecord = "delete_record"
        case restoreBackup = "restore_backup"
        case investigate

        /// The remedy, as the end of a line.
        public var sentence: String {
            switch self {
            case .reindex: "stop the service and run `lprserver reindex`"
            case .generate: "run `lprserver generate --full`"
            case .restorePicture: "copy the file back from a backup of the pictures"
            case .removePicture: "remove the file, or restore the database that has its record"
            case .deleteRecord: "delete the later record (DELETE /api/records/ID)"
            case .restoreBackup: "restore a backup (docs/OPERATING.md, “Restore”)"
            case .investigate:
                "find out who could write to the database, and compare with a backup (docs/SECURITY.md, “Audit”)"
            }
        }
    }

    /// The kinds of damage.
    public enum Kind: String, Sendable, CaseIterable {
        // The file and its metadata
        case databaseFile = "database_file"
        case sqliteIndexes = "sqlite_indexes"
        case notes
        case watermarks
        // Counters
        case hours
        case days
        case confidences
        case cameraCounters = "camera_counters"
        case percents
        // Plates
        case plateNumbers = "plate_numbers"
        case plateCounts = "plate_counts"
        case frequentPlates = "frequent_plates"
        // Deferred indexes
        case plateIndex = "plate_index"
        case cameraIndex = "camera_index"
        // Deduplication
        case dedupMissing = "dedup_missing"
        case dedupForeign = "dedup_foreign"
        case dedupRows = "dedup_rows"
        case dedupFilters = "dedup_filters"
        case duplicates
        // Other tables
        case blacklistCounts = "blacklist_counts"
        case alerts
        case references
        case eventLog = "event_log"
        case audit
        // Files
        case pictureMissing = "picture_missing"
        case pictureDamaged = "picture_damaged"
        case pictureForeign = "picture_foreign"
        case pageDiffers = "page_differs"
        case pageMissing = "page_missing"
        case pageForeign = "page_foreign"
        case pagesBehind = "pages_behind"
    }
}

extension Finding.Kind {
    /// The description, in the plural: a count follows.
    public var what: String {
        switch self {
        case .databaseFile: "damaged places in the database file"
        case .sqliteIndexes: "entries of SQLite's indexes that do not match their rows"
        case .notes: "notes of the database about itself that are missing or broken"
        case .watermarks: "watermarks that contradict the records"
        case .hours: "counters of hours that differ from the records"
        case .days: "counters of days that differ from the records"
        case .confidences: "days whose counts of confidences differ from the records"
        case .cameraCounters: "cameras whose totals differ from the records"
        case .percents: "records whose whole percent is not that of their confidence"
        case .plateNumbers: "pages of packed plate numbers that differ from the plates"
        case .plateCounts: "plates whose packed count differs from the records"
        case .frequentPlates: "frequent plates whose counts by camera differ from the records"
        case .plateIndex: "entries that are missing, wrong or superfluous in the index by plate"
        case .cameraIndex: "entries that are missing, wrong or superfluous in the index by camera"
        case .dedupMissing: "records whose event id the deduplication index does not find"
        case .dedupForeign: "entries of the deduplication index that belong to no record's event id"
        case .dedupRows: "rows of the deduplication index that are not whole"
        case .dedupFilters: "Bloom filters of the deduplication index that are missing or wrong"
        case .duplicates: "records with the camera and event id of an earlier one"
        case .blacklistCounts: "counts of the blacklist that differ from its entries"
        case .alerts: "alerts without their record, and marked records without their alert"
        case .references: "rows that name a camera, plate, place or entry that does not exist"
        case .eventLog: "gaps and unknown kinds in the event log"
        case .audit: "places where the audit was changed or is not complete"
        case .pictureMissing: "records whose picture is missing"
        case .pictureDamaged: "pictures that are damaged though they came whole"
        case .pictureForeign: "pictures that no record names"
        case .pageDiffers: "pages that differ from a full build"
        case .pageMissing: "pages that are missing"
        case .pageForeign: "pages that a full build does not make"
        case .pagesBehind: "pages that cannot be brought up to date step by step"
        }
    }

    /// The remedy.
    public var remedy: Finding.Remedy {
        switch self {
        case .databaseFile, .alerts, .references, .eventLog: .restoreBackup
        case .sqliteIndexes, .notes, .watermarks, .hours, .days, .confidences, .cameraCounters,
            .percents, .plateNumbers, .plateCounts, .frequentPlates, .plateIndex, .cameraIndex,
            .dedupMissing, .dedupForeign, .dedupRows, .dedupFilters, .blacklistCounts:
            .reindex
        case .duplicates: .deleteRecord
        case .audit: .investigate
        case .pictureMissing, .pictureDamaged: .restorePicture
        case .pictureForeign: .removePicture
        case .pageDiffers, .pageMissing, .pageForeign, .pagesBehind: .generate
        }
    }
}

/// The findings so far: per kind the count and the first instance.
final class FindingList {
    private var findings: [Finding.Kind: Finding] = [:]

    /// Adds one more.
    func add(_ kind: Finding.Kind, _ example: @autoclosure () -> String) {
        add(kind, count: 1, example())
    }

    /// Adds some.
    func add(_ kind: Finding.Kind, count: Int, _ example: @autoclosure () -> String) {
        guard findings[kind] == nil else {
            findings[kind]?.count += count
            return
        }
        findings[kind] = Finding(kind, count: count, example: example())
    }

    /// Takes all of them, in the order of their kinds.
    func take() -> [Finding] {
        defer { findings = [:] }
        return Finding.Kind.allCases.compactMap { findings[$0] }
    }
}
