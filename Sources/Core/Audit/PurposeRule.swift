/// Whether a look-up of a plate must say what for (`PURPOSE`).
public enum PurposeRule: String, Sendable, CaseIterable {
    /// It need not.
    case off
    /// The console asks once in a session; calls of programs need none.
    case ask
    /// It must, or it is refused.
    case required
}
