internal import Core

/// Text of the event stream format (HTML Living Standard, §9.2.5).
enum ServerSentEvent {
    /// What every stream begins with: bytes at once, so that proxies pass the headers on, and how long
    /// a browser waits before it connects again.
    static let greeting = Array(": connected\nretry: 2000\n\n".utf8)
    /// A comment, which browsers ignore and which keeps proxies from giving up.
    static let heartbeat = Array(": \n\n".utf8)

    /// A comment that names the events that a client missed because they were pruned.
    static func lost(_ ids: ClosedRange<Int64>) -> [UInt8] {
        Array(": events \(ids.lowerBound) to \(ids.upperBound) are no longer kept\n\n".utf8)
    }

    /// One event.
    ///
    /// Its JSON is one line: a line break in it would end the field.
    static func text(_ event: Event) -> [UInt8] {
        let json = event.json.utf8.lazy.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        var bytes = Array("event: \(event.kind.rawValue)\nid: \(event.id)\ndata: ".utf8)
        bytes.append(contentsOf: json)
        bytes.append(contentsOf: [0x0A, 0x0A])
        return bytes
    }
}
