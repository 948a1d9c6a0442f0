import Dispatch
import Foundation

@testable import Core
@testable import Ingest

extension TestService {
    /// Runs async work from a test's own thread.
    func wait<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) throws -> T {
        let outcome = Outcome<T>()
        let done = DispatchSemaphore(value: 0)
        Task {
            do { outcome.value = .success(try await work()) } catch {
                outcome.value = .failure(error)
            }
            done.signal()
        }
        done.wait()
        guard let value = outcome.value else { throw TestClientError(description: "no outcome") }
        return try value.get()
    }

    /// Makes a token; returns its text.
    func token(
        _ role: Role,
        name: String? = nil,
        cameras: Set<String>? = nil,
        expiresAt: Timestamp? = nil
    ) throws -> String {
        let secret = Secret(.token)
        let access = access
        let draft = try AccessTokenDraft(
            name: CredentialName(name ?? "\(role) \(UUID().uuidString.prefix(8))"),
            role: role,
            cameras: cameras,
            expiresAt: expiresAt,
            now: .now(),
            limits: Limits()
        )
        _ = try wait {
            access.adopt(
                try await access.recorder.addToken(draft, digest: secret.digest, by: .system)
            )
        }
        return secret.text
    }

    /// Adds a person who knows the password ``password``.
    func addPerson(_ name: String, _ role: Role, mustChange: Bool = false) throws {
        let access = access
        let name = try CredentialName(name)
        _ = try wait {
            _ = access.adopt(
                try await access.recorder.addPerson(
                    name,
                    role: role,
                    password: Self.hash.text,
                    mustChange: mustChange,
                    by: .system
                )
            )
        }
    }

    static let password = "correct horse battery"
    /// Its hash, made once: without optimisation it takes a second.
    private static let hash = PasswordHash(of: password)

    /// Asks on a connection of its own, with JSON.
    func request(
        _ method: String,
        _ path: String,
        _ headers: [String] = [],
        _ body: String? = nil
    ) throws -> TestAnswer {
        let json = body == nil ? [] : ["Content-Type: application/json"]
        let client = try TestClient(port: port)
        return try client.exchange(
            method,
            path,
            headers: headers + json,
            body: body.map { Array($0.utf8) }
        )
    }

    /// Signs in; returns the header with the cookie.
    func signIn(_ name: String, _ password: String = TestService.password) throws -> String {
        let answer = try request(
            "POST",
            "/api/session",
            [],
            #"{"name":"\#(name)","password":"\#(password)"}"#
        )
        guard let cookie = answer.headers["set-cookie"]?.split(separator: ";").first else {
            throw TestClientError(description: "status \(answer.status): \(answer.text)")
        }
        return "Cookie: \(cookie)"
    }
}

/// SAFETY: the semaphore orders the one write before the one read.
private final class Outcome<T: Sendable>: @unchecked Sendable {
    var value: Result<T, any Error>?
}
