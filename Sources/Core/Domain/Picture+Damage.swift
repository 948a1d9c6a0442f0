extension Picture {
    /// Why the picture must be incomplete, as the predicate of a sentence ("the picture …"); nil if no damage is
    /// found.
    ///
    /// Checks the file's structure, not its pixels: most damage is an interrupted transfer.
    public var damage: String? {
        switch kind {
        case .jpeg:
            Picture.endsJPEG(bytes) ? nil : "is a truncated JPEG; it was stored as received"
        case .png:
            Picture.endsPNG(bytes)
                ? nil : "is a truncated PNG; it was stored as received"
        case .webp:
            Picture.endsWebP(bytes) ? nil : "is a truncated WebP; it was stored as received"
        case .bmp: Picture.endsBMP(bytes) ? nil : "is a truncated BMP; it was stored as received"
        }
    }

    /// Whether a JPEG's end marker (ITU T.81, EOI) follows its pixels.
    ///
    /// Some cameras append more data; an EOI before the pixels belongs to the thumbnail in the header.
    private static func endsJPEG(_ bytes: [UInt8]) -> Bool {
        if bytes.suffix(2).elementsEqual([0xFF, 0xD9]) { return true }
        guard var position = pixels(ofJPEG: bytes) else { return false }
        while position + 1 < bytes.count {
            if bytes[position] == 0xFF, bytes[position + 1] == 0xD9 { return true }
            position += 1
        }
        return false
    }

    /// The start of a JPEG's first scan: after its segments, each of which has a length.
    private static func pixels(ofJPEG bytes: [UInt8]) -> Int? {
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            // Fill bytes, and markers without a segment.
            if marker == 0xFF {
                position += 1
                continue
            }
            if marker == 0x01 || (0xD0...0xD7).contains(marker) {
                position += 2
                continue
            }
            let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            guard length >= 2 else { return nil }
            position += 2 + length
            if marker == 0xDA { return position <= bytes.count ? position : nil }
        }
        return nil
    }

    /// Whether a PNG's chunks (ISO 15948 §5.3) lead to its last one, `IEND`.
    private static func endsPNG(_ bytes: [UInt8]) -> Bool {
        var position = 8
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - position - 12 else { return false }
            if bytes[position + 4..<position + 8].elementsEqual("IEND".utf8) { return true }
            position += 12 + length
        }
        return false
    }

    /// Whether a WebP has the size of its container header.
    private static func endsWebP(_ bytes: [UInt8]) -> Bool {
        let size = littleEndian(bytes[4..<8])
        return size >= 12 && size + 8 <= bytes.count
    }

    /// Whether a BMP has the size of its header, and that of its pixels if they are not compressed.
    private static func endsBMP(_ bytes: [UInt8]) -> Bool {
        guard littleEndian(bytes[2..<6]) <= bytes.count else { return false }
        let offset = littleEndian(bytes[10..<14])
        guard littleEndian(bytes[14..<18]) >= 40, bytes.count >= 34 else { return true }
        let compression = littleEndian(bytes[30..<34])
        guard compression == 0 else { return true }
        let width = Int(Int32(truncatingIfNeeded: littleEndian(bytes[18..<22])).magnitude)
        let height = Int(Int32(truncatingIfNeeded: littleEndian(bytes[22..<26])).magnitude)
        let row = (width * littleEndian(bytes[28..<30]) + 31) / 32 * 4
        return row.multipliedReportingOverflow(by: height).partialValue <= bytes.count - offset
    }
}
