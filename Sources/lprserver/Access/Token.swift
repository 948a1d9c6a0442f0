import ArgumentParser
import Core
import Ingest

/// `lprserver token`.
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke the tokens of cameras and scripts.",
        discussion: """
            A token is shown once, when it is made; the database keeps its digest only. Send it as \
            Authorization: Bearer TOKEN, or as the password of HTTP Basic with any name: docs/CAMERAS.md.

            Examples:
              lprserver token add gate-north --role camera --camera CAM001 --camera CAM002
              lprserver token add backup --role viewer --expires 90d > backup.token
              lprserver token list
              lprserver token revoke gate-north

            \(AccessFlags.exitCodes)
            """,
        subcommands: [AddToken.self, ListTokens.self, RevokeToken.self]
    )
}

/// A role that a token may have.
enum TokenRole: String, ExpressibleByArgument, CaseIterable {
    case camera, viewer, `operator`, admin
}

/// `lprserver token add`.
struct AddToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a token, and print it alone on standard output.",
        discussion: """
            With --camera it may send as those cameras only. It is shown this once.

            Examples:
              lprserver token add gate-north --role camera --camera CAM001
              lprserver token add backup --role viewer --expires 90d > backup.token
            """
    )

    @Argument(help: "The name, up to 64 characters: what it is for.")
    var name: String

    @Option(help: "What its holder may do.")
    var role: TokenRole

    @Option(
        help: ArgumentHelp("A camera as which it may send; may be repeated.", valueName: "CAM001")
    )
    var camera: [String] = []

    @Option(
        help: ArgumentHelp(
            "In how many days it ends: 1d to 3650d. Without this it never ends.",
            valueName: "90d"
        )
    )
    var expires: String?

    @OptionGroup var access: AccessFlags

    func run() async throws {
        let name = try await access.name(name)
        let answer = try await access.send(
            CommandCall(.post, ["api", "tokens"]) { writer in
                writer.field("name", name)
                writer.field("role", role.rawValue)
                if !camera.isEmpty {
                    writer.key("cameras")
                    writer.array(of: camera) { $0.value($1) }
                }
                if let expires { writer.field("expires_in", expires) }
            },
            createsDatabase: true
        )
        guard let token = answer.text("token") else { return }
        access.show(secret: token, "the token \(name), role \(role.rawValue), shown once:")
    }
}

/// `lprserver token list`.
struct ListTokens: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tokens in force; a token itself is never shown again."
    )

    @OptionGroup var access: AccessFlags

    func run() async throws {
        let answer = try await access.send(CommandCall(.get, ["api", "tokens"]))
        guard !access.json else { return }
        var table = TextTable([
            "NAME", "ROLE", "CAMERAS", "ENDS", "LAST USED", "MADE", "MADE BY",
        ])
        for token in answer.elements {
            let cameras = token["cameras"]?.elements.compactMap { camera -> String? in
                if case .string(let name) = camera { name } else { nil }
            }
            table.add([
                token.text("name"), token.text("role"),
                cameras.flatMap { $0.isEmpty ? nil : $0.joined(separator: ", ") },
                token.text("expires_at") ?? "never", token.text("last_used_at"),
                token.text("created_at"), token.text("created_by"),
            ])
        }
        Swift.print(table.text)
    }
}

/// `lprserver token revoke`.
struct RevokeToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a token: its next request is refused, open connections included."
    )

    @Argument(help: "The token's name.")
    var name: String

    @OptionGroup var access: AccessFlags

    func run() async throws {
        let name = try await access.name(name)
        _ = try await access.send(CommandCall(.delete, ["api", "tokens", name]))
        access.say("the token \(name) is revoked")
    }
}
