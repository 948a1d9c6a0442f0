internal import CMicrohttpd
internal import Glibc

/// Caches the previous request head of a connection, with its routing and admission.
///
/// A camera sends the same request line and the same headers with each read, `Content-Length` aside, and
/// whatever is decided by them (route, principal, framing) is decided by nothing else but the credentials: routes do
/// not change while the service runs, and the peer is the connection's. So a head that comes again, byte for byte, is
/// not read again as long as the credentials are those by which it was judged.
final class RequestHeadCache {
    private let method: String
    private let target: [UInt8]
    /// The fields as `lpr_headers` wrote them, without `Content-Length`.
    private let block: [UInt8]
    /// What is known of the request.
    let head: RequestHead
    /// What answers it.
    let action: Route.Action
    /// Who it comes from.
    let admission: Admission
    /// What the log may say of its path.
    let logPath: String
    /// Bytes of its body at the most.
    let bodyBytesMax: Int

    /// Remembers a request that its route takes, with a body of known length.
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

    /// The body's length where a request's head is this one again and its body is within the limit; nil
    /// where the head must be read.
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
        return Int(length)
    }

    /// The target where it is this one again, so that equal bytes are kept once.
    ///
    /// SAFETY: reads `count` bytes at `bytes`, which the caller answers for.
    @unsafe func target(ifEqualTo bytes: UnsafePointer<CChar>, count: Int) -> [UInt8]? {
        guard count == target.count else { return nil }
        let isSame = unsafe target.withUnsafeBufferPointer { known in
            guard let start = known.baseAddress else { return true }
            return unsafe memcmp(start, bytes, count) == 0
        }
        return isSame ? target : nil
    }
}
