extension PageKind {
    /// The page of the audit, which has no entries of its own: scripts fetch them, for those who may see them.
    static let audit = PageKind("audit.html", dependsOn: []) { update in
        try update.build.page(
            "audit.html",
            template: "audit",
            section: .audit,
            title: .init(thai: "บันทึกการตรวจสอบ", english: "Audit"),
            [:]
        )
    }
}
