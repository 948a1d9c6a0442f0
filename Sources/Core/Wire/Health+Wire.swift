extension HealthCheck: JSONWritable {
    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("timestamp", checkedAt)
            writer.field("overall_status", overall.rawValue)
            writer.key("components")
            writer.object { writer in
                for component in components {
                    writer.key(component.part.rawValue)
                    writer.object { writer in
                        writer.field("status", component.status.rawValue)
                        writer.field("message", component.message)
                        writer.field("message_th", component.thaiMessage)
                        writer.field("details", JSON.object(component.details))
                    }
                }
            }
        }
    }
}

extension HealthCheck {
    /// A check from the JSON that ``write(to:)`` made; nil where it is something else.
    public init?(json: JSON) {
        guard case .string(let time)? = json["timestamp"], let checkedAt = Timestamp(rfc3339: time),
            case .object(let members)? = json["components"]
        else { return nil }
        var components: [Component] = []
        for member in members {
            guard let part = Part(rawValue: member.name),
                case .string(let word)? = member.value["status"],
                let status = Status(rawValue: word),
                case .string(let message)? = member.value["message"],
                case .object(let details)? = member.value["details"]
            else { return nil }
            var thai = message
            if case .string(let text)? = member.value["message_th"] { thai = text }
            components.append(Component(part, status, message, thai: thai, details))
        }
        self.init(checkedAt: checkedAt, components: components)
    }
}

extension KeptHealthReport: JSONWritable {
    /// Writes it with the wire's names.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id)
            writer.field("camera_id", cameraID)
            writer.field("component", component)
            writer.field("status", status)
            writer.field("message", message)
            writer.key("details")
            if let details { writer.raw(details) } else { writer.null() }
            writer.field("timestamp", receivedAt)
        }
    }
}
