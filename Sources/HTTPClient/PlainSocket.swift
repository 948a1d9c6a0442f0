internal import Foundation
internal import Platform

/// A TCP or Unix connection that never makes its caller wait, but in ``wait(_:milliseconds:)``.
///
/// SAFETY: the only door of clients to the socket calls. Addresses and buffers are lent to the kernel for
/// the length of one call; what `getaddrinfo` gives is freed where it was asked; the descriptor belongs
/// to this value alone (`~Copyable`).
public struct PlainSocket: ~Copyable {
    /// What to wait for.
    public enum Readiness: Sendable {
        /// Bytes have arrived.
        case toRead
        /// The same, or there is room for bytes.
        case toReadOrWrite
    }

    private static let chunkBytes = 64 * 1_024

    private let owner: OwnedDescriptor
    private var descriptor: Int32 { owner.number }

    /// Connects to the first address of a host that answers within `milliseconds`.
    ///
    /// Throws ``TransportFault``, whose description says what the last of them did.
    public init(host: String, port: Int, milliseconds: Int) throws(TransportFault) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard failure == 0 else {
            throw TransportFault(
                description: "\(host): \(unsafe String(cString: gai_strerror(failure)))"
            )
        }
        defer { unsafe freeaddrinfo(list) }
        var fault = "it has no address"
        var next = unsafe list
        while let entry = unsafe next {
            switch unsafe PlainSocket.connected(entry.pointee, milliseconds) {
            case .success(let owner):
                self.owner = owner
                return
            case .failure(let error): fault = error.description
            }
            unsafe next = entry.pointee.ai_next
        }
        throw TransportFault(description: "\(host) port \(port): \(fault)")
    }

    /// Connects to a Unix socket; nil where no process listens on it.
    ///
    /// Throws ``TransportFault`` where it may not, or not now.
    public init?(unixSocket path: String) throws(TransportFault) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: at most as many bytes as there is room for, but for the NUL at the end.
        let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard path.utf8.count < room.count else { return false }
            unsafe room.copyBytes(from: path.utf8)
            return true
        }
        guard fits else { throw PlainSocket.fault(ENAMETOOLONG) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard let owner = OwnedDescriptor.adopt(socket(AF_UNIX, kind, 0)) else {
            throw PlainSocket.fault(errno)
        }
        let descriptor = owner.number
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let code = result == 0 ? 0 : errno
        guard code == 0 else {
            guard code == ENOENT || code == ECONNREFUSED else { throw PlainSocket.fault(code) }
            return nil
        }
        self.owner = owner
    }

    private static func connected(
        _ entry: addrinfo,
        _ milliseconds: Int
    ) -> Result<OwnedDescriptor, TransportFault> {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard let owner = OwnedDescriptor.adopt(unsafe socket(entry.ai_family, kind, 0)) else {
            return .failure(fault(errno))
        }
        let descriptor = owner.number
        var code: Int32 = 0
        if unsafe connect(descriptor, entry.ai_addr, entry.ai_addrlen) != 0 {
            code = errno == EINPROGRESS ? connectionError(descriptor, milliseconds) : errno
        }
        guard code == 0 else { return .failure(fault(code)) }
        // A read is one small message that nothing follows: it must not wait for company.
        var on: Int32 = 1
        _ = unsafe setsockopt(
            descriptor,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &on,
            socklen_t(MemoryLayout<Int32>.size)
        )
        return .success(owner)
    }

    private static func connectionError(_ descriptor: Int32, _ milliseconds: Int) -> Int32 {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&entry, 1, Int32(milliseconds)) > 0 else { return ETIMEDOUT }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
            return errno
        }
        return code
    }

    private static func fault(_ code: Int32) -> TransportFault {
        TransportFault(description: unsafe String(cString: strerror(code)).lowercased())
    }

    /// Rests until something can be done, or the time is over.
    public func wait(_ readiness: Readiness, milliseconds: Int) {
        let events = readiness == .toRead ? POLLIN : POLLIN | POLLOUT
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        _ = unsafe poll(&entry, 1, Int32(clamping: milliseconds))
    }

    /// What has arrived; nil where nothing has.
    ///
    /// Throws ``TransportFault`` where the server has closed the connection, or it broke.
    public func read() throws(TransportFault) -> [UInt8]? {
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: PlainSocket.chunkBytes) {
            buffer,
            count in
            let got = unsafe recv(descriptor, buffer.baseAddress, PlainSocket.chunkBytes, 0)
            if got < 0 { code = errno }
            count = max(0, got)
        }
        if code == EAGAIN || code == EINTR { return nil }
        guard code == 0 else { throw PlainSocket.fault(code) }
        guard !bytes.isEmpty else {
            throw TransportFault(description: "the server closed the connection")
        }
        return bytes
    }

    /// Writes what there is room for, and returns how many bytes that were.
    ///
    /// Throws ``TransportFault`` where the connection is broken.
    public func write(_ bytes: ArraySlice<UInt8>) throws(TransportFault) -> Int {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return count }
        if errno == EAGAIN || errno == EINTR { return 0 }
        throw PlainSocket.fault(errno)
    }
}
