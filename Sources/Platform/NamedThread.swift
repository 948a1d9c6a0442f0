import Foundation

/// A thread of its own for work that blocks, or never ends: the few threads of tasks are not for that.
public enum NamedThread {
    /// Starts a thread that has the priority of its creator, and lives until `body` returns.
    ///
    /// The name shows in `top -H` and in a debugger; Linux cuts it after 15 bytes.
    public static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }
}
