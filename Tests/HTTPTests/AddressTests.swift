import HTTP
import Testing

@Suite struct Addresses {
    @Test(arguments: [
        ("http://elsewhere/x", "http://elsewhere/x"), ("/x?y#z", "https://host/x?y"), ("x", "https://host/a/x"),
        ("?x", "https://host/a/b?x"), ("https://host", "https://host/"),
    ])
    func `lead where a redirect says`(location: String, expected: String) throws {
        let scheme = location.hasPrefix("http:") ? "http" : "https"
        let here = try #require(WebAddress("\(scheme)://host/a/b?c"))
        #expect(here.following(location)?.text == expected)
    }

    @Test(arguments: [
        "", "http://host/", "//host/x", "ftp://host/", "javascript:x", "https://user@host/", "/a b", "https://",
    ])
    func `do not lead out of TLS, to other schemes, or nowhere`(location: String) throws {
        #expect(try #require(WebAddress("https://host/a")).following(location) == nil)
    }

    @Test(arguments: [
        ("http://host", true), ("https://user@host/", true), ("http:///", true), ("http:/host", false),
        ("ftp://host", false), ("host/http://", false), ("", false),
    ])
    func `are meant by texts, whatever is wrong with them`(text: String, isMeant: Bool) {
        #expect(WebAddress.isMeant(by: text) == isMeant)
    }

    @Test(arguments: [
        ("http://host/a/b.txt?c/d", "b.txt"), ("http://host/a%20b%2Fc", "a b/c"), ("http://host/a/", ""),
        ("http://host", ""), ("http://host/100%", "100%"), ("http://host/%+1%4", "%+1%4"),
    ])
    func `know the last part of their path`(address: String, expected: String) throws {
        #expect(try #require(WebAddress(address)).lastComponent == Array(expected.utf8))
    }
}

@Suite struct Dates {
    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func `are read in all three forms`(text: String) {
        #expect(HTTPDate.seconds(text) == 784_111_777)
    }

    @Test(arguments: [
        "", "yesterday", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 0 Nov 1994 08:49 GMT",
    ])
    func `are none otherwise`(text: String) {
        #expect(HTTPDate.seconds(text) == nil)
    }
}
