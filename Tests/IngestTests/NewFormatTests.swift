import Core
import Foundation
import Testing

@testable import Ingest

/// That the seam holds what vendors send: each sketch below is one format, which a line of the table adds, and nothing else
/// of the service knows of it.
@Suite struct NewFormatTests {
    private var decoder: ReadDecoder {
        var decoder = ReadDecoder(limits: Limits())
        decoder.formats.bodies.insert(.sketchOfXML, at: 0)
        decoder.formats.messages.insert(contentsOf: [.sketchOfKeepAlive, .sketchOfGroup], at: 0)
        return decoder
    }

    private func decode(_ body: [UInt8], _ type: String, path: String) throws -> DecodedBody {
        try decoder.decode(
            Request(
                method: .post,
                path: path,
                headers: Headers([("Content-Type", type)]),
                body: body
            ),
            receivedAt: .now()
        )
    }

    private func jpeg(_ number: UInt8) -> [UInt8] {
        [0xFF, 0xD8, 0xFF, number] + [UInt8](repeating: 0, count: 20) + [0xFF, 0xD9]
    }

    /// XML and pictures in one body, the camera by its MAC address.
    @Test func aFormOfXMLAndPictures() throws {
        let xml = """
            <EventNotificationAlert><macAddress>d4:e8:53:bc:4c:02</macAddress><eventType>ANPR</eventType>\
            <ANPR><licensePlate>1กก1234</licensePlate><confidenceLevel>97</confidenceLevel>\
            <direction>reverse</direction></ANPR><UUID>2024-1</UUID></EventNotificationAlert>
            """
        let decoded = try decode(form(xml), "multipart/form-data; boundary=b", path: "/api/records")
        guard case .one(.read(let read), let acceptance) = decoded else {
            Issue.record("no read")
            return
        }
        #expect(read.cameraID == "d4:e8:53:bc:4c:02")
        #expect(read.plate.text == "1กก1234")
        #expect(read.eventID == "2024-1")
        #expect(read.pictures.map(\.subject) == [.scene, .plate])
        #expect(read.pictures.map(\.picture.bytes) == [jpeg(2), jpeg(1)])
        #expect(read.details == [JSON.Member("direction", .string("reverse"))])
        #expect(acceptance?().status == 200)
    }

    /// The same sender's heartbeat touches the camera, makes no read and is answered by 200.
    @Test func aHeartbeatIsNoRead() throws {
        let xml =
            "<EventNotificationAlert><macAddress>C1</macAddress><eventType>videoloss</eventType></EventNotificationAlert>"
        let beat = try decode(form(xml), "multipart/form-data; boundary=b", path: "/api/records")
        guard case .one(.registration(let camera), let acceptance) = beat else {
            Issue.record("no heartbeat")
            return
        }
        #expect(camera.cameraID == "C1")
        #expect(acceptance?().status == 200)
    }

