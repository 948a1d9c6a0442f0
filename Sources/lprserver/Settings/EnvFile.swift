import Foundation

/// The names and values of a `.env` file.
///
/// Parsed as Docker Compose and python-dotenv do: `NAME=value` or `export NAME=value`, one per line; comments start
/// with `#`; a value in single quotes is literal, one in double quotes may contain `\n`, `\r`, `\t`, `\"`, `\\` and
/// `\$`. CRLF line ends and a byte-order mark are accepted. What those tools would expand (`$NAME`) and any other
/// line is an error with its line number; an error never contains a value, which may be a secret.
struct EnvFile {
    /// Names and values in the file's order; the last of equal names counts.
    private(set) var values: [(name: String, value: String)] = []

    /// An absent file.
    init() {}

    /// Reads the file at `path`; an absent file has no values.
    ///
    /// Throws ``SettingError`` if the file cannot be read or parsed.
    init(path: String) throws(SettingError) {
        guard FileManager.default.fileExists(atPath: path) else {
            self.init()
            return
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingError(
                description: "\(path) cannot be read; check what it is and its permissions"
            )
        }
        try self.init(bytes: Array(data), name: path)
    }

    /// Parses a file's bytes; `name` is the file's name in errors.
    init(bytes: [UInt8], name: String) throws(SettingError) {
        var bytes = bytes[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var number = 0
        while !bytes.isEmpty {
            number += 1
            let end = bytes.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.endIndex
            let line = bytes[..<end]
            bytes = bytes[end...]
            // One line end: LF, CR LF, or CR.
            let isReturn = bytes.first == 0x0D
            bytes = bytes.dropFirst()
            if isReturn, bytes.first == 0x0A { bytes = bytes.dropFirst() }
            do {
                if let entry = try EnvFile.entry(line) { values.append(entry) }
            } catch {
                throw SettingError(description: "\(name), line \(number): \(error.description)")
            }
        }
    }

    /// The value of a name; nil if the file does not set it.
    subscript(name: String) -> String? { values.last { $0.name == name }?.value }

    private static func entry(
        _ bytes: ArraySlice<UInt8>
    ) throws(SettingError) -> (name: String, value: String)? {
        guard let line = String(validating: bytes, as: UTF8.self) else {
            throw SettingError(description: "is not UTF-8 text; save the file as UTF-8")
        }
        guard line.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" })
        else { throw SettingError(description: "contains a control character; remove it") }
        var rest = line.drop(while: isBlank)
        guard let first = rest.first, first != "#" else { return nil }
        if rest.hasPrefix("export"), let after = rest.dropFirst(6).first, isBlank(after) {
            rest = rest.dropFirst(6).drop(while: isBlank)
        }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        rest = rest.dropFirst(name.count).drop(while: isBlank)
        guard let initial = name.first, !initial.isNumber, rest.first == "=" else {
            throw SettingError(
                description: "must be NAME=value; a name is letters, digits and underscores"
            )
        }
        return (String(name), try value(rest.dropFirst().drop(while: isBlank)))
    }

    private static func value(_ text: Substring) throws(SettingError) -> String {
        guard let quote = text.first, quote == "\"" || quote == "'" else { return try bare(text) }
        var value = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote {
                let after = rest.drop(while: isBlank)
                guard after.isEmpty || (after.first == "#" && after.startIndex > rest.startIndex)
                else { throw SettingError(description: "has text after the closing quote") }
                return value
            }
            if quote == "\"", character == "$", expands(rest) { throw expansion }
            guard quote == "\"", character == "\\" else {
                value.append(character)
                continue
            }
            switch rest.popFirst() {
            case "n": value.append("\n")
            case "r": value.append("\r")
            case "t": value.append("\t")
            case let escaped? where "\"\\$".contains(escaped): value.append(escaped)
            default:
                throw SettingError(
                    description:
                        #"has an unknown escape sequence; write \\ for one, or use single quotes"#
                )
            }
        }
        throw SettingError(description: "has no closing quote; a value ends on its line")
    }

    /// An unquoted value ends before a `#` that follows a blank.
    private static func bare(_ text: Substring) throws(SettingError) -> String {
        var value = text
        if text.first == "#" { value = "" }
        for index in text.indices.dropFirst()
        where text[index] == "#" && isBlank(text[text.index(before: index)]) {
            value = text[..<index]
            break
        }
        while let last = value.last, isBlank(last) { value.removeLast() }
        for index in value.indices where value[index] == "$" && expands(value[index...].dropFirst())
        {
            throw expansion
        }
        return String(value)
    }

    private static let expansion = SettingError(
        description: "contains $NAME, which is not expanded here; put the value into single quotes"
    )

    /// Whether a shell would expand the `$` before this text.
    private static func expands(_ text: Substring) -> Bool {
        guard let next = text.first else { return false }
        return next == "{" || next == "_" || next == "(" || (next.isASCII && next.isLetter)
    }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t"
    }
}
