internal import Core

/// Finds the handler of a request: the table of routes, then the static files.
public struct Router: Sendable {
    /// The result for a method and a path.
    enum Match: Sendable {
        case route(Route, parameters: [String])
        case staticFile(StaticFiles, isPublic: Bool)
        /// The path exists without its trailing slash.
        case moved(to: String)
        /// The path exists, with other methods.
        case otherMethods(allow: String)
        case nothing
    }

    private struct Pattern: Sendable {
        /// Nil matches any one segment.
        let segments: [String?]
        var routes: [Route]
    }

    private var exact: [String: [Route]] = [:]
    private var patterns: [Pattern] = []
    private let fallback: StaticFiles?
    /// The table.
    public let routes: [Route]

    /// A router over a table; a path without a route is looked up in `fallback`, on the main listener.
    public init(routes: [Route], fallback: StaticFiles? = nil) {
        self.routes = routes
        self.fallback = fallback
        for route in routes {
            if route.pattern.contains("{") {
                add(route)
            } else {
                exact[route.pattern, default: []].append(route)
            }
        }
    }

    private mutating func add(_ route: Route) {
        let segments = Self.segments(route.pattern).map { $0.hasPrefix("{") ? nil : $0 }
        if let known = patterns.firstIndex(where: { $0.segments == segments }) {
            patterns[known].routes.append(route)
        } else {
            patterns.append(Pattern(segments: segments, routes: [route]))
        }
    }

    /// The handler for `method` on `path`; an unsupported method is nil.
    func match(_ method: Method?, _ path: String, on listener: Listeners) -> Match {
        var parameters: [String] = []
        let routes = candidates(path, &parameters).filter { $0.listeners.contains(listener) }
        guard !routes.isEmpty else {
            if path.hasSuffix("/"), path.utf8.count > 1 {
                let bare = String(path.dropLast())
                let others = candidates(bare, &parameters)
                if others.contains(where: { $0.listeners.contains(listener) }) {
                    return .moved(to: bare)
                }
            }
            guard let fallback, listener.contains(.main) else { return .nothing }
            let mayRead = method == .get || method == .head
            return mayRead
                ? .staticFile(fallback, isPublic: StaticFiles.isPublic(path)) : .nothing
        }
        let wanted = method == .head ? .get : method
        if let route = routes.first(where: { $0.method == wanted || $0.method == method }) {
            return .route(route, parameters: parameters)
        }
        return .otherMethods(allow: Self.allow(routes))
    }

    private func candidates(_ path: String, _ parameters: inout [String]) -> [Route] {
        if let routes = exact[path] { return routes }
        guard !patterns.isEmpty else { return [] }
        let segments = Self.segments(path)
        for pattern in patterns where Self.matches(pattern.segments, segments) {
            parameters = zip(pattern.segments, segments).compactMap { $0 == nil ? $1 : nil }
            return pattern.routes
        }
        return []
    }

    private static func segments(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    }

    private static func matches(_ pattern: [String?], _ segments: [String]) -> Bool {
        pattern.count == segments.count
            && zip(pattern, segments).allSatisfy { $0 == nil ? !$1.isEmpty : $0 == $1 }
    }

    /// The value of `Allow` (RFC 9110 §10.2.1).
    private static func allow(_ routes: [Route]) -> String {
        var methods = Set(routes.map(\.method))
        methods.insert(.options)
        if methods.contains(.get) { methods.insert(.head) }
        return Method.allCases.filter(methods.contains).map(\.rawValue).joined(separator: ", ")
    }
}

extension Router {
    /// Answers a request without a socket, for tests of routes.
    ///
    /// The gate is skipped; the body's limit applies.
    public func respond(to request: Request, on listener: Listeners = .main) async -> Response {
        switch match(request.method, request.path, on: listener) {
        case .route(let route, let parameters):
            do throws(Refusal) {
                try route.check(request.query)
            } catch {
                return .refusal(error, id: request.id)
            }
            guard request.body.count <= route.bodyMax else {
                return .refusal(.bodyTooLarge(route.bodyMax), id: request.id)
            }
            return await route.action.run(request.with(parameters: parameters))
        case .staticFile(let files, _):
            return await files.respond(to: request)
        case .moved(let path):
            return .moved(to: path, query: [])
        case .otherMethods(let allow):
            return .otherMethods(request.method, allow: allow, id: request.id)
        case .nothing:
            return .refusal(.noSuchPath(request.path), id: request.id)
        }
    }
}

extension Route.Action {
    /// Runs the action and returns its response.
    func run(_ request: Request) async -> Response {
        switch self {
        case .async(let answer):
            do throws(Refusal) {
                return try await answer(request)
            } catch {
                return .refusal(error, id: request.id)
            }
        case .direct(let answer):
            return await withCheckedContinuation { continuation in
                let sink = ContinuationSink(continuation: continuation)
                answer(request, Responder(requestID: request.id, sink: sink))
            }
        }
    }
}

private struct ContinuationSink: ResponseSink {
    let continuation: CheckedContinuation<Response, Never>

    func take(_ answer: @escaping @Sendable () -> Response) {
        continuation.resume(returning: answer())
    }
}
