import Core
import Testing

@testable import Ingest

@Suite struct OpenAPITests {
    @Test func theDocumentIsJSONAndNamesEveryRoute() async throws {
        let document = try JSONParser.parse(Array(OpenAPIDocument.text.utf8))
        guard case .object(let paths)? = document["paths"] else {
            Issue.record("the document has no paths")
            return
        }
        var documented: Set<String> = []
        for path in paths {
            guard case .object(let operations) = path.value else { continue }
            for operation in operations {
                documented.insert("\(operation.name.uppercased()) \(path.name)")
            }
        }
        let served = try await RouteTable.names()
        #expect(documented == served)
    }
}
