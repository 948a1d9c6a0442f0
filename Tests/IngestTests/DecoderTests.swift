import Core
import Foundation
import Seeded
import Testing

@testable import Ingest

/// Every accepted shape of a read, and what nobody meant to send.
@Suite struct DecoderTests {
    private let decoder = ReadDecoder(limits: Limits())
    private let now = Timestamp(milliseconds: 1_790_000_000_000)

    private func decode(_ text: String) throws -> Decoded {
        let json = try JSONParser.parse(Array(text.utf8), takesNonFinite: true)
        return try decoder.decode(json, receivedAt: now)
    }

    private func read(_ text: String) throws -> Read {
        guard case .read(let read) = try decode(text) else {
            throw Refusal(.fault, "this is a detection")
        }
        return read
    }

    @Test(arguments: [
        #"{"camera_id":"C1","plate_number":"กข 1234","confidence":85.5,"event_id":"7"}"#,
        #"{"event":"lpr_data","data":{"camera_id":"C1","plate_number":"กข 1234","confidence":85.5,"event_id":7}}"#,
        #"{"table":"lpr_detection","data":{"hostname":"C1","license_plate":"กข 1234","confidence":"85.5","event_id":"7"}}"#,
        #"{"table":"lpr_detection","data":{"checkpoint_id":"C1","license_plate":"กข 1234","confidence":"85.5","event_id":"7"}}"#,
    ])
    func allShapesMeanTheSame(body: String) throws {
        let read = try read(body)
        #expect(read.cameraID == "C1")
        #expect(read.plate.number == "กข1234")
        #expect(read.confidence?.percent == 85.5)
        #expect(read.eventID == "7")
    }

    /// Ids of 64 bits that differ in their last digit must not become one: the second read would pass
    /// for the first one sent again.
    @Test func longIDsKeepEveryDigit() throws {
        for id in ["9007199254740993", "1790000000000000001", "-9223372036854775808"] {
            let body = #"{"camera_id":"C1","plate_number":"1","event_id":\#(id)}"#
            #expect(try read(body).eventID == id)
        }
        for id in ["9223372036854775808", "1e17", "1.5"] {
            let body = #"{"camera_id":"C1","plate_number":"1","event_id":\#(id)}"#
            let read = try read(body)
            #expect(read.eventID == nil)
            #expect(read.warnings.map(\.field) == ["event_id"])
        }
    }

