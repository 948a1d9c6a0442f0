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
            return try Refusal.naming(id) { () throws(Refusal) in
                .registration(
                    try CameraRegistration(
                        cameraID: id,
                        checkpointID: message.fields.identifier("checkpoint_id"),
                        limits: decoder.limits
                    )
                )
            }
        }
    )
}
