import Core
import Testing

@testable import CameraSimulator

@Suite struct DemoTests {
    @Test func theSameSeedMakesTheSameDay() {
        func plates(_ seed: UInt64) -> [String] {
            var traffic = Traffic(cameras: 4, seed: seed)
            return traffic.day(50, endingAt: .init(milliseconds: 1_790_000_000_000)) { _ in 8 }
                .map(\.plate)
        }
        #expect(plates(1) == plates(1))
        #expect(plates(1) != plates(2))
    }

    @Test func aSceneIsAPictureOfACamerasSize() {
        let png = Scene.png(plate: "กข 1234", colour: 3, hour: 9)
        #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect((20_000...40_000).contains(png.count))
    }

    @Test func everyGlyphIsWhole() {
        for character in "0123456789-ABCEHK" + String(Glyphs.thaiConsonants) {
            let rows = Glyphs.rows(of: character) ?? []
            #expect(rows.count == Glyphs.height, "\(character)")
            #expect(rows.allSatisfy { $0.count == Glyphs.width }, "\(character)")
        }
    }
}
