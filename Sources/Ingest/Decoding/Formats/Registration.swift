import Core

extension MessageFormat {
    /// A camera says that it is there (`camera_register`, `POST /api/cameras/register`).
    static let registration = MessageFormat(
        name: "camera_register (camera_id)",
        recognises: { message in
            message.head.event == "camera_register"
                || message.head.path == "/api/cameras/register"
        },
        decode: { (message, decoder) throws(Refusal) in
            let id = try Read.cameraID(
                message.fields.requiredIdentifier("camera_id"),
                limits: decoder.limits
            )
            do throws(Refusal) {
                let checkpoint = try message.fields.identifier("checkpoint_id")
                return .registration(CameraRegistration(cameraID: id, checkpointID: checkpoint))
            } catch {
                throw error.of(id)
            }
        }
    )
}
