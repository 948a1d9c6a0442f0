import ArgumentParser
import Core
import HTTPClient
import Ingest
import Platform

/// Carries out calls of the command line: by the running service over its Unix socket, or, where none runs, in this
/// process by the same routes.
///
/// No password is needed: only the service's own user and root can read the database, or connect to the socket.
struct CommandChannel {
    let settings: Settings

    /// How long a service may take to start, and another command to end.
    private static let patience = Duration.seconds(10)
    /// How long an answer may take.
    private static let answerTime = Duration.seconds(120)

    /// The answer to a call.
    ///
    /// Throws ``Refusal`` where the rules do not allow it, and ``CommandFailure`` where it cannot be carried out.
    /// `createsDatabase` is for calls that make sense in a new one.
    func send(_ call: CommandCall, createsDatabase: Bool = false) async throws -> JSON {
        if !createsDatabase, let reason = settings.missingDatabase {
            throw CommandFailure(reason)
        }
        let end = ContinuousClock.now + CommandChannel.patience
        while true {
            if let answer = try askService(call) {
                return try CommandChannel.result(answer.status, answer.body)
            }
            try DatabaseOwner(databasePath: settings.databasePath)?.assume()
            if let lock = try ProcessLock.ifFree(databasePath: settings.databasePath) {
                defer { lock.release() }
                // A service may have come and gone since: the routes look at the database as it is now.
                let answer = try await Composition(settings, isQuiet: true).answer(call)
                return try CommandChannel.result(answer.status, answer.body)
            }
            guard ContinuousClock.now < end else { throw silentService }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The running service's answer; nil where none listens.
    private func askService(_ call: CommandCall) throws(CommandFailure) -> HTTPAnswer? {
        // With a path that is too long there is no socket, and the lock tells whether a service runs.
        guard let path = try? CommandSocket(databasePath: settings.databasePath).path else {
            return nil
        }
        var isConnected = false
        do throws(TransportFault) {
            guard let socket = try PlainSocket(unixSocket: path) else { return nil }
            isConnected = true
            return try socket.answer(to: call.request, within: CommandChannel.answerTime)
        } catch {
            throw CommandFailure(
                isConnected
                    ? "\(error.description) before it answered; `list` shows whether the change was made"
                    : "\(path): \(error.description); run this as root or as the user that runs the service"
            )
        }
    }

    private var silentService: CommandFailure {
        do throws(ListenError) {
            let path = try CommandSocket(databasePath: settings.databasePath).path
            return CommandFailure(
                "a service uses \(settings.databasePath) but does not listen on \(path): wait until it has started,"
                    + " or see its log"
            )
        } catch {
            return CommandFailure("a service is running, and \(error); or stop it first")
        }
    }

    private static func result(_ status: Int, _ body: [UInt8]) throws -> JSON {
        let json = (try? JSONParser.parse(body)) ?? .null
        guard status >= 400 else { return json }
        let message = json.text("error") ?? "the service answered with status \(status)"
        switch status {
        case 404: throw Refusal(.notFound, message)
        case 409: throw Refusal(.conflict, message)
        case 500...: throw CommandFailure(message)
        default: throw Refusal(.invalid, message)
        }
    }
}

/// Why a command could not be carried out, worded for the operator.
struct CommandFailure: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

extension JSON {
    /// A member that is text, or nil.
    func text(_ name: String) -> String? {
        guard case .string(let text)? = self[name] else { return nil }
        return text
    }

    /// The elements of an array, or of the only array that an object has.
    var elements: [JSON] {
        switch self {
        case .array(let elements): elements
        case .object(let members):
            members.lazy.compactMap { member in
                if case .array(let elements) = member.value { elements } else { nil }
            }.first ?? []
        default: []
        }
    }
}
