import CLinux

/// What a new process does before it becomes the command: plain data that Swift writes and C obeys.
///
/// A start, an `exec`, a health probe and a builder's `RUN` are all launch programs. The last step is
/// ``LaunchStep/execute(file:arguments:environment:searchPath:)``.
public struct LaunchProgram: Hashable, Sendable {
    /// The namespaces that the process is born with anew.
    public var newNamespaces: NamespaceKinds
    /// A cgroup v2 folder that the process is born in.
    public var cgroup: String?
    /// Whether the process is born in the pid namespace of the process that is entered.
    public var entersProcessNamespace: Bool
    /// Or in the pid namespace that this file stands for.
    public var processNamespace: String?
    /// What it does, in this order.
    public var steps: [LaunchStep]

    /// A program of these steps.
    public init(
        newNamespaces: NamespaceKinds = [],
        cgroup: String? = nil,
        entersProcessNamespace: Bool = false,
        processNamespace: String? = nil,
        steps: [LaunchStep] = []
    ) {
        self.newNamespaces = newNamespaces
        self.cgroup = cgroup
        self.entersProcessNamespace = entersProcessNamespace
        self.processNamespace = processNamespace
        self.steps = steps
    }

    /// The program in the form that `CLinux` reads: a header, the steps, then their texts and blobs.
    public var encoded: [UInt8] {
        var encoder = LaunchEncoder(stepCount: steps.count)
        let cgroup = encoder.text(cgroup ?? "")
        let processNamespace = encoder.text(processNamespace ?? "")
        let records = steps.map { encoder.record($0) }
        let header = tutti_program(
            magic: UInt32(TUTTI_PROGRAM_MAGIC),
            size: 0,
            clone_flags: newNamespaces.rawValue,
            step_count: UInt32(steps.count),
            steps: UInt32(MemoryLayout<tutti_program>.size),
            cgroup: cgroup,
            enters_pid_namespace: entersProcessNamespace ? 1 : 0,
            pid_namespace: processNamespace,
            reserved: 0
        )
        return encoder.program(header: header, records: records)
    }
}

extension LaunchProgram {
    /// A program whose process is born in another cgroup v2 folder than it was encoded with. One that is born in none stays
    /// as it is.
    public static func encoded(_ program: [UInt8], bornIn cgroup: String) -> [UInt8] {
        guard program.count >= MemoryLayout<tutti_program>.size else { return program }
        var header = program.withUnsafeBytes { $0.loadUnaligned(as: tutti_program.self) }
        guard header.cgroup != 0 else { return program }
        let moved = program + Array(cgroup.utf8) + [0]
        header.cgroup = UInt32(program.count)
        header.size = UInt32(moved.count)
        return withUnsafeBytes(of: header) { Array($0) } + moved.dropFirst(MemoryLayout<tutti_program>.size)
    }
}

/// Collects texts and blobs behind the steps, and fills in each step's record.
private struct LaunchEncoder {
    private let start: Int
    /// The first byte is the empty text, so that an offset of 0 in the header can mean "none".
    private var tail: [UInt8] = [0]

    init(stepCount: Int) {
        start = MemoryLayout<tutti_program>.size + stepCount * MemoryLayout<tutti_step>.stride
    }

    /// Where a text is; 0 for an empty one.
    mutating func text(_ text: String) -> UInt32 {
        guard !text.isEmpty else { return 0 }
        let offset = start + tail.count
        tail.append(contentsOf: text.utf8)
        tail.append(0)
        return UInt32(offset)
    }

    private mutating func stepText(_ string: String) -> UInt32 {
        string.isEmpty ? UInt32(start) : text(string)
    }

    /// Aligned to eight bytes, as filters and group lists want it.
    private mutating func blob(_ bytes: [UInt8]) -> (UInt32, UInt32) {
        while (start + tail.count) % 8 != 0 { tail.append(0) }
        let offset = start + tail.count
        tail.append(contentsOf: bytes)
        return (UInt32(offset), UInt32(bytes.count))
    }

    mutating func record(_ step: LaunchStep) -> tutti_step {
        let fields = LaunchFields(step)
        let n = fields.numbers + Array(repeating: 0, count: 4 - fields.numbers.count)
        let texts = fields.texts + Array(repeating: "", count: 3 - fields.texts.count)
        var record = tutti_step()
        record.operation = fields.operation.rawValue
        record.flags = fields.isOptional ? UInt32(TUTTI_STEP_OPTIONAL) : 0
        record.n = (n[0], n[1], n[2], n[3])
        record.text = (stepText(texts[0]), stepText(texts[1]), stepText(texts[2]))
        record.label = stepText(step.description)
        (record.blob, record.blob_size) = blob(fields.blob)
        return record
    }

    func program(header: tutti_program, records: [tutti_step]) -> [UInt8] {
        var header = header
        header.size = UInt32(start + tail.count + 1)
        var bytes = withUnsafeBytes(of: header) { Array($0) }
        for record in records { withUnsafeBytes(of: record) { bytes.append(contentsOf: $0) } }
        return bytes + tail + [0]
    }
}
