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
        let served = try await RouteTable.routes().map { "\($0.method.rawValue) \($0.pattern)" }
        #expect(documented == Set(served))
    }

    @Test func theDocumentNamesEveryParameterThatACallTakes() async throws {
        let document = try JSONParser.parse(Array(OpenAPIDocument.text.utf8))
        for route in try await RouteTable.routes() {
            guard case .only(let taken) = route.query else { continue }
            let operation = document["paths"]?[route.pattern]?[route.method.rawValue.lowercased()]
            guard case .array(let parameters)? = operation?["parameters"] else {
                Issue.record("\(route.method) \(route.pattern) has no parameters")
                continue
            }
            var documented: [String] = []
            for parameter in parameters {
                guard case .string(let reference)? = parameter["$ref"],
                    let key = reference.split(separator: "/").last,
                    let described = document["components"]?["parameters"]?[String(key)]
                else { continue }
                guard described["in"] == .string("query"),
                    case .string(let name)? = described["name"]
                else { continue }
                documented.append(name)
            }
            #expect(documented == taken, "\(route.method) \(route.pattern)")
        }
    }
}
