internal import Core

extension CameraAnswer {
    /// The answer to a message that was kept; what it was decides the event.
    static func success(_ acknowledgement: Acknowledgement) -> CameraAnswer {
        let message = JSON.Member("message", .string(acknowledgement.message))
        var members = [JSON.Member("status", .string("success"))]
        var event = "lpr_response"
        switch acknowledgement {
        case .read(let receipt, let eventID, _):
            members += [JSON.Member("record_id", .number(Double(receipt.recordID))), message]
            members += self.members(eventID)
            if receipt.isDuplicate { members.append(JSON.Member("duplicate", .bool(true))) }
        case .detection(let receipt, _, let eventID, _):
            members += self.members(receipt) + [message] + self.members(eventID)
        case .noPlate(let receipt, let eventID, _):
            members += self.members(receipt) + [message] + self.members(eventID)
        case .registration:
            event = "status"
            members.append(message)
        case .report(let id, _):
            event = "health_response"
            members += [
                JSON.Member("success", .bool(true)),
                JSON.Member("health_id", .number(Double(id))), message,
            ]
        }
        let warnings = acknowledgement.warnings
        if !warnings.isEmpty { members.append(JSON.Member("warnings", warnings.json)) }
        return CameraAnswer(event: event, body: .object(members))
    }

    private static func members(_ receipt: DetectionReceipt?) -> [JSON.Member] {
        let ids = (receipt?.receipts ?? []).map { JSON.number(Double($0.recordID)) }
        return [
            JSON.Member("record_id", ids.first ?? .null), JSON.Member("record_ids", .array(ids)),
            JSON.Member("detection_id", receipt.map { .number(Double($0.id)) } ?? .null),
        ]
    }

    private static func members(_ eventID: String?) -> [JSON.Member] {
        eventID.map { [JSON.Member("event_id", .string($0))] } ?? []
    }
}
