import Core

/// The body of `POST /api/records`, in each of the forms that it may have.
enum ReadsBody {
    /// A read or that there was no plate.
    typealias Element = Result<ReadDecoder.Decoded, Refusal>

    /// One read, answered by one object.
    case one(ReadDecoder.Decoded)
    /// A JSON array: one answer for each, in an array.
    case array([Element])
    /// NDJSON: one answer for each line, on a line.
    case lines([Element])

    /// Decodes a request's body by its content type.
    ///
    /// `curl -d` says `application/x-www-form-urlencoded` unless told otherwise, and scripts in the
    /// field do not tell it: a body that begins like JSON is taken as JSON whatever it is called.
    init(_ request: Request, decoder: ReadDecoder, now: Timestamp) throws(Refusal) {
        guard !request.body.isEmpty else {
            throw Refusal(.invalid, "the body is empty; send a read as a JSON object")
        }
        let type = request.headers["Content-Type"] ?? "application/json"
        if type == "application/json" {
            self = try ReadsBody.json(request.body, decoder, now)
            return
        }
        let media = ReadsBody.media(type)
        switch media {
        case "multipart/form-data":
            self = .one(try FormBody.read(request.body, type, decoder, now))
        case _ where ReadsBody.lineMedia.contains(media):
            self = .lines(try ReadsBody.lines(request.body, decoder, now))
        default:
            guard media.hasSuffix("json") || ReadsBody.looksLikeJSON(request.body) else {
                throw Refusal(
                    .unsupportedMedia,
                    "send application/json, application/x-ndjson or multipart/form-data,"
                        + " not \(media.prefix(100))",
                    field: "Content-Type"
                )
            }
            self = try ReadsBody.json(request.body, decoder, now)
        }
    }

    private static let lineMedia: Set = [
        "application/x-ndjson", "application/ndjson", "application/jsonl",
    ]

    /// Whether a request's body is NDJSON.
    static func holdsLines(_ headers: Headers) -> Bool {
        guard let type = headers["Content-Type"], type != "application/json" else { return false }
        return lineMedia.contains(media(type))
    }

    /// A content type without its parameters.
    static func media(_ type: String) -> String {
        String(
            type.prefix { $0 != ";" }.lowercased()
                .trimmingPrefix { $0 == " " }.prefix { $0 != " " }
        )
    }

    private static func looksLikeJSON(_ body: [UInt8]) -> Bool {
        let text = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body[...]
        let first = text.first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func json(
        _ body: [UInt8],
        _ decoder: ReadDecoder,
        _ now: Timestamp
    ) throws(Refusal) -> ReadsBody {
        let json = try JSONParser.parse(
            body,
            depthMax: decoder.limits.jsonDepthMax,
            takesNonFinite: true
        )
        guard case .array(let elements) = json else { return .one(try single(json, decoder, now)) }
        guard !elements.isEmpty else { throw Refusal(.invalid, "the array contains no read") }
        try checkCount(elements.count, decoder.limits)
        return .array(
            elements.map { element in
                result { () throws(Refusal) in
                    try single(element, decoder, now)
                }
            }
        )
    }

    private static func lines(
        _ body: [UInt8],
        _ decoder: ReadDecoder,
        _ now: Timestamp
    ) throws(Refusal) -> [Element] {
        var results: [Element] = []
        for line in body.split(separator: 0x0A)
        where line.contains(where: { !isBlank($0) }) {
            try checkCount(results.count + 1, decoder.limits)
            results.append(
                result { () throws(Refusal) in
                    let json = try JSONParser.parse(
                        body,
                        in: line.startIndex..<line.endIndex,
                        depthMax: decoder.limits.jsonDepthMax,
                        takesNonFinite: true
                    )
                    return try single(json, decoder, now)
                }
            )
        }
        guard !results.isEmpty else {
            throw Refusal(.invalid, "the body contains no read")
        }
        return results
    }

    private static func checkCount(_ count: Int, _ limits: Limits) throws(Refusal) {
        guard count <= limits.batchReadsMax else {
            throw Refusal(.tooLarge, "one body may hold at most \(limits.batchReadsMax) reads")
        }
    }

    private static func single(
        _ json: JSON,
        _ decoder: ReadDecoder,
        _ now: Timestamp
    ) throws(Refusal) -> ReadDecoder.Decoded {
        let decoded = try decoder.decode(json, receivedAt: now)
        if case .detection(let detection) = decoded {
            throw .invalid("type", "detection_result belongs to POST /api/detection")
                .of(detection.cameraID)
        }
        return decoded
    }

    private static func result(_ body: () throws(Refusal) -> ReadDecoder.Decoded) -> Element {
        do throws(Refusal) { return .success(try body()) } catch { return .failure(error) }
    }
}
