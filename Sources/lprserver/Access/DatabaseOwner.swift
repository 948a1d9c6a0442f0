import Foundation

/// The user to whom a database belongs.
///
/// SAFETY: the record is lent to the kernel for the length of one call.
struct DatabaseOwner {
    private let user: uid_t
    private let group: gid_t

    /// The owner of the file, or of the folder in which it would be made; nil if there is neither.
    init?(databasePath: String) {
        var url = URL(fileURLWithPath: databasePath).resolvingSymlinksInPath()
        while true {
            var found = stat()
            if unsafe stat(url.path, &found) == 0 {
                (user, group) = (found.st_uid, found.st_gid)
                return
            }
            guard url.path != "/" else { return nil }
            url.deleteLastPathComponent()
        }
    }

    /// Acts as this user from now on, if root runs this process: what is made beside the database must be readable
    /// for the service.
    func assume() throws(CommandFailure) {
        guard geteuid() == 0, user != 0 else { return }
        guard setegid(group) == 0, seteuid(user) == 0 else {
            throw CommandFailure("cannot act as the database's owner, user \(user)")
        }
    }
}
