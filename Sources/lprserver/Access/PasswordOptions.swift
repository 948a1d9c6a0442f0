import ArgumentParser
import Foundation
import Platform

/// Where a new password comes from.
struct PasswordOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read the password from a file; - is standard input.",
            valueName: "FILE"
        )
    )
    var passwordFile: String?

    @Flag(help: "Make a one-time password and print it; it must be changed at the first sign-in.")
    var oneTime = false

    private static let bytesMax = 4_096

    func validate() throws {
        guard passwordFile == nil || !oneTime else {
            throw ValidationError("--password-file and --one-time exclude each other")
        }
    }

    /// The password: from the file, or asked for twice at a terminal; nil where the service shall make one.
    func password(of name: String) throws -> String? {
        if let passwordFile { return try read(passwordFile) }
        guard !oneTime, Terminal.isInteractive else { return nil }
        guard let first = Terminal.askSecret("Password of \(name): "),
            let second = Terminal.askSecret("The same again: ")
        else { throw CommandFailure("no password was given; nothing is changed") }
        guard first == second else {
            throw CommandFailure("the two passwords differ; nothing is changed")
        }
        return first
    }

    /// All of a file but for the end of its last line.
    private func read(_ path: String) throws -> String {
        let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
        guard let handle, let data = try? handle.read(upToCount: PasswordOptions.bytesMax + 1)
        else { throw CommandFailure("there is no password in \(path), or it cannot be read") }
        guard data.count <= PasswordOptions.bytesMax,
            var text = String(bytes: data, encoding: .utf8)
        else { throw CommandFailure("\(path) holds more than one line of UTF-8 text") }
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
