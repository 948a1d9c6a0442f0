import ArgumentParser
import Core
import Ingest

/// `lprserver serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start the service: REST, events, pages and the camera gateway.",
        discussion: """
            Serves pages itself on DEFAULT_HTTP_PORT (5000); nginx in front is optional (script/server). \
            Ctrl-C stops it: what was accepted is stored first.
            """
    )

    @OptionGroup var flags: SettingFlags

    func run() async throws {
        let composition = try Composition(try flags.load())
        do {
            try await composition.serve()
        } catch let error as Refusal {
            throw ValidationError(error.message)
        } catch let error as ListenError {
            throw ValidationError("\(error)")
        }
    }
}
