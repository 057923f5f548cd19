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

    /// A root of these two folders.
    public init(data: FilePath, run: FilePath) {
        self.data = data
        self.run = run
    }

    // MARK: Durable

    /// The images, an OCI layout.
    public var images: FilePath { data.appending("images") }
    /// The unpacked layers.
    public var layers: FilePath { data.appending("layers") }
    /// The volumes.
    public var volumes: FilePath { data.appending("volumes") }
    /// The networks' records.
    public var networks: FilePath { data.appending("networks") }
    /// The containers' records and upper folders.
    public var containers: FilePath { data.appending("containers") }
    /// Links from containers' names to their ids.
    public var containerNames: FilePath { containers.appending("names") }
    /// The projects' locks.
    public var projects: FilePath { data.appending("projects") }
    /// What has happened: the journal.
    public var events: FilePath { data.appending("events") }
    /// The build cache.
    public var build: FilePath { data.appending("build") }
    /// What can be made again.
    public var cache: FilePath { data.appending("cache") }

    /// One container's folder.
    public func container(_ id: String) -> FilePath { containers.appending(id) }

    /// Where a folder that is on its way out is: beside where it was, under a name that a sweep knows.
    public static func concealed(_ folder: FilePath) -> FilePath {
        folder.removingLastComponent().appending("\(doomedPrefix)\(folder.lastComponent?.string ?? "")")
    }

    /// What the names of folders begin with that are on their way out.
    public static let doomedPrefix = ".removed-"

    // MARK: One boot

    /// What is known of the containers of this boot.
    public var runningContainers: FilePath { run.appending("containers") }
    /// Where containers' network namespaces are mounted.
    public var networkNamespaces: FilePath { run.appending("netns") }
    /// Address leases, one folder a network: they mean nothing after a reboot.
    public var leases: FilePath { run.appending("leases") }

    /// Who uses which network namespace.
    public var attachments: FilePath { run.appending("attachments") }
    /// Where the trees of images are mounted that containers want to see.
    public var imageTrees: FilePath { run.appending("images") }

    /// Who uses a network namespace, what is in it, and what undoes it.
    public func attachment(_ id: String) -> FilePath { attachments.appending(id) }

    /// One container's folder of this boot.
    public func runningContainer(_ id: String) -> FilePath { runningContainers.appending(id) }
    /// Where one container's network namespace is mounted.
    public func networkNamespace(_ id: String) -> FilePath { networkNamespaces.appending(id) }
}
