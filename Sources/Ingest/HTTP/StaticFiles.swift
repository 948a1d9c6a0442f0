internal import Core

/// The published pages and the pictures, for a service without nginx in front.
///
/// Nothing outside the two folders can be reached: dot segments are refused, and each segment is opened below the
/// last one without following symbolic links.
public struct StaticFiles: Sendable {
    private let pagesPath: String
    private let picturesPath: String
    private let lookUps: LookUps?

    /// Serves pages from one folder, and below `/images/` pictures from another; `lookUps` keeps who opens a picture
    /// by itself.
    public init(pagesPath: String, picturesPath: String, lookUps: LookUps? = nil) {
        self.pagesPath = pagesPath
        self.picturesPath = picturesPath
        self.lookUps = lookUps
    }

    /// Whether a path is of the page to sign in on, of a person's own account (which who must change a password first
    /// may not read otherwise), or of what they need; they hold no data.
    static func isPublic(_ path: String) -> Bool {
        let pages = ["/sign-in", "/sign-in.html", "/account", "/account.html"]
        return path.hasPrefix("/assets/") || pages.contains(path)
    }

    private enum Kind {
        case page, asset, picture
    }

    private struct Found {
        let file: OpenedFile
        let kind: Kind
        let type: String
    }

    /// Answers GET and HEAD.
    func respond(to request: Request) async -> Response {
        let segments = request.path.split(separator: "/", omittingEmptySubsequences: false)
            .dropFirst().map(String.init)
        if let found = find(segments) { return await keepAndAnswer(found, request) }
        if segments.count > 1, segments.last?.isEmpty == true, find(segments.dropLast()) != nil {
            return redirect(to: segments.dropLast(), request)
        }
        return missing(request)
    }

    private func keepAndAnswer(_ found: Found, _ request: Request) async -> Response {
        if found.kind == .picture, let lookUps {
            do throws(Refusal) {
                try await lookUps.keepPicture(request)
            } catch {
                return .refusal(error, id: request.id)
            }
        }
        return answer(found, request)
    }

    private func find(_ segments: [String]) -> Found? {
        let segments = segments == [""] ? ["index.html"] : segments
        guard segments.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }), let last = segments.last
        else { return nil }
        if segments[0] == "images" {
            guard segments.dropFirst().first != PictureFolder.orphansFolder else { return nil }
            return open(picturesPath, Array(segments.dropFirst()), .picture)
        }
        let folder = segments.dropLast()
        return open(pagesPath, segments, last.hasSuffix(".html") ? .page : .asset)
            ?? open(pagesPath, folder + ["\(last).html"], .page)
            ?? open(pagesPath, segments + ["index.html"], .page)
    }

    private func open(_ root: String, _ segments: [String], _ kind: Kind) -> Found? {
        guard let name = segments.last, let file = OpenedFile(below: root, segments) else {
            return nil
        }
        return Found(file: file, kind: kind, type: ContentType.of(name))
    }

    private func answer(_ found: Found, _ request: Request, status: Int = 200) -> Response {
        let size = found.file.size
        let validators = Validators(size: size, modifiedNanoseconds: found.file.modifiedNanoseconds)
        var headers = Self.headers(found.kind, type: found.type)
        headers.append(("ETag", validators.tag))
        headers.append(("Last-Modified", validators.modified.text))
        guard status == 200 else {
            return Response(
                status: status,
                headers: headers,
                body: .file(found.file.body(0..<size))
            )
        }
        if validators.areCurrent(in: request.headers) {
            return Response(status: 304, headers: headers)
        }
        headers.append(("Accept-Ranges", "bytes"))
        let range = validators.allowRange(request.headers) ? request.headers["Range"] : nil
        switch ByteRange(range, size: size) {
        case .whole:
            return Response(status: 200, headers: headers, body: .file(found.file.body(0..<size)))
        case .part(let part):
            headers.append(
                ("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)")
            )
            return Response(status: 206, headers: headers, body: .file(found.file.body(part)))
        case .unsatisfiable:
            let refusal = Refusal(.invalid, "the file has only \(size) bytes", field: "Range")
            var response = Response.refusal(refusal, id: request.id)
            response.status = 416
            response.headers.append(("Content-Range", "bytes */\(size)"))
            return response
        }
    }

    private func redirect(to segments: some Sequence<String>, _ request: Request) -> Response {
        let path = segments.map { "/\(PercentEncoding.encode($0))" }.joined()
        let query = request.query.items.map {
            "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))"
        }
        let suffix = query.isEmpty ? "" : "?\(query.joined(separator: "&"))"
        return Response(
            status: 301,
            headers: [("Location", path + suffix), ("Cache-Control", "no-cache")]
        )
    }

    /// The site's own 404 page for browsers, if it exists; else JSON.
    private func missing(_ request: Request) -> Response {
        if request.headers["Accept"]?.contains("text/html") == true,
            let found = open(pagesPath, ["404.html"], .page)
        {
            return answer(found, request, status: 404)
        }
        return .refusal(.noSuchPath(request.path), id: request.id)
    }

    private static func headers(_ kind: Kind, type: String) -> [(name: String, value: String)] {
        var headers = [("Content-Type", type)]
        switch kind {
        case .page: headers += BrowserPolicy.page + [("Cache-Control", "no-cache")]
        case .asset where type == "application/json":
            headers.append(("Cache-Control", "no-cache"))
        case .asset: headers += BrowserPolicy.page + [("Cache-Control", "private, max-age=60")]
        case .picture:
            headers += BrowserPolicy.picture
            headers.append(("Cache-Control", "private, max-age=31536000, immutable"))
        }
        return headers.map { (name: $0.0, value: $0.1) }
    }
}
