/// The load of the writer.
public struct RecorderLoad: Sendable, Equatable {
    /// Queued reads.
    public var queuedReads = 0
    /// Bytes of queued pictures.
    public var queuedBytes = 0
    /// Commits since the start.
    public var commits = 0
    /// Reads that were committed since the start.
    public var reads = 0
    /// The maximum number of reads in one commit.
    public var commitReadsMax = 0
    /// Why a commit's pages are written one by one; nil if they are buffered.
    public var walFallback: String?

    mutating func addCommit(ofReads count: Int) {
        commits += 1
        reads += count
        commitReadsMax = max(commitReadsMax, count)
    }
}
