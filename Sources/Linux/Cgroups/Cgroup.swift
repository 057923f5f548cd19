import CLinux
import Glibc
import SystemPackage

/// A container's control group: one folder on cgroup v2, one for each hierarchy on v1.
public struct Cgroup: Hashable, Sendable {
    /// The folders by controller; on cgroup v2 the one folder goes by the empty name.
    public let folders: [String: String]

    /// Every folder once, in a fixed order.
    public var paths: [String] { Set(folders.values).sorted() }

    /// The v2 folder that a process is born in, if this is one.
    public var unifiedFolder: String? { folders[""] }

    /// Makes the group and sets its limits.
    ///
    /// Processes of the group may use the devices that `devices` allow and no others; nil leaves them all.
    /// - Parameters:
    ///   - name: A relative path such as `tutti/0123abcd`.
    ///   - warn: Takes what this kernel cannot limit, in words.
    public static func create(
        named name: String,
        in layout: CgroupLayout,
        limits: CgroupLimits,
        devices: [DeviceRule]?,
        warn: (String) -> Void = { _ in }
    ) throws(SystemError) -> Cgroup {
        let settings = settings(limits, in: layout)
        let group = try Cgroup(named: name, in: layout, controllers: usual.union(settings.map(\.controller)))
        do {
            var losses: Set<CgroupLimits.Loss> = []
            for setting in settings where try !group.apply(setting) {
                if let loss = setting.loss, losses.insert(loss).inserted { warn(loss.rawValue) }
            }
            if let devices { try group.restrict(to: devices) }
        } catch {
            group.removeEmpty()
            throw error
        }
        return group
    }

    /// The hierarchies of cgroup v1 that always serve. Each costs some 40 µs: the others are made where a limit asks for them.
    private static let usual: Set<String> = ["memory", "devices", "freezer", "pids", "cpuacct"]

    /// Steps by which a new process joins the group from inside; none on v2, where it is born there.
    public var joinSteps: [LaunchStep] {
        guard unifiedFolder == nil else { return [] }
        return paths.map { .write(path: "\($0)/tasks", "0") }
    }

    /// Gives the group that has these folders other limits. On cgroup v1 it gets a folder in each hierarchy that it needs now
    /// and was not in; its processes are the caller's to move there.
    public static func adjust(
        _ paths: [String],
        named name: String,
        in layout: CgroupLayout,
        limits: CgroupLimits
    ) throws(SystemError) -> Cgroup {
        let isUnified = paths.contains { CgroupFolder(FilePath($0)).isUnified }
        let settings = isUnified ? limits.unifiedSettings : limits.hierarchySettings
        var folders = isUnified ? ["": paths[0]] : [:]
        if !isUnified {
            for setting in settings {
                folders[setting.controller] = paths.first { path in
                    setting.choices.contains { access("\(path)/\($0.file)", F_OK) == 0 }
                }
            }
            let missing = Set(settings.map(\.controller)).subtracting(folders.keys)
            let further = try Cgroup(named: name, in: layout, controllers: missing)
            folders.merge(further.folders) { first, _ in first }
        }
        let group = Cgroup(folders: folders)
        for setting in settings { _ = try group.apply(setting) }
        return group
    }

    private init(folders: [String: String]) { self.folders = folders }

    private init(named name: String, in layout: CgroupLayout, controllers: Set<String>) throws(SystemError) {
        switch layout {
        case .unified(let hierarchy):
            folders = ["": try hierarchy.makeGroup(name)]
        case .hierarchies(let parents):
            var folders: [String: String] = [:]
            for (controller, parent) in parents where controllers.contains(controller) {
                let folder = "\(parent)/\(name)"
                try Self.makeFolder(folder)
                folders[controller] = folder
                if controller == "cpuset" { try Self.inheritProcessors(folder, below: parent) }
            }
            self.folders = folders
        }
    }

    private static func settings(_ limits: CgroupLimits, in layout: CgroupLayout) -> [CgroupLimits.Setting] {
        guard case .unified = layout else { return limits.hierarchySettings }
        return limits.unifiedSettings
    }

    /// Writes a setting; false where the kernel has no such file and can do without.
    private func apply(_ setting: CgroupLimits.Setting) throws(SystemError) -> Bool {
        if let folder = unifiedFolder ?? folders[setting.controller] {
            for choice in setting.choices {
                let path = "\(folder)/\(choice.file)"
                guard access(path, F_OK) == 0 else { continue }
                try Self.write(choice.value, to: path)
                return true
            }
        }
        guard setting.loss == nil else { return false }
        let file = setting.choices.first?.file ?? ""
        throw SystemError("limit by the control group \(setting.controller)", on: file, errno: .noSuchFileOrDirectory)
    }

    private func restrict(to rules: [DeviceRule]) throws(SystemError) {
        guard let unifiedFolder else {
            guard let folder = folders["devices"] else { return }
            try Self.write("a", to: "\(folder)/devices.deny")
            try Self.write(rules.map(\.line), to: "\(folder)/devices.allow")
            return
        }
        let descriptor = open(unifiedFolder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SystemError("open", on: unifiedFolder, errno: Errno(rawValue: tutti_errno()))
        }
        defer { close(descriptor) }
        let program = DeviceRule.program(allowing: rules)
        guard tutti_bpf_device_attach(program, UInt32(program.count), descriptor) == 0 else {
            throw SystemError("bpf", on: unifiedFolder, errno: Errno(rawValue: tutti_errno()))
        }
    }

    /// Removes the folders if no process is left in them.
    public func removeEmpty() {
        for path in paths where rmdir(path) == 0 { CgroupFolder.removeParents(of: FilePath(path)) }
    }
}

extension Cgroup {
    /// Makes a folder and those above it. Those above are marked as ours, to go with the last group in them.
    static func makeFolder(_ path: String, isParent: Bool = false) throws(SystemError) {
        guard mkdir(path, 0o755) != 0 else {
            // A kernel that takes no marks keeps the folder.
            if isParent { setxattr(path, CgroupFolder.mark, "1", 1, 0) }
            return
        }
        let failure = tutti_errno()
        switch failure {
        case EEXIST: return
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { break }
            try makeFolder(String(path[..<slash]), isParent: true)
            return try makeFolder(path, isParent: isParent)
        default: break
        }
        throw SystemError("mkdir", on: path, errno: Errno(rawValue: failure))
    }

    /// A new cpuset has no processors, and a group without them takes no process. cgroup v1.
    private static func inheritProcessors(_ folder: String, below top: String) throws(SystemError) {
        var parent = top
        for part in folder.dropFirst(top.count).split(separator: "/") {
            let child = "\(parent)/\(part)"
            for file in ["cpuset.cpus", "cpuset.mems"] {
                guard try lines(of: "\(child)/\(file)").isEmpty, let value = try lines(of: "\(parent)/\(file)").first
                else { continue }
                try write(String(value), to: "\(child)/\(file)")
            }
            parent = child
        }
    }

    static func write(_ text: String, to path: String) throws(SystemError) { try write([text], to: path) }

    /// Writes the lines one after the other, as the kernel takes one at a time.
    private static func write(_ lines: [String], to path: String) throws(SystemError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", on: path, errno: Errno(rawValue: tutti_errno())) }
        defer { close(descriptor) }
        for line in lines where Glibc.write(descriptor, line, line.utf8.count) < 0 {
            throw SystemError("write \"\(line)\" to", on: path, errno: Errno(rawValue: tutti_errno()))
        }
    }
}
