import Mustache

/// What a template gets: print-ready values by name.
///
/// Mustache renders a tag that nobody knows as nothing, silently; the outermost view is asked last, so
/// it notes such names, and the page is refused.
final class View: MustacheParent {
    private let values: [String: Any]
    private(set) var unknownNames: Set<String> = []

    private let inner: (any MustacheParent)?

    /// A view of values, and of what `inner` knows.
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
