internal import Synchronization

/// Counts what cameras are refused, in memory, until it is written.
///
/// A camera that repeats a wrong read as fast as it can costs an addition for each, and one commit in
/// `refusalWriteSeconds`.
public final class RefusalCounts: Sendable {
    private struct Key: Hashable {
        let cameraID: String
        let code: String
        let day: Day
    }

    /// Characters of a field's name or a message that are kept.
    static let fieldCharactersMax = 60
    static let messageCharactersMax = 200

    private let recorder: Recorder
    private let counts = Mutex<[Key: RefusalCount]>([:])

    /// Counters that a recorder will write.
    public init(recorder: Recorder) { self.recorder = recorder }

    /// Counts refusals of a camera that were the same; those without a camera are not counted.
    ///
    /// Whether there is such a camera is not known here; what is counted for others is dropped when it is written. If
    /// there are too many kinds at once, new ones are not counted until then.
    ///
    /// They are of the present if no instant is given.
    public func add(_ refusal: Refusal, at instant: Timestamp? = nil, count: Int = 1) {
        guard let cameraID = refusal.cameraID else { return }
        let instant = instant ?? recorder.clock()
        let day = recorder.store.calendar.day(of: instant)
        let counted = CameraRefusal(
            code: refusal.code,
            field: refusal.field.map { Self.cut($0, to: Self.fieldCharactersMax) },
            message: Self.cut(refusal.message, to: Self.messageCharactersMax),
            at: instant,
            count: count
        )
        merge(RefusalCount(cameraID: cameraID, day: day, refusal: counted))
    }

    private static func cut(_ text: String, to max: Int) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(max)))
    }

    /// Whether something waits to be written.
    public var hasCounts: Bool { counts.withLock { !$0.isEmpty } }

    /// Writes what was counted; what could not be written is counted on, and tried again by the next call.
    ///
    /// Throws what the recorder throws.
    public func write() async throws(Refusal) {
        let taken = counts.withLock { counts in
            defer { counts = [:] }
            return Array(counts.values)
        }
        guard !taken.isEmpty else { return }
        do throws(Refusal) {
            try await recorder.record(taken)
        } catch {
            for count in taken { merge(count) }
            throw error
        }
    }

    private func merge(_ new: RefusalCount) {
        let kindsMax = recorder.store.limits.refusalKindsMax
        let key = Key(cameraID: new.cameraID, code: new.refusal.code, day: new.day)
        counts.withLock { counts in
            guard let known = counts[key]?.refusal else {
                if counts.count < kindsMax { counts[key] = new }
                return
            }
            if new.refusal.at >= known.at { counts[key] = new }
            counts[key]?.refusal.count = known.count + new.refusal.count
        }
    }
}
