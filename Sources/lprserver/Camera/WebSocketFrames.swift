import CWslay

/// The client's side of RFC 6455 after the handshake, by libwslay: bytes in, whole messages out.
///
/// Pings are answered by themselves.
///
/// SAFETY: the library calls back only from within its functions that are called here, on the caller's
/// thread, and its `user_data` is this object, which is alive then; the context is made in `init`, freed
/// in `deinit`, and never leaves. Buffers are lent in both directions for the length of one call. The
/// object stays where it was made: it is not `Sendable`.
@safe final class WebSocketFrames {
    /// A whole message.
    enum Message: Equatable {
        /// UTF-8, which the library has checked.
        case text([UInt8])
        case binary([UInt8])
        /// The server says goodbye: a status (RFC 6455 §7.4), 1005 where it gives none.
        case close(Int)
    }

    private static let messageBytesMax: UInt64 = 16 << 20

    private var context: wslay_event_context_ptr?
    private var input: ArraySlice<UInt8> = []
    private var output: [UInt8] = []
    private var messages: [Message] = []

    init() {
        var callbacks = wslay_event_callbacks()
        unsafe callbacks.recv_callback = { context, buffer, capacity, _, owner in
            let frames = unsafe WebSocketFrames.from(owner)
            guard let buffer = unsafe buffer, !frames.input.isEmpty else {
                unsafe wslay_event_set_error(context, Int32(WSLAY_ERR_WOULDBLOCK.rawValue))
                return -1
            }
            let piece = frames.input.prefix(capacity)
            for (index, byte) in piece.enumerated() { unsafe buffer[index] = byte }
            frames.input = frames.input.dropFirst(piece.count)
            return piece.count
        }
        unsafe callbacks.send_callback = { _, bytes, count, _, owner in
            let buffer = unsafe UnsafeBufferPointer(start: bytes, count: count)
            unsafe WebSocketFrames.from(owner).output += buffer
            return count
        }
        unsafe callbacks.genmask_callback = { _, buffer, count, _ in
            // RFC 6455 §5.3: from a strong source, new for each frame.
            var random = SystemRandomNumberGenerator()
            for index in 0..<count {
                unsafe buffer?[index] = UInt8.random(in: 0...255, using: &random)
            }
            return 0
        }
        unsafe callbacks.on_msg_recv_callback = { _, message, owner in
            guard let message = unsafe message?.pointee else { return }
            unsafe WebSocketFrames.from(owner).take(message)
        }
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        let result = unsafe wslay_event_context_client_init(&context, &callbacks, owner)
        precondition(result == 0, "no memory for a WebSocket")
        unsafe wslay_event_config_set_max_recv_msg_length(context, WebSocketFrames.messageBytesMax)
    }

    deinit { unsafe wslay_event_context_free(context) }

    private static func from(_ owner: UnsafeMutableRawPointer?) -> WebSocketFrames {
        guard let owner = unsafe owner else { preconditionFailure("libwslay lost its owner") }
        return unsafe Unmanaged<WebSocketFrames>.fromOpaque(owner).takeUnretainedValue()
    }

    private func take(_ message: wslay_event_on_msg_recv_arg) {
        let bytes = unsafe Array(UnsafeBufferPointer(start: message.msg, count: message.msg_length))
        switch unsafe UInt32(message.opcode) {
        case WSLAY_TEXT_FRAME.rawValue: messages.append(.text(bytes))
        case WSLAY_BINARY_FRAME.rawValue: messages.append(.binary(bytes))
        case WSLAY_CONNECTION_CLOSE.rawValue:
            let status = unsafe Int(message.status_code)
            messages.append(.close(status == 0 ? 1_005 : status))
        default: break
        }
    }

    /// Takes bytes of the server and returns the messages that are whole now.
    ///
    /// Throws ``TransportFault`` where they are no WebSocket frames.
    func receive(_ bytes: [UInt8]) throws(TransportFault) -> [Message] {
        input += bytes
        let result = unsafe wslay_event_recv(context)
        pump()
        defer { messages = [] }
        // The library closes the connection on a broken frame, and then reads no more.
        guard result == 0, unsafe wslay_event_get_read_enabled(context) != 0 || closes else {
            throw TransportFault(description: "the server breaks the WebSocket protocol")
        }
        return messages
    }

    private var closes: Bool {
        messages.contains { if case .close = $0 { true } else { false } }
    }

    /// Sends one text message.
    func send(text: [UInt8]) {
        unsafe text.withUnsafeBufferPointer { buffer in
            var message = unsafe wslay_event_msg()
            unsafe message.opcode = UInt8(WSLAY_TEXT_FRAME.rawValue)
            unsafe message.msg = buffer.baseAddress
            unsafe message.msg_length = buffer.count
            // Fails only after a goodbye, when nobody listens any more.
            _ = unsafe wslay_event_queue_msg(context, &message)
        }
        pump()
    }

    /// Says goodbye.
    func close() {
        let status = UInt16(WSLAY_CODE_NORMAL_CLOSURE.rawValue)
        _ = unsafe wslay_event_queue_close(context, status, nil, 0)
        pump()
    }

    /// Bytes that are to be written; they are handed over once.
    func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    /// Lets the library write what it has; into memory, so all of it.
    private func pump() { _ = unsafe wslay_event_send(context) }
}
