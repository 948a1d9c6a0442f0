internal import CMicrohttpd
internal import Core
internal import Logging

extension Loop {
    /// Once a second: ends what is overdue, notices clients that have gone, makes room.
    func sweep() {
        sweeps += 1
        for connection in connections.values {
            if connection.deadline <= now {
                end(overdue: connection)
            } else {
                stopCountingSlowBody(connection)
                endSilentBody(connection)
                endEndlessChunk(connection)
                checkPeer(connection)
            }
        }
        if connections.count >= limits.connectionsMax, !isStopping,
            lpr_has_pending_client(listeningSocket)
        {
            makeRoom()
        }
    }

    /// A body that takes longer than a second no longer counts as under way: some clients on a slow line,
    /// or some that never send it, would take the places of all others.
    private func stopCountingSlowBody(_ connection: Connection) {
        guard let exchange = connection.exchange, exchange.state == .body,
            now - (connection.deadline - bodyMilliseconds) > Self.slowBodyMilliseconds
        else { return }
        exchange.releaseSlot()
        exchange.stopCountingReads()
    }

    /// Where most of the memory for bodies is taken, those that stand still give theirs back: it may be that of
    /// clients that will never send the rest.
    private func endSilentBody(_ connection: Connection) {
        guard let exchange = connection.exchange, exchange.state == .body,
            exchange.upload.reserved > 0, bodyMemory.bytesUsed > bodyMemory.bytesMax / 4 * 3,
            now - exchange.upload.lastArrival > Self.silentBodyMilliseconds
        else { return }
        refuseLate(connection, "the request body stalled while other uploads needed its memory")
        // At once, so that no more are ended than necessary.
        exchange.forgetBody()
    }

    /// The line with a chunk's size is longer than libmicrohttpd's buffer: bytes wait that it will never read.
    ///
    /// It reads whatever has arrived in each round, so that none can wait for seconds otherwise.
    private func endEndlessChunk(_ connection: Connection) {
        guard let exchange = connection.exchange, exchange.state == .body,
            exchange.upload.length == .chunked, case .run = exchange.disposition,
            now - max(exchange.upload.lastArrival, connection.deadline - bodyMilliseconds)
                > Self.endlessChunkMilliseconds,
            unsafe lpr_has_input(connection.handle)
        else { return }
        refuseLate(
            connection,
            Refusal(.invalid, "the line with a chunk's size is too long", code: "framing")
        )
        exchange.forgetBody()
    }

    /// Lets the bodies be read whose turn it is, and refuses those that have waited for too long.
    func takeTurns() {
        for exchange in uploads.beginRound(now: now, refuses: shedder.isBound(now)) {
            exchange.stopCountingReads()
        }
        while let exchange = uploads.next() {
            // Its client has gone meanwhile; it is told so by the library.
            if unsafe lpr_peer_closed(exchange.handle) { exchange.releaseSlot() }
            exchange.resume()
        }
        while let exchange = uploads.overdue(now: now) {
            shedder.bodyIsLate(now)
            exchange.refuseHeld()
        }
    }

    /// Notices a client that has gone where libmicrohttpd does not: while a stream waits for its next
    /// piece, and when the end came in one with the last bytes, which its edge-triggered polling misses.
    private func checkPeer(_ connection: Connection) {
        switch connection.exchange?.state {
        case nil where connection.isPeerChecked: return
        case nil, .head, .body, .draining, .over:
            connection.isPeerChecked = true
            if unsafe lpr_peer_closed(connection.handle) { unsafe lpr_shutdown(connection.handle) }
        case .held, .working, .answering:
            // Thousands may listen to events, and each look is a system call: now and then will do.
            guard sweeps.isMultiple(of: 5), let exchange = connection.exchange,
                let source = exchange.source, exchange.isParked
            else { return }
            if unsafe lpr_peer_closed(connection.handle) { source.finish() }
        }
    }

    private func end(overdue connection: Connection) {
        connection.deadline = .max
        switch connection.exchange?.state {
        case nil, .draining, .over:
            unsafe lpr_shutdown(connection.handle)
        case .head:
            refuseLate(
                connection,
                "the request's headers took longer than \(limits.headerSeconds) s"
            )
        case .body:
            refuseLate(connection, "the request's body took longer than \(limits.bodySeconds) s")
        case .held, .working, .answering:
            giveUp(connection)
        }
    }

    /// 408 past libmicrohttpd (RFC 9110 §15.5.9): it takes no answer before the request is complete.
    private func refuseLate(_ connection: Connection, _ message: String) {
        refuseLate(connection, Refusal(.timeout, message))
    }

    private func refuseLate(_ connection: Connection, _ refusal: Refusal) {
        guard let exchange = connection.exchange else {
            return unsafe lpr_shutdown(connection.handle)
        }
        exchange.sendLast(exchange.refuse(refusal))
        exchange.move(.ended)
        unsafe lpr_shutdown(connection.handle)
    }

    /// The action, or a body on its way, has been silent for too long.
    private func giveUp(_ connection: Connection) {
        guard let exchange = connection.exchange else { return }
        if exchange.state == .held {
            exchange.refuseHeld()
        } else if let source = exchange.source {
            logger.error(
                "response stream stalled; connection closed",
                metadata: ["id": "\(exchange.id)"]
            )
            source.finish()
        } else {
            exchange.take(exchange.refuse(Refusal(.busy, "the server took too long; try again")))
        }
    }

    /// At the limit newcomers wait in the kernel's queue; the longest idle connections make room.
    private func makeRoom() {
        let idle = connections.values.filter { $0.exchange == nil }
            .sorted { $0.idleSince < $1.idleSince }
        for connection in idle.prefix(max(1, limits.connectionsMax / 16)) {
            unsafe lpr_shutdown(connection.handle)
        }
        guard now >= lastFullWarning &+ 60_000 else { return }
        lastFullWarning = now
        logger.warning(
            "the connection limit is reached; new clients wait",
            metadata: ["limit": "\(limits.connectionsMax)", "idle": "\(idle.count)"]
        )
    }
}
