import Core
import Dispatch

extension RecordRoutes {
    /// `POST /api/records`: on the listener's thread up to the recorder's queue; after the commit the writer says
    /// what became of it.
    func create(_ request: Request, _ responder: Responder) {
        do throws(Refusal) {
            switch try backend.decoder(for: request).decode(request, receivedAt: backend.now) {
            case .one(.read(let read), let acceptance): createOne(read, acceptance, responder)
            case .one(let other, let acceptance): createOne(other, acceptance, responder)
            case .array(let results): createMany(results, responder, asLines: false)
            case .lines(let results): createMany(results, responder, asLines: true)
            }
        } catch {
            responder.send(refusal: error)
        }
    }

    private func createOne(_ read: Read, _ acceptance: Acceptance?, _ responder: Responder) {
        let warnings = read.warnings
        backend.recorder.offer(read) { result in
            switch result {
            case .failure(let refusal): responder.send(refusal: refusal)
            case .success(let receipt):
                // A duplicate is acknowledged like the first: a camera that sends again must be
                // satisfied by the same answer.
                responder.send {
                    acceptance?()
                        ?? .json(201) { writer in
                            writer.object { RecordRoutes.write(receipt, warnings, to: &$0) }
                        }
                }
            }
        }
    }

    /// Answers 201 as for a record: a camera that waits for that must not send it for ever.
    private func createOne(_ other: Decoded, _ acceptance: Acceptance?, _ responder: Responder) {
        Task {
            do throws(Refusal) {
                try await keep(other)
                let warnings = other.warnings
                responder.send {
                    acceptance?()
                        ?? .json(201) { writer in
                            writer.object { RecordRoutes.write(noPlate: warnings, to: &$0) }
                        }
                }
            } catch {
                responder.send(refusal: error)
            }
        }
    }

    /// Keeps what is not one read.
    private func keep(_ other: Decoded) async throws(Refusal) {
        let recorder = backend.recorder
        switch other {
        case .read(let read): _ = try await recorder.record(read)
        case .detection(let detection), .noPlate(let detection):
            _ = try await recorder.record(detection)
        case .registration(let camera):
            try await recorder.register(
                cameraID: camera.cameraID,
                checkpointID: camera.checkpointID
            )
        case .report(let report, _): _ = try await recorder.record(report)
        }
    }

    private static func write(noPlate warnings: [Warning], to writer: inout JSONWriter) {
        writer.field("id", Int64?.none)
        writer.field("message", noPlateMessage)
        writer.field(warnings)
    }

    /// What a camera is told that says that it read no plate.
    static let noPlateMessage = "No plate was read; kept as a sign of life of the camera"

    private static func write(
        _ receipt: Receipt,
        _ warnings: [Warning],
        to writer: inout JSONWriter
    ) {
        writer.field("id", receipt.recordID)
        writer.field("message", "Record created successfully")
        if receipt.isDuplicate { writer.field("duplicate", true) }
        writer.field(warnings)
    }

    /// Where the answers to many reads are made: the thread that decodes them and the one that keeps them have
    /// enough to do.
    private static let manyAnswers = DispatchQueue(label: "records.answers")

    /// Keeps those that are valid in one commit; each gets its own answer, in order.
    private func createMany(
        _ results: [DecodedBody.Element],
        _ responder: Responder,
        asLines: Bool
    ) {
        var reads: [Read] = []
        var others: [Decoded] = []
        for case .success(let decoded) in results {
            if case .read(let read) = decoded { reads.append(read) } else { others.append(decoded) }
        }
        guard !others.isEmpty else {
            return createMany(results, reads, responder, asLines: asLines)
        }
        Task { [reads, others] in
            do throws(Refusal) {
                for other in others { try await keep(other) }
                createMany(results, reads, responder, asLines: asLines)
            } catch {
                responder.send(refusal: error)
            }
        }
    }

    private func createMany(
        _ results: [DecodedBody.Element],
        _ reads: [Read],
        _ responder: Responder,
        asLines: Bool
    ) {
        guard !reads.isEmpty else {
            return responder.send(answer(results, [], asLines: asLines))
        }
        backend.recorder.offer(reads) { result in
            switch result {
            case .failure(let refusal):
                let refused = reads.map { refusal.of($0.cameraID) }
                let id = responder.requestID
                responder.send {
                    var answer = Response.refusal(refusal, id: id)
                    answer.refused = Response.Refused(refused)
                    return answer
                }
            case .success(let receipts):
                Self.manyAnswers.async {
                    responder.send(answer(results, receipts, asLines: asLines))
                }
            }
        }
    }

    private func answer(
        _ results: [DecodedBody.Element],
        _ receipts: [Receipt],
        asLines: Bool
    ) -> Response {
        let refused = results.compactMap { result in
            if case .failure(let refusal) = result { refusal } else { nil }
        }
        let kept = results.count - refused.count
        let status = kept == 0 ? 400 : kept == results.count ? 201 : 207
        var remaining = receipts[...]
        guard asLines else {
            var answer = Response.json(status) { writer in
                writer.array(of: results) { write($1, &remaining, to: &$0) }
            }
            answer.refused = Response.Refused(refused)
            return answer
        }
        var bytes: [UInt8] = []
        for result in results {
            var writer = JSONWriter()
            write(result, &remaining, to: &writer)
            bytes += writer.bytes
            bytes.append(0x0A)
        }
        var answer = Response(
            status: status,
            headers: [("Content-Type", "application/x-ndjson"), ("Cache-Control", "no-store")],
            body: .bytes(bytes)
        )
        answer.refused = Response.Refused(refused)
        return answer
    }

    private func write(
        _ result: DecodedBody.Element,
        _ receipts: inout ArraySlice<Receipt>,
        to writer: inout JSONWriter
    ) {
        writer.object { writer in
            switch result {
            case .failure(let refusal):
                writer.field("error", refusal.message)
                writer.field("code", refusal.code)
                if let field = refusal.field { writer.field("field", field) }
            case .success(.read(let read)):
                guard let receipt = receipts.popFirst() else { return }
                RecordRoutes.write(receipt, read.warnings, to: &writer)
            case .success(let other): RecordRoutes.write(noPlate: other.warnings, to: &writer)
            }
        }
    }
}
