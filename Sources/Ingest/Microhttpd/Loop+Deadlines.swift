internal import CMicrohttpd
internal import Core
internal import Logging

extension Loop {
    /// Runs once a second: ends overdue connections, detects disconnected clients, makes room.
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

    /// A body that takes longer than a second no longer counts as in flight: some clients on a slow link, or some
    /// that never send it, would take the slots of all others.
    private func stopCountingSlowBody(_ connection: Connection) {
        guard let exchange = connection.exchange, exchange.state == .body,
            now - (connection.deadline - bodyMilliseconds) > Self.slowBodyMilliseconds
        else { return }
        exchange.releaseSlot()
        exchange.stopCountingReads()
    }

    /// While most of the memory for bodies is used, stalled uploads release theirs: their clients may never send the
    /// rest.
    private func endSilentBody(_ connection: Connection) {
        guard let exchange = connection.exchange, exchange.state == .body,
            exchange.upload.reserved > 0, bodyMemory.bytesUsed > bodyMemory.bytesMax / 4 * 3,
            now - exchange.upload.lastArrival > Self.silentBodyMilliseconds
        else { return }
        refuseLate(connection, "the request body stalled while other uploads needed its memory")
        // At once, so that no more are ended than necessary.
        exchange.forgetBody()
    }

    /// The line with a chunk's size is longer than libmicrohttpd's buffer: it will never read the waiting bytes.
    ///
    /// It reads all input in each round, so that none can wait for seconds otherwise.
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

    /// Admits waiting uploads, and refuses those that have waited too long.
    func takeTurns() {
        for exchange in uploads.beginRound(now: now, refuses: shedder.isBound(now)) {
            exchange.stopCountingReads()
        }
        while let exchange = uploads.next() {
            // Its client has gone meanwhile; the library handles it.
            if unsafe lpr_peer_closed(exchange.handle) { exchange.releaseSlot() }
            exchange.resume()
        }
        while let exchange = uploads.overdue(now: now) {
            shedder.bodyIsLate(now)
            exchange.refuseHeld()
        }
    }

    /// Detects a disconnected client if libmicrohttpd does not: while a stream waits for its next chunk, and when the
    /// end arrived together with the last bytes, which its edge-triggered polling misses.
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

    /// 408 bypassing libmicrohttpd (RFC 9110 §15.5.9): it accepts no response before the request is complete.
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

    /// The action, or a response stream, was silent for too long.
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

    /// At the limit new clients wait in the kernel's queue; the longest idle connections are closed.
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
