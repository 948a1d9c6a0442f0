internal import Core
internal import Crypto
internal import Foundation

/// The opening handshake (RFC 6455 §4.2).
enum WebSocketHandshake {
    /// Whether a request asks for a WebSocket, well or badly.
    static func isAsked(_ request: Request) -> Bool {
        tokens(request.headers["Upgrade"]).contains("websocket")
    }

    /// The answer that opens a WebSocket.
    ///
    /// Throws ``Refusal`` for a handshake that breaks the rules; one of another version is answered 426
    /// with the version that is spoken here.
    static func answer(_ request: Request, _ upgrade: WebSocketUpgrade) throws(Refusal) -> Response
    {
        guard request.method == .get else {
            throw Refusal(.invalid, "a WebSocket is opened with GET")
        }
        guard tokens(request.headers["Connection"]).contains("upgrade") else {
            throw .invalid("Connection", "must name Upgrade")
        }
        guard request.headers["Sec-WebSocket-Version"] == "13" else {
            var answer = Response(
                status: 426,
                headers: [
                    ("Sec-WebSocket-Version", "13"), ("Content-Type", "application/json"),
                    ("Upgrade", "websocket"),
                ],
                body: .bytes(
                    Array(#"{"error":"only WebSocket version 13 is supported"}"#.utf8)
                )
            )
            answer.refused = Response.Refused(
                Refusal(
                    .invalid,
                    "only WebSocket version 13 is supported",
                    code: "unsupported_version"
                )
            )
            return answer
        }
        guard let key = request.headers["Sec-WebSocket-Key"],
            Data(base64Encoded: key)?.count == 16
        else { throw .invalid("Sec-WebSocket-Key", "must be 16 bytes in base64") }
        return Response(
            status: 101,
            headers: [("Upgrade", "websocket"), ("Sec-WebSocket-Accept", accept(key))],
            body: .upgrade(upgrade)
        )
    }

    /// What proves that the server speaks WebSocket (RFC 6455 §4.2.2, 5.4).
    static func accept(_ key: String) -> String {
        let text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        return Data(Insecure.SHA1.hash(data: Data(text.utf8))).base64EncodedString()
    }

    private static func tokens(_ value: String?) -> [String] {
        (value ?? "").split(separator: ",").map { token in
            token.lowercased().filter { $0 != " " && $0 != "\t" }
        }
    }
}
