import Linux
public import Supervision
import SystemPackage

extension VolumeStore {
    /// Sees to it that a volume's data is at its mount point for as long as the use lasts: a file system that its options name is
    /// mounted for the first user, and unmounted with the last.
    ///
    /// - Returns: nil for a volume that is a plain folder, which is always there.
    public func use(_ volume: Volume) throws(VolumeError) -> SharedUse? {
        guard let mount = try VolumeMount(volume.record.options, of: volume.name) else { return nil }
        do {
            let use = try resource(of: volume.name).join()
            try use.resource.make(undoneBy: [.detach(volume.mountpoint.string)]) {
                try mount.mount(at: volume.mountpoint)
            }
            return use
        } catch let error as SystemError where error.call == "mount" {
            _ = try? resource(of: volume.name).leave()
            throw .cannotMount(name: volume.name, error)
        } catch {
            throw Self.error(error, volume.mountpoint)
        }
    }

    /// What the users of a volume's file system share.
    func resource(of name: String) -> SharedResource {
        SharedResource(folder: mounted.appending(name))
    }
}
