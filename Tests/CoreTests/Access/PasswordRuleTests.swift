import Testing

@testable import Core

@Suite struct PasswordRuleTests {
    private func code(_ password: String, name: String = "malee") -> String? {
        do throws(Refusal) {
            try PasswordRule.check(password, name: name)
            return nil
        } catch {
            #expect(error.field == "password")
            return error.code
        }
    }

    @Test(arguments: [
        "correct horse battery staple", "kV9#tLq2xWm7", "ฉันกินข้าวผัดปูทุกวันจันทร์",
        "mook-tung-plaa-vela-2x",
        "the gate squeaks when it rains", "x7k2-m4tq-9pwe", "หมูกรอบราดซอสมะขาม",
        // What the service itself invents.
        OneTimePassword.make(), RecoveryCodes.make()[0],
    ])
    func aGoodPasswordIsTaken(password: String) {
        #expect(code(password) == nil)
    }

    @Test(arguments: [
        "", "short", "elevenchars", "กขคงจฉชซญฐฒ",
        // Eleven characters of thirty-three code points.
        String(repeating: "ที่", count: 11),
    ])
    func aShortPasswordIsRefused(password: String) {
        #expect(code(password) == "password_too_short")
    }

    @Test func aLongPasswordIsRefused() {
        let ofCharacters = { (count: Int) in
            String((0..<count).map { Character(Unicode.Scalar(UInt8(33 + $0 * 37 % 90))) })
        }
        #expect(code(ofCharacters(128)) == nil)
        #expect(code(ofCharacters(129)) == "password_too_long")
        // One character for a reader.
        #expect(code("a" + String(repeating: "\u{301}", count: 2_000)) == "password_too_long")
    }

    @Test(arguments: [
        "password1234", "Passw0rd1234!", "P@$$w0rd2026", "passwordpassword", "123456789012",
        "aaaaaaaaaaaa", "qwertyuiop12", "1qaz2wsx3edc", "1q2w3e4r5t6y", "abcdefghijkl",
        "987654321098",
        "iloveyou1234", "Summer2026!!", "letmeinletmein", "welcome-welcome", "administrator1",
        "lprserver2026", "lpr-server-2026", "abcabcabcabc", "kx9kx9kx9kx9", "changeme12345",
        "qwer1234qwer",
        "football2568", "malee1234567", "Malee-Malee-1", "รหัสผ่าน12345678", "สวัสดีครับสวัสดีครับ2569",
        "ฟหกดเ้่าสวงฟหกด",
        "๑๒๓๔๕๖๗๘๙๐๑๒", "            ", "!!!!!!!!!!!!!", "p a s s w o r d 1 2 3",
    ])
    func aCommonPasswordIsRefused(password: String) {
        #expect(code(password) == "password_common")
    }

    @Test func theNameOfThePersonIsGuessedFirst() {
        #expect(code("Wichai.Boonmee.2026", name: "wichai.boonmee") == "password_common")
        #expect(code("Wichai.Boonmee.2026", name: "malee") == nil)
    }

    @Test func aControlCharacterIsRefused() {
        #expect(code("kV9#tLq2x\tWm7") == "control_character")
    }

    @Test func theFieldIsTheCallers() {
        #expect(throws: Refusal.self) {
            try PasswordRule.check("short", name: "malee", field: "new_password")
        }
    }

    @Test func inventedPasswordsAreReadable() {
        let shape = #/([a-hj-km-np-z2-9]{4}-){4}[a-hj-km-np-z2-9]{4}/#
        let passwords = (0..<200).map { _ in OneTimePassword.make() }
        #expect(passwords.allSatisfy { $0.wholeMatch(of: shape) != nil })
        #expect(Set(passwords).count == passwords.count)
    }
}
