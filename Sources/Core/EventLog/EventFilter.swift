/// The events that a follower wants: by kind and camera.
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

    /// Whether an event is wanted.
    public func admits(_ event: Event) -> Bool {
        kinds.contains(event.kind) && (cameraID == nil || event.cameraID == cameraID)
    }
}
