import Seeded
import Testing

@testable import Core

@Suite struct GuessLimiterTests {
    private let limiter = GuessLimiter(seed: 1)
    private let start = Timestamp(milliseconds: 1_800_000_000_000)

    /// Whether an attempt with a wrong password is admitted.
    private func guess(_ name: String, _ address: String, _ now: Timestamp) -> Bool {
        guard limiter.retryAfterSeconds(name: name, address: address, now: now) == nil else {
            return false
        }
        limiter.failed(name: name, address: address, now: now)
        return true
    }

    private func signIn(_ name: String, _ address: String, _ now: Timestamp) -> Bool {
        guard limiter.retryAfterSeconds(name: name, address: address, now: now) == nil else {
            return false
        }
        limiter.succeeded(name: name, address: address, now: now)
        return true
    }

    @Test func fiveMistakesAreFreeAndThenTheDelayGrows() {
        var now = start
        for _ in 0..<5 { #expect(guess("malee", "10.0.0.1", now)) }
        for seconds in [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            #expect(
                limiter.retryAfterSeconds(name: "malee", address: "10.0.0.1", now: now) == seconds
            )
            now = now.adding(seconds: seconds)
            #expect(guess("malee", "10.0.0.1", now))
        }
    }

    @Test func guessesSentAtOnceAreCountedAtOnce() {
        let admitted = (0..<100).filter { _ in
            limiter.retryAfterSeconds(name: "malee", address: "10.0.0.1", now: start) == nil
        }
        #expect(admitted.count == 5)
    }

