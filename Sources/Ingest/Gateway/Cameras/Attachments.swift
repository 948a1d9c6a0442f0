internal import Core
internal import Foundation

/// Bytes that came beside a message's JSON (Socket.IO's binary attachments).
enum Attachments {
    /// The data with the pictures in their places.
    ///
    /// The picture of a read is handed on as bytes; others, of a detection, are written as base64, as if
    /// they had come so.
    static func resolve(
        _ message: CameraMessage
    ) -> (data: JSON, picture: ReadDecoder.Attachment?) {
        guard !message.attachments.isEmpty, case .object(let members) = message.data else {
            return (message.data, nil)
        }
        var picture: ReadDecoder.Attachment?
        var kept: [JSON.Member] = []
        for member in members {
            if member.name == "image_data", let bytes = bytes(of: member.value, message) {
                picture = ReadDecoder.Attachment(field: member.name, bytes: bytes)
            } else {
                kept.append(JSON.Member(member.name, inlined(member.value, message)))
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

    private static func inlined(_ value: JSON, _ message: CameraMessage) -> JSON {
        if let bytes = bytes(of: value, message) {
            return .string(Data(bytes).base64EncodedString())
        }
        guard case .array(let elements) = value else { return value }
        return .array(elements.map { inlined($0, message) })
    }
}
