import Core

/// What is known of a payload besides its content: where it came in, and what its sender calls it.
struct PayloadHead: Sendable {
    /// The path of the request; empty for a message of a socket.
    var path = ""
    /// The name of the socket's event.
    var event: String?
    /// The media type.
    var media = MediaType(nil)
}

/// The result of decoding one message.
enum Decoded: Sendable {
    /// One plate.
    case read(Read)
    /// A detection with any number of plates.
    case detection(Detection)
    /// A camera's report that it read no plate (``NoPlate``): a detection without reads.
    case noPlate(Detection)
    /// A heartbeat or registration of a camera.
    case registration(CameraRegistration)
    /// A camera's health report, and the warnings for its optional fields.
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

/// Makes the acknowledgement for a sender that expects another one than the standard one.
typealias Acceptance = @Sendable () -> Response

/// One way in which a message, which is one JSON object, says what a camera saw.
///
/// A message is a request's body, an element of an array, a line, or what a socket brings.
struct MessageFormat: Sendable {
    /// Its name in documents and errors, with its distinguishing members.
    let name: String
    /// Whether a message has this format; the first matching format of the table decodes it.
    let recognises: @Sendable (Message) -> Bool
    /// Decodes it; only a missing or invalid required field refuses it.
    let decode: @Sendable (Message, ReadDecoder) throws(Refusal) -> Decoded
    /// The acknowledgement that its senders expect; nil for the standard one.
    var acceptance: Acceptance?
}

/// A format of request bodies: a container of messages, or a single message that is not JSON.
struct BodyFormat: Sendable {
    /// Its media type, as in documents and errors.
    let name: String
    /// Whether a body has this format; the first matching format of the table decodes it.
    let recognises: @Sendable (PayloadHead, BodyContent) -> Bool
    /// Decodes it.
    let decode:
        @Sendable (BodyContent, PayloadHead, ReadDecoder, Timestamp) throws(Refusal) -> DecodedBody
}

/// One JSON object with its metadata and attachments.
struct Message: Sendable {
    let head: PayloadHead
    let fields: Fields
    /// When it arrived.
    let receivedAt: Timestamp
    /// Pictures sent beside the JSON, one for each subject.
    var attachments: [Attachment] = []
    /// The warnings for parts that could not become fields.
    var warnings: Warnings?
}

/// A picture sent as bytes beside a message's JSON.
struct Attachment: Sendable {
    /// The sender's name for it.
    let field: String
    /// What it shows.
    var subject = PictureSubject.image
    let bytes: [UInt8]
}

/// The content of a body, by which formats are recognised.
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

/// The decoded body, by the form of its answer.
enum DecodedBody: Sendable {
    /// One message, or its refusal.
    typealias Element = Result<Decoded, Refusal>

    /// One message, answered by one object, or in the format's own acknowledgement.
    case one(Decoded, Acceptance? = nil)
    /// One answer for each message, in an array.
    case array([Element])
    /// One answer for each message, on a line.
    case lines([Element])
}

extension UInt8 {
    /// Whether it is JSON whitespace (RFC 8259 §2).
    var isBlank: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
