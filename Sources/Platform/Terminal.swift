import Foundation

/// Messages to the person who started the program.
public enum Terminal {
    /// A line on standard error, where it does not mix with what another program reads.
    public static func say(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// A line that replaces the one before it on a terminal; otherwise an ordinary line.
    public static func update(_ line: String) {
        guard isatty(STDERR_FILENO) == 1 else { return say(line) }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
    }
}
