import Core

/// A read that waits to be acknowledged.
struct WaitingRead: Equatable {
    /// Its place in the queue, which grows; the name of its file.
    let number: Int64
    /// The read as JSON, the body of `POST /api/records`.
    let json: [UInt8]
}

/// Reads that wait on disk, one file each, until the server has acknowledged them.
///
/// A read is here before it is sent, and leaves only when the server has it on disk. Whatever happens in
/// between, on either side, it is sent again; its `event_id` is in the file, so the server keeps it once.
struct ReadQueue: ~Copyable {
    private static let ending = ".json"
    private static let digits = 16

    private let folder: QueueFolder
    /// In order; those before `head` have left.
    private var numbers: [Int64]
    private var head = 0
    private var last: Int64

    /// How many reads wait.
    var count: Int { numbers.count - head }

    /// Opens the queue in a folder; what a camera before left there waits still.
    ///
    /// Throws ``QueueError`` where the folder cannot be used.
    init(path: String) throws(QueueError) {
        let folder = try QueueFolder(path)
        let numbers: [Int64] = try folder.names().compactMap { name in
            guard name.hasSuffix(ReadQueue.ending) else { return nil }
            return Int64(name.dropLast(ReadQueue.ending.count))
        }.sorted()
        // Names that are the time of day stay in order across starts, without a counter on disk.
        self.folder = folder
        self.numbers = numbers
        last = max(numbers.last ?? 0, Timestamp.now().milliseconds)
    }

    /// Queues a read; when this returns, it would survive a power cut.
    ///
    /// Throws ``QueueError`` where it would not; the queue is unchanged then.
    mutating func add(_ json: [UInt8]) throws(QueueError) {
        try folder.keep(json, as: ReadQueue.name(last + 1))
        last += 1
        numbers.append(last)
    }

    /// The first read whose place is beyond `number`, or nil.
    ///
    /// Throws ``QueueError`` where its file cannot be read.
    func next(after number: Int64) throws(QueueError) -> WaitingRead? {
        // Bisection: thousands may wait, and each is asked for once on each connection.
        var (low, high) = (head, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] > number { high = middle } else { low = middle + 1 }
        }
        guard low < numbers.count else { return nil }
        let found = numbers[low]
        return WaitingRead(number: found, json: try folder.bytes(of: ReadQueue.name(found)))
    }

    /// The server has the read: it leaves.
    mutating func remove(_ number: Int64) throws(QueueError) {
        try folder.remove(ReadQueue.name(number))
        forget(number)
    }

    /// The server will never take the read: it leaves, and its file is kept aside in `refused`.
    mutating func putAside(_ number: Int64) throws(QueueError) {
        try folder.putAside(ReadQueue.name(number))
        forget(number)
    }

    private mutating func forget(_ number: Int64) {
        // Answers come nearly in order, so the one that leaves is nearly always the first.
        guard let index = numbers[head...].firstIndex(of: number) else { return }
        if index == head { head += 1 } else { numbers.remove(at: index) }
        if head > 1_024, head * 2 > numbers.count {
            numbers.removeFirst(head)
            head = 0
        }
    }

    private static func name(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, Self.digits - digits.count)) + digits + ending
    }
}
