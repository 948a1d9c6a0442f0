/// The head of a request whose body is still arriving.
struct RequestHead {
    var method = Method.get
    var path = ""
    var query = QueryItems()
    var headers = Headers()
    var client = ClientAddress.loopback
    var parameters: [String] = []

    /// The media type of the body.
    var media = MediaType(nil)

    /// The maximum number of reads in a body of so many bytes: a line of NDJSON is rarely shorter than 128.
    ///
    /// An array counts as one, because only its length distinguishes it from a picture.
    func readsMax(inBytes count: Int) -> Int {
        media.kind == .lines ? max(1, count / 128) : 1
    }

    /// The complete request of an admitted client.
    func request(id: String, body: [UInt8], _ admission: Admission) -> Request {
        Request(
            id: id,
            method: method,
            path: path,
            query: query,
            headers: headers,
            media: media,
            body: body,
            admission: admission,
            parameters: parameters
        )
    }
}
