/// A picture of one of the four accepted formats.
public struct Picture: Sendable {
    /// The accepted formats.
    public enum Kind: String, Sendable, CaseIterable {
        case jpeg = "jpg"
        case png
        case webp
        case bmp

        /// The file name extension.
        public var fileExtension: String { rawValue }

        /// The media type to serve it as.
        public var mediaType: String { self == .jpeg ? "image/jpeg" : "image/\(rawValue)" }
    }

    /// The format, detected from the bytes.
    public let kind: Kind
    /// The file as received.
    public let bytes: [UInt8]

    /// A picture from its bytes; the sender's label is ignored.
    ///
    /// Throws ``Refusal`` if the bytes exceed the limit or have none of the four formats.
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

    /// Whether bytes begin like an accepted picture.
    public static func isPicture(_ bytes: ArraySlice<UInt8>) -> Bool {
        // The first bytes decide for every format.
        kind(of: Array(bytes.prefix(128))) != nil
    }

    /// Detects the format from the first bytes, and the few fields after them that must be plausible.
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
        // BMP: signature, then an offset of the pixels inside the file, then a header of known size.
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
