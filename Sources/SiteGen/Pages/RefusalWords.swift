/// Short descriptions of refusal codes for an operator, in Thai and English.
///
/// A test compares the table with the codes that cameras can be refused with.
enum RefusalWords {
    /// The description of a code; a general one for an unknown code, which an older version may have stored.
    static func title(of code: String) -> SiteBuild.Title {
        let words = table[code] ?? ("ข้อมูลไม่ผ่านการตรวจ", "not accepted")
        return SiteBuild.Title(thai: words.thai, english: words.english)
    }

    private static let table: [String: (thai: String, english: String)] = [
        "bad_character": ("มีอักขระที่ไม่มีในป้ายทะเบียน", "a character that no plate has"),
        "busy": ("ระบบรับงานเต็มชั่วคราว", "server busy"),
        "conflict": ("ขัดกับข้อมูลที่มีอยู่", "contradicts what is stored"),
        "content_encoding": ("ข้อมูลถูกบีบอัด", "body is compressed"),
        "control_character": ("มีอักขระควบคุม", "control character"),
        "damaged": ("ภาพเสียหาย", "image damaged"),
        "disk_full": ("ดิสก์ของเซิร์ฟเวอร์ใกล้เต็ม", "the server's disk is nearly full"),
        "forbidden": ("ไม่ได้รับอนุญาต", "not allowed"),
        "foreign_camera": ("ไม่มีสิทธิ์ส่งในนามกล้องนี้", "may not send as this camera"),
        "internal_error": ("ข้อผิดพลาดของเซิร์ฟเวอร์", "error of the server"),
        "invalid": ("ข้อมูลไม่ถูกต้อง", "not valid"),
        "invalid_json": ("ไม่ใช่ JSON", "not JSON"),
        "length_required": ("ไม่บอกความยาว", "no length"),
        "method_not_allowed": ("ใช้วิธีนี้ไม่ได้", "method not allowed"),
        "no_letter_or_digit": ("ไม่มีตัวอักษรหรือตัวเลข", "no letter or digit"),
        "no_plate": ("ไม่มีป้ายทะเบียน", "no plate"),
        "not_a_number": ("ไม่ใช่ตัวเลข", "not a number"),
        "not_a_time": ("ไม่ใช่เวลา", "not a time"),
        "not_an_image": ("ไม่ใช่ภาพ", "not an image"),
        "not_base64": ("ไม่ใช่ base64 ที่ถูกต้อง", "not base64"),
        "not_found": ("ไม่พบรายการ", "not found"),
        "no_text": ("ไม่มีข้อความในผลการอ่าน", "a result without text"),
        "not_used": ("ไฟล์ที่ไม่ได้ใช้", "a file that is not used"),
        "not_json": ("ข้อความในช่องไม่ใช่ JSON", "text that is not JSON"),
        "not_measured": ("ไม่ได้วัดค่า", "not measured"),
        "not_read": ("กล้องไม่อ่านคำตอบ", "the camera does not read its answers"),
        "not_utf8": ("ไม่ใช่ UTF-8", "not UTF-8"),
        "out_of_range": ("ตัวเลขอยู่นอกช่วง", "out of range"),
        "protocol_error": ("ผิดโปรโตคอล", "breach of the protocol"),
        "required": ("ขาดข้อมูลที่ต้องมี", "missing"),
        "storage_failed": ("ฐานข้อมูลหรือดิสก์ขัดข้อง", "the server's disk or database failed"),
        "timeout": ("ส่งช้าเกินไป", "too slow"),
        "picture_exists": ("มีภาพอื่นอยู่แล้ว", "has another picture already"),
        "too_deep": ("ข้อมูลซ้อนกันลึกเกินไป", "nested too deep"),
        "too_many_attempts": ("ลองหลายครั้งเกินไป", "too many attempts"),
        "too_large": ("ข้อมูลใหญ่เกินไป", "too large"),
        "too_long": ("ข้อความยาวเกินไป", "too long"),
        "too_many": ("จำนวนมากเกินไป", "too many"),
        "unauthenticated": ("ไม่ใช่ผู้ที่รับเข้า", "not admitted"),
        "unknown_format": ("รูปแบบข้อมูลไม่รู้จัก", "a form of data that is not known"),
        "unknown_host": ("เรียกเซิร์ฟเวอร์ด้วยชื่อที่ไม่รู้จัก", "unknown host name"),
        "unknown_status": ("ไม่รู้จักสถานะนี้", "unknown status"),
        "unsupported_media": ("ชนิดข้อมูลใช้ไม่ได้", "kind of data not understood"),
        "wrong_type": ("ชนิดของค่าไม่ถูกต้อง", "wrong type"),
    ]
}
