import Crypto
import Foundation
import GRDB
import Seeded
import Synchronization
import Testing

@testable import Core

/// A copy of the records elsewhere, as a hub would keep it: by two positions, and nothing else.
private struct Copy {
    var (record, change) = (Int64(0), Int64(0))
    var records: [Int64: String] = [:]

    /// Queries a page of both lists, in either order and from different snapshots.
    mutating func step(_ site: TestSite, using random: inout SeededGenerator) async throws {
        let limit = Int.random(in: 1...20, using: &random)
        if Bool.random(using: &random) {
            try await takeRecords(site, limit)
            try await takeChanges(site, limit)
        } else {
            try await takeChanges(site, limit)
            try await takeRecords(site, limit)
        }
    }

    /// Until nothing is left.
    mutating func catchUp(_ site: TestSite) async throws {
        var before: (Int64, Int64)
        repeat {
            before = (record, change)
            try await takeRecords(site, 7)
            try await takeChanges(site, 7)
        } while before != (record, change)
    }

    private mutating func takeRecords(_ site: TestSite, _ limit: Int) async throws {
        let position = record
        let copies = try await site.store.read {
            try $0.recordCopies(after: position, limit: limit)
        }
        #expect(copies.map(\.record.id) == copies.map(\.record.id).sorted())
        for copy in copies { records[copy.record.id] = copy.record.plate.text }
        record = copies.last?.record.id ?? record
    }

    private mutating func takeChanges(_ site: TestSite, _ limit: Int) async throws {
        let position = change
        let page = try await site.store.read {
            try $0.recordChanges(after: position, limit: limit)
        }
        #expect(page.isComplete)
        for change in page.changes where change.kind == .deleted {
            records = records.filter { !change.records.contains($0.key) }
        }
        change = page.changes.last?.id ?? change
    }
}

/// A clock that a test sets.
private final class SetClock: Sendable {
    private let instant: Mutex<Timestamp>

    init(_ instant: Timestamp) { self.instant = Mutex(instant) }

    var now: Timestamp {
        get { instant.withLock { $0 } }
        set { instant.withLock { $0 = newValue } }
    }
}

@Suite struct RecordChangesTests {
    private static let start = Timestamp(milliseconds: 1_795_900_000_000)

    private func present(_ site: TestSite) async throws -> [Int64: String] {
        try await site.store.read { snapshot in
            let rows = try Row.fetchAll(
                snapshot.db,
                sql: "SELECT r.id, p.text FROM records r JOIN plates p ON p.id = r.plate"
            )
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }

    /// From any position, records in the order of their ids and the list of changes lead to the present.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func copiesComeToThePresentFromAnyPosition(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let site = try TestSite()
        var copies = [Copy()]
        var second = 0
        for _ in 0..<60 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let reads = try (0..<Int.random(in: 1...8, using: &random)).map { number in
                    second += 1
                    let at = Self.start.adding(seconds: second)
                    return try site.read("กข \(second)", camera: "C\(number % 2)", receivedAt: at)
                }
                _ = try await site.recorder.record(reads)
            case 5..<8:
                let ids = try await present(site).keys.sorted()
                guard let id = ids.randomElement(using: &random) else { continue }
                try await site.recorder.deleteRecord(id: id, by: .system)
            case 8:
                let before = Self.start.adding(seconds: Int.random(in: 0...second, using: &random))
                _ = try await site.recorder.change { writer in
                    try writer.deleteRecords(receivedBefore: before, limit: 5)
                }
            default: copies.append(copies[0])
            }
            for index in copies.indices where Bool.random(using: &random) {
                try await copies[index].step(site, using: &random)
            }
        }
        copies.append(Copy())
        let expected = try await present(site)
        for index in copies.indices {
            try await copies[index].catchUp(site)
            #expect(copies[index].records == expected)
        }
        try await site.close()
    }

    /// Retention's deletions are one row, whatever the records' earlier changes.
    @Test func retentionLeavesOneRow() async throws {
        let site = try TestSite()
        for second in 0..<30 {
            let at = Self.start.adding(seconds: second)
            _ = try await site.recorder.record(site.read(receivedAt: at))
        }
        for id in [3, 5, 25] { try await site.recorder.deleteRecord(id: Int64(id), by: .system) }
        try await site.recorder.change { try $0.noteCorrection(of: 4) }
        for seconds in [10, 20] {
            let before = Self.start.adding(seconds: seconds)
            _ = try await site.recorder.change { writer in
                try writer.deleteRecords(receivedBefore: before, limit: 500)
            }
        }
        let page = try await site.store.read { try $0.recordChanges(after: 0, limit: 100) }
        #expect(page.changes.map(\.records) == [25...25, 1...20])
        #expect(page.changes.allSatisfy { $0.kind == .deleted })
        try await site.close()
    }

    @Test func whatIsForgottenIsTold() async throws {
        let clock = SetClock(Self.start)
        let site = try TestSite { clock.now }
        for _ in 0..<3 { _ = try await site.recorder.record(site.read(receivedAt: Self.start)) }
        try await site.recorder.deleteRecord(id: 1, by: .system)
        clock.now = Self.start.adding(seconds: 10)
        try await site.recorder.deleteRecord(id: 2, by: .system)
        let all = try await site.store.read { try $0.recordChanges(after: 0, limit: 9) }
        #expect(all.isComplete && all.changes.map(\.records) == [1...1, 2...2])
        try await site.recorder.forgetChanges(before: Self.start.adding(seconds: 5))
        let (late, inTime) = try await site.store.read {
            (
                try $0.recordChanges(after: 0, limit: 9),
                try $0.recordChanges(after: all.changes[0].id, limit: 9)
            )
        }
        #expect(!late.isComplete)
        #expect(inTime.isComplete && inTime.changes == Array(all.changes.dropFirst()))
        // No id is reused, even if no record is left.
        try await site.recorder.forgetChanges(before: Self.start.adding(seconds: 20))
        try await site.recorder.deleteRecord(id: 3, by: .system)
        let last = try await site.store.read {
            try $0.recordChanges(after: all.changes[1].id, limit: 9)
        }
        #expect(last.isComplete && last.changes.map(\.records) == [3...3])
        try await site.close()
    }

    @Test func aCorrectionIsListed() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read())
        try await site.recorder.change { try $0.noteCorrection(of: 1) }
        let page = try await site.store.read { try $0.recordChanges(after: 0, limit: 9) }
        #expect(page.changes.map(\.kind) == [.corrected] && page.changes[0].records == 1...1)
        try await site.close()
    }

    @Test func aPicturesDigestIsThatOfItsFile() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read("กข 1", picture: TestSite.png))
        _ = try await site.recorder.record(site.read("กข 2"))
        let copies = try await site.store.read { try $0.recordCopies(after: 0, limit: 9) }
        let path = try #require(copies[0].record.picturePath)
        let bytes = try Data(contentsOf: site.folder.appending(path: "images/\(path)"))
        #expect(copies[0].pictureDigest == Array(SHA256.hash(data: bytes)))
        #expect(copies[1].pictureDigest == nil)
        try await site.close()
    }
}
