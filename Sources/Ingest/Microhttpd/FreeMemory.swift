internal import CMicrohttpd

/// Memory that the process has got from the system and does not use at the moment.
public enum FreeMemory {
    /// Returns it to the system, from every thread's heap.
    ///
    /// That takes some milliseconds, and later a page fault for each page that is needed again: not while there is load
    /// (docs/DECISIONS.md, "The heap keeps 1 MiB of free memory").
    public static func returnToSystem() { lpr_return_free_memory() }
}
