import Foundation
import Glibc

/// What a test reads from a socket.
struct TestAnswer: Sendable {
    var status = 0
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A failure of the test's own client.
struct TestClientError: Error, CustomStringConvertible {
    let description: String
}

/// Lets the calling thread rest.
func pause(microseconds: UInt32) { usleep(microseconds) }

/// Waits until something holds; throws where it does not within 30 s.
func waitUntil(_ holds: () throws -> Bool) throws {
    for _ in 0..<30_000 {
        if try holds() { return }
        pause(microseconds: 1_000)
    }
    throw TestClientError(description: "waited for 30 s in vain")
}

/// Runs blocking work on a thread of its own, so that it never holds one of the few threads on which
/// the server's tasks run.
func onThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Result { try work() }) }
        thread.stackSize = 1 << 20
        thread.start()
    }
}

/// One request on a connection of its own.
func ask(
    _ port: Int,
    _ method: String,
    _ target: String,
    headers: [String] = [],
    body: [UInt8]? = nil
) throws -> TestAnswer {
    try TestClient(port: port).exchange(method, target, headers: headers, body: body)
}

/// The address of a Unix socket, whose path must fit.
func unixAddress(_ path: String) -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return address
}

/// A plain blocking HTTP client on one connection, which can also misbehave.
final class TestClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isOpen = true

    /// Connects to 127.0.0.1; every wait ends after two minutes at the latest, for all tests run at once.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestClientError(description: "no socket") }
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // `deinit` runs after this throw, too, and is what closes: a second close would hit a descriptor
        // that another test has been given meanwhile.
        guard result == 0 else { throw TestClientError(description: "connect: \(errno)") }
    }

    /// Connects to a Unix socket.
    init(socketPath: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestClientError(description: "no socket") }
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        var address = unixAddress(socketPath)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw TestClientError(description: "connect: \(errno)") }
    }

    deinit { close() }

    func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor,
                    buffer.baseAddress?.advanced(by: sent),
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { throw TestClientError(description: "send: \(errno)") }
            sent += count
        }
    }

    /// Sends a request with the usual headers.
    func request(
        _ method: String,
        _ target: String,
        headers: [String] = [],
        body: [UInt8]? = nil
    ) throws {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for header in headers { head += "\(header)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        try send(Array("\(head)\r\n".utf8) + (body ?? []))
    }

    /// Sends a request and reads the answer.
    func exchange(
        _ method: String,
        _ target: String,
        headers: [String] = [],
        body: [UInt8]? = nil
    ) throws -> TestAnswer {
        try request(method, target, headers: headers, body: body)
        return try read(isHead: method == "HEAD")
    }

    /// Reads one whole answer.
    func read(isHead: Bool = false) throws -> TestAnswer {
        var answer = try readHead()
        while answer.status == 100 { answer = try readHead() }
        guard !isHead, answer.status != 204, answer.status != 304 else { return answer }
        if answer.headers["transfer-encoding"] == "chunked" {
            while let chunk = try readChunk() { answer.body += chunk }
        } else if let length = answer.headers["content-length"].flatMap({ Int($0) }) {
            answer.body = try take(length)
        } else {
            while try fill() {}
            answer.body = buffer
            buffer = []
        }
        return answer
    }

    /// Reads status line and headers.
    func readHead() throws -> TestAnswer {
        var answer = TestAnswer()
        let line = try readLine().split(separator: " ")
        guard line.count >= 2, let status = Int(line[1]) else {
            throw TestClientError(description: "no status line")
        }
        answer.status = status
        while true {
            let line = try readLine()
            guard !line.isEmpty else { return answer }
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
            answer.headers[parts[0].lowercased()] = value
        }
    }

    /// Reads one chunk of a chunked body; nil after the last.
    func readChunk() throws -> [UInt8]? {
        guard let size = Int(try readLine(), radix: 16) else {
            throw TestClientError(description: "no chunk size")
        }
        let chunk = try take(size)
        _ = try readLine()
        return size == 0 ? nil : chunk
    }

    /// Everything until the server closes the connection.
    func readToEnd() throws -> [UInt8] {
        while try fill() {}
        return buffer
    }

    /// Whether the server has closed the connection, now or within the time limit.
    func isClosedByServer() throws -> Bool {
        while try fill() {}
        return true
    }

    /// What has arrived, at least one byte; throws at the end.
    func readSome() throws -> [UInt8] {
        if buffer.isEmpty, try !fill() { throw TestClientError(description: "closed") }
        defer { buffer = [] }
        return buffer
    }

    func readLine() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                var line = buffer[..<end]
                if line.last == 0x0D { line = line.dropLast() }
                let text = String(decoding: line, as: UTF8.self)
                buffer.removeFirst(end + 1)
                return text
            }
            guard try fill() else { throw TestClientError(description: "closed in a line") }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try fill() else { throw TestClientError(description: "closed in a body") }
        }
        let taken = Array(buffer[..<count])
        buffer.removeFirst(count)
        return taken
    }

    /// Receives something; false at the end.
    private func fill() throws -> Bool {
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = unsafe max(0, recv(descriptor, buffer.baseAddress, 65_536, 0))
        }
        if piece.isEmpty, errno == EAGAIN, !isAtEnd() {
            throw TestClientError(description: "nothing came for 120 s")
        }
        buffer += piece
        return !piece.isEmpty
    }

    private func isAtEnd() -> Bool {
        var byte: UInt8 = 0
        return unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }
}
