import Foundation
import Testing

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

    /// Invariant 5: between any two writes, every page that a reader can come to has only links that lead
    /// somewhere; and the writes are all that made one state of the site of the other.
    static func expectWhole(
        between before: [String: Data],
        and after: [String: Data],
        writes: [String]
    ) {
        var files = before
        for path in writes {
            files[path] = after[path]
            #expect(broken(in: files) == nil, "after \(path) was written")
        }
        #expect(files.filter { after[$0.key] != nil } == after)
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
