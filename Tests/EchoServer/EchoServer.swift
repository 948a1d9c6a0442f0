import ArgumentParser
import Ingest
import Logging
import ServiceLifecycle
import UnixSignals

/// The echo server that the public conformance suites of WebSocket, Engine.IO and Socket.IO speak to, on
/// the gateway's own code.
///
/// The product has no such mode.
@main
struct EchoServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway-echo",
        abstract: "Echo on /echo (WebSocket), /engine.io/ and /socket.io/ for conformance suites."
    )

    @Option(help: "The port.")
    var port = 3_000
    @Option(help: "Milliseconds between a pong and the next ping.")
    var pingInterval: Int64 = 300
    @Option(help: "Milliseconds that a client has to answer a ping.")
    var pingTimeout: Int64 = 200
    @Option(help: "Maximum size of a message, and of a polling body, in bytes.")
    var payloadMax = 1_000_000
    @Option(help: "Milliseconds that a client has to connect to a namespace.")
    var connectTimeout: Int64 = 1_000

    func run() async throws {
        #if DEBUG
            try await serve()
        #else
            throw ValidationError("this program is for tests; build it without -c release")
        #endif
    }

    #if DEBUG
        private func serve() async throws {
            var options = EngineOptions()
            options.pingMilliseconds = pingInterval
            options.pongMilliseconds = pingTimeout
            options.payloadBytesMax = payloadMax
            options.connectMilliseconds = connectTimeout
            let logger = Logger(label: "gateway-echo")
            let echo = try GatewayEcho(options, logger: logger)
            let listener = try echo.listener(port: port)
            let bound = try listener.start()
            print("listening on 127.0.0.1:\(bound)")
            let group = ServiceGroup(
                services: [echo, listener],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            try await group.run()
        }
    #endif
}
