import Core
import Dispatch

extension RecordRoutes {
    /// `POST /api/records`: on the listener's thread up to the recorder's queue; after the commit the writer answers.
    func create(_ request: Request, _ responder: Responder) {
        do throws(Refusal) {
            switch try backend.decoder(for: request).decode(request, receivedAt: backend.now) {
            case .one(let decoded, let acceptance):
                try backend.intake.keep(decoded, from: request.principal) { result in
                    switch result {
                    case .failure(let refusal): responder.send(refusal: refusal)
                    // A duplicate is acknowledged like the first read, and a read without a plate like a record: a camera
                    // that waits for 201 must not retry forever.
                    case .success(let kept):
                        responder.send { acceptance?() ?? .acknowledgement(201, kept) }
                    }
                }
            case .array(let elements): keep(elements, of: request, responder, asLines: false)
            case .lines(let elements): keep(elements, of: request, responder, asLines: true)
            }
        } catch {
            responder.send(refusal: error)
        }
    }

    /// The queue that makes the answers to many reads: the decoding and the writing thread are busy enough.
    private static let manyAnswers = DispatchQueue(label: "records.answers")

    private func keep(
        _ elements: [DecodedBody.Element],
        of request: Request,
        _ responder: Responder,
        asLines: Bool
    ) {
        backend.intake.keep(elements, from: request.principal) { result in
            Self.manyAnswers.async {
                switch result {
                case .success(let batch):
                    responder.send(Self.answer(batch.outcomes, asLines: asLines))
                case .failure(let refusal):
                    // Whose reads they were is for the log and the counters.
                    let refused = elements.compactMap { try? $0.get() }
                        .map { refusal.of($0.cameraID) }
                    var answer = Response.refusal(refusal, id: responder.requestID)
                    answer.refused = Response.Refused(refused)
                    responder.send(answer)
                }
            }
        }
    }

    private static func answer(
        _ outcomes: [Result<Acknowledgement, Refusal>],
        asLines: Bool
    ) -> Response {
        let refused = outcomes.compactMap { outcome in
            if case .failure(let refusal) = outcome { refusal } else { nil }
        }
        let kept = outcomes.count - refused.count
        let status = kept == 0 ? 400 : kept == outcomes.count ? 201 : 207
        var answer: Response
        if asLines {
            var bytes: [UInt8] = []
            for outcome in outcomes {
                var writer = JSONWriter()
                write(outcome, to: &writer)
                bytes += writer.bytes
                bytes.append(0x0A)
            }
            answer = Response(
                status: status,
                headers: [("Content-Type", "application/x-ndjson"), ("Cache-Control", "no-store")],
                body: .bytes(bytes)
            )
        } else {
            answer = .json(status) { writer in
                writer.array(of: outcomes) { write($1, to: &$0) }
            }
        }
        answer.refused = Response.Refused(refused)
        return answer
    }

    private static func write(
        _ outcome: Result<Acknowledgement, Refusal>,
        to writer: inout JSONWriter
    ) {
        writer.object { writer in
            switch outcome {
            case .success(let kept): kept.write(to: &writer)
            case .failure(let refusal):
                writer.field("error", refusal.message)
                writer.field("code", refusal.code)
                if let field = refusal.field { writer.field("field", field) }
            }
        }
    }
}
