/// The number of a camera's refusals with one code on one day, and the last of them.
public struct RefusalCount: Sendable, Equatable {
    /// The camera's name.
    public let cameraID: String
    /// The local day.
    public let day: Day
    /// The last of these refusals, with their number.
    public internal(set) var refusal: CameraRefusal
}

/// The last refusal of a camera, as shown on its page and by `GET /api/cameras`.
public struct CameraRefusal: Sendable, Equatable {
    /// ``Refusal/code``.
    public let code: String
    /// ``Refusal/field``.
    public let field: String?
    /// ``Refusal/message``.
    public let message: String
    /// When it happened.
    public let at: Timestamp
    /// The camera's refusals with the same code on that day.
    public internal(set) var count: Int
}
