import Core
import HTTPClient

/// A camera that posts each read to `/api/records`, one at a time on one connection.
struct HTTPTransport: CameraTransport {
    private let server: ServerAddress
    private var answers = HTTPAnswers()
    private var output: [UInt8] = []
    /// What is unanswered: nil stands for the registration.
    private var pending: [Int64?] = []

    /// Begins the conversation with the camera's registration.
    init(server: ServerAddress, cameraID: String) {
        self.server = server
        var writer = JSONWriter()
        writer.object { $0.field("camera_id", cameraID) }
        post("/api/cameras/register", writer.bytes, about: nil)
    }

    var takesReads: Bool { pending.isEmpty }
    var isIdle: Bool { pending.isEmpty }

    mutating func send(_ read: WaitingRead) {
        post("/api/records", read.json, about: read.number)
    }

    mutating func receive(_ bytes: [UInt8]) throws(TransportFault) -> [Answer] {
        answers.append(bytes)
        var found: [Answer] = []
        while let answer = try answers.next() {
            guard answer.status >= 200 else { continue }
            guard let about = pending.first else {
                throw TransportFault(description: "the server sent an unexpected message")
            }
            pending.removeFirst()
            found.append(Answer(number: about, verdict: answer.verdict))
        }
        return found
    }

    mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    mutating func sayGoodbye() {}

    private mutating func post(_ path: String, _ body: [UInt8], about number: Int64?) {
        output += server.post(body, to: path)
        pending.append(number)
    }
}
