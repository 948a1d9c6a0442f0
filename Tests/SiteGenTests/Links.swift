import Foundation

/// The links of a page.
enum Links {
    /// The files below the site's root that a page's relative links lead to, pictures left out.
    static func targets(of page: String, _ html: String) -> [String] {
        let folder = URL(fileURLWithPath: "/" + page).deletingLastPathComponent()
        return ["href=\"", "src=\""].flatMap { mark in
            html.components(separatedBy: mark).dropFirst().map { String($0.prefix { $0 != "\"" }) }
        }.filter {
            !$0.hasPrefix("#") && !$0.contains("images/") && !$0.contains(":") && !$0.isEmpty
        }.map { link in
            let path = String(link.prefix { $0 != "#" && $0 != "?" })
            return String(folder.appending(path: path).standardized.path.dropFirst())
        }
    }

    /// Follows all links from the home page; the first that leads nowhere.
    static func broken(in files: [String: Data]) -> String? {
        var reached: Set<String> = ["index.html"]
        var next = ["index.html"]
        while let page = next.popLast() {
            for target in targets(
                of: page,
                String(decoding: files[page] ?? Data(), as: UTF8.self)
            ) {
                guard files[target] != nil else { return "\(page) → \(target)" }
                if target.hasSuffix(".html"), reached.insert(target).inserted {
                    next.append(target)
                }
            }
        }
        return nil
    }
}
