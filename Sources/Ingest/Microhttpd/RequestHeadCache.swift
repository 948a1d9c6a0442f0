internal import CMicrohttpd
internal import Glibc

/// Caches the previous request head of a connection with its routing and admission result.
///
/// A camera sends the same request line and headers with each read, except `Content-Length`, and the result (route,
/// role, framing) depends on nothing else: neither the routes nor the gate change while the service runs, and the
/// peer is the connection's. So an identical head, byte for byte, is not parsed again.
final class RequestHeadCache {
    private let method: String
    private let target: [UInt8]
    /// The fields as written by `lpr_headers`, without `Content-Length`.
    private let block: [UInt8]
    /// The parsed head.
    let head: RequestHead
    /// The action.
    let action: Route.Action
    /// The client.
    let admission: Admission
    /// What the log may say of its path.
    let logPath: String
    /// The maximum length of its body in bytes.
    let bodyBytesMax: Int

    /// Caches a request that its route accepts, with a body of known length.
    init?(_ exchange: Exchange, method: String, block: ArraySlice<UInt8>) {
        guard case .run(let action, let admission) = exchange.disposition,
            case .known = exchange.upload.length,
            !exchange.upload.expectsContinue
        else { return nil }
        self.method = method
        target = exchange.rawTarget
        self.block = Array(block)
        head = exchange.head
        self.action = action
        self.admission = admission
        logPath = exchange.logPath
        bodyBytesMax = exchange.upload.bytesMax
    }

    /// The body's length if a request has this head and its body is within the limit; nil if the head must be parsed.
    func bodyLength(of exchange: Exchange, method: String) -> Int? {
        guard admission.isCurrent, method == self.method, exchange.rawTarget == target else {
            return nil
        }
        var length: UInt64 = 0
        // SAFETY: the library's call compares within `count` bytes, and keeps nothing.
        let isSame = unsafe block.withUnsafeBufferPointer { known in
            unsafe lpr_same_headers(exchange.handle, known.baseAddress, known.count, &length)
        }
        guard isSame, length > 0, length <= bodyBytesMax else { return nil }
        admission.touch()
        return Int(length)
    }

    /// The cached target if it is equal, so that equal bytes are stored once.
    ///
    /// SAFETY: reads `count` bytes at `bytes`, which the caller guarantees.
    @unsafe func target(ifEqualTo bytes: UnsafePointer<CChar>, count: Int) -> [UInt8]? {
        guard count == target.count else { return nil }
        let isSame = unsafe target.withUnsafeBufferPointer { known in
            guard let start = known.baseAddress else { return true }
            return unsafe memcmp(start, bytes, count) == 0
        }
        return isSame ? target : nil
    }
}
