/// How often a camera was refused for one reason on one day, and what the last one was.
public struct RefusalCount: Sendable, Equatable {
    /// The camera's name.
    public let cameraID: String
    /// The day, on the site's calendar.
    public let day: Day
    /// The last refusal of these, and how many they are.
    public internal(set) var refusal: CameraRefusal
}

/// The last refusal of a camera, as its page and `GET /api/cameras` show it.
public struct CameraRefusal: Sendable, Equatable {
    /// ``Refusal/code``.
    public let code: String
    /// ``Refusal/field``.
    public let field: String?
    /// ``Refusal/message``.
    public let message: String
    /// When it was.
    public let at: Timestamp
    /// How often the camera was refused for the same reason on that day.
    public internal(set) var count: Int
}
