import Core
import Logging

extension Request {
    /// The body as a JSON object; no body at all counts as `{}` where `allowsNone`.
    ///
    /// A camera may write `NaN` (``JSONParser``).
    func fields(limits: Limits, allowsNone: Bool = false, ofCamera: Bool = false) throws(Refusal)
        -> Fields
    {
        if allowsNone, body.isEmpty { return try Fields(.object([])) }
        guard !body.isEmpty else {
            throw Refusal(.invalid, "the body is empty; send a JSON object")
        }
        return try Fields(
            JSONParser.parse(body, depthMax: limits.jsonDepthMax, takesNonFinite: ofCamera)
        )
    }

    /// The id in the path; anything but a positive integer is not found.
    func pathID(_ what: String) throws(Refusal) -> Int64 {
        guard let text = parameters.first, let id = Int64(text), id > 0 else {
            throw Refusal(.notFound, "\(what) not found: its id is an integer from 1")
        }
        return id
    }

    /// An integer of the query; an empty value counts as absent.
    func number(_ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let text = query[name], !text.isEmpty else { return nil }
        let number = Int(text)
        guard let number, range.contains(number) else {
            throw .invalid(
                name,
                "must be an integer from \(range.lowerBound) to \(range.upperBound)",
                code: number == nil ? "not_a_number" : "out_of_range"
            )
        }
        return number
    }

    /// A string of the query; an empty value counts as absent.
    func text(_ name: String) -> String? {
        guard let text = query[name], !text.isEmpty else { return nil }
        return text
    }

    /// A boolean of the query; an empty value counts as absent.
    func boolean(_ name: String) throws(Refusal) -> Bool? {
        guard let text = text(name) else { return nil }
        switch text.lowercased() {
        case "true", "1", "yes": return true
        case "false", "0", "no": return false
        default: throw .invalid(name, "must be true or false", code: "not_a_boolean")
        }
    }

    /// Who asks, for the audit log.
    ///
    /// A purpose that is malformed is left out here; look-ups refuse it.
    var actor: Actor {
        let purpose = try? purpose()
        return principal.actor(address: client.logged, purpose: purpose ?? nil)
    }
}

extension Backend {
    /// The decoder for a request, which may want to be refused for wrong optional parts (`?strict=1`).
    func decoder(for request: Request) throws(Refusal) -> ReadDecoder {
        guard try request.boolean("strict") == true else { return decoder }
        var strict = decoder
        strict.isStrict = true
        return strict
    }
}

extension JSONWriter {
    /// Writes what was wrong with optional parts, if anything was.
    mutating func field(_ warnings: [Warning]) {
        guard !warnings.isEmpty else { return }
        key("warnings")
        warnings.write(to: &self)
    }
}

/// Reads from the store; errors are internal, and only logged.
func reading<T: Sendable>(
    _ backend: Backend,
    _ body: @escaping @Sendable (any StoreSnapshot) throws -> T
) async throws(Refusal) -> T {
    do {
        return try await backend.store.read(body)
    } catch let refusal as Refusal {
        throw refusal
    } catch {
        backend.logger.error("the database could not be read", metadata: ["error": "\(error)"])
        throw Refusal(.storage, "the database could not be read; try again in a moment")
    }
}
