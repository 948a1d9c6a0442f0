internal import CMicrohttpd
internal import Core

extension Exchange {
    /// Some of the body is here.
    func bodyArrived(_ data: UnsafeBufferPointer<UInt8>) -> MHD_Result {
        guard case .answer(let refusal) = plan else {
            unsafe keep(data)
            return .YES
        }
        discard(data.count, refusal)
        return .YES
    }

    private func keep(_ data: UnsafeBufferPointer<UInt8>) {
        guard upload.bytes.count + data.count <= upload.bytesMax else {
            return refuseBody(.bodyTooLarge(upload.bytesMax), data.count)
        }
        guard reserve(data.count) else {
            let refusal = Refusal(.busy, "too many bodies are on their way; try again in a moment")
            return refuseBody(refusal, data.count)
        }
        if upload.bytes.isEmpty, case .known(let count) = upload.length {
            // What the header promises is not yet there: only small promises are believed at once.
            upload.bytes.reserveCapacity(min(count, 256 * 1_024))
        }
        unsafe upload.bytes.append(contentsOf: data)
    }

    /// Takes memory in steps, so that a body of many small pieces does not ask each time: as much again as
    /// is there, because what a client has not sent must not keep others out.
    private func reserve(_ count: Int) -> Bool {
        let needed = upload.bytes.count + count - upload.reserved
        guard needed > 0 else { return true }
        var step = max(needed, min(upload.bytes.count, 64 * 1_024))
        if case .known(let length) = upload.length { step = min(step, length - upload.reserved) }
        let isLarge = upload.reserved + step > 1_024 * 1_024
        guard loop.bodyMemory.reserve(step, forLargeBody: isLarge) else { return false }
        upload.reserved += step
        return true
    }

    private func refuseBody(_ refusal: Refusal, _ count: Int) {
        let answer = refuse(refusal)
        plan = .answer(answer)
        loop.bodyMemory.release(upload.reserved)
        upload.reserved = 0
        upload.discarded = upload.bytes.count
        upload.bytes = []
        discard(count, answer)
    }

    private func discard(_ count: Int, _ refusal: Response) {
        upload.discarded += count
        guard upload.discarded > upload.discardMax, connection.stage != .lingering else { return }
        sendLast(refusal)
    }

    /// Answers past libmicrohttpd, which takes no answer in the middle of a body.
    ///
    /// What still arrives is read and thrown away for a moment, because closing a socket with unread
    /// bytes resets it, and the client would lose the answer.
    func sendLast(_ response: Response) {
        logIfFault(response)
        let bytes = RawAnswer.bytes(response, id: id)
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe lpr_send_last(handle, buffer.baseAddress, buffer.count)
        }
        connection.enter(.lingering, until: loop.now + Loop.lingerMilliseconds)
    }
}
