import Configuration
import Foundation
import SystemPackage

/// A value, and where it came from.
struct SettingValue: Sendable, Equatable {
    /// Where a value can come from, the strongest first.
    enum Source: String, Sendable {
        case commandLine = "command line"
        case environment
        case file = ".env"
        case fallback = "default"
    }

    let text: String
    let source: Source
}

/// A value that cannot be, worded for whoever set it.
struct SettingError: Error, CustomStringConvertible, Equatable {
    let description: String
}

/// Finds each setting's value: command line, environment, `.env`, default.
struct SettingsLoader {
    private let flags: [String: String]
    private let environment: ConfigReader
    private let file: ConfigReader
    /// Names in `.env` that mean nothing here but look like a setting, with the setting.
    let suspects: [(name: String, meant: String)]

    /// Reads the environment and the file.
    ///
    /// Throws where the file is there but cannot be read.
    init(
        flags: [String: String],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        envFile: String = ".env"
    ) async throws {
        self.flags = flags
        self.environment = ConfigReader(
            provider: EnvironmentVariablesProvider(environmentVariables: environment)
        )
        file = ConfigReader(
            provider: try await EnvironmentVariablesProvider(
                environmentFilePath: FilePath(envFile),
                allowMissing: true
            )
        )
        suspects = SettingsLoader.suspects(in: envFile)
    }

    /// A setting's value.
    ///
    /// An empty one in the environment counts as not set.
    func value(of setting: Setting) -> SettingValue {
        if let text = flags[setting.name] { return SettingValue(text: text, source: .commandLine) }
        let key = ConfigKey(stringLiteral: setting.name.lowercased())
        if let text = environment.string(forKey: key), !text.isEmpty {
            return SettingValue(text: text, source: .environment)
        }
        if let text = file.string(forKey: key), !text.isEmpty {
            return SettingValue(text: unquoted(text), source: .file)
        }
        return SettingValue(text: setting.fallback, source: .fallback)
    }

    /// Files in the field write `NAME="value"`; the quotes are no part of it.
    private func unquoted(_ text: String) -> String {
        for quote in ["\"", "'"]
        where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        return text
    }

    private static func suspects(in path: String) -> [(name: String, meant: String)] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        let known = Set(Setting.all.map(\.name))
        return text.split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"),
                let name = line.split(separator: "=").first.map(String.init),
                !known.contains(name)
            else { return nil }
            let nearest = known.min { distance($0, name) < distance($1, name) }
            guard let nearest, distance(nearest, name) <= 2 else { return nil }
            return (name, nearest)
        }
    }

    /// How many letters differ (Levenshtein).
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = diagonal + (right[column] == letter ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
