import Core

/// What is known of a payload besides its content: where it came in, and what its sender calls it.
struct PayloadHead: Sendable {
    /// The path of the request; empty for a message of a socket.
    var path = ""
    /// The name of the socket's event.
    var event: String?
    /// The header `Content-Type`, as it came.
    var contentType: String?
    /// What that says.
    var media = MediaType(nil)
}

/// What a format makes of one message.
enum Decoded: Sendable {
    /// One plate.
    case read(Read)
    /// A picture with any number of plates.
    case detection(Detection)
    /// A camera that says that it read no plate (``NoPlate``): a detection without reads.
    case noPlate(Detection)
    /// A camera says that it is there: a heartbeat, or its registration.
    case registration(CameraRegistration)
    /// What a camera says of its health, and what was wrong with optional parts.
    case report(HealthReport, [Warning])

    /// The camera that it is said to come from.
    var cameraID: String {
        switch self {
        case .read(let read): read.cameraID
        case .detection(let detection), .noPlate(let detection): detection.cameraID
        case .registration(let registration): registration.cameraID
        case .report(let report, _): report.cameraID
        }
    }

    /// The camera's own id of it.
    var eventID: String? {
        switch self {
        case .read(let read): read.eventID
        case .detection(let detection), .noPlate(let detection): detection.eventID
        case .registration, .report: nil
        }
    }
}

/// Makes the answer to what is kept, for a sender that wants another one than ours.
typealias Acceptance = @Sendable () -> Response

/// One way in which a message, which is one JSON object, says what a camera saw.
///
/// A message is a request's body, an element of an array, a line, or what a socket brings.
struct MessageFormat: Sendable {
    /// What documents and errors call it, with the members that tell it apart.
    let name: String
    /// Whether a message has this format; the first format of the table that says so decodes it.
    let recognises: @Sendable (Message) -> Bool
    /// Decodes it; only what no read can do without refuses it.
    let decode: @Sendable (Message, ReadDecoder) throws(Refusal) -> Decoded
    /// The answer that its senders want; nil for ours.
    var acceptance: Acceptance?
}

/// One way in which the body of a request holds messages, or a single message that is not JSON.
struct BodyFormat: Sendable {
    /// The media type that documents and errors call it by.
    let name: String
    /// Whether a body has this format; the first format of the table that says so decodes it.
    let recognises: @Sendable (PayloadHead, BodyContent) -> Bool
    /// Decodes it.
    let decode:
        @Sendable (BodyContent, PayloadHead, ReadDecoder, Timestamp) throws(Refusal) -> DecodedBody
}

/// One JSON object and what came with it.
struct Message: Sendable {
    let head: PayloadHead
    let fields: Fields
    /// When it arrived.
    let receivedAt: Timestamp
    /// Pictures that came beside the JSON, the main one first.
    var attachments: [Attachment] = []
    /// What was wrong with parts that could not become fields.
    var warnings: Warnings?
}

/// A picture that came as bytes beside a message's JSON.
struct Attachment: Sendable {
    /// What its sender called it.
    let field: String
    let bytes: [UInt8]
}

/// The content of a body, as far as formats are told apart by it.
enum BodyContent: Sendable {
    case bytes([UInt8])
    /// The parts of `multipart/form-data`.
    case form([FormPart])

    /// The first byte that is not a blank, without a byte-order mark; nil for a form.
    var firstByte: UInt8? {
        guard case .bytes(let bytes) = self else { return nil }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        return text.first { !$0.isBlank }
    }

    /// The bytes; none of a form.
    var bytes: [UInt8] {
        if case .bytes(let bytes) = self { bytes } else { [] }
    }
}

/// What a body says, by the form of its answer.
enum DecodedBody: Sendable {
    /// One message, or why it is refused.
    typealias Element = Result<Decoded, Refusal>

    /// One message, answered by one object, or as its sender wants it.
    case one(Decoded, Acceptance? = nil)
    /// One answer for each message, in an array.
    case array([Element])
    /// One answer for each message, on a line.
    case lines([Element])
}

extension UInt8 {
    /// Whether JSON takes it for nothing (RFC 8259 §2).
    var isBlank: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
