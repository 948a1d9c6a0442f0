import Core
import Foundation
import HTTPClient

/// A simulated camera at work: makes reads by the clock, queues each on disk, sends what waits.
///
/// One thread does all of it and rests in `poll`, so nothing is shared. A read is made late while a
/// connection is being tried, but its time is the one at which it was due.
struct CameraRun: ~Copyable {
    /// What is to be done.
    struct Plan {
        /// Makes a new connection's protocol, with so many reads unanswered at one time.
        let transport: (_ window: Int) -> any CameraTransport
        let server: ServerAddress
        /// Whether to be connected even when nothing waits.
        let staysConnected: Bool
        /// Reads a second.
        let rate: Double
        /// Reads to make; nil: without end.
        let count: Int?
        /// Reads that may wait on disk; with so many, none are made.
        let queueMax: Int
    }

    private static let connectMilliseconds = 10_000
    private static let answerTime = Duration.seconds(30)
    /// Reads made without a look at the connection.
    private static let madeAtOnceMax = 50

    /// Reads that are unanswered at one time.
    private static let windowReads = 32

    private let plan: Plan
    private var window = CameraRun.windowReads
    private var queue: ReadQueue
    private var maker: ReadMaker
    private var backoff = Backoff()
    private var tally = CameraStats()
    private var display = CameraDisplay()
    private var due = ContinuousClock.now

    init(plan: Plan, queue: consuming ReadQueue, maker: ReadMaker) {
        self.plan = plan
        self.queue = queue
        self.maker = maker
    }

    /// Works until all reads are made and the queue is empty.
    ///
    /// Throws ``QueueError`` where the disk fails, and ``Refusal`` where the server will never take this
    /// camera. What waits, waits on disk.
    mutating func run() throws -> CameraStats {
        while hasWork {
            do {
                guard try workUntilNeeded() else { break }
                try converse()
            } catch let fault as TransportFault {
                try rest(after: fault)
            }
        }
        display.show(tally.line(waiting: queue.count, state: "done"), force: true)
        return tally
    }

    private var makesMore: Bool { plan.count.map { tally.made < $0 } ?? true }
    private var timeToNext: Duration { ContinuousClock.now.duration(to: due) }
    private var hasWork: Bool { makesMore || queue.count > 0 }

    /// Makes reads until there is something to connect for; false where there will be nothing.
    private mutating func workUntilNeeded() throws -> Bool {
        while queue.count == 0, !plan.staysConnected {
            guard makesMore else { return false }
            Thread.sleep(for: timeToNext)
            try makeDue()
        }
        return true
    }

    /// Makes the reads that are due.
    private mutating func makeDue() throws(QueueError) {
        let step = Duration.seconds(1 / plan.rate)
        for _ in 0..<CameraRun.madeAtOnceMax where makesMore {
            let late = due.duration(to: .now)
            guard late >= .zero else { return }
            guard queue.count < plan.queueMax else {
                due = .now + step
                return
            }
            let now = Timestamp.now().milliseconds
            let seenAt = Timestamp(milliseconds: now - late.milliseconds)
            try queue.add(maker.read(at: seenAt))
            tally.made += 1
            due += step
        }
    }

    /// Connects, and sends what waits until there is no more work.
    ///
    /// Throws ``TransportFault`` where the conversation ends before.
    private mutating func converse() throws {
        show("connecting to \(plan.server.hostHeader)", force: true)
        let socket = try PlainSocket(plan.server, milliseconds: CameraRun.connectMilliseconds)
        var line = CameraConnection(transport: plan.transport(window), heardAt: .now)
        do {
            while hasWork {
                try makeDue()
                try line.fill(from: queue)
                try line.flush(to: socket)
                let rest = makesMore ? min(timeToNext, .seconds(1)) : .seconds(1)
                socket.wait(
                    line.hasOutput ? .toReadOrWrite : .toRead,
                    milliseconds: Int(max(0, rest.milliseconds))
                )
                if let bytes = try socket.read() { try take(try line.receive(bytes)) }
                guard
                    line.transport.isIdle || line.heardAt.duration(to: .now) < CameraRun.answerTime
                else { throw TransportFault(description: "the server does not answer") }
                show("connected")
            }
        } catch let fault as TransportFault
            where fault.seconds == nil && line.hasWorked && line.transport.isIdle
        {
            // An idle connection may end; the next one is tried at once, since this one worked.
        }
        line.transport.sayGoodbye()
        try? line.flush(to: socket)
    }

    private mutating func take(_ answers: [Answer]) throws {
        for answer in answers {
            switch (answer.verdict, answer.number) {
            case (.later(let why, let seconds), _):
                throw TransportFault(description: why, seconds: seconds ?? 0)
            case (.refused(let why), nil):
                throw Refusal(.invalid, "the server refuses this camera: \(why)")
            case (.kept, nil): break
            case (.kept, let number?):
                try queue.remove(number)
                tally.count(answer.verdict)
                backoff.reset()
            case (.refused, let number?):
                try queue.putAside(number)
                tally.count(answer.verdict)
                backoff.reset()
            }
        }
    }

    /// Goes on making reads until the server is to be tried again.
    private mutating func rest(after fault: TransportFault) throws {
        let until = ContinuousClock.now + backoff.next(atLeast: fault.seconds)
        display.isForced = true
        if fault.blamesOneOfMany { window = 1 }
        while .now < until {
            try makeDue()
            let left = ContinuousClock.now.duration(to: until)
            let seconds = Int((Double(left.milliseconds) / 1_000).rounded(.up))
            show("\(fault.description); next try in \(seconds) s")
            let rest = makesMore ? min(left, timeToNext) : left
            Thread.sleep(for: min(rest, .seconds(1)))
        }
    }

    private mutating func show(_ state: String, force: Bool = false) {
        display.show(tally.line(waiting: queue.count, state: state), force: force)
    }
}

extension Duration {
    /// Whole milliseconds, towards zero.
    var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}

extension Thread {
    /// Rests; not at all where the time is past.
    fileprivate static func sleep(for duration: Duration) {
        Thread.sleep(forTimeInterval: max(0, Double(duration.milliseconds) / 1_000))
    }
}
