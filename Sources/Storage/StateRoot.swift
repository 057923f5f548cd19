public import SystemPackage

/// The two folders that hold everything: one that lasts, and one that lasts for a boot.
public struct StateRoot: Sendable, Hashable {
    /// What outlives a reboot. `/var/lib/tutti` unless another root was asked for.
    public let data: FilePath
    /// What belongs to this boot. `/run/tutti` unless another root was asked for.
    public let run: FilePath

    /// The machine's own root.
    public static let standard = StateRoot(data: "/var/lib/tutti", run: "/run/tutti")

    /// A root of its own below one folder, so that tests and parallel installations never meet.
    public init(under folder: FilePath) {
        self.init(data: folder, run: folder.appending("run"))
    }

    public init(data: FilePath, run: FilePath) {
        self.data = data
        self.run = run
    }

    // MARK: Durable

    public var images: FilePath { data.appending("images") }
    public var layers: FilePath { data.appending("layers") }
    public var volumes: FilePath { data.appending("volumes") }
    public var networks: FilePath { data.appending("networks") }
    public var containers: FilePath { data.appending("containers") }
    public var containerNames: FilePath { containers.appending("names") }
    public var projects: FilePath { data.appending("projects") }
    public var build: FilePath { data.appending("build") }
    public var cache: FilePath { data.appending("cache") }

    public func container(_ id: String) -> FilePath { containers.appending(id) }

    // MARK: One boot

    public var runningContainers: FilePath { run.appending("containers") }
    public var networkNamespaces: FilePath { run.appending("netns") }
    /// Address leases, one folder a network: they mean nothing after a reboot.
    public var leases: FilePath { run.appending("leases") }

    public func runningContainer(_ id: String) -> FilePath { runningContainers.appending(id) }
    public func networkNamespace(_ id: String) -> FilePath { networkNamespaces.appending(id) }
}
