import Core

extension Fields {
    /// What a camera says of its health (`POST /api/health`, `health_status`).
    func healthReport(receivedAt now: Timestamp, limits: Limits) throws(Refusal) -> HealthReport {
        guard let status = HealthReport.Status(rawValue: try requiredText("status")) else {
            throw .invalid("status", "must be one of healthy, warning, error")
        }
        if let details = self["details"], case .object = details {
        } else if self["details"] != nil {
            throw .invalid("details", "must be an object")
        }
        return try HealthReport(
            cameraID: requiredText("camera_id"),
            component: text("component"),
            status: status,
            message: text("message"),
            details: self["details"],
            receivedAt: now,
            limits: limits
        )
    }
}
