import Foundation
import Seeded
import Testing

@testable import Core
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

/// Pictures and details beyond the contract.
@Suite struct ReadExtrasTests {
    private static let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

    private func read(_ parts: String, limits: Limits = Limits()) throws -> Read {
        let body = #"{"camera_id":"C","plate_number":"1กก1",\#(parts)}"#
        let json = try JSONParser.parse(Array(body.utf8), takesNonFinite: true)
        let decoded = try ReadDecoder(limits: limits).decode(json, receivedAt: .now())
        guard case .read(let read) = decoded else { throw Refusal(.fault, "this is no read") }
        return read
    }

    @Test(arguments: [
        (#""image_data":"PNG""#, [PictureSubject.image]), (#""plate_image":"PNG""#, [.plate]),
        (#""plate_image":"PNG","image_data":"PNG""#, [.image, .plate]),
        (
            #""plate_image":"PNG","vehicle_image":"PNG","scene_image":"PNG""#,
            [.scene, .vehicle, .plate]
        ),
    ])
    func everyPictureHasItsSubject(parts: String, subjects: [PictureSubject]) throws {
        let read = try read(parts.replacing("PNG", with: Self.png))
        #expect(read.pictures.map(\.subject) == subjects)
        #expect(read.warnings.isEmpty)
    }

    @Test func aWrongPictureIsLeftOutAlone() throws {
        let read = try read(#""plate_image":"R0lGODlhAQABAAAAACw=","image_data":"\#(Self.png)""#)
        #expect(read.pictures.map(\.subject) == [.image])
        #expect(read.warnings.map(\.field) == ["plate_image"])
        #expect(read.warnings.map(\.code) == ["not_an_image"])
    }

    @Test func detailsAreKeptAsSent() throws {
        let details = #"{"lens":{"zoom":[1,2.5,null,true]},"note":"ก\u0001"}"#
        let read = try read(#""direction":"in","speed":61.5,"details":\#(details),"other":1"#)
        #expect(
            JSON.object(read.details).json
                == #"{"direction":"in","speed":61.5,"lens":{"zoom":[1,2.5,null,true]},"note":"ก\u0001"}"#
        )
        #expect(read.warnings.isEmpty)
    }

    /// What exceeds a limit is left out with a warning, and what comes after it is kept.
    @Test(arguments: [
        (String(repeating: "[", count: 9) + String(repeating: "]", count: 9), "too_deep"),
        ("[" + String(repeating: "0,", count: 256) + "0]", "too_many"),
        ("\"" + String(repeating: "x", count: 4_096) + "\"", "too_large"),
    ])
    func detailsBeyondALimitAreLeftOut(value: String, code: String) throws {
        let read = try read(#""details":{"big":\#(value),"small":1},"candidates":\#(value)"#)
        #expect(read.details == [JSON.Member("small", .number(1))])
        #expect(Set(read.warnings.map(\.field)) == ["candidates", "big"])
        #expect(read.warnings.last?.code == code)
    }

    @Test func namedDetailsHaveAccessors() throws {
        let read = try read(
            #"""
            "candidates":["1กก1",{"plate":"1กก7","confidence":0.8},{"text":"7","score":"70"},{"x":1}],
            "plate_box":[917,487,1029,529],"vehicle":{"make":"toyota","color":"white","box":{"xmin":1,"ymin":2,"xmax":4,"ymax":8}},
            "vehicle_type":"pickup","direction":"in","speed":"61","region":{"code":"th"},"pass_id":17
            """#
        )
        #expect(read.warnings.isEmpty)
        let details = ReadDetails(json: JSON.object(read.details).json)
        #expect(details.candidates.map(\.text) == ["1กก1", "1กก7", "7"])
        #expect(details.candidates.map { $0.confidence?.percent } == [nil, 80, 70])
        #expect(details.plateBox == PictureBox(x: 917, y: 487, width: 112, height: 42))
        #expect(details.vehicleBox == PictureBox(x: 1, y: 2, width: 3, height: 6))
        #expect(
            details.vehicle == Vehicle(make: "toyota", model: nil, color: "white", type: "pickup")
        )
        #expect(details.direction == "in" && details.speed == 61 && details.region == "th")
        #expect(details.passID == "17")
    }

    /// Any details leave a read that keeps to the limits.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func anyDetailsKeepToTheLimits(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var limits = Limits()
        (limits.detailsBytesMax, limits.detailsValuesMax, limits.detailsDepthMax) = (200, 20, 3)
        let names = ["candidates", "vehicle", "speed", "details", "region", "plate_box"]
        let parts = names.map { "\"\($0)\":\(value(&random, 0))" }.joined(separator: ",")
        let read = try read(parts, limits: limits)
        #expect(JSON.object(read.details).json.utf8.count <= limits.detailsBytesMax)
        #expect(depth(.object(read.details)) <= limits.detailsDepthMax + 1)
    }

    private func value(_ random: inout SeededGenerator, _ level: Int) -> String {
        let count = Int.random(in: 0...4, using: &random)
        switch Int.random(in: 0..<(level > 4 ? 4 : 6), using: &random) {
        case 0: return "null"
        case 1:
            return ["NaN", "1e999", "-0.5", "9007199254740993"].randomElement(using: &random) ?? "0"
        case 2: return "\"\(String(repeating: "ก", count: count * 9))\""
        case 3: return "true"
        case 4:
            return "[\((0..<count).map { _ in value(&random, level + 1) }.joined(separator: ","))]"
        default:
            return
                "{\((0..<count).map { "\"k\($0)\":\(value(&random, level + 1))" }.joined(separator: ","))}"
        }
    }

    private func depth(_ json: JSON) -> Int {
        switch json {
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .object(let members): 1 + (members.map { depth($0.value) }.max() ?? 0)
        default: 0
        }
    }
}
