internal import Core

/// Where a browser is sent that asks for a page which it may not see: to sign in, or to what the person must do first.
///
/// Programs, and a browser's requests for anything but a page, get the refusal itself.
struct Detour: Sendable, Equatable {
    private let page: String

    /// Returns nil if the refusal is the answer.
    init?(_ refusal: Refusal, _ match: Router.Match, _ headers: Headers) {
        guard case .staticFile = match, headers["Accept"]?.contains("text/html") == true else {
            return nil
        }
        if refusal == .credentialNeeded {
            page = "/sign-in"
        } else if ["password_change_needed", "second_factor_needed"].contains(refusal.code) {
            page = "/account"
        } else {
            return nil
        }
    }

    /// The redirection, which leads back afterwards to what was asked for.
    func response(from target: RequestTarget) -> Response {
        let segments = target.path.split(separator: "/").map { PercentEncoding.encode(String($0)) }
        let query = String(decoding: target.query, as: UTF8.self)
        let wanted = "/\(segments.joined(separator: "/"))" + (query.isEmpty ? "" : "?\(query)")
        return Response(
            status: 303,
            headers: [
                ("Location", "\(page)?to=\(PercentEncoding.encode(wanted))"),
                ("Cache-Control", "no-store"),
            ]
        )
    }
}
