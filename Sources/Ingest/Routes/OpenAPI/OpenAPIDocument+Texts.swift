import Core

extension OpenAPIDocument {
    /// What ``FieldText`` refuses, as a regular expression's class (ECMA-262, as JSON Schema uses it).
    private static let controls =
        #"\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069"#

    /// A string of at most so many characters, without control characters.
    ///
    /// The service is a little more lenient: it takes blanks and line ends off both ends.
    static func anyText(_ max: Int) -> String {
        #"{"type":"string","maxLength":\#(max),"pattern":"^[^\#(controls)]*$"}"#
    }

    /// A text that may be left out.
    static func optionalText(_ max: Int) -> String {
        #"{"type":["string","null"],"maxLength":\#(max),"pattern":"^[^\#(controls)]*$"}"#
    }

    /// A text that must hold something beside blanks.
    static func requiredText(_ max: Int) -> String {
        #"{"type":"string","minLength":1,"maxLength":\#(max),"#
            + #""pattern":"^[^\\s\#(controls)][^\#(controls)]*$"}"#
    }

    /// A plate; beyond what stands here, combining marks and other dashes are allowed too.
    static let plate =
        #"{"type":"string","minLength":1,"maxLength":40,"#
        + #""pattern":"^[\\p{L}\\p{Nd} ./·-]*[\\p{L}\\p{Nd}][\\p{L}\\p{Nd} ./·-]*$","#
        + #""description":"letters, digits, spaces, hyphens; a Thai province may follow"}"#

    /// A part of a plate, or a pattern with `*` and `?`; nothing is no filter.
    static let platePart =
        #"{"type":"string","maxLength":40,"#
        + #""pattern":"^([\\p{L}\\p{Nd} ./·?*-]*[\\p{L}\\p{Nd}][\\p{L}\\p{Nd} ./·?*-]*)?$"}"#

    /// An integer in a query; absent by default.
    static func number(_ range: ClosedRange<Int>) -> String {
        #"{"anyOf":[{"type":"integer","minimum":\#(range.lowerBound),"#
            + #""maximum":\#(range.upperBound)},{"const":""}]}"#
    }

    /// What a picture shows.
    static let pictureKind = #"{"enum":["image","scene","vehicle","plate"]}"#

    /// A day; nothing is no filter.
    static let day = #"{"anyOf":[{"type":"string","format":"date"},{"const":""}]}"#

    /// A time since 1970, as RFC 3339 writes it.
    static let dateTime =
        #"{"type":"string","format":"date-time","pattern":"^(19[7-9]|20)[0-9]"}"#

    /// A picture in base64, known by its first bytes; nothing is no picture.
    ///
    /// A BMP has no beginning that an expression could tell from other text; it is kept all the same.
    static let picture =
        #"{"anyOf":[{"type":"string","contentEncoding":"base64","pattern":"^(data:image/[a-z]+;base64,)?"#
        + #"(/9j/|iVBORw0KGgoAAAANSUhEUgAA|UklGR[g-v][A-Za-z0-9+/]{4}[BFJNRVZdhlptx159]XRUJQVlA4)"#
        + #"([A-Za-z0-9+/]{4}){12,}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"},"#
        + #"{"enum":["",null]}],"description":"base64 of a JPEG, PNG, WebP or BMP"}"#
}
