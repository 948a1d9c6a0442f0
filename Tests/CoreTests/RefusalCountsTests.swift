import Foundation
import Testing

@testable import Core

@Suite struct RefusalCountsTests {
    private func refusal(_ code: String, of camera: String? = "CAM001") -> Refusal {
        Refusal(.invalid, "image_data is wrong", field: "image_data", code: code).of(camera)
    }

    private func camera(_ site: TestSite, _ name: String = "CAM001") throws -> Camera? {
        try site.store.readAndWait { try $0.camera(id: name) }
    }

    @Test func aCameraShowsHowOftenItWasRefusedTodayAndWhyTheLastTime() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read())
        #expect(try camera(site)?.refusedToday == 0 && camera(site)?.lastRefusal == nil)
        let counts = RefusalCounts(recorder: site.recorder)
        let now = Timestamp.now()
        counts.add(refusal("required"), at: now, count: 3)
        counts.add(refusal("too_large"), at: now.adding(seconds: 1))
        counts.add(refusal("too_large"), at: now.adding(seconds: 2), count: 311)
        try await counts.write()
        try await counts.write()
        #expect(!counts.hasCounts)
        let shown = try #require(try camera(site))
        #expect(shown.refusedToday == 315)
        #expect(shown.lastRefusal?.code == "too_large" && shown.lastRefusal?.count == 312)
        #expect(shown.lastRefusal?.at == now.adding(seconds: 2))
        counts.add(refusal("required"), at: now.adding(seconds: 3))
        try await counts.write()
        #expect(try camera(site)?.lastRefusal?.code == "required")
        #expect(try camera(site)?.lastRefusal?.count == 4)
        try await site.close()
    }

    @Test func onlyCamerasThatAreKnownAreCounted() async throws {
        let site = try TestSite()
        let counts = RefusalCounts(recorder: site.recorder)
        counts.add(refusal("required", of: "FAKE"), at: .now())
        counts.add(refusal("required", of: nil), at: .now())
        try await counts.write()
        #expect(try camera(site, "FAKE") == nil)
        _ = try await site.recorder.record(site.read(camera: "FAKE"))
        #expect(try camera(site, "FAKE")?.refusedToday == 0)
        try await site.close()
    }

    @Test func kindsAreBounded() async throws {
        var limits = Limits()
        limits.refusalKindsMax = 2
        let site = try TestSite(limits: limits)
        for name in ["A", "B", "C"] { _ = try await site.recorder.record(site.read(camera: name)) }
        let counts = RefusalCounts(recorder: site.recorder)
        for name in ["A", "B", "C", "A"] {
            counts.add(refusal("required", of: name), at: .now())
        }
        try await counts.write()
        let shown = try site.store.readAndWait { snapshot in
            Dictionary(
                uniqueKeysWithValues: try snapshot.cameras().map { ($0.id, $0.refusedToday) }
            )
        }
        #expect(shown == ["A": 2, "B": 1, "C": 0])
        try await site.close()
    }

    @Test func countsSurviveARestartAndGoWithHealthsRetention() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read())
        let counts = RefusalCounts(recorder: site.recorder)
        counts.add(refusal("too_large"), at: .now(), count: 312)
        try await counts.write()
        await site.recorder.stop()
        try site.store.close()
        let again = try TestSite(folder: site.folder)
        #expect(try camera(again)?.refusedToday == 312)
        let event = again.recorder.store
        _ = try await again.recorder.removeHealth(before: .now().adding(seconds: -60))
        #expect(try camera(again)?.lastRefusal != nil)
        let before = try await event.read { try $0.newestEventID() }
        _ = try await again.recorder.removeHealth(before: .now().adding(seconds: 60))
        #expect(try camera(again)?.lastRefusal == nil && camera(again)?.refusedToday == 0)
        // Pages follow events.
        #expect(try await event.read { try $0.newestEventID() } == before + 1)
        try await again.close()
    }

    @Test func aDayIsOneOfTheSitesZone() async throws {
        let site = try TestSite()
        _ = try await site.recorder.record(site.read())
        let today = site.calendar.day(of: .now())
        let counts = RefusalCounts(recorder: site.recorder)
        let midnight = site.calendar.start(of: today)
        counts.add(refusal("required"), at: midnight.adding(seconds: -1), count: 5)
        counts.add(refusal("required"), at: midnight, count: 2)
        try await counts.write()
        #expect(try camera(site)?.refusedToday == 2 && camera(site)?.lastRefusal?.count == 2)
        try await site.recorder.advanceDay(to: today.adding(days: 1))
        #expect(try camera(site)?.refusedToday == 0 && camera(site)?.lastRefusal?.count == 2)
        try await site.close()
    }
}
