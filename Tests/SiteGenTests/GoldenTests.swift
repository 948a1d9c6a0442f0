import Core
import Foundation
import Testing

/// Whole pages and snapshots as they are meant to be, in `Golden/`.
///
/// A change of a template or of a page's values shows here as a difference to be read. Where it is
/// meant: `UPDATE_GOLDEN=1 swift test --filter GoldenTests`, and look at `git diff`.
@Suite struct GoldenTests {
    private static let golden = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appending(path: "Golden")
    /// A Wednesday noon in Bangkok.
    private static let noon = Timestamp(milliseconds: 1_772_600_767_000)

    @Test func everyPageIsAsItWas() async throws {
        let site = try TestSite { Self.noon }
        try await fill(site)
        try site.generate()
        // Assets are copied as they are; the state holds a fingerprint of the templates.
        let made = try site.files().filter {
            !$0.key.hasPrefix("assets/") && $0.key != "data/site.json"
        }
        try await site.close()
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil { try keep(made) }
        let kept = try FileManager.default.subpathsOfDirectory(atPath: Self.golden.path)
            .filter { $0.hasSuffix(".html") || $0.hasSuffix(".json") }
        #expect(Set(kept) == Set(made.keys))
        for (path, data) in made.sorted(by: { $0.key < $1.key }) {
            let expected = try String(
                contentsOf: Self.golden.appending(path: path),
                encoding: .utf8
            )
            let difference = firstDifference(expected, String(decoding: data, as: UTF8.self))
            #expect(difference == nil, "\(path): \(difference ?? "")")
        }
    }

    /// Two days, two cameras, listed plates with and without province, a hostile reason.
    private func fill(_ site: TestSite) async throws {
        _ = try await site.recorder.addToBlacklist(site.draft("กข 1234"), by: .system)
        _ = try await site.recorder.addToBlacklist(site.draft("ชบ 99 เชียงใหม่"), by: .system)
        let gate = try Location(
            text: "หน้าหอพัก <gate>",
            latitude: 13.75,
            longitude: 100.5,
            limits: site.store.limits
        )
        let reads: [(String, String, String)] = [
            ("กข 1234 กรุงเทพมหานคร", "CAM001", "2026-03-03T17:30:00Z"),
            ("กข 5678", "CAM001", "2026-03-04T01:05:09Z"),
            ("ชบ 99", "ประตูหลัง", "2026-03-04T02:00:00Z"),
            ("ชบ ๙๙ เชียงใหม่", "ประตูหลัง", "2026-03-04T02:00:01Z"),
            ("ABC 123", "CAM001", "2026-03-04T05:06:06Z"),
            ("1กก 42", "CAM001", "2026-03-02T23:59:59Z"),
            ("2ขข 7", "CAM001", "2099-01-01T00:00:00Z"),
        ]
        for (plate, camera, seen) in reads {
            _ = try await site.recorder.record(
                site.read(plate, camera: camera, seen: seen, received: Self.noon, location: gate)
            )
        }
        try await site.recorder.disconnect(cameraID: "ประตูหลัง")
        _ = try await site.recorder.record(
            HealthReport(
                cameraID: "CAM001",
                component: "lens",
                status: .warning,
                message: "เลนส์สกปรก / dirty",
                details: nil,
                receivedAt: Self.noon,
                limits: site.store.limits
            )
        )
        let refusals = RefusalCounts(recorder: site.recorder)
        refusals.add(
            Refusal.invalid("image_data", "has 10485761 <bytes>", code: "too_large").of("CAM001"),
            at: Self.noon,
            count: 1_312
        )
        try await refusals.write()
        try await site.recorder.record(
            HealthCheck(
                checkedAt: Self.noon,
                components: HealthCheck.Part.allCases.map { part in
                    .init(
                        part,
                        part == .diskSpace ? .warning : .pass,
                        "said in the test",
                        thai: "กล่าวในการทดสอบ",
                        [.init("used_percent", .number(83.5)), .init("free_bytes", .number(5e9))]
                    )
                }
            )
        )
    }

    private func keep(_ files: [String: Data]) throws {
        try? FileManager.default.removeItem(at: Self.golden)
        for (path, data) in files {
            let url = Self.golden.appending(path: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try data.write(to: url)
        }
    }

    private func firstDifference(_ expected: String, _ made: String) -> String? {
        let (left, right) = (
            expected.components(separatedBy: "\n"), made.components(separatedBy: "\n")
        )
        for index in 0..<max(left.count, right.count) {
            let (old, new) = (
                index < left.count ? left[index] : "", index < right.count ? right[index] : ""
            )
            if old != new { return "line \(index + 1)\n  was \(old)\n  is  \(new)" }
        }
        return nil
    }
}
