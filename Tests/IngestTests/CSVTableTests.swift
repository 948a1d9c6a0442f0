import Testing

@testable import Core
@testable import Ingest

@Suite struct CSVTableTests {
    private func rows(_ text: String) throws -> [[String?]] {
        let table = try CSVTable(Array(text.utf8), rowsMax: 100)
        return try (0..<table.count).map { index in
            let fields = try table.fields(index)
            return try ["license_plate_text", "reason", "notes"].map { try fields.text($0) }
        }
    }

    @Test(
        arguments: [
            ("license_plate_text,reason\nกข 1,stolen\n", [["กข 1", "stolen", nil]]),
            (
                "\u{FEFF}License_Plate_Text , reason,notes\r\n\r\nกข 1,stolen,\r\nA 1,x",
                [["กข 1", "stolen", nil], ["A 1", "x", nil]]
            ),
            (
                "reason,id,license_plate_text,notes\n\"a, \"\"b\"\"\",7,A 1,\"two\nlines\"",
                [["A 1", "a, \"b\"", "two\nlines"]]
            ),
            (
                "license_plate_text,reason,notes\nA 1,\"\",x\nA 2\n",
                [["A 1", nil, "x"], ["A 2", nil, nil]]
            ),
        ] as [(String, [[String?]])]
    )
    func cellsAreReadByTheirNames(_ text: String, _ expected: [[String?]]) throws {
        #expect(try rows(text) == expected)
    }

    @Test(arguments: [
        "license_plate_text\nA 1", "plate,reason\nA 1,x", "license_plate_text,reason", "\n\n",
        "\"license_plate_text,reason\nA 1,x",
    ])
    func aBodyWithoutItsNamesOrRowsIsRefused(_ text: String) {
        #expect(throws: Refusal.self) { try CSVTable(Array(text.utf8), rowsMax: 100) }
    }

    @Test func aRowIsRefusedByItself() throws {
        let bytes =
            Array("license_plate_text,reason\nA 1,a,b\nA 2,x\n\"A\"3,x\nA 4,".utf8)
            + [0xA1, 0x0A] + Array("A 5,y\nA 6,\"open\nA 7,z\n".utf8)
        let table = try CSVTable(bytes, rowsMax: 100)
        let codes = (0..<table.count).map { index -> String? in
            do throws(Refusal) {
                _ = try table.fields(index)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(codes == ["invalid_csv", nil, "invalid_csv", "not_utf8", nil, "invalid_csv"])
    }

    @Test func thereAreNoMoreRowsThanAllowed() {
        let text = "license_plate_text,reason\n" + String(repeating: "A 1,x\n", count: 3)
        #expect(throws: Refusal.self) { try CSVTable(Array(text.utf8), rowsMax: 2) }
    }
}
