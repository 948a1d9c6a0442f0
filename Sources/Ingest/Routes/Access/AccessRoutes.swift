import Core

/// The rows of the route table about people, tokens and sessions.
enum AccessRoutes {
    /// The limit of a body with a few fields.
    private static let small = 64 * 1_024

    static func all(_ backend: Backend, _ access: AccessControl) -> [Route] {
        sessions(backend, access) + administration(backend, access) + [
            Route(
                .get,
                VerdictRoute.path,
                needs: .read,
                query: .any,
                VerdictRoute(access: access, lookUps: backend.lookUps).get
            )
        ]
    }

    private static func sessions(_ backend: Backend, _ access: AccessControl) -> [Route] {
        let routes = SessionRoutes(backend: backend, access: access)
        let factor = SecondFactorRoutes(session: routes)
        let (session, secondFactor) = ("/api/session", "/api/session/second-factor")
        return [
            Route(.post, session, needs: .signIn, bodyLimit: small, routes.signIn),
            Route(.get, session, needs: .connect, routes.get),
            Route(.delete, session, needs: .signIn, routes.signOut),
            Route(.post, "/api/sign-out", needs: .signIn, bodyLimit: small, routes.signOut),
            Route(.delete, "/api/sessions", needs: .connect, routes.signOutEverywhere),
            Route(
                .put,
                "/api/session/password",
                needs: .connect,
                bodyLimit: small,
                routes.changePassword
            ),
            Route(.post, secondFactor, needs: .connect, bodyLimit: small, factor.begin),
            Route(.put, secondFactor, needs: .connect, bodyLimit: small, factor.confirm),
            Route(.delete, secondFactor, needs: .connect, bodyLimit: small, factor.end),
        ]
    }

    private static func administration(_ backend: Backend, _ access: AccessControl) -> [Route] {
        let people = PeopleRoutes(backend: backend, access: access)
        let tokens = TokenRoutes(backend: backend, access: access)
        let person = "/api/users/{name}"
        let admin = Permission.administer
        return [
            Route(.get, "/api/users", needs: admin, people.list),
            Route(.post, "/api/users", needs: admin, bodyLimit: small, people.add),
            Route(.patch, person, needs: admin, bodyLimit: small, people.change),
            Route(.delete, person, needs: admin, people.remove),
            Route(.get, "\(person)/sessions", needs: admin, people.sessions),
            Route(.delete, "\(person)/sessions", needs: admin, people.endSessions),
            Route(.get, "/api/tokens", needs: admin, tokens.list),
            Route(.post, "/api/tokens", needs: admin, bodyLimit: small, tokens.add),
            Route(.delete, "/api/tokens/{name}", needs: admin, tokens.revoke),
        ]
    }
}
