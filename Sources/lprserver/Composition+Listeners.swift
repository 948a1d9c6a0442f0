import Core
import Ingest
import Logging
import SiteGen

/// Where the service listens, and whether it may.
extension Composition {
    /// Before anything is opened: an invalid setting must change nothing.
    func checkSettings() throws -> [(ListenAddress, Listeners)] {
        let addresses: [(ListenAddress, Listeners)] = [
            (try ListenAddress(settings.listenAddress), .main),
            (try ListenAddress(settings.cameraListenAddress), .gateway),
        ]
        // Without a database there is no admin.
        if settings.missingDatabase != nil { try check(addresses, hasAdmin: false) }
        try settings.site.checkTemplates()
        return addresses
    }

    /// Other machines may reach a listener only once an admin decides who gets in.
    func check(
        _ addresses: [(ListenAddress, Listeners)],
        hasAdmin: Bool
    ) throws(ListenError) {
        for (address, kind) in addresses {
            if kind == .main {
                try address.check(hasAdmin: hasAdmin, allowsPlainHTTP: settings.allowsPlainHTTP)
            } else {
                try address.check(
                    forCamerasIn: settings.cameraNetworks,
                    hasAdmin: hasAdmin,
                    allowsPlainHTTP: settings.allowsPlainHTTP
                )
            }
        }
    }

    /// Says in the log what can be read on the network, at each start.
    func sayWhatIsPlain(_ addresses: [(ListenAddress, Listeners)]) {
        for (address, _) in addresses where !address.isLoopback {
            logger.warning(
                "plain HTTP beyond loopback: passwords, tokens and reads can be read on the network",
                metadata: ["at": "\(address.text)"]
            )
        }
    }

    /// Starts the listeners: a taken port is said at once, before the rest starts.
    func startListeners(
        on addresses: [(ListenAddress, Listeners)],
        _ router: Router,
        _ credentials: Credentials,
        _ refusals: Refusals,
        _ recorder: Recorder
    ) throws -> [Listener] {
        let memory = BodyMemory(bytesMax: settings.limits.bodyMemoryMax)
        func listener(_ place: ListenPlace, _ kind: Listeners, _ gate: Gate) -> Listener {
            var options = ListenerOptions(
                place: place,
                kind: kind,
                router: router,
                gate: gate,
                limits: settings.limits,
                bodyMemory: memory,
                logger: logger
            )
            options.refusals = refusals
            options.storingMilliseconds = { recorder.storingMilliseconds }
            return Listener(options)
        }
        let listeners = try addresses.map { address, kind in
            let gate = Gate(
                credentials,
                listener: kind,
                listenAddress: address.text,
                allowedHosts: settings.allowedHosts
            )
            let wanted = kind == .main ? settings.port : settings.cameraPort
            let listener = listener(.network(address, port: wanted), kind, gate)
            let port = try listener.start()
            logger.notice(
                kind == .main ? "serving pages and REST" : "serving cameras",
                metadata: ["at": "http://\(address.text):\(port)"]
            )
            return listener
        }
        let socket = startCommandSocket { listener(.unixSocket($0), .main, Gate(credentials)) }
        return listeners + [socket].compactMap(\.self)
    }

    /// Listens for the command line; where that fails, everything else works all the same.
    private func startCommandSocket(_ listener: (CommandSocket) -> Listener) -> Listener? {
        do throws(ListenError) {
            let listener = listener(try CommandSocket(databasePath: settings.databasePath))
            try listener.start()
            return listener
        } catch {
            logger.error(
                "the command line cannot reach this service",
                metadata: ["reason": "\(error)"]
            )
            return nil
        }
    }
}
