import Foundation
import GRDB

extension StoreWriter {
    /// Returns which of the given picture paths have a record, among all records.
    ///
    /// Scans backwards from the newest record until each is found. A path without a record costs a full scan, which
    /// only pictures of a crash do.
    func picturesKept(among paths: [String]) throws -> Set<String> {
        let array = "[" + paths.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        let cursor = try String.fetchCursor(
            db,
            sql: """
                SELECT picture, id FROM records WHERE picture IN (SELECT value FROM json_each(?1))
                UNION ALL
                SELECT path, record FROM pictures WHERE path IN (SELECT value FROM json_each(?1))
                ORDER BY 2 DESC
                """,
            arguments: [array]
        )
        var kept: Set<String> = []
        while kept.count < paths.count, let path = try cursor.next() { kept.insert(path) }
        return kept
    }

    /// Keeps where a picture is of which it is known what it shows.
    func insert(_ picture: KeptPicture, record: Int64) throws {
        try db.execute(
            sql: "INSERT INTO pictures (record, subject, path) VALUES (?, ?, ?)",
            arguments: [record, picture.subject.code, picture.path]
        )
    }

    /// Adds a picture, whose file is on disk, to a read that was kept before.
    ///
    /// It is the main one from now on if it is `image`, or the record's first one. Throws ``Refusal`` `.notFound` if there is no such
    /// record.
    func add(_ pending: PendingPicture) throws -> PictureEntry {
        let id = pending.recordID
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT r.camera, c.name, r.plate, r.seen, r.picture
                FROM records r JOIN cameras c ON c.id = r.camera WHERE r.id = ?
                """,
            arguments: [id]
        )
        guard let row, let path = pending.path else {
            throw Refusal(.notFound, "Record \(id) not found")
        }
        guard try db.picturePath(of: pending.subject, record: id) == nil else { return .exists }
        let picture = KeptPicture(pending.subject, path)
        if picture.subject != .image { try insert(picture, record: id) }
        let isMain = row["picture"] == nil || picture.subject == .image
        if isMain {
            try db.execute(
                sql: "UPDATE records SET picture = ?, picture_digest = ? WHERE id = ?",
                arguments: [path, pending.digest.map { Data($0) }, id]
            )
        }
        if let warning = pending.warning {
            try db.execute(
                sql: """
                    UPDATE records SET warnings = json_insert(COALESCE(warnings, '[]'), '$[#]', json(?))
                    WHERE id = ?
                    """,
                arguments: [warning.json, id]
            )
        }
        try noteCorrection(of: id)
        try append(
            .stats,
            camera: row["camera"],
            subject: id,
            data: EventData.pictureAdded(
                picture,
                toRecord: id,
                day: calendar.day(of: Timestamp(milliseconds: row["seen"])),
                camera: row["name"],
                plate: row["plate"],
                isMain: isMain
            )
        )
        return .added
    }

    /// A record is deleted: its pictures beside the main one are removed after the commit.
    func removePictures(ofRecord id: Int64, but main: String) throws {
        let paths = try String.fetchAll(
            db.cachedStatement(sql: "SELECT path FROM pictures WHERE record = ?"),
            arguments: [id]
        )
        guard !paths.isEmpty else { return }
        picturesToRemove += paths.filter { $0 != main }
        try db.execute(sql: "DELETE FROM pictures WHERE record = ?", arguments: [id])
    }

    /// When the newest record was received; nil if there is none.
    func latestReceipt() throws -> Timestamp? {
        Timestamp(
            try Int64.fetchOne(
                db,
                sql: "SELECT seen + delay FROM records ORDER BY id DESC LIMIT 1"
            )
        )
    }

    /// The last judgement of this database on pictures without a record; nil if there is none.
    func judgementOfPictures() throws -> String? { try db.meta("pictures_judgement") }

    /// Stores the judgement on pictures without a record.
    func setJudgementOfPictures(_ judgement: String) throws {
        try db.setMeta("pictures_judgement", judgement)
    }
}
