internal import Core
internal import Foundation

/// Resolves Socket.IO's binary attachments.
enum Attachments {
    /// The data with the pictures in place of their placeholders.
    ///
    /// The picture of a read stays bytes; those of a detection become base64, as if they had been sent so. The bytes
    /// of any other field become its string; if they are not text, the placeholder stays, which has the wrong type
    /// for any field.
    static func resolve(
        _ message: CameraMessage
    ) -> (data: JSON, picture: Attachment?) {
        guard !message.attachments.isEmpty, case .object(let members) = message.data else {
            return (message.data, nil)
        }
        let isRead = message.event == "lpr_data" && message.data["ocr_results"] == nil
        var picture: Attachment?
        var kept: [JSON.Member] = []
        for member in members {
            if member.name == "image_data", isRead, let bytes = bytes(of: member.value, message) {
                picture = Attachment(field: member.name, bytes: bytes)
            } else {
                kept.append(JSON.Member(member.name, inlined(member, message)))
            }
        }
        return (.object(kept), picture)
    }

    /// `{"_placeholder":true,"num":0}` stands for the first attachment.
    static func bytes(of value: JSON, _ message: CameraMessage) -> [UInt8]? {
        guard value["_placeholder"] == .bool(true), case .number(let number)? = value["num"],
            let index = Int(exactly: number), message.attachments.indices.contains(index)
        else { return nil }
        return message.attachments[index]
    }

    private static let pictureNames: Set = [
        "image_data", "image", "annotated_image", "cropped_plates", "plate_image",
        "vehicle_image", "scene_image",
    ]

    private static func inlined(_ member: JSON.Member, _ message: CameraMessage) -> JSON {
        inlined(member.value, message, isPicture: pictureNames.contains(member.name))
    }

    private static func inlined(
        _ value: JSON,
        _ message: CameraMessage,
        isPicture: Bool
    ) -> JSON {
        if let bytes = bytes(of: value, message) {
            if isPicture { return .string(Data(bytes).base64EncodedString()) }
            return String(validating: bytes, as: UTF8.self).map(JSON.string) ?? value
        }
        switch value {
        case .array(let elements):
            return .array(elements.map { inlined($0, message, isPicture: isPicture) })
        case .object(let members):
            return .object(members.map { JSON.Member($0.name, inlined($0, message)) })
        default: return value
        }
    }
}

extension ReadDecoder {
    /// Decodes a message with its attachments.
    func decode(_ message: CameraMessage, receivedAt now: Timestamp) throws(Refusal) -> Decoded {
        let (data, picture) = Attachments.resolve(message)
        let head = PayloadHead(event: message.event)
        guard let picture else { return try decode(data, head, receivedAt: now) }
        let read = Message(
            head: head,
            fields: try Fields(data),
            receivedAt: now,
            attachments: [picture]
        )
        return try MessageFormat.lprData.decode(read, self)
    }
}
