extension PageKind {
    /// Files that are copied as they are: styles, scripts, icons.
    static let assets = PageKind("assets/{file}", dependsOn: []) { update in
        let assets = update.build.templates.assets
        for (path, bytes) in assets.sorted(by: { $0.key < $1.key }) {
            try update.build.output.write(path, bytes)
        }
    }
}
