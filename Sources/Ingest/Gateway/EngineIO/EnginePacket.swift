internal import Foundation

/// One packet of Engine.IO 4 (its protocol document, “Packet encoding”).
enum EnginePacket: Equatable {
    case open([UInt8])
    case close
    case ping([UInt8])
    case pong([UInt8])
    case message([UInt8])
    case binary([UInt8])
    case upgrade
    case noop

    /// A packet from its text; nil for anything else.
    init?(text: ArraySlice<UInt8>) {
        let data = Array(text.dropFirst())
        switch text.first {
        case UInt8(ascii: "1"): self = .close
        case UInt8(ascii: "2"): self = .ping(data)
        case UInt8(ascii: "3"): self = .pong(data)
        case UInt8(ascii: "4"): self = .message(data)
        case UInt8(ascii: "5"): self = .upgrade
        case UInt8(ascii: "6"): self = .noop
        default: return nil
        }
    }

    /// Bytes that it takes while it waits to be sent.
    var size: Int {
        switch self {
        case .message(let bytes), .binary(let bytes), .open(let bytes), .ping(let bytes),
            .pong(let bytes):
            bytes.count + 32
        case .close, .upgrade, .noop: 32
        }
    }

    /// As text; a binary packet as polling carries it, in base64.
    var text: [UInt8] {
        switch self {
        case .open(let data): [UInt8(ascii: "0")] + data
        case .close: [UInt8(ascii: "1")]
        case .ping(let data): [UInt8(ascii: "2")] + data
        case .pong(let data): [UInt8(ascii: "3")] + data
        case .message(let data): [UInt8(ascii: "4")] + data
        case .binary(let data): [UInt8(ascii: "b")] + Data(data).base64EncodedData()
        case .upgrade: [UInt8(ascii: "5")]
        case .noop: [UInt8(ascii: "6")]
        }
    }
}

/// Packets in the body of a polling request or answer: joined by the record separator.
enum EnginePayload {
    private static let separator: UInt8 = 0x1E

    static func encode(_ packets: [EnginePacket]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, packet) in packets.enumerated() {
            if index > 0 { bytes.append(separator) }
            bytes += packet.text
        }
        return bytes
    }

    /// The packets of a body; nil where any of it is none, or where there are more than a client that
    /// was away could have kept.
    ///
    /// Taken one by one: a body of nothing but separators must not cost many times its bytes.
    static func decode(_ body: [UInt8], packetsMax: Int = 100_000) -> [EnginePacket]? {
        var packets: [EnginePacket] = []
        var rest = body[...]
        while true {
            let part = rest.prefix { $0 != separator }
            guard packets.count < packetsMax, let packet = packet(part) else { return nil }
            packets.append(packet)
            guard part.endIndex < rest.endIndex else { return packets }
            rest = rest[(part.endIndex + 1)...]
        }
    }

    private static func packet(_ part: ArraySlice<UInt8>) -> EnginePacket? {
        guard part.first == UInt8(ascii: "b") else {
            // Bytes that are no UTF-8 would reach the application as text.
            guard String(validating: part, as: UTF8.self) != nil else { return nil }
            return EnginePacket(text: part)
        }
        return Data(base64Encoded: Data(part.dropFirst())).map { .binary(Array($0)) }
    }
}
