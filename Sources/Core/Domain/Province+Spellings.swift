extension Province {
    /// The province that a text spells: its name, short forms, the English name and common romanisations,
    /// with or without “จังหวัด” or “จ.”; in any case, with blanks and hyphens anywhere.
    public init?(spelling text: String) {
        let normalized = PlateText.normalized(text)
        for prefix in ["", PlateText.normalized("จังหวัด"), "จ"] where normalized.hasPrefix(prefix) {
            let name = String(normalized.dropFirst(prefix.count))
            guard let province = ProvinceEnding.province(name) else { continue }
            self = province
            return
        }
        return nil
    }

    /// Normalised spellings other than the names, with their codes.
    static let spellings: [String: Int] = {
        var spellings: [String: Int] = [:]
        for (code, texts) in others {
            for text in texts.split(separator: ",") {
                let spelling = PlateText.normalized(String(text))
                for each in [spelling, spelling.replacing("NAKHON", with: "NAKORN")] {
                    spellings[each] = code
                    if each.utf8.first.map({ $0 < 0x80 }) ?? false {
                        spellings[each + "PROVINCE"] = code
                    }
                }
            }
        }
        return spellings
    }()

    private static let others: [Int: String] = [
        1: "กทม,กรุงเทพ,กรุงเทพฯ,กรุงเทพมหานครฯ,Bangkok,Krung Thep,Krung Thep Maha Nakhon,BKK",
        2: "Krabi", 3: "Kanchanaburi,Karnchanaburi", 4: "Kalasin",
        5: "Kamphaeng Phet,Kampaeng Phet,Kamphaeng Pet", 6: "Khon Kaen,Kon Kaen",
        7: "Chanthaburi,Chantaburi", 8: "Chachoengsao,Chachengsao", 9: "Chon Buri,Chol Buri",
        10: "Chai Nat", 11: "Chaiyaphum,Chaiyapum", 12: "Chumphon,Chumporn",
        13: "Chiang Rai,Chieng Rai", 14: "Chiang Mai,Chieng Mai", 15: "Trang", 16: "Trat,Trad",
        17: "Tak", 18: "Nakhon Nayok", 19: "Nakhon Pathom", 20: "Nakhon Phanom",
        21: "โคราช,Nakhon Ratchasima,Korat,Khorat",
        22: "Nakhon Si Thammarat,Nakhon Sri Thammarat", 23: "Nakhon Sawan",
        24: "Nonthaburi,Nontaburi", 25: "Narathiwat", 26: "Nan", 27: "Bueng Kan,Bung Kan",
        28: "Buri Ram", 29: "Pathum Thani,Patum Thani",
        30: "Prachuap Khiri Khan,Prachuab Khiri Khan", 31: "Prachin Buri", 32: "Pattani",
        33: "อยุธยา,Phra Nakhon Si Ayutthaya,Phra Nakhon Sri Ayutthaya,Ayutthaya,Ayuthaya,Ayudhya",
        34: "Phang Nga,Pang Nga", 35: "Phatthalung,Pattalung", 36: "Phichit,Pichit",
        37: "Phitsanulok,Pitsanulok", 38: "Phetchaburi,Petchaburi", 39: "Phetchabun,Petchabun",
        40: "Phrae,Prae", 41: "Phayao,Payao", 42: "Phuket", 43: "Maha Sarakham,Maha Sarakam",
        44: "Mukdahan", 45: "Mae Hong Son", 46: "Yala", 47: "Yasothon", 48: "Roi Et", 49: "Ranong",
        50: "Rayong", 51: "Ratchaburi,Rajburi", 52: "Lop Buri", 53: "Lampang",
        54: "Lamphun,Lampoon",
        55: "Loei", 56: "Si Sa Ket,Sri Sa Ket", 57: "Sakon Nakhon,Sakol Nakhon", 58: "Songkhla",
        59: "Satun", 60: "Samut Prakan,Samut Prakarn", 61: "Samut Songkhram", 62: "Samut Sakhon",
        63: "Sa Kaeo,Sa Kaew", 64: "Saraburi", 65: "Sing Buri", 66: "Sukhothai,Sukhotai",
        67: "Suphan Buri,Supan Buri", 68: "Surat Thani", 69: "Surin", 70: "Nong Khai,Nong Kai",
        71: "Nong Bua Lam Phu", 72: "Ang Thong", 73: "Udon Thani,Udorn Thani", 74: "Uthai Thani",
        75: "Uttaradit", 76: "Ubon Ratchathani", 77: "Amnat Charoen", 78: "Betong",
    ]
}
