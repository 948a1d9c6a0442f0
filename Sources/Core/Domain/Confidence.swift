/// The confidence of a read, as the camera sent it.
public struct Confidence: Sendable, Hashable {
    /// The number as sent: a fraction (0–1) or a percentage (over 1–100).
    public let sent: Double

    /// In percent, 0–100, to three decimals (0.29 is 29 %): a value in 0…1 is a fraction.
    public var percent: Double {
        ((sent <= 1 ? sent * 100 : sent) * 1_000).rounded() / 1_000
    }

    /// A number up to 1.001 is the fraction 1, rounded by 32-bit arithmetic; likewise one over 100.
    ///
    /// Throws ``Refusal`` for NaN and for values outside 0–100; for a negative one, which cameras send if they did
    /// not measure it, its code is `not_measured`.
    public init(_ sent: Double, field: String = "confidence") throws(Refusal) {
        guard sent.isFinite, sent >= 0, sent <= 100.1 else {
            throw .invalid(
                field,
                sent < 0
                    ? "is negative, which means that it was not measured"
                    : "must be a number from 0 to 100 (0 to 1 is a fraction)",
                code: sent < 0 ? "not_measured" : "out_of_range"
            )
        }
        switch sent {
        case ...1: self.sent = sent
        case ...1.001: self.sent = 1
        default: self.sent = min(sent, 100)
        }
    }

    /// A number with a percent sign: half a percent must not be taken for the fraction ½.
    ///
    /// Throws ``Refusal`` like ``init(_:field:)``.
    public init(percent: Double, field: String = "confidence") throws(Refusal) {
        try self.init(percent <= 1 ? percent / 100 : percent, field: field)
    }

    /// A confidence from the database.
    init(kept sent: Double) {
        self.sent = sent
    }
}
