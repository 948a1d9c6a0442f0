/// A picture of sixteen colours as PNG (ISO 15948), with no compression: the size of a camera's crop.
enum PNG {
    /// Encodes rows of palette indices, one byte each, 0–15.
    static func encode(
        pixels: [UInt8],
        width: Int,
        height: Int,
        palette: [(red: UInt8, green: UInt8, blue: UInt8)]
    ) -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        // Four bits a pixel, colour type 3: indexed.
        append("IHDR", bytes(UInt32(width)) + bytes(UInt32(height)) + [4, 3, 0, 0, 0], to: &file)
        append("PLTE", palette.flatMap { [$0.red, $0.green, $0.blue] }, to: &file)
        var rows: [UInt8] = []
        rows.reserveCapacity((width / 2 + 1) * height)
        for y in 0..<height {
            rows.append(0)
            for x in stride(from: y * width, to: (y + 1) * width, by: 2) {
                rows.append(pixels[x] << 4 | pixels[x + 1])
            }
        }
        append("IDAT", stored(rows), to: &file)
        append("IEND", [], to: &file)
        return file
    }

    private static func append(_ name: String, _ data: [UInt8], to file: inout [UInt8]) {
        let body = Array(name.utf8) + data
        file += bytes(UInt32(data.count)) + body + bytes(crc(body))
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// A zlib stream (RFC 1950) of stored blocks (RFC 1951 §3.2.4).
    private static func stored(_ data: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        while start < data.count {
            let end = min(start + 65_535, data.count)
            let count = UInt16(end - start)
            stream.append(end == data.count ? 1 : 0)
            for number in [count, ~count] {
                stream.append(UInt8(truncatingIfNeeded: number))
                stream.append(UInt8(truncatingIfNeeded: number >> 8))
            }
            stream += data[start..<end]
            start = end
        }
        return stream + bytes(adler(data))
    }

    private static func adler(_ data: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in data {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }

    private static func crc(_ data: [UInt8]) -> UInt32 {
        var state: UInt32 = .max
        for byte in data { state = table[Int((state ^ UInt32(byte)) & 0xFF)] ^ state >> 8 }
        return ~state
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { state, _ in
            state & 1 == 1 ? 0xEDB8_8320 ^ state >> 1 : state >> 1
        }
    }
}
