import Core
import Foundation

/// Makes what a camera would see: a plate, how sure it is, a picture.
struct ReadMaker {
    private let cameraID: String
    private let plate: String?
    private let picture: PictureSource
    private let run: String
    private var traffic: Traffic
    private var number = 0

    /// Where pictures come from.
    enum PictureSource {
        /// Reads have none.
        case none
        /// A small scene with the plate is drawn for each.
        case drawn
        /// The same file for all, as base64.
        case file(String)
    }

    /// A maker of one camera's reads; `plate` is what all of them say, or nil for a day's traffic.
    ///
    /// `run` must differ from that of every start before: `event_id`s are `run` and a number from 1.
    init(
        cameraID: String,
        plate: String?,
        picture: PictureSource,
        run: String = String(UInt64.random(in: .min ... .max), radix: 36),
        seed: UInt64 = .random(in: .min ... .max)
    ) {
        self.cameraID = cameraID
        self.plate = plate
        self.picture = picture
        self.run = run
        traffic = Traffic(cameras: 1, seed: seed)
    }

    /// The next read, seen at an instant, as the body of `POST /api/records`.
    mutating func read(at instant: Timestamp) -> [UInt8] {
        number += 1
        let passage = traffic.passage(at: instant, id: run)
        let plate = plate ?? passage.plate
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("camera_id", cameraID)
            writer.field("plate_number", plate)
            writer.field("confidence", passage.confidence)
            writer.field("timestamp", instant)
            writer.field("event_id", "\(run)-\(number)")
            switch picture {
            case .none: break
            case .file(let base64): writer.field("image_data", base64)
            case .drawn:
                let scene = Scene.png(plate: plate, colour: passage.colour, hour: 12)
                writer.field("image_data", Data(scene).base64EncodedString())
            }
        }
        return writer.bytes
    }
}
