import ArgumentParser
import Core
import Ingest
import Platform

/// What all commands about people and tokens have in common.
struct AccessFlags: ParsableArguments {
    @Flag(help: "The answer as JSON, for scripts.")
    var json = false

    @OptionGroup var settings: SettingFlags

    static let exitCodes = """
        It speaks to the running service over a Unix socket beside the database, without a password, and works \
        on the database itself where no service runs. Run it as root or as the user that runs the service.

        Exit codes: 0 done, 1 refused and the line says why, 2 it could not be carried out, 64 wrong arguments or \
        settings.
        """

    private static let refused = ExitCode(1)
    private static let failed = ExitCode(2)

    /// Sends a call and returns the answer, which is printed here if it is wanted as JSON.
    ///
    /// Where that fails, it says why and throws the exit code. `createsDatabase` is for calls that make sense in a
    /// new one.
    func send(_ call: CommandCall, createsDatabase: Bool = false) async throws -> JSON {
        let settings = try settings.load()
        let answer = try await telling {
            try await CommandChannel(settings: settings)
                .send(call, createsDatabase: createsDatabase)
        }
        if json { Swift.print(answer == .null ? "{}" : answer.json) }
        return answer
    }

    /// Says why `body` failed, and throws the exit code instead.
    func telling<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let refusal as Refusal {
            Terminal.say("lprserver: \(refusal.message)")
            throw refusal.kind == .storage ? AccessFlags.failed : AccessFlags.refused
        } catch let failure as CommandFailure {
            Terminal.say("lprserver: \(failure.message)")
            throw AccessFlags.failed
        }
    }

    /// A name of a person or a token, checked by the rule of the service.
    func name(_ text: String) async throws -> String {
        try await telling { try CredentialName(text).text }
    }

    /// Says what was done, unless JSON was printed.
    func say(_ sentence: String) {
        if !json { Terminal.say(sentence) }
    }

    /// Prints a secret alone on a line, so that a script can take it from standard output.
    func show(secret: String, _ sentence: String) {
        guard !json else { return }
        Terminal.say(sentence)
        Swift.print(secret)
    }
}
