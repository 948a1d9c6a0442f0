internal import Core

/// Why a socket is closed that its client could have kept; there is no answer, but a line in the log.
extension Refusal {
    /// The client broke the protocol; `what` is what it sent.
    static func breach(_ what: String) -> Refusal {
        Refusal(.invalid, "the connection is closed: \(what)", code: "protocol_error")
    }

    /// A message or its attachments are too long.
    static func messageTooLarge(_ bytesMax: Int) -> Refusal {
        Refusal(.tooLarge, "the connection is closed: a message may have at most \(bytesMax) bytes")
    }

    /// More waits for the client than is kept.
    static let unread = Refusal(
        .tooLarge,
        "the connection is closed: the client does not read what it is sent",
        code: "not_read"
    )

    /// What libwslay ended a WebSocket with (RFC 6455 §7.4.1).
    static func webSocket(status: Int, messageBytesMax: Int) -> Refusal {
        switch status {
        case 1_009: .messageTooLarge(messageBytesMax)
        case 1_007: .breach("a text message that is not UTF-8 (1007)")
        default: .breach("frames that break RFC 6455 (1002)")
        }
    }
}
