import Foundation

/// SAFETY: the terminal's attributes and a byte are lent to the kernel for the length of one call.
extension Terminal {
    /// Whether a person can be asked: standard input is a terminal.
    public static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 }

    private static let secretBytesMax = 4_096

    /// Asks for a secret, which is not shown; nil if the input ends or Ctrl-C is pressed.
    ///
    /// Bytes are read one by one, without the terminal's own editing: a signal could leave the terminal silent.
    public static func askSecret(_ prompt: String) -> String? {
        var before = termios()
        let isTerminal = unsafe tcgetattr(STDIN_FILENO, &before) == 0
        if isTerminal {
            var silent = before
            silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
            _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        }
        defer { if isTerminal { _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) } }
        // Only now: what is typed at the prompt is not dropped.
        FileHandle.standardError.write(Data(prompt.utf8))
        defer { FileHandle.standardError.write(Data("\n".utf8)) }
        var entered: [UInt8] = []
        while entered.count <= secretBytesMax {
            var byte: UInt8 = 0
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return nil }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                return String(validating: entered, as: UTF8.self)
            // Ctrl-C, Ctrl-D, Ctrl-\.
            case 0x03, 0x04, 0x1C: return nil
            // Ctrl-U.
            case 0x15: entered = []
            // Backspace, over one character of several bytes.
            case 0x08, 0x7F:
                while let last = entered.popLast(), last & 0xC0 == 0x80 {}
            default: entered.append(byte)
            }
        }
        return nil
    }
}
