/// Why a listener could not start.
public enum ListenError: Error, Sendable, Equatable {
    /// The setting is not an IP address.
    case notAnAddress(String)
    /// Other machines can reach the address, and there is no admin who could let them in.
    case needsAdmin(String)
    /// The same for the camera gateway's address, without networks of cameras either.
    case needsNetworks(String)
    /// Other machines can reach the address, and plain HTTP was not allowed.
    case needsTLS(String)
    /// Another program listens on the port.
    case portTaken(String, Int)
    /// The address is on no network interface of this machine.
    case notOurs(String)
    /// Ports below 1024 need a privilege.
    case notPermitted(String, Int)
    /// Another process listens on the Unix socket.
    case socketTaken(String)
    /// Another file has the name of the Unix socket.
    case notASocket(String)
    /// The path of the Unix socket is longer than the system allows.
    case pathTooLong(String)
    /// Any other error, with the system's message.
    case system(String)
}

extension ListenError: CustomStringConvertible {
    /// One sentence that says what to do.
    public var description: String {
        switch self {
        case .notAnAddress(let text):
            "cannot listen on \"\(text)\": not an IP address; use 127.0.0.1 or ::1"
        case .needsAdmin(let text):
            """
            refusing to listen on \(text): other machines could reach it, and there is no admin who could let \
            them in; run `lprserver user add NAME --role admin` first, or keep 127.0.0.1 and put nginx in front
            """
        case .needsNetworks(let text):
            """
            refusing to listen for cameras on \(text): other machines could reach it; name the networks \
            that the cameras are in, for example CAMERA_NETWORKS=10.20.0.0/16, or run \
            `lprserver user add NAME --role admin` first and give each camera a token, or keep 127.0.0.1
            """
        case .needsTLS(let text):
            """
            refusing to listen on \(text) without TLS: passwords and tokens could be read on the network; keep \
            127.0.0.1 and put nginx with TLS in front, or set PLAIN_HTTP=allowed
            """
        case .portTaken(let address, let port):
            "port \(port) on \(address) is taken by another program; stop it or choose another port"
        case .notOurs(let address):
            "cannot listen on \(address): this machine has no such address; use 127.0.0.1 or ::1"
        case .notPermitted(let address, let port):
            "not permitted to listen on port \(port) of \(address); choose a port above 1023"
        case .socketTaken(let path):
            "another process listens on \(path); stop it, or choose another DATABASE_URL"
        case .notASocket(let path):
            "\(path) is not a socket; move it away: the service listens for the command line there"
        case .pathTooLong(let path):
            """
            \(path) has \(path.utf8.count) bytes, but the path of a socket may have \(CommandSocket.pathBytesMax) \
            at most; choose a shorter DATABASE_URL
            """
        case .system(let reason):
            "cannot listen: \(reason)"
        }
    }
}
