import Core

/// Gathers what is wrong with the optional parts of a read, so that the rest of it is kept; or refuses it for them, if
/// its sender wants that (`?strict=1`).
struct Warnings: Sendable {
    private(set) var list: [Warning] = []
    private let isStrict: Bool
    private let max: Int

    init(isStrict: Bool, limits: Limits) {
        self.isStrict = isStrict
        max = limits.warningsMax
    }

    /// An optional field; nil if it is invalid, which is noted.
    ///
    /// Throws ``Refusal`` if it is invalid and the sender is strict.
    mutating func optional<T>(
        _ field: String,
        _ value: () throws(Refusal) -> T?
    ) throws(Refusal) -> T? {
        do throws(Refusal) {
            return try value()
        } catch {
            try note(error, field)
            return nil
        }
    }

    /// Notes a problem of an optional field.
    mutating func note(_ refusal: Refusal, _ field: String) throws(Refusal) {
        if isStrict { throw refusal }
        if list.count < max { list.append(Warning(refusal, field: field)) }
    }

    /// Adds the warnings of a part beyond `shared`, with which it began.
    mutating func add(_ part: Warnings, after shared: Warnings) {
        guard part.list.count > shared.list.count else { return }
        list += part.list.dropFirst(shared.list.count).prefix(max - list.count)
    }
}
