import ArgumentParser
import CameraSimulator
import Core

/// The command line.
@main
struct Lprserver: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lprserver",
        abstract:
            "Licence-plate recognition server: stores what cameras read, raises alerts, publishes pages.",
        discussion: """
            First steps:
              lprserver serve                 start; then open http://127.0.0.1:5000/
              lprserver demo                  in another terminal: a day of synthetic reads
              lprserver user add admin --role admin    before others may use it
              curl -X POST http://localhost:5000/api/records \\
                -H "Content-Type: application/json" \\
                -d '{"camera_id": "CAM001", "plate_number": "กข1234", "confidence": 0.95}'

            Everything has a default. Settings come from the command line, the environment, the file \
            .env, in this order; `lprserver config` shows each with its value and where it came from.
            """,
        version: "0.1.0 (SQLite \(Store.sqliteVersion))",
        subcommands: [
            Serve.self, Generate.self, Check.self, Reindex.self, User.self, Token.self, Audit.self,
            Demo.self, SimulateCamera.self, ShowConfiguration.self,
        ]
    )

    /// Parses the arguments, the settings' own flags included, and runs what they ask for.
    static func main() async {
        let arguments = SettingFlags.expand(Array(CommandLine.arguments.dropFirst()))
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}
