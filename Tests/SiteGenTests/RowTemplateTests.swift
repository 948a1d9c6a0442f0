import Mustache
import Testing

@testable import SiteGen

@Suite struct RowTemplateTests {
    /// The text of a row for some conditions, with its values' names in brackets: `[x]` escaped, `[[x]]`
    /// as it is.
    private func text(_ template: String, _ conditions: RowTemplate.Conditions) throws -> String {
        let mustache = try MustacheTemplate(string: Markup.pragma + template)
        let row = try RowTemplate { mustache.render($0) }
        return row.pieces(for: conditions).map { piece in
            switch piece {
            case .text(let bytes): String(decoding: bytes, as: UTF8.self)
            case .value(let field, true): "[\(field.rawValue)]"
            case .value(let field, false): "[[\(field.rawValue)]]"
            }
        }.joined()
    }

    @Test func conditionsDecideWhatAppears() throws {
        Markup.registration
        let template = """
            {{#is_hit}}hit {{reason}}{{#is_possible}}?{{/is_possible}}{{/is_hit}}\
            {{^is_hit}}{{plate}}{{/is_hit}}{{#has_picture}} {{{picture}}}{{/has_picture}}
            """
        #expect(try text(template, []) == "[plate]")
        #expect(try text(template, .hit) == "hit [reason]")
        #expect(try text(template, [.hit, .possible]) == "hit [reason]?")
        #expect(try text(template, .picture) == "[plate] [[picture]]")
    }

    /// What is decided beforehand must come out as Mustache would have it for each row.
    @Test(arguments: ["{{uppercased(plate)}}", "\u{1}", "\u{1}{{plate}}", "{{plate}}\u{2}"])
    func whatCannotBeDoneBeforehandIsRefused(template: String) {
        Markup.registration
        #expect(throws: TemplateError.self) { try text(template, []) }
    }
}
