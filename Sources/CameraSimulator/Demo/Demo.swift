public import ArgumentParser
import Core
import Foundation
import HTTPClient
import Platform
import Synchronization

/// `lprserver demo`.
public struct Demo: AsyncParsableCommand, Sendable {
    /// What its help says.
    public static let configuration = CommandConfiguration(
        abstract: "Send a day of synthetic reads with drawn pictures to a running server.",
        discussion: """
            Everything goes through the public API, as from real cameras. Run twice on the same day with \
            the same seed, it doubles nothing: each read carries an event_id. The last three reads are a \
            late, a possible and a certain hit of the blacklist. On a terminal the cameras then go on with \
            reads of this moment (--live) until Ctrl-C.
            """
    )

    @Option(help: "Where the server is.")
    var server = "http://127.0.0.1:5000"

    @Option(help: "Cameras, 1 to 50.")
    var cameras = 12

    @Option(help: "Reads, spread over the last 24 hours.")
    var reads = 600

    @Option(help: "Reads of the day sent a second, 1 to 2000.")
    var rate = 40

    @Option(help: "Reads sent a second by --live, more than 0 and at most 2000.")
    var liveRate = 1.0

    @Option(help: "The same seed makes the same traffic.")
    var seed: UInt64 = 1

    @Flag(
        inversion: .prefixedNo,
        help: "Continue with live reads until Ctrl-C (default: on a terminal)."
    )
    var live: Bool?

    @Flag(help: "Send no pictures.")
    var noPictures = false

    /// A command whose options have their defaults.
    public init() {}

    /// Checks the options' ranges.
    public func validate() throws {
        guard ServerAddress(server) != nil else {
            throw ValidationError(
                "--server must be an address like http://127.0.0.1:5000 (the demo does not support TLS)"
            )
        }
        guard (1...50).contains(cameras) else { throw ValidationError("--cameras must be 1 to 50") }
        guard (0...1_000_000).contains(reads) else {
            throw ValidationError("--reads must be 0 to 1000000")
        }
        guard (1...2_000).contains(rate) else { throw ValidationError("--rate must be 1 to 2000") }
        guard liveRate > 0, liveRate <= 2_000 else {
            throw ValidationError("--live-rate must be more than 0 and at most 2000")
        }
    }

    /// Sends the day, then reads of this moment if asked to.
    public func run() async throws {
        guard let address = ServerAddress(server) else { return }
        let client = DemoClient(server: address)
        let work = Task {
            try await prepare(client)
            try await send(client)
        }
        let interrupt = Interrupt { work.cancel() }
        defer { interrupt.restore() }
        do {
            try await work.value
        } catch  where work.isCancelled {
            Terminal.say("\nstopped")
        } catch let fault as TransportFault {
            throw ValidationError(
                "\(server) does not answer (\(fault.description)); is `lprserver serve` running?"
            )
        }
    }

    /// Lists a few plates and registers the cameras.
    private func prepare(_ client: DemoClient) async throws {
        for plate in Traffic.listed {
            let outcome = try await client.post("/api/blacklist") { writer in
                writer.object { writer in
                    writer.field("license_plate_text", plate)
                    writer.field("reason", "รถหาย / stolen (demo)")
                    writer.field("added_by", "demo")
                }
            }
            Terminal.say(
                outcome == .accepted(duplicate: false) ? "listed \(plate)" : "\(plate) is listed"
            )
        }
        for camera in 0..<cameras {
            _ = try await client.post("/api/cameras/register") { writer in
                writer.object { writer in
                    writer.field("camera_id", name(camera))
                    writer.field("checkpoint_id", "CP\(camera / 4 + 1)")
                }
            }
            _ = try await client.post("/api/health") { writer in
                writer.object { writer in
                    writer.field("type", "health_check")
                    writer.field("camera_id", name(camera))
                    writer.field("component", "camera")
                    writer.field("status", camera == 7 ? "warning" : "healthy")
                    writer.field("message", camera == 7 ? "เลนส์สกปรก / lens is dirty" : "OK")
                }
            }
        }
    }

