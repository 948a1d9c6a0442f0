internal import Core

/// A message of a camera over a socket, independent of the protocol.
struct CameraMessage: Sendable {
    /// The event's name (`lpr_data`, `camera_register`, …).
    let event: String
    /// Its data.
    let data: JSON
    /// Pictures sent as bytes beside the JSON, which has placeholders for them.
    var attachments: [[UInt8]] = []
}

/// The one answer to a message.
struct CameraAnswer: Sendable {
    /// The event's name (`lpr_response`, `error`, …).
    let event: String
    /// Its data; `status` is `success` or `error`.
    let body: JSON

    /// An error answer; the log has the same `id`.
    static func failure(_ refusal: Refusal, id: String, eventID: String? = nil) -> CameraAnswer {
        var members = [
            JSON.Member("status", .string("error")),
            JSON.Member("message", .string(refusal.message)),
            JSON.Member("code", .string(refusal.code)),
        ]
        if let field = refusal.field { members.append(JSON.Member("field", .string(field))) }
        members.append(JSON.Member("id", .string(id)))
        if let eventID { members.append(JSON.Member("event_id", .string(eventID))) }
        // A camera that keeps a queue must know whether to send it again.
        if refusal.kind == .busy || refusal.kind == .storage {
            members.append(JSON.Member("retry", .bool(true)))
        }
        return CameraAnswer(event: "error", body: .object(members))
    }
}
