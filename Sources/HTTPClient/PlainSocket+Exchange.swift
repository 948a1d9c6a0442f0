extension PlainSocket {
    /// Sends one request and waits for its answer.
    ///
    /// Throws ``TransportFault`` where the connection breaks, or the answer takes longer than `interval`.
    public func answer(to request: [UInt8], within interval: Duration) throws(TransportFault)
        -> HTTPAnswer
    {
        var unsent = request[...]
        var answers = HTTPAnswers()
        let end = ContinuousClock.now + interval
        while ContinuousClock.now < end {
            if !unsent.isEmpty { unsent = unsent.dropFirst(try write(unsent)) }
            guard let bytes = try read() else {
                wait(unsent.isEmpty ? .toRead : .toReadOrWrite, milliseconds: 1_000)
                continue
            }
            answers.append(bytes)
            while let answer = try answers.next() {
                if answer.status >= 200 { return answer }
            }
        }
        throw TransportFault(description: "the server does not answer")
    }
}
