/// What a simulated camera has done.
struct CameraStats: Equatable {
    /// Reads made since the start.
    var made = 0
    /// Reads that the server acknowledged.
    var kept = 0
    /// Of those, how many it had before: an acknowledgement was lost on the way.
    var known = 0
    /// Reads that it will never take.
    var refused = 0
    /// Why the first of them was refused.
    var firstRefusal: String?

    /// Counts a verdict that is final.
    mutating func count(_ verdict: Verdict) {
        switch verdict {
        case .kept(let isDuplicate):
            kept += 1
            if isDuplicate { known += 1 }
        case .refused(let why):
            refused += 1
            firstRefusal = firstRefusal ?? why
        case .later: break
        }
    }

    /// The status line; `state` is the state of the connection.
    func line(waiting: Int, state: String) -> String {
        var line = "made \(made) · acknowledged \(kept)"
        if known > 0 { line += " (\(known) duplicates)" }
        line += " · waiting \(waiting)"
        if refused > 0 { line += " · refused \(refused)" }
        return line + " · " + state
    }
}
