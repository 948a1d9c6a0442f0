internal import Core

/// The upload of a request's body.
struct Upload {
    /// How the end of the body is determined (RFC 9112 §6.3).
    enum Length: Equatable {
        case none
        case known(Int)
        case chunked
        /// Neither the end of the body nor the start of the next request can be determined.
        case unknown
    }

    var length = Length.none
    /// Whether the headers state a length, including zero.
    var saysLength = false
    /// Whether the client waits for 100 Continue before it sends (RFC 9110 §10.1.1).
    var expectsContinue = false
    /// The maximum length in bytes.
    var bytesMax = 16 * 1_024
    /// The received bytes.
    var bytes: [UInt8] = []
    /// When the last bytes arrived, in the loop's milliseconds.
    var lastArrival: Int64 = 0
    /// Bytes reserved from the memory budget.
    var reserved = 0
    /// Bytes discarded because the request is refused.
    var discarded = 0

    /// The maximum bytes of a refused body that are read, so that the client gets the answer and not a reset.
    var discardMax: Int { 4 * bytesMax }

    /// Parses the framing headers; `lengths` are the values of Content-Length, `isHTTP11` whether the request line
    /// has that version.
    ///
    /// Throws ``Refusal`` if two programs could parse the framing differently (request smuggling, RFC 9112 §11.2),
    /// which libmicrohttpd 0.9.75 accepts.
    mutating func readFraming(
        _ headers: Headers,
        lengths: [String],
        isHTTP11: Bool
    ) throws(Refusal) {
        let codings = headers.all("Transfer-Encoding")
        saysLength = !lengths.isEmpty
        expectsContinue = headers["Expect"]?.lowercased() == "100-continue"
        if !codings.isEmpty {
            length = .unknown
            // RFC 9112 §6.1: its framing is faulty, and the connection must end.
            guard isHTTP11 else {
                throw Refusal(
                    .invalid,
                    "HTTP/1.0 has no Transfer-Encoding; send Content-Length, or use HTTP/1.1",
                    field: "Transfer-Encoding",
                    code: "framing"
                )
            }
            guard lengths.isEmpty else {
                throw Refusal(
                    .invalid,
                    "the request has Transfer-Encoding and Content-Length",
                    code: "framing"
                )
            }
            guard codings.count == 1, codings[0].lowercased() == "chunked" else {
                throw Refusal(
                    .invalid,
                    "the only supported Transfer-Encoding is chunked",
                    field: "Transfer-Encoding",
                    code: "framing"
                )
            }
            length = .chunked
        } else if let text = lengths.first {
            guard let count = Int(text), count >= 0 else {
                length = .unknown
                throw Refusal(
                    .invalid,
                    "Content-Length must be a number",
                    field: "Content-Length",
                    code: "framing"
                )
            }
            length = count > 0 ? .known(count) : .none
            guard lengths.count == 1 else {
                length = .unknown
                throw Refusal(
                    .invalid,
                    "the request has more than one Content-Length",
                    field: "Content-Length",
                    code: "framing"
                )
            }
        }
    }
}
