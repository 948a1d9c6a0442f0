import Core

/// The cameras' messages other than reads, and the list of cameras.
struct CameraRoutes: Sendable {
    let backend: Backend

    func list(_ request: Request) async throws(Refusal) -> Response {
        let cameras = try await reading(backend) { try $0.cameras() }
        return .json { writer in
            writer.object { writer in
                writer.key("cameras")
                writer.array(of: cameras) { $1.write(to: &$0) }
            }
        }
    }

    func register(_ request: Request) async throws(Refusal) -> Response {
        try await keep(request, as: .registration, takesNonFinite: false)
    }

    func detect(_ request: Request) async throws(Refusal) -> Response {
        try await keep(request, as: .detectionResult)
    }

    func report(_ request: Request) async throws(Refusal) -> Response {
        try await keep(request, as: .healthCheck)
    }

    private func keep(
        _ request: Request,
        as format: MessageFormat,
        takesNonFinite: Bool = true
    ) async throws(Refusal) -> Response {
        let message = Message(
            head: PayloadHead(request),
            fields: try request.fields(limits: backend.limits, ofCamera: takesNonFinite),
            receivedAt: backend.now
        )
        let decoded = try format.decode(message, backend.decoder(for: request))
        let kept = try await backend.intake.keep(decoded, from: request.principal)
        return .acknowledgement(200, kept)
    }
}
