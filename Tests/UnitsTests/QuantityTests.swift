import Testing
import Units

@Suite struct Quantities {
    @Test(arguments: [
        ("10s", 10_000_000_000), ("1m30s", 90_000_000_000), ("1.5h", 5_400_000_000_000), ("1m30.5s", 90_500_000_000),
        ("200ms", 200_000_000),
        ("1us", 1_000), ("1µs", 1_000), ("5ns", 5), ("1d", 86_400_000_000_000), ("-1s", -1_000_000_000), ("0", 0),
        (".5s", 500_000_000), ("10", nil), ("s", nil), ("", nil), ("10 s", nil), ("1y", nil), ("1.2.3s", nil),
        ("9999999999h", nil),
    ])
    func `of time are read`(text: String, nanoseconds: Int?) {
        #expect(DurationText.nanoseconds(text, hasLongUnits: true) == nanoseconds)
    }

    @Test func `of time are in days only where there are any`() {
        #expect(DurationText.nanoseconds("1h2m") == 3_720_000_000_000)
        #expect(DurationText.nanoseconds("1d") == nil)
        #expect(DurationText.nanoseconds("2w") == nil)
    }

    @Test(arguments: [
        (0, "0s"), (5, "5ns"), (1_500, "1.5µs"), (200_000_000, "200ms"), (1_500_000_000, "1.5s"),
        (90_000_000_000, "1m30s"), (3_600_000_000_000, "1h0m0s"), (-1_000_000_000, "-1s"),
    ])
    func `of time are written`(nanoseconds: Int, text: String) {
        #expect(DurationText.text(nanoseconds) == text)
    }

    @Test(arguments: [
        ("64m", 67_108_864), ("1.5g", 1_610_612_736), ("1024", 1024), ("2KiB", 2048), ("1K", 1024), ("10b", 10),
        ("1mb", 1_048_576), ("-1", -1), ("1x", nil), ("", nil), ("m", nil), ("1ki", nil), ("9999999999t", nil),
    ])
    func `of bytes are read`(text: String, bytes: Int?) {
        #expect(SizeText.bytes(text) == bytes)
    }
}
