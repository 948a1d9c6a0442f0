import Mustache

/// The layout around a page, rendered beforehand: all but the page's title and text is the same for every
/// page of a section and a depth.
struct PageFrame: Sendable {
    /// What a layout depends on besides the page.
    struct Place: Hashable {
        let section: Section
        /// The way from the page to the site's root.
        let root: String
    }

    private let text: MarkedText

    /// Renders the layout with marks; nil where it changes what it prints, so that it must be rendered for
    /// each page.
    init?(render: ([String: String]) throws -> String) throws {
        guard let text = MarkedText(try render(PageFrame.values(MarkedText.mark))) else {
            return nil
        }
        let probe = PageFrame.values(PageFrame.probe)
        guard text.filled({ Array(PageFrame.probe($0).utf8) }) == Array(try render(probe).utf8)
        else { return nil }
        self.text = text
    }

    /// A page of this frame.
    func page(title: SiteBuild.Title, main: [UInt8]) -> [UInt8] {
        let values = [main, Array(title.thai.utf8), Array(title.english.utf8)]
        return text.filled { values.indices.contains($0) ? values[$0] : [] }
    }

    private static func values(_ value: (Int) -> String) -> [String: String] {
        ["main": value(0), "title_th": value(1), "title_en": value(2)]
    }

    /// A value on which every change would be seen.
    private static func probe(_ number: Int) -> String { "<aB&\"\(number)' กx>" }
}
