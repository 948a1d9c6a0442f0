public import Core

/// The set of listeners that serve a route.
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

/// One row of the route table.
public struct Route: Sendable {
    /// How a request is answered.
    public enum Action: Sendable {
        /// In its own task.
        case async(@Sendable (Request) async throws(Refusal) -> Response)
        /// The hot path: called on the listener's thread, so it must not block; the response may be sent later, from
        /// any thread.
        case direct(@Sendable (Request, Responder) -> Void)
    }

    /// The query parameters that a route accepts.
    public enum Query: Sendable, Equatable {
        /// Any: unknown ones are ignored.
        case any
        /// Only these; another one is refused by its name.
        case only([String])
    }

    /// The method; GET answers HEAD too.
    public let method: Method
    /// The path, for example `/api/records/{id}`: a segment in braces matches any one segment.
    public let pattern: String
    /// The permission that a caller needs.
    public let permission: Permission
    /// Where it is served.
    public let listeners: Listeners
    /// The query parameters that it accepts.
    public let query: Query
    /// The maximum length of a body in bytes.
    ///
    /// 0 means that the call has no body: a POST without any length is accepted then, and up to 16 KiB that arrive
    /// nevertheless are read and passed on. With any other limit, POST, PUT and PATCH must have a length or be
    /// chunked (else 411).
    public let bodyLimit: Int
    /// Whether pages from this server's other ports may use it, as they use the sockets of the camera gateway.
    ///
    /// All other routes accept changes from pages of their own origin only.
    public let admitsOwnPages: Bool
    /// The action.
    public let action: Action

    /// Makes a route.
    ///
    /// If `query` is not given, calls that query or delete accept no parameters: a misspelt filter must not be taken
    /// for none. Those that create something, and those of cameras and probes, accept any: no read is lost, and the
    /// service does not seem dead, because of one.
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
            ?? (method.carriesBody || [.connect, .probe, .openSocket, .send].contains(permission)
                ? .any : .only([]))
        self.bodyLimit = bodyLimit
        self.admitsOwnPages = admitsOwnPages
        self.action = action
    }

    /// Makes a route that is answered in its own task.
    ///
    /// A closure that throws needs an annotation: `{ request throws(Refusal) in … }`.
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
