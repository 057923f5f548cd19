import OCI
import SystemPackage

/// Why programs of another platform do not run here.
public enum EmulatorLack: Hashable, Sendable {
    /// It is another system.
    case otherSystem
    /// Nothing is registered for the processor.
    case notRegistered
    /// What is registered starts an interpreter that would have to be in the image.
    case notInImage(handler: String, interpreter: String)
}

extension EmulatorLack: CustomStringConvertible {
    /// What is lacking, and what helps.
    public var description: String {
        switch self {
        case .otherSystem: "commands of another system cannot be run here"
        case .notRegistered:
            "no emulator is registered with the kernel (binfmt_misc). Install qemu-user-static and binfmt-support "
                + "(Debian, Ubuntu) or qemu-user-static (Fedora), or have the stage run here: "
                + "FROM --platform=$BUILDPLATFORM"
        case .notInImage(let handler, let interpreter):
            "the kernel's handler \(handler) starts \(interpreter), which is not in the image. Register it with the flag F "
                + "(qemu-user-static does), so that containers need no copy"
        }
    }
}

extension BinaryHandlers {
    /// What keeps programs of a platform from running; nil if they run: by themselves, or through an emulator.
    ///
    /// - Parameter hasFile: whether there is a file at a path of the container.
    static func lack(
        of platform: Platform,
        on own: Platform = .host,
        handlers: () throws -> BinaryHandlers,
        hasFile: (String) throws -> Bool
    ) throws -> EmulatorLack? {
        guard platform.os == own.os else { return .otherSystem }
        // The processors that run programs of an older kind do so whatever the kind's version.
        let kin = ["amd64": "386", "arm64": "arm"][own.architecture]
        guard ![own.architecture, kin].contains(platform.architecture) else { return nil }
        guard let handler = try handlers().handler(of: platform.architecture) else { return .notRegistered }
        guard try handler.isFixed || hasFile(handler.interpreter) else {
            return .notInImage(handler: handler.name, interpreter: handler.interpreter)
        }
        return nil
    }
}

extension StageBuild {
    /// Refuses to run what this machine cannot.
    func checkPrograms() throws {
        let platform = state.image.platform.normalized
        let tree = try session.tree(of: state.layers)
        let lack = try BinaryHandlers.lack(of: platform, handlers: session.shared.emulators) { path in
            try tree.entry(at: tree.resolve(TreePath(clamping: path))) != nil
        }
        if let lack { throw BuilderError(.noEmulator(platform, own: .host, lack)) }
    }
}
