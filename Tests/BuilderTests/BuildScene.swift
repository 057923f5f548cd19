import Images
import Linux
import OCI
import Storage
import Synchronization
import SystemPackage
import TestSupport

@testable import Builder

/// A root of its own with a builder, and a context to build from.
final class BuildScene: Sendable {
    let root: StateRoot
    let context: FilePath
    let images: ImageStore
    let layers: LayerStore
    let events = Mutex<[BuildEvent]>([])

    init(_ folder: FilePath) throws {
        root = StateRoot(under: folder.appending("root"))
        context = folder.appending("context")
        try Folder.makeAll(context)
        images = ImageStore(root: root)
        layers = images.layers
    }

    /// Calls the body with a scene that is gone afterwards.
    static func with<Result>(_ body: (BuildScene) throws -> Result) throws -> Result {
        try withTemporaryFolder { try body(BuildScene($0)) }
    }

    func write(_ path: String, _ text: String) throws {
        let target = context.pushing(FilePath(path))
        try Folder.makeAll(target.removingLastComponent(), mode: 0o755)
        try WholeFile.replace(target, with: Array(text.utf8), isDurable: false, mode: 0o644)
    }

    /// Puts a shell and its tools into the context.
    func addBusybox() throws {
        let program = try WholeFile.read("/bin/busybox", limit: 16 << 20)
        try WholeFile.replace(context.appending("busybox"), with: program, isDurable: false, mode: 0o755)
    }

    /// Builds an image, and remembers what was told.
    @discardableResult
    func build(
        _ dockerfile: String,
        runner: (any StepRunner)? = nil,
        _ change: (inout BuildRequest) -> Void = { _ in }
    ) throws -> Digest {
        guard let id = try result(dockerfile, runner: runner, change).id else { throw Absent() }
        return id
    }

    /// Builds, and remembers what was told.
    @discardableResult
    func result(
        _ dockerfile: String,
        runner: (any StepRunner)? = nil,
        handlers: FilePath? = nil,
        _ change: (inout BuildRequest) -> Void = { _ in }
    ) throws -> BuildResult {
        var request = BuildRequest(context: context)
        request.dockerfile = .text(dockerfile)
        change(&request)
        events.withLock { $0 = [] }
        var builder =
            runner.map { Builder(root: root, images: images, runner: $0) }
            ?? Builder(root: root, images: images)
        builder.handlers = handlers
        return try builder.build(request) { event in self.events.withLock { $0.append(event) } }
    }

    /// What the last build told about its steps, and what they wrote.
    var story: [String] {
        events.withLock { events in
            events.filter { $0.step?.isInstruction ?? true }.compactMap { event in
                switch event {
                case .started(let step): "\(step)"
                case .cached(let step): "cached \(step.number)"
                case .output(_, let line): "> \(line)"
                case .failed(let step, _): "failed \(step.number)"
                case .warning(let text): "warning: \(text)"
                case .found(let notice): "found: \(notice.finding.summary)"
                case .done, .progress, .finished: nil
                }
            }
        }
    }

    /// How many steps the last build carried out.
    var executedSteps: Int {
        events.withLock { events in
            events.count {
                if case .done(let step, _) = $0 { step.isInstruction } else { false }
            }
        }
    }

    func configuration(_ id: Digest) throws -> ImageConfiguration {
        guard let image = try images.find(id.description) else { throw Absent() }
        return image.configuration
    }

    /// The tree that an image shows.
    func tree(_ id: Digest) throws -> MergedTree {
        MergedTree(try configuration(id).rootfs.diffIDs.map { try AnchoredTree(layers.contents(of: $0)) })
    }

    /// A file of an image as text; nil when there is none.
    func text(_ path: String, of id: Digest) throws -> String? {
        try tree(id).contents(of: TreePath(clamping: path)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Everything in an image, as `path kind mode uid:gid`.
    func listing(_ id: Digest) throws -> [String] {
        let tree = try tree(id)
        func list(_ folder: TreePath) throws -> [String] {
            try tree.names(in: folder).flatMap { name in
                let path = folder.appending(name)
                guard let entry = try tree.entry(at: path) else { return [String]() }
                let mark =
                    entry.kind == .folder
                    ? "/" : entry.target.map { " -> \(String(decoding: $0, as: UTF8.self))" } ?? ""
                let line = "\(path)\(mark) \(String(entry.mode, radix: 8)) \(entry.uid):\(entry.gid)"
                return [line] + (entry.kind == .folder ? try list(path) : [])
            }
        }
        return try list(.root)
    }
}
