import Core
import Foundation

/// A value and its source.
struct SettingValue: Sendable, Equatable {
    /// The sources of a value, strongest first.
    enum Source: String, Sendable {
        case commandLine = "command line"
        case environment
        case file = ".env"
        case defaultValue = "default"
    }

    let text: String
    let source: Source
}

/// An invalid setting, worded for the operator.
struct SettingError: Error, CustomStringConvertible, Equatable {
    let description: String
}

/// Finds each setting's value: command line, environment, `.env`, default.
struct SettingsLoader {
    private let flags: [String: String]
    private let environment: [String: String]
    private let file: EnvFile
    /// Unknown names in `.env` that are close to a setting's name, with that name.
    let suspects: [(name: String, meant: String)]

    /// Reads the environment and the file.
    ///
    /// Throws ``SettingError`` if the file cannot be read. The default file, ``envFile``, may be absent.
    init(
        flags: [String: String],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        envFile: String? = nil
    ) throws(SettingError) {
        self.flags = flags
        self.environment = environment
        if let envFile, !FileManager.default.fileExists(atPath: envFile) {
            throw SettingError(description: "there is no \(envFile), which --env-file names")
        }
        file = try EnvFile(path: envFile ?? SettingsLoader.envFile)
        suspects = SettingsLoader.suspects(in: file)
    }

    /// The default settings file.
    static let envFile = ".env"

    /// The value of a setting.
    ///
    /// An empty environment variable counts as not set.
    func value(of setting: Setting) -> SettingValue {
        if let text = flags[setting.name] { return SettingValue(text: text, source: .commandLine) }
        if let text = environment[setting.name], !text.isEmpty {
            return SettingValue(text: text, source: .environment)
        }
        if let text = file[setting.name], !text.isEmpty {
            return SettingValue(text: text, source: .file)
        }
        return SettingValue(text: setting.defaultValue, source: .defaultValue)
    }

    private static func suspects(in file: EnvFile) -> [(name: String, meant: String)] {
        let known = Set(Setting.all.map(\.name))
        return file.values.compactMap { entry in
            guard !known.contains(entry.name) else { return nil }
            let name = Array(entry.name.utf8)
            let nearest = known.map { ($0, EditDistance.between(Array($0.utf8), name)) }
                .min { $0.1 < $1.1 }
            guard let (meant, distance) = nearest, distance <= 2 else { return nil }
            return (entry.name, meant)
        }
    }
}
