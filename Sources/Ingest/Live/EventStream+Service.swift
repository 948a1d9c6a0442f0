internal import Core
internal import Logging
public import ServiceLifecycle

extension EventStream: Service {
    /// Follows the log until the service group stops gracefully or the task is cancelled.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.follow() }
            group.addTask { await self.beat() }
            group.addTask { try? await gracefulShutdown() }
            _ = await group.next()
            group.cancelAll()
        }
        endAll()
    }
}
