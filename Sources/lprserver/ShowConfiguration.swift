import ArgumentParser
import Core
import Foundation

/// `lprserver config`.
struct ShowConfiguration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print every setting, its value and where it came from."
    )

    @Flag(help: "As JSON.")
    var json = false

    @Flag(help: "The settings table of docs/OPERATING.md: descriptions and defaults, no values.")
    var markdown = false

    @OptionGroup var flags: SettingFlags

    func run() async throws {
        let settings = try flags.load()
        if markdown {
            Swift.print(ShowConfiguration.markdownTable())
        } else if json {
            Swift.print(asJSON(settings))
        } else {
            let width = Setting.all.map(\.name.count).max() ?? 0
            for (setting, value) in settings.values {
                let name = setting.name.padding(toLength: width, withPad: " ", startingAt: 0)
                Swift.print("\(name)  \(shown(setting, value))  (\(value.source.rawValue))")
            }
        }
    }

    private func shown(_ setting: Setting, _ value: SettingValue) -> String {
        if case .secret = setting.kind, !value.text.isEmpty { return "••••" }
        return value.text.isEmpty ? "–" : value.text
    }

    private func asJSON(_ settings: Settings) -> String {
        var writer = JSONWriter()
        writer.array(of: settings.values) { writer, entry in
            writer.object { writer in
                writer.field("name", entry.setting.name)
                writer.field("value", shown(entry.setting, entry.value))
                writer.field("source", entry.value.source.rawValue)
                writer.field("meaning", entry.setting.summary)
            }
        }
        return writer.text
    }

    /// The table in docs/OPERATING.md.
    static func markdownTable() -> String {
        let rows = Setting.all.map { setting in
            let defaultValue = setting.defaultValue.isEmpty ? "" : "`\(setting.defaultValue)`"
            return "| `\(setting.name)` | \(defaultValue) | \(setting.summary) |"
        }
        return (["| name | default | meaning |", "| --- | --- | --- |"] + rows)
            .joined(separator: "\n")
    }
}
