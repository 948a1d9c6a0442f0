import Core
import Foundation
import FoundationNetworking

/// Speaks the public API as a camera would.
struct DemoClient: Sendable {
    /// What became of a request.
    enum Outcome: Equatable {
        case accepted(duplicate: Bool)
        case refused(String)
    }

    let server: URL
    private let session: URLSession

    init(server: URL, connections: Int) {
        self.server = server
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = connections
        session = URLSession(configuration: configuration)
    }

    /// Posts JSON; while the server is full, waits as it asks and tries again.
    ///
    /// Throws where the server cannot be reached.
    func post(_ path: String, _ write: (inout JSONWriter) -> Void) async throws -> Outcome {
        var writer = JSONWriter()
        write(&writer)
        var request = URLRequest(url: server.appending(path: path))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(writer.bytes)
        while true {
            let (data, response) = try await session.data(for: request)
            guard let response = response as? HTTPURLResponse else {
                return .refused("no HTTP answer")
            }
            if response.statusCode == 503 {
                let wait =
                    response.value(forHTTPHeaderField: "Retry-After").flatMap { Int($0) } ?? 1
                try await Task.sleep(for: .seconds(wait))
                continue
            }
            let json = (try? JSONParser.parse(Array(data))) ?? .null
            if (200..<300).contains(response.statusCode) {
                return .accepted(duplicate: json["duplicate"] == .bool(true))
            }
            for name in ["error", "message"] {
                if case .string(let text)? = json[name] { return .refused(text) }
            }
            return .refused("HTTP \(response.statusCode)")
        }
    }
}
