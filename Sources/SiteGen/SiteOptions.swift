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
}
