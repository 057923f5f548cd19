import Linux
import OCI
import Synchronization
import SystemPackage

/// Digests of files that were read before, so that an unchanged context is not read again; and which of them have no
/// extended attributes, so that these are not asked for again.
///
/// A file is unchanged while device, inode, size and time of change are what they were: the kernel sets the last one, and
/// no program can set it back. What changed just now is not remembered, because it may change again within one tick.
final class ContentMemory: Sendable {
    struct Identity: Hashable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var changed: Int64
    }

    private struct State {
        var digests: [Identity: [UInt8]] = [:]
        /// Those without extended attributes.
        var plain: Set<Identity> = []
        /// Those that this build asked for: what was not asked for is forgotten.
        var used: Set<Identity> = []
        var isChanged = false
    }

    private static let heading = "tutti-content 2"
    private let file: FilePath?
    private let started: Int64
    private let state: Mutex<State>

    /// - Parameters:
    ///   - file: Where the memory is kept between builds; nil keeps none.
    ///   - time: What the clock says.
    init(_ file: FilePath?, at time: Int64 = Timestamp.now()) {
        self.file = file
        started = time
        var state = State()
        if let file, let bytes = try? WholeFile.read(file, limit: 256 << 20) { Self.parse(bytes, into: &state) }
        self.state = Mutex(state)
    }

    /// The SHA-256 of a file's contents.
    func digest(of identity: Identity, opening open: () throws -> OwnedDescriptor) throws -> [UInt8] {
        let known = state.withLock { state in
            state.used.insert(identity)
            return state.digests[identity]
        }
        if let known { return known }
        let file = try open()
        let digest = try FileDigest.compute(file)
        guard try Identity(FileStatus.of(file.descriptor)) == identity, isSettled(identity) else { return digest }
        state.withLock { state in
            state.digests[identity] = digest
            state.isChanged = true
        }
        return digest
    }

    /// The extended attributes of a file, which are read where it is not known to have none.
    func attributes(of identity: Identity, reading read: () throws -> [String: [UInt8]]) throws -> [String: [UInt8]] {
        guard !state.withLock({ $0.plain.contains(identity) }) else { return [:] }
        let attributes = try read()
        if attributes.isEmpty, isSettled(identity) {
            state.withLock { state in
                state.plain.insert(identity)
                state.isChanged = true
            }
        }
        return attributes
    }

    /// Whether a file has not changed just now.
    private func isSettled(_ identity: Identity) -> Bool { identity.changed < started - 2_000_000_000 }

    /// Writes down what this build used. A memory that cannot be written costs time, and nothing else.
    func save() {
        guard let file else { return }
        let text: String? = state.withLock { state in
            guard state.isChanged else { return nil }
            let lines = state.digests.filter { state.used.contains($0.key) }.map { identity, digest in
                let digits = Digest(sha256: digest).hex
                let mark = state.plain.contains(identity) ? "" : "+"
                return "\(identity.device) \(identity.inode) \(identity.size) \(identity.changed) \(digits)\(mark)\n"
            }
            return Self.heading + "\n" + lines.joined()
        }
        guard let text else { return }
        try? WholeFile.replace(file, with: Array(text.utf8), isDurable: false)
    }

    /// A line a file: device, inode, size, time of change and digest, and a `+` where it may have extended attributes.
    private static func parse(_ bytes: [UInt8], into state: inout State) {
        let lines = bytes.split(separator: 0x0A)
        guard lines.first?.elementsEqual(heading.utf8) == true else { return }
        state.digests.reserveCapacity(lines.count)
        state.plain.reserveCapacity(lines.count)
        for var line in lines.dropFirst() {
            guard let device = takeNumber(&line), let inode = takeNumber(&line), let size = takeNumber(&line),
                let changed = takeNumber(&line), let digest = digest(line.prefix(64))
            else { continue }
            let identity = Identity(device: device, inode: inode, size: Int64(size), changed: Int64(changed))
            state.digests[identity] = digest
            if line.count == 64 { state.plain.insert(identity) }
        }
    }

    /// A decimal number of at most 63 bits and the blank after it.
    private static func takeNumber(_ line: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        while let byte = line.popFirst(), byte != 0x20 {
            guard (0x30...0x39).contains(byte), number < 900_000_000_000_000_000 else { return nil }
            number = number * 10 + UInt64(byte - 0x30)
        }
        return number
    }

    /// The bytes of 64 hexadecimal digits.
    private static func digest(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x57
            default: return nil
            }
            guard let first = high else {
                high = value
                continue
            }
            bytes.append(first << 4 | value)
            high = nil
        }
        return bytes
    }
}

extension ContentMemory.Identity {
    init(_ status: FileStatus) {
        self.init(device: status.device, inode: status.inode, size: status.size, changed: status.changedAt)
    }
}
