internal import CMicrohttpd

/// Copies bytes from a content source into libmicrohttpd's buffer; used on the listener's thread.
final class ContentReader {
    private let source: any ContentSource
    private let exchange: Exchange

    init(source: any ContentSource, exchange: Exchange) {
        self.source = source
        self.exchange = exchange
    }

    /// Fills the buffer as far as data is available; suspends the connection if there is none.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        // In the middle of a chunk nothing else can be sent.
        guard exchange.unsent.isEmpty, !exchange.isBroken else { return lpr_reader_failed() }
        while true {
            switch source.next(atMost: buffer.count) {
            case .bytes(let bytes):
                exchange.connection.deadline = .max
                unsafe buffer.copyBytes(from: bytes)
                return bytes.count
            case .end: return lpr_reader_end()
            case .failure: return lpr_reader_failed()
            case .wait:
                if exchange.loop.isAborting { return lpr_reader_failed() }
                if !source.mayBeSilent {
                    exchange.connection.deadline =
                        exchange.loop.now + exchange.loop.answerMilliseconds
                }
                if exchange.park() {
                    exchange.beginEvents()
                    return 0
                }
            }
        }
    }
}

/// Called by libmicrohttpd for more of a body.
let readContent: MHD_ContentReaderCallback = { context, _, buffer, count in
    // SAFETY: `context` is the reader that `nativeStream` retained; the buffer has `count` bytes.
    guard let context = unsafe context, let buffer = unsafe buffer else {
        return lpr_reader_failed()
    }
    let reader = unsafe Unmanaged<ContentReader>.fromOpaque(context).takeUnretainedValue()
    return unsafe reader.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
}

/// Called by libmicrohttpd when it destroys a response.
let releaseContent: MHD_ContentReaderFreeCallback = { context in
    // SAFETY: balances the retain of `nativeStream`, once for each response.
    guard let context = unsafe context else { return }
    unsafe Unmanaged<ContentReader>.fromOpaque(context).release()
}
