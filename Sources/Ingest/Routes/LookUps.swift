public import Core

/// Writes questions about plates into the audit, before they are answered.
///
/// An answer is given only once the entry is on disk. Entries of questions that are asked at once share a commit with
/// one another and with reads, so that they cost no more than a read does.
public struct LookUps: Sendable {
    private let recorder: Recorder
    private let rule: PurposeRule

    /// Writes to a recorder's audit, by a rule about purposes.
    public init(_ recorder: Recorder, rule: PurposeRule = .off) {
        (self.recorder, self.rule) = (recorder, rule)
    }

    /// Keeps that a question is asked; returns once that is on disk.
    ///
    /// Throws ``Refusal`` if it has no purpose though it must, or if it could not be kept: then it must not be answered.
    func keep(
        _ request: Request,
        _ action: String,
        subject: String?,
        detail: String? = nil
    ) async throws(Refusal) {
        try checkPurpose(of: request)
        do throws(Refusal) {
            try await recorder.audit(
                AuditEvent(request.actor, action, subject: subject, detail: detail)
            )
        } catch {
            guard error.kind == .storage else { throw error }
            throw Refusal(
                .storage,
                "the question could not be written to the audit, and is not answered without; try again in a moment",
                code: "audit_failed"
            )
        }
    }

    /// Keeps that a picture is opened by itself; one that is part of a page is a part of what the page shows.
    ///
    /// Browsers say which it is (`Sec-Fetch-Dest`); without, it counts as opened by itself.
    func keepPicture(_ request: Request) async throws(Refusal) {
        try await keepPicture(request, for: request.headers["Sec-Fetch-Dest"])
    }

    /// The same for a picture that nginx serves, which asks before and says for what (`X-Original-URI`,
    /// `X-Original-Dest`).
    func keepPictureOfProxy(_ request: Request) async throws(Refusal) {
        guard let original = request.headers["X-Original-URI"] else { return }
        let target = try RequestTarget(Array(original.utf8))
        guard target.path.hasPrefix("/images/") else { return }
        let picture = Request(
            id: request.id,
            method: .get,
            path: target.path,
            query: try QueryItems(bytes: target.query),
            headers: request.headers,
            admission: request.admission
        )
        try await keepPicture(picture, for: request.headers["X-Original-Dest"])
    }

    private func keepPicture(_ request: Request, for destination: String?) async throws(Refusal) {
        switch destination {
        case nil, "", "document": try await keep(request, "picture.open", subject: request.path)
        default: return
        }
    }

    private func checkPurpose(of request: Request) throws(Refusal) {
        let purpose = try request.purpose()
        switch rule {
        case .off: return
        case .required where purpose != nil: return
        case .ask where !request.isOfConsole || request.mentionsPurpose: return
        case .required, .ask:
            throw Refusal(
                .forbidden,
                "say what you look this up for: with the parameter purpose, or the header X-Purpose",
                field: "purpose",
                code: "purpose_required"
            )
        }
    }
}

extension Request {
    /// The name of the parameter of a purpose, and of the header.
    private static let purposeParameter = "purpose"
    private static let purposeHeader = "X-Purpose"

    /// What it is asked for: the parameter, else the header, which may be percent-encoded; nil if neither says anything.
    ///
    /// Throws ``Refusal`` for one that is too long or malformed.
    func purpose() throws(Refusal) -> String? {
        let max = Limits.purposeCharactersMax
        if let text = query[Self.purposeParameter],
            let purpose = try FieldText.optional(text, field: Self.purposeParameter, max: max)
        {
            return purpose
        }
        guard let header = headers[Self.purposeHeader] else { return nil }
        guard let bytes = PercentDecoding.decode(Array(header.utf8)[...], plusIsSpace: false),
            let text = String(validating: bytes, as: UTF8.self)
        else {
            throw .invalid(Self.purposeHeader, "must be percent-encoded UTF-8", code: "not_utf8")
        }
        return try FieldText.optional(text, field: Self.purposeHeader, max: max)
    }

    /// Whether it has a purpose, if an empty one: the person was asked.
    fileprivate var mentionsPurpose: Bool {
        query[Self.purposeParameter] != nil || headers[Self.purposeHeader] != nil
    }

    /// Whether a script of a page asks, which can ask its reader.
    fileprivate var isOfConsole: Bool { headers["Sec-Fetch-Mode"] == "cors" }

    /// The question as the audit keeps it: its parameters but for the purpose, which stands beside it.
    var question: String? {
        let parts = query.items.filter { $0.name != Self.purposeParameter && !$0.value.isEmpty }
            .map { "\($0.name)=\($0.value)" }
        return parts.isEmpty ? nil : parts.joined(separator: "&")
    }
}
