import Testing

@testable import Core

@Suite struct PasswordHashTests {
    @Test func aPasswordMatchesItsDigestAndNoOther() {
        let hash = PasswordHash(of: "correct horse battery")
        #expect(hash.matches("correct horse battery"))
        #expect(!hash.matches("correct horse batterz"))
        #expect(!hash.matches(""))
        #expect(hash.text.hasPrefix("$scrypt$ln=14,r=8,p=5$"))
        #expect(PasswordHash(text: hash.text) == hash)
        #expect(PasswordHash(of: "correct horse battery") != hash)
    }

    /// RFC 7914 §12, the third vector.
    @Test func theKeyOfTheStandardIsFound() throws {
        let text =
            "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw"
        let hash = try #require(PasswordHash(text: text))
        #expect(hash.matches("pleaseletmein"))
        #expect(!hash.matches("pleaseletmeinx"))
    }

    @Test func anEmptyPasswordIsHashedAsWell() {
        #expect(PasswordHash(of: "").matches(""))
    }

    @Test func nobodysDigestHasNoPassword() {
        #expect(!PasswordHash.ofNobody.matches(""))
        #expect(PasswordHash(text: PasswordHash.ofNobody.text) == .ofNobody)
    }

    @Test func anOversizedPasswordMatchesNothing() {
        #expect(!PasswordHash.ofNobody.matches(String(repeating: "ก", count: 1_000_000)))
    }

    @Test(arguments: [
        "น้ำแข็งใส-แก้วใหญ่", "น\u{E4D}\u{E49}าแข็งใส-แก้วใหญ่", "น\u{E49}\u{E4D}าแข็งใส-แก้วใหญ่",
        "น้ำแข็งใส-เเก้วใหญ่", "น้ำแข็งใส－แก้วใหญ่",
    ])
    func aThaiPasswordIsOneHoweverItIsTyped(password: String) throws {
        #expect(PasswordHash.normalized(password) == PasswordHash.normalized("น้ำแข็งใส-แก้วใหญ่"))
    }

    /// What is stored today must be found by every later version.
    @Test func theFormThatIsHashedNeverChanges() {
        #expect(
            PasswordHash.normalized("น้ำ Ａ①\u{A0}é").unicodeScalars.map(\.value)
                == [0xE19, 0xE49, 0xE4D, 0xE32, 0x20, 0x41, 0x31, 0x20, 0xE9]
        )
    }

    @Test(arguments: [
        "", "$", "$scrypt$", "scrypt", "$scrypt$ln=14,r=8,p=5$c2FsdHNhbHQ$",
        "$scrypt$ln=14,r=8,p=5$$AAAAAAAAAAAAAAAAAAAAAA",
        // Costs gigabytes, hours, or nothing.
        "$scrypt$ln=30,r=8,p=5$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=14,r=99,p=5$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=14,r=8,p=99$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=1,r=8,p=5$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=14,r=0,p=5$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        // Two spellings of one digest.
        "$scrypt$ln=14,r=08,p=5$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=14,r=8,p=5$c2FsdHNhbHR$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=14,r=8,p=5$c2FsdHNhbHQ=$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=14,r=8,p=5$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA$",
        "$scrypt$ln=14,r=8,p=5$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAA A",
        "$bcrypt$ln=14,r=8,p=5$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
    ])
    func anotherTextIsNoDigest(text: String) {
        #expect(PasswordHash(text: text) == nil)
    }

    @Test func theHasherHashesAndCompares() async throws {
        let hasher = PasswordHasher()
        let hash = try await hasher.hash("correct horse battery")
        #expect(try await hasher.matches("correct horse battery", hash))
        #expect(try await !hasher.matches("correct horse", hash))
        #expect(try await !hasher.matches("correct horse battery", nil))
    }

    @Test func theHasherRefusesCallersBeyondItsQueue() async throws {
        let hasher = PasswordHasher(waitingMax: 3)
        let refusals = await withTaskGroup(of: Refusal?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do throws(Refusal) {
                        _ = try await hasher.matches("guess", nil)
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
        }
        #expect(refusals.count >= 1)
        #expect(refusals.allSatisfy { $0.kind == .busy })
        // And goes on afterwards.
        #expect(try await !hasher.matches("guess", nil))
    }
}