    @Test func aDetectionHasAReadForEachPlate() throws {
        let body = #"""
            {"type":"detection_result","camera_id":"C1","vehicles_count":2,"plates_count":2,
            "ocr_results":["ABC1234","กข 99",""]}
            """#
        guard case .detection(let detection) = try decode(body) else {
            Issue.record("this is no detection")
            return
        }
        #expect(detection.reads.map(\.plate.number) == ["ABC1234", "กข99"])
    }

    @Test(arguments: [
        (#"{"plate_number":"1"}"#, "camera_id"), (#"{"camera_id":"C1"}"#, "plate_number"),
        (#"{"table":"lpr_detection","data":{"license_plate":"1"}}"#, "hostname"),
    ])
    func whatIsWrongIsNamed(body: String, field: String) {
        let refusal = #expect(throws: Refusal.self) { try decode(body) }
        #expect(refusal?.field == field)
        #expect(refusal?.status == 400)
    }

    /// Optional parts that are wrong are left out, named with their code, and refuse only a strict sender.
    @Test(arguments: [
        (#""confidence":101"#, "confidence", "out_of_range"),
        (#""confidence":-1"#, "confidence", "not_measured"),
        (#""confidence":"NaN""#, "confidence", "not_a_number"),
        (#""confidence":NaN"#, "confidence", "not_a_number"),
        (#""location_lon":1e999"#, "location_lon", "not_a_number"),
        (#""timestamp":-Infinity"#, "timestamp", "not_a_time"),
        (#""event_id":NaN"#, "event_id", "wrong_type"),
        (#""location":NaN"#, "location", "wrong_type"),
        (#""confidence":[1]"#, "confidence", "wrong_type"),
        (#""location_lat":91,"location_lon":0"#, "location_lat", "out_of_range"),
        (#""location_lat":"13.7N""#, "location_lat", "not_a_number"),
        (#""timestamp":"2026-02-30T00:00:00Z""#, "timestamp", "not_a_time"),
        (#""image_data":"!!!!""#, "image_data", "not_base64"),
        (#""image_data":"R0lGODlhAQABAAAAACw=""#, "image_data", "not_an_image"),
        (#""event_id":{}"#, "event_id", "wrong_type"),
        (#""image_data":"/9j/4AAQSkZJRgABAQAAAQABAAAAAAAAAAAA""#, "image_data", "damaged"),
    ])
    func wrongOptionalPartsAreLeftOut(part: String, field: String, code: String) throws {
        let body = #"{"camera_id":7,"plate_number":"1",\#(part)}"#
        let read = try read(body)
        #expect(read.cameraID == "7")
        #expect(read.warnings.map(\.field) == [field])
        #expect(read.warnings.map(\.code) == [code])
        #expect((read.picture != nil) == (code == "damaged"))
        var strict = ReadDecoder(limits: Limits())
        strict.isStrict = true
        let refusal = #expect(throws: Refusal.self) {
            try strict.decode(
                JSONParser.parse(Array(body.utf8), takesNonFinite: true),
                receivedAt: .now()
            )
        }
        #expect(refusal?.field == field)
        #expect(refusal?.code == code)
    }

    /// What real senders write as numbers.
    @Test(arguments: [
        ("1.0000001192092896", 100), (#""0.95""#, 95), (#"" 85 % ""#, 85), (#""0.5 %""#, 0.5),
        ("100.00001", 100),
    ])
    func numbersOfRealSendersAreRead(confidence: String, percent: Double) throws {
        let read = try read(
            #"{"camera_id":"C1","plate_number":"1","confidence":\#(confidence),"location_lon":" 98.9"}"#
        )
        #expect(read.confidence?.percent == percent)
        #expect(read.location.longitude == 98.9)
        #expect(read.warnings.isEmpty)
    }

    /// The edge sends columns of its database, in which JSON is text.
    @Test func resultsMayBeJSONInAText() throws {
        let body = #"""
            {"type":"detection_result","camera_id":"C1",
            "ocr_results":"[{\"plate_index\":0,\"text\":\"กข1234\",\"confidence\":0.91}]"}
            """#
        guard case .detection(let detection) = try decode(body) else {
            Issue.record("this is no detection")
            return
        }
        #expect(detection.reads.map(\.plate.number) == ["กข1234"])
        #expect(detection.reads.first?.confidence?.percent == 91)
    }

    /// Each form that a real sender has used, in every shape of a read.
    @Test(arguments: [
        #""20261128_181003""#, #""2026-11-28 18:10:03""#, "1795889403", "1795889403000",
        #""1795889403000000""#, #"" 1795889403.0 ""#, "20261128181003",
    ])
    func timesOfRealSendersAreRead(time: String) throws {
        let bodies = [
            #"{"camera_id":"C1","plate_number":"1","timestamp":\#(time)}"#,
            #"{"table":"lpr_detection","data":{"hostname":"C1","license_plate":"1","timestamp":\#(time)}}"#,
        ]
        for body in bodies {
            #expect(try read(body).cameraTime?.milliseconds == 1_795_889_403_000)
        }
    }

    /// Fields with values of every type in every place: a read or a refusal, never anything else, and
    /// what is accepted keeps to the limits.
    @Test(arguments: 0..<500 as Range<UInt64>)
    func anyValueIsReadOrRefused(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let json = randomBody(&random, depth: 0)
        do throws(Refusal) {
            guard case .read(let read) = try decoder.decode(json, receivedAt: now) else { return }
            #expect((1...50).contains(read.cameraID.count))
            #expect((1...40).contains(read.plate.text.count))
            #expect(read.confidence.map { (0...100).contains($0.percent) } ?? true)
        } catch {
            #expect(error.status == 400, "\(error)")
            #expect(!error.message.isEmpty)
        }
    }

    private func randomBody(_ random: inout SeededGenerator, depth: Int) -> JSON {
        let names = [
            "camera_id", "plate_number", "confidence", "image_data", "location", "location_lat",
            "location_lon", "timestamp", "event_id", "table", "data", "event", "type",
            "ocr_results",
            "hostname", "license_plate", "cropped_plates", "vehicles_count", "vehicle_type",
        ]
        var members = [
            JSON.Member("camera_id", .string("C1")), JSON.Member("plate_number", .string("กข 1")),
        ]
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let name = names[Int.random(in: 0..<names.count, using: &random)]
            members.append(JSON.Member(name, randomValue(&random, depth: depth)))
        }
        return .object(members)
    }

    private func randomValue(_ random: inout SeededGenerator, depth: Int) -> JSON {
        let texts = [
            "", " ", "lpr_detection", "detection_result", "C1", "กข 1234", "NaN", "-0", "1e400",
            "2026-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "data:image/png;base64,", "/9j/4AAQ",
            String(repeating: "ก", count: 60), "\u{0}", "\u{202E}", "\"\u{301}", "0x10",
        ]
        switch Int.random(in: 0..<(depth > 2 ? 5 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2:
            let numbers = [0, -0.0, -1, 0.95, 85.5, 100.1, 1e11, 1e300, 0x1p53, -91, 1e-300]
            return .number(numbers[Int.random(in: 0..<numbers.count, using: &random)])
        case 3: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 4: return .string(texts[Int.random(in: 0..<texts.count, using: &random)])
        case 5: return .array((0..<3).map { _ in randomValue(&random, depth: depth + 1) })
        default: return randomBody(&random, depth: depth + 1)
        }
    }

    /// The same for whole bodies whose bytes were damaged on the way.
    @Test(arguments: 0..<300 as Range<UInt64>)
    func damagedBodiesAreReadOrRefused(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bytes = Array(randomBody(&random, depth: 0).json.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
                in: 0...255,
                using: &random
            )
        }
        do throws(Refusal) {
            _ = try decoder.decode(JSONParser.parse(bytes), receivedAt: now)
        } catch {
            #expect(error.status == 400)
        }
    }
}
