import Core
import Foundation
import Glibc
import Testing

@testable import Ingest

/// The Unix socket of the command line.
@Suite struct CommandSocketTests {
    private static let whoami = Route(.get, "/whoami", needs: .administer) { request in
        .text("\(request.principal.id) from \(request.client.logged)")
    }

    private func withSocket(
        _ body: @escaping @Sendable (CommandSocket) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "lpr-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(try CommandSocket(databasePath: folder.appending(path: "l.db").path))
    }

    private func listening(
        on socket: CommandSocket,
        _ body: @escaping @Sendable () throws -> Void
    ) async throws {
        let listener = try makeListener(
            [Self.whoami],
            credentials: Credentials(CredentialSnapshot(admitsThisMachine: false)),
            socket: socket
        )
        try listener.start()
        do {
            try await onThread(body)
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    @Test func itsOwnerNeedsNoCredential() async throws {
        try await withSocket { socket in
            try await listening(on: socket) {
                let client = try TestClient(socketPath: socket.path)
                let foreign = ["X-Forwarded-For: 203.0.113.1", "X-Real-IP: 203.0.113.1"]
                for headers in [[], foreign] {
                    let answer = try client.exchange("GET", "/whoami", headers: headers)
                    #expect(answer.status == 200)
                    #expect(answer.text == "command_line from command socket (uid \(geteuid()))")
                }
            }
        }
    }

    @Test func othersGetNothing() throws {
        let other = LocalUser(id: geteuid() &+ 4_711)
        let credentials = Credentials()
        let claim = Claim(client: ClientAddress(user: other), listener: .main)
        let refusal = #expect(throws: Refusal.self) { _ = try credentials.admit(claim) }
        #expect(refusal?.kind == .forbidden)
        #expect(refusal?.message.contains("uid \(other.id)") == true)
        let own = Claim(client: ClientAddress(user: .current), listener: .main)
        let principal = try credentials.admit(own).principal
        #expect(principal.id == "command_line" && principal.role == .admin)
        #expect(principal.name == "command line (\(LocalUser.current.name))")
    }

    @Test func onlyItsOwnerMayConnectAndItGoesWithTheService() async throws {
        try await withSocket { socket in
            try await listening(on: socket) {
                var found = stat()
                #expect(unsafe lstat(socket.path, &found) == 0)
                #expect(found.st_mode & 0o777 == 0o600)
            }
            #expect(!FileManager.default.fileExists(atPath: socket.path))
        }
    }

    @Test func whatAKilledServiceLeftIsReplaced() async throws {
        try await withSocket { socket in
            let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = unixAddress(socket.path)
            let result = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    unsafe bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(result == 0)
            close(descriptor)
            try await listening(on: socket) {
                let client = try TestClient(socketPath: socket.path)
                #expect(try client.exchange("GET", "/whoami").status == 200)
            }
        }
    }

    @Test func thatOfARunningServiceStays() async throws {
        try await withSocket { socket in
            try await listening(on: socket) {
                let second = try makeListener([], socket: socket)
                #expect(throws: ListenError.socketTaken(socket.path)) { try second.start() }
                let client = try TestClient(socketPath: socket.path)
                #expect(try client.exchange("GET", "/whoami").status == 200)
            }
        }
    }

    @Test func anotherFileStays() async throws {
        try await withSocket { socket in
            try Data("notes".utf8).write(to: URL(fileURLWithPath: socket.path))
            let listener = try makeListener([], socket: socket)
            #expect(throws: ListenError.notASocket(socket.path)) { try listener.start() }
            #expect(FileManager.default.contents(atPath: socket.path) == Data("notes".utf8))
        }
    }

    @Test func aPathMayBeTooLong() async throws {
        let folder = "/tmp/lpr-\(UUID().uuidString)-"
        let longest = 107 - folder.utf8.count - ".sock".utf8.count
        let path = folder + String(repeating: "x", count: longest)
        let socket = try CommandSocket(databasePath: path)
        #expect(socket.path.utf8.count == 107)
        let listener = try makeListener([Self.whoami], socket: socket)
        try listener.start()
        try await onThread {
            let client = try TestClient(socketPath: socket.path)
            #expect(try client.exchange("GET", "/whoami").status == 200)
        }
        await listener.stop()
        let error = #expect(throws: ListenError.self) {
            try CommandSocket(databasePath: path + "x")
        }
        #expect(error == .pathTooLong(path + "x.sock"))
        #expect(error?.description.contains("108 bytes") == true)
    }
}