    /// A format that only its path tells, and whose answer its sender prescribes.
    @Test func aFormatIsToldByItsPath() throws {
        let body = Array(#"{"Active":true,"DeviceID":"1c11c9c4"}"#.utf8)
        let decoded = try decode(body, "application/json", path: "/NotificationInfo/KeepAlive")
        guard case .one(.registration(let camera), let acceptance) = decoded else {
            Issue.record("no heartbeat")
            return
        }
        #expect(camera.cameraID == "1c11c9c4")
        guard case .bytes(let answer)? = acceptance?().body else {
            Issue.record("no answer of its own")
            return
        }
        #expect(String(decoding: answer, as: UTF8.self) == #"{"Result":true}"#)
    }

    /// Several plates of one picture with their candidates.
    @Test func aGroupOfPlates() throws {
        let body = """
            {"data_type":"alpr_results","camera_id":1234,"uuid":"u","results":[{"plate":"1กก1","confidence":92.9,\
            "candidates":[{"plate":"1กก1","confidence":92.9},{"plate":"1กก7","confidence":80.8}]},{"plate":"2กก2"}]}
            """
        let decoded = try decode(Array(body.utf8), "application/json", path: "/api/records")
        guard case .one(.detection(let detection), _) = decoded else {
            Issue.record("no detection")
            return
        }
        #expect(detection.cameraID == "1234")
        #expect(detection.reads.map(\.plate.text) == ["1กก1", "2กก2"])
        let details = ReadDetails(json: JSON.object(detection.reads[0].details).json)
        #expect(details.candidates.map(\.text) == ["1กก1", "1กก7"])
    }

    private func form(_ xml: String) -> [UInt8] {
        var body: [UInt8] = []
        for (name, content) in [
            ("anpr.xml", Array(xml.utf8)), ("licensePlatePicture.jpg", jpeg(1)),
            ("detectionPicture.jpg", jpeg(2)),
        ] {
            body +=
                "--b\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"\(name)\"\r\n\r\n"
                .utf8
            body += content + Array("\r\n".utf8)
        }
        return body + Array("--b--\r\n".utf8)
    }
}

extension BodyFormat {
    fileprivate static let sketchOfXML = BodyFormat(
        name: "multipart/form-data",
        recognises: { _, content in
            guard case .form(let parts) = content else { return false }
            return parts.contains { $0.name == "anpr.xml" }
        },
        decode: { (content, _, decoder, now) throws(Refusal) in
            guard case .form(let parts) = content,
                let part = parts.first(where: { $0.name == "anpr.xml" })
            else { throw Refusal(.invalid, "the form has no anpr.xml") }
            let xml = String(decoding: part.content, as: UTF8.self)
            func text(_ tag: String) -> String? {
                xml.components(separatedBy: "<\(tag)>").dropFirst().first?
                    .components(separatedBy: "</").first
            }
            let names = ["macAddress": "camera_id", "licensePlate": "plate_number"]
            let others = [
                "UUID": "event_id", "confidenceLevel": "confidence", "direction": "direction",
            ]
            var members: [JSON.Member] = []
            for (tag, name) in names.merging(others, uniquingKeysWith: { $1 }) {
                if let text = text(tag) { members.append(JSON.Member(name, .string(text))) }
            }
            let ok: Acceptance = { Response(status: 200) }
            guard text("eventType") == "ANPR" else {
                let camera = try CameraRegistration(
                    cameraID: text("macAddress") ?? "",
                    checkpointID: nil,
                    limits: decoder.limits
                )
                return .one(.registration(camera), ok)
            }
            let shown = [
                "licensePlatePicture.jpg": PictureSubject.plate, "detectionPicture.jpg": .scene,
            ]
            let pictures = parts.compactMap { part in
                shown[part.name].map {
                    Attachment(field: part.name, subject: $0, bytes: Array(part.content))
                }
            }
            let message = Message(
                head: PayloadHead(),
                fields: try Fields(.object(members)),
                receivedAt: now,
                attachments: pictures
            )
            return .one(try MessageFormat.lprData.decode(message, decoder), ok)
        }
    )
}

extension MessageFormat {
    fileprivate static let sketchOfKeepAlive = MessageFormat(
        name: "KeepAlive",
        recognises: { $0.head.path.hasSuffix("/KeepAlive") },
        decode: { (message, decoder) throws(Refusal) in
            let id = try message.fields.requiredIdentifier("DeviceID")
            return .registration(
                try CameraRegistration(cameraID: id, checkpointID: nil, limits: decoder.limits)
            )
        },
        acceptance: { .json { $0.object { $0.field("Result", true) } } }
    )

    fileprivate static let sketchOfGroup = MessageFormat(
        name: "alpr_results",
        recognises: { $0.fields["data_type"] == .string("alpr_results") },
        decode: { (message, decoder) throws(Refusal) in
            let members = [
                JSON.Member("camera_id", message.fields["camera_id"] ?? .null),
                JSON.Member("event_id", message.fields["uuid"] ?? .null),
                JSON.Member("ocr_results", message.fields["results"] ?? .null),
            ]
            return .detection(try decoder.detection(Fields(.object(members)), message.receivedAt))
        }
    )
}
