/// The words that cameras send instead of a plate if they read none.
///
/// Such a read is a heartbeat of its camera, not a record: no plate is called “unknown”.
public enum NoPlate {
    /// Whether a text means that no plate was read; an empty one does not, it is missing.
    public static func isSaid(by text: String) -> Bool {
        // Nearly every plate has a digit, and none of the words has.
        guard !text.utf8.contains(where: { (0x30...0x39).contains($0) }) else { return false }
        let said = letters(PlateText.normalized(text))
        guard !said.isEmpty else { return !PlateText.tidied(text).isEmpty }
        // The province may have been read.
        return words.contains(said)
            || words.contains {
                said.hasPrefix($0) && Province(spelling: String(said.dropFirst($0.count))) != nil
            }
    }

    private static func letters(_ text: String) -> String {
        var letters = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !signs.contains(scalar) { letters.append(scalar) }
        return String(letters)
    }

    /// Separators, and placeholders for unrecognised characters.
    private static let signs = Set(#"_/\?*#+=~|:;,'"()<>[]{}!·…–—"#.unicodeScalars)

    /// From Hikvision, Dahua, OpenALPR, Plate Recognizer, EasyOCR scripts and the Thai edge.
    static let words: Set<String> = Set(
        [
            "unknown", "unk", "no plate", "no plates", "no plate found", "no plate detected",
            "no license plate", "no licence plate", "no number plate", "no text", "no text found",
            "no text detected", "no detection", "no ocr", "no read", "no result", "no match",
            "not found", "not detected", "not read", "not readable", "not recognized",
            "not recognised", "not available", "unread", "unreadable", "unrecognized",
            "unrecognised", "illegible", "none", "null", "nil", "n/a", "na", "nan", "undefined",
            "unknown plate", "unknown unknown", "undetected", "unidentified", "empty", "blank",
            "error", "ocr error", "ocr failed", "failed",
            "ไม่ทราบ", "ไม่ทราบทะเบียน", "ไม่พบ", "ไม่พบป้าย", "ไม่พบป้ายทะเบียน", "ไม่พบทะเบียน",
            "ไม่พบข้อความ",
            "ไม่มี", "ไม่มีป้าย", "ไม่มีป้ายทะเบียน", "ไม่มีทะเบียน", "ไม่มีข้อมูล", "ไม่ชัด", "ป้ายไม่ชัด", "ไม่เห็น",
            "มองไม่เห็น", "ไม่เห็นป้าย", "ไม่ชัดเจน",
            "ไม่สามารถอ่านได้",
            "อ่านไม่ได้", "อ่านไม่ออก", "อ่านป้ายไม่ได้", "อ่านป้ายไม่ออก", "ไม่ระบุ",
            "ไม่ทราบจังหวัด", "ไม่พบจังหวัด", "ไม่ระบุจังหวัด", "ไม่มีจังหวัด",
            "无车牌", "无牌车", "未识别", "未知",
        ].map { letters(PlateText.normalized($0)) }
    )
}
