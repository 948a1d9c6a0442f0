internal import CMicrohttpd
internal import Core
internal import Logging

extension Exchange {
    /// The headers are complete: decides on the request's disposition.
    ///
    /// A response that is queued now makes libmicrohttpd close the connection, so that is done only if the client
    /// waits for 100 Continue; otherwise the body is read first, within limits.
    func headersComplete(method: String) -> MHD_Result {
        move(.bodyBegins, until: loop.now + loop.bodyMilliseconds)
        if isTargetWhole, let known = connection.known,
            let count = known.bodyLength(of: self, method: method)
        {
            head = known.head
            disposition = .run(known.action, known.admission)
            logPath = known.logPath
            upload.bytesMax = known.bodyBytesMax
            upload.length = .known(count)
            shedLoad()
            holdLargeBody()
            return .YES
        }
        let (block, lengths) = readHeaders()
        // Content-Length is part of the framing, and may differ when nothing else does.
        head.headers = Headers(block: Array(block[..<lengths]))
        disposition = decide(method: method, lengths: Headers(block: Array(block[lengths...])))
        connection.known = RequestHeadCache(self, method: method, block: block[..<lengths])
        shedLoad()
        guard upload.length != .none else { return .YES }
        guard case .answer(let refusal) = disposition else {
            holdLargeBody()
            return .YES
        }
        switch upload.length {
        case .unknown: sendLast(refusal)
        case _ where upload.expectsContinue: return queue(refusal)
        case .known(let count) where count > upload.discardMax: sendLast(refusal)
        case .none, .known, .chunked: break
        }
        return .YES
    }

    /// Holds a large body of reads until it is admitted.
    private func holdLargeBody() {
        guard case .run(.direct, _) = disposition, case .known(let bytes) = upload.length,
            bytes > UploadScheduler<Exchange>.smallBody
        else { return }
        let (place, isTurn) = loop.uploads.enter(self, bytes: bytes, now: loop.now)
        uploadSlot = place
        // If nothing may be suspended any more, it is read at once.
        guard !isTurn, park() else { return }
        move(.mustWait, until: loop.now + loop.answerMilliseconds)
    }

    /// The body is admitted, or refused.
    func beginBody() -> MHD_Result {
        move(.bodyBegins, until: loop.now + loop.bodyMilliseconds)
        if case .answer(let refusal) = disposition, upload.expectsContinue { return queue(refusal) }
        return .YES
    }

    /// It waited too long.
    func refuseHeld() {
        releaseSlot()
        endReads(.gone)
        disposition = .answer(refuse(Exchange.tooManyReads))
        resume()
    }

    private static let tooManyReads = Refusal(
        .busy,
        "too many reads arrive at once; send it again in a moment"
    )

    /// Refuses reads by their head if the listener is overloaded.
    private func shedLoad() {
        guard case .run(.direct, _) = disposition else { return }
        var (reads, isLarge) = (1, false)
        if case .known(let count) = upload.length {
            reads = head.readsMax(inBytes: count)
            isLarge = count > UploadScheduler<Exchange>.smallBody
        }
        if let counted = loop.shedder.admit(reads, isLarge: isLarge, now: lpr_milliseconds) {
            readsUnderWay = counted
            return
        }
        disposition = .answer(refuse(Exchange.tooManyReads))
    }

