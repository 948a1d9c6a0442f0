internal import Core

/// `/api/access`: what nginx asks before it serves a page or a picture (`auth_request`).
///
/// The route's permission is the answer: the gate's refusals (401, 403) are verdicts, too. nginx may keep each for a
/// second, so that a page's pictures are one question and a revoked credential is soon refused.
struct VerdictRoute: Sendable {
    static let path = "/api/access"

    /// How long nginx may go on by the last verdict while the service is away, in seconds: half a day.
    private static let staleSecondsMax: Int64 = 12 * 3_600

    let access: AccessControl
    let lookUps: LookUps

    /// 204 with the principal's name, percent-encoded, for nginx's log, and its id.
    ///
    /// The verdict outlives the service, but not the session or the token (RFC 5861 §4).
    func get(_ request: Request) async throws(Refusal) -> Response {
        try await lookUps.keepPictureOfProxy(request)
        let end = access.credentials.snapshot.end(of: request.admission.claim.shown)
        let left = end.map {
            max(0, ($0.milliseconds - access.credentials.now.milliseconds) / 1_000)
        }
        let stale = min(left ?? Self.staleSecondsMax, Self.staleSecondsMax)
        return Response(
            status: 204,
            headers: [
                ("X-Principal", PercentEncoding.encode(request.principal.name)),
                ("X-Principal-ID", request.principal.id),
                ("Cache-Control", "max-age=1, stale-if-error=\(stale)"),
                Self.vary,
            ]
        )
    }

    /// What other caches must know: the verdict is about the caller.
    private static let vary = (name: "Vary", value: "Cookie, Authorization, X-Forwarded-For")

    /// Whether a refusal is about the client, and not about the picture that it opens without a purpose.
    private static func isVerdict(_ refusal: Refusal) -> Bool {
        [401, 403].contains(refusal.status) && refusal.code != "purpose_required"
    }

    /// Names a refusal's code, by which nginx words its own answer, and lets nginx keep a verdict, which replaces the
    /// permission that it may have kept before.
    static func complete(_ response: inout Response, _ refusal: Refusal) {
        response.headers.append((name: "X-Refusal", value: refusal.code))
        guard isVerdict(refusal) else { return }
        response.headers.removeAll { $0.name == "Cache-Control" }
        response.headers += [(name: "Cache-Control", value: "max-age=1"), vary]
    }
}
