/// What is known of a request while its body is still on the way.
struct RequestHead {
    var method = Method.get
    var path = ""
    var query = QueryItems()
    var headers = Headers()
    var client = ClientAddress.loopback
    var parameters: [String] = []

    /// Whether the body is NDJSON, a read on each line.
    var holdsLines = false

    /// How many reads a body of so many bytes may hold: a line of NDJSON has hardly less than 128.
    ///
    /// An array counts as one, because nothing but its length tells it from a picture.
    func readsMax(inBytes count: Int) -> Int { holdsLines ? max(1, count / 128) : 1 }

    /// The complete request of an admitted client.
    func request(id: String, body: [UInt8], _ admission: Admission) -> Request {
        Request(
            id: id,
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: body,
            admission: admission,
            parameters: parameters
        )
    }
}
