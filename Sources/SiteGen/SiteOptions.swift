public import Core
import Foundation

/// The options of a site.
public struct SiteOptions: Sendable, Equatable {
    /// The language of a page if the reader has not chosen one.
    public enum Language: String, Sendable, CaseIterable {
        case thai = "th"
        case english = "en"
    }

    /// The folder with templates and assets (`TEMPLATES_PATH`).
    public var templatesPath: String
    /// The folder that pages are published to (`PUBLIC_PATH`).
    public var publicPath: String
    /// The name on every page (`SITE_NAME`).
    public var name = "lprserver"
    /// The default language of pages (`SITE_LANGUAGE`).
    public var language = Language.thai
    /// Whether look-ups of plates need a purpose (`PURPOSE`).
    public var purpose = PurposeRule.off
    /// Records per archive page (`ARCHIVE_PAGE_RECORDS`).
    public var archivePageRecords = 100
    /// Blacklist ids per numbered page.
    public var blacklistPageEntries = 200
    /// Delay in milliseconds that batches events before pages are rendered (`PUBLISH_DELAY_MS`).
    public var delayMilliseconds = 250
    /// Maximum delay in milliseconds before pages are rendered, however many events arrive (`PUBLISH_DELAY_MAX_MS`).
    public var delayMillisecondsMax = 1_000

    /// Options with defaults for everything except the folders.
    public init(templatesPath: String, publicPath: String) {
        self.templatesPath = templatesPath
        self.publicPath = publicPath
    }

    /// Checks that there are templates, before a service starts that could not render any page.
    ///
    /// Throws ``Refusal`` that names the setting. A malformed template is no error here: pages stay as they were, and
    /// reads are accepted.
    public func checkTemplates() throws(Refusal) {
        let layout = "\(templatesPath)/layout.mustache"
        guard FileManager.default.isReadableFile(atPath: layout) else {
            throw Refusal(
                .invalid,
                "there are no templates in \(templatesPath) (\(layout) cannot be read);"
                    + " set TEMPLATES_PATH to the folder site-templates",
                field: "TEMPLATES_PATH",
                code: "no_templates"
            )
        }
    }
}
