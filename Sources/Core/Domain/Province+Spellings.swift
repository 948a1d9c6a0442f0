extension Province {
    /// The province that a text spells: its name, short forms, the English name and common romanisations, with or
    /// without “จังหวัด” or “จ.”, case-insensitive, with blanks and hyphens anywhere.
    public init?(spelling text: String) {
        let normalized = PlateText.normalized(text)
        for prefix in ["", PlateText.normalized("จังหวัด"), "CHANGWAT", "จ"]
        where normalized.hasPrefix(prefix) {
            let name = String(normalized.dropFirst(prefix.count))
            guard let province = ProvinceEnding.province(name) else { continue }
            self = province
            return
        }
        return nil
    }

    /// Normalized spellings other than the names, with their codes.
    static let spellings: [String: Int] = {
        var spellings: [String: Int] = [:]
        for (code, texts) in others {
            for text in texts.split(separator: ",") {
                let spelling = PlateText.normalized(String(text))
                for each in [spelling, spelling.replacing("NAKHON", with: "NAKORN")] {
                    spellings[each] = code
                    let isLatin = each.utf8.first.map { $0 < 0x80 } ?? false
                    spellings[each + (isLatin ? "PROVINCE" : "ฯ")] = code
                }
            }
        }
        for (index, name) in names.enumerated() {
            spellings[PlateText.normalized(name) + "ฯ"] = index + 1
        }
        // pandas writes this for an empty value.
        spellings["NAN"] = nil
        return spellings
    }()

    private static let others: [Int: String] = [
        1: "กทม,กรุงเทพ,กรุงเทพฯ,กรุงเทพมหานครฯ,Bangkok,Krung Thep,Krung Thep Maha Nakhon,BKK,กรุงเทพๆ",
        2: "Krabi", 3: "Kanchanaburi,Karnchanaburi,กาญจน์,Kanchanaburee", 4: "Kalasin",
        5: "Kamphaeng Phet,Kampaeng Phet,Kamphaeng Pet", 6: "Khon Kaen,Kon Kaen",
        7: "Chanthaburi,Chantaburi", 8: "Chachoengsao,Chachengsao,แปดริ้ว,Chachoengsau",
        9: "Chon Buri,Chol Buri,ชลฯ",
        10: "Chai Nat", 11: "Chaiyaphum,Chaiyapum", 12: "Chumphon,Chumporn,Chumpon",
        13: "Chiang Rai,Chieng Rai", 14: "Chiang Mai,Chieng Mai,Chaing Mai", 15: "Trang",
        16: "Trat,Trad",
        17: "Tak", 18: "Nakhon Nayok", 19: "Nakhon Pathom", 20: "Nakhon Phanom",
        21: "โคราช,Nakhon Ratchasima,Korat,Khorat",
        22: "Nakhon Si Thammarat,Nakhon Sri Thammarat,นครศรี,Nakhon Si Thamarat", 23: "Nakhon Sawan",
        24: "Nonthaburi,Nontaburi", 25: "Narathiwat", 26: "Nan,Changwat Nan",
        27: "Bueng Kan,Bung Kan,Bueng Karn",
        28: "Buri Ram,Burirum", 29: "Pathum Thani,Patum Thani",
        30:
            "Prachuap Khiri Khan,Prachuab Khiri Khan,ประจวบ,Prachuap Kirikhan,Prachuab Kirikhan,Prachuap",
        31: "Prachin Buri", 32: "Pattani",
        33:
            "อยุธยา,Phra Nakhon Si Ayutthaya,Phra Nakhon Sri Ayutthaya,Ayutthaya,Ayuthaya,Ayudhya,Ayuttaya",
        34: "Phang Nga,Pang Nga", 35: "Phatthalung,Pattalung", 36: "Phichit,Pichit",
        37: "Phitsanulok,Pitsanulok,Pitsanuloke",
        38: "Phetchaburi,Petchaburi,Phetburi,Petburi,Phetchburi",
        39: "Phetchabun,Petchabun,Phetchaboon,Petchaboon",
        40: "Phrae,Prae", 41: "Phayao,Payao", 42: "Phuket,Puket",
        43: "Maha Sarakham,Maha Sarakam,Mahasarakarm",
        44: "Mukdahan", 45: "Mae Hong Son", 46: "Yala", 47: "Yasothon,Yasothorn", 48: "Roi Et",
        49: "Ranong",
        50: "Rayong", 51: "Ratchaburi,Rajburi,Ratchburi,Rachaburi", 52: "Lop Buri",
        53: "Lampang,Lumpang",
        54: "Lamphun,Lampoon,Lumphun",
        55: "Loei", 56: "Si Sa Ket,Sri Sa Ket", 57: "Sakon Nakhon,Sakol Nakhon",
        58: "Songkhla,Songkla",
        59: "Satun,Satul", 60: "Samut Prakan,Samut Prakarn", 61: "Samut Songkhram,Samut Songkram",
        62: "Samut Sakhon,Samut Sakorn",
        63: "Sa Kaeo,Sa Kaew,Sra Kaew,Sra Kaeo", 64: "Saraburi,Saraburee", 65: "Sing Buri",
        66: "Sukhothai,Sukhotai",
        67: "Suphan Buri,Supan Buri,สุพรรณ", 68: "Surat Thani,สุราษฎร์,สุราษฏร์,สุราษฏร์ธานี,Surat",
        69: "Surin", 70: "Nong Khai,Nong Kai",
        71: "Nong Bua Lam Phu,Nong Bua Lumphu,Nong Bua Lampu", 72: "Ang Thong",
        73: "Udon Thani,Udorn Thani,อุดร,Udorn,Udon", 74: "Uthai Thani",
        75: "Uttaradit", 76: "Ubon Ratchathani,อุบล,Ubon Ratchatani,Ubol Ratchathani,Ubon",
        77: "Amnat Charoen,Amnat Charern", 78: "Betong",
    ]
}
