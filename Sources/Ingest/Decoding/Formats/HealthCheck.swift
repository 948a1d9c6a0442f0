import Core

extension MessageFormat {
    /// A camera's health report (`health_status`, `POST /api/health`).
    static let healthCheck = MessageFormat(
        name: "health_check (camera_id, status)",
        recognises: { message in
            message.head.event == "health_status" || message.head.path == "/api/health"
        },
        decode: { (message, decoder) throws(Refusal) in
            var warnings = decoder.noWarnings
            let report = try message.fields.healthReport(
                receivedAt: message.receivedAt,
                &warnings,
                limits: decoder.limits
            )
            return .report(report, warnings.list)
        }
    )
}

extension Fields {
    /// Decodes a health report.
    ///
    /// Throws ``Refusal`` if the camera or the status is missing or invalid; other invalid fields are left out.
    func healthReport(
        receivedAt now: Timestamp,
        _ warnings: inout Warnings,
        limits: Limits
    ) throws(Refusal) -> HealthReport {
        let cameraID = try Read.cameraID(cameraOfEdge(), limits: limits)
        return try Refusal.naming(cameraID) { () throws(Refusal) in
            try healthReport(of: cameraID, receivedAt: now, &warnings, limits: limits)
        }
    }

    private func healthReport(
        of cameraID: String,
        receivedAt now: Timestamp,
        _ warnings: inout Warnings,
        limits: Limits
    ) throws(Refusal) -> HealthReport {
        guard let status = try HealthReport.Status(word: requiredText("status")) else {
            throw .invalid(
                "status",
                "must be one of healthy, warning, error (or PASS, WARNING, FAIL)",
                code: "unknown_status"
            )
        }
        func report(_ component: String?, _ message: String?, _ details: JSON?) throws(Refusal)
            -> HealthReport
        {
            try HealthReport(
                cameraID: cameraID,
                component: component,
                status: status,
                message: message,
                details: details,
                receivedAt: now,
                limits: limits
            )
        }
        // Each field is tried on its own.
        let component = try warnings.optional("component") { () throws(Refusal) in
            try report(text("component"), nil, nil).component
        }
        let message = try warnings.optional("message") { () throws(Refusal) in
            try report(nil, text("message"), nil).message
        }
        let details = try warnings.optional("details") { () throws(Refusal) in
            let details = try object("details", limits: limits)
            _ = try report(nil, nil, details)
            return details
        }
        return try report(component, message, details)
    }
}
