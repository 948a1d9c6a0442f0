import Foundation

/// The database marks in the commits of a WAL.
///
/// Read without SQLite (sqlite.org/fileformat2.html §4), which would apply the WAL to any database beside it.
struct WALFile {
    /// The marks in its commits' first pages, oldest first, without repetitions.
    private(set) var marks: [DatabaseMark] = []
    /// The page size of its database in bytes.
    let pageBytes: Int

    private static let headerBytes = 32
    private static let frameHeaderBytes = 24
    /// Bytes per read call.
    private static let chunkBytes = 1_024 * 1_024

    /// Reads a WAL; nil if there is none or it has no commit.
    ///
    /// Throws if it cannot be read.
    init?(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let header = [UInt8](try file.read(upToCount: Self.headerBytes) ?? Data())
        guard header.count == Self.headerBytes else { return nil }
        let magic = Self.number(header, 0)
        guard magic | 1 == 0x377F_0683, Self.number(header, 4) == 3_007_000 else { return nil }
        var sum = Checksum(isBigEndian: magic & 1 == 1)
        sum.add(header[..<24])
        guard sum.isEqual(to: header[24...]) else { return nil }
        pageBytes = Int(Self.number(header, 8))
        guard (512...65_536).contains(pageBytes), pageBytes & (pageBytes - 1) == 0 else {
            return nil
        }
        guard try readFrames(file, salts: header[16..<24], sum) else { return nil }
    }

    /// Reads up to the last commit, as SQLite does after a crash; returns whether there is one.
    private mutating func readFrames(
        _ file: FileHandle,
        salts: ArraySlice<UInt8>,
        _ header: Checksum
    ) throws -> Bool {
        var sum = header
        let frameBytes = Self.frameHeaderBytes + pageBytes
        var hasCommit = false
        // The marks of the incomplete commit.
        var pending: [DatabaseMark] = []
        while let data = try file.read(
            upToCount: max(1, Self.chunkBytes / frameBytes) * frameBytes
        ),
            data.count >= frameBytes
        {
            let bytes = [UInt8](data)
            for start in stride(from: 0, through: bytes.count - frameBytes, by: frameBytes) {
                let frame = bytes[start..<start + frameBytes]
                let page = frame[(start + Self.frameHeaderBytes)...]
                guard frame[start + 8..<start + 16] == salts else { return hasCommit }
                sum.add(frame[start..<start + 8])
                sum.add(page)
                guard sum.isEqual(to: frame[start + 16..<start + 24]) else { return hasCommit }
                if Self.number(bytes, start) == 1, let mark = DatabaseMark(page: page) {
                    pending.append(mark)
                }
                guard Self.number(bytes, start + 4) != 0 else { continue }
                hasCommit = true
                for mark in pending where marks.last != mark { marks.append(mark) }
                pending = []
            }
        }
        return hasCommit
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension WALFile {
    /// The running checksum of a WAL (§4.2).
    private struct Checksum {
        let isBigEndian: Bool
        private var (first, second): (UInt32, UInt32) = (0, 0)

        init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

        mutating func add(_ bytes: ArraySlice<UInt8>) {
            var offset = bytes.startIndex
            while offset + 8 <= bytes.endIndex {
                first &+= word(bytes, offset) &+ second
                second &+= word(bytes, offset + 4) &+ first
                offset += 8
            }
        }

        private func word(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt32 {
            let word =
                UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8
                | UInt32(bytes[offset + 2]) << 16 | UInt32(bytes[offset + 3]) << 24
            return isBigEndian ? word.byteSwapped : word
        }

        /// Whether it equals the stored checksum, which is always big-endian.
        func isEqual(to bytes: ArraySlice<UInt8>) -> Bool {
            bytes.elementsEqual(
                [first, second].flatMap { sum in
                    (0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * $0)) }
                }
            )
        }
    }
}
