import Mustache

/// The values of a template by name, formatted for output.
///
/// Mustache silently renders an unknown tag as nothing; the outermost view is asked last, so it records such names,
/// and the page is refused.
final class View: MustacheParent {
    private let values: [String: Any]
    private(set) var unknownNames: Set<String> = []

    private let inner: (any MustacheParent)?

    /// A view of values, on top of `inner`.
    init(_ values: [String: Any], inner: (any MustacheParent)? = nil) {
        self.values = values
        self.inner = inner
    }

    func child(named name: String) -> Any? {
        if let value = values[name] ?? inner?.child(named: name) { return value }
        unknownNames.insert(name)
        return nil
    }
}
