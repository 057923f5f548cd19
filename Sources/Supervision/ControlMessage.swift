/// What is spoken on a monitor's control socket: one message a packet, a byte that says its kind and then its body.
///
/// A client sends requests and gets ``accepted`` or ``refused(_:)`` for each, in order. After ``attach`` the monitor
/// also sends ``output(_:)``, ``errorOutput(_:)`` and, at the end, ``exited(code:)``.
public enum ControlMessage: Hashable, Sendable {
    // From a client.

    /// Sends a signal to the container's first process. The stop signal counts as a stop by hand.
    case signal(Int32)
    /// Sends the signal, waits `grace` seconds (negative: for ever), kills; ``exited(code:)`` follows when it is over.
    case stop(signal: Int32, grace: Int32)
    /// Kills the container for good; ``exited(code:)`` follows when it is over.
    case end
    /// Stops the container as it wants to be stopped, for now: it counts as running for whoever starts what ran.
    case suspend
    /// Says that the order has been written anew: its name, restart policy and teardown hold from now on.
    case orderChanged
    /// Freezes or thaws the container.
    case pause
    case resume
    /// Asks for output from now on; answered by ``accepted``.
    case attach
    /// Bytes for standard input. Not answered.
    case input([UInt8])
    /// The end of standard input. Not answered.
    case endOfInput
    /// The terminal's new size. Not answered.
    case resize(rows: UInt16, columns: UInt16)
    /// Asks for ``exited(code:)`` when the container has ended for good.
    case wait

    // From the monitor.

    case accepted
    case refused(String)
    case output([UInt8])
    case errorOutput([UInt8])
    case exited(code: Int32)

    /// The largest body that is sent in one packet.
    public static let maximumBody = 32 * 1024

    /// Reads a packet; nil if it is none of ours.
    public init?(packet: some Collection<UInt8>) {
        guard let kind = packet.first else { return nil }
        let body = Array(packet.dropFirst())
        switch kind {
        case 1: self = .signal(Self.number(body))
        case 2: self = .stop(signal: Self.number(body), grace: Self.number(body.dropFirst(4)))
        case 3: self = .pause
        case 4: self = .resume
        case 5: self = .attach
        case 6: self = .input(body)
        case 7: self = .endOfInput
        case 8:
            let both = UInt32(bitPattern: Self.number(body))
            self = .resize(rows: UInt16(truncatingIfNeeded: both), columns: UInt16(truncatingIfNeeded: both >> 16))
        case 9: self = .wait
        case 10: self = .end
        case 11: self = .orderChanged
        case 12: self = .suspend
        case 65: self = .accepted
        case 66: self = .refused(String(decoding: body, as: UTF8.self))
        case 67: self = .output(body)
        case 68: self = .errorOutput(body)
        case 69: self = .exited(code: Self.number(body))
        default: return nil
        }
    }

    /// The packet that says this.
    public var packet: [UInt8] {
        switch self {
        case .signal(let number): [1] + Self.bytes(number)
        case .stop(let signal, let grace): [2] + Self.bytes(signal) + Self.bytes(grace)
        case .pause: [3]
        case .resume: [4]
        case .attach: [5]
        case .input(let bytes): [6] + bytes
        case .endOfInput: [7]
        case .resize(let rows, let columns):
            [8] + Self.bytes(Int32(bitPattern: UInt32(rows) | UInt32(columns) << 16))
        case .wait: [9]
        case .end: [10]
        case .orderChanged: [11]
        case .suspend: [12]
        case .accepted: [65]
        case .refused(let why): [66] + why.utf8
        case .output(let bytes): [67] + bytes
        case .errorOutput(let bytes): [68] + bytes
        case .exited(let code): [69] + Self.bytes(code)
        }
    }

    private static func number(_ bytes: some Collection<UInt8>) -> Int32 {
        var value: UInt32 = 0
        for (place, byte) in bytes.prefix(4).enumerated() { value |= UInt32(byte) << UInt32(8 * place) }
        return Int32(bitPattern: value)
    }

    private static func bytes(_ number: Int32) -> [UInt8] {
        let value = UInt32(bitPattern: number)
        return (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }
}