    /// The header fields, and the start of the Content-Length fields, which are last.
    private func readHeaders() -> (block: [UInt8], lengths: Int) {
        var capacity = 1_024
        while true {
            var (needed, lengths) = (0, 0)
            // SAFETY: the library writes at most `capacity` bytes and returns how many it needed.
            let block = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                needed = unsafe lpr_headers(handle, buffer.baseAddress, capacity, &lengths)
                count = min(needed, capacity)
            }
            guard needed > capacity else { return (block, lengths) }
            capacity = needed
        }
    }

    private func decide(method name: String, lengths: Headers) -> Disposition {
        head.client = connection.client(head.headers)
        let method = Method(rawValue: name)
        do throws(Refusal) {
            guard unsafe lpr_has_proper_headers(handle) else {
                // The end of its body cannot be trusted either.
                upload.length = .unknown
                throw Refusal(
                    .invalid,
                    "a header field is malformed: a blank before the colon, or a control character",
                    code: "bad_header"
                )
            }
            try upload.readFraming(
                head.headers,
                lengths: lengths.all("Content-Length"),
                isHTTP11: understandsChunks
            )
            return try route(method, try parseTarget(method))
        } catch {
            return .answer(refuse(error))
        }
    }

    private func parseTarget(_ method: Method?) throws(Refusal) -> RequestTarget {
        do throws(Refusal) {
            guard isTargetWhole else {
                throw Refusal(
                    .invalid,
                    "the request line holds a NUL or a bare carriage return, or no version",
                    code: "bad_target"
                )
            }
            return try RequestTarget(rawTarget)
        } catch {
            // A stranger is turned away whatever he asks for.
            _ = try admit(method, authority: nil, needs: .connect)
            throw error
        }
    }

    private func route(_ method: Method?, _ target: RequestTarget) throws(Refusal) -> Disposition {
        head.path = target.path
        let match = loop.router.match(method, target.path, on: loop.kind)
        if case .route(let route, let parameters) = match {
            logPath = route.pattern
            head.parameters = parameters
            upload.bytesMax = route.bodyMax
        }
        let queryToken = match.takesQueryToken ? QueryItems.token(in: target.query) : nil
        let admission: Admission
        do throws(Refusal) {
            admission = try admit(
                method,
                authority: target.authority,
                admitsOwnPages: match.admitsOwnPages,
                queryToken: queryToken,
                needs: match.permission
            )
        } catch {
            guard let detour = Detour(error, match, head.headers) else { throw error }
            return .answer(detour.response(from: target))
        }
        head.query = try QueryItems(bytes: target.query)
        if queryToken != nil { head.query = head.query.without("token") }
        head.method = method ?? .get
        head.media = MediaType(head.headers["Content-Type"])
        switch match {
        case .route(let route, _):
            try route.check(head.query)
            try checkBody(route)
            return .run(route.action, admission)
        case .staticFile(let files, _):
            return .serve(files, admission)
        case .moved(let path):
            return .answer(.moved(to: path, query: target.query))
        case .otherMethods(let allow):
            return .answer(.otherMethods(method, allow: allow, id: id))
        case .nothing where method == nil:
            return .answer(.unknownMethod(id: id))
        case .nothing where method == .options && target.path == "*":
            let allow = Method.allCases.map(\.rawValue).joined(separator: ", ")
            return .answer(Response(status: 204, headers: [("Allow", allow)]))
        case .nothing:
            throw .noSuchPath(target.path)
        }
    }

    private func checkBody(_ route: Route) throws(Refusal) {
        if upload.length != .none { try checkCoding() }
        switch upload.length {
        case .none where route.demandsLength && !upload.saysLength:
            throw Refusal(.lengthRequired, "send the body with Content-Length or in chunks")
        case .known(let count) where count > upload.bytesMax:
            throw .bodyTooLarge(upload.bytesMax)
        case .none, .known, .chunked, .unknown: break
        }
    }

    /// Bodies are accepted verbatim (RFC 9110 §8.4): an encoded one would be parsed as malformed JSON.
    private func checkCoding() throws(Refusal) {
        for coding in head.headers.all("Content-Encoding") where coding.lowercased() != "identity" {
            throw Refusal(
                .contentEncoding,
                "a body with Content-Encoding \(coding.prefix(40)) is not supported; send it without",
                field: "Content-Encoding"
            )
        }
    }

    private func admit(
        _ method: Method?,
        authority: String?,
        admitsOwnPages: Bool = false,
        queryToken: String? = nil,
        needs permission: Permission
    ) throws(Refusal) -> Admission {
        try loop.gate.admit(
            head.client,
            method: method,
            authority: authority,
            headers: head.headers,
            namesHost: understandsChunks,
            admitsOwnPages: admitsOwnPages,
            queryToken: queryToken,
            needs: permission
        )
    }

    /// The response to a refusal; the log line follows when it is queued.
    ///
    /// Cameras wait for a challenge before they send a name and a password; a browser that got it would open a window
    /// of its own instead of our page.
    func refuse(_ refusal: Refusal) -> Response {
        var response = Response.refusal(refusal, id: id)
        if refusal.kind == .unauthenticated, head.headers.count("Sec-Fetch-Mode") == 0 {
            response.headers.append(
                ("WWW-Authenticate", #"Basic realm="lprserver", charset="UTF-8""#)
            )
        }
        if logPath == VerdictRoute.path { VerdictRoute.complete(&response, refusal) }
        return response
    }
}

extension Router.Match {
    /// The permission to learn which resources exist.
    var permission: Permission {
        switch self {
        case .route(let route, _): route.permission
        case .staticFile(_, let isPublic): isPublic ? .signIn : .read
        case .otherMethods, .moved, .nothing: .connect
        }
    }

    /// Whether a token may stand in its query: in calls of cameras and sockets, some of which can send it nowhere else.
    var takesQueryToken: Bool {
        guard case .route(let route, _) = self else { return false }
        return route.permission == .send || route.admitsOwnPages
    }

    /// Whether pages from this server's other ports may request it.
    var admitsOwnPages: Bool {
        if case .route(let route, _) = self { route.admitsOwnPages } else { false }
    }
}
