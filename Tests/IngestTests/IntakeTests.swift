import Testing

@testable import Core
@testable import Ingest

/// What a principal may send, and what becomes of it, whichever protocol carries it.
struct IntakeTests {
    private static let own = Principal(
        id: "7",
        name: "gate 7",
        role: .camera,
        cameras: .only(["CAM7"])
    )

    private static func decoded(_ json: String, event: String? = nil) throws -> Decoded {
        let decoder = ReadDecoder(limits: Limits())
        let json = try JSONParser.parse(Array(json.utf8))
        return try decoder.decode(json, PayloadHead(event: event), receivedAt: .now())
    }

    private static func read(_ camera: String, _ plate: String = "กข 1") -> String {
        #"{"camera_id":"\#(camera)","plate_number":"\#(plate)"}"#
    }

    /// What a camera may send, each way.
    private static func message(_ way: String, as camera: String) throws -> Decoded {
        let id = #""camera_id":"\#(camera)""#
        return switch way {
        case "read": try decoded(read(camera))
        case "no plate": try decoded(read(camera, "N/A"))
        case "detection":
            try decoded(#"{"type":"detection_result",\#(id),"ocr_results":["กข 1"]}"#)
        case "registration": try decoded("{\(id)}", event: "camera_register")
        default: try decoded(#"{\#(id),"status":"healthy"}"#, event: "health_status")
        }
    }

    @Test(arguments: ["read", "no plate", "detection", "registration", "report"])
    func aCameraSendsAsItselfAlone(way: String) async throws {
        let service = try TestService()
        let intake = service.backend.intake
        let foreign = try Self.message(way, as: "CAM8")
        let refusal = await #expect(throws: Refusal.self) {
            try await intake.keep(foreign, from: Self.own)
        }
        #expect(refusal?.code == "foreign_camera" && refusal?.field == "camera_id")
        // It is no refusal of the camera whose name was taken.
        #expect(refusal?.cameraID == nil)
        let own = try Self.message(way, as: "CAM7")
        let viewer = Principal(id: "2", name: "noi", role: .viewer)
        let forbidden = await #expect(throws: Refusal.self) {
            try await intake.keep(own, from: viewer)
        }
        #expect(forbidden?.kind == .forbidden)
        let none = try await service.backend.store.read { try $0.cameras().map(\.id) }
        #expect(none.isEmpty)
        _ = try await intake.keep(own, from: Self.own)
        let cameras = try await service.backend.store.read { try $0.cameras().map(\.id) }
        #expect(cameras == ["CAM7"])
        try await service.stop()
    }

    /// Each element has an outcome of its own, in order, and all are kept in one commit.
    @Test func aBatchIsOneCommit() async throws {
        let service = try TestService()
        let texts =
            (0..<40).map { _ in Self.read("CAM7", "N/A") }
            + [Self.read("CAM8"), Self.read("CAM7", "กข 9"), Self.read("CAM8", "N/A")]
        let elements = try texts.map { DecodedBody.Element.success(try Self.decoded($0)) }
        let before = service.backend.recorder.load.commits
        let result = await withCheckedContinuation { waiting in
            service.backend.intake.keep(elements, from: Self.own) { waiting.resume(returning: $0) }
        }
        #expect(service.backend.recorder.load.commits == before + 1)
        let told = try result.get().outcomes.map(Self.word)
        let expected = ["foreign_camera", "Record created successfully", "foreign_camera"]
        #expect(told == Array(repeating: "no plate", count: 40) + expected)
        let kept = try await service.backend.store.read { snapshot in
            try (snapshot.statistics().total.reads, snapshot.cameras().map(\.id))
        }
        #expect(kept.0 == 1 && kept.1 == ["CAM7"])
        try await service.stop()
    }

    private static func word(_ outcome: Result<Acknowledgement, Refusal>) -> String {
        switch outcome {
        case .success(.noPlate): "no plate"
        case .success(let kept): kept.message
        case .failure(let refusal): refusal.code
        }
    }
}
