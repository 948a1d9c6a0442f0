import Core

extension BodyFormat {
    /// One message.
    ///
    /// `curl -d` says `application/x-www-form-urlencoded` unless told otherwise, and scripts in the field do not tell
    /// it: a body that begins like JSON is taken as JSON whatever it is called.
    static let jsonObject = BodyFormat(
        name: "application/json",
        recognises: { head, content in
            head.media.kind == .json || content.firstByte == UInt8(ascii: "{")
        },
        decode: { (content, head, decoder, now) throws(Refusal) in
            let json = try decoder.json(content.bytes)
            let message = Message(head: head, fields: try Fields(json), receivedAt: now)
            let format = try decoder.formats.format(of: message)
            return .one(try format.decode(message, decoder), format.acceptance)
        }
    )

    /// An array of messages.
    static let jsonArray = BodyFormat(
        name: "application/json",
        recognises: { _, content in content.firstByte == UInt8(ascii: "[") },
        decode: { (content, head, decoder, now) throws(Refusal) in
            guard case .array(let elements) = try decoder.json(content.bytes) else {
                throw Refusal(.fault, "what begins with a bracket is an array")
            }
            guard !elements.isEmpty else { throw Refusal(.invalid, "the array holds no read") }
            try decoder.checkCount(elements.count)
            return .array(
                elements.map { element in
                    decoder.element { () throws(Refusal) in
                        try decoder.decode(element, head, receivedAt: now)
                    }
                }
            )
        }
    )

    /// NDJSON: a message on each line.
    static let lines = BodyFormat(
        name: "application/x-ndjson",
        recognises: { head, _ in head.media.kind == .lines },
        decode: { (content, head, decoder, now) throws(Refusal) in
            let bytes = content.bytes
            var elements: [DecodedBody.Element] = []
            for line in bytes.split(separator: 0x0A) where !line.allSatisfy(\.isBlank) {
                try decoder.checkCount(elements.count + 1)
                elements.append(
                    decoder.element { () throws(Refusal) in
                        let json = try decoder.json(bytes, in: line.startIndex..<line.endIndex)
                        return try decoder.decode(json, head, receivedAt: now)
                    }
                )
            }
            guard !elements.isEmpty else {
                throw Refusal(.invalid, "the body holds no line with a read")
            }
            return .lines(elements)
        }
    )
}

extension ReadDecoder {
    /// Parses a camera's JSON.
    fileprivate func json(_ bytes: [UInt8], in range: Range<Int>? = nil) throws(Refusal) -> JSON {
        try JSONParser.parse(
            bytes,
            in: range ?? 0..<bytes.count,
            depthMax: limits.jsonDepthMax,
            takesNonFinite: true
        )
    }

    fileprivate func checkCount(_ count: Int) throws(Refusal) {
        guard count <= limits.batchReadsMax else {
            throw Refusal(.tooLarge, "one body may hold at most \(limits.batchReadsMax) reads")
        }
    }

    /// The result for one of many messages: each has its own refusal.
    fileprivate func element(_ body: () throws(Refusal) -> Decoded) -> DecodedBody.Element {
        do throws(Refusal) { return .success(try body()) } catch { return .failure(error) }
    }
}
