public import ArgumentParser
import Core
import Foundation
import Platform

/// `lprserver camera`.
public struct SimulateCamera: ParsableCommand, Sendable {
    /// How a camera speaks to the server.
    enum Transport: String, CaseIterable, ExpressibleByArgument {
        case http, websocket, socketio
    }

    /// What its help says.
    public static let configuration = CommandConfiguration(
        commandName: "camera",
        abstract: "Be one camera: make reads, queue them on disk, send them to a server.",
        discussion: """
            For tests in the field, before the real camera is there. Each read is written to the folder \
            --queue before it is sent, and leaves it when the server has acknowledged it. While the \
            server is away, reads wait there, also through the end of this program; the next start with \
            the same --queue sends them. Nothing is lost, and nothing is kept twice: each read has an \
            event_id.

            Try it, with `lprserver serve` in another terminal:
              lprserver camera --count 20              twenty reads, then it ends
              lprserver camera --rate 5                five a second, until Ctrl-C
              lprserver camera --count 0               only what waits from before
              lprserver camera --transport websocket   another transport
              lprserver camera --picture car.jpg --plate "กข 1234" --count 1

            Stop the server, let reads pile up, start it again: they arrive.

            The connection is plain TCP, without TLS: use it inside the cameras' network. From another \
            machine the server must listen there and admit it (CAMERA_LISTEN_ADDRESS, CAMERA_NETWORKS; \
            docs/CAMERAS.md). A read that the server will never take is put aside, into the folder \
            refused in the queue.
            """
    )

    @Option(help: "Where the server is: http://HOST:PORT or ws://HOST:PORT, perhaps with a path.")
    var server = "http://127.0.0.1:8765"

    @Option(help: "How to send: http, websocket or socketio.")
    var transport = Transport.http

    @Option(help: "Reads made each second, 0.001 to 1000.")
    var rate = 1.0

    @Option(help: "Reads to make; 0: none, only send what waits. Without it: until Ctrl-C.")
    var count: Int?

    @Option(name: .customLong("camera-id"), help: "The camera's name, 1 to 50 characters.")
    var cameraID = "CAM001"

    @Option(help: "The plate of every read. Without it: plates as on an ordinary day.")
    var plate: String?

    @Option(help: "A JPEG, PNG, WebP or BMP file sent with each read. Without it: a drawn scene.")
    var picture: String?

    @Flag(help: "Send no pictures.")
    var noPicture = false

    @Option(help: "The folder of reads that wait; one camera at a time may use it.")
    var queue = "camera-queue"

    @Option(name: .customLong("queue-max"), help: "With so many waiting, no more are made.")
    var queueMax = 100_000

    /// A command whose options have their defaults.
    public init() {}

    /// Checks the options' ranges.
    public func validate() throws {
        if let server = URLComponents(string: server), ["https", "wss"].contains(server.scheme) {
            throw ValidationError(
                "--server: this camera does not support TLS; use http:// or ws:// to the gateway's own port"
            )
        }
        guard ServerAddress(server) != nil else {
            throw ValidationError("--server must be an address like http://127.0.0.1:8765")
        }
        guard (0.001...1_000).contains(rate) else {
            throw ValidationError("--rate must be 0.001 to 1000")
        }
        guard count ?? 0 >= 0 else { throw ValidationError("--count must not be negative") }
        guard queueMax >= 1 else { throw ValidationError("--queue-max must be 1 or more") }
        guard picture == nil || !noPicture else {
            throw ValidationError("--picture and --no-picture cannot be used together")
        }
        do throws(Refusal) {
            _ = try Read.cameraID(cameraID, limits: Limits())
        } catch {
            throw ValidationError("--camera-id: \(error.message)")
        }
    }

    /// Makes and sends reads until they are done or Ctrl-C.
    public func run() throws {
        guard let server = ServerAddress(server) else { return }
        do {
            let plan = CameraRun.Plan(
                transport: connection(to: server),
                server: server,
                staysConnected: transport != .http,
                rate: rate,
                count: count,
                queueMax: queueMax
            )
            let maker = ReadMaker(cameraID: cameraID, plate: plate, picture: try pictureSource())
            var run = CameraRun(plan: plan, queue: try ReadQueue(path: queue), maker: maker)
            let tally = try run.run()
            Terminal.say("")
            guard let why = tally.firstRefusal else { return }
            throw QueueError(
                description:
                    "\(tally.refused) reads were refused and put into \(queue)/refused; the first: \(why)"
            )
        } catch let error as QueueError {
            try fail(error.description)
        } catch let error as Refusal {
            try fail(error.message)
        }
    }

    /// Ends with a sentence, and without the usage: the arguments were right.
    private func fail(_ sentence: String) throws {
        Terminal.say("error: \(sentence)")
        throw ExitCode.failure
    }

    private func connection(to server: ServerAddress) -> (Int) -> any CameraTransport {
        let cameraID = cameraID
        switch transport {
        case .http: return { _ in HTTPTransport(server: server, cameraID: cameraID) }
        case .websocket:
            return { WebSocketTransport(server: server, cameraID: cameraID, window: $0) }
        case .socketio:
            return { SocketIOTransport(server: server, cameraID: cameraID, window: $0) }
        }
    }

    private func pictureSource() throws -> ReadMaker.PictureSource {
        if noPicture { return .none }
        guard let path = picture else { return .drawn }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("--picture: \(path) cannot be read")
        }
        // Refused here rather than with every read.
        let picture = try Picture(Array(data), field: path, limits: Limits())
        return .file(Data(picture.bytes).base64EncodedString())
    }
}
