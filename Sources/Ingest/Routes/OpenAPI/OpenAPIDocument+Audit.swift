extension OpenAPIDocument {
    static var auditPaths: [Path] {
        [
            Path(
                path: "/api/audit",
                operations: [
                    operation(
                        "get",
                        "The audit, newest first; csv streams all of it",
                        parameters: Route.Query.audit.names.map {
                            parameter($0 == "format" ? "audit_format" : $0)
                        },
                        answers: [
                            """
                            "200":{"description":"A page, or all as a stream","content":{\
                            \(json(reference("AuditPage"))),"text/csv":{"schema":{"type":"string"}}}}
                            """
                        ]
                    )
                ]
            ),
            Path(
                path: "/api/audit/verification",
                operations: [
                    operation(
                        "get",
                        "Verify the chain of the audit now",
                        answers: [answer(200, reference("AuditVerification"))]
                    )
                ]
            ),
        ]
    }
}
