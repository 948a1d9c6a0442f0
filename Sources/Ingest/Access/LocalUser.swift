internal import Glibc

/// The user of a process on this machine, of whom the kernel itself gives evidence (`SO_PEERCRED`).
///
/// SAFETY: the buffer and the record are lent to `getpwuid_r` for one call; the name is copied before they end.
public struct LocalUser: Sendable, Equatable {
    /// The number by which the kernel knows the user.
    let id: UInt32

    /// The user of this process.
    public static var current: LocalUser { LocalUser(id: geteuid()) }

    /// Whether the user runs this process.
    var isOwner: Bool { id == geteuid() }
    /// Whether the user may do everything on this machine anyway.
    var isRoot: Bool { id == 0 }

    /// The user's name, or the number where it has none.
    var name: String {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        let count = buffer.count
        let failure = unsafe getpwuid_r(id, &entry, &buffer, count, &found)
        guard failure == 0, unsafe found != nil, let name = unsafe entry.pw_name else {
            return "uid \(id)"
        }
        return unsafe String(cString: name)
    }
}
