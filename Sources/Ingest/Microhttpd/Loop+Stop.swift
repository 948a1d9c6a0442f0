internal import CMicrohttpd
internal import Core
internal import Glibc
internal import Logging

extension Loop {
    /// Whether the loop can end.
    var isOver: Bool {
        isStopping && (connections.isEmpty || now >= stopDeadline)
    }

    /// Stops accepting, closes idle connections, ends event streams, and gives responses in flight their time.
    func beginStop() {
        isStopping = true
        stopDeadline = now + Int64(limits.stopSeconds) * 1_000
        if let daemon = unsafe daemon {
            let socket = unsafe MHD_quiesce_daemon(daemon)
            if socket >= 0 { Glibc.close(socket) }
            if case .unixSocket(let socket) = place { unsafe unlink(socket.path) }
        }
        for connection in connections.values {
            if connection.exchange == nil {
                // A request that has arrived but was not read yet is in flight, too.
                if unsafe !lpr_has_input(connection.handle) {
                    unsafe lpr_shutdown(connection.handle)
                }
            } else if let source = connection.exchange?.source, source.mayBeSilent {
                source.finish()
            }
        }
    }

    /// Ends the remaining connections, and the daemon.
    func endStop() {
        if !connections.isEmpty {
            logger.warning(
                "stopped before every answer was sent",
                metadata: ["connections": "\(connections.count)"]
            )
        }
        isAborting = true
        for connection in connections.values { connection.exchange?.resume() }
        if let daemon = unsafe daemon {
            // Nothing parks any more, so that after one round nothing is suspended.
            unsafe MHD_run(daemon)
            unsafe MHD_stop_daemon(daemon)
        }
        unsafe daemon = nil
        control.announceEnd()
    }
}
