import Core

/// Traffic that looks like a day at a gated estate: the same seed makes the same day.
struct Traffic {
    /// One synthetic read.
    struct Passage {
        let camera: Int
        let plate: String
        let colour: Int
        let seenAt: Timestamp
        let confidence: Double
        let eventID: String
    }

    /// Where the demo's cameras stand.
    static let places: [(name: String, latitude: Double, longitude: Double)] = [
        ("หน้าหอพัก", 13.7367, 100.5231), ("ประตูทิศเหนือ", 13.7402, 100.5248),
        ("ประตูทิศใต้", 13.7321, 100.5219), ("ลานจอดรถ A", 13.7371, 100.5260),
        ("ลานจอดรถ B", 13.7365, 100.5274), ("ทางเข้าหลัก", 13.7388, 100.5207),
        ("ทางออกหลัก", 13.7386, 100.5203), ("อาคารจอดรถชั้น 1", 13.7349, 100.5241),
        ("อาคารจอดรถชั้น 2", 13.7349, 100.5242), ("ป้อมยาม 3", 13.7411, 100.5266),
        ("ซอยตลาด", 13.7333, 100.5288), ("ริมคลอง", 13.7420, 100.5195),
    ]

    /// Plates that the demo puts on the blacklist before it begins; none that the README's examples use.
    static let listed = ["ธน 7070 กรุงเทพมหานคร", "บม 4521 เชียงใหม่", "ทค 7788"]

    /// How long before its arrival the late hit was captured.
    static let delayOfLateHit = 3 * 3_600

    /// One read of each kind that an operator has to tell apart: a certain hit, a possible hit (the province was
    /// not read) and a late hit (captured hours before it arrives), the late one first.
    func hits(at instant: Timestamp, id: String) -> [Passage] {
        let kinds = [
            ("late", "ทค 7788", -Traffic.delayOfLateHit), ("possible", "บม 4521", 0),
            ("certain", "ธน 7070 กรุงเทพมหานคร", 0),
        ]
        return kinds.enumerated().map { index, kind in
            Passage(
                camera: index % cameras,
                plate: kind.1,
                colour: index,
                seenAt: instant.adding(seconds: kind.2),
                confidence: 0.97,
                eventID: "\(id)-\(kind.0)"
            )
        }
    }

    /// Reads in each hour of a day, of a thousand: two rushes and a quiet night.
    private static let curve = [
        6, 4, 3, 3, 5, 14, 42, 92, 88, 52, 40, 40, 48, 44, 40, 44, 58, 96, 92, 62, 44, 36, 28, 19,
    ]

    private let cameras: Int
    private let fleet: [String]
    private var random: DemoRandom
    private var number = 0
    private let seed: UInt64

    init(cameras: Int, seed: UInt64) {
        self.cameras = cameras
        self.seed = seed
        random = DemoRandom(seed: seed)
        var fleet = Traffic.listed
        while fleet.count < 400 { fleet.append(Traffic.plate(&random)) }
        self.fleet = fleet
    }

    /// A day of passages that ends at an instant, in order.
    mutating func day(_ count: Int, endingAt end: Timestamp, hourOf: (Timestamp) -> Int)
        -> [Passage]
    {
        var instants: [Timestamp] = []
        while instants.count < count {
            let instant = end.adding(seconds: -Int.random(in: 0..<86_400, using: &random))
            // Rejection sampling by the hour's share of the busiest.
            let share = Traffic.curve[hourOf(instant)]
            if Int.random(in: 0..<96, using: &random) < share { instants.append(instant) }
        }
        let prefix = Traffic.prefix(seed, end)
        return instants.sorted().map { passage(at: $0, id: prefix) }
    }

    /// What the event ids of a day's reads begin with.
    static func prefix(_ seed: UInt64, _ end: Timestamp) -> String {
        "demo-\(seed)-\(end.rfc3339.prefix(10))"
    }

    /// One passage that happens now.
    mutating func passage(at instant: Timestamp, id: String) -> Passage {
        number += 1
        // Zipf: few cars come often, many come once.
        let rank = Int(Double(fleet.count) * pow3(Double.random(in: 0..<1, using: &random)))
        // The listed ones are rare: they stand where the curve is flat.
        let car = (rank + 200) % fleet.count
        let sure = Double.random(in: 0..<1, using: &random)
        return Passage(
            camera: Int.random(in: 0..<cameras, using: &random),
            plate: fleet[car],
            colour: car,
            seenAt: instant,
            confidence: ((0.99 - 0.35 * pow3(sure)) * 1_000).rounded() / 1_000,
            eventID: "\(id)-\(number)"
        )
    }

    private func pow3(_ number: Double) -> Double { number * number * number }

    private static func plate(_ random: inout DemoRandom) -> String {
        let letters = Glyphs.thaiConsonants
        let pair = String(
            (0..<2).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }
        )
        let number = Int.random(in: 1...9_999, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        // Trucks carry numbers only, motorcycles and newer cars a digit first.
        case 0..<4: return "\(Int.random(in: 70...89, using: &random))-\(1_000 + number % 9_000)"
        case 4..<7: return "\(["BKK", "CEB", "HAK"][number % 3]) \(number)"
        case 7..<45:
            return "\(Int.random(in: 1...9, using: &random))\(pair) \(number)"
                + (Bool.random(using: &random) ? " กรุงเทพมหานคร" : "")
        case 45..<60:
            let province = Province.names[Int.random(in: 0..<77, using: &random)]
            return "\(pair) \(number) \(province)"
        default: return "\(pair) \(number)"
        }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct DemoRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
