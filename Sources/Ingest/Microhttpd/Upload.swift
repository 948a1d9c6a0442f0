internal import Core

/// A request's body on its way in.
struct Upload {
    /// How the body's end is known (RFC 9112 §6.3).
    enum Length: Equatable {
        case none
        case known(Int)
        case chunked
        /// It cannot be known where the body ends, nor where the next request would begin.
        case unknown
    }

    var length = Length.none
    /// Whether the headers say a length, be it none.
    var saysLength = false
    /// Whether the client waits for a word before it sends (RFC 9110 §10.1.1).
    var expectsContinue = false
    /// Bytes at the most.
    var bytesMax = 16 * 1_024
    /// What has arrived and is kept.
    var bytes: [UInt8] = []
    /// When some of it has arrived last, in the loop's milliseconds.
    var lastArrival: Int64 = 0
    /// Bytes taken from the memory budget.
    var reserved = 0
    /// Bytes that were thrown away because the request is refused.
    var discarded = 0

    /// Bytes of a refused body that are read, so that the client gets its answer and not a reset.
    var discardMax: Int { 4 * bytesMax }

    /// Reads the framing headers; `lengths` are the values of Content-Length, `isHTTP11` whether the request
    /// line says that version.
    ///
    /// Throws ``Refusal`` for what two programs could read in two ways (request smuggling, RFC 9112
    /// §11.2), which libmicrohttpd 0.9.75 lets pass.
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
