/// What a camera says of a read beyond the contract: an open JSON object within limits.
///
/// Members are kept as they were sent, in their order. Some names have a meaning, and accessors that take the forms in
/// which cameras write them (`ReadDetails+Fields.swift`).
public struct ReadDetails: Sendable {
    /// What was kept.
    public private(set) var members: [JSON.Member] = []
    private var bytes = 2
    private var values = 0

    /// No details.
    public init() {}

    /// Those that a record has (``Record/details``); none if they cannot be read.
    public init(json: String?) {
        guard let json, case .object(let members)? = try? JSONParser.parse(Array(json.utf8)) else {
            return
        }
        self.members = members
    }

    /// The last member of a name.
    public subscript(name: String) -> JSON? { members.last { $0.name == name }?.value }

    /// Adds a member; `null` adds nothing, and numbers that are none become `null` inside.
    ///
    /// Throws ``Refusal`` that names it if it breaks a limit; then it is left out, and smaller ones may follow.
    public mutating func add(_ name: String, _ value: JSON, limits: Limits) throws(Refusal) {
        var count = 0
        let kept = try ReadDetails.finite(value, name, level: 1, &count, limits)
        if case .null = kept { return }
        guard values + count <= limits.detailsValuesMax else {
            throw .invalid(
                name,
                "is left out: details may hold at most \(limits.detailsValuesMax) values",
                code: "too_many"
            )
        }
        let size = JSON.object([JSON.Member(name, kept)]).json.utf8.count
        guard bytes + size <= limits.detailsBytesMax else {
            throw .invalid(
                name,
                "is left out: details take at most \(limits.detailsBytesMax) bytes",
                code: "too_large"
            )
        }
        values += count
        bytes += size
        members.append(JSON.Member(name, kept))
    }

    private static func finite(
        _ value: JSON,
        _ name: String,
        level: Int,
        _ count: inout Int,
        _ limits: Limits
    ) throws(Refusal) -> JSON {
        count += 1
        switch value {
        case .number(let number): return number.isFinite ? value : .null
        case .null, .bool, .integer, .string: return value
        case .array, .object: break
        }
        guard level <= limits.detailsDepthMax else {
            throw .invalid(
                name,
                "is left out: details are nested at most \(limits.detailsDepthMax) levels deep",
                code: "too_deep"
            )
        }
        if case .array(var elements) = value {
            for index in elements.indices {
                elements[index] = try finite(
                    elements[index],
                    name,
                    level: level + 1,
                    &count,
                    limits
                )
            }
            return .array(elements)
        }
        guard case .object(var members) = value else { return value }
        for index in members.indices {
            members[index] = JSON.Member(
                members[index].name,
                try finite(members[index].value, name, level: level + 1, &count, limits)
            )
        }
        return .object(members)
    }
}
