/// How sure the camera is of a read, as it said it.
public struct Confidence: Sendable, Hashable {
    /// The number as it was sent: a fraction (0–1) or a percentage (over 1–100).
    public let sent: Double

    /// The same in percent, 0–100, to three places (0.29 is 29 %): a value in 0…1 is a fraction.
    public var percent: Double {
        ((sent <= 1 ? sent * 100 : sent) * 1_000).rounded() / 1_000
    }

    /// Throws ``Refusal`` for NaN and for values outside 0–100.
    public init(_ sent: Double, field: String = "confidence") throws(Refusal) {
        guard sent.isFinite, sent >= 0, sent <= 100 else {
            throw .invalid(field, "must be a number from 0 to 100 (0 to 1 is a fraction)")
        }
        self.sent = sent
    }

    /// A confidence that the store has kept.
    init(kept sent: Double) {
        self.sent = sent
    }
}
