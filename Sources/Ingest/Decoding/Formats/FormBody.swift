import Core

extension BodyFormat {
    /// A read as `multipart/form-data`: its texts are the fields, a file is the picture and counts before `image_data`;
    /// `plate_image`, `vehicle_image` and `scene_image` may stand beside it.
    static let form = BodyFormat(
        name: "multipart/form-data",
        recognises: { _, content in
            if case .form = content { true } else { false }
        },
        decode: { (content, head, decoder, now) throws(Refusal) in
            guard case .form(let parts) = content else {
                throw Refusal(.fault, "a form has parts")
            }
            let message = try FormBody.message(parts, head, decoder, now)
            return .one(try MessageFormat.lprData.decode(message, decoder))
        }
    )
}

/// The parts of a form as the fields of a read.
private enum FormBody {
    /// The field name of the picture, if its bytes are not recognised as one.
    private static let pictureNames = [
        "image", "image_data", "file", "picture", "photo", "snapshot",
    ]

    static func message(
        _ parts: [FormPart],
        _ head: PayloadHead,
        _ decoder: ReadDecoder,
        _ now: Timestamp
    ) throws(Refusal) -> Message {
        var members: [JSON.Member] = []
        var files: [FormPart] = []
        var warnings = decoder.noWarnings
        for part in parts {
            if part.isFile {
                // A form without a chosen file sends an empty one.
                if !part.content.isEmpty { files.append(part) }
            } else if let text = String(validating: part.content, as: UTF8.self) {
                members.append(JSON.Member(part.name, .string(text)))
            } else if pictureNames.contains(part.name)
                || LPRData.subject(ofField: part.name) != nil
            {
                files.append(part)
            } else {
                let refusal = Refusal.invalid(part.name, "is not valid UTF-8", code: "not_utf8")
                if LPRData.required.contains(part.name) { throw refusal }
                try warnings.note(refusal, part.name)
            }
        }
        let attachments = try pictures(of: files, &warnings)
        return Message(
            head: head,
            fields: try Fields(.object(members)),
            receivedAt: now,
            attachments: attachments,
            warnings: warnings
        )
    }

    /// The files named by what they show, and of the others the first one that is a picture, else the one with the
    /// picture's field name; the rest get a warning.
    private static func pictures(
        of files: [FormPart],
        _ warnings: inout Warnings
    ) throws(Refusal) -> [Attachment] {
        var attachments: [Attachment] = []
        var others: [FormPart] = []
        for file in files {
            if let subject = LPRData.subject(ofField: file.name),
                !attachments.contains(where: { $0.subject == subject })
            {
                attachments.append(
                    Attachment(field: file.name, subject: subject, bytes: Array(file.content))
                )
            } else {
                others.append(file)
            }
        }
        let called =
            others.filter { pictureNames.contains($0.name) }
            + others.filter { !pictureNames.contains($0.name) }
        let chosen =
            called.first { Picture.isPicture($0.content) }
            ?? called.first { pictureNames.contains($0.name) }
        for file in others where file != chosen {
            let refusal = Refusal.invalid(
                file.name,
                "is a file that is not used: the picture is sent as image",
                code: "not_used"
            )
            try warnings.note(refusal, file.name)
        }
        if let chosen {
            attachments.append(Attachment(field: chosen.name, bytes: Array(chosen.content)))
        }
        return attachments
    }
}
