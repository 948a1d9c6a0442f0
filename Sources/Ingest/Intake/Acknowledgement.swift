import Core

/// What became of a message of a camera, once it is on disk.
enum Acknowledgement: Sendable {
    case read(Receipt, eventID: String?, [Warning])
    case detection(DetectionReceipt, plates: Int, eventID: String?, [Warning])
    /// A camera that says that it read no plate; without a receipt of its own in a batch.
    case noPlate(DetectionReceipt?, eventID: String?, [Warning])
    case registration(cameraID: String)
    case report(id: Int64, [Warning])

    /// The sentence for the sender.
    var message: String {
        switch self {
        case .read: "Record created successfully"
        case .detection(_, let plates, _, _): "Detection stored with \(plates) plates"
        case .noPlate: "No plate was read; kept as a sign of life of the camera"
        case .registration(let cameraID): "Camera \(cameraID) registered successfully"
        case .report: "Health report stored"
        }
    }

    /// What was wrong with optional parts.
    var warnings: [Warning] {
        switch self {
        case .read(_, _, let warnings), .detection(_, _, _, let warnings),
            .noPlate(_, _, let warnings), .report(_, let warnings):
            warnings
        case .registration: []
        }
    }
}

/// A batch after its commit.
struct KeptBatch: Sendable {
    let elements: [DecodedBody.Element]
    /// Those of its reads, in order.
    let receipts: [Receipt]

    /// What became of each element, in order; computed by the caller, so not on the thread that commits.
    var outcomes: [Result<Acknowledgement, Refusal>] {
        var left = receipts[...]
        return elements.map { element in
            element.flatMap { decoded in
                switch decoded {
                case .read(let read):
                    left.popFirst().map {
                        .success(.read($0, eventID: read.eventID, read.warnings))
                    } ?? .failure(Refusal(.fault, "the read has no receipt"))
                case .noPlate(let detection):
                    .success(.noPlate(nil, eventID: detection.eventID, detection.warnings))
                case .detection, .registration, .report:
                    .failure(Refusal(.fault, "the message was not kept"))
                }
            }
        }
    }
}
