@testable import Ingest

/// The table of routes over a store that is thrown away.
enum RouteTable {
    /// Those of the service and of the gateway.
    static func all() async throws -> [Route] {
        let service = try TestService()
        let routes = service.routes
        try await service.stop()
        return routes
    }

    static func routes() async throws -> [Route] {
        let service = try TestService()
        let routes = Routes.all(service.backend, service.access)
        try await service.stop()
        return routes
    }
}
