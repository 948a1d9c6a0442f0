/// How busy the writer is.
public struct RecorderLoad: Sendable, Equatable {
    /// Reads that wait for the writer.
    public var queuedReads = 0
    /// Bytes of pictures that wait for the writer.
    public var queuedBytes = 0
    /// Commits since the start.
    public var commits = 0
    /// Reads that were committed since the start.
    public var reads = 0
    /// The most reads that one commit held.
    public var commitReadsMax = 0
    /// Why a commit's pages are written one by one; nil if they are written together.
    public var walFallback: String?

    mutating func addCommit(ofReads count: Int) {
        commits += 1
        reads += count
        commitReadsMax = max(commitReadsMax, count)
    }
}
