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
        let fields = try request.fields(limits: backend.limits)
        let id = try Read.cameraID(fields.requiredIdentifier("camera_id"), limits: backend.limits)
        do throws(Refusal) {
            try await backend.recorder.register(
                cameraID: id,
                checkpointID: fields.identifier("checkpoint_id")
            )
        } catch {
            throw error.of(id)
        }
        return .json { writer in
            writer.object { writer in
                writer.field("success", true)
                writer.field("message", "Camera \(id) registered successfully")
                writer.field("camera_id", id)
            }
        }
    }

    func detect(_ request: Request) async throws(Refusal) -> Response {
        let fields = try request.fields(limits: backend.limits, ofCamera: true)
        let detection = try backend.decoder(for: request).detection(fields, backend.now)
        let receipt = try await backend.recorder.record(detection)
        return .json { writer in
            writer.object { writer in
                writer.field("success", true)
                writer.field("message", "Detection stored with \(detection.reads.count) plates")
                writer.field("detection_id", receipt.id)
                writer.key("record_ids")
                writer.array(of: receipt.receipts) { $0.value($1.recordID) }
                writer.field(detection.warnings)
            }
        }
    }

    func report(_ request: Request) async throws(Refusal) -> Response {
        let fields = try request.fields(limits: backend.limits, ofCamera: true)
        var warnings = try backend.decoder(for: request).noWarnings
        let report = try fields.healthReport(
            receivedAt: backend.now,
            &warnings,
            limits: backend.limits
        )
        let list = warnings.list
        let id = try await backend.recorder.record(report)
        return .json { writer in
            writer.object { writer in
                writer.field("success", true)
                writer.field("message", "Health report stored")
                writer.field("health_id", id)
                writer.field(list)
            }
        }
    }
}
