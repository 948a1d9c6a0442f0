import Mustache

/// What a template gets: print-ready values by name.
///
/// Mustache renders a tag that nobody knows as nothing, silently; the outermost view is asked last, so
/// it notes such names, and the page is refused.
final class View: MustacheParent {
    private let values: [String: Any]
    private(set) var unknownNames: Set<String> = []

    init(_ values: [String: Any]) {
        self.values = values
    }

    func child(named name: String) -> Any? {
        if let value = values[name] { return value }
        unknownNames.insert(name)
        return nil
    }
}
