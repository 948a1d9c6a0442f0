internal import CMicrohttpd
internal import Core

extension Exchange {
    /// Part of the body has arrived.
    func bodyArrived(_ data: UnsafeBufferPointer<UInt8>) -> MHD_Result {
        guard case .answer(let refusal) = disposition else {
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
            let refusal = Refusal(.busy, "too many uploads are in progress; try again in a moment")
            return refuseBody(refusal, data.count)
        }
        unsafe upload.bytes.append(contentsOf: data)
        upload.lastArrival = loop.now
        if let uploadSlot { loop.uploads.arrived(data.count, at: uploadSlot) }
    }

    /// Reserves memory in steps, so that a body of many small pieces does not reserve each time: up to three times
    /// the received length in addition, because an announced length alone must not exclude others.
    private func reserve(_ count: Int) -> Bool {
        let total = upload.bytes.count + count
        guard total > upload.reserved else { return true }
        var wanted = total + min(3 * total, 256 * 1_024)
        // Never more than the body may have: one near its limit would reserve what it never uses.
        var longest = upload.bytesMax
        if case .known(let length) = upload.length { longest = length }
        wanted = max(total, min(wanted, longest))
        let isLarge = wanted > 1_024 * 1_024
        guard loop.bodyMemory.reserve(wanted - upload.reserved, forLargeBody: isLarge) else {
            return false
        }
        upload.reserved = wanted
        // A large one grows by doubling, as arrays do.
        if !isLarge { upload.bytes.reserveCapacity(wanted) }
        return true
    }

    private func refuseBody(_ refusal: Refusal, _ count: Int) {
        let answer = refuse(refusal)
        disposition = .answer(answer)
        forgetBody()
        discard(count, answer)
    }

    /// Releases the memory of a body that will not be used.
    func forgetBody() {
        releaseSlot()
        loop.bodyMemory.release(upload.reserved)
        upload.reserved = 0
        upload.discarded = upload.bytes.count
        upload.bytes = []
    }

    private func discard(_ count: Int, _ refusal: Response) {
        upload.discarded += count
        guard upload.discarded > upload.discardMax, state != .draining else { return }
        sendLast(refusal)
    }

    /// Answers bypassing libmicrohttpd, which accepts no response in the middle of a body.
    ///
    /// Further input is read and discarded for a moment, because closing a socket with unread bytes resets it, and
    /// the client would lose the response.
    func sendLast(_ response: Response) {
        note(response)
        let bytes = RawAnswer.bytes(response, id: id)
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe lpr_send_last(handle, buffer.baseAddress, buffer.count)
        }
        move(.refusedEarly, until: loop.now + Loop.lingerMilliseconds)
    }
}
