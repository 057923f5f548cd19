import Linux
import OCI
import SystemPackage

/// What starts programs that were made for other processors: the handlers that are registered at the kernel.
/// linux, Documentation/admin-guide/binfmt-misc.rst
struct BinaryHandlers {
    /// One of them.
    struct Handler: Hashable {
        let name: String
        /// What starts the program.
        let interpreter: String
        /// `F`: the interpreter was opened when it was registered, and so need not be in a container.
        let isFixed: Bool
        private let offset: Int
        private let magic: [UInt8]
        private let mask: [UInt8]
    }

    /// Those that are turned on.
    let handlers: [Handler]

    /// - Parameter folder: where the kernel shows them; nil is to ask the kernel, wherever it shows them.
    init(_ folder: FilePath?) throws {
        guard let shown = try folder.map(OpenFolder.init(opening:)) ?? Self.kernel(),
            try Self.text("status", in: shown).hasPrefix("enabled")
        else {
            handlers = []
            return
        }
        let names = try shown.entries().map(\.description).filter { !["status", "register"].contains($0) }
        handlers = try names.sorted().compactMap { Handler(named: $0, try Self.text($0, in: shown)) }
    }

    /// The kernel's own list, through a mount that nobody else sees; nil where it has none.
    private static func kernel() throws -> OpenFolder? {
        do throws(SystemError) {
            return try OpenFolder(ofFileSystem: "binfmt_misc")
        } catch {
            guard [Errno.operationNotSupportedByDevice, .permissionDenied, .notPermitted].contains(error.errno) else {
                throw error
            }
            return nil
        }
    }

    private static func text(_ name: String, in folder: OpenFolder) throws -> String {
        do throws(SystemError) {
            return String(decoding: try folder.file(inRoot: Array(name.utf8)).read(1 << 12), as: UTF8.self)
        } catch {
            // One that is taken away meanwhile is none.
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return ""
        }
    }

    /// What starts programs of an architecture, one whose interpreter need not be in the container before others; nil if
    /// nothing does.
    func handler(of architecture: String) -> Handler? {
        let starts = ProgramStart.all(of: architecture)
        let fitting = handlers.filter { handler in starts.contains(where: handler.takes) }
        return fitting.first(where: \.isFixed) ?? fitting.first
    }
}

extension BinaryHandlers.Handler {
    /// Reads what the kernel shows of one; nil for one that is turned off, or goes by names of files.
    fileprivate init?(named name: String, _ text: String) {
        let lines = text.split(separator: "\n")
        func value(_ key: String) -> String? {
            lines.first { $0.hasPrefix(key + " ") }.map { String($0.dropFirst(key.count + 1)) }
        }
        guard lines.first == "enabled", let interpreter = value("interpreter"),
            let magic = value("magic").flatMap(Self.bytes), let offset = value("offset").flatMap({ Int($0) })
        else { return nil }
        self.name = name
        self.interpreter = interpreter
        isFixed = value("flags:")?.contains("F") ?? false
        self.offset = offset
        self.magic = magic
        mask = value("mask").flatMap(Self.bytes) ?? Array(repeating: 0xff, count: magic.count)
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.count, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// Whether it starts a file that begins so.
    fileprivate func takes(_ start: [UInt8]) -> Bool {
        guard offset >= 0, mask.count == magic.count, offset + magic.count <= start.count else { return false }
        return magic.indices.allSatisfy { (start[offset + $0] ^ magic[$0]) & mask[$0] == 0 }
    }
}

/// How programs of an architecture begin. System V ABI, ELF header
private enum ProgramStart {
    /// Whether numbers have 64 bits, whether the highest byte comes first, and the machine's number.
    private static let machines: [String: (isWide: Bool, isBigEndian: Bool, machine: UInt16)] = [
        "386": (false, false, 3), "amd64": (true, false, 62), "arm": (false, false, 40), "arm64": (true, false, 183),
        "loong64": (true, false, 258), "mips": (false, true, 8), "mipsle": (false, false, 8), "mips64": (true, true, 8),
        "mips64le": (true, false, 8), "ppc64": (true, true, 21), "ppc64le": (true, false, 21),
        "riscv64": (true, false, 243), "s390x": (true, true, 22),
    ]

    /// As much as the kernel looks at, of programs for a fixed place and for any.
    static func all(of architecture: String) -> [[UInt8]] {
        guard let machine = machines[architecture] else { return [] }
        func bytes(_ number: UInt16, count: Int) -> [UInt8] {
            let bytes = [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)] + Array(repeating: 0, count: count - 2)
            return machine.isBigEndian ? bytes.reversed() : bytes
        }
        return [UInt16(2), 3].map { type in
            let identity: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, machine.isWide ? 2 : 1, machine.isBigEndian ? 2 : 1, 1]
            let words = bytes(type, count: 2) + bytes(machine.machine, count: 2) + bytes(1, count: 4)
            let start = identity + Array(repeating: 0, count: 9) + words
            return start + Array(repeating: 0, count: 256 - start.count)
        }
    }
}
