internal import Core

/// Handles the cameras' messages over sockets the same way as HTTP: decoder, recorder, answer after the
/// commit.
struct CameraMessageHandler: Sendable {
    let backend: Backend

    /// The supported events.
    static let events: Set<String> = [
        "lpr_data", "detection_result", "health_status", "camera_register", "ping",
    ]

    /// Its name in the log.
    static let place = "socket"

    /// Who answers: what he is told is only made on the gateway's thread, so that after a commit the writer
    /// does not make the answers to all of its reads.
    typealias Answer = @Sendable (@escaping @Sendable @autoclosure () -> CameraAnswer) -> Void

    /// Takes a message; `answer` is called once, on any thread, for a read after the commit.
    ///
    /// Returns the name of the camera that speaks, where the message says it.
    @discardableResult
    func take(
        _ message: CameraMessage,
        of principal: Principal,
        from client: ClientAddress,
        _ answer: @escaping Answer
    ) -> String? {
        let answer = Answers(refusals: backend.refusals, client: client, send: answer)
        do throws(Refusal) {
            guard principal.may(.send) || message.event == "ping" else {
                throw .notPermitted(principal)
            }
            guard Self.events.contains(message.event) else {
                throw .invalid(
                    "event",
                    "is not known; known are \(Self.events.sorted().joined(separator: ", "))"
                )
            }
            guard message.event != "ping" else {
                answer.send(pong(message.data))
                return nil
            }
            return try keep(backend.decoder.decode(message, receivedAt: backend.now), answer)
        } catch {
            answer.refuse(error, eventID: Self.eventID(of: message.data))
            return nil
        }
    }

    /// Returns the name of the camera that speaks.
    private func keep(_ decoded: Decoded, _ answer: Answers) throws(Refusal) -> String {
        switch decoded {
        case .read(let read):
            keep(read, answer)
            return read.cameraID
        case .detection(let detection):
            let count = detection.reads.count
            keep(detection, message: "Detection stored with \(count) plates", answer)
            return detection.cameraID
        case .noPlate(let detection):
            keep(detection, message: RecordRoutes.noPlateMessage, answer)
            return detection.cameraID
        case .registration(let camera):
            try register(camera, answer)
            return camera.cameraID
        case .report(let report, let warnings):
            keep(report, warnings, answer)
            return report.cameraID
        }
    }

    private func keep(_ read: Read, _ answer: Answers) {
        let (eventID, warnings) = (read.eventID, read.warnings)
        backend.recorder.offer(read) { result in
            switch result {
            case .failure(let refusal): answer.refuse(refusal, eventID: eventID)
            case .success(let receipt):
                answer.send(Self.success(receipt, eventID: eventID, warnings))
            }
        }
    }

    private static func success(
        _ receipt: Receipt,
        eventID: String?,
        _ warnings: [Warning]
    ) -> CameraAnswer {
        var members = [
            JSON.Member("record_id", .number(Double(receipt.recordID))),
            JSON.Member("message", .string("Record created successfully")),
        ]
        if let eventID { members.append(JSON.Member("event_id", .string(eventID))) }
        if receipt.isDuplicate { members.append(JSON.Member("duplicate", .bool(true))) }
        return .success("lpr_response", members, warnings)
    }

    private func keep(_ detection: Detection, message: String, _ answer: Answers) {
        let recorder = backend.recorder
        Task {
            do throws(Refusal) {
                let receipt = try await recorder.record(detection)
                answer.send(Self.success(receipt, of: detection, message))
            } catch {
                answer.refuse(error, eventID: detection.eventID)
            }
        }
    }

    private static func success(
        _ receipt: DetectionReceipt,
        of detection: Detection,
        _ message: String
    ) -> CameraAnswer {
        let ids = receipt.receipts.map { JSON.number(Double($0.recordID)) }
        var members = [
            JSON.Member("record_id", ids.first ?? .null), JSON.Member("record_ids", .array(ids)),
            JSON.Member("detection_id", .number(Double(receipt.id))),
            JSON.Member("message", .string(message)),
        ]
        if let id = detection.eventID { members.append(JSON.Member("event_id", .string(id))) }
        return .success("lpr_response", members, detection.warnings)
    }

    private func register(
        _ camera: CameraRegistration,
        _ answer: Answers
    ) throws(Refusal) {
        let id = camera.cameraID
        do throws(Refusal) {
            try backend.recorder.offerRegistration(
                cameraID: id,
                checkpointID: camera.checkpointID
            ) {
                switch $0 {
                case .failure(let refusal): answer.refuse(refusal.of(id))
                case .success:
                    let text = "Camera \(id) registered successfully"
                    answer.send(.success("status", [JSON.Member("message", .string(text))]))
                }
            }
        } catch {
            throw error.of(id)
        }
    }

    private func keep(_ report: HealthReport, _ warnings: [Warning], _ answer: Answers) {
        let recorder = backend.recorder
        Task {
            do throws(Refusal) {
                let id = try await recorder.record(report)
                answer.send(
                    .success(
                        "health_response",
                        [
                            JSON.Member("success", .bool(true)),
                            JSON.Member("health_id", .number(Double(id))),
                            JSON.Member("message", .string("Health report stored")),
                        ],
                        warnings
                    )
                )
            } catch {
                answer.refuse(error)
            }
        }
    }

    /// The answer to something that is not taken, noted.
    func refusal(_ refusal: Refusal, from client: ClientAddress) -> CameraAnswer {
        let id = backend.refusals.note(refusal, client: client, place: Self.place)
        return .failure(refusal, id: id)
    }

    /// Notes that a socket is closed for what its client sent; as the camera's if it speaks for one alone.
    func noteClosing(
        _ client: ClientAddress,
        speakingFor cameras: Set<String>,
        because refusal: Refusal
    ) {
        let camera = cameras.count == 1 ? cameras.first : nil
        _ = backend.refusals.note(refusal.of(camera), client: client, place: Self.place)
    }

    private func pong(_ data: JSON) -> CameraAnswer {
        var members: [JSON.Member] = []
        if case .object(let sent) = data { members = sent.filter { $0.name != "timestamp" } }
        members.append(JSON.Member("timestamp", .string(backend.now.rfc3339)))
        return CameraAnswer(event: "pong", body: .object(members))
    }

    /// The event id of a message that is refused, so that a camera with many reads in flight knows which.
    private static func eventID(of data: JSON) -> String? {
        let inner = data["data"] ?? data
        guard case .object = inner, let fields = try? Fields(inner) else { return nil }
        return (try? fields.identifier("event_id")).flatMap(\.self)
    }
}

/// Answers one message, and notes refusals.
private struct Answers: Sendable {
    let refusals: Refusals
    let client: ClientAddress
    let send: CameraMessageHandler.Answer

    func refuse(_ refusal: Refusal, eventID: String? = nil) {
        let id = refusals.note(refusal, client: client, place: CameraMessageHandler.place)
        send(.failure(refusal, id: id, eventID: eventID))
    }
}
