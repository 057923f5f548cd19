import Containers

/// Names for containers that nobody names.
enum ContainerName {
    private static let qualities = [
        "amber", "brave", "calm", "clever", "cosy", "eager", "fair", "gentle", "glad", "golden", "happy", "humble",
        "keen",
        "kind", "lively", "lucky", "mellow", "merry", "mild", "neat", "noble", "proud", "quick", "quiet", "ready",
        "sharp",
        "silver", "smart", "sunny", "swift", "tidy", "warm",
    ]
    private static let instruments = [
        "alphorn", "banjo", "bassoon", "bugle", "celesta", "cello", "clarinet", "cornet", "cymbal", "drum", "fiddle",
        "flute",
        "gong", "guitar", "harp", "horn", "lute", "lyre", "marimba", "oboe", "organ", "piano", "piccolo", "sitar",
        "tabor",
        "timpani", "triangle", "trombone", "trumpet", "tuba", "viola", "zither",
    ]

    /// A name that no container has.
    static func random(notIn store: ContainerStore) throws -> String {
        var generator = SystemRandomNumberGenerator()
        for attempt in 0... {
            let quality = qualities[Int.random(in: qualities.indices, using: &generator)]
            let instrument = instruments[Int.random(in: instruments.indices, using: &generator)]
            // After a few clashes digits make it unlike all others.
            let digits = attempt < 3 ? "" : "_\(UInt32.random(in: 0 ... .max, using: &generator))"
            let name = "\(quality)_\(instrument)\(digits)"
            if store.holder(of: name) == nil { return name }
        }
        throw Failure("no name is free")
    }
}
