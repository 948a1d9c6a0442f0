internal import CMicrohttpd
internal import Glibc

// libmicrohttpd's callbacks, all on the listener's thread, inside `MHD_run`.
//
// SAFETY: `context` is always the loop, which outlives its daemon. A connection's and a request's context are objects
// that are retained when they are passed to the library and released when it announces the end of the connection or
// request, which it does exactly once for each.

/// A request begins: its request line has arrived.
let targetCallback:
    @convention(c) (
        UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?
    ) -> UnsafeMutableRawPointer? = { context, raw, handle in
        guard let context = unsafe context, let handle = unsafe handle,
            let connection = unsafe connection(of: handle)
        else { return nil }
        let loop = unsafe Unmanaged<Loop>.fromOpaque(context).takeUnretainedValue()
        let target = unsafe raw.map { raw in
            let count = unsafe strlen(raw)
            return unsafe connection.known?.target(ifEqualTo: raw, count: count)
                ?? Array(UnsafeRawBufferPointer(start: raw, count: count))
        }
        let exchange = loop.begin(connection, rawTarget: target ?? [])
        exchange.targetAddress = UInt(bitPattern: raw)
        return unsafe Unmanaged.passRetained(exchange).toOpaque()
    }

/// Headers, body and end of a request, and its continuation after a suspension.
let handleCallback: MHD_AccessHandlerCallback = {
    _,
    _,
    _,
    method,
    version,
    data,
    size,
    context in
    guard let pointer = unsafe context?.pointee, let size = unsafe size else { return .NO }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
    switch exchange.state {
    case .head:
        if let version = unsafe version {
            exchange.understandsChunks = unsafe strcmp(version, "HTTP/1.1") == 0
            // Both are in one buffer, with what was a blank between them.
            let end = exchange.targetAddress &+ UInt(exchange.rawTarget.count)
            exchange.isTargetWhole = end &+ 1 == UInt(bitPattern: version)
        }
        return exchange.headersComplete(
            method: unsafe method.map { unsafe String(cString: $0) } ?? ""
        )
    case .held: return exchange.beginBody()
    case .body where unsafe size.pointee > 0, .draining where unsafe size.pointee > 0:
        let count = unsafe size.pointee
        unsafe size.pointee = 0
        guard let data = unsafe data else { return .NO }
        return unsafe data.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
            unsafe exchange.bodyArrived(UnsafeBufferPointer(start: bytes, count: count))
        }
    case .body: return exchange.requestComplete()
    case .working: return exchange.awaitAnswer()
    case .answering: return .YES
    case .draining, .over: return .NO
    }
}

/// A request ends, answered or not.
let completedCallback: MHD_RequestCompletedCallback = { context, _, request, _ in
    guard let context = unsafe context, let pointer = unsafe request?.pointee else { return }
    unsafe request?.pointee = nil
    let loop = unsafe Unmanaged<Loop>.fromOpaque(context).takeUnretainedValue()
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
    loop.end(exchange)
}

/// A connection begins or ends.
let connectionCallback: MHD_NotifyConnectionCallback = { context, handle, socket, code in
    guard let context = unsafe context, let handle = unsafe handle else { return }
    let loop = unsafe Unmanaged<Loop>.fromOpaque(context).takeUnretainedValue()
    switch code {
    case .CONNECTION_NOTIFY_STARTED:
        let connection = unsafe loop.open(handle)
        unsafe socket?.pointee = Unmanaged.passRetained(connection).toOpaque()
    case .CONNECTION_NOTIFY_CLOSED:
        guard let pointer = unsafe socket?.pointee else { return }
        unsafe socket?.pointee = nil
        loop.close(unsafe Unmanaged<Connection>.fromOpaque(pointer).takeRetainedValue())
    @unknown default: break
    }
}

/// The answer 101 is sent: the socket leaves HTTP.
let takeSocket: MHD_UpgradeHandler = { context, _, _, extra, extraCount, socket, handle in
    guard let context = unsafe context, let handle = unsafe handle else { return }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    let bytes = unsafe UnsafeRawBufferPointer(start: extra, count: extraCount)
    let arrived = unsafe Array(bytes)
    let descriptor = unsafe lpr_upgrade_take(socket, handle)
    // The library closes its own descriptor in its next round; until then the client would see no end.
    exchange.loop.wakeQueue.ring()
    guard descriptor >= 0 else { return }
    exchange.upgrade?.take(descriptor, extra: arrived)
}

/// The context that `connectionCallback` stored at a connection.
private func connection(of handle: OpaquePointer) -> Connection? {
    let info = unsafe lpr_socket_context(handle)
    guard let pointer = unsafe info else { return nil }
    return unsafe Unmanaged<Connection>.fromOpaque(pointer).takeUnretainedValue()
}
