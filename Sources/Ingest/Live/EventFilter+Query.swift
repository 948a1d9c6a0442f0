internal import Core

extension EventFilter {
    /// Reads `?types=` and `?camera_id=`.
    ///
    /// Throws ``Refusal`` for a type that does not exist.
    init(_ query: QueryItems) throws(Refusal) {
        let cameraID = query["camera_id"]
        guard let types = query["types"], !types.isEmpty else {
            self.init(cameraID: cameraID)
            return
        }
        var kinds: Set<Event.Kind> = []
        for name in types.split(separator: ",") {
            guard let kind = Event.Kind(rawValue: String(name)) else {
                let known = Event.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid(
                    "types",
                    "must be some of \(known), separated by commas",
                    code: "unknown_choice"
                )
            }
            kinds.insert(kind)
        }
        self.init(kinds: kinds, cameraID: cameraID)
    }
}
