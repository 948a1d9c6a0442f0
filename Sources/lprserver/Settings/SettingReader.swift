import Foundation
import Ingest

/// Parses and checks the settings' values.
///
/// An error is one sentence with the setting, its value, its source, and what is allowed.
struct SettingReader {
    private let values: [String: (setting: Setting, value: SettingValue)]

    init(_ values: [(setting: Setting, value: SettingValue)]) {
        self.values = Dictionary(uniqueKeysWithValues: values.map { ($0.setting.name, $0) })
    }

    func text(_ name: String) -> String { values[name]?.value.text ?? "" }

    /// Whether it has a value that is neither empty nor the default.
    func isSet(_ name: String) -> Bool {
        guard let value = values[name]?.value else { return false }
        return value.source != .defaultValue && !value.text.isEmpty
    }

    func number(_ name: String) throws(SettingError) -> Int {
        guard let entry = values[name] else {
            throw SettingError(description: "no setting \(name)")
        }
        switch entry.setting.kind {
        case .number(let range):
            guard let number = Int(entry.value.text), range.contains(number) else {
                throw wrong(name, "an integer from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        case .bytes(let range):
            guard let bytes = SettingReader.bytes(entry.value.text), range.contains(bytes) else {
                throw wrong(
                    name,
                    "a size from \(range.lowerBound) to \(range.upperBound) bytes, like 10MiB"
                )
            }
            return bytes
        default: throw SettingError(description: "\(name) is not a number")
        }
    }

    func choice(_ name: String) throws(SettingError) -> String {
        guard case .choice(let words)? = values[name]?.setting.kind else { return text(name) }
        let word = text(name).lowercased()
        guard words.contains(word) else {
            throw wrong(name, "one of \(words.joined(separator: ", "))")
        }
        return word
    }

    /// One of the words of a type.
    func choice<Word: RawRepresentable<String>>(
        _ name: String,
        of type: Word.Type
    ) throws(SettingError) -> Word {
        guard let word = Word(rawValue: try choice(name)) else {
            throw SettingError(description: "\(name) has a word that its type does not know")
        }
        return word
    }

    /// The name of a header (RFC 9110 §5.1); nil if it is empty.
    func headerName(_ name: String) throws(SettingError) -> String? {
        let text = text(name)
        guard text.utf8.count <= 100,
            text.utf8.allSatisfy({ byte in
                byte < 0x80
                    && (Character(Unicode.Scalar(byte)).isLetter
                        || Character(Unicode.Scalar(byte)).isNumber || byte == UInt8(ascii: "-"))
            })
        else {
            throw wrong(name, "a header's name of letters, digits and hyphens, like Remote-User")
        }
        return text.isEmpty ? nil : text
    }

    func timeZone(_ name: String) throws(SettingError) -> TimeZone {
        // POSIX allows a colon before the name.
        let text = text(name).trimmingPrefix(":")
        guard !text.isEmpty else { return .current }
        guard let zone = TimeZone(identifier: String(text)) else {
            throw wrong(name, "the name of a time zone, like Asia/Bangkok")
        }
        return zone
    }

    func networks(_ name: String) throws(SettingError) -> [Network] {
        do throws(NetworkError) {
            return try Network.list(text(name))
        } catch {
            let source = values[name].map { " (from the \($0.value.source.rawValue))" } ?? ""
            throw SettingError(description: "\(name)\(source): \(error)")
        }
    }

    func databasePath(_ name: String) throws(SettingError) -> String {
        let text = text(name)
        guard text.hasPrefix("sqlite:///"), text.count > "sqlite:///".count else {
            throw wrong(name, "sqlite:/// and a path, like sqlite:///storage/lprserver.db")
        }
        return String(text.dropFirst("sqlite:///".count))
    }

    private func wrong(_ name: String, _ allowed: String) -> SettingError {
        guard let value = values[name]?.value else {
            return SettingError(description: "no setting \(name)")
        }
        // A value in the file may be a misplaced secret; one typed on the command line is on the screen anyway.
        let said =
            value.source == .file ? "has another value in the" : "is “\(value.text)” (from the"
        let close = value.source == .file ? "" : ")"
        return SettingError(
            description: "\(name) \(said) \(value.source.rawValue)\(close); it must be \(allowed)"
        )
    }

    /// Parses a size: `10485760`, `10M`, `10MB`, `10MiB`; all units are powers of 1024.
    static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let unit = text.dropFirst(digits.count).trimmingPrefix(" ").lowercased()
        let factors = ["": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        var letter = unit
        for ending in ["ib", "b"] where letter.count > 1 && letter.hasSuffix(ending) {
            letter = String(letter.dropLast(ending.count))
        }
        guard let factor = factors[letter] else { return nil }
        let (product, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows ? nil : product
    }
}
