import Core
import Testing

@testable import Ingest

struct RequestTargetTests {
    @Test(arguments: [
        ("/", "/"), ("/api/records", "/api/records"), ("/a%20b", "/a b"), ("/a+b", "/a+b"),
        ("/%E0%B8%81%E0%B8%82", "/กข"), ("http://localhost:5000/x?y", "/x"),
        ("http://localhost", "/"), ("*", "*"), ("//x", "//x"), ("/a.b/..c", "/a.b/..c"),
    ])
    func pathsAreDecoded(raw: String, path: String) throws {
        #expect(try RequestTarget(Array(raw.utf8)).path == path)
    }

    @Test(arguments: [
        "", "x", "/%", "/%4", "/%4g", "/%00", "/%0a", "/%7f", "/.", "/..", "/a/./b", "/a/%2e%2e/b",
        "/a%2Fb", "/%c0%af", "/%ed%a0%80", "ftp://x/", "/a\u{7F}",
    ])
    func badPathsAreRefused(raw: String) {
        #expect(throws: Refusal.self) { try RequestTarget(Array(raw.utf8)) }
    }

    @Test func anAbsoluteTargetNamesItsHost() throws {
        let target = try RequestTarget(Array("HTTP://Example.org:8080/p?q=1".utf8))
        #expect(target.authority == "Example.org:8080")
        #expect(target.path == "/p")
        #expect(Array(target.query) == Array("q=1".utf8))
    }
}

struct QueryItemsTests {
    @Test func pairsAreDecodedInOrder() throws {
        let query = try QueryItems(parsing: "a=1&b=x+y%2Bz&a=2&flag&empty=&=nameless&&t=%E0%B8%81")
        #expect(query["a"] == "1")
        #expect(query["b"] == "x y+z")
        #expect(query["flag"] == "")
        #expect(query["empty"] == "")
        #expect(query["t"] == "ก")
        #expect(query["nothing"] == nil)
        #expect(query.items.map(\.name) == ["a", "b", "a", "flag", "empty", "", "t"])
    }

    @Test(arguments: ["page=%ff", "page=%", "page=%zz", "page=%00", "page=%c3%28"])
    func aBadValueNamesItsParameter(text: String) {
        #expect(throws: Refusal.invalid("page", "must be percent-encoded UTF-8 without NUL")) {
            try QueryItems(parsing: text)
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func whatIsEncodedIsDecoded(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let scalars = (0..<Int.random(in: 0...40, using: &random)).compactMap { _ in
            Unicode.Scalar(UInt32.random(in: 1...0x2_0000, using: &random))
        }
        let text = String(String.UnicodeScalarView(scalars))
        let encoded = PercentEncoding.encode(text)
        #expect(try QueryItems(parsing: "k=\(encoded)")["k"] == text)
    }
}

/// A small seeded generator, so that a failing argument is the reproduction.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
