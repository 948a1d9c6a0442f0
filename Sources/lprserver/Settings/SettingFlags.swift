import ArgumentParser
import Platform

/// The flags of the settings, in common to all subcommands: `--set NAME=value`, and for each setting a
/// flag of its own that ``expand(_:)`` turns into that form before arguments are parsed.
struct SettingFlags: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "A setting for this run; also --listen-address VALUE and so on for every setting.",
            discussion: "`lprserver config` lists all of them.",
            valueName: "NAME=value"
        )
    )
    var assignments: [String] = []

    @Option(
        help:
            "The file with settings, one NAME=value on each line (.env, if it is there, unless named)."
    )
    var envFile: String?

    /// `--listen-address X` and `--listen-address=X` as `--set LISTEN_ADDRESS=X`.
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
                    "--set takes NAME=value with a name that `lprserver config` lists"
                )
            }
        }
    }

    /// All settings, from everywhere.
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
                    "warning: \(suspect.name) in \(envFile ?? SettingsLoader.envFile) is no setting; \(suspect.meant) is"
                )
            }
            return try Settings(loader)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
