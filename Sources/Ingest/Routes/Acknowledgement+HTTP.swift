import Core

extension Acknowledgement {
    /// Writes the members of the answer over HTTP.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .read(let receipt, _, _):
            writer.field("id", receipt.recordID)
            writer.field("message", message)
            if receipt.isDuplicate { writer.field("duplicate", true) }
        case .noPlate:
            writer.field("id", Int64?.none)
            writer.field("message", message)
        case .detection(let receipt, _, _, _):
            writer.field("success", true)
            writer.field("message", message)
            writer.field("detection_id", receipt.id)
            writer.key("record_ids")
            writer.array(of: receipt.receipts) { $0.value($1.recordID) }
        case .registration(let cameraID):
            writer.field("success", true)
            writer.field("message", message)
            writer.field("camera_id", cameraID)
        case .report(let id, _):
            writer.field("success", true)
            writer.field("message", message)
            writer.field("health_id", id)
        }
        writer.field(warnings)
    }
}

extension Response {
    /// The answer to something that was kept.
    static func acknowledgement(_ status: Int, _ acknowledgement: Acknowledgement) -> Response {
        .json(status) { writer in
            writer.object { acknowledgement.write(to: &$0) }
        }
    }
}
