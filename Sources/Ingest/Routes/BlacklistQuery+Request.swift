import Core

extension BlacklistQuery {
    /// Reads the filter and the page of `GET /api/blacklist`; an empty value counts as none.
    ///
    /// Without `per_page` a page is as long as one may be: clients from before there were pages have the whole list,
    /// where it has no more entries than that.
    ///
    /// Throws ``Refusal`` that names the parameter that is malformed.
    init(_ request: Request, limits: Limits) throws(Refusal) {
        self.init(perPage: limits.recordsPerPageMax)
        all = try request.boolean("all") ?? false
        page = try request.number("page", in: 1...100_000_000) ?? 1
        perPage = try request.number("per_page", in: 1...limits.recordsPerPageMax) ?? perPage
        plate = try RecordQuery.plate(
            request,
            matches: [.contains, .exact, .prefix],
            limits: limits
        )
        beforeID = try request.number("before_id", in: 1...Int.max).map { Int64($0) }
    }
}
