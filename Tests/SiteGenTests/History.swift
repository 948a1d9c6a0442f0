import Core
import Foundation
import Seeded

/// Random things that happen to a site, the same for the same seed.
struct History {
    let site: TestSite
    private var random: SeededGenerator
    private var ids: [Int64] = []

    init(_ site: TestSite, seed: UInt64) {
        self.site = site
        random = SeededGenerator(seed: seed)
    }

    /// Between one and three things happen.
    mutating func goOn() async throws {
        for _ in 0..<Int.random(in: 1...3, using: &random) { try await step() }
    }

    private mutating func step() async throws {
        let recorder = site.recorder
        switch Int.random(in: 0..<20, using: &random) {
        case 0, 15:
            let expiry =
                [nil, Timestamp.now(), .now().adding(seconds: 9_999)]
                .randomElement(using: &random) ?? nil
            _ = try? await recorder.addToBlacklist(site.draft(plate(), expiry: expiry), by: .system)
        case 16: try await recorder.noteExpiries()
        case 18, 19: try await addPicture()
        case 17:
            let drafts = try (0..<4).map { _ in try site.draft(plate(), expiry: .now()) }
            _ = try await recorder.addToBlacklist(drafts, by: .system)
        case 1:
            try? await recorder.removeFromBlacklist(
                entryID: Int64.random(in: 1...9, using: &random),
                by: .system
            )
        case 2 where !ids.isEmpty:
            let index = Int.random(in: 0..<ids.count, using: &random)
            try await recorder.deleteRecord(id: ids.remove(at: index), by: .system)
        case 3: try await recorder.disconnect(cameraID: "C1")
        case 4:
            let day = Int.random(in: 20_000...20_003, using: &random)
            try await recorder.advanceDay(to: Day(daysSinceEpoch: day))
        case 5: try await recorder.record(check())
        case 6: _ = try await recorder.removeHealth(before: .now().adding(seconds: 1))
        case 7: try await sendAgain()
        case 8: _ = try await recorder.record(detectionWithoutReads())
        case 9: _ = try await recorder.record(report())
        case 10: try await refuse()
        default: try await record()
        }
    }

    /// Three days in October 2024, late reads among them, and now and then one from 2099.
    private mutating func record() async throws {
        var reads: [Read] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let hour = Int.random(in: 10...19, using: &random)
            let day = Int.random(in: 3...5, using: &random)
            let isAhead = Int.random(in: 0..<20, using: &random) == 0
            reads.append(
                try site.read(
                    plate(),
                    camera: camera(),
                    seen: isAhead ? "2099-01-01T00:00:00Z" : "2024-10-0\(day)T\(hour):00:00Z"
                )
            )
        }
        ids += try await site.recorder.record(reads).map(\.recordID)
    }

    /// A picture that comes later than its read.
    private mutating func addPicture() async throws {
        guard let id = ids.randomElement(using: &random) else { return }
        let subject = PictureSubject.allCases.randomElement(using: &random) ?? .image
        // One whose end is missing, now and then.
        let ending: [UInt8] = Bool.random(using: &random) ? [0xFF, 0xD9] : [0, 0]
        let bytes = [0xFF, 0xD8, 0xFF] + [UInt8](repeating: 0, count: 20) + ending
        let picture = try Picture(bytes, limits: site.store.limits)
        _ = try? await site.recorder.add(ReadPicture(picture, showing: subject), toRecord: id)
    }

    /// A camera that did not receive the acknowledgement sends the same read twice.
    private mutating func sendAgain() async throws {
        let read = try site.read(
            "กข 9",
            camera: camera(),
            seen: "2024-10-04T12:00:00Z",
            eventID: "again"
        )
        for _ in 0..<2 { _ = try await site.recorder.record(read) }
    }

    private mutating func detectionWithoutReads() throws -> Detection {
        try Detection(
            cameraID: camera(),
            checkpointID: nil,
            vehicles: 1,
            plates: 0,
            receivedAt: .now(),
            cameraTime: nil,
            eventID: nil,
            reads: [],
            limits: site.store.limits
        )
    }

    /// On the days that the site's clock may show.
    private mutating func refuse() async throws {
        let counts = RefusalCounts(recorder: site.recorder)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let day = Int.random(in: 20_000...20_003, using: &random)
            counts.add(
                Refusal(.tooLarge, "too large").of(camera()),
                at: Timestamp(milliseconds: Int64(day) * 86_400_000),
                count: Int.random(in: 1...9, using: &random)
            )
        }
        try await counts.write()
    }

    private mutating func report() throws -> HealthReport {
        try HealthReport(
            cameraID: camera(),
            component: "lens",
            status: .warning,
            message: "dirty",
            details: nil,
            receivedAt: .now(),
            limits: site.store.limits
        )
    }

    private func check() -> HealthCheck {
        HealthCheck(
            checkedAt: .now(),
            components: [
                .init(.database, .pass, "ok", thai: "ดี", [.init("size_bytes", .number(5_000))])
            ]
        )
    }

    private mutating func camera() -> String { "C\(Int.random(in: 1...4, using: &random))" }

    private mutating func plate() -> String { "กข \(Int.random(in: 1...5, using: &random))" }
}
