internal import Core
internal import Logging

/// Tracks which cameras have a socket; a camera is disconnected when its last one closes.
///
/// Lives on the gateway's thread.
final class CameraPresence {
    /// Cameras that one socket may speak for; more are served, but not watched.
    static let camerasPerSocketMax = 64

    private var sockets: [String: Int] = [:]
    private let recorder: Recorder
    private let logger: Logger

    init(recorder: Recorder, logger: Logger) {
        self.recorder = recorder
        self.logger = logger
    }

    /// A socket speaks for a camera for the first time.
    func arrived(_ cameraID: String) { sockets[cameraID, default: 0] += 1 }

    /// A socket that spoke for these cameras is closed.
    func left(_ cameraIDs: Set<String>) {
        for cameraID in cameraIDs {
            let count = (sockets[cameraID] ?? 1) - 1
            sockets[cameraID] = count > 0 ? count : nil
            if count == 0 { disconnect(cameraID) }
        }
    }

    private func disconnect(_ cameraID: String) {
        recorder.offerDisconnection(cameraID: cameraID) { [logger] result in
            guard case .failure(let refusal) = result else { return }
            logger.warning(
                "a camera's disconnection could not be recorded",
                metadata: ["error": "\(refusal.message)"]
            )
        }
    }
}
