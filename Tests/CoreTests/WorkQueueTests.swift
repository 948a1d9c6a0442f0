import Foundation
import GRDB
import Synchronization
import Testing

@testable import Core

@Suite struct WorkQueueTests {
    private let limits = Limits()

    private func work(picture: [UInt8]? = nil) throws -> WriteJob {
        let read = try Read(
            cameraID: "CAM001",
            plate: Plate("กข 1", limits: limits),
            picture: picture.map { try Picture($0, limits: limits) },
            receivedAt: .now(),
            limits: limits
        )
        return .read(PendingRead(read)) { _ in }
    }

    /// What the stage before the writer's does, without a disk.
    private func pass(_ queue: WorkQueue, _ stage: WorkQueue.Stage) {
        guard let batch = queue.take(stage) else { return }
        queue.pass(batch, of: batch, after: stage)
    }

    @Test func picturesGoThroughEachStageAndOtherReadsDoNotWaitForThem() throws {
        let queue = WorkQueue(limits: limits)
        #expect(queue.add(try work(picture: TestSite.png)) == nil)
        #expect(queue.add(try work()) == nil)
        #expect(queue.take(.commit)?.count == 1)
        #expect(queue.waiting == (1, TestSite.png.count))
        pass(queue, .pictures)
        #expect(queue.waiting == (1, 0))
        pass(queue, .sync)
        #expect(queue.waiting == (1, 0))
        #expect(queue.take(.commit)?.count == 1)
        #expect(queue.waiting == (0, 0))
    }

    @Test func fewPicturesAreWrittenBeforeTheyArePassedOn() throws {
        let queue = WorkQueue(limits: limits)
        for _ in 0..<20 { _ = queue.add(try work(picture: TestSite.png)) }
        var counts: [Int] = []
        while queue.waiting.bytes > 0, let batch = queue.take(.pictures) {
            counts.append(batch.count)
            queue.pass(batch, of: batch, after: .pictures)
        }
        #expect(counts == [8, 8, 4])
        #expect(queue.take(.sync)?.count == 20)
    }

    @Test func whatAStageHasInHandCountsAsWaiting() throws {
        var limits = limits
        limits.queueReadsMax = 2
        let queue = WorkQueue(limits: limits)
        #expect(queue.add(try work(picture: TestSite.png)) == nil)
        let batch = try #require(queue.take(.pictures))
        #expect(queue.add(try work()) == nil)
        #expect(queue.add(try work())?.kind == .busy)
        // Its pictures could not be written.
        queue.pass([], of: batch, after: .pictures)
        #expect(queue.waiting == (1, 0))
        #expect(queue.add(try work()) == nil)
    }

    /// A writer that waits is told of the end, but not before the last picture is through.
    @Test func aClosedQueueEndsStageByStage() async throws {
        let queue = WorkQueue(limits: limits)
        let counts = Mutex<[Int]>([])
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                while let batch = queue.take(.commit) { counts.withLock { $0.append(batch.count) } }
                continuation.resume()
            }
            do {
                #expect(queue.add(try work(picture: TestSite.png)) == nil)
            } catch {
                Issue.record(error)
            }
            let batch = queue.take(.pictures) ?? []
            queue.close()
            queue.pass(batch, of: batch, after: .pictures)
            #expect(queue.take(.pictures) == nil)
            pass(queue, .sync)
            #expect(queue.take(.sync) == nil)
        }
        #expect(counts.withLock { $0 } == [1])
    }

    @Test func aStopKeepsEveryPictureThatWasAccepted() async throws {
        let site = try TestSite()
        let kept = Mutex(0)
        for number in 0..<300 {
            site.recorder.offer([try site.read("กข \(number)", picture: TestSite.png)]) { result in
                if case .success = result { kept.withLock { $0 += 1 } }
            }
        }
        await site.recorder.stop()
        #expect(kept.withLock { $0 } == 300)
        #expect(try await site.store.read { try $0.statistics() }.total.reads == 300)
        #expect(site.pictures.pictures(of: site.calendar.day(of: .now())).count == 300)
        try await site.close()
    }

    /// With pictures, and with rows that cannot be written: nothing is acknowledged.
    @Test func picturesOfAFailedCommitAreRemoved() async throws {
        let site = try TestSite()
        try await site.recorder.change { writer in
            try writer.db.execute(sql: "ALTER TABLE records RENAME TO gone")
        }
        let read = try site.read(picture: TestSite.png)
        let refusal = await #expect(throws: Refusal.self) { try await site.recorder.record(read) }
        #expect(refusal?.kind == .storage)
        #expect(site.pictures.pictures(of: site.calendar.day(of: .now())).isEmpty)
        await site.recorder.stop()
    }
}
