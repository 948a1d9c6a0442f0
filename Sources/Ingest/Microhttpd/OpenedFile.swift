internal import Glibc
internal import Platform

/// A regular file below a folder, open for reading.
struct OpenedFile {
    private let descriptor: OwnedDescriptor
    /// The size in bytes.
    let size: Int
    /// The modification time, in nanoseconds since 1970.
    let modifiedNanoseconds: Int

    /// Opens a file by the segments of its path below `root`; nil if there is no such regular file.
    ///
    /// Each segment is opened relative to its parent folder and no symbolic link is followed, so that neither a name
    /// nor a concurrent rename leads out of the root.
    init?(below root: String, _ segments: [String]) {
        // SAFETY: the strings live through each call; descriptors are owned by `OwnedDescriptor`.
        var opened = OwnedDescriptor(unsafe open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        for (depth, segment) in segments.enumerated() {
            guard opened.number >= 0 else { return nil }
            let isLast = depth == segments.count - 1
            let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (isLast ? O_NONBLOCK : O_DIRECTORY)
            opened = OwnedDescriptor(unsafe openat(opened.number, segment, flags))
        }
        descriptor = opened
        var status = stat()
        guard unsafe fstat(opened.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            !segments.isEmpty
        else { return nil }
        size = Int(status.st_size)
        modifiedNanoseconds = Int(status.st_mtim.tv_sec) * 1_000_000_000 + status.st_mtim.tv_nsec
    }

    /// A range of the file as a response body, which takes over the file.
    func body(_ range: Range<Int>) -> FileBody {
        FileBody(
            descriptor: descriptor.take() ?? -1,
            offset: range.lowerBound,
            count: range.count
        )
    }
}
