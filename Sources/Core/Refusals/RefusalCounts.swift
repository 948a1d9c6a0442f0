internal import Synchronization

/// Counts the refusals of cameras in memory until they are written.
///
/// A camera that repeats an invalid read as fast as it can costs an addition each, and one commit per
/// `refusalWriteSeconds`.
public final class RefusalCounts: Sendable {
    private struct Key: Hashable {
        let cameraID: String
        let code: String
        let day: Day
    }

    /// Characters of a field's name or a message that are stored.
    static let fieldCharactersMax = 60
    static let messageCharactersMax = 200

    private let recorder: Recorder
    private let counts = Mutex<[Key: RefusalCount]>([:])

    /// Counters that a recorder will write.
    public init(recorder: Recorder) { self.recorder = recorder }

    /// Counts equal refusals of a camera; those without a camera are not counted.
    ///
    /// Unknown cameras are dropped when the counts are written. If there are too many kinds at once, new ones are not
    /// counted until then.
    ///
    /// Without an instant they are of the present.
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

    /// Whether there are unwritten counts.
    public var hasCounts: Bool { counts.withLock { !$0.isEmpty } }

    /// Writes the counts; those that could not be written are kept and tried again by the next call.
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
