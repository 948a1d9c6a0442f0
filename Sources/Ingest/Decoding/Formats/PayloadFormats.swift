import Core

/// The table of everything that a camera may send: a new format is one file beside this one, and one line here.
///
/// The first format that recognises a payload decodes it, so that the more particular ones stand first.
struct PayloadFormats: Sendable {
    var bodies: [BodyFormat]
    var messages: [MessageFormat]

    /// All supported formats.
    static let all = PayloadFormats(
        bodies: [.form, .lines, .jsonArray, .jsonObject],
        messages: [
            .registration, .healthCheck, .olderEdge, .envelope, .detectionResult, .lprData,
        ]
    )

    /// The format of a body.
    ///
    /// Throws a ``Refusal`` that lists the supported ones.
    func format(of content: BodyContent, _ head: PayloadHead) throws(Refusal) -> BodyFormat {
        for format in bodies where format.recognises(head, content) { return format }
        var names: [String] = []
        for format in bodies.reversed() where !names.contains(format.name) {
            names.append(format.name)
        }
        let last = names.popLast() ?? ""
        throw Refusal(
            .unsupportedMedia,
            "send \(names.joined(separator: ", ")) or \(last), not \(head.media.name.prefix(100))",
            field: "Content-Type"
        )
    }

    /// The format of a message.
    ///
    /// Throws a ``Refusal`` that lists the supported ones.
    func format(of message: Message) throws(Refusal) -> MessageFormat {
        for format in messages where format.recognises(message) { return format }
        let names = messages.map(\.name)
        throw Refusal(
            .invalid,
            "the JSON object has none of the forms that are accepted: \(names.joined(separator: "; "))",
            code: "unknown_format"
        )
    }
}
