/// Pictures that arrive later than their reads.
extension Recorder {
    /// Adds a picture to a read that is kept; returns once it is on disk.
    ///
    /// False if the record has the very same picture of that subject already. Throws ``Refusal``: `.notFound` if there is
    /// no such record, `.conflict` if it has another picture of that subject.
    public func add(_ picture: ReadPicture, toRecord id: Int64) async throws(Refusal) -> Bool {
        let receivedAt = clock()
        // The second time if another one came first in the same moment, the third if that was deleted then.
        for _ in 0..<3 {
            if let path = try await record(id).path(of: picture.subject) {
                guard pictures.holds(picture.picture.bytes, at: path) else {
                    throw Refusal(
                        .conflict,
                        "record \(id) has another picture as \(picture.subject.rawValue) already",
                        code: "picture_exists"
                    )
                }
                return false
            }
            let warning = picture.picture.damage.map { damage in
                let field = picture.subject.rawValue
                return Warning(.invalid(field, damage, code: Warning.damaged), field: field)
            }
            let pending = PendingPicture(
                picture,
                recordID: id,
                receivedAt: receivedAt,
                warning: warning
            )
            let entry: PictureEntry = try await outcome { add(.picture(pending, $0)) }
            if entry == .added { return true }
        }
        throw Refusal(.busy, "others change the record's pictures; send it again in a moment")
    }

    /// The id of the record of a camera's own id of a read.
    ///
    /// Throws ``Refusal`` `.notFound` if there is none, or none yet.
    public func recordID(cameraID: String, eventID: String) async throws(Refusal) -> Int64 {
        let found = try await change {
            try $0.recordID(cameraID: cameraID, eventID: eventID)
        }
        guard let found else {
            throw Refusal(.notFound, "camera \(cameraID) has no record with this event_id (yet)")
        }
        return found
    }

    /// The camera of a record; throws ``Refusal`` `.notFound` if there is no such record.
    public func cameraID(ofRecord id: Int64) async throws(Refusal) -> String {
        try await record(id).cameraID
    }

    private func record(_ id: Int64) async throws(Refusal) -> Record {
        let found: Record?
        do {
            found = try await store.read { try $0.record(id: id) }
        } catch {
            throw storageRefusal(error)
        }
        guard let found else { throw Refusal(.notFound, "Record \(id) not found") }
        return found
    }
}

extension Record {
    /// The file of its picture of a subject; nil if it has none.
    fileprivate func path(of subject: PictureSubject) -> String? {
        if pictures.isEmpty { return subject == .image ? picturePath : nil }
        return pictures.first { $0.subject == subject }?.path
    }
}
