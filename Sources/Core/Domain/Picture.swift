/// A picture's bytes, known to be one of the four kinds that are kept.
public struct Picture: Sendable {
    /// The kinds of picture that are kept.
    public enum Kind: String, Sendable, CaseIterable {
        case jpeg = "jpg"
        case png
        case webp
        case bmp

        /// The end of the file's name.
        public var fileExtension: String { rawValue }

        /// The media type to serve it as.
        public var mediaType: String { self == .jpeg ? "image/jpeg" : "image/\(rawValue)" }
    }

    /// What the bytes say they are.
    public let kind: Kind
    /// The file as it came.
    public let bytes: [UInt8]

    /// A picture from its bytes; what its sender called it does not count.
    ///
    /// Throws ``Refusal`` for bytes over the limit and for bytes that are none of the four kinds.
    public init(
        _ bytes: [UInt8],
        field: String = "image_data",
        limits: Limits
    ) throws(Refusal) {
        guard bytes.count <= limits.pictureBytesMax else {
            throw Refusal(
                .tooLarge,
                "\(field) has \(bytes.count) bytes; at most \(limits.pictureBytesMax) are kept"
                    + " (MAX_IMAGE_SIZE)",
                field: field,
                code: "too_large"
            )
        }
        guard let kind = Picture.kind(of: bytes) else {
            throw .invalid(field, "is not a JPEG, PNG, WebP or BMP image", code: "not_an_image")
        }
        self.kind = kind
        self.bytes = bytes
    }

    /// Whether bytes begin as a picture that is kept.
    public static func isPicture(_ bytes: ArraySlice<UInt8>) -> Bool {
        // No kind is told by more than its first bytes.
        kind(of: Array(bytes.prefix(128))) != nil
    }

    /// Decides the kind by the first bytes, and by the few fields behind them that must make sense.
    static func kind(of bytes: [UInt8]) -> Kind? {
        // JPEG (ITU T.81): SOI, then another marker.
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]), bytes.count > 20 { return .jpeg }
        // PNG (ISO 15948): signature, then IHDR of 13 bytes with a size that is not zero.
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
        if bytes.starts(with: signature + Array("IHDR".utf8)), bytes.count >= 45,
            bytes[16..<20].contains(where: { $0 != 0 }), bytes[20..<24].contains(where: { $0 != 0 })
        {
            return .png
        }
        // WebP: a RIFF container of that form with a VP8 chunk.
        if bytes.count > 20, bytes.starts(with: "RIFF".utf8),
            bytes[8..<15].elementsEqual("WEBPVP8".utf8)
        {
            return .webp
        }
        // BMP: signature, then an offset to the pixels that lies inside, then a header of known size.
        if bytes.count > 26, bytes.starts(with: "BM".utf8) {
            let offset = littleEndian(bytes[10..<14])
            let header = littleEndian(bytes[14..<18])
            if [12, 40, 52, 56, 64, 108, 124].contains(header), offset >= 14 + header,
                offset <= bytes.count
            {
                return .bmp
            }
        }
        return nil
    }

    static func littleEndian(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 + Int($1) }
    }
}
