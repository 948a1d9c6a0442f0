internal import CWslay

/// RFC 6455 after the handshake, by libwslay: bytes in, whole messages out, bytes to be written.
///
/// Pings are answered, broken frames, bad UTF-8 and messages that are too long are closed with the
/// protocol's status by the library itself.
///
/// SAFETY: the library calls back only from within its functions that are called here, on the caller's
/// thread, and its `user_data` is this object, which is alive then; the context is made in `init`, freed
/// in `deinit`, and never leaves. Buffers are lent in both directions for the length of one call. The
/// object stays on the thread on which it is used: it is not `Sendable`.
@safe public final class WebSocketFrames {
    /// Which end of the connection this is: clients mask what they send.
    public enum Side: Sendable {
        case server
        case client
    }

    /// What came in.
    public enum Message: Equatable, Sendable {
        /// UTF-8, which has been checked.
        case text([UInt8])
        case binary([UInt8])
        case pong
        /// The other end says goodbye: a status (RFC 6455 §7.4), 1005 where it gives none.
        case close(Int)
    }

    private var context: wslay_event_context_ptr?
    private var input: [UInt8] = []
    private var position = 0
    private var output: [UInt8] = []
    private let side: Side
    /// A goodbye of one byte came: too short for a status, so a breach (RFC 6455 §5.5.1).
    private var heardHalfStatus = false

    /// Called for each message while ``receive(_:)`` runs, before the next frame is looked at: what is said
    /// in answer to a message goes out even where the frame after it breaks the protocol.
    public var onMessage: (Message) -> Void = { _ in }

    /// Frames of a connection whose messages have at most `messageBytesMax` bytes.
    public init(_ side: Side, messageBytesMax: Int) {
        self.side = side
        var callbacks = wslay_event_callbacks()
        unsafe callbacks.recv_callback = readInput
        unsafe callbacks.send_callback = keepOutput
        unsafe callbacks.genmask_callback = makeMask
        unsafe callbacks.on_msg_recv_callback = { _, message, owner in
            guard let message = unsafe message?.pointee else { return }
            unsafe WebSocketFrames.from(owner).take(message)
        }
        unsafe callbacks.on_frame_recv_start_callback = { _, frame, owner in
            guard let frame = unsafe frame?.pointee else { return }
            let isHalf =
                UInt32(frame.opcode) == WSLAY_CONNECTION_CLOSE.rawValue
                && frame.payload_length == 1
            if isHalf { unsafe WebSocketFrames.from(owner).heardHalfStatus = true }
        }
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        let result =
            switch side {
            case .server: unsafe wslay_event_context_server_init(&context, &callbacks, owner)
            case .client: unsafe wslay_event_context_client_init(&context, &callbacks, owner)
            }
        precondition(result == 0, "out of memory for a WebSocket")
        unsafe wslay_event_config_set_max_recv_msg_length(context, UInt64(messageBytesMax))
    }

    deinit { unsafe wslay_event_context_free(context) }

    /// Takes bytes of the other end.
    public func receive(_ bytes: some Sequence<UInt8>) {
        input.append(contentsOf: bytes)
        _ = unsafe wslay_event_recv(context)
        pump()
        sayWhichBreach()
        if position == input.count {
            input.removeAll(keepingCapacity: input.capacity <= 64 * 1_024)
            position = 0
        }
    }

    /// The library answers some breaches with a goodbye without a status; RFC 6455 §7.4.1 has one for them.
    private func sayWhichBreach() {
        let hears = unsafe wslay_event_get_read_enabled(context) != 0
        let heardGoodbye = unsafe wslay_event_get_close_received(context) != 0
        guard side == .server, heardHalfStatus || (!hears && !heardGoodbye),
            output.suffix(2).elementsEqual([0x88, 0])
        else { return }
        output.removeLast(2)
        let status = UInt16(WSLAY_CODE_PROTOCOL_ERROR.rawValue)
        output += [0x88, 2, UInt8(status >> 8), UInt8(status & 0xFF)]
    }

    /// Queues one message.
    public func send(text: some Collection<UInt8>) { queue(WSLAY_TEXT_FRAME, Array(text)) }

    /// Queues one message.
    public func send(binary: some Collection<UInt8>) { queue(WSLAY_BINARY_FRAME, Array(binary)) }

    /// Queues a ping.
    public func ping() { queue(WSLAY_PING, []) }

