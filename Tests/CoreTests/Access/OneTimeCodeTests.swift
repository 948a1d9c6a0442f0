import Foundation
import Testing

@testable import Core

@Suite struct OneTimeCodeTests {
    /// The secret of the vectors of RFC 4226 appendix D and RFC 6238 appendix B.
    private let codes = OneTimeCode(secret: Array("12345678901234567890".utf8))

    private func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }

    @Test(
        arguments: [
            (59, 287_082), (1_111_111_109, 81_804), (1_111_111_111, 50_471), (1_234_567_890, 5_924),
            (2_000_000_000, 279_037), (20_000_000_000, 353_130),
        ] as [(Int64, UInt32)]
    )
    func theCodesOfTheStandardAreFound(seconds: Int64, number: UInt32) {
        #expect(codes.number(at: seconds / 30) == number)
        let padded = String(String(1_000_000 + number).dropFirst())
        #expect(codes.step(of: padded, at: at(seconds), after: 0) == seconds / 30)
    }

    @Test(
        arguments: zip(
            0..<10 as Range<Int64>,
            [
                755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871,
                520_489,
            ] as [UInt32]
        )
    )
    func theNumbersOfTheCounterAreFound(step: Int64, number: UInt32) {
        #expect(codes.number(at: step) == number)
    }

    @Test func aCodeIsGoodAStepEarlierAndLaterAndNotTwice() {
        for second in [30, 59, 60, 89, 90, 119] as [Int64] {
            #expect(codes.step(of: "359152", at: at(second), after: 0) == 2, "\(second)")
        }
        #expect(codes.step(of: "359152", at: at(29), after: 0) == nil)
        #expect(codes.step(of: "359152", at: at(120), after: 0) == nil)
        #expect(codes.step(of: "359152", at: at(60), after: 1) == 2)
        #expect(codes.step(of: "359152", at: at(60), after: 2) == nil)
        #expect(codes.step(of: "287082", at: at(60), after: 2) == nil)
    }

    @Test(arguments: ["359 152", " 359152 ", "๓๕๙๑๕๒", "๓๕๙ ๑๕๒"])
    func aCodeMayBeTypedInGroupsAndInThaiDigits(code: String) {
        #expect(codes.step(of: code, at: at(60), after: 0) == 2)
    }

    @Test(arguments: [
        "", "359153", "35915", "3591520", "0359152", "359-152", "35915x", "-359152", "359152\u{0}",
        String(repeating: " ", count: 100_000) + "359152",
    ])
    func anythingElseIsNoCode(code: String) {
        #expect(codes.step(of: code, at: at(60), after: 0) == nil)
    }

    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"),
        ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
    ])
    func theSecretIsShownInBase32(text: String, base32: String) {
        #expect(OneTimeCode(secret: Array(text.utf8)).base32 == base32)
    }

    @Test func theLinkNamesSiteAndPerson() throws {
        let link = codes.uri(name: "มาลี a/b?&", site: "Gate 1: หอพัก")
        let parts = try #require(URLComponents(string: link))
        #expect(parts.scheme == "otpauth")
        #expect(parts.host == "totp")
        #expect(parts.path == "/Gate 1: หอพัก:มาลี a/b?&")
        let items = parts.queryItems?.map { "\($0.name)=\($0.value ?? "")" }
        #expect(
            items == [
                "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "issuer=Gate 1: หอพัก", "algorithm=SHA1",
                "digits=6", "period=30",
            ]
        )
    }

    @Test func secretsAreRandom() {
        let secrets = (0..<100).map { _ in OneTimeCode.makeSecret() }
        #expect(Set(secrets).count == 100)
        #expect(secrets.allSatisfy { $0.count == 20 })
    }

    @Test func recoveryCodesAreKnownByTheirDigestHoweverTheyAreTyped() {
        let codes = RecoveryCodes.make()
        #expect(Set(codes).count == 10)
        let digests = Set(codes.map(RecoveryCodes.digest))
        #expect(digests.count == 10)
        for code in codes {
            let plain = code.replacing("-", with: "")
            for typed in [plain, code.uppercased(), " \(code) ", code.replacing("-", with: "–")] {
                #expect(digests.contains(RecoveryCodes.digest(of: typed)))
            }
            #expect(!digests.contains(RecoveryCodes.digest(of: plain + "a")))
        }
    }
}
