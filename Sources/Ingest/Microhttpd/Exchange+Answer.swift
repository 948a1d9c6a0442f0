internal import CMicrohttpd
internal import Core
internal import Logging

extension Exchange {
    /// The request is complete: carries out its disposition.
    func requestComplete() -> MHD_Result {
        move(.complete, until: loop.now + loop.answerMilliseconds)
        releaseSlot()
        switch disposition {
        case .answer(let response):
            return holdOrQueue(response)
        case .serve(let files, let admission):
            let request = takeRequest(admission)
            Task { self.take(await files.respond(to: request)) }
        case .run(.async(let answer), let admission):
            let request = takeRequest(admission)
            Task { self.take(await self.result(of: answer, request)) }
        case .run(.direct(let answer), let admission):
            answer(takeRequest(admission), Responder(requestID: id, sink: self))
        }
        // Suspended only when the library calls again: it then knows that it has nothing to read, and will not, on
        // resuming, take a client that has shut down only its sending side for one that is gone.
        guard let answer = takeAnswer() else { return .YES }
        return holdOrQueue(answer)
    }

    private func holdOrQueue(_ answer: Response) -> MHD_Result {
        endReads(answer.isBusy ? .refused : .answered)
        return loop.delayedRejections.hold(answer, of: self, now: loop.now) ? .YES : queue(answer)
    }

    /// Queues the response if there is one, or suspends the connection until there is.
    func awaitAnswer() -> MHD_Result {
        while true {
            if let response = takeAnswer() { return queue(response) }
            if loop.isAborting { return .NO }
            if park() { return .YES }
        }
    }

    private func takeRequest(_ admission: Admission) -> Request {
        let body = upload.bytes
        upload.bytes = []
        return head.request(id: id, body: body, admission)
    }

    private func result(
        of answer: @Sendable (Request) async throws(Refusal) -> Response,
        _ request: Request
    ) async -> Response {
        do throws(Refusal) {
            return try await answer(request)
        } catch {
            return refuse(error)
        }
    }

    /// Passes the response to libmicrohttpd; `.NO` closes the connection.
    func queue(_ response: Response) -> MHD_Result {
        // From here libmicrohttpd's own limit on inactivity watches a client that does not read.
        move(.answered)
        endReads(response.isBusy ? .refused : .answered)
        note(response)
        guard let native = unsafe makeNative(response) else { return .NO }
        let result = unsafe MHD_queue_response(handle, UInt32(response.status), native)
        unsafe MHD_destroy_response(native)
        return result
    }

    private func makeNative(_ response: Response) -> OpaquePointer? {
        let body = unsafe nativeBody(response.body)
        guard let native = unsafe body else { return nil }
        for header in response.headers { unsafe add(header.name, header.value, to: native) }
        // Answers to what cameras send stay as short as they are.
        if head.method.isSafe, response.status >= 200, !response.hasPolicy {
            for header in BrowserPolicy.data { unsafe add(header.name, header.value, to: native) }
        }
        unsafe add("X-Request-ID", id, to: native)
        unsafe add("X-Content-Type-Options", "nosniff", to: native)
        if loop.isStopping, upgrade == nil { unsafe add("Connection", "close", to: native) }
        return unsafe native
    }

    /// Passes the strings without copying: a string passed to C directly is copied to the heap.
    private func add(_ name: String, _ value: String, to native: OpaquePointer) {
        unsafe name.withCString { name in
            unsafe value.withCString { value in
                _ = unsafe MHD_add_response_header(native, name, value)
            }
        }
    }

    private func nativeBody(_ body: Response.Body) -> OpaquePointer? {
        switch body {
        case .bytes(let bytes):
            return unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe lpr_response_bytes(buffer.baseAddress, buffer.count)
            }
        case .file(let file):
            guard let descriptor = file.takeDescriptor() else { return nil }
            return unsafe lpr_response_file(descriptor, UInt64(file.offset), UInt64(file.count))
        case .stream(let stream):
            var logger = loop.logger
            logger[metadataKey: "id"] = "\(id)"
            return unsafe nativeStream(StreamPump(stream, logger: logger), block: 32 * 1_024)
        case .events(let subscription):
            return unsafe nativeStream(subscription, block: 512)
        case .upgrade(let upgrade):
            self.upgrade = upgrade
            // SAFETY: unretained, because the request's context retains this exchange until the library announces the
            // end of the request, and the socket is passed before that.
            let context = unsafe Unmanaged.passUnretained(self).toOpaque()
            return unsafe lpr_response_upgrade(takeSocket, context)
        }
    }

    private func nativeStream(_ source: any ContentSource, block: Int) -> OpaquePointer? {
        guard head.method != .head else {
            source.close()
            return unsafe lpr_response_unknown()
        }
        self.source = source
        source.attach(self)
        let reader = ContentReader(source: source, exchange: self)
        // SAFETY: this retain is balanced by `releaseContent`, which the library calls when it destroys the response,
        // or below if there is none.
        let context = unsafe Unmanaged.passRetained(reader)
        let native = unsafe lpr_response_stream(
            readContent,
            context.toOpaque(),
            releaseContent,
            block
        )
        if unsafe native == nil { unsafe context.release() }
        return unsafe native
    }

    /// Notes the refusals of a response; logs one line for another error of the server.
    func note(_ response: Response) {
        if let refused = response.refused {
            // Before the headers arrive only the peer is known.
            let client =
                state == .head ? connection.client() : head.client
            for (refusal, count) in refused.kinds {
                loop.refusals.note(
                    refusal,
                    id: id,
                    client: client,
                    place: logPath,
                    count: count,
                    principal: disposition.principal
                )
            }
            return
        }
        guard response.status >= 500 else { return }
        loop.log(
            .warning,
            "answered with an error",
            [
                "id": "\(id)", "status": "\(response.status)", "path": "\(logPath)",
                "method": "\(head.method.rawValue)",
            ]
        )
    }
}
