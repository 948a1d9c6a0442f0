import Core
import Crypto
import Foundation
import HTTPClient
import Ingest
import Testing

@testable import CameraSimulator

/// A server's text frame, unmasked (RFC 6455 §5.2).
private func frame(_ text: String, opcode: UInt8 = 1) -> [UInt8] {
    let bytes = Array(text.utf8)
    return [0x80 | opcode, UInt8(bytes.count)] + bytes
}

/// A server's answer to the handshake in `request`.
private func agreement(to request: [UInt8], accept: String? = nil) throws -> [UInt8] {
    let text = String(decoding: request, as: UTF8.self)
    let line = try #require(
        text.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key") }
    )
    let key = line.split(separator: " ")[1] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    let digest = Data(Insecure.SHA1.hash(data: Data(key.utf8))).base64EncodedString()
    let head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: \(accept ?? digest)\r\n\r\n"
    return Array(head.utf8)
}

/// The texts in a client's masked frames of fewer than 126 bytes each.
private func texts(_ frames: [UInt8]) -> [String] {
    var texts: [String] = []
    var rest = frames[...]
    while rest.count >= 6 {
        let bytes = Array(rest.prefix(6))
        let count = Int(bytes[1] & 0x7F)
        let payload = rest.dropFirst(6).prefix(count).enumerated().map { $1 ^ bytes[2 + $0 % 4] }
        texts.append(String(decoding: payload, as: UTF8.self))
        rest = rest.dropFirst(6 + count)
    }
    return texts
}

@Suite struct ClientFramesTests {
    @Test(arguments: [1, 2, 3, 100])
    func messagesComeOutWhateverThePiecesAre(size: Int) throws {
        let bytes = [0x01, 2, 0xE0, 0xB8, 0x80, 1, 0x81] + frame("", opcode: 9) + frame("b")
        let frames = ClientFrames()
        var found: [WebSocketFrames.Message] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            found += try frames.receive(Array(bytes[start..<min(bytes.count, start + size)]))
        }
        #expect(found == [.text(Array("ก".utf8)), .text(Array("b".utf8))])
        // The ping's answer: a masked pong (RFC 6455 §5.5.3).
        #expect(frames.takeOutput().prefix(2) == [0x8A, 0x80])
    }

    @Test func aGoodbyeHasItsStatus() throws {
        let frames = ClientFrames()
        #expect(try frames.receive([0x88, 2, 0x03, 0xE9]) == [.close(1_001)])
    }

    @Test(
        arguments: [
            [0x83, 0x00], [0xC1, 0x00], [0x81, 0x81, 1, 2, 3, 4, 5], [0x81, 2, 0xC3, 0x28],
            [0x89, 0x7E, 0x00, 0x7E], [0x80, 0x00],
        ] as [[UInt8]]
    )
    func brokenFramesEndIt(bytes: [UInt8]) {
        let frames = ClientFrames()
        #expect(throws: TransportFault.self) { _ = try frames.receive(bytes) }
    }
}

@Suite struct CameraProtocolTests {
    private let server = ServerAddress("http://lpr.example:8765")
    private let read = WaitingRead(number: 7, json: Array(#"{"plate_number":"A1"}"#.utf8))

    @Test func aWebSocketSpeaksInTurn() throws {
        let server = try #require(server)
        var transport: any CameraTransport = WebSocketTransport(
            server: server,
            cameraID: "CAM",
            window: 2
        )
        #expect(!transport.takesReads && !transport.isIdle)
        let opening = try agreement(to: transport.takeOutput())
        // The first frame may come with the handshake's answer.
        let answers = try transport.receive(opening + frame(#"{"status":"success"}"#))
        #expect(answers == [Answer(number: nil, verdict: .kept(isDuplicate: false))])
        #expect(transport.takesReads && transport.isIdle)
        transport.send(read)
        transport.send(WaitingRead(number: 8, json: read.json))
        #expect(!transport.takesReads)
        #expect(
            texts(transport.takeOutput()) == [
                #"{"event":"camera_register","data":{"camera_id":"CAM"}}"#,
                #"{"event":"lpr_data","data":{"plate_number":"A1"}}"#,
                #"{"event":"lpr_data","data":{"plate_number":"A1"}}"#,
            ]
        )
        let both = frame(#"{"status":"success","duplicate":true}"#) + frame(#"{"message":"no"}"#)
        #expect(
            try transport.receive(both) == [
                Answer(number: 7, verdict: .kept(isDuplicate: true)),
                Answer(number: 8, verdict: .refused("no")),
            ]
        )
        #expect(throws: TransportFault.self) { _ = try transport.receive(frame("{}")) }
    }

    @Test func socketIOAcknowledgesByNumber() throws {
        let server = try #require(server)
        var transport: any CameraTransport = SocketIOTransport(
            server: server,
            cameraID: "CAM",
            window: 3
        )
        var bytes = try agreement(to: transport.takeOutput())
        bytes += frame(#"0{"sid":"x","upgrades":[],"pingInterval":1}"#)
        #expect(try transport.receive(bytes).isEmpty && !transport.takesReads)
        _ = try transport.receive(frame(#"40{"sid":"y"}"#) + frame("2"))
        #expect(
            texts(transport.takeOutput()) == [
                "40", #"421["camera_register",{"camera_id":"CAM"}]"#, "3",
            ]
        )
        transport.send(read)
        transport.send(WaitingRead(number: 8, json: read.json))
        #expect(!transport.takesReads && !transport.isIdle)
        #expect(texts(transport.takeOutput()).first == #"422["lpr_data",{"plate_number":"A1"}]"#)
        let found = try transport.receive(
            frame(#"42["status",{"message":"hello"}]"#) + frame(#"433[{"message":"no"}]"#)
                + frame(#"432[{"status":"success","record_id":1}]"#) + frame("431[{}]")
        )
        #expect(
            found == [
                Answer(number: 8, verdict: .refused("no")),
                Answer(number: 7, verdict: .kept(isDuplicate: false)),
                Answer(number: nil, verdict: .kept(isDuplicate: false)),
            ]
        )
        #expect(transport.isIdle)
        for goodbye in ["1", "41", #"44{"message":"no"}"#, "439[]"] {
            #expect(throws: TransportFault.self) { _ = try transport.receive(frame(goodbye)) }
        }
    }

    @Test func aHandshakeMustBeTheRightOne() throws {
        let server = try #require(server)
        var wrong = WebSocketTransport(server: server, cameraID: "CAM", window: 2)
        let opening = try agreement(to: wrong.takeOutput(), accept: "bm8=")
        #expect(throws: TransportFault.self) { _ = try wrong.receive(opening) }
        var refused = WebSocketTransport(server: server, cameraID: "CAM", window: 2)
        let answer = "HTTP/1.1 503 Busy\r\nRetry-After: 9\r\nContent-Length: 16\r\n\r\n"
        #expect(try refused.receive(Array(answer.utf8)).isEmpty)
        let fault = #expect(throws: TransportFault.self) {
            _ = try refused.receive(Array(#"{"error":"full"}"#.utf8))
        }
        #expect(fault == TransportFault(description: "503: full", seconds: 9))
    }

    @Test func oneMessageThatIsTooBigIsFound() throws {
        #expect(try Answer(closing: 1_009, [4])?.number == 4)
        let many = #expect(throws: TransportFault.self) { _ = try Answer(closing: 1_009, [4, 5]) }
        #expect(many?.blamesOneOfMany == true)
        let other = #expect(throws: TransportFault.self) { _ = try Answer(closing: 1_001, [4]) }
        #expect(other?.blamesOneOfMany == false)
    }
}
