/// An index, SQLite's or a late one, through which the records of a question are found.
///
/// SQLite's planner knows neither how often a plate was read nor how many records a camera has on some days;
/// the counters do. So the way is chosen here, and SQLite is told (`INDEXED BY`).
enum AccessPath: String, CaseIterable {
    /// By when they were seen, each looked at.
    case time = "records_by_time"
    /// A camera's, by when they were seen; plates and confidences stand beside them (``DeferredIndexes``).
    case camera = "camera_records"
    /// A plate's, by when they were seen; cameras stand beside them (``DeferredIndexes``).
    case plate = "plate_records"
    /// Those that matched the blacklist.
    case hits = "records_hit"

    /// Whether the newest records may not be on it.
    var isLate: Bool { self == .camera || self == .plate }
}

/// What the counters say of a question, and what each way to its answer costs.
struct AccessPathCosts {
    /// Records of the asked days, of all cameras.
    let ofDays: Int
    /// Of these the asked camera's; `ofDays` where none is asked for.
    let ofCamera: Int
    /// Those of the asked camera and days that matched the blacklist.
    let hits: Int
    /// Which share of all records is of the asked days.
    let share: Double
    /// All records there are.
    let all: Int
    /// How many plates are asked for, and their records; nil where any will do.
    let plates: (count: Int, reads: Int)?
    /// Whether a camera is asked for.
    let hasCamera: Bool
    /// Whether only records that matched the blacklist are.
    let isOfHits: Bool
    /// Whether the record itself must be looked at even where an index leads to it: for what stands in
    /// no index.
    let looksAtRecord: Bool

    /// The cheapest way to count; `needed` records are to be listed instead, newest first, where it is given.
    func best(needed: Int? = nil) -> AccessPath {
        let ways = AccessPath.allCases.filter { isOpen($0) }
        return ways.min { microseconds($0, needed) < microseconds($1, needed) } ?? .time
    }

    private func isOpen(_ way: AccessPath) -> Bool {
        switch way {
        case .time: true
        case .camera: hasCamera
        case .plate: plates != nil
        case .hits: isOfHits
        }
    }

    /// A rough cost; measured on a machine of two cores with a database of ten million in memory.
    private func microseconds(_ way: AccessPath, _ needed: Int?) -> Double {
        let (inIndex, inRecord) = (0.05, 0.5)
        switch way {
        case .time: return Double(ofDays) * inRecord * part(needed)
        case .camera:
            let each = looksAtRecord || isOfHits ? inRecord : inIndex
            return Double(ofCamera) * each * part(needed)
        case .hits: return Double(hits) * (looksAtRecord ? inRecord : inIndex)
        case .plate:
            let (count, reads) = plates ?? (0, 0)
            let each = looksAtRecord || isOfHits ? inRecord : inIndex
            // Of several plates, each one's newest are found before the page's are known, or all are sorted.
            let isMerged = RecordQueryPlan.merges(count, needed)
            return Double(count) * (needed == nil ? 2 : 8) + Double(reads) * share * each
                * (count == 1 || isMerged ? min(1, Double(count) * part(needed)) : 1)
        }
    }

    /// Which part of the records is passed until so many are found.
    private func part(_ needed: Int?) -> Double {
        guard let needed else { return 1 }
        var found = isOfHits ? Double(hits) : Double(ofCamera)
        if let plates { found *= Double(plates.reads) / Double(max(1, all)) }
        return min(1, Double(needed) / max(1, found))
    }
}
