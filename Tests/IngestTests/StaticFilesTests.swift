import Core
import Foundation
import Testing

@testable import Ingest

/// A folder that is there for one test.
final class TestFolder: Sendable {
    let path: String

    init(_ files: [String: String]) throws {
        path = "\(NSTemporaryDirectory())lpr-\(UUID().uuidString)"
        for (name, text) in files {
            let url = URL(fileURLWithPath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: url)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

struct StaticFilesTests {
    private let folder: TestFolder
    private let files: StaticFiles

    init() throws {
        folder = try TestFolder([
            "site/index.html": "home", "site/records.html": "records", "site/404.html": "lost",
            "site/archive/2026/index.html": "year", "site/archive/2026.html": "page",
            "site/assets/site.css": "css", "site/data/stats.json": "{}", "site/.secret": "no",
            "site/.git/config": "no", "site/เมือง.html": "thai",
            "images/2026/01/a.jpg": "0123456789", "images/orphans/2026/01/a.jpg": "no",
            "outside.html": "outside",
        ])
        let manager = FileManager.default
        try manager.createSymbolicLink(
            atPath: "\(folder.path)/site/link.html",
            withDestinationPath: "\(folder.path)/outside.html"
        )
        try manager.createSymbolicLink(
            atPath: "\(folder.path)/site/up",
            withDestinationPath: folder.path
        )
        files = StaticFiles(
            pagesPath: "\(folder.path)/site",
            picturesPath: "\(folder.path)/images"
        )
    }

    private func get(_ path: String, _ headers: [(String, String)] = []) async -> Response {
        let pairs = headers.map { (name: $0.0, value: $0.1) }
        return await files.respond(
            to: Request(method: .get, path: path, headers: Headers(pairs))
        )
    }

    private func header(_ response: Response, _ name: String) -> String? {
        response.headers.first { $0.name == name }?.value
    }

    @Test(arguments: [
        ("/", "text/html; charset=utf-8"), ("/records", "text/html; charset=utf-8"),
        ("/records.html", "text/html; charset=utf-8"), ("/เมือง", "text/html; charset=utf-8"),
        ("/archive/2026", "text/html; charset=utf-8"), ("/data/stats.json", "application/json"),
        ("/assets/site.css", "text/css; charset=utf-8"), ("/images/2026/01/a.jpg", "image/jpeg"),
    ])
    func filesAreServedWithTheirType(path: String, type: String) async {
        let response = await get(path)
        #expect(response.status == 200)
        #expect(header(response, "Content-Type") == type)
        #expect(header(response, "ETag") != nil)
    }

    @Test(arguments: [
        "/.secret", "/.git/config", "/nothing", "/link.html", "/link", "/up/outside.html",
        "/up/outside", "/images/", "/images", "/images/2026", "/images/.x", "/assets", "//records",
        "/archive//2026", "/records/x", "/images/up/site/index.html",
        "/images/orphans/2026/01/a.jpg",
    ])
    func nothingElseIs(path: String) async {
        let response = await get(path)
        #expect(response.status == 404)
        #expect(header(response, "Content-Type") == "application/json")
    }

    @Test func browsersGetTheSitesOwnPageForWhatIsMissing() async {
        let response = await get("/nothing", [("Accept", "text/html,*/*")])
        #expect(response.status == 404)
        #expect(header(response, "Content-Type") == "text/html; charset=utf-8")
    }

    @Test func aTrailingSlashIsRedirectedWithinTheSite() async {
        let response = await files.respond(
            to: Request(method: .get, path: "/เมือง/", query: QueryItems([("a b", "ก&")]))
        )
        #expect(response.status == 301)
        let location = "/%E0%B9%80%E0%B8%A1%E0%B8%B7%E0%B8%AD%E0%B8%87?a%20b=%E0%B8%81%26"
        #expect(header(response, "Location") == location)
        #expect(await get("//records/").status == 404)
    }

    @Test func cachingFitsWhatChanges() async {
        #expect(header(await get("/records"), "Cache-Control") == "no-cache")
        #expect(header(await get("/data/stats.json"), "Cache-Control") == "no-cache")
        #expect(header(await get("/assets/site.css"), "Cache-Control") == "private, max-age=60")
        let picture = await get("/images/2026/01/a.jpg")
        #expect(header(picture, "Cache-Control") == "private, max-age=31536000, immutable")
        let sandbox = header(picture, "Content-Security-Policy")
        #expect(sandbox == "default-src 'none'; frame-ancestors 'none'; sandbox")
        for path in ["/", "/assets/site.css"] {
            let page = await get(path)
            for (name, value) in BrowserPolicy.page {
                #expect(page.headers.filter { $0.name == name }.map(\.value) == [value])
            }
        }
    }

    @Test func overASocketWithRangesAndConditions() async throws {
        let keep = folder
        try await withServer(files: files) { port in
            try await onThread {
                let client = try TestClient(port: port)
                let path = "/images/2026/01/a.jpg"
                let whole = try client.exchange("GET", path)
                #expect(whole.text == "0123456789")
                let part = try client.exchange("GET", path, headers: ["Range: bytes=2-4"])
                #expect(part.status == 206)
                #expect(part.text == "234")
                #expect(part.headers["content-range"] == "bytes 2-4/10")
                let beyond = try client.exchange("GET", path, headers: ["Range: bytes=10-"])
                #expect(beyond.status == 416)
                #expect(beyond.headers["content-range"] == "bytes */10")
                let tag = whole.headers["etag"] ?? ""
                let same = try client.exchange("GET", path, headers: ["If-None-Match: \(tag)"])
                #expect(same.status == 304)
                #expect(same.body.isEmpty)
                let head = try client.exchange("HEAD", path)
                #expect(head.headers["content-length"] == "10")
                #expect(try client.exchange("POST", path, body: []).status == 404)
                #expect(try client.exchange("GET", "/records").text == "records")
            }
        }
        _ = keep
    }
}
