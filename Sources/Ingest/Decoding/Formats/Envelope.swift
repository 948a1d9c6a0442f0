import Core

extension MessageFormat {
    /// `{"event":…,"data":{…}}` around another message.
    static let envelope = MessageFormat(
        name: "an envelope (event, data)",
        recognises: { message in
            guard case .object? = message.fields["data"] else { return false }
            return message.fields["event"] != nil && message.fields["plate_number"] == nil
        },
        decode: { (message, decoder) throws(Refusal) in
            try decoder.decode(
                message.fields["data"] ?? .null,
                message.head,
                receivedAt: message.receivedAt
            )
        }
    )
}
