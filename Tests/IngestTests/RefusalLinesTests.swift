import Core
import Logging
import Testing

@testable import Ingest

@Suite struct RefusalLinesTests {
    private func refusal(_ code: String, of camera: String? = "CAM001") -> Refusal {
        Refusal(.invalid, "plate_number is wrong", field: "plate_number", code: code).of(camera)
    }

    private func source(_ id: String, _ peer: UInt32 = 0x0A00_0001) -> RefusalLines.Source {
        RefusalLines.Source(
            id: id,
            client: ClientAddress(peer: IPAddress(v4: peer)),
            place: "/api/records"
        )
    }

    @Test func theFirstOfEachKindIsWrittenAtOnceAndOthersOnceInAMinuteWithTheirCount() {
        var lines = RefusalLines(limits: Limits())
        let first = lines.add(refusal("too_long"), source("a"), count: 1, now: 5)
        #expect(first?.source.id == "a" && first?.count == 1)
        #expect(lines.add(refusal("required"), source("b"), count: 1, now: 5) != nil)
        #expect(lines.add(refusal("too_long", of: "CAM002"), source("c"), count: 1, now: 5) != nil)
        for index in 0..<311 {
            let line = lines.add(
                refusal("too_long"),
                source("\(index)"),
                count: 1,
                now: 6 + Int64(index)
            )
            #expect(line == nil)
        }
        let later = lines.add(refusal("too_long"), source("last"), count: 1, now: 60_005)
        #expect(later?.count == 312 && later?.source.id == "last")
        #expect(lines.add(refusal("too_long"), source("d"), count: 1, now: 60_006) == nil)
    }

    @Test func whatIsNotRepeatedIsWrittenWhenItsMinuteIsOverOrTheServiceStops() {
        var lines = RefusalLines(limits: Limits())
        for id in ["a", "b", "c"] {
            _ = lines.add(refusal("too_long"), source(id), count: 1, now: 0)
        }
        #expect(lines.takeDue(now: 59_999).isEmpty)
        let due = lines.takeDue(now: 60_000)
        #expect(due.map(\.count) == [2] && due.map(\.source.id) == ["c"])
        #expect(lines.takeDue(now: 120_000).isEmpty && lines.isEmpty)
        for id in ["d", "e"] {
            _ = lines.add(refusal("too_long"), source(id), count: 5, now: 200_000)
        }
        #expect(lines.takeAll().map(\.count) == [5] && lines.isEmpty)
    }

    @Test func withoutACameraTheClientStandsForIt() {
        var lines = RefusalLines(limits: Limits())
        let unknown = refusal("invalid_json", of: nil)
        #expect(lines.add(unknown, source("a", 1), count: 1, now: 0) != nil)
        #expect(lines.add(unknown, source("b", 1), count: 1, now: 1) == nil)
        #expect(lines.add(unknown, source("c", 2), count: 1, now: 2) != nil)
        // A known camera is the same one wherever it sends from.
        #expect(lines.add(refusal("required"), source("d", 1), count: 1, now: 3) != nil)
        #expect(lines.add(refusal("required"), source("e", 2), count: 1, now: 4) == nil)
    }

    @Test func namesThatAreMadeUpFillNeitherMemoryNorLog() {
        var limits = Limits()
        limits.refusalKindsMax = 10
        var lines = RefusalLines(limits: limits)
        var written: [RefusalLines.Line] = []
        for index in 0..<1_000 {
            let line = lines.add(
                refusal("required", of: "FAKE\(index)"),
                source("\(index)"),
                count: 1,
                now: 0
            )
            if let line { written.append(line) }
            #expect(lines.kinds <= 10)
        }
        #expect(written.count == 11 && written.count(where: \.isShared) == 1)
        #expect(lines.takeDue(now: 60_000).map(\.count) == [989])
        // Then there is room again.
        #expect(
            lines.add(refusal("required"), source("x"), count: 1, now: 60_001)?.isShared == false
        )
    }

    @Test func whatClientsWroteLooksLikeNothingElse() throws {
        let name = "CAM 1\" code=fine\u{202E}"
        let line = RefusalLines.Line(
            refusal: Refusal(.invalid, "no\nnew line", field: "ก=1").of(name),
            source: source("abcd1234"),
            count: 1
        )
        #expect(line.metadata["camera"] == #""CAM 1\" code=fine\u{202e}""#)
        #expect(line.metadata["why"] == #""no\u{a}new line""#)
        #expect(line.metadata["field"] == #""ก=1""#)
        #expect(LogText.quoted("กล้องหน้า-1") == "กล้องหน้า-1" && LogText.quoted("") == #""""#)
    }
}
