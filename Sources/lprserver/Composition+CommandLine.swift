import Core
import Ingest

extension Composition {
    /// Answers a call of the command line as the service would, in this process; the caller has the lock.
    func answer(_ call: CommandCall) async throws -> (status: Int, body: [UInt8]) {
        let storage = try openStorage()
        let access = try makeAccess(storage)
        let followers = makeFollowers(of: storage)
        let monitor = makeMonitor(storage, followers)
        let backend = makeBackend(storage, followers, monitor)
        let router = Router(routes: Routes.all(backend, access))
        let answer: Result<(status: Int, body: [UInt8]), Refusal>
        do throws(Refusal) {
            answer = .success(try await router.respond(to: call, access.credentials))
        } catch {
            answer = .failure(error)
        }
        try await close(storage)
        return try answer.get()
    }
}
