internal import Core
internal import Glibc

/// One WebSocket on the gateway's thread.
///
/// SAFETY: this file is the only one that reads and writes these sockets; buffers are lent to the kernel
/// for the length of one call.
final class WebSocket: SocketWatcher {
    private static let chunkBytes = 64 * 1_024
    /// What one socket may read in its turn, so that a busy one does not starve the others.
    private static let chunksPerTurn = 4

    private let descriptor: Int32
    private let loop: SocketLoop
    private let limits: WebSocketLimits
    private let frames: WebSocketFrames
    private var handler: (any WebSocketHandler)?
    private var output: [UInt8] = []
    private var written = 0
    private var isReading = true
    private var isWatchingOutput = false
    private var isClosed = false
    /// Everything is said; what still comes is thrown away until the other end hangs up, because closing
    /// a socket with unread input would destroy what the other end has not read yet.
    private var isDraining = false
    private var isBreachTold = false
    private var lastHeard: Int64 = 0
    private var goodbyeTimer: SocketTimer?
    private var pingTimer: SocketTimer?

    init(
        _ descriptor: Int32,
        handler: any WebSocketHandler,
        loop: SocketLoop,
        limits: WebSocketLimits
    ) {
        self.descriptor = descriptor
        self.handler = handler
        self.loop = loop
        self.limits = limits
        frames = WebSocketFrames(.server, messageBytesMax: limits.messageBytesMax)
        frames.onMessage = { [unowned self] message in
            guard !isClosed else { return }
            switch message {
            case .text(let text): self.handler?.received(text: text)
            case .binary(let bytes): self.handler?.received(binary: bytes)
            case .pong, .close: break
            }
        }
    }

    /// Begins to talk: first with what arrived together with the request.
    func begin(extra: [UInt8]) {
        loop.watch(descriptor, self)
        lastHeard = loop.now
        schedulePing()
        handler?.opened(self)
        if !extra.isEmpty { take(extra[...]) }
    }

    /// Bytes that wait to be written.
    var bufferedBytes: Int { output.count - written }

    func send(text: some Collection<UInt8>) {
        guard !isClosed else { return }
        frames.send(text: text)
        flush()
    }

    func send(binary: some Collection<UInt8>) {
        guard !isClosed else { return }
        frames.send(binary: binary)
        flush()
    }

    /// Says goodbye; the connection ends when the other end has answered, or after a while.
    func close(_ status: Int, reason: String = "") {
        guard !isClosed, !frames.hasSaidGoodbye else { return }
        frames.close(status, reason: reason)
        resumeReading()
        flush()
        awaitGoodbye()
    }

    /// Stops reading until ``resumeReading()``: the other end feels it through TCP.
    func pauseReading() {
        guard isReading, !isClosed else { return }
        isReading = false
        updateInterest()
    }

    func resumeReading() {
        guard !isReading, !isClosed else { return }
        isReading = true
        updateInterest()
    }

    /// Ends the connection without a word; the handler is told if it is for what the other end did.
    func abort(because refusal: Refusal? = nil) {
        guard !isClosed else { return }
        isClosed = true
        if let refusal { handler?.closing(because: refusal) }
        goodbyeTimer?.cancel()
        pingTimer?.cancel()
        loop.close(descriptor)
        let handler = handler
        self.handler = nil
        handler?.closed()
    }

    func canRead() {
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        for _ in 0..<Self.chunksPerTurn where !isClosed && isReading {
            let count = unsafe recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            if count > 0 {
                if !isDraining { take(chunk[..<count]) }
                if count < chunk.count { return }
            } else if count < 0, errno == EAGAIN || errno == EINTR {
                return
            } else {
                return abort()
            }
        }
    }

    func canWrite() { write() }

    private func take(_ bytes: ArraySlice<UInt8>) {
        lastHeard = loop.now
        frames.receive(bytes)
        guard !isClosed else { return }
        tellBreach()
        flush()
        if frames.hasSaidGoodbye { awaitGoodbye() }
        endIfOver()
    }

    private func tellBreach() {
        guard !isBreachTold, let status = frames.breach else { return }
        isBreachTold = true
        handler?.closing(
            because: .webSocket(status: status, messageBytesMax: limits.messageBytesMax)
        )
    }

    private func flush() {
        output += frames.takeOutput()
        guard bufferedBytes <= limits.outputBytesMax else { return abort(because: .unread) }
        if !isWatchingOutput { write() }
    }

    private func write() {
        while written < output.count {
            let count = unsafe output.withUnsafeBytes { bytes in
                unsafe Glibc.send(
                    descriptor,
                    bytes.baseAddress?.advanced(by: written),
                    bytes.count - written,
                    Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
                )
            }
            if count > 0 {
                written += count
            } else if errno == EAGAIN || errno == EINTR {
                break
            } else {
                return abort()
            }
        }
        if written == output.count {
            output.removeAll(keepingCapacity: output.capacity <= Self.chunkBytes)
            written = 0
        }
        if isWatchingOutput != !output.isEmpty {
            isWatchingOutput = !output.isEmpty
            updateInterest()
        }
        endIfOver()
    }

    private func updateInterest() {
        loop.change(descriptor, reads: isReading, writes: isWatchingOutput)
    }

    private func endIfOver() {
        guard !isClosed, !isDraining, frames.isOver, output.isEmpty else { return }
        isDraining = true
        Glibc.shutdown(descriptor, Int32(SHUT_WR))
        resumeReading()
        awaitGoodbye()
    }

    private func awaitGoodbye() {
        guard goodbyeTimer == nil, !isClosed else { return }
        goodbyeTimer = loop.after(limits.goodbyeMilliseconds) { [weak self] in self?.abort() }
    }

    /// A ping after silence, and the end after a second silence as long.
    private func schedulePing() {
        guard let interval = limits.pingMilliseconds else { return }
        pingTimer = loop.after(interval) { [weak self] in
            guard let self, !isClosed else { return }
            let silence = loop.now - lastHeard
            if silence >= 2 * interval { return abort() }
            if silence >= interval {
                frames.ping()
                flush()
            }
            if !isClosed { schedulePing() }
        }
    }
}
