import Testing

@testable import SiteGen

@Suite struct MarkupTests {
    /// A mark that carries a combining accent is one `Character` and still ends an attribute.
    @Test(arguments: ["\"", "<", ">", "&", "'"])
    func noMarkHidesBehindACombiningCharacter(mark: String) {
        for tail in ["", "\u{301}", "\u{E31}", "\u{200D}", "\u{FE0F}"] {
            let escaped = Markup.escaped("a" + mark + tail + "b")
            #expect(
                !escaped.unicodeScalars.dropFirst().contains { "\"<>'".unicodeScalars.contains($0) }
            )
            #expect(escaped.hasPrefix("a&") && escaped.utf8.last == UInt8(ascii: "b"))
        }
    }

    @Test func fiveCharactersAreEscapedAndNoOther() {
        let references = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"]
        for code in 0..<128 as Range<UInt8> {
            let text = String(UnicodeScalar(code))
            let expected = "ก" + (references[text] ?? text) + "ข"
            var bytes: [UInt8] = []
            Markup.append("ก" + text + "ข", to: &bytes)
            #expect(bytes == Array(expected.utf8))
            #expect(Markup.escaped("ก" + text + "ข") == expected)
        }
    }

    @Test func otherTextIsLeftAsItIs() {
        #expect(Markup.escaped("กข 1234 – ๑๒") == "กข 1234 – ๑๒")
    }

    @Test func templatesEscapeTheSameWay() async throws {
        let site = try TestSite()
        try site.put("", "templates/layout.mustache")
        try site.put("", "templates/partials/row.mustache")
        try site.put(
            "{{#list}}<a title=\"{{x}}\">{{> partial}}{{/list}}",
            "templates/page.mustache"
        )
        try site.put("<b title='{{x}}'>", "templates/partial.mustache")
        let view = View(["list": [["x": "\"\u{301} onload='\u{301}a"]]])
        let text = try Templates(path: site.path("templates")).render("page", view)
        #expect(
            Array(text.unicodeScalars)
                == Array(
                    """
                    <a title="&quot;\u{301} onload=&#39;\u{301}a">\
                    <b title='&quot;\u{301} onload=&#39;\u{301}a'>
                    """.unicodeScalars
                )
        )
        try await site.close()
    }
}
