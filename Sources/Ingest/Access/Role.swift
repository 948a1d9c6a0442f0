/// What a caller may do at most; each role includes those before it.
public enum Role: Int, Sendable, Comparable, CaseIterable {
    /// Needs no credential, from anywhere.
    case anyone
    /// May send reads and health as itself.
    case camera
    /// May read pages, pictures and the API.
    case viewer
    /// May list and unlist plates, acknowledge alerts, delete.
    case `operator`
    /// May change credentials and retention.
    case admin

    /// Orders roles by what they may do.
    public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}