    @Test func aNameIsOneHoweverItIsWritten() {
        for _ in 0..<5 { #expect(guess("malee", "10.0.0.1", start)) }
        for spelling in ["MALEE", " malee ", "ｍａｌｅｅ", "Ｍalee"] {
            #expect(!guess(spelling, "10.0.0.2", start))
        }
    }

    @Test func oneAddressGuessesManyNamesNoFaster() {
        let admitted = (0..<1_000).filter { guess("name\($0)", "10.0.0.1", start) }
        #expect(admitted.count <= 20)
    }

    @Test(arguments: [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
        ("2001:db8:1:2::1", "2001:0DB8:0001:0002:0:0:0:7", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("::1", "::2", true), ("::1", "1::", false), ("10.0.0.1", "10.0.0.2", false),
        ("x::y", "x::z", false),
    ])
    func anAddressOfIPv6CountsAsItsNetwork(one: String, other: String, areOne: Bool) {
        #expect((AddressBlock.of(one) == AddressBlock.of(other)) == areOne)
    }

    @Test func strangersCannotLockAPersonOutOfAUsualPlace() {
        #expect(signIn("malee", "10.0.0.1", start))
        // A second's flood from a thousand addresses, on her name and on others.
        for sender in 0..<1_000 {
            let address = "10.9.\(sender / 250).\(sender % 250)"
            _ = guess("malee", address, start)
            _ = guess("name\(sender)", address, start)
        }
        #expect(!guess("malee", "10.0.0.2", start))
        // She mistypes twice, and is in.
        #expect(guess("malee", "10.0.0.1", start))
        #expect(guess("malee", "10.0.0.1", start))
        #expect(signIn("malee", "10.0.0.1", start))
        // Even a colleague at her address delays her by a minute at most.
        for _ in 0..<1_000 { _ = guess("malee", "10.0.0.1", start) }
        let wait = limiter.retryAfterSeconds(name: "malee", address: "10.0.0.1", now: start)
        #expect((1...60).contains(wait ?? 0))
    }

    @Test func anotherNameAtAUsualPlaceIsAStranger() {
        #expect(signIn("malee", "10.0.0.1", start))
        let admitted = (0..<100).filter { _ in guess("wichai", "10.0.0.1", start) }
        #expect(admitted.count == 5)
    }

    @Test func ownSuccessesBuyNoGuesses() {
        // Who has an account signs in between guesses at another's name, from one address.
        var now = start
        var admitted = 0
        for round in 0..<600 {
            now = start.adding(seconds: round * 6)
            _ = signIn("wichai", "10.0.0.1", now)
            if guess("malee", "10.0.0.1", now) { admitted += 1 }
        }
        #expect(admitted <= 20)
    }

    /// From however many addresses: per name about a hundred a day.
    @Test func aNameIsGuessedAboutAHundredTimesADay() {
        var admitted = 0
        for second in 0..<86_400 where second % 5 == 0 {
            if guess(
                "malee",
                "10.\(second >> 16).\(second >> 8 & 255).\(second & 255)",
                start.adding(seconds: second)
            ) {
                admitted += 1
            }
        }
        #expect((50...130).contains(admitted), "\(admitted)")
    }

    @Test func aFloodIsAdmittedOnceASecondAndANewAddressFirst() {
        var now = start
        var admitted = 0
        for second in 0..<200 {
            now = now.adding(seconds: 1)
            for sender in 0..<100 where guess("n\(second)-\(sender)", "10.7.0.\(sender)", now) {
                admitted += 1
            }
        }
        // All of the hundred had their turn; a person from elsewhere is admitted at once.
        #expect((190...220).contains(admitted), "\(admitted)")
        #expect(signIn("somsri", "192.0.2.7", now))
    }

    @Test func fewAttemptsOfStrangersAreUnderWayAtOnce() {
        #expect(signIn("malee", "10.0.0.1", start))
        let ask = { (number: Int, now: Timestamp) in
            limiter.retryAfterSeconds(name: "n\(number)", address: "10.1.0.\(number)", now: now)
        }
        // A slow machine: nothing has been examined yet.
        let admitted = (0..<20).filter { ask($0, start) == nil }
        #expect(admitted.count == 8)
        #expect(ask(30, start.adding(seconds: 30)) == 1)
        #expect(guess("malee", "10.0.0.1", start))
        limiter.failed(name: "n0", address: "10.1.0.0", now: start.adding(seconds: 30))
        #expect(ask(31, start.adding(seconds: 30)) == nil)
        #expect(ask(32, start.adding(seconds: 30)) == 1)
        // Those that were never reported do not count forever.
        #expect(ask(33, start.adding(seconds: 90)) == nil)
    }

    @Test func mistakesAreForgotten() {
        for _ in 0..<5 { #expect(guess("malee", "10.0.0.1", start)) }
        #expect(!guess("malee", "10.0.0.1", start))
        let later = start.adding(seconds: 5 * 3_600)
        for _ in 0..<5 { #expect(guess("malee", "10.0.0.1", later)) }
        #expect(!guess("malee", "10.0.0.1", later))
    }

    @Test func whatWasNotExaminedDoesNotCount() {
        for _ in 0..<200 {
            #expect(
                limiter.retryAfterSeconds(name: "malee", address: "10.0.0.1", now: start) == nil
            )
            limiter.abandoned(name: "malee", address: "10.0.0.1", now: start)
        }
    }

    @Test(arguments: [-86_400 * 365, -60, 60, 86_400 * 365])
    func aStepOfTheClockLocksNoneOut(seconds: Int) {
        for _ in 0..<5 { #expect(guess("malee", "10.0.0.1", start)) }
        let stepped = start.adding(seconds: seconds)
        let wait = limiter.retryAfterSeconds(name: "malee", address: "10.0.0.1", now: stepped)
        #expect((wait ?? 0) <= 2)
        if wait == nil { limiter.abandoned(name: "malee", address: "10.0.0.1", now: stepped) }
        #expect(guess("malee", "10.0.0.1", stepped.adding(seconds: 2)))
    }

    @Test func usualPlacesAreBounded() {
        #expect(signIn("malee", "10.0.0.1", start))
        var now = start
        for place in 0..<100 {
            now = now.adding(seconds: 10)
            #expect(signIn("wichai", "10.1.0.\(place)", now))
        }
        #expect(limiter.usualPlaceCount == 11)
        for person in 0..<1_100 {
            now = now.adding(seconds: 10)
            #expect(signIn("person\(person)", "10.2.\(person / 250).\(person % 250)", now))
        }
        #expect(limiter.usualPlaceCount == 1_000)
    }

    /// Whatever is done in whatever order: a delay is never longer than its longest, an announced wait is enough for
    /// the caller that waits alone, and a name is admitted no more often than its allowance.
    @Test(arguments: 0..<100 as Range<UInt64>)
    func promisesHoldForRandomAttempts(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limiter = GuessLimiter(seed: seed)
        var now = start
        var guesses: [String: Int] = [:]
        let names = (0..<5).map { "name\($0)" }
        var usual: Set<String> = []
        for _ in 0..<500 {
            now = now.adding(seconds: Int.random(in: 0...3, using: &random))
            let name = names[Int.random(in: 0..<5, using: &random)]
            let address = "10.0.0.\(Int.random(in: 0..<6, using: &random))"
            let wait = limiter.retryAfterSeconds(name: name, address: address, now: now)
            if let wait {
                #expect((1...3_600).contains(wait))
                let then = now.adding(seconds: wait)
                if Int.random(in: 0..<20, using: &random) == 0 {
                    now = then
                    #expect(
                        limiter.retryAfterSeconds(name: name, address: address, now: then) == nil
                    )
                    limiter.abandoned(name: name, address: address, now: then)
                }
                continue
            }
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                limiter.succeeded(name: name, address: address, now: now)
                usual.insert("\(name)@\(address)")
            case 1: limiter.abandoned(name: name, address: address, now: now)
            default:
                limiter.failed(name: name, address: address, now: now)
                if !usual.contains("\(name)@\(address)") { guesses[name, default: 0] += 1 }
            }
        }
        let hours = Int((now.milliseconds - start.milliseconds) / 3_600_000)
        for name in names {
            #expect(guesses[name, default: 0] <= 16 + 5 * (hours + 1), "\(name) in \(hours) h")
        }
    }
}
