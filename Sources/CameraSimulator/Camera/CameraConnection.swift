import HTTPClient

/// One connection: its protocol, and the bytes that wait to be written.
struct CameraConnection {
    /// Bytes that may wait to be written before another read is sent.
    private static let outputBytesMax = 1 << 20

    var transport: any CameraTransport
    /// When the server last said something, or was asked something while it owed nothing.
    private(set) var heardAt: ContinuousClock.Instant
    /// Whether a read was answered here.
    private(set) var hasWorked = false
    private var output: [UInt8] = []
    private var written = 0
    /// The last read that was sent here; nothing is sent twice on one connection.
    private var sent = Int64.min

    init(transport: any CameraTransport, heardAt: ContinuousClock.Instant) {
        self.transport = transport
        self.heardAt = heardAt
    }

    /// Whether bytes wait to be written.
    var hasOutput: Bool { written < output.count }

    /// Sends reads for as long as the protocol takes them.
    ///
    /// Throws ``QueueError`` where one cannot be read.
    mutating func fill(from queue: borrowing ReadQueue) throws(QueueError) {
        while transport.takesReads, output.count - written < CameraConnection.outputBytesMax,
            let read = try queue.next(after: sent)
        {
            if transport.isIdle { heardAt = .now }
            transport.send(read)
            sent = read.number
            output += transport.takeOutput()
        }
        output += transport.takeOutput()
    }

    /// Writes what there is room for.
    ///
    /// Throws ``TransportFault`` where the connection is broken.
    mutating func flush(to socket: borrowing PlainSocket) throws(TransportFault) {
        output += transport.takeOutput()
        while hasOutput {
            let count = try socket.write(output[written...])
            guard count > 0 else { return }
            written += count
        }
        output = []
        written = 0
    }

    /// Takes what has arrived.
    ///
    /// Throws ``TransportFault`` where the server breaks the protocol, or says goodbye.
    mutating func receive(_ bytes: [UInt8]) throws(TransportFault) -> [Answer] {
        heardAt = .now
        let answers = try transport.receive(bytes)
        hasWorked = hasWorked || answers.contains { $0.number != nil && $0.verdict.isFinal }
        return answers
    }
}
