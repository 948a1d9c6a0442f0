/// A password that the service invents for a person, who must change it at the first sign-in.
public enum OneTimePassword {
    /// Five groups of four letters and digits that are not mistaken for each other: 99 random bits.
    public static func make() -> String { ReadableCode.make(groups: 5) }
}
