import Foundation
import GRDB

/// Pictures both ways: the file of each record that names one, and the record of each file.
///
/// Of each day's folder only a sum of hashes is kept; names only of the days of which the sums differ.
final class PictureVisitor: RecordVisitor {
    private let run: CheckRun
    private let files: PictureFiles
    private let newest: Date
    private let seed = UInt64.random(in: .min ... .max)
    private var sums: [String: UInt64] = [:]

    /// Names of files that are kept at a time; of more days only what they say is said.
    private static let namesMax = 500_000

    init(_ run: CheckRun, files: PictureFiles, graceSeconds: Int) {
        self.run = run
        self.files = files
        newest = Date(timeIntervalSinceNow: -Double(graceSeconds))
    }

    func visit(_ record: RecordScan.Row) {
        guard let picture = record.picture else { return }
        look(at: picture, of: record.id, cameDamaged: record.cameDamaged)
    }

    private func look(at picture: String, of record: Int64, cameDamaged: Bool) {
        sums[String(picture.prefix(10)), default: 0] &+= hash(picture)
        switch files.state(of: picture) {
        case .whole: break
        case .missing: run.addMissing(picture, of: record)
        case .damaged(let damage):
            guard !cameDamaged else { return }
            run.findings.add(.pictureDamaged, "record \(record): \(picture) \(damage)")
        }
    }

    func finish() throws {
        try visitFurtherPictures()
        var unknown: Set<String> = []
        for day in files.days() {
            let pictures = files.names(in: day).map { "\(day)/\($0)" }
            let sum = pictures.reduce(0) { $0 &+ hash($1) }
            guard sum != sums[day] ?? 0 else { continue }
            unknown.formUnion(pictures)
            if unknown.count > Self.namesMax {
                try reportForeign(unknown)
                unknown = []
            }
        }
        try reportForeign(unknown)
    }

    /// Pictures beside the main ones, which their records have no column for.
    private func visitFurtherPictures() throws {
        let rows = try RawStatement(
            run.db,
            """
            SELECT p.path, p.record, \(RecordScan.cameDamaged)
            FROM pictures p LEFT JOIN records r ON r.id = p.record WHERE p.path IS NOT r.picture
            """
        )
        defer { rows.rewind() }
        try rows.bind()
        while try rows.next() {
            guard let path = rows.text(0) else { continue }
            look(at: path, of: rows.integer(1), cameDamaged: rows.integer(2) == 1)
        }
    }

    private func reportForeign(_ pictures: Set<String>) throws {
        guard !pictures.isEmpty else { return }
        var unknown = pictures
        let rows = try RawStatement(
            run.db,
            """
            SELECT picture FROM records WHERE picture IS NOT NULL UNION ALL SELECT path FROM pictures
            """
        )
        defer { rows.rewind() }
        try rows.bind()
        while try rows.next() { if let picture = rows.text(0) { unknown.remove(picture) } }
        for picture in unknown.sorted() {
            guard let modified = files.modified(picture), modified < newest else { continue }
            run.findings.add(.pictureForeign, picture)
        }
    }

    private func hash(_ path: String) -> UInt64 {
        var hash = seed
        for byte in path.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        return hash
    }
}
