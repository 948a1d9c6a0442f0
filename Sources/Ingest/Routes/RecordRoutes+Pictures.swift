import Core

/// Pictures that arrive later than their reads: the body is the picture's bytes.
extension RecordRoutes {
    /// `PUT /api/records/{id}/pictures/{kind}`.
    func putPicture(_ request: Request) async throws(Refusal) -> Response {
        let id = try request.pathID("Record")
        return try await add(request, as: request.parameters.last ?? "", toRecord: id)
    }

    /// `POST /api/pictures?camera_id=…&event_id=…&kind=…`, for a camera that knows its own id of the read alone.
    func postPicture(_ request: Request) async throws(Refusal) -> Response {
        let camera = try Read.cameraID(request.text("camera_id") ?? "", limits: backend.limits)
        guard let event = try Read.eventID(request.text("event_id"), limits: backend.limits) else {
            throw .invalid("event_id", "is required", code: "required")
        }
        let id = try await backend.intake.recordID(
            cameraID: camera,
            eventID: event,
            for: request.principal
        )
        return try await add(request, as: request.text("kind") ?? "image", toRecord: id)
    }

    private func add(
        _ request: Request,
        as kind: String,
        toRecord id: Int64
    ) async throws(Refusal) -> Response {
        guard let subject = PictureSubject(rawValue: kind) else {
            let names = PictureSubject.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("kind", "must be one of \(names)", code: "unknown_choice")
        }
        guard !request.body.isEmpty else {
            throw Refusal(.invalid, "the body is empty; send the picture's bytes", code: "required")
        }
        let picture = try Picture(request.body, field: kind, limits: backend.limits)
        let isNew = try await backend.intake.keep(
            ReadPicture(picture, showing: subject),
            toRecord: id,
            from: request.principal
        )
        let damage = picture.damage
        return .json(isNew ? 201 : 200) { writer in
            writer.object { writer in
                writer.field("id", id)
                writer.field("kind", kind)
                writer.field("message", "Picture stored")
                if !isNew { writer.field("duplicate", true) }
                if let damage {
                    let refusal = Refusal.invalid(kind, damage, code: Warning.damaged)
                    writer.field([Warning(refusal, field: kind)])
                }
            }
        }
    }
}
