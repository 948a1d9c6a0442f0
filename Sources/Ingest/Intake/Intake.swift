import Core

/// The only way in for what cameras send, over HTTP and sockets: checks that its principal may send as its camera, hands
/// it to the recorder, and says after the commit what became of it.
///
/// HTTP routes and sockets only decode what they get, and write an ``Acknowledgement`` in their own form.
struct Intake: Sendable {
    private let recorder: Recorder

    /// Called once with the outcome, after the commit, on any thread; must not block.
    typealias Done = @Sendable (Result<Acknowledgement, Refusal>) -> Void

    /// Hands on to a recorder.
    init(recorder: Recorder) { self.recorder = recorder }

    /// Keeps a message; returns at once.
    ///
    /// Throws a ``Refusal``, and never calls `done`, if the principal may not send it.
    func keep(
        _ decoded: Decoded,
        from principal: Principal,
        _ done: @escaping Done
    ) throws(Refusal) {
        try check(principal, decoded.cameraID)
        let eventID = decoded.eventID
        switch decoded {
        case .read(let read):
            let warnings = read.warnings
            recorder.offer(read) { result in
                done(result.map { .read($0, eventID: eventID, warnings) })
            }
        case .detection(let detection):
            let (plates, warnings) = (detection.reads.count, detection.warnings)
            recorder.offer(detection) { result in
                done(result.map { .detection($0, plates: plates, eventID: eventID, warnings) })
            }
        case .noPlate(let detection):
            recorder.offer(detection) { result in
                done(result.map { .noPlate($0, eventID: eventID, detection.warnings) })
            }
        case .registration(let registration):
            recorder.offer(registration) { result in
                done(result.map { .registration(cameraID: registration.cameraID) })
            }
        case .report(let report, let warnings):
            recorder.offer(report) { result in
                done(result.map { .report(id: $0, warnings) })
            }
        }
    }

    /// Keeps a message; returns once it is on disk.
    func keep(_ decoded: Decoded, from principal: Principal) async throws(Refusal)
        -> Acknowledgement
    {
        let result: Result<Acknowledgement, Refusal> = await withCheckedContinuation { waiting in
            do throws(Refusal) {
                try keep(decoded, from: principal) { waiting.resume(returning: $0) }
            } catch {
                waiting.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Keeps the valid messages of a batch in one commit, or none of them; each has an outcome of its own.
    func keep(
        _ elements: [DecodedBody.Element],
        from principal: Principal,
        _ done: @escaping @Sendable (Result<KeptBatch, Refusal>) -> Void
    ) {
        var reads: [Read] = []
        var noPlates: [Detection] = []
        let judged = elements.map { element -> DecodedBody.Element in
            do throws(Refusal) {
                let decoded = try element.get()
                try check(principal, decoded.cameraID)
                switch decoded {
                case .read(let read): reads.append(read)
                case .noPlate(let detection): noPlates.append(detection)
                case .detection, .registration, .report: throw Intake.noRead.of(decoded.cameraID)
                }
                return element
            } catch {
                return .failure(error)
            }
        }
        guard !reads.isEmpty || !noPlates.isEmpty else {
            return done(.success(KeptBatch(elements: judged, receipts: [])))
        }
        recorder.offer(reads, noPlates) { result in
            done(result.map { KeptBatch(elements: judged, receipts: $0) })
        }
    }

    private static let noRead = Refusal(
        .invalid,
        "a body of many may hold reads only; send this in a body of its own"
    )

    /// Adds a picture to a stored read; returns once it is on disk, false if the very same one was there already.
    func keep(
        _ picture: ReadPicture,
        toRecord id: Int64,
        from principal: Principal
    ) async throws(Refusal) -> Bool {
        try check(principal, await recorder.cameraID(ofRecord: id))
        return try await recorder.add(picture, toRecord: id)
    }

    /// The record of a camera's own id of a read.
    func recordID(
        cameraID: String,
        eventID: String,
        for principal: Principal
    ) async throws(Refusal) -> Int64 {
        try check(principal, cameraID)
        return try await recorder.recordID(cameraID: cameraID, eventID: eventID)
    }

    /// Throws a ``Refusal`` unless a principal may send as a camera: the only place where that is asked.
    ///
    /// It is not counted as the camera's, which did not send it.
    private func check(_ principal: Principal, _ cameraID: String) throws(Refusal) {
        guard !principal.may(.send, as: cameraID) else { return }
        guard principal.may(.send) else { throw .notPermitted(principal) }
        throw Refusal(
            .forbidden,
            "\(principal.name) may not send as the camera \(cameraID)",
            field: "camera_id",
            code: "foreign_camera"
        ).by(principal.actor(address: nil))
    }
}
