extension OpenAPIDocument {
    private static let done = "\"204\":{\"description\":\"Done\"}"

    private static func jsonBody(_ schema: String) -> String {
        "\"application/json\":{\"schema\":\(reference(schema))}"
    }

    static var accessPaths: [Path] { sessionPaths + peoplePaths + tokenPaths }

    private static var sessionPaths: [Path] {
        [
            Path(
                path: "/api/session",
                operations: [
                    operation(
                        "post",
                        "Sign in; the session is in the cookie",
                        body: jsonBody("SignIn"),
                        answers: [
                            answer(200, reference("Session")),
                            "\"303\":{\"description\":\"Signed in, for the form of a page\"}",
                            tooMany,
                        ]
                    ),
                    operation("get", "Who asks", answers: [answer(200, reference("Session"))]),
                    operation("delete", "Sign out", answers: [done]),
                ]
            ),
            Path(
                path: "/api/sign-out",
                operations: [
                    operation(
                        "post",
                        "Sign out, for a page without JavaScript",
                        answers: ["\"303\":{\"description\":\"Signed out\"}"]
                    )
                ]
            ),
            Path(
                path: "/api/sessions",
                operations: [operation("delete", "Sign out everywhere", answers: [done, conflict])]
            ),
            Path(
                path: "/api/session/password",
                operations: [
                    operation(
                        "put",
                        "Change one's own password; one's other sessions end",
                        body: jsonBody("NewPassword"),
                        answers: [done, conflict, tooMany]
                    )
                ]
            ),
            Path(
                path: "/api/session/second-factor",
                operations: [
                    operation(
                        "post",
                        "A new secret for the app that shows codes",
                        body: jsonBody("Password"),
                        answers: [
                            answer(200, reference("FactorSecret")), conflict,
                            tooMany,
                        ]
                    ),
                    operation(
                        "put",
                        "Confirm it with a code; the answer has the recovery codes, once",
                        body: jsonBody("Code"),
                        answers: [answer(200, reference("RecoveryCodes")), conflict]
                    ),
                    operation(
                        "delete",
                        "Turn it off",
                        body: jsonBody("Password"),
                        answers: [done, conflict, tooMany]
                    ),
                ]
            ),
            Path(
                path: "/api/access",
                operations: [
                    operation("get", "Whether who asks may read; for nginx", answers: [done])
                ]
            ),
        ]
    }

    private static let tooMany = "\"429\":{\"$ref\":\"#/components/responses/Error\"}"

    private static let conflict = "\"409\":{\"$ref\":\"#/components/responses/Error\"}"

    private static var peoplePaths: [Path] {
        [
            Path(
                path: "/api/users",
                operations: [
                    operation("get", "The people", answers: [answer(200, reference("People"))]),
                    operation(
                        "post",
                        "Add a person; without a password, the answer has one for one sign-in",
                        body: jsonBody("NewPerson"),
                        answers: [answer(201, reference("Person")), conflict]
                    ),
                ]
            ),
            Path(
                path: "/api/users/{name}",
                operations: [
                    operation(
                        "patch",
                        "Change a person",
                        parameters: [parameter("name")],
                        body: jsonBody("PersonChange"),
                        answers: [answer(200, reference("Person")), conflict]
                    ),
                    operation(
                        "delete",
                        "Remove a person",
                        parameters: [parameter("name")],
                        answers: [done, conflict]
                    ),
                ]
            ),
            Path(
                path: "/api/users/{name}/sessions",
                operations: [
                    operation(
                        "get",
                        "A person's sessions",
                        parameters: [parameter("name")],
                        answers: [answer(200, "{\"type\":\"object\",\"required\":[\"sessions\"]}")]
                    ),
                    operation(
                        "delete",
                        "Sign a person out everywhere",
                        parameters: [parameter("name")],
                        answers: [answer(200, "{\"type\":\"object\",\"required\":[\"ended\"]}")]
                    ),
                ]
            ),
        ]
    }

    private static var tokenPaths: [Path] {
        [
            Path(
                path: "/api/tokens",
                operations: [
                    operation(
                        "get",
                        "The tokens, without their secrets",
                        answers: [answer(200, "{\"type\":\"object\",\"required\":[\"tokens\"]}")]
                    ),
                    operation(
                        "post",
                        "Make a token; the answer has it, once",
                        body: jsonBody("NewToken"),
                        answers: [answer(201, reference("MadeToken")), conflict]
                    ),
                ]
            ),
            Path(
                path: "/api/tokens/{name}",
                operations: [
                    operation(
                        "delete",
                        "Revoke a token",
                        parameters: [parameter("name")],
                        answers: [done]
                    )
                ]
            ),
        ]
    }

    static let securitySchemes = """
        "bearer":{"type":"http","scheme":"bearer","description":"A token"},
        "basic":{"type":"http","scheme":"basic","description":"Any name, the token as password"},
        "cookie":{"type":"apiKey","in":"cookie","name":"lprserver_session","description":"A signed-in person"},
        "query":{"type":"apiKey","in":"query","name":"token","description":"A token; calls of cameras and sockets only"}
        """

    static let accessSchemas = """
        "SignIn":{"type":"object","required":["name","password"],"properties":{"name":{"type":"string"},
        "password":{"type":"string"},"code":{"type":"string"}}},
        "Session":{"type":"object","required":["id","name","role","kind","expires_at","must_change_password",
        "second_factor","needs_second_factor"],"properties":{"kind":{"enum":["person","token","local","network"]}}},
        "Password":{"type":"object","required":["password"],"properties":{"password":{"type":"string"}}},
        "NewPassword":{"type":"object","required":["password","new_password"],"properties":{
        "password":{"type":"string"},"new_password":{"type":"string"}}},
        "Code":{"type":"object","required":["code"],"properties":{"code":{"type":"string"}}},
        "FactorSecret":{"type":"object","required":["secret","uri"]},
        "RecoveryCodes":{"type":"object","required":["recovery_codes"]},
        "Person":{"type":"object","required":["id","name","role"],"properties":{
        "role":{"enum":["viewer","operator","admin"]}}},
        "People":{"type":"object","required":["users"],"properties":{"users":{"type":"array","items":\(reference("Person"))}}},
        "NewPerson":{"type":"object","required":["name","role"],"properties":{"name":{"type":"string"},
        "role":{"type":"string"},"password":{"type":["string","null"]}}},
        "PersonChange":{"type":"object","properties":{"role":{"type":["string","null"]},"enabled":{"type":["boolean","null"]},
        "password":{"type":["string","null"]},"reset_password":{"type":["boolean","null"]},"second_factor":{"enum":[false,null]}}},
        "NewToken":{"type":"object","required":["name","role"],"properties":{"name":{"type":"string"},
        "role":{"type":"string"},"cameras":{"type":["array","null"],"items":{"type":"string"}},
        "expires_at":{"type":["string","null"]},"expires_in":{"type":["string","null"]}}},
        "MadeToken":{"type":"object","required":["id","name","role","cameras","expires_at","token"]}
        """
}
