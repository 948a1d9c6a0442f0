import Core
import Foundation
import HTTPClient
import Testing

@testable import CameraSimulator

@Suite struct ReadQueueTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        .path

    @Test func readsStayInOrderThroughAStart() throws {
        do {
            var queue = try ReadQueue(path: path)
            for letter in ["a", "b", "c"] { try queue.add(Array(letter.utf8)) }
            let first = try #require(try queue.next(after: .min))
            try queue.remove(first.number)
        }
        var queue = try ReadQueue(path: path)
        try queue.add(Array("d".utf8))
        #expect(try texts(queue) == ["b", "c", "d"])
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func answersMayComeInAnyOrder() throws {
        var queue = try ReadQueue(path: path)
        for number in 0..<10 { try queue.add(Array("\(number)".utf8)) }
        for text in ["5", "0", "9", "1"] {
            let number = try #require(try find(text, queue))
            try queue.remove(number)
        }
        #expect(queue.count == 6)
        #expect(try texts(queue) == ["2", "3", "4", "6", "7", "8"])
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func whatIsPutAsideIsKept() throws {
        var queue = try ReadQueue(path: path)
        try queue.add([1, 2, 3])
        try queue.putAside(try #require(try queue.next(after: .min)).number)
        #expect(queue.count == 0)
        let aside = try FileManager.default.contentsOfDirectory(atPath: path + "/refused")
        #expect(aside.count == 1)
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func oneCameraAtATime() throws {
        let queue = try ReadQueue(path: path)
        let error = #expect(throws: QueueError.self) { _ = try ReadQueue(path: path) }
        #expect(error?.description.contains("another camera") == true)
        #expect(queue.count == 0)
        try FileManager.default.removeItem(atPath: path)
    }

    private func texts(_ queue: borrowing ReadQueue) throws -> [String] {
        var texts: [String] = []
        var number = Int64.min
        while let read = try queue.next(after: number) {
            texts.append(String(decoding: read.json, as: UTF8.self))
            number = read.number
        }
        return texts
    }

    private func find(_ text: String, _ queue: borrowing ReadQueue) throws -> Int64? {
        var number = Int64.min
        while let read = try queue.next(after: number) {
            number = read.number
            if read.json == Array(text.utf8) { return number }
        }
        return nil
    }
}

@Suite struct HTTPAnswersTests {
    private static let plain = "HTTP/1.1 201 Created\r\ncontent-LENGTH: 3\r\nX: a  b\r\n\r\nabc"
    private static let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: 1\r\n\r\n"

    @Test(arguments: [plain, chunked])
    func answersComeOutWhateverThePiecesAre(text: String) throws {
        let bytes = Array((text + text).utf8)
        for size in [1, 2, 7, bytes.count] {
            var answers = HTTPAnswers()
            var found: [HTTPAnswer] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                answers.append(Array(bytes[start..<min(bytes.count, start + size)]))
                while let answer = try answers.next() { found.append(answer) }
            }
            #expect(found.count == 2)
            #expect(found.allSatisfy { $0.body == Array("abc".utf8) })
            #expect(answers.rest.isEmpty)
        }
    }

    @Test func aNameInAnyCaseIsFound() throws {
        var answers = HTTPAnswers()
        answers.append(Array(HTTPAnswersTests.plain.utf8))
        let answer = try #require(try answers.next())
        #expect(answer.status == 201 && answer.headers["x"] == "a b")
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n",
    ])
    func anythingElseEndsTheConversation(text: String) {
        var answers = HTTPAnswers()
        answers.append(Array(text.utf8))
        #expect(throws: TransportFault.self) { _ = try answers.next() }
    }

    @Test func headersHaveAnEnd() {
        var answers = HTTPAnswers()
        answers.append(Array(repeating: 65, count: 40_000))
        #expect(throws: TransportFault.self) { _ = try answers.next() }
    }
}

@Suite struct CameraTransportTests {
    @Test(arguments: [
        ("http://127.0.0.1:8765", "127.0.0.1:8765", ""),
        ("ws://lpr.example/x/", "lpr.example:80", "/x"),
        ("http://[fd00::1]:5000/", "[fd00::1]:5000", ""),
    ])
    func addressesAreRead(text: String, header: String, path: String) throws {
        let server = try #require(ServerAddress(text))
        #expect(server.hostHeader == header && server.path == path)
    }

    @Test(arguments: [
        "", "localhost:8765", "https://x", "wss://x", "http://", "http://u@x", "ftp://x",
    ])
    func otherAddressesAreNot(text: String) {
        #expect(ServerAddress(text) == nil)
    }

    @Test(arguments: [
        (201, Verdict.kept(isDuplicate: false)), (400, .refused("no")), (413, .refused("no")),
        (401, .later("401: no", seconds: 7)), (503, .later("503: no", seconds: 7)),
        (421, .later("421: no", seconds: 7)), (500, .later("500: no", seconds: 7)),
    ])
    func aStatusIsAVerdict(status: Int, verdict: Verdict) {
        let json = JSON.object([JSON.Member("error", .string("no"))])
        #expect(Verdict(status: status, json: json, retryAfter: 7) == verdict)
    }

    @Test func theNextTryIsLaterEachTime() {
        var backoff = Backoff()
        let waits = (0..<10).map { _ in backoff.next(atLeast: nil) }
        #expect(waits[0] < .seconds(1) && waits[3] > .seconds(3))
        #expect(waits.allSatisfy { $0 <= .seconds(36) })
        #expect(backoff.next(atLeast: 100) >= .seconds(100))
        backoff.reset()
        #expect(backoff.next(atLeast: nil) < .seconds(1))
    }
}
