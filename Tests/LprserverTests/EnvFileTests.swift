import Core
import Foundation
import SiteGen
import Testing

@testable import lprserver

@Suite struct EnvFileTests {
    private func file(_ text: String) throws -> EnvFile {
        try EnvFile(bytes: Array(text.utf8), name: ".env")
    }

    @Test(arguments: [
        ("A=1", "1"), ("A=1\r\n", "1"), ("\u{FEFF}A=1", "1"), ("export A=1", "1"),
        ("export\tA=1", "1"),
        ("  A = 1  ", "1"), ("A=one two", "one two"), ("A=1 # one", "1"), ("A=1#2", "1#2"),
        ("A=", ""), ("A= # nothing", ""), ("A=#ffffff", ""), ("A=\"#fff\"", "#fff"),
        ("A=\"x y\" # z", "x y"), (#"A="a\"b\\c\nd\$E""#, "a\"b\\c\nd$E"),
        (#"A='a\n$B "q"'"#, #"a\n$B "q""#),
        ("A=b=c", "b=c"), ("A=p$1", "p$1"), ("A=ประตู 1", "ประตู 1"), ("A=1\nA=2", "2"),
        ("A=\"\"", ""),
    ])
    func valuesAreReadAsTheCommonToolsReadThem(_ text: String, _ value: String) throws {
        #expect(try file(text)["A"] == value)
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func anyLineEndEndsALine(_ end: String) throws {
        let text = ["# a comment", "SITE_NAME=Gate 1", "", "export TZ=Asia/Bangkok", "B=2"].joined(
            separator: end
        )
        let values = try file(text).values
        #expect(values.map(\.name) == ["SITE_NAME", "TZ", "B"])
        #expect(values.map(\.value) == ["Gate 1", "Asia/Bangkok", "2"])
    }

    @Test(arguments: [
        "A secret", "=secret", "1A=secret", "A-B=secret", "A=\"secret", "A='secret", "A='x' secret",
        "A=\"secret\"x", #"A="secret\q""#, "A=secret${B}", "A=\"secret $B\"", "A=secret\u{0}",
        "export A",
        "export = secret", "set A=secret",
    ])
    func whatMeansNothingIsRefusedByItsLineAndNeverPrinted(_ line: String) throws {
        for end in ["\n", "\r\n"] {
            let error = #expect(throws: SettingError.self) {
                try file("B=1\(end)\(end)\(line)\(end)")
            }
            let text = try #require(error?.description)
            #expect(text.hasPrefix(".env, line 3: ") && !text.contains("secret"), "\(text)")
        }
    }

    @Test func textThatIsNotUTF8IsRefused() {
        let error = #expect(throws: SettingError.self) {
            try EnvFile(bytes: Array("A=1\nB=".utf8) + [0xE9, 0x0A], name: ".env")
        }
        #expect(error?.description.contains("line 2") == true)
    }

    /// As an editor on Windows saves it: a byte-order mark, CR LF, `export`.
    @Test func aFileOfAnotherSystemSetsWhatItSays() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = "\u{FEFF}SITE_NAME=Gate 1\r\nTZ=Asia/Bangkok\r\nexport DATA_RETENTION_DAYS=0\r\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let settings = try Settings(
            try SettingsLoader(flags: [:], environment: [:], envFile: path)
        )
        #expect(settings.site.name == "Gate 1")
        #expect(settings.limits.retentionDays == 0)
    }
}
