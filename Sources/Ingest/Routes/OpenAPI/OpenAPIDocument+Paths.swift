extension OpenAPIDocument {
    private static let text200 = """
        "200":{"description":"Yes","content":{"text/plain":{"schema":{"type":"string"}}}}
        """

    static var recordPaths: [Path] {
        [
            Path(
                path: "/api/records",
                operations: [
                    operation(
                        "get",
                        "Records, newest first; csv and ndjson stream all of them",
                        parameters: Route.Query.records.names.map(parameter),
                        answers: [
                            """
                            "200":{"description":"A page, or all as a stream","content":{\
                            \(json(reference("RecordPage"))),\
                            "text/csv":{"schema":{"type":"string"}},\
                            "application/x-ndjson":{"schema":{"type":"string"}}}}
                            """
                        ]
                    ),
                    operation(
                        "post",
                        "Keep one read, or many; answered after the commit",
                        parameters: [parameter("strict")],
                        body: """
                            "application/json":{"schema":{"anyOf":[\(reference("Read")),\
                            {"type":"array","minItems":1,"items":\(reference("Read"))}]}}
                            """,
                        answers: [
                            answer(201, reference("Kept"), "Kept: on disk"),
                            answer(
                                207,
                                reference("Kept"),
                                "Some were kept; one answer for each, in order"
                            ),
                            answer(
                                400,
                                "{\"anyOf\":[\(reference("Error")),\(reference("Kept"))]}",
                                "Refused"
                            ),
                        ]
                    ),
                ]
            ),
            Path(
                path: "/api/records/{id}",
                operations: [
                    operation(
                        "get",
                        "One record",
                        parameters: (["id"] + Route.Query.lookUp.names).map(parameter),
                        answers: [answer(200, reference("Record"))]
                    ),
                    operation(
                        "delete",
                        "Delete a record with its picture",
                        parameters: [parameter("id")],
                        answers: [answer(200, reference("Done"))]
                    ),
                ]
            ),
            Path(
                path: "/api/statistics",
                operations: [
                    operation(
                        "get",
                        "The dashboard's statistics",
                        answers: [answer(200, reference("Statistics"))]
                    )
                ]
            ),
            Path(
                path: "/events",
                operations: [
                    operation(
                        "get",
                        "Server-sent events",
                        parameters: Route.Query.events.names.map(parameter),
                        answers: [
                            """
                            "200":{"description":"A stream that does not end","content":\
                            {"text/event-stream":{"schema":{"type":"string"}}}}
                            """
                        ]
                    )
                ]
            ),
        ]
    }

    static var blacklistPaths: [Path] {
        [
            Path(
                path: "/api/blacklist",
                operations: [
                    operation(
                        "get",
                        "Entries that count, newest first; with all=true every one",
                        parameters: Route.Query.blacklist.names.map {
                            parameter($0 == "match" ? "blacklist_match" : $0)
                        },
                        answers: [answer(200, reference("BlacklistPage"))]
                    ),
                    operation(
                        "post",
                        "List a plate, or many; NDJSON (application/x-ndjson) and CSV (text/csv) likewise",
                        body: """
                            "application/json":{"schema":{"anyOf":[\(reference("BlacklistDraft")),\
                            {"type":"array","minItems":1,"items":\(reference("BlacklistDraft"))}]}}
                            """,
                        answers: [
                            answer(
                                201,
                                "{\"anyOf\":[\(reference("Listed")),\(reference("ListedMany"))]}",
                                "Listed"
                            ),
                            answer(
                                207,
                                reference("ListedMany"),
                                "Some were listed; one answer for each, in order"
                            ),
                            answer(
                                400,
                                """
                                {"anyOf":[\(reference("Error")),\(reference("Failure")),\
                                \(reference("ListedMany"))]}
                                """,
                                "Refused"
                            ),
                        ]
                    ),
                ]
            ),
            Path(
                path: "/api/blacklist/{id}",
                operations: [
                    operation(
                        "delete",
                        "Take an entry off the list; it stays as history",
                        parameters: (["id"] + Route.Query.removal.names).map(parameter),
                        answers: [answer(200, reference("Done"))]
                    )
                ]
            ),
            Path(
                path: "/api/blacklist/statistics",
                operations: [
                    operation("get", "Statistics", answers: [answer(200, reference("Wrapped"))])
                ]
            ),
            Path(
                path: "/api/blacklist/detections",
                operations: [
                    operation(
                        "get",
                        "Records of listed plates, newest first",
                        parameters: Route.Query.hours.names.map(parameter),
                        answers: [answer(200, list("detections", "Record"))]
                    )
                ]
            ),
        ]
    }

    static var cameraPaths: [Path] {
        [
            Path(
                path: "/api/cameras",
                operations: [
                    operation("get", "Cameras", answers: [answer(200, list("cameras", "Camera"))])
                ]
            ),
            Path(
                path: "/api/cameras/register",
                operations: [
                    operation(
                        "post",
                        "A camera says that it is there",
                        body: json(reference("Registration")),
                        answers: [answer(200, reference("Done"))]
                    )
                ]
            ),
            Path(
                path: "/api/detection",
                operations: [
                    operation(
                        "post",
                        "One record for each OCR result",
                        body: json(reference("Detection")),
                        answers: [answer(200, reference("Done"))]
                    )
                ]
            ),
            Path(
                path: "/api/health",
                operations: [
                    operation(
                        "post",
                        "A camera reports its health",
                        body: json(reference("HealthReport")),
                        answers: [answer(200, reference("Done"))]
                    )
                ]
            ),
            Path(
                path: "/api/test",
                operations: [
                    operation(
                        "get",
                        "Whether the server runs",
                        answers: [answer(200, reference("Done"))]
                    )
                ]
            ),
            Path(
                path: "/api/openapi.json",
                operations: [
                    operation(
                        "get",
                        "This document",
                        answers: [answer(200, "{\"type\":\"object\"}")]
                    )
                ]
            ),
        ]
    }

    static var healthPaths: [Path] {
        let wrapped = answer(200, reference("Wrapped"))
        return [
            Path(
                path: "/health/status",
                operations: [
                    operation(
                        "get",
                        "The newest check",
                        answers: [answer(200, reference("HealthCheck"))]
                    )
                ]
            ),
            Path(
                path: "/health/check",
                operations: [operation("post", "Check now", answers: [wrapped])]
            ),
            Path(
                path: "/health/history",
                operations: [
                    operation(
                        "get",
                        "Checks, newest first",
                        parameters: [parameter("history_hours")],
                        answers: [wrapped]
                    )
                ]
            ),
            Path(
                path: "/health/database/stats",
                operations: [operation("get", "The database's statistics", answers: [wrapped])]
            ),
            Path(
                path: "/health/database/cleanup",
                operations: [
                    operation(
                        "post",
                        "Remove what is older",
                        body: json(reference("CleanUp")),
                        answers: [wrapped]
                    )
                ]
            ),
            Path(
                path: "/health/database/optimize",
                operations: [
                    operation("post", "Bring indexes' statistics up to date", answers: [wrapped])
                ]
            ),
            Path(path: "/healthz", operations: [operation("get", "Alive", answers: [text200])]),
            Path(path: "/readyz", operations: [operation("get", "Ready", answers: [text200])]),
        ]
    }

    private static func list(_ name: String, _ schema: String) -> String {
        """
        {"type":"object","required":["\(name)"],"properties":{"\(name)":\
        {"type":"array","items":\(reference(schema))}}}
        """
    }
}
