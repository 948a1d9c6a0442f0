/// The validators of a file's version (RFC 9110 §8.8), and conditional requests.
struct Validators: Sendable {
    /// The strong tag, quotes included.
    let tag: String
    /// When the file was last changed.
    let modified: HTTPDate

    /// Validators of a file of this size, changed at this instant.
    init(size: Int, modifiedNanoseconds: Int) {
        tag = "\"\(String(size, radix: 16))-\(String(modifiedNanoseconds, radix: 16))\""
        modified = HTTPDate(seconds: modifiedNanoseconds / 1_000_000_000)
    }

    /// Whether the client's copy is current: 304 (RFC 9110 §13.2.2; the tag outranks the date).
    func areCurrent(in headers: Headers) -> Bool {
        let tags = headers.all("If-None-Match")
        guard tags.isEmpty else { return tags.contains { matches($0) } }
        guard let text = headers["If-Modified-Since"], let date = HTTPDate(text) else {
            return false
        }
        return modified <= date
    }

    /// Whether to send a range: there is no `If-Range`, or it names this version (RFC 9110 §13.1.5).
    func allowRange(_ headers: Headers) -> Bool {
        guard let condition = headers["If-Range"] else { return true }
        return condition == tag || HTTPDate(condition) == modified
    }

    private func matches(_ list: String) -> Bool {
        list.split(separator: ",").contains { candidate in
            let candidate = candidate.filter { $0 != " " }
            return candidate == "*" || candidate == tag || candidate == "W/\(tag)"
        }
    }
}
