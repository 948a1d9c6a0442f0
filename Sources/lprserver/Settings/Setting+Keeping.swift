extension Setting {
    /// What is kept, for how long, and what the audit wants to know.
    static let keeping = [
        Setting(
            "DATA_RETENTION_DAYS",
            .number(0...36_500),
            "365",
            "Retention of records and pictures in days; 0: forever."
        ),
        Setting(
            "CHANGE_LIST_RETENTION_DAYS",
            .number(0...36_500),
            "400",
            "Retention of the list of deleted and corrected records, for copies elsewhere, in days; 0: forever."
        ),
        Setting(
            "PURPOSE",
            .choice(["off", "ask", "required"]),
            "off",
            "Whether look-ups of plates carry a purpose for the audit: the console asks, or they are refused without."
        ),
        Setting(
            "AUDIT_RETENTION_DAYS",
            .number(0...36_500),
            "730",
            "Retention of the audit in days, whatever that of records is; 0: forever."
        ),
        Setting(
            "HEALTH_CHECK_RETENTION_DAYS",
            .number(1...36_500),
            "30",
            "Retention of health checks and reports in days."
        ),
        Setting(
            "EVENT_LOG_MAX",
            .number(1_000...100_000_000),
            "200000",
            "Events kept in the event log, from which clients resume."
        ),
    ]
}
