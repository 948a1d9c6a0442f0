public import Core
internal import Foundation

/// A call of the API by the command line: to the running service, or in this process where none runs.
public struct CommandCall: Sendable {
    /// The method.
    public let method: Method
    /// The segments of the path, as text.
    public let path: [String]
    /// The body, JSON; may be empty.
    public let body: [UInt8]

    /// Makes a call; `write` writes its body.
    public init(
        _ method: Method,
        _ path: [String],
        _ write: ((inout JSONWriter) -> Void)? = nil
    ) {
        self.method = method
        self.path = path
        guard let write else {
            body = []
            return
        }
        var writer = JSONWriter()
        writer.object(write)
        body = writer.bytes
    }

    /// The call as an HTTP/1.1 request, after which the connection ends.
    public var request: [UInt8] {
        let target = path.map { "/" + PercentEncoding.encode($0) }.joined()
        var head =
            "\(method.rawValue) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        if !body.isEmpty || method.carriesBody {
            head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        }
        return Array("\(head)\r\n".utf8) + body
    }
}

extension Router {
    /// Answers a call of the command line in this process, to the user who runs it.
    ///
    /// Returns the status, and the body if it is in memory.
    public func respond(
        to call: CommandCall,
        _ credentials: Credentials
    ) async throws(Refusal) -> (status: Int, body: [UInt8]) {
        let claim = Claim(client: ClientAddress(user: .current), listener: .main)
        let response = await respond(
            to: Request(
                id: "command",
                method: call.method,
                path: call.path.map { "/" + $0 }.joined(),
                headers: Headers([("Content-Type", "application/json")]),
                body: call.body,
                admission: try credentials.admit(claim)
            )
        )
        guard case .bytes(let bytes) = response.body else { return (response.status, []) }
        return (response.status, bytes)
    }
}
