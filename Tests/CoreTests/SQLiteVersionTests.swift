import Foundation
import GRDB
import Testing

@testable import Core

/// `script/test --sqlite` runs the store's tests on other versions of SQLite than the system's.
@Suite struct SQLiteVersionTests {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["LPR_TEST_SQLITE"] != nil))
    func theVersionThatIsMeantIsTheOneInUse() async throws {
        let meant = ProcessInfo.processInfo.environment["LPR_TEST_SQLITE"]
        let site = try TestSite()
        let used = try await site.store.read {
            try String.fetchOne($0.db, sql: "SELECT sqlite_version()")
        }
        #expect(used == meant)
        try await site.close()
    }
}
