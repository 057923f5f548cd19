import Linux
import Testing

#if arch(x86_64)
/// What a compiled filter answers, found out by running it.
@Suite struct SeccompFilterTests {
    @Test func `allows what Docker allows and refuses the rest`() throws {
        let filter = Filter(try SeccompFilter.compile(.standard(for: .standard)))
        #expect(filter.verdict(Call.read) == .allowed)
        #expect(filter.verdict(Call.mount) == .refused(1))
        #expect(filter.verdict(Call.personality, 8) == .allowed)
        #expect(filter.verdict(Call.personality, 1) == .refused(1))
        #expect(filter.verdict(Call.clone, 0x11) == .allowed)
        #expect(filter.verdict(Call.clone, 0x1000_0011) == .refused(1))
        #expect(filter.verdict(Call.clone3) == .refused(38))
    }

    @Test(arguments: [(2, true), (16, true), (38, false), (39, true), (40, false), (41, true)] as [(UInt64, Bool)])
    func `keeps containers from two families of sockets`(family: UInt64, isAllowed: Bool) throws {
        let filter = Filter(try SeccompFilter.compile(.standard(for: .standard)))
        #expect(filter.verdict(Call.socket, family) == (isAllowed ? .allowed : .refused(1)))
    }

    @Test func `gives the calls of a capability to whoever has it`() throws {
        let administrator = try #require(CapabilitySet(parsing: "SYS_ADMIN"))
        let filter = Filter(try SeccompFilter.compile(.standard(for: administrator)))
        #expect(filter.verdict(Call.mount) == .allowed)
        #expect(filter.verdict(Call.clone, 0x1000_0011) == .allowed)
        #expect(filter.verdict(Call.clone3) == .allowed)
    }

    @Test func `knows calls that are younger than the compiler, and those that are still to come`() throws {
        let filter = Filter(try SeccompFilter.compile(.standard(for: .standard)))
        #expect(filter.verdict(Call.setxattrat) == .allowed)
        #expect(filter.verdict(Call.mseal) == .allowed)
        #expect(filter.verdict(500) == .refused(38))
    }

    @Test func `checks programs of the 32-bit relatives too`() throws {
        let filter = Filter(try SeccompFilter.compile(.standard(for: .standard)), architecture: 0x4000_0003)
        #expect(filter.verdict(3) == .allowed, "read")
        #expect(filter.verdict(21) == .refused(1), "mount")
        var own = SeccompProfile(defaultAction: .allow, rules: [])
        own.coversRelatives = false
        #expect(Filter(try SeccompFilter.compile(own), architecture: 0x4000_0003).verdict(3) == .other(0))
    }

    @Test func `follows a profile of one's own`() throws {
        let profile = SeccompProfile(
            defaultAction: .allow,
            rules: [
                .init(["mount"], .refuse(errno: 95)), .init(["read"], .log), .init(["no_such_call"], .killProcess),
                .init(["personality"], .trap, where: [.init(argument: 0, .maskedEqual(mask: 0xf0), 0x10)]),
                .init(
                    ["socket"],
                    .killProcess,
                    where: [.init(argument: 0, .equal, 2), .init(argument: 0, .equal, 3)]
                ),
                .init(
                    ["clone"],
                    .refuse(errno: 5),
                    where: [.init(argument: 0, .equal, 1), .init(argument: 1, .less, 9)]
                ),
            ]
        )
        let filter = Filter(try SeccompFilter.compile(profile))
        #expect(filter.verdict(Call.mount) == .refused(95))
        #expect(filter.verdict(Call.read) == .other(0x7ffc_0000))
        #expect(filter.verdict(Call.personality, 0x1f) == .other(0x0003_0000))
        #expect(filter.verdict(Call.personality, 0x2f) == .allowed)
        #expect(filter.verdict(Call.socket, 3) == .other(0x8000_0000), "conditions on one argument are alternatives")
        #expect(filter.verdict(Call.socket, 4) == .allowed)
        #expect(filter.verdict(Call.clone, 1, 8) == .refused(5), "conditions on different arguments hold together")
        #expect(filter.verdict(Call.clone, 1, 9) == .allowed)
    }
}

private enum Call {
    static let read: UInt32 = 0
    static let socket: UInt32 = 41
    static let clone: UInt32 = 56
    static let personality: UInt32 = 135
    static let mount: UInt32 = 165
    static let clone3: UInt32 = 435
    static let mseal: UInt32 = 462
    static let setxattrat: UInt32 = 463
}

/// A filter as the kernel runs it: classic BPF over `struct seccomp_data`.
private struct Filter {
    enum Verdict: Hashable {
        case allowed
        case refused(UInt32)
        case other(UInt32)
    }

    private struct Instruction {
        var code: UInt16
        var whenTrue: UInt8
        var whenFalse: UInt8
        var value: UInt32
    }

    private let instructions: [Instruction]
    private let architecture: UInt32

    /// - Parameter architecture: `AUDIT_ARCH_*`; x86-64's unless said otherwise.
    init(_ bytes: [UInt8], architecture: UInt32 = 0xc000_003e) {
        instructions = stride(from: 0, to: bytes.count, by: 8).map { (place: Int) -> Instruction in
            let code = UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8
            var value: UInt32 = 0
            for byte in bytes[place + 4..<place + 8].reversed() { value = value << 8 | UInt32(byte) }
            return Instruction(code: code, whenTrue: bytes[place + 2], whenFalse: bytes[place + 3], value: value)
        }
        self.architecture = architecture
    }

    func verdict(_ call: UInt32, _ arguments: UInt64...) -> Verdict {
        var words: [UInt32] = [call, architecture, 0, 0]
        for argument in arguments + Array(repeating: 0, count: 6 - arguments.count) {
            words += [UInt32(truncatingIfNeeded: argument), UInt32(argument >> 32)]
        }
        let result = run(words)
        switch result & 0xffff_0000 {
        case 0x7fff_0000: return .allowed
        case 0x0005_0000: return .refused(result & 0xffff)
        default: return .other(result)
        }
    }

    private func run(_ words: [UInt32]) -> UInt32 {
        var (place, accumulator) = (0, UInt32(0))
        while true {
            let instruction = instructions[place]
            place += 1
            let value = instruction.value
            let isTrue: Bool
            switch instruction.code {
            case 0x20:
                accumulator = words[Int(value / 4)]
                continue
            case 0x54:
                accumulator &= value
                continue
            case 0x05:
                place += Int(value)
                continue
            case 0x06: return value
            case 0x15: isTrue = accumulator == value
            case 0x25: isTrue = accumulator > value
            case 0x35: isTrue = accumulator >= value
            case 0x45: isTrue = accumulator & value != 0
            default: return 0xdead
            }
            place += Int(isTrue ? instruction.whenTrue : instruction.whenFalse)
        }
    }
}
#endif
