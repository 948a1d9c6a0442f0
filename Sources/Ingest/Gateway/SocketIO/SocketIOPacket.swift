internal import Core

/// What one packet may cost.
struct SocketIOBounds {
    /// Attachments: the protocol's usual bound.
    var attachmentsMax = 10
    /// Bytes of all attachments of a packet.
    var attachmentBytesMax = 14 * 1_024 * 1_024
    /// Bytes of a namespace's name.
    var namespaceBytesMax = 200
    /// Levels of nesting.
    var depthMax = 32
    /// JSON values.
    var valuesMax = 100_000
}

/// One packet of Socket.IO 5 (its protocol document, “Packet encoding”), without its attachments.
struct SocketIOPacket: Equatable {
    /// What a packet is; raw values are the protocol's.
    enum Kind: UInt8 {
        case connect = 0
        case disconnect = 1
        case event = 2
        case ack = 3
        case connectError = 4
        case binaryEvent = 5
        case binaryAck = 6
    }

    var kind: Kind
    var namespace = "/"
    /// Which acknowledgement is asked for, or given.
    var id: Int?
    /// How many binary messages follow.
    var attachments = 0
    var payload: JSON?

    /// Names that the protocol keeps for itself.
    private static let reserved: Set<String> = [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    ]

    init(_ kind: Kind, namespace: String = "/", id: Int? = nil, payload: JSON? = nil) {
        self.kind = kind
        self.namespace = namespace
        self.id = id
        self.payload = payload
    }

    /// A packet from its text; nil for whatever the protocol does not allow.
    init?(_ text: [UInt8], bounds: SocketIOBounds) {
        var reader = Reader(text: text)
        guard let digit = reader.digit(), let kind = Kind(rawValue: digit) else { return nil }
        self.kind = kind
        if kind == .binaryEvent || kind == .binaryAck {
            guard let count = reader.number(before: UInt8(ascii: "-")),
                count <= bounds.attachmentsMax
            else { return nil }
            attachments = count
        }
        if reader.next == UInt8(ascii: "/") {
            guard let name = reader.name(bytesMax: bounds.namespaceBytesMax) else { return nil }
            // A query behind the name is the client's affair.
            namespace = String(name.prefix { $0 != "?" })
        }
        id = reader.number()
        if !reader.rest.isEmpty {
            guard
                let json = try? JSONParser.parse(
                    text,
                    in: reader.position..<text.count,
                    depthMax: bounds.depthMax,
                    valuesMax: bounds.valuesMax,
                    takesNonFinite: true
                )
            else { return nil }
            payload = json
        }
        guard isValid else { return nil }
    }

    private var isValid: Bool {
        switch kind {
        case .connect:
            if case .object? = payload { return true }
            return payload == nil
        case .disconnect: return payload == nil
        case .connectError: return false
        case .event, .binaryEvent:
            guard case .array(let arguments)? = payload, case .string(let name)? = arguments.first
            else { return false }
            return !Self.reserved.contains(name)
        case .ack, .binaryAck:
            guard case .array? = payload, id != nil else { return false }
            return true
        }
    }

    /// As text, without the `4` of Engine.IO's message.
    var text: [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "0") + kind.rawValue]
        if kind == .binaryEvent || kind == .binaryAck { bytes += Array("\(attachments)-".utf8) }
        if namespace != "/" { bytes += Array("\(namespace),".utf8) }
        if let id { bytes += Array("\(id)".utf8) }
        if let payload { bytes += Array(payload.json.utf8) }
        return bytes
    }

    /// Reads a packet's head byte by byte.
    private struct Reader {
        let text: [UInt8]
        var position = 0

        var next: UInt8? { position < text.count ? text[position] : nil }
        var rest: ArraySlice<UInt8> { text[position...] }

        mutating func digit() -> UInt8? {
            guard let byte = next, (0x30...0x39).contains(byte) else { return nil }
            position += 1
            return byte - 0x30
        }

        /// An integer of at most 15 digits; nil, and nothing consumed, if there is none.
        mutating func number() -> Int? {
            var value: Int?
            var digits = 0
            while digits < 15, let digit = digit() {
                value = (value ?? 0) * 10 + Int(digit)
                digits += 1
            }
            return value
        }

        mutating func number(before mark: UInt8) -> Int? {
            guard let number = number(), next == mark else { return nil }
            position += 1
            return number
        }

        /// `/name`, with the comma behind it or the end.
        mutating func name(bytesMax: Int) -> String? {
            let name = rest.prefix { $0 != UInt8(ascii: ",") }
            guard name.count <= bytesMax else { return nil }
            position += name.count
            if next != nil { position += 1 }
            return String(validating: name, as: UTF8.self)
        }
    }
}
