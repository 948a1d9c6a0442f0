extension Picture {
    /// Why the picture cannot be whole, to complete the sentence "the picture …"; nil if nothing is seen.
    ///
    /// A look at the file's frame, not at its pixels: most damage is a transfer that broke off.
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

    /// Whether a JPEG's end marker (ITU T.81, EOI) stands behind its pixels.
    ///
    /// Some cameras write more behind it; an end before the pixels is that of a small picture in the header.
    private static func endsJPEG(_ bytes: [UInt8]) -> Bool {
        if bytes.suffix(2) == [0xFF, 0xD9] { return true }
        guard var position = pixels(ofJPEG: bytes) else { return false }
        while position + 1 < bytes.count {
            if bytes[position] == 0xFF, bytes[position + 1] == 0xD9 { return true }
            position += 1
        }
        return false
    }

    /// Where the first scan of a JPEG begins: behind its segments, each of which says how long it is.
    private static func pixels(ofJPEG bytes: [UInt8]) -> Int? {
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            // Bytes that fill up, and markers that stand alone.
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

    /// Whether a WebP's container holds what it says.
    private static func endsWebP(_ bytes: [UInt8]) -> Bool {
        let size = littleEndian(bytes[4..<8])
        return size >= 12 && size + 8 <= bytes.count
    }

    /// Whether a BMP holds as many bytes as it says, and as many as its pixels take if they are not compressed.
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
