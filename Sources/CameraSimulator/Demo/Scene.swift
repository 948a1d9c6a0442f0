/// A drawn picture of a car with its plate, as a camera at a gate might take it.
struct Scene {
    static let width = 320
    static let height = 184

    private var pixels = [UInt8](repeating: 0, count: width * height)
    private let palette: [(red: UInt8, green: UInt8, blue: UInt8)]

    /// Indices into the palette.
    private enum Ink {
        static let sky: UInt8 = 0
        static let ground: UInt8 = 1
        static let line: UInt8 = 2
        static let body: UInt8 = 3
        static let shade: UInt8 = 4
        static let glass: UInt8 = 5
        static let dark: UInt8 = 6
        static let plate: UInt8 = 7
        static let letter: UInt8 = 8
        static let lamp: UInt8 = 9
        static let hill: UInt8 = 10
    }

    /// Draws a car of one of eight colours with a plate, at an hour of the day (0–23).
    static func png(plate: String, colour: Int, hour: Int) -> [UInt8] {
        var scene = Scene(colour: colour, hour: hour)
        scene.draw(plate)
        return PNG.encode(
            pixels: scene.pixels,
            width: width,
            height: height,
            palette: scene.palette
        )
    }

    private init(colour: Int, hour: Int) {
        let isDay = (7..<18).contains(hour)
        let isTwilight = hour == 6 || hour == 18
        let sky: (UInt8, UInt8, UInt8) =
            isDay ? (178, 210, 235) : isTwilight ? (226, 160, 120) : (28, 34, 56)
        let ground: (UInt8, UInt8, UInt8) = isDay ? (122, 124, 128) : (52, 54, 60)
        let bodies: [(UInt8, UInt8, UInt8)] = [
            (232, 234, 237), (38, 42, 48), (150, 155, 162), (168, 32, 36), (28, 74, 140),
            (214, 190, 160), (46, 100, 72), (236, 180, 40),
        ]
        let body = bodies[abs(colour) % bodies.count]
        let shade = (body.0 / 4 * 3, body.1 / 4 * 3, body.2 / 4 * 3)
        let hill: (UInt8, UInt8, UInt8) = isDay ? (120, 152, 118) : (30, 44, 44)
        palette = [
            sky, ground, (214, 212, 200), body, shade, (70, 90, 108), (20, 21, 24),
            (250, 250, 246), (18, 18, 20), (255, 236, 170), hill,
        ].map { (red: $0.0, green: $0.1, blue: $0.2) }
    }

    private mutating func draw(_ plate: String) {
        fill(0..<Scene.width, 62..<Scene.height, Ink.ground)
        for x in 0..<Scene.width {
            let height = 10 + (x * 7 % 90 < 45 ? x * 7 % 90 : 90 - x * 7 % 90) / 6
            fill(x..<x + 1, 62 - height..<62, Ink.hill)
        }
        for x in stride(from: 8, to: Scene.width, by: 60) { fill(x..<x + 30, 172..<176, Ink.line) }
        // Roof and window, bonnet, wheels, lamps: the front of a car, each row a little wider.
        for y in 24..<70 {
            let inset = 92 - (y - 24) / 2
            fill(inset..<Scene.width - inset, y..<y + 1, Ink.body)
            if y >= 30, y < 66 { fill(inset + 8..<Scene.width - inset - 8, y..<y + 1, Ink.glass) }
        }
        fill(54..<266, 70..<150, Ink.body)
        fill(54..<266, 104..<110, Ink.shade)
        fill(96..<224, 78..<98, Ink.shade)
        fill(62..<92, 80..<98, Ink.lamp)
        fill(228..<258, 80..<98, Ink.lamp)
        fill(50..<270, 146..<156, Ink.dark)
        fill(62..<98, 156..<170, Ink.dark)
        fill(222..<258, 156..<170, Ink.dark)
        drawPlate(plate)
    }

    private mutating func drawPlate(_ text: String) {
        let shown = text.filter { $0 == " " || Glyphs.rows(of: $0) != nil }.prefix(9)
        let step = (Glyphs.width + 1) * 2
        let width = shown.count * step + 10
        let left = (Scene.width - width) / 2
        fill(left - 2..<left + width + 2, 114..<144, Ink.letter)
        fill(left..<left + width, 116..<142, Ink.plate)
        for (index, character) in shown.enumerated() {
            guard let rows = Glyphs.rows(of: character) else { continue }
            for (y, row) in rows.enumerated() {
                for (x, dot) in row.enumerated() where dot == "#" {
                    let px = left + 6 + index * step + x * 2
                    fill(px..<px + 2, 120 + y * 2..<122 + y * 2, Ink.letter)
                }
            }
        }
    }

    private mutating func fill(_ columns: Range<Int>, _ rows: Range<Int>, _ ink: UInt8) {
        for y in rows.clamped(to: 0..<Scene.height) {
            for x in columns.clamped(to: 0..<Scene.width) { pixels[y * Scene.width + x] = ink }
        }
    }
}
