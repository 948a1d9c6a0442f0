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
}
