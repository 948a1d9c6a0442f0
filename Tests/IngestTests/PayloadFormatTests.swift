import Core
import Foundation
import Seeded
import Testing

@testable import Ingest

/// The table of formats: what each entry recognises and decodes, and what a new entry needs.
@Suite struct PayloadFormatTests {
    private let now = Timestamp(milliseconds: 1_790_000_000_000)

    private func request(
        _ body: String,
        _ type: String? = "application/json",
        path: String = "/api/records"
    ) -> Request {
        Request(
            method: .post,
            path: path,
            headers: Headers(type.map { [("Content-Type", $0)] } ?? []),
            body: Array(body.utf8)
        )
    }

    /// One row per body format: content type, body, its plates.
    private static let bodies: [(String?, String, [String])] = [
        ("application/json", #"{"camera_id":"C","plate_number":"1กก1"}"#, ["1กก1"]),
        (nil, #"{"camera_id":"C","plate_number":"1กก1"}"#, ["1กก1"]),
        (
            "application/x-www-form-urlencoded",
            "\u{FEFF} {\"camera_id\":\"C\",\"plate_number\":\"1กก1\"}",
            ["1กก1"]
        ),
        (
            "application/vnd.camera+json; charset=utf-8",
            #"{"event":"lpr_data","data":{"camera_id":"C","plate_number":"1กก1"}}"#, ["1กก1"]
        ),
        (
            "application/json",
            #"{"table":"lpr_detection","data":{"hostname":"C","license_plate":"1กก1"}}"#, ["1กก1"]
        ),
        (
            "application/json",
            #"[{"camera_id":"C","plate_number":"1กก1"},{"camera_id":"C"},{"table":"lpr_detection","data":{"hostname":"C","license_plate":"2กก2"}}]"#,
            ["1กก1", "2กก2"]
        ),
        ("text/plain", #" [{"camera_id":"C","plate_number":"1กก1"}]"#, ["1กก1"]),
        (
            "Application/X-NDJSON",
            "{\"camera_id\":\"C\",\"plate_number\":\"1กก1\"}\n \n{\"camera_id\":\"C\",\"plate_number\":\"2กก2\"}\n",
            ["1กก1", "2กก2"]
        ),
        (
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"camera_id\"\r\n\r\nC\r\n--b\r\n"
                + "Content-Disposition: form-data; name=\"plate_number\"\r\n\r\n1กก1\r\n--b--\r\n",
            ["1กก1"]
        ),
    ]

    @Test(arguments: bodies)
    func everyFormOfABodyIsDecoded(type: String?, body: String, plates: [String]) throws {
        let decoded = try ReadDecoder(limits: Limits()).decode(request(body, type), receivedAt: now)
        let reads: [Read] = decoded.elements.compactMap { element in
            guard case .success(.read(let read)) = element else { return nil }
            return read
        }
        #expect(reads.map(\.plate.text) == plates)
        #expect(reads.allSatisfy { $0.cameraID == "C" })
    }

    /// One row per message: where it arrives, its content, and its format.
    @Test(arguments: [
        ("", "lpr_data", #"{"camera_id":"C","plate_number":"1"}"#, "read"),
        ("", "lpr_data", #"{"camera_id":"C","plate_number":"unknown"}"#, "noPlate"),
        ("", "lpr_data", #"{"type":"detection_result","camera_id":"C"}"#, "detection"),
        ("", "detection_result", #"{"camera_id":"C","ocr_results":["1"]}"#, "detection"),
        ("/api/detection", nil, #"{"camera_id":"C","ocr_results":["1"]}"#, "detection"),
        ("", "camera_register", #"{"camera_id":"C"}"#, "registration"),
        ("/api/cameras/register", nil, #"{"camera_id":"C"}"#, "registration"),
        ("", "health_status", #"{"camera_id":"C","status":"PASS"}"#, "report"),
        ("/api/health", nil, #"{"camera_id":"C","status":"PASS"}"#, "report"),
    ])
    func everyMessageIsDecoded(path: String, event: String?, body: String, kind: String) throws {
        let decoded = try ReadDecoder(limits: Limits()).decode(
            JSONParser.parse(Array(body.utf8)),
            PayloadHead(path: path, event: event),
            receivedAt: now
        )
        #expect("\(decoded)".hasPrefix("\(kind)("))
    }

    @Test func anUnknownFormIsToldWhichThereAre() throws {
        let decoder = ReadDecoder(limits: Limits())
        let message = #expect(throws: Refusal.self) {
            try decoder.decode(request(#"{"plate":"1กก1"}"#), receivedAt: now)
        }
        #expect(message?.code == "unknown_format")
        #expect(message?.status == 400)
        for name in [
            "lpr_data", "detection_result", "lpr_detection", "health_check", "plate_number",
        ] {
            #expect(message?.message.contains(name) == true, "\(name)")
        }
        let body = #expect(throws: Refusal.self) {
            try decoder.decode(request("<xml/>", "text/xml; charset=utf-8"), receivedAt: now)
        }
        #expect(body?.status == 415)
        #expect(
            body?.message
                == "send application/json, application/x-ndjson or multipart/form-data, not text/xml"
        )
    }

    /// Any bytes with any content type are decoded into elements or refused as the sender's error, by each format of
    /// the table.
    @Test(arguments: 0..<300 as Range<UInt64>)
    func anyBodyIsDecodedOrRefused(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let decoder = ReadDecoder(limits: Limits())
        let row = Self.bodies[Int.random(in: 0..<Self.bodies.count, using: &random)]
        let type = Self.bodies[Int.random(in: 0..<Self.bodies.count, using: &random)].0
        var body = Array(row.1.utf8)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            body[Int.random(in: 0..<body.count, using: &random)] = .random(
                in: 0...255,
                using: &random
            )
        }
        let request = Request(
            method: .post,
            path: "/api/records",
            headers: Headers(type.map { [("Content-Type", $0)] } ?? []),
            body: body
        )
        do throws(Refusal) {
            #expect(!(try decoder.decode(request, receivedAt: now)).elements.isEmpty)
        } catch {
            #expect([400, 413, 415].contains(error.status), "\(error)")
        }
    }
}

extension DecodedBody {
    /// All elements, whatever the form of the answer.
    var elements: [Element] {
        switch self {
        case .one(let decoded, _): [.success(decoded)]
        case .array(let elements), .lines(let elements): elements
        }
    }
}
