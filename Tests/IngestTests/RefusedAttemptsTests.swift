import Core
import Testing

@testable import Ingest

@Suite struct RefusedAttemptsTests {
    private func attempt(
        _ address: String = "10.0.0.7",
        _ code: String = "unauthenticated",
        place: String = "/api/records"
    ) -> RefusedAttempts.Attempt {
        RefusedAttempts.Attempt(
            principal: "stranger",
            name: "not signed in",
            role: nil,
            address: address,
            code: code,
            place: place
        )
    }

    @Test func aThousandFromOneAddressAreOneEntryAndOneWithTheirCount() {
        var attempts = RefusedAttempts(limits: Limits())
        let first = attempts.add(attempt(), count: 1, now: 5)
        #expect(first?.count == 1 && first?.outcome == .refused && first?.code == "unauthenticated")
        #expect(first?.actor.address == "10.0.0.7" && first?.subject == "/api/records")
        for index in 0..<1_000 {
            #expect(attempts.add(attempt(), count: 1, now: 6 + Int64(index)) == nil)
        }
        #expect(attempts.takeDue(now: 60_004).isEmpty)
        #expect(attempts.takeDue(now: 60_005).map(\.count) == [1_000])
        #expect(!attempts.isEmpty)
        #expect(attempts.takeDue(now: 120_005).isEmpty && attempts.isEmpty)
    }

    @Test func aThousandAddressesAreFewEntriesThatCountAll() {
        var attempts = RefusedAttempts(limits: Limits())
        var events: [AuditEvent] = []
        for second in 0..<60 {
            for host in 0..<1_000 {
                let one = attempt("10.1.\(host / 250).\(host % 250)")
                if let event = attempts.add(one, count: 1, now: Int64(second * 1_000)) {
                    events.append(event)
                }
            }
            events += attempts.takeDue(now: Int64(second * 1_000 + 999))
        }
        events += attempts.takeAll(now: 60_000)
        #expect(events.reduce(0) { $0 + $1.count } == 60_000)
        #expect(events.count <= 2 * Limits().refusedAttemptKindsMax + 2)
        #expect(events.contains { $0.detail == "from 984 addresses" })
        #expect(attempts.isEmpty)
    }

    @Test func aRefusedSignInIsOne() {
        var attempts = RefusedAttempts(limits: Limits())
        let event = attempts.add(attempt(place: "/api/session"), count: 1, now: 0)
        #expect(event?.action == "session.begin" && event?.subject == nil)
    }

    @Test(arguments: [
        (Refusal(.unauthenticated, "x"), true), (Refusal(.forbidden, "x"), true),
        (Refusal(.invalid, "x"), false), (Refusal(.busy, "x"), false),
        (Refusal(.notFound, "x"), false),
    ])
    func onlyRefusalsOfClientsCount(refusal: Refusal, counts: Bool) {
        #expect(refusal.isOfClient == counts)
    }

    @Test func whoIsKnownIsNamed() {
        let known = Principal(id: "token:4", name: "gate", role: .camera)
        let refusal = Refusal.notPermitted(known)
        let attempt = refusal.attempt(by: nil, from: .loopback, at: "/api/audit")
        #expect(attempt.principal == "token:4" && attempt.role == "camera")
        let other = Refusal(.unauthenticated, "x").attempt(by: nil, from: .loopback, at: "/")
        #expect(other.principal == "stranger")
        // A person who is not signed in is known by the name.
        let actor = Actor(id: "person:3", name: "malee", address: nil, role: "viewer")
        let named = Refusal(.unauthenticated, "x").by(actor)
        let signIn = named.attempt(by: .stranger, from: .loopback, at: "/api/session")
        #expect(signIn.principal == "person:3" && signIn.name == "malee")
    }
}
