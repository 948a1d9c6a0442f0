import Core

/// What is sent to sign in: JSON by a script, or a form by a page.
struct SignInForm: Sendable {
    let name: String
    let password: String
    let code: String?
    /// The path to go to afterwards; always one of this site.
    let destination: String
    /// Whether a page asks, to be answered with a page.
    let isPage: Bool

    init(_ request: Request, limits: Limits) throws(Refusal) {
        isPage = request.media.name == "application/x-www-form-urlencoded"
        if isPage {
            let form = try QueryItems(bytes: request.body[...])
            name = form["name"] ?? ""
            password = form["password"] ?? ""
            code = form["code"].map(FieldText.trimming)
            destination = Self.local(form["to"])
        } else {
            let fields = try request.fields(limits: limits)
            name = try fields.requiredText("name")
            password = try fields.requiredText("password")
            code = try fields.identifier("code").map(FieldText.trimming)
            destination = "/"
        }
    }

    /// A path of this site; `/` for anything that a browser might take for another one's.
    static func local(_ text: String?) -> String {
        guard let text, text.utf8.count <= 2_000, text.hasPrefix("/"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
            !text.hasPrefix("//"), !text.hasPrefix("/sign-in")
        else { return "/" }
        return text
    }

    /// The answer to a refusal: JSON, or a page with the sentence in both languages and a way back.
    func refusal(_ refusal: Refusal, id: String) -> Response {
        var response = Response.refusal(refusal, id: id)
        guard isPage else { return response }
        response.headers.removeAll { $0.name == "Content-Type" }
        response.headers.append(("Content-Type", "text/html; charset=utf-8"))
        response.headers += BrowserPolicy.page
        let back = "/sign-in?to=\(PercentEncoding.encode(destination))"
        response.body = .bytes(Array(Self.page(refusal.code, back: back).utf8))
        return response
    }

    private static func page(_ code: String, back: String) -> String {
        let (thai, english) = sentences[code] ?? sentences["wrong_credentials"] ?? ("", "")
        return """
            <!DOCTYPE html>
            <html lang="th"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>lprserver</title><link rel="stylesheet" href="/assets/site.css"></head>
            <body><main><p>\(thai)</p><p lang="en">\(english)</p>
            <p><a href="\(back)">กลับ · <span lang="en">Back</span></a></p></main></body></html>
            """
    }

    private static let sentences = [
        "wrong_credentials": (
            "ชื่อหรือรหัสผ่านไม่ถูกต้อง", "The name or the password is wrong."
        ),
        "code_required": (
            "กรุณากรอกรหัสจากแอปในโทรศัพท์ด้วย", "Type the code of the app on your phone, too."
        ),
        "wrong_code": (
            "รหัสไม่ถูกต้อง หรือถูกใช้ไปแล้ว", "The code is wrong, or was used already."
        ),
        "too_many_attempts": (
            "ลองหลายครั้งเกินไป กรุณารอสักครู่", "Too many attempts. Wait a moment, then try again."
        ),
    ]
}
