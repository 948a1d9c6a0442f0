public import Core

/// The event filter of a client (`?types=` and `?camera_id=`).
public struct EventFilter: Sendable, Equatable {
    /// The kinds.
    public let kinds: Set<Event.Kind>
    /// The one camera, or nil for all.
    ///
    /// Events that concern no camera are then left out.
    public let cameraID: String?

    /// Everything, or a part.
    public init(kinds: Set<Event.Kind> = Set(Event.Kind.allCases), cameraID: String? = nil) {
        self.kinds = kinds
        self.cameraID = cameraID
    }

    /// Reads the query.
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

    /// Whether an event passes the filter.
    func admits(_ event: Event) -> Bool {
        kinds.contains(event.kind) && (cameraID == nil || event.cameraID == cameraID)
    }
}
