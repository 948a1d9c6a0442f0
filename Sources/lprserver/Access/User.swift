import ArgumentParser
import Core
import Ingest

/// `lprserver user`.
struct User: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Add, change and remove the people who may sign in.",
        discussion: """
            Roles: viewer reads; operator may also change the blacklist, acknowledge alerts and delete; admin \
            may do everything. Names may be Thai. A password has 12 to 128 characters.

            Examples:
              lprserver user add สมชาย --role operator        asks for a password twice
              lprserver user add nok --role viewer --one-time  makes one and prints it
              lprserver user password nok --password-file - < new.txt
              lprserver user role nok operator
              lprserver user sessions nok --revoke            signs nok out everywhere
              lprserver user list

            \(AccessFlags.exitCodes)
            """,
        subcommands: [
            AddUser.self, ListUsers.self, SetUserRole.self, SetUserPassword.self,
            ResetSecondFactor.self, DisableUser.self, EnableUser.self, RemoveUser.self,
            UserSessions.self,
        ]
    )
}

/// A role that a person may have.
enum UserRole: String, ExpressibleByArgument, CaseIterable {
    case viewer, `operator`, admin
}

/// `lprserver user add`.
struct AddUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a person.",
        discussion: """
            Asks for a password twice. With --one-time, or where standard input is no terminal and there is no \
            --password-file, a one-time password is printed alone on standard output: it must be changed at the \
            first sign-in.

            Examples:
              lprserver user add admin --role admin
              lprserver user add nok --role viewer --password-file nok.txt
              password=$(lprserver user add nok --role viewer --one-time)

            \(AccessFlags.exitCodes)
            """
    )

    @Argument(help: "The name, up to 64 characters, by which the person signs in.")
    var name: String

    @Option(help: "What the person may do.")
    var role: UserRole

    @OptionGroup var password: PasswordOptions
    @OptionGroup var access: AccessFlags

    func run() async throws {
        let name = try await access.name(name)
        let secret = try await access.telling { try password.password(of: name) }
        let answer = try await access.send(
            CommandCall(.post, ["api", "users"]) { writer in
                writer.field("name", name)
                writer.field("role", role.rawValue)
                if let secret { writer.field("password", secret) }
            },
            createsDatabase: true
        )
        access.say("\(name) is added as \(role.rawValue)")
        access.showOneTimePassword(of: name, in: answer)
    }
}

/// `lprserver user list`.
struct ListUsers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the people who may sign in."
    )

    @OptionGroup var access: AccessFlags

    func run() async throws {
        let answer = try await access.send(CommandCall(.get, ["api", "users"]))
        guard !access.json else { return }
        var table = TextTable(["NAME", "ROLE", "STATE", "SECOND FACTOR", "LAST SIGN-IN", "ADDED"])
        for person in answer.elements {
            let state =
                person["enabled"] == .bool(false)
                ? "disabled"
                : person["must_change_password"] == .bool(true) ? "one-time password" : "enabled"
            table.add([
                person.text("name"), person.text("role"), state,
                person["second_factor"] == .bool(true) ? "on" : "off",
                person.text("last_sign_in"), person.text("created_at"),
            ])
        }
        Swift.print(table.text)
    }
}

/// `lprserver user role`.
struct SetUserRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role",
        abstract: "Change a person's role; the person is signed out everywhere.",
        discussion: "The last admin keeps the role: add another one first."
    )

    @Argument(help: "The person's name.")
    var name: String

    @Argument(help: "The new role: viewer, operator or admin.")
    var role: UserRole

    @OptionGroup var access: AccessFlags

    func run() async throws {
        let name = try await access.name(name)
        _ = try await access.send(
            CommandCall(.patch, ["api", "users", name]) { $0.field("role", role.rawValue) }
        )
        access.say("\(name) is \(role.rawValue) now")
    }
}

/// `lprserver user remove`.
struct RemoveUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a person, who is signed out everywhere.",
        discussion: "The last admin cannot be removed. What the person did remains in the audit."
    )

    @Argument(help: "The person's name.")
    var name: String

    @OptionGroup var access: AccessFlags

    func run() async throws {
        let name = try await access.name(name)
        _ = try await access.send(CommandCall(.delete, ["api", "users", name]))
        access.say("\(name) is removed")
    }
}

extension AccessFlags {
    /// Shows the one-time password that an answer holds, if it does.
    func showOneTimePassword(of name: String, in answer: JSON) {
        guard let secret = answer.text("one_time_password") else { return }
        show(secret: secret, "the one-time password of \(name), shown once:")
    }
}
