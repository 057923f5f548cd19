import CNetwork
import Glibc
import SystemPackage

/// A conversation with one part of the kernel about the network namespace in which it was opened.
///
/// The kernel carries a request out while it is being sent, so answers are read without ever waiting.
public struct NetlinkSocket: ~Copyable, Sendable {
    /// Which part of the kernel is spoken to.
    public enum Family: Int32, Sendable {
        /// Interfaces, addresses and routes (rtnetlink(7)).
        case route = 0
        /// Packet filtering and address translation.
        case netfilter = 12
    }

    private let descriptor: Int32
    private var sequence: UInt32 = 0
    /// Whether rules went by this socket. The kernel then does not close it before all processors have let go of them,
    /// which takes some ten milliseconds.
    var hasDeletedRules = false

    /// Opens a conversation about the namespace of the calling thread.
    public init(_ family: Family) throws(SystemError) {
        let descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), family.rawValue)
        guard descriptor >= 0 else { throw SystemError("socket", on: "netlink", errno: Errno(rawValue: errno)) }
        self.descriptor = descriptor
        for option in [Option.shortAcknowledgement, Option.explanation] {
            var yes: Int32 = 1
            _ = setsockopt(descriptor, Option.level, option, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    deinit {
        if hasDeletedRules { _ = tutti_close_apart(descriptor) } else { close(descriptor) }
    }

    private enum Option {
        static let level: Int32 = 270
        static let shortAcknowledgement: Int32 = 10
        static let explanation: Int32 = 11
    }

    /// Carries out requests in order, all sent at once; throws what the first that was refused was refused for.
    ///
    /// Each stands for itself: those after a refused one are carried out all the same.
    public mutating func perform(_ messages: [NetlinkMessage]) throws(SystemError) {
        guard !messages.isEmpty else { return }
        let first = sequence + 1
        try exchange(messages, first: first) { _ in NetlinkMessage.Flag.acknowledge }
    }

    /// Carries out one request.
    public mutating func perform(_ message: NetlinkMessage) throws(SystemError) {
        try perform([message])
    }

    /// Has a request carried out by a process of its own, without waiting, and without knowing what comes of it.
    ///
    /// It is for taking away what nobody misses: the kernel may need tens of milliseconds for that, in which it lets all
    /// processors finish what they have begun.
    public mutating func performApart(_ message: NetlinkMessage) throws(SystemError) {
        sequence += 1
        let bytes = message.encoded(sequence: sequence)
        let result = bytes.withUnsafeBytes { tutti_send_apart(descriptor, $0.baseAddress, $0.count) }
        guard result == 0 else {
            throw SystemError(message.name, on: message.subject, errno: Errno(rawValue: -result))
        }
    }

    /// Sends messages of which only the last is confirmed, for those that the kernel takes as a whole.
    mutating func performAsOne(_ messages: [NetlinkMessage], confirming place: Int) throws(SystemError) {
        try exchange(messages, first: sequence + 1) { $0 == place ? NetlinkMessage.Flag.acknowledge : 0 }
    }

    /// Everything there is of a kind.
    mutating func dump(_ message: NetlinkMessage) throws(SystemError) -> [NetlinkReply] {
        for _ in 0..<8 {
            sequence += 1
            try send(message.encoded(sequence: sequence, adding: NetlinkMessage.Flag.dump))
            if let replies = try collectDump(of: message) { return replies }
        }
        throw SystemError(message.name, on: message.subject, errno: .resourceTemporarilyUnavailable)
    }

    /// The answers to a request for one thing; none if there is no such thing.
    mutating func ask(_ message: NetlinkMessage, absent: Set<Errno>) throws(SystemError) -> NetlinkReply? {
        sequence += 1
        try send(message.encoded(sequence: sequence))
        var answer: NetlinkReply?
        while let bytes = try receive() {
            for reply in NetlinkReply.all(in: bytes) where reply.sequence == sequence {
                guard let error = Self.error(in: reply, about: message) else {
                    answer = reply
                    continue
                }
                guard absent.contains(error.errno) else { throw error }
            }
        }
        return answer
    }

    private mutating func exchange(
        _ messages: [NetlinkMessage],
        first: UInt32,
        flags: (Int) -> UInt16
    ) throws(SystemError) {
        guard !messages.isEmpty else { return }
        var bytes: [UInt8] = []
        for (place, message) in messages.enumerated() {
            sequence += 1
            bytes += message.encoded(sequence: sequence, adding: flags(place))
        }
        try send(bytes)
        var failure: SystemError?
        while let bytes = try receive() {
            for reply in NetlinkReply.all(in: bytes) where (first...sequence).contains(reply.sequence) {
                failure = failure ?? Self.error(in: reply, about: messages[Int(reply.sequence - first)])
            }
        }
        if let failure { throw failure }
    }

    /// The replies up to the end of a dump; nil if what was dumped changed meanwhile.
    private func collectDump(of message: NetlinkMessage) throws(SystemError) -> [NetlinkReply]? {
        var replies: [NetlinkReply] = []
        var isConsistent = true
        while let bytes = try receive() {
            for reply in NetlinkReply.all(in: bytes) where reply.sequence == sequence {
                if reply.flags & 0x10 != 0 { isConsistent = false }
                if reply.type == NetlinkMessage.Kind.done { continue }
                if let error = Self.error(in: reply, about: message) { throw error }
                replies.append(reply)
            }
        }
        return isConsistent ? replies : nil
    }

    private func send(_ bytes: [UInt8]) throws(SystemError) {
        while Glibc.send(descriptor, bytes, bytes.count, 0) < 0 {
            let code = errno
            if code != EINTR { throw SystemError("send", on: "netlink", errno: Errno(rawValue: code)) }
        }
    }

    /// What the next read brings; nil if nothing is left.
    private func receive() throws(SystemError) -> [UInt8]? {
        while true {
            var count = 0
            var code: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 32 * 1024) { buffer, length in
                count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                code = errno
                length = max(count, 0)
            }
            if count > 0 { return bytes }
            switch code {
            case _ where count == 0: return nil
            case EINTR: continue
            case EAGAIN: return nil
            default: throw SystemError("recv", on: "netlink", errno: Errno(rawValue: code))
            }
        }
    }

    /// What a reply says went wrong, in the kernel's own words where it has any; nil if all is well.
    private static func error(in reply: NetlinkReply, about message: NetlinkMessage) -> SystemError? {
        guard reply.type == NetlinkMessage.Kind.error else { return nil }
        let code = reply.body.number(at: 0, as: Int32.self)
        guard code != 0 else { return nil }
        let explanation = reply.attributes(after: 20)[1]?.text
        let parts = [message.subject, explanation.map { "(\($0))" }].compactMap(\.self)
        let subject = parts.isEmpty ? nil : parts.joined(separator: " ")
        return SystemError(message.name, on: subject, errno: Errno(rawValue: -code))
    }
}
