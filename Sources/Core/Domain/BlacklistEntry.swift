/// An entry of the blacklist.
public struct BlacklistEntry: Sendable, Equatable {
    /// Grows with each entry; never reused.
    public let id: Int64
    /// The plate; with a province, reads of that province match for certain.
    public let plate: Plate
    /// The reason.
    public let reason: String
    /// Who added it.
    public let addedBy: String
    /// The expiry; nil: until it is removed.
    public let expiry: Expiry?
    /// Additional notes.
    public let notes: String?
    /// False once it is removed.
    public let isActive: Bool
    /// When it was added.
    public let createdAt: Timestamp
    /// When it was last changed.
    public let updatedAt: Timestamp
    /// Who removed it.
    public let removedBy: String?

    /// Whether reads at an instant are matched against it.
    public func counts(at instant: Timestamp) -> Bool {
        guard isActive else { return false }
        guard let expiry else { return true }
        return instant < expiry.instant
    }
}

/// The expiry of an entry.
public struct Expiry: Sendable, Equatable {
    /// As given: a day (`2026-12-31`, which is included) or an instant.
    public let text: String
    /// The first instant at which the entry is expired.
    public let instant: Timestamp

    /// Parses a day (valid to its end in local time) or an RFC 3339 instant.
    ///
    /// Throws ``Refusal`` if it is neither, or in the past at `now`.
    public init(
        _ text: String,
        field: String = "expiry_date",
        after now: Timestamp? = nil,
        calendar: SiteCalendar
    ) throws(Refusal) {
        if let day = Day(text), (1970...9_998).contains(day.year) {
            self.text = text
            self.instant = calendar.start(of: day.adding(days: 1))
        } else if let instant = Timestamp(rfc3339: text) {
            self.text = instant.rfc3339
            self.instant = instant
        } else {
            throw .invalid(
                field,
                "must be a date like 2026-12-31 or 2026-12-31T18:00:00+07:00",
                code: "invalid_date"
            )
        }
        if let now, instant <= now {
            throw .invalid(field, "is over already; the entry would never count", code: "expired")
        }
    }

    /// An expiry from the database.
    init(keptText text: String, instant: Timestamp) {
        self.text = text
        self.instant = instant
    }
}

/// A new entry of the blacklist; valid by construction.
public struct BlacklistDraft: Sendable {
    /// The plate.
    public let plate: Plate
    /// The reason.
    public let reason: String
    /// Who adds it.
    public let addedBy: String
    /// The expiry.
    public let expiry: Expiry?
    /// Additional notes.
    public let notes: String?

    /// Throws ``Refusal`` if a text is missing or too long, or the plate cannot be one of a car.
    public init(
        plate: Plate,
        reason: String,
        addedBy: String?,
        expiry: Expiry?,
        notes: String?,
        limits: Limits
    ) throws(Refusal) {
        try plate.checkListable(field: "license_plate_text")
        self.plate = plate
        self.reason = try FieldText.required(
            reason,
            field: "reason",
            max: limits.reasonCharactersMax
        )
        self.addedBy =
            try FieldText.optional(addedBy, field: "added_by", max: limits.personCharactersMax)
            ?? "system"
        self.expiry = expiry
        self.notes = try FieldText.optional(
            notes,
            field: "notes",
            max: limits.notesCharactersMax,
            allowsLines: true
        )
    }
}

extension Plate {
    /// Throws ``Refusal`` if alerts for it would concern no car, or very many.
    fileprivate func checkListable(field: String) throws(Refusal) {
        if NoPlate.isSaid(by: text) {
            throw .invalid(field, "means that no plate was read; give a plate", code: "no_plate")
        }
        if let alone = Province(spelling: text) {
            throw .invalid(
                field,
                "is a province alone (\(alone.name)); give the letters and the number, too",
                code: "province_alone"
            )
        }
        // Marks above and below are part of their letter.
        guard number.count > 1 else {
            throw .invalid(field, "must have at least two letters or digits", code: "too_short")
        }
    }
}
