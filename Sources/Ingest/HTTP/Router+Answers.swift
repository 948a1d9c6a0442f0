internal import Core

extension Route {
    /// The maximum number of bytes of a body that are read; see `bodyLimit` about routes without one.
    var bodyMax: Int { bodyLimit > 0 ? bodyLimit : 16 * 1_024 }

    /// Throws ``Refusal`` that names the parameters that this call does not accept.
    func check(_ items: QueryItems) throws(Refusal) {
        guard case .only(let known) = query else { return }
        let unknown = items.items.map(\.name).filter { !known.contains($0) }
        guard let first = unknown.first else { return }
        let names = unknown.prefix(8).map { $0.prefix(60) }.joined(separator: ", ")
        throw Refusal(
            .invalid,
            "unknown query parameter \(names); this call takes "
                + (known.isEmpty ? "none" : known.joined(separator: ", ")),
            field: String(first.prefix(60)),
            code: "unknown_parameter"
        )
    }

    /// Whether POST, PUT and PATCH must state the length of their body.
    var demandsLength: Bool { bodyLimit > 0 && method.carriesBody }
}

extension Response {
    /// 405 with `Allow` (RFC 9110 §15.5.6), or 204 for OPTIONS.
    static func otherMethods(_ method: Method?, allow: String, id: String) -> Response {
        guard method != .options else {
            return Response(status: 204, headers: [("Allow", allow)])
        }
        var response = refusal(
            Refusal(.methodNotAllowed, "this path takes \(allow) only"),
            id: id
        )
        response.headers.append(("Allow", allow))
        return response
    }

    /// 308 to a path without its trailing slash: the method and the body stay (RFC 9110 §15.4.9).
    ///
    /// `query` is passed on verbatim.
    static func moved(to path: String, query: ArraySlice<UInt8>) -> Response {
        let segments = path.split(separator: "/").map { "/\(PercentEncoding.encode(String($0)))" }
        // libmicrohttpd admits no bytes that a header must not contain; non-ASCII ones may get here.
        let suffix =
            query.isEmpty || query.contains { $0 <= 0x20 || $0 >= 0x7F }
            ? "" : "?\(String(decoding: query, as: UTF8.self))"
        return Response(
            status: 308,
            headers: [("Location", segments.joined() + suffix), ("Cache-Control", "no-cache")]
        )
    }

    /// 501: an unsupported method (RFC 9110 §15.6.2).
    static func unknownMethod(id: String) -> Response {
        var response = refusal(
            Refusal(.methodNotAllowed, "the server does not support this method"),
            id: id
        )
        response.status = 501
        return response
    }
}

extension Refusal {
    static func noSuchPath(_ path: String) -> Refusal {
        Refusal(.notFound, "there is nothing at \(path.prefix(200))")
    }

    static func bodyTooLarge(_ limit: Int) -> Refusal {
        Refusal(.tooLarge, "the body may have at most \(limit) bytes")
    }
}

extension Request {
    func with(parameters: [String]) -> Request {
        var request = self
        request.parameters = parameters
        return request
    }
}
