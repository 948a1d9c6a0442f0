import Core

/// A read as `multipart/form-data`: its texts are the fields, a file is the picture and counts before `image_data`.
enum FormBody {
    /// What the picture is called, if its bytes do not say that it is one.
    private static let pictureNames = [
        "image", "image_data", "file", "picture", "photo", "snapshot",
    ]

    static func read(
        _ body: [UInt8],
        _ type: String,
        _ decoder: ReadDecoder,
        _ now: Timestamp
    ) throws(Refusal) -> ReadDecoder.Decoded {
        guard let boundary = Multipart.boundary(ofContentType: type) else {
            throw .invalid("Content-Type", "names no boundary of 1 to 70 characters")
        }
        var members: [JSON.Member] = []
        var files: [FormPart] = []
        var warnings = decoder.noWarnings
        for part in try Multipart.parts(of: body, boundary: boundary) {
            if part.isFile {
                // A form whose file was not chosen sends an empty one.
                if !part.content.isEmpty { files.append(part) }
            } else if let text = String(validating: part.content, as: UTF8.self) {
                members.append(JSON.Member(part.name, .string(text)))
            } else if pictureNames.contains(part.name) {
                files.append(part)
            } else {
                let refusal = Refusal.invalid(part.name, "is not valid UTF-8", code: "not_utf8")
                if ReadDecoder.required.contains(part.name) { throw refusal }
                try warnings.note(refusal, part.name)
            }
        }
        let fields = try Fields(.object(members))
        var attachment = try picture(of: files, decoder, &warnings)
        if attachment == nil, fields["image_data"] == nil {
            let picture = try warnings.optional("image") { () throws(Refusal) in
                try fields.picture("image", limits: decoder.limits)
            }
            attachment = picture.map { ReadDecoder.Attachment(field: "image", bytes: $0.bytes) }
        }
        return try decoder.read(fields, now, attachment: attachment, warnings)
    }

    /// The first file that is a picture, else the one that is called so; the others are noted.
    private static func picture(
        of files: [FormPart],
        _ decoder: ReadDecoder,
        _ warnings: inout Warnings
    ) throws(Refusal) -> ReadDecoder.Attachment? {
        let called =
            files.filter { pictureNames.contains($0.name) }
            + files.filter { !pictureNames.contains($0.name) }
        let chosen =
            called.first { Picture.isPicture($0.content) }
            ?? called.first { pictureNames.contains($0.name) }
        for file in files where file != chosen {
            let refusal = Refusal.invalid(
                file.name,
                "is a file that is not used: the picture is sent as image",
                code: "not_used"
            )
            try warnings.note(refusal, file.name)
        }
        return chosen.map { ReadDecoder.Attachment(field: $0.name, bytes: Array($0.content)) }
    }
}
