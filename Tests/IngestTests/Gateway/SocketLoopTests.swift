import Testing

@testable import Ingest

@Suite struct SocketLoopTests {
    /// Hands `work` to the loop and waits for its result.
    private func on<T: Sendable>(
        _ loop: SocketLoop,
        _ work: @escaping @Sendable (SocketLoop) -> T
    ) async -> T {
        await withCheckedContinuation { continuation in
            loop.run { continuation.resume(returning: work($0)) }
        }
    }

    @Test func workIsDoneInOrder() async throws {
        let loop = try SocketLoop()
        let order = Order()
        for number in 0..<1_000 { loop.run { _ in order.add(number) } }
        #expect(await on(loop) { _ in order.numbers } == Array(0..<1_000))
        await loop.stop()
    }

    @Test func timersFireByTheirTimeAndNotOnceCancelled() async throws {
        let loop = try SocketLoop()
        let order = Order()
        await withCheckedContinuation { continuation in
            loop.run { loop in
                loop.after(30) {
                    order.add(3)
                    continuation.resume()
                }
                loop.after(10) { order.add(1) }
                loop.after(20) { order.add(2) }
                loop.after(15) { order.add(9) }.cancel()
            }
        }
        #expect(await on(loop) { _ in order.numbers } == [1, 2, 3])
        await loop.stop()
    }

    /// A heartbeat cancels one timer for each that it starts: they must not pile up until they are due.
    @Test func cancelledTimersAreForgotten() async throws {
        let loop = try SocketLoop()
        let kept = await on(loop) { loop in
            for _ in 0..<100_000 { loop.after(3_600_000) {}.cancel() }
            for _ in 0..<10 { loop.after(3_600_000) {} }
            return loop.timersKept
        }
        #expect(kept <= 1_034)
        await loop.stop()
    }

    @Test func workThatComesTooLateIsToldSo() async throws {
        let loop = try SocketLoop()
        await loop.stop()
        var isTold = false
        loop.run { _ in
        } orElse: {
            isTold = true
        }
        #expect(isTold)
    }

    /// SAFETY: `@unchecked Sendable` because only the loop's thread touches it.
    private final class Order: @unchecked Sendable {
        private(set) var numbers: [Int] = []
        func add(_ number: Int) { numbers.append(number) }
    }
}