    /// Says goodbye with a status and a reason of at most 123 bytes.
    public func close(_ status: Int, reason: String = "") {
        let bytes = Array(reason.utf8.prefix(123))
        _ = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe wslay_event_queue_close(
                context,
                UInt16(status),
                buffer.baseAddress,
                buffer.count
            )
        }
        pump()
    }

    /// Bytes that are to be written; they are handed over once.
    public func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    /// Whether anything waits to be written.
    public var hasOutput: Bool { !output.isEmpty }

    /// Whether a goodbye is on its way to the other end.
    public var hasSaidGoodbye: Bool { unsafe wslay_event_get_close_sent(context) != 0 }

    /// Whether nothing more will be read: both ends said goodbye, or the other end broke the protocol.
    public var isOver: Bool {
        let hears = unsafe wslay_event_get_read_enabled(context) != 0
        let heardGoodbye = unsafe wslay_event_get_close_received(context) != 0
        return !hears || (heardGoodbye && hasSaidGoodbye)
    }

    /// The status of the goodbye with which the library ended a connection whose other end broke the protocol or sent
    /// too long a message; nil as long as it did not.
    public var breach: Int? {
        let hears = unsafe wslay_event_get_read_enabled(context) != 0
        let heardGoodbye = unsafe wslay_event_get_close_received(context) != 0
        guard heardHalfStatus || (!hears && !heardGoodbye) else { return nil }
        return Int(unsafe wslay_event_get_status_code_sent(context))
    }

    private func queue(_ opcode: wslay_opcode, _ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var message = unsafe wslay_event_msg()
            unsafe message.opcode = UInt8(opcode.rawValue)
            unsafe message.msg = buffer.baseAddress
            unsafe message.msg_length = buffer.count
            // Fails only after a close frame, when the peer no longer reads.
            _ = unsafe wslay_event_queue_msg(context, &message)
        }
        pump()
    }

    /// Lets the library write what it has; into memory, so all of it.
    ///
    /// Also from within its reading, which keeps apart state: a goodbye would otherwise overtake the
    /// messages that were queued before it.
    private func pump() { _ = unsafe wslay_event_send(context) }

    private func take(_ message: wslay_event_on_msg_recv_arg) {
        let bytes = unsafe Array(UnsafeBufferPointer(start: message.msg, count: message.msg_length))
        switch unsafe UInt32(message.opcode) {
        case WSLAY_TEXT_FRAME.rawValue: onMessage(.text(bytes))
        case WSLAY_BINARY_FRAME.rawValue: onMessage(.binary(bytes))
        case WSLAY_PONG.rawValue: onMessage(.pong)
        case WSLAY_CONNECTION_CLOSE.rawValue:
            let status = unsafe Int(message.status_code)
            onMessage(.close(status == 0 ? 1_005 : status))
        default: break
        }
    }

    fileprivate func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let count = min(buffer.count, input.count - position)
        let piece = input[position..<position + count]
        _ = unsafe buffer.update(fromContentsOf: piece)
        position += count
        return count
    }

    fileprivate func keep(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe output += bytes }

    fileprivate static func from(_ owner: UnsafeMutableRawPointer?) -> WebSocketFrames {
        guard let owner = unsafe owner else { preconditionFailure("libwslay lost its owner") }
        return unsafe Unmanaged<WebSocketFrames>.fromOpaque(owner).takeUnretainedValue()
    }
}

private let readInput: wslay_event_recv_callback = { context, buffer, capacity, _, owner in
    guard let buffer = unsafe buffer else { return -1 }
    let count = unsafe WebSocketFrames.from(owner).read(
        into: UnsafeMutableBufferPointer(start: buffer, count: capacity)
    )
    guard count > 0 else {
        unsafe wslay_event_set_error(context, Int32(WSLAY_ERR_WOULDBLOCK.rawValue))
        return -1
    }
    return count
}

private let keepOutput: wslay_event_send_callback = { _, bytes, count, _, owner in
    unsafe WebSocketFrames.from(owner).keep(UnsafeBufferPointer(start: bytes, count: count))
    return count
}

/// RFC 6455 §5.3: from a strong source, new for each frame.
private let makeMask: wslay_event_genmask_callback = { _, buffer, count, _ in
    var random = SystemRandomNumberGenerator()
    for index in 0..<count { unsafe buffer?[index] = UInt8.random(in: 0...255, using: &random) }
    return 0
}
