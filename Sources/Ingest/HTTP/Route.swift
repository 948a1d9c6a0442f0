public import Core

/// Which of the two listeners a route is served on.
public struct Listeners: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// REST and pages (port 5000).
    public static let main = Listeners(rawValue: 1)
    /// The camera gateway (port 8765).
    public static let gateway = Listeners(rawValue: 2)
    /// Both.
    public static let all: Listeners = [.main, .gateway]
}

/// One row of the table of what the service answers.
public struct Route: Sendable {
    /// How a request is answered.
    public enum Action: Sendable {
        /// In a task of its own.
        case async(@Sendable (Request) async throws(Refusal) -> Response)
        /// The hot path: called on the listener's thread, so it must not wait for anything; the answer
        /// may be sent later, from any thread.
        case direct(@Sendable (Request, Responder) -> Void)
    }

    /// Which parameters may follow `?`.
    public enum Query: Sendable, Equatable {
        /// Any: what nobody knows is ignored.
        case any
        /// These only; another one is refused by its name.
        case only([String])
    }

    /// The method; GET answers HEAD too.
    public let method: Method
    /// The path, for example `/api/records/{id}`: a segment in braces matches any one segment.
    public let pattern: String
    /// What a principal must be allowed to call it.
    public let permission: Permission
    /// Where it is served.
    public let listeners: Listeners
    /// Which parameters it takes.
    public let query: Query
    /// Bytes of a body at the most.
    ///
    /// 0 says that the call takes no body: a POST without any length is then welcome, and up to 16 KiB
    /// that come nevertheless are read and handed over. With any other limit, POST, PUT and PATCH must
    /// give a length or send chunks (else 411).
    public let bodyLimit: Int
    /// Whether pages from this server's other ports may use it, as they do the sockets of the camera gateway.
    ///
    /// All others take changes from pages of their own origin only.
    public let admitsOwnPages: Bool
    /// What answers.
    public let action: Action

    /// Makes a route.
    ///
    /// If `query` is not given, calls that ask or delete take no parameters: a misspelt filter must not
    /// pass for none. Those that bring something, and those that cameras and probes may call, take any: a
    /// read is not lost, and the service not thought dead, for one.
    public init(
        _ method: Method,
        _ pattern: String,
        needs permission: Permission,
        on listeners: Listeners = .main,
        query: Query? = nil,
        bodyLimit: Int = 0,
        admitsOwnPages: Bool = false,
        action: Action
    ) {
        self.method = method
        self.pattern = pattern
        self.permission = permission
        self.listeners = listeners
        self.query =
            query
            ?? (method.carriesBody || permission == .connect || permission == .send
                ? .any : .only([]))
        self.bodyLimit = bodyLimit
        self.admitsOwnPages = admitsOwnPages
        self.action = action
    }

    /// Makes a route that is answered in a task of its own.
    ///
    /// A closure that throws says so itself: `{ request throws(Refusal) in … }`.
    public init(
        _ method: Method,
        _ pattern: String,
        needs permission: Permission,
        on listeners: Listeners = .main,
        query: Query? = nil,
        bodyLimit: Int = 0,
        _ answer: @escaping @Sendable (Request) async throws(Refusal) -> Response
    ) {
        self.init(
            method,
            pattern,
            needs: permission,
            on: listeners,
            query: query,
            bodyLimit: bodyLimit,
            action: .async(answer)
        )
    }
}
