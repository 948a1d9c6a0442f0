import Testing

/// What a formatter cannot see of the sources' shape.
@Suite struct ShapeTests {
    private static let fileLinesMax = 300
    private static let functionLinesMax = 70

    @Test func theTreeIsFound() throws {
        #expect(try SourceTree.swiftFiles(under: "Sources").count > 50)
    }

    @Test func filesAreOneRoomEach() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") {
            #expect(
                file.lines.count <= ShapeTests.fileLinesMax,
                "\(file) has \(file.lines.count) lines"
            )
        }
    }

    @Test func functionsAreShort() throws {
        for file in try SourceTree.swiftFiles(under: "Sources") {
            for (name, length) in functions(in: file) {
                #expect(
                    length <= ShapeTests.functionLinesMax,
                    "\(file): \(name) has \(length) lines"
                )
            }
        }
    }

    /// A function ends with the brace that stands as far in as its declaration.
    private func functions(in file: SourceTree.File) -> [(name: Substring, length: Int)] {
        var found: [(Substring, Int)] = []
        for (index, line) in file.lines.enumerated()
        where line.contains("func ") || line.contains(" init(") {
            let indent = line.prefix { $0 == " " }
            guard !line.drop(while: { $0 == " " }).hasPrefix("//"),
                let end = file.lines[index...].firstIndex(where: { $0 == indent + "}" })
            else { continue }
            found.append((line.drop { $0 == " " }, end - index + 1))
        }
        return found
    }

    @Test func nothingForgottenIsLeftBehind() throws {
        let banned = ["FIXME", "TODO", "try!", " as! ", ".shared", "static var", "fatalError("]
        for file in try SourceTree.swiftFiles(under: "Sources") {
            for (number, line) in file.code {
                for word in banned where line.contains(word) {
                    // A computed `static var` holds no state.
                    if word == "static var", line.contains("{") { continue }
                    Issue.record("\(file):\(number) holds “\(word)”")
                }
            }
        }
    }

    @Test func librariesPrintNothing() throws {
        for target in ["Core", "SiteGen", "Ingest"] {
            for file in try SourceTree.swiftFiles(under: "Sources/\(target)") {
                for (number, line) in file.code where line.contains(" print(") {
                    Issue.record("\(file):\(number) prints")
                }
            }
        }
    }
}
