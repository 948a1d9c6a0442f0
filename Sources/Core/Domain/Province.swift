/// A province, as printed in the last line of a Thai plate.
///
/// The 77 provinces and เบตง, which is printed as a place of its own. The code is the one that Hikvision cameras
/// send.
public struct Province: Sendable, Hashable {
    /// 1–78.
    public let code: Int

    /// The province with a code; nil outside 1–78.
    public init?(code: Int) {
        guard (1...Province.names.count).contains(code) else { return nil }
        self.code = code
    }

    /// The province with exactly this name; nil if there is none.
    public init?(name: String) {
        guard let code = Province.codesByName[name] else { return nil }
        self.code = code
    }

    /// The printed name.
    public var name: String { Province.names[code - 1] }

    private static let codesByName = [String: Int](
        uniqueKeysWithValues: zip(names, 1...)
    )

    /// All names, in the order of their codes from 1.
    public static let names = [
        "กรุงเทพมหานคร",
        "กระบี่",
        "กาญจนบุรี",
        "กาฬสินธุ์",
        "กำแพงเพชร",
        "ขอนแก่น",
        "จันทบุรี",
        "ฉะเชิงเทรา",
        "ชลบุรี",
        "ชัยนาท",
        "ชัยภูมิ",
        "ชุมพร",
        "เชียงราย",
        "เชียงใหม่",
        "ตรัง",
        "ตราด",
        "ตาก",
        "นครนายก",
        "นครปฐม",
        "นครพนม",
        "นครราชสีมา",
        "นครศรีธรรมราช",
        "นครสวรรค์",
        "นนทบุรี",
        "นราธิวาส",
        "น่าน",
        "บึงกาฬ",
        "บุรีรัมย์",
        "ปทุมธานี",
        "ประจวบคีรีขันธ์",
        "ปราจีนบุรี",
        "ปัตตานี",
        "พระนครศรีอยุธยา",
        "พังงา",
        "พัทลุง",
        "พิจิตร",
        "พิษณุโลก",
        "เพชรบุรี",
        "เพชรบูรณ์",
        "แพร่",
        "พะเยา",
        "ภูเก็ต",
        "มหาสารคาม",
        "มุกดาหาร",
        "แม่ฮ่องสอน",
        "ยะลา",
        "ยโสธร",
        "ร้อยเอ็ด",
        "ระนอง",
        "ระยอง",
        "ราชบุรี",
        "ลพบุรี",
        "ลำปาง",
        "ลำพูน",
        "เลย",
        "ศรีสะเกษ",
        "สกลนคร",
        "สงขลา",
        "สตูล",
        "สมุทรปราการ",
        "สมุทรสงคราม",
        "สมุทรสาคร",
        "สระแก้ว",
        "สระบุรี",
        "สิงห์บุรี",
        "สุโขทัย",
        "สุพรรณบุรี",
        "สุราษฎร์ธานี",
        "สุรินทร์",
        "หนองคาย",
        "หนองบัวลำภู",
        "อ่างทอง",
        "อุดรธานี",
        "อุทัยธานี",
        "อุตรดิตถ์",
        "อุบลราชธานี",
        "อำนาจเจริญ",
        "เบตง",
    ]
}
