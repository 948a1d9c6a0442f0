internal import CMicrohttpd
public import Core
internal import Foundation
internal import Glibc
public import Logging
internal import Platform
public import ServiceLifecycle
internal import Synchronization

/// The options of a listener.
public struct ListenerOptions: Sendable {
    /// Where it listens.
    public var place: ListenPlace
    /// The listeners whose routes are served.
    public var kind: Listeners
    /// The router.
    public var router: Router
    /// The gate.
    public var gate: Gate
    /// The limits.
    public var limits: Limits
    /// The memory budget for bodies, shared by the listeners of a process.
    public var bodyMemory: BodyMemory
    /// The log for errors.
    public var logger: Logger
    /// Records refusals; nil for the log alone.
    public var refusals: Refusals?
    /// Seconds after which an action without a response is answered 503.
    public var answerSeconds = 120
    /// The least milliseconds that a read takes to be stored, of late; asked once a round.
    public var storingMilliseconds: @Sendable () -> Int64 = { 0 }

    /// Makes options.
    public init(
        place: ListenPlace,
        kind: Listeners,
        router: Router,
        gate: Gate,
        limits: Limits,
        bodyMemory: BodyMemory,
        logger: Logger
    ) {
        self.place = place
        self.kind = kind
        self.router = router
        self.gate = gate
        self.limits = limits
        self.bodyMemory = bodyMemory
        self.logger = logger
    }
}

/// An address and port, or a Unix socket, with one thread.
public final class Listener: Sendable {
    private enum State {
        case idle
        case running(Loop, port: Int)
        case stopped
    }

    /// Memory per connection in bytes: headers must fit (RFC 9112 §3 asks for 8,000 bytes of request line alone), and
    /// pieces of bodies.
    ///
    /// Not more, because libmicrohttpd zeroes all of it after each request.
    private static let connectionBytes = 10 * 1_024
    /// Free bytes that each thread's heap may keep: what some dozens of pictures in flight need.
    private static let freeMemory = 1_024 * 1_024
    /// Clients that may wait to be accepted.
    private static let backlog: Int32 = 1_024
    /// Descriptors for everything except connections: the database, pictures, pages.
    private static let otherDescriptors = 256

    private let options: ListenerOptions
    private let state = Mutex(State.idle)

    /// Prepares a listener; nothing is opened yet.
    public init(_ options: ListenerOptions) {
        self.options = options
    }

    /// Starts listening and returns the port, 0 for a Unix socket; returns it again if the listener runs already.
    ///
    /// Throws ``ListenError``, whose description says what to do.
    @discardableResult
    public func start() throws(ListenError) -> Int {
        let started: Result<Int, ListenError> = state.withLock { state in
            if case .running(_, let port) = state { return .success(port) }
            do throws(ListenError) {
                let (loop, port) = try open()
                state = .running(loop, port: port)
                return .success(port)
            } catch {
                return .failure(error)
            }
        }
        return try started.get()
    }

    /// Stops accepting, lets responses in flight finish within `stopSeconds`, then ends.
    public func stop() async {
        let loop = state.withLock { state -> Loop? in
            guard case .running(let loop, _) = state else {
                state = .stopped
                return nil
            }
            return loop
        }
        guard let loop else { return }
        loop.control.requestStop()
        loop.wakeQueue.ring()
        await loop.control.ended()
        state.withLock { $0 = .stopped }
    }

    private func open() throws(ListenError) -> (Loop, Int) {
        var options = options
        lpr_keep_free_memory(Self.freeMemory)
        let files = Int(clamping: lpr_raise_file_limit())
        options.limits.connectionsMax = max(
            16,
            min(options.limits.connectionsMax, files - Self.otherDescriptors)
        )
        guard let wakeQueue = WakeQueue() else { throw .system("out of file descriptors") }
        let (socket, port) = try Self.bind(options.place, options.limits)
        let loop = Loop(options, wakeQueue: wakeQueue)
        loop.listeningSocket = socket
        unsafe loop.daemon = startDaemon(loop, socket: socket, options.limits)
        guard unsafe loop.daemon != nil else {
            close(socket)
            throw .system("libmicrohttpd did not start")
        }
        // The thread retains the loop, and the loop everything else, until it has stopped the daemon.
        NamedThread.start(options.place.isUnixSocket ? "listen-unix" : "listen-\(port)") {
            loop.run()
        }
        return (loop, port)
    }

    private static func bind(
        _ place: ListenPlace,
        _ limits: Limits
    ) throws(ListenError) -> (socket: Int32, port: Int) {
        switch place {
        case .network(let address, let port):
            return try bind(address.text, port, silenceSeconds: limits.peerSilenceSeconds)
        case .unixSocket(let socket):
            return (try bind(socket), 0)
        }
    }

    private static func bind(
        _ address: String,
        _ wanted: Int,
        silenceSeconds: Int
    ) throws(ListenError) -> (socket: Int32, port: Int) {
        guard let number = UInt16(exactly: wanted) else {
            throw .system("\(wanted) is not a port; ports are 0 to 65535")
        }
        var port: UInt16 = 0
        let silence = UInt32(silenceSeconds) * 1_000
        let socket = unsafe lpr_listen(address, number, backlog, silence, &port)
        switch -socket {
        case EADDRINUSE: throw .portTaken(address, wanted)
        case EADDRNOTAVAIL: throw .notOurs(address)
        case EACCES: throw .notPermitted(address, wanted)
        case EINVAL: throw .notAnAddress(address)
        case 1...: throw .system(unsafe String(cString: strerror(-socket)))
        default: return (socket, Int(port))
        }
    }

    private static func bind(_ socket: CommandSocket) throws(ListenError) -> Int32 {
        let descriptor = unsafe lpr_listen_unix(socket.path, backlog)
        switch -descriptor {
        case EADDRINUSE: throw .socketTaken(socket.path)
        case ENOTSOCK: throw .notASocket(socket.path)
        case 1...:
            let reason = unsafe String(cString: strerror(-descriptor))
            throw .system("\(socket.path): \(reason)")
        default: return descriptor
        }
    }

    private func startDaemon(_ loop: Loop, socket: Int32, _ limits: Limits) -> OpaquePointer? {
        // SAFETY: unretained, because the loop's thread retains the loop as long as the daemon runs.
        var callbacks = unsafe lpr_callbacks(
            context: Unmanaged.passUnretained(loop).toOpaque(),
            handle: handleCallback,
            completed: completedCallback,
            connection: connectionCallback,
            target: targetCallback
        )
        // Longer than all our deadlines: it is for clients that do not read their response.
        let idle = max(limits.headerSeconds, limits.bodySeconds, limits.keepAliveSeconds) + 15
        return unsafe lpr_start(
            socket,
            UInt32(limits.connectionsMax),
            UInt32(idle),
            Self.connectionBytes,
            &callbacks
        )
    }
}

extension Listener: Service {
    /// Listens until the service group stops gracefully or the task is cancelled.
    public func run() async throws {
        try start()
        try? await gracefulShutdown()
        await stop()
    }
}
