/// A camera that says that it is there, and at which checkpoint.
public struct CameraRegistration: Sendable, Equatable {
    /// The camera's name.
    public let cameraID: String
    /// The checkpoint's name.
    public let checkpointID: String?

    /// Throws ``Refusal`` if a name is too long.
    public init(cameraID: String, checkpointID: String?, limits: Limits) throws(Refusal) {
        self.cameraID = try Read.cameraID(cameraID, limits: limits)
        self.checkpointID = try FieldText.optional(
            checkpointID,
            field: "checkpoint_id",
            max: limits.cameraIDCharactersMax
        )
    }
}
