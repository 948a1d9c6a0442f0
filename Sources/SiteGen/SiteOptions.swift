public import Core
import Foundation

/// What a site is made with, besides the store and the templates.
public struct SiteOptions: Sendable, Equatable {
    /// The language of a page whose reader has chosen none.
    public enum Language: String, Sendable, CaseIterable {
        case thai = "th"
        case english = "en"
    }

    /// The folder with templates and assets (`TEMPLATES_PATH`).
    public var templatesPath: String
    /// The folder that pages are written to (`PUBLIC_PATH`).
    public var publicPath: String
    /// The name that stands on every page (`SITE_NAME`).
    public var name = "lprserver"
    /// The language that pages begin with (`SITE_LANGUAGE`).
    public var language = Language.thai
    /// Records on a page of the archive (`ARCHIVE_PAGE_RECORDS`).
    public var archivePageRecords = 100
    /// Ids of the blacklist's entries on one of its numbered pages.
    public var blacklistPageEntries = 200
    /// Milliseconds for which events are gathered before pages are made (`PUBLISH_DELAY_MS`).
    public var delayMilliseconds = 250
    /// Milliseconds after which pages are made however many events still come
    /// (`PUBLISH_DELAY_MAX_MS`).
    public var delayMillisecondsMax = 1_000

    /// Options with the defaults for everything but the folders.
    public init(templatesPath: String, publicPath: String) {
        self.templatesPath = templatesPath
        self.publicPath = publicPath
    }

    /// Whether there are templates at all, before a service starts that could make no page.
    ///
    /// Throws ``Refusal`` that says which setting to look at. A template that is broken is no reason: pages stay
    /// as they were, and reads are taken.
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