    private func name(_ camera: Int) -> String {
        "CAM" + String(repeating: "0", count: camera < 9 ? 2 : 1) + "\(camera + 1)"
    }

    private func send(_ client: DemoClient) async throws {
        let calendar = SiteCalendar(timeZone: .current)
        var traffic = Traffic(cameras: cameras, seed: seed)
        let tally = DemoStats(total: reads)
        let day = traffic.day(reads, endingAt: .now()) { calendar.hour(of: $0) }
        let began = ContinuousClock.now
        for (index, passage) in day.enumerated() {
            try await tally.waitForRoom(16)
            try await pace(index, began)
            let sending = tally.begin()
            Task { sending.end(with: await outcome(of: passage, client, calendar)) }
            if index % max(1, rate / 4) == 0 { tally.show() }
        }
        try await tally.waitForRoom(1)
        let end = Timestamp.now()
        for passage in traffic.hits(at: end, id: Traffic.prefix(seed, end)) {
            tally.begin().end(with: await outcome(of: passage, client, calendar))
        }
        tally.show()
        Terminal.say("")
        if let refusal = tally.firstRefusal {
            throw ValidationError("the server refused reads, the first because: \(refusal)")
        }
        let isLive = live ?? (isatty(STDOUT_FILENO) == 1)
        sayWhereToLook(isLive: isLive)
        while isLive {
            try await Task.sleep(for: .seconds(1 / liveRate))
            let passage = traffic.passage(
                at: .now(),
                id: "live-\(UInt64.random(in: .min ... .max))"
            )
            let sending = tally.begin()
            sending.end(with: await outcome(of: passage, client, calendar))
            try Task.checkCancellation()
            tally.show()
        }
    }

    /// Says which page to open and what is to be seen there.
    private func sayWhereToLook(isLive: Bool) {
        let root = server.hasSuffix("/") ? String(server.dropLast()) : server
        Terminal.say(
            """

            Open \(root)/alerts and look for (เปิดหน้านี้เพื่อดูรถในบัญชีดำ):
              ธน 7070  certain: read as it is in the blacklist (ตรง)
              บม 4521  possible: in the blacklist with เชียงใหม่, read without a province (อาจตรง)
              ทค 7788  late: captured \(Traffic.delayOfLateHit / 3_600) hours before it arrived, matched on arrival (มาช้า)
            The day as a whole: \(root)/dashboard

            """
        )
        Terminal.say(
            isLive
                ? "The cameras keep sending, \(liveRate.formatted()) read(s) a second, until Ctrl-C."
                : "The cameras are silent now and soon count as disconnected; `demo --live` keeps them alive."
        )
    }

    /// Waits until a read's turn at the chosen rate.
    private func pace(_ index: Int, _ began: ContinuousClock.Instant) async throws {
        let due = began + .seconds(Double(index) / Double(rate))
        if due > .now { try await Task.sleep(until: due, clock: .continuous) }
    }

    private func outcome(
        of passage: Traffic.Passage,
        _ client: DemoClient,
        _ calendar: SiteCalendar
    ) async -> DemoClient.Outcome {
        let place = Traffic.places[passage.camera % Traffic.places.count]
        let picture =
            noPictures
            ? nil
            : Data(
                Scene.png(
                    plate: passage.plate,
                    colour: passage.colour,
                    hour: calendar.hour(of: passage.seenAt)
                )
            ).base64EncodedString()
        do {
            return try await client.post("/api/records") { writer in
                writer.object { writer in
                    writer.field("camera_id", name(passage.camera))
                    writer.field("plate_number", passage.plate)
                    writer.field("confidence", passage.confidence)
                    writer.field("timestamp", passage.seenAt)
                    writer.field("location", place.name)
                    writer.field("location_lat", place.latitude)
                    writer.field("location_lon", place.longitude)
                    writer.field("event_id", passage.eventID)
                    if let picture { writer.field("image_data", picture) }
                }
            }
        } catch {
            return .refused("the server does not answer: \(error)")
        }
    }
}
