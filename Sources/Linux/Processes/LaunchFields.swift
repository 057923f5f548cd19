import CLinux

/// A launch step as the interpreter's record has it: which of its fields mean what is said in `CLinux.h`.
struct LaunchFields {
    var operation: tutti_operation
    var texts: [String] = []
    var numbers: [Int64] = []
    var blob: [UInt8] = []
    var isOptional = false

    private init(
        _ operation: tutti_operation,
        _ texts: [String] = [],
        _ numbers: [Int64] = [],
        blob: [UInt8] = [],
        isOptional: Bool = false
    ) {
        self.operation = operation
        self.texts = texts
        self.numbers = numbers
        self.blob = blob
        self.isOptional = isOptional
    }

    init(_ step: LaunchStep) {
        switch step {
        case .enter(let kinds): self.init(TUTTI_ENTER, [], [Int64(kinds.rawValue)])
        case .join(let path, let kinds): self.init(TUTTI_SETNS, [path], [Int64(kinds.rawValue)])
        case .unshare(let kinds): self.init(TUTTI_UNSHARE, [], [Int64(kinds.rawValue)])
        case .write(let path, let text): self.init(TUTTI_WRITE, [path], blob: Array(text.utf8))
        case .tryWrite(let path, let text): self.init(TUTTI_WRITE, [path], blob: Array(text.utf8), isOptional: true)
        case .setHostname(let name): self.init(TUTTI_HOSTNAME, [name])
        case .setDomainname(let name): self.init(TUTTI_DOMAINNAME, [name])
        case .changeFolder(let path): self.init(TUTTI_CHDIR, [path])
        case .setFileModeMask(let mask): self.init(TUTTI_UMASK, [], [Int64(mask)])
        case .execute(let file, let arguments, let environment, let searchPath):
            let path = file.utf8.contains(UInt8(ascii: "/")) ? "" : searchPath
            let counts = [Int64(arguments.count), Int64(environment.count)]
            self.init(TUTTI_EXEC, [path, file], counts, blob: Self.strings(arguments + environment))
        default: self = Self.tree(step) ?? Self.privileges(step)
        }
    }

    /// The steps that build the container's tree.
    private static func tree(_ step: LaunchStep) -> LaunchFields? {
        switch step {
        case .propagate(let propagation):
            LaunchFields(TUTTI_PRIVATE_MOUNTS, [], [Int64(propagation.rawValue)])
        case .mountOverlay(let place, let lower, let upper, let work, let isVolatile):
            LaunchFields(TUTTI_OVERLAY, [place, upper, work], [isVolatile ? 1 : 0], blob: strings(lower))
        case .mountFolder(let place, let source): LaunchFields(TUTTI_BIND_ROOT, [place, source])
        case .mount(let type, let target, let options, let flags, let replaces):
            LaunchFields(TUTTI_MOUNT, [type, target, options], [Int64(flags.rawValue), replaces ? 1 : 0])
        case .keepTree(let source, let hasSubmounts, let slot):
            LaunchFields(TUTTI_KEEP_TREE, [source], [hasSubmounts ? 1 : 0, Int64(slot)])
        case .bind(let source, let target, let attributes, let propagation, let reach):
            bind(source, target, [Int64(attributes.rawValue), Int64(propagation.rawValue), reach.rawValue])
        case .bindForeign(let namespace, let source, let target):
            LaunchFields(TUTTI_BIND_FOREIGN, [namespace, source, target])
        case .mask(let target): LaunchFields(TUTTI_MASK, [target])
        case .protect(let target): LaunchFields(TUTTI_READ_ONLY, [target])
        case .makeDevice(let target, let node):
            LaunchFields(
                TUTTI_DEVICE,
                [target],
                [Int64(node.mode), Int64(node.number), Int64(node.user), Int64(node.group)]
            )
        case .link(let target, let destination): LaunchFields(TUTTI_SYMLINK, [destination, target])
        case .makeFolder(let target): LaunchFields(TUTTI_FOLDER, [target])
        case .pivot: LaunchFields(TUTTI_PIVOT)
        case .protectRoot: LaunchFields(TUTTI_ROOT_READ_ONLY)
        default: nil
        }
    }

    private static func bind(_ source: BindSource, _ target: String, _ numbers: [Int64]) -> LaunchFields {
        switch source {
        case .path(let path, let below):
            LaunchFields(TUTTI_BIND, [path, target, below ?? ""], numbers + [below == nil ? 0 : 1])
        case .kept(let slot): LaunchFields(TUTTI_BIND, ["", target], numbers + [Int64(slot) + 2])
        }
    }

    /// The steps that settle what the process is and may do.
    private static func privileges(_ step: LaunchStep) -> LaunchFields {
        switch step {
        case .makeTerminal(let rows, let columns, let isConsole):
            LaunchFields(TUTTI_TERMINAL, [], [Int64(rows), Int64(columns), isConsole ? 1 : 0])
        case .limit(let resource, let soft, let hard):
            LaunchFields(TUTTI_RLIMIT, [], [Int64(resource), Int64(bitPattern: soft), Int64(bitPattern: hard)])
        case .keepBounding(let set): LaunchFields(TUTTI_BOUNDING, [], [Int64(bitPattern: set.mask)])
        case .become(let user, let group, let groups):
            LaunchFields(TUTTI_USER, [], [Int64(user), Int64(group)], blob: groups.flatMap(bytes))
        case .setCapabilities(let effective, let inheritable, let ambient):
            LaunchFields(
                TUTTI_CAPABILITIES,
                [],
                [effective, inheritable, ambient].map { Int64(bitPattern: $0.mask) }
            )
        case .filterCalls(let instructions): LaunchFields(TUTTI_SECCOMP, blob: instructions)
        case .confine(let profile): LaunchFields(TUTTI_CONFINE, blob: Array("exec \(profile)".utf8))
        default: LaunchFields(TUTTI_NO_NEW_PRIVS)
        }
    }

    private static func strings(_ list: [String]) -> [UInt8] {
        list.flatMap { Array($0.utf8) + [0] }
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }
}
