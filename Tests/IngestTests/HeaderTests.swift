import Testing

@testable import Ingest

struct HeadersTests {
    @Test func namesAreFoundInAnyCase() {
        let headers = Headers([
            ("Content-Type", "text/plain"), ("X-A", "1"), ("x-a", "2"), ("Empty", ""),
        ])
        #expect(headers["content-type"] == "text/plain")
        #expect(headers["CONTENT-TYPE"] == "text/plain")
        #expect(headers["empty"] == "")
        #expect(headers["x-b"] == nil)
        #expect(headers.all("X-A") == ["1", "2"])
        #expect(Headers()["a"] == nil)
    }
}

struct ByteRangeTests {
    @Test(
        arguments: [
            (nil, ByteRange.whole), ("bytes=0-0", .part(0..<1)), ("bytes=2-4", .part(2..<5)),
            ("bytes=5-", .part(5..<10)), ("bytes=5-100", .part(5..<10)),
            ("bytes=-3", .part(7..<10)),
            ("bytes=-100", .part(0..<10)), ("bytes=10-", .unsatisfiable),
            ("bytes=-0", .unsatisfiable),
            ("bytes=4-2", .whole), ("bytes=-", .whole), ("bytes=a-b", .whole),
            ("items=0-1", .whole),
            ("bytes=0-1,3-4", .whole), ("Bytes=1-1", .part(1..<2)),
            ("bytes=0-99999999999999999999999", .part(0..<10)),
            ("bytes=99999999999999999999999-", .unsatisfiable),
        ] as [(String?, ByteRange)]
    )
    func aRangeOfTenBytes(header: String?, range: ByteRange) {
        #expect(ByteRange(header, size: 10) == range)
    }

    @Test func anEmptyFileHasNoRange() {
        #expect(ByteRange("bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange("bytes=-5", size: 0) == .unsatisfiable)
    }
}

struct HTTPDateTests {
    @Test func theExampleOfTheStandard() throws {
        let date = try #require(HTTPDate("Sun, 06 Nov 1994 08:49:37 GMT"))
        #expect(date.seconds == 784_111_777)
        #expect(date.text == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func whatIsWrittenIsRead(seed: UInt64) {
        var random = SplitMix(state: seed)
        let date = HTTPDate(seconds: Int.random(in: 0...8_000_000_000, using: &random))
        #expect(HTTPDate(date.text)?.seconds == date.seconds)
    }

    @Test(arguments: [
        "", "yesterday", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
    ])
    func otherFormsAreIgnored(text: String) {
        #expect(HTTPDate(text) == nil)
    }
}

struct ValidatorsTests {
    private let validators = Validators(size: 255, modifiedNanoseconds: 784_111_777_500_000_000)

    @Test func theTagOutranksTheDate() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(validators.areCurrent(in: Headers([("If-None-Match", validators.tag)])))
        #expect(
            validators.areCurrent(in: Headers([("If-None-Match", "\"a\", W/\(validators.tag)")]))
        )
        #expect(validators.areCurrent(in: Headers([("If-None-Match", "*")])))
        #expect(validators.areCurrent(in: Headers([("If-Modified-Since", date)])))
        #expect(!validators.areCurrent(in: Headers()))
        #expect(
            !validators.areCurrent(
                in: Headers([("If-None-Match", "\"other\""), ("If-Modified-Since", date)])
            )
        )
        #expect(validators.allowRange(Headers([("If-Range", date)])))
        #expect(!validators.allowRange(Headers([("If-Range", "\"other\"")])))
    }
}
