import GRDB

/// Compares everything that is derived from the records with the records.
///
/// It reads from one snapshot and writes nothing, so that it may run beside the service; the WAL grows meanwhile by what
/// the service writes. Records are read once in the order of their ids and once in the order of time, and each derived
/// table once in its own order: sums of hashes tell whether two of them are the same set, so that memory does not grow
/// with the records.
public struct StoreCheck {
    private let store: Store
    private let picturesPath: String?
    private let pictureGraceSeconds: Int

    /// A check of a store and, if a folder is named, of its pictures.
    ///
    /// Pictures without a record count only if they are older than `pictureGraceSeconds`: those of a running service may
    /// wait to be committed.
    public init(store: Store, picturesPath: String? = nil, pictureGraceSeconds: Int = 600) {
        self.store = store
        self.picturesPath = picturesPath
        self.pictureGraceSeconds = pictureGraceSeconds
    }

    /// Checks everything; the name of each step is reported, and each kind of damage once its step is done.
    ///
    /// A quick check looks at the marks, the sums of counters, the newest records and a sample of the others. Throws
    /// `DatabaseError` if the database cannot be read for another reason than damage.
    public func run(
        quick: Bool = false,
        progress: @escaping (String) -> Void = { _ in },
        found: (Finding) -> Void
    ) throws {
        let steps =
            quick
            ? quickSteps
            : StoreCheck.steps(picturesPath: picturesPath, graceSeconds: pictureGraceSeconds)
        let missing = try store.readAndWait { snapshot in
            func check() throws -> (pictures: [(record: Int64, picture: String)], further: Int) {
                try StoreCheck.run(steps, in: snapshot, progress: progress, found: found)
            }
            // A sample reads no page twice that a small cache does not have.
            return quick ? try snapshot.db.readOnce(check) : try check()
        }
        if var finding = try missingPicture(among: missing.pictures) {
            finding.count += missing.further
            found(finding)
        }
    }

    private static func run(
        _ steps: [Step],
        in snapshot: Snapshot,
        progress: @escaping (String) -> Void,
        found: (Finding) -> Void
    ) throws -> (pictures: [(record: Int64, picture: String)], further: Int) {
        let run = try CheckRun(snapshot, progress: progress)
        for step in steps {
            progress(step.name)
            do {
                try step.body(run)
            } catch {
                guard let finding = finding(for: error) else { throw error }
                run.findings.add(finding.kind, finding.example)
            }
            run.findings.take().forEach(found)
        }
        return (run.missingPictures, run.furtherMissingPictures)
    }

    /// What retention removed since the state that was read is not missing.
    private func missingPicture(
        among missing: [(record: Int64, picture: String)]
    ) throws -> Finding? {
        guard !missing.isEmpty else { return nil }
        return try store.readAndWait { snapshot in
            let find = try snapshot.db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM records WHERE id = ?1 AND picture = ?2)
                        OR EXISTS (SELECT 1 FROM pictures WHERE record = ?1 AND path = ?2)
                    """
            )
            let still = try missing.filter { record, picture in
                try Bool.fetchOne(find, arguments: [record, picture]) == true
            }
            guard let first = still.first else { return nil }
            return Finding(
                .pictureMissing,
                count: still.count,
                example: "record \(first.record): \(first.picture)"
            )
        }
    }

    /// The damage that an error reports; nil for any other error.
    public static func finding(for error: any Error) -> Finding? {
        if let refusal = error as? Refusal, refusal.code == DedupIndex.metadataMissingCode {
            return Finding(.notes, example: refusal.message)
        }
        guard let error = error as? DatabaseError else { return nil }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            return Finding(.databaseFile, example: "\(error)")
        case .SQLITE_ERROR where error.message?.hasPrefix("no such") == true:
            return Finding(.databaseFile, example: "\(error)")
        default: return nil
        }
    }

    private struct Step {
        let name: String
        let body: (CheckRun) throws -> Void
    }

    private static func steps(picturesPath: String?, graceSeconds: Int) -> [Step] {
        [
            Step(name: "database file", body: SQLiteCheck.run),
            Step(name: "marks", body: MarkCheck.run),
            Step(name: "records") { try scanRecords($0, picturesPath, graceSeconds) },
            Step(name: "index by plate") { try PlateRecordsCheck($0).compare() },
            Step(name: "index by camera", body: CameraRecordsCheck.run),
            Step(name: "plate numbers") { run in
                var check = try PlateNumbersCheck(run)
                try check.compare()
            },
            Step(name: "counters") { try CounterCheck($0).compare() },
            Step(name: "duplicates", body: DuplicateCheck.run),
            Step(name: "blacklist, references, event log", body: TableCheck.run),
            Step(name: "audit", body: AuditCheck.run),
        ]
    }

    private static func scanRecords(
        _ run: CheckRun,
        _ picturesPath: String?,
        _ graceSeconds: Int
    ) throws {
        var visitors: [any RecordVisitor] = [
            IndexSumVisitor(run), try AlertVisitor(run), try ReferenceVisitor(run),
            try DedupVisitor(run),
        ]
        if let picturesPath {
            let files = PictureFiles(path: picturesPath)
            visitors.append(PictureVisitor(run, files: files, graceSeconds: graceSeconds))
        }
        try RecordScan.run(run, visitors)
    }

    private var quickSteps: [Step] {
        [
            Step(name: "marks", body: MarkCheck.run),
            Step(name: "sums of counters", body: SampleCheck.sums),
            Step(name: "newest records and a sample", body: sample),
            Step(name: "newest entries of the audit", body: AuditCheck.quick),
        ]
    }

    private func sample(_ run: CheckRun) throws {
        try SampleCheck(run, pictures: picturesPath.map(PictureFiles.init)).lookAtRecords()
    }
}

/// One run of a check: its snapshot, and the data shared by its steps.
final class CheckRun {
    let db: Database
    let calendar: SiteCalendar
    let limits: Limits
    let marks: Watermarks
    let findings = FindingList()
    let progress: (String) -> Void
    /// Sums over the records, against which the indexes by plate and by camera are held.
    var plateSums: RowSums
    var cameraSums: RowSums
    /// Event ids of records that are not in their buckets: not entered yet, or lost.
    var eventsOutsideBuckets: [DedupEntry] = []

    /// Records whose picture is not there; some may have been deleted since the state that is read.
    private(set) var missingPictures: [(record: Int64, picture: String)] = []
    /// Those that are too many to remember.
    private(set) var furtherMissingPictures = 0

    private static let missingPicturesMax = 10_000

    func addMissing(_ picture: String, of record: Int64) {
        if missingPictures.count < Self.missingPicturesMax {
            missingPictures.append((record, picture))
        } else {
            furtherMissingPictures += 1
        }
    }

    /// Entries of ``eventsOutsideBuckets``; of further ones, which only damage leaves, no duplicates are found.
    static let eventsOutsideBucketsMax = 1 << 20

    init(_ snapshot: Snapshot, progress: @escaping (String) -> Void) throws {
        db = snapshot.db
        limits = snapshot.limits
        self.progress = progress
        marks = try Watermarks(db)
        // Counters are of the days of the time zone that the service last had.
        calendar =
            try db.meta("time_zone").flatMap(SiteCalendar.init(identifier:)) ?? snapshot.calendar
        let last = try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM records") ?? 0
        plateSums = RowSums(lastID: last)
        cameraSums = RowSums(lastID: last)
    }
}
