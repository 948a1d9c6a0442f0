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

    /// Answers are made on the gateway's thread, so that after a commit the writer does not make those to all of its
    /// reads.
    typealias Answer = @Sendable (@escaping @Sendable @autoclosure () -> CameraAnswer) -> Void

    /// Handles a message; `answer` is called once, on any thread, for a read after the commit.
    ///
    /// Returns the name of the sending camera, if the message has it.
    @discardableResult
    func take(
        _ message: CameraMessage,
        of principal: Principal,
        from client: ClientAddress,
        _ answer: @escaping Answer
    ) -> String? {
        let answer = Answers(refusals: backend.refusals, client: client, send: answer)
        do throws(Refusal) {
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
            let decoded = try backend.decoder.decode(message, receivedAt: backend.now)
            let done = answer.done(eventID: decoded.eventID)
            try backend.intake.keep(decoded, from: principal, done)
            return decoded.cameraID
        } catch {
            answer.refuse(error, eventID: Self.eventID(of: message.data))
            return nil
        }
    }

    /// The answer to a refused message, which is noted.
    func refusal(_ refusal: Refusal, from client: ClientAddress) -> CameraAnswer {
        let id = backend.refusals.note(refusal, client: client, place: Self.place)
        return .failure(refusal, id: id)
    }

    /// Notes that a socket is closed because of what its client sent; as the camera's if it has sent as one only.
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

    /// The event id of a refused message, so that a camera with many reads in flight can match it.
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

    /// Answers with the intake's outcome.
    func done(eventID: String?) -> Intake.Done {
        { result in
            switch result {
            case .failure(let refusal): refuse(refusal, eventID: eventID)
            case .success(let acknowledgement): send(.success(acknowledgement))
            }
        }
    }

    func refuse(_ refusal: Refusal, eventID: String? = nil) {
        let id = refusals.note(refusal, client: client, place: CameraMessageHandler.place)
        send(.failure(refusal, id: id, eventID: eventID))
    }
}
