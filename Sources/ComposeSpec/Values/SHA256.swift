/// SHA-256 (FIPS 180-4) of the few hundred bytes that describe a service.
///
/// Written out here because loading a project must not cost the loading of a cryptographic library.
enum SHA256 {
    private static let constants: [UInt32] = primes(64).map { fraction(Double($0), root: 3) }
    private static let start: [UInt32] = primes(8).map { fraction(Double($0), root: 2) }

    /// 64 hexadecimal digits.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        var state = start
        var padded = bytes + [0x80]
        padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: (bytes.count * 8) >> shift))
        }
        for block in stride(from: 0, to: padded.count, by: 64) { compress(padded[block..<block + 64], into: &state) }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { index in
            block[index..<index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<64 {
            let one = words[index - 15]
            let two = words[index - 2]
            let mixed = rotate(one, 7) ^ rotate(one, 18) ^ one >> 3
            words.append(
                words[index - 16] &+ mixed &+ words[index - 7] &+ (rotate(two, 17) ^ rotate(two, 19) ^ two >> 10)
            )
        }
        var s = state
        for index in 0..<64 {
            let choice = (s[4] & s[5]) ^ (~s[4] & s[6])
            let big = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)
            let first = s[7] &+ big &+ choice &+ constants[index] &+ words[index]
            let majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2])
            let second = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) &+ majority
            s = [first &+ second, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
        }
        for index in state.indices { state[index] &+= s[index] }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    private static func primes(_ count: Int) -> [Int] {
        Array((2...).lazy.filter { number in !(2..<number).contains { number % $0 == 0 } }.prefix(count))
    }

    /// The first 32 bits of the fraction of a root, found by whole numbers so that no rounding can spoil them.
    private static func fraction(_ number: Double, root: Int) -> UInt32 {
        var low: UInt128 = 0
        var high: UInt128 = 1 << 40
        let wanted = UInt128(number) << UInt128(32 * root)
        while high - low > 1 {
            let middle = (low + high) / 2
            let power = root == 2 ? middle * middle : middle * middle * middle
            if power <= wanted { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }
}
