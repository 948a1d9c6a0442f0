/// What a picture of a read shows.
public enum PictureSubject: String, Sendable, CaseIterable {
    /// The read's own picture, of which its sender did not say what it shows.
    case image
    /// The whole scene.
    case scene
    /// The vehicle alone.
    case vehicle
    /// The plate alone.
    case plate
}

/// A picture that comes with a read.
public struct ReadPicture: Sendable {
    /// What it shows.
    public let subject: PictureSubject
    /// The picture.
    public let picture: Picture

    /// A picture with what it shows.
    public init(_ picture: Picture, showing subject: PictureSubject = .image) {
        self.picture = picture
        self.subject = subject
    }
}

/// A picture that is in a file.
public struct KeptPicture: Sendable, Equatable {
    /// What it shows.
    public let subject: PictureSubject
    /// The path below the picture folder (`2026/11/23/….jpg`).
    public let path: String

    /// A picture's file.
    public init(_ subject: PictureSubject, _ path: String) {
        self.subject = subject
        self.path = path
    }
}
