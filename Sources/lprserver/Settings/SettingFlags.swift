import ArgumentParser
import Platform

/// The settings' flags, shared by all subcommands.
///
/// Each setting has `--set NAME=value` and its own flag, which ``expand(_:)`` rewrites to that form before arguments
/// are parsed.
struct SettingFlags: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override a setting; every setting also has its own flag, like --listen-address VALUE.",
            discussion: "`lprserver config` lists all of them.",
            valueName: "NAME=value"
        )
    )
    var assignments: [String] = []

    @Option(
        help:
            "Settings file, one NAME=value per line (default: .env, if it exists)."
    )
    var envFile: String?

    /// Rewrites `--listen-address X` and `--listen-address=X` to `--set LISTEN_ADDRESS=X`.
    static func expand(_ arguments: [String]) -> [String] {
        let names = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.flag, $0.name) })
        var expanded: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard let flag = parts.first, let name = names[String(flag)] else {
                expanded.append(argument)
                continue
            }
            let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() ?? ""
            expanded += ["--set", "\(name)=\(value)"]
        }
        return expanded
    }

    func validate() throws {
        let known = Set(Setting.all.map(\.name))
        for assignment in assignments {
            let name = assignment.prefix { $0 != "=" }
            guard assignment.contains("="), known.contains(String(name)) else {
                throw ValidationError(
                    "--set needs NAME=value with a name that `lprserver config` lists"
                )
            }
        }
    }

    /// Loads all settings from all sources.
    func load() throws -> Settings {
        var flags: [String: String] = [:]
        for assignment in assignments {
            let parts = assignment.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            flags[String(parts[0])] = String(parts[1])
        }
        do throws(SettingError) {
            let loader = try SettingsLoader(flags: flags, envFile: envFile)
            for suspect in loader.suspects {
                Terminal.say(
                    "warning: \(suspect.name) in \(envFile ?? SettingsLoader.envFile) is not a setting; did you mean \(suspect.meant)?"
                )
            }
            return try Settings(loader)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
