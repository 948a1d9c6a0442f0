extension Schema {
    /// How often a camera was refused on a day, by the refusal's code, with the last one's words: cameras and codes are
    /// few, whatever is sent.
    static let refusals = """
        CREATE TABLE refusals (
            camera INTEGER NOT NULL, day INTEGER NOT NULL, code TEXT NOT NULL,
            count INTEGER NOT NULL, field TEXT, message TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (camera, day, code)
        ) WITHOUT ROWID;
        """
}
