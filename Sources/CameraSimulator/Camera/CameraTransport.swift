import Core
import HTTPClient

/// What the server says of a read.
enum Verdict: Equatable {
    /// It is on the server's disk; `isDuplicate` where it was before.
    case kept(isDuplicate: Bool)
    /// It will never be taken, and why.
    case refused(String)
    /// Not now, and why; after so many seconds, where the server says.
    case later(String, seconds: Int?)
}

/// A verdict, and the read that it is about; nil stands for the camera's registration.
struct Answer: Equatable {
    let number: Int64?
    let verdict: Verdict
}

/// One connection's protocol, without input or output: bytes come in, answers and bytes come out.
protocol CameraTransport {
    /// Whether another read may be sent now: the greeting is over, and not too many are unanswered.
    var takesReads: Bool { get }
    /// Whether nothing is on its way.
    var isIdle: Bool { get }

    /// Sends a read.
    mutating func send(_ read: WaitingRead)
    /// Takes bytes of the server, and tells what they say of reads.
    ///
    /// Throws ``TransportFault`` where they break the protocol, or say goodbye.
    mutating func receive(_ bytes: [UInt8]) throws(TransportFault) -> [Answer]
    /// Bytes that are to be written; they are handed over once.
    mutating func takeOutput() -> [UInt8]
    /// Ends the conversation; what is to be said at the end is added to the output.
    mutating func sayGoodbye()
}

extension HTTPAnswer {
    /// What it says of the read that was posted.
    var verdict: Verdict { Verdict(status: status, json: json, retryAfter: retryAfter) }
}

extension Verdict {
    /// A verdict from an HTTP status and its JSON.
    init(status: Int, json: JSON, retryAfter: Int?) {
        let reason = json.text("error") ?? json.text("message") ?? "HTTP \(status)"
        switch status {
        case 200..<300: self = .kept(isDuplicate: json["duplicate"] == .bool(true))
        // Nothing is wrong with the read: the way to the server, or the server, is.
        case 401, 403, 404, 405, 408, 421, 429, 500...:
            self = .later("\(status): \(reason)", seconds: retryAfter)
        default: self = .refused(reason)
        }
    }

    /// A verdict from an answer on a socket: `{"status":"success",…}`, or an error whose `retry` is true
    /// where the same read will be taken later.
    init(socketAnswer json: JSON) {
        let reason = json.text("message") ?? json.text("error") ?? "no reason given"
        if json.text("status") == "success" {
            self = .kept(isDuplicate: json["duplicate"] == .bool(true))
        } else if json["retry"] == .bool(true) {
            self = .later(reason, seconds: nil)
        } else {
            self = .refused(reason)
        }
    }

    /// Whether the read needs not be sent again.
    var isFinal: Bool {
        if case .later = self { false } else { true }
    }

    /// Why the read was not kept; nil where it was.
    var reason: String? {
        switch self {
        case .kept: nil
        case .refused(let why), .later(let why, _): why
        }
    }
}

extension Answer {
    private static let messageTooBig = 1_009

    /// What a close says of the reads that are unanswered: nothing, but for one that is too big
    /// (RFC 6455 §7.4.1).
    ///
    /// Throws ``TransportFault`` in every other case.
    init?(closing status: Int, _ numbers: [Int64]) throws(TransportFault) {
        guard status == Answer.messageTooBig, numbers.count == 1 else {
            throw TransportFault(
                description: "the server closed the connection (\(status))",
                blamesOneOfMany: status == Answer.messageTooBig
            )
        }
        self.init(
            number: numbers[0],
            verdict: .refused("the server does not accept a message of that size")
        )
    }
}

extension JSON {
    /// A member that is text, or nil.
    func text(_ name: String) -> String? {
        guard case .string(let text)? = self[name] else { return nil }
        return text
    }
}
