import ArgumentParser
import Core
import Ingest

/// `lprserver user password`.
struct SetUserPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Give a person a new password; the person is signed out everywhere.",
        discussion: """
            Asks for it twice. With --one-time, or where standard input is no terminal and there is no \
            --password-file, a one-time password is printed alone on standard output.

            Examples:
              lprserver user password nok
              lprserver user password nok --one-time
              lprserver user password nok --password-file - < new.txt
            """
    )

    @Argument(help: "The person's name.")
    var name: String

    @OptionGroup var password: PasswordOptions
    @OptionGroup var access: AccessFlags

    func run() async throws {
        let name = try await access.name(name)
        let secret = try await access.telling { try password.password(of: name) }
        let answer = try await access.send(
            CommandCall(.patch, ["api", "users", name]) { writer in
                if let secret {
                    writer.field("password", secret)
                } else {
                    writer.field("reset_password", true)
                }
            }
        )
        access.say("\(name) has a new password")
        access.showOneTimePassword(of: name, in: answer)
    }
}

/// `lprserver user reset-second-factor`.
struct ResetSecondFactor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-second-factor",
        abstract: "Turn a person's second factor off: the phone and the recovery codes are lost."
    )

    @Argument(help: "The person's name.")
    var name: String

    @OptionGroup var access: AccessFlags

    func run() async throws {
        let name = try await access.name(name)
        _ = try await access.send(
            CommandCall(.patch, ["api", "users", name]) { $0.field("second_factor", false) }
        )
        access.say("\(name) has no second factor any more")
    }
}

/// `lprserver user disable`.
struct DisableUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Keep a person out, signed out everywhere at once, until `user enable`."
    )

    @Argument(help: "The person's name.")
    var name: String

    @OptionGroup var access: AccessFlags

    func run() async throws {
        let name = try await access.set(enabled: false, name)
        access.say("\(name) may not sign in any more")
    }
}

/// `lprserver user enable`.
struct EnableUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Let a person sign in again who was disabled."
    )

    @Argument(help: "The person's name.")
    var name: String

    @OptionGroup var access: AccessFlags

    func run() async throws {
        let name = try await access.set(enabled: true, name)
        access.say("\(name) may sign in again")
    }
}

extension AccessFlags {
    fileprivate func set(enabled: Bool, _ name: String) async throws -> String {
        let name = try await self.name(name)
        _ = try await send(
            CommandCall(.patch, ["api", "users", name]) { $0.field("enabled", enabled) }
        )
        return name
    }
}

/// `lprserver user sessions`.
struct UserSessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List where a person is signed in, or end all of it.",
        discussion: """
            Example:
              lprserver user sessions nok --revoke
            """
    )

    @Argument(help: "The person's name.")
    var name: String

    @Flag(help: "Sign the person out everywhere.")
    var revoke = false

    @OptionGroup var access: AccessFlags

    func run() async throws {
        let name = try await access.name(name)
        let path = ["api", "users", name, "sessions"]
        let answer = try await access.send(CommandCall(revoke ? .delete : .get, path))
        guard !access.json else { return }
        guard !revoke else { return access.say("\(name) is signed out everywhere") }
        var table = TextTable(["SIGNED IN", "LAST USED", "FROM", "BROWSER"])
        for session in answer.elements {
            table.add([
                session.text("created_at"), session.text("last_used_at"),
                session.text("address"), session.text("agent"),
            ])
        }
        Swift.print(table.text)
    }
}
