import Core

/// What the service answers, as OpenAPI 3.1, for `/api/openapi.json`.
///
/// A test compares it with the table of routes.
enum OpenAPIDocument {
    static var response: Response { .json(bytes: Array(text.utf8)) }

    static let text = """
        {"openapi":"3.1.0",
        "info":{"title":"lprserver","version":"0.1.0","license":{"name":"MIT","identifier":"MIT"},
        "description":"Licence-plate records. Only clients on the server's own machine are admitted until \
        people or tokens exist; then all need a credential. Others get 401, foreign Host names 421, cross-site \
        writes 403."},
        "servers":[{"url":"/"}],
        "security":[{},{"bearer":[]},{"basic":[]},{"cookie":[]},{"query":[]}],
        "paths":{\(paths.map { "\n\"\($0.path)\":{\($0.operations.joined(separator: ",\n"))}" }
            .joined(separator: ","))},
        "components":{"securitySchemes":{\(securitySchemes)},"parameters":{\(parameters)},
        "responses":{\(responses)},"schemas":{\(schemas),\(accessSchemas)}}}
        """

    /// One path with its operations.
    struct Path {
        let path: String
        let operations: [String]
    }

    static var paths: [Path] {
        recordPaths + picturePaths + blacklistPaths + cameraPaths + healthPaths + accessPaths
            + auditPaths
    }

    /// An operation: its answers beside the good one are those that every operation can have.
    static func operation(
        _ method: String,
        _ summary: String,
        parameters: [String] = [],
        body: String? = nil,
        answers: [String]
    ) -> String {
        let always = ["400", "401", "403", "404", "405", "413", "415", "421", "503"].filter {
            status in
            !answers.contains { $0.hasPrefix("\"\(status)\"") }
        }
        let all = answers + always.map { "\"\($0)\":{\"$ref\":\"#/components/responses/Error\"}" }
        let body = body.map { ",\"requestBody\":{\"required\":true,\"content\":{\($0)}}" } ?? ""
        return """
            "\(method)":{"summary":"\(summary)","parameters":[\(parameters.joined(separator: ","))]\(body),
            "responses":{\(all.joined(separator: ","))}}
            """
    }

    /// A good answer in JSON.
    static func answer(_ status: Int, _ schema: String, _ description: String = "Done") -> String {
        """
        "\(status)":{"description":"\(description)","content":{\(json(schema))}}
        """
    }

    static func json(_ schema: String) -> String { "\"application/json\":{\"schema\":\(schema)}" }

    static func reference(_ name: String) -> String {
        "{\"$ref\":\"#/components/schemas/\(name)\"}"
    }

    static func parameter(_ name: String) -> String {
        "{\"$ref\":\"#/components/parameters/\(name)\"}"
    }

    private static let responses = """
        "Error":{"description":"Refused; `error` says why, `field` what is at fault, `id` is in the log too",\
        "content":{"application/json":{"schema":{"anyOf":[\(reference("Error")),\(reference("Failure"))]}}}}
        """
}
