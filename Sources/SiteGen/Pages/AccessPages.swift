extension PageKind {
    /// The form to sign in.
    static let signIn = page("sign-in", .signIn, .init(thai: "เข้าสู่ระบบ", english: "Sign in"))

    /// A person's own account.
    static let account = page("account", .account, .init(thai: "บัญชีของฉัน", english: "My account"))

    /// The people who may sign in, for admins.
    static let people = page("people", .people, .init(thai: "ผู้ใช้", english: "People"))

    /// The tokens of cameras and programs, for admins.
    static let tokens = page("tokens", .tokens, .init(thai: "โทเคน", english: "Tokens"))

    /// A page about people: it holds no data, which scripts fetch for those who may see it.
    ///
    /// So a file that is copied or cached tells nothing about who works here.
    private static func page(
        _ name: String,
        _ section: Section,
        _ title: SiteBuild.Title
    ) -> PageKind {
        PageKind("\(name).html", dependsOn: []) { update in
            try update.build.page(
                "\(name).html",
                template: name,
                section: section,
                title: title,
                [:]
            )
        }
    }
}
