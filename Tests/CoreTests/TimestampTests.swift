import Core
import Foundation
import Seeded
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-23T10:11:12.345Z", 1_795_428_672_345),
        ("2026-11-23T17:11:12.345+07:00", 1_795_428_672_345),
        ("2026-11-23 10:11:12.345678", 1_795_428_672_345),
        ("2026-11-23T10:11:12", 1_795_428_672_000),
        ("2024-02-29T23:59:60Z", 1_709_251_199_000),
        ("2026-11-23T10:11:12.3-0130", 1_795_434_072_300),
    ])
    func instantsAreParsed(_ text: String, _ milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:00X", "2026-1-1T0:0:0Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+7", "1969-12-31T23:59:59Z",
        "2026-01-01T00:00:00Z and more", "２０２６-01-01T00:00:00Z",
    ])
    func whatIsNoInstantIsRefused(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func parsingUndoesFormatting(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let instant = Timestamp(
            milliseconds: Int64.random(in: 0...253_402_300_799_999, using: &random)
        )
        #expect(Timestamp(rfc3339: instant.rfc3339) == instant)
    }

    @Test func yearsOfMoreThanFourDigitsAreWrittenOut() throws {
        let last = try #require(Day(year: 9_999, month: 12, day: 31))
        #expect(last.description == "9999-12-31")
        #expect(last.adding(days: 1).description == "10000-01-01")
        #expect(Day(daysSinceEpoch: -719_528).description == "0000-01-01")
        #expect(Day(daysSinceEpoch: -719_529).description == "-1-12-31")
    }

    @Test func daysAgreeWithFoundation() throws {
        let calendar = try #require(SiteCalendar(identifier: "Asia/Bangkok"))
        var foundation = Calendar(identifier: .gregorian)
        foundation.timeZone = calendar.timeZone
        for number in stride(from: Int64(0), to: 4_000_000_000_000, by: 86_399_987_123) {
            let parts = foundation.dateComponents(
                [.year, .month, .day, .hour],
                from: Date(timeIntervalSince1970: Double(number) / 1_000)
            )
            let instant = Timestamp(milliseconds: number)
            let day = calendar.day(of: instant)
            #expect([day.year, day.month, day.day] == [parts.year, parts.month, parts.day])
            #expect(calendar.hour(of: instant) == parts.hour)
            #expect(calendar.interval(of: day).contains(instant))
        }
    }

    @Test func aDayWithAClockChangeHas23Or25Hours() throws {
        let calendar = try #require(SiteCalendar(identifier: "Europe/Berlin"))
        func hours(_ text: String) throws -> Int64 {
            let span = calendar.interval(of: try #require(Day(text)))
            return (span.upperBound.milliseconds - span.lowerBound.milliseconds) / 3_600_000
        }
        #expect(try hours("2026-03-29") == 23)
        #expect(try hours("2026-10-25") == 25)
        #expect(try hours("2026-10-26") == 24)
    }

    @Test(arguments: [
        "2026-00-01", "2026-02-29", "2026-1-01", "26-01-01", "2026-01-01x", "+026-01-01",
    ])
    func daysThatDoNotExistAreRefused(_ text: String) {
        #expect(Day(text) == nil)
    }
}
