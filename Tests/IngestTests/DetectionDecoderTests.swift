import Core
import Testing

@testable import Ingest

/// The forms in which senders write the OCR results of a detection.
@Suite struct DetectionDecoderTests {
    private func detection(_ parts: String) throws -> Detection {
        let body = #"{"type":"detection_result","camera_id":"C1",\#(parts)}"#
        let json = try JSONParser.parse(Array(body.utf8), takesNonFinite: true)
        let decoder = ReadDecoder(limits: Limits())
        guard case .detection(let detection) = try decoder.decode(json, receivedAt: .now()) else {
            throw Refusal(.fault, "this is no detection")
        }
        return detection
    }

    @Test(arguments: [
        #""ocr_results":[{"license_plate":"กข 1"}]"#, #""ocr_results":[{"ocr_text":"กข 1"}]"#,
        #""ocr_results":[{"plate_text":"กข 1"}]"#, #""ocr_results":[{"number":"กข 1"}]"#,
        #""ocr_results":[{"plate_no":"กข 1"}]"#, #""ocr_results":[{"value":"กข 1"}]"#,
        #""ocr_results":[{"result":"กข 1"}]"#, #""ocr_results":[{"text":"","plate":"กข 1"}]"#,
        #""ocr_results":[{"text":null,"plate_number":"กข 1"}]"#,
        #""ocr_results":[{"text":"unknown","plate_number":"กข 1"}]"#,
        #""ocr_results":{"text":"กข 1"}"#, #""ocr_results":"{\"text\":\"กข 1\"}""#,
        #""ocr_results":"['กข 1']""#, #""ocr_results":["กข 1"]"#, #""ocr_results":[["กข 1",0.9]]"#,
        #""ocr_results":"[[[[1,2],[3,4]],\"กข 1\",0.9]]""#,
        #""ocr_results":null,"plate_number":"กข 1","confidence":0.9"#, #""license_plate":"กข 1""#,
        #""ocr_results":[{"text":NaN,"plate":"กข 1"}]"#,
    ])
    func thePlateIsFound(_ parts: String) throws {
        let detection = try detection(parts)
        #expect(detection.reads.map(\.plate.number) == ["กข1"])
        #expect(detection.warnings.isEmpty)
    }

    @Test(arguments: [
        (#""ocr_results":[{},{"text":"กข 1"}]"#, 1, "ocr_results[0]", "no_text"),
        (#""ocr_results":[{"words":"กข 1"}]"#, 0, "ocr_results[0]", "no_text"),
        (#""ocr_results":"[\"กข 1\"""#, 0, "ocr_results", "not_json"),
        (#""ocr_results":"['กข 1'""#, 0, "ocr_results", "not_json"),
        (#""ocr_results":true"#, 0, "ocr_results[0]", "wrong_type"),
        (
            #""ocr_results":[{"text":"กข 1","confidence":NaN}]"#, 1, "confidence",
            "not_a_number"
        ),
    ])
    func whatIsWrongIsToldAndRefusesNothing(
        _ parts: String,
        _ reads: Int,
        _ field: String,
        _ code: String
    ) throws {
        let detection = try detection(parts)
        #expect(detection.reads.count == reads)
        #expect(detection.warnings.map(\.code) == [code])
        #expect(detection.warnings.map(\.field) == [field])
    }

    @Test func listsOfPythonAreRead() {
        #expect(PythonList.texts(#"['กข 1', "it's", 'a\'b']"#) == ["กข 1", "it's", "a'b"])
        for broken in ["[", "['a'", "['a' 'b']", "[a]", "['a']]", "[]", #"['\x41']"#, "['a',]"] {
            #expect(PythonList.texts(broken) == nil, "\(broken)")
        }
    }
}
