import Foundation
import Testing

@testable import lprserver

/// One database has one service, whatever path leads to it.
@Suite struct ProcessLockTests {
    @Test(arguments: [true, false])
    func aLinkLeadsToTheSameLock(isNew: Bool) throws {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appending(path: "lpr-\(UUID().uuidString)")
        defer { try? manager.removeItem(at: folder) }
        try manager.createDirectory(
            at: folder.appending(path: "real"),
            withIntermediateDirectories: true
        )
        func path(_ name: String) -> String { folder.appending(path: name).path }
        if !isNew { try Data().write(to: folder.appending(path: "real/l.db")) }
        let lock = try #require(try ProcessLock.ifFree(databasePath: path("real/l.db")))
        try manager.createSymbolicLink(atPath: path("other"), withDestinationPath: path("real"))
        try manager.createSymbolicLink(
            atPath: path("soft.db"),
            withDestinationPath: path("real/l.db")
        )
        try manager.linkItem(atPath: path("real/l.db"), toPath: path("hard.db"))
        for name in ["real/l.db", "other/l.db", "real/../other/l.db", "soft.db", "hard.db"] {
            #expect(try ProcessLock.ifFree(databasePath: path(name)) == nil, "\(name)")
        }
        #expect(try ProcessLock.ifFree(databasePath: path("real/another.db")) != nil)
        lock.release()
        for name in ["hard.db", "soft.db", "other/l.db"] {
            let next = try #require(try ProcessLock.ifFree(databasePath: path(name)), "\(name)")
            next.release()
        }
    }
}
