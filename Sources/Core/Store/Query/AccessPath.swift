/// An access path: the index, SQLite's or a deferred one, that finds the records of a query.
///
/// SQLite's planner knows neither how often a plate was read nor how many records a camera has on some days; the
/// counters do. So the path is chosen here and forced (`INDEXED BY`).
enum AccessPath: String, CaseIterable {
    /// By capture time; each record is tested.
    case time = "records_by_time"
    /// A camera's records, by capture time; covers plates and confidences (``DeferredIndexes``).
    case camera = "camera_records"
    /// A plate's records, by capture time; covers cameras (``DeferredIndexes``).
    case plate = "plate_records"
    /// Blacklist hits.
    case hits = "records_hit"

    /// Whether the index is deferred, so that the newest records may be missing.
    var isDeferred: Bool { self == .camera || self == .plate }
}

/// Estimated row counts of a query, and the cost of each access path.
struct AccessPathCosts {
    /// Records of the queried days, of all cameras.
    let ofDays: Int
    /// Of these, records of the queried camera; `ofDays` if there is none.
    let ofCamera: Int
    /// Hits of the queried camera and days.
    let hits: Int
    /// The share of the queried days in all records.
    let share: Double
    /// All records.
    let all: Int
    /// The number of queried plates, and of their records; nil if the query has no plate.
    let plates: (count: Int, reads: Int)?
    /// Whether the query has a camera.
    let hasCamera: Bool
    /// Whether the query wants hits only.
    let isOfHits: Bool
    /// Whether the record itself must be read although an index finds it: for columns that the index lacks.
    let readsRecord: Bool

    /// The cheapest path for counting, or for listing the newest `needed` records.
    func best(needed: Int? = nil) -> AccessPath {
        let paths = AccessPath.allCases.filter { isApplicable($0) }
        return paths.min { microseconds($0, needed) < microseconds($1, needed) } ?? .time
    }

    private func isApplicable(_ path: AccessPath) -> Bool {
        switch path {
        case .time: true
        case .camera: hasCamera
        case .plate: plates != nil
        case .hits: isOfHits
        }
    }

    /// A rough cost, measured on two cores with a cached database of ten million records.
    private func microseconds(_ path: AccessPath, _ needed: Int?) -> Double {
        let (inIndex, inRecord) = (0.05, 0.5)
        switch path {
        case .time: return Double(ofDays) * inRecord * part(needed)
        case .camera:
            let each = readsRecord || isOfHits ? inRecord : inIndex
            return Double(ofCamera) * each * part(needed)
        case .hits: return Double(hits) * (readsRecord ? inRecord : inIndex)
        case .plate:
            let (count, reads) = plates ?? (0, 0)
            let each = readsRecord || isOfHits ? inRecord : inIndex
            // For several plates, either each plate's newest records are merged, or all are sorted.
            let isMerged = RecordQueryPlan.merges(count, needed)
            return Double(count) * (needed == nil ? 2 : 8) + Double(reads) * share * each
                * (count == 1 || isMerged ? min(1, Double(count) * part(needed)) : 1)
        }
    }

    /// The share of records that is scanned until `needed` are found.
    private func part(_ needed: Int?) -> Double {
        guard let needed else { return 1 }
        var found = isOfHits ? Double(hits) : Double(ofCamera)
        if let plates { found *= Double(plates.reads) / Double(max(1, all)) }
        return min(1, Double(needed) / max(1, found))
    }
}
