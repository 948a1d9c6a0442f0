internal import Foundation

/// The Unix socket beside a database, on which a running service listens for the command line.
///
/// Only processes of its own user and of root may connect; they need no credential.
public struct CommandSocket: Sendable, Equatable {
    /// The maximum length of a path in bytes (unix(7)).
    static let pathBytesMax = 107

    /// The path.
    public let path: String

    /// The socket of a database: its path without symbolic links, and `.sock`.
    ///
    /// Throws ``ListenError/pathTooLong(_:)``.
    public init(databasePath: String) throws(ListenError) {
        path = URL(fileURLWithPath: databasePath).resolvingSymlinksInPath().path + ".sock"
        guard path.utf8.count <= Self.pathBytesMax else { throw .pathTooLong(path) }
    }
}

/// Where a listener listens.
public enum ListenPlace: Sendable {
    /// An address and a port; port 0: any free one.
    case network(ListenAddress, port: Int)
    /// A Unix socket.
    case unixSocket(CommandSocket)

    var isUnixSocket: Bool { if case .unixSocket = self { true } else { false } }
}
