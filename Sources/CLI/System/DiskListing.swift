import Builder
import Containers
import Images
import Linux
import Orchestrator
import Storage
import Volumes

/// What `system df --verbose` shows: a table for each kind of thing.
struct DiskListing {
    private let engine: LocalEngine
    private let cache: CacheStore
    private let containers: [Container]

    init(_ session: Session) throws {
        engine = session.engine
        cache = try CacheStore(root: session.root, images: engine.images)
        containers = try engine.containers.all()
    }

    /// The four tables.
    var text: String {
        get throws {
            try [
                "Images space usage:\n\n" + images, "Containers space usage:\n\n" + containerTable,
                "Local Volumes space usage:\n\n" + volumes, "Build cache usage: " + caches,
            ].joined(separator: "\n")
        }
    }

    private var images: String {
        get throws {
            let all = try engine.images.list()
            var uses: [String: Int] = [:]
            for layer in all.flatMap({ Set($0.layers) }) { uses["\(layer)", default: 0] += 1 }
            var table = Table([
                "REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS",
            ])
            for image in all {
                let shared = try Set(image.layers).filter { uses["\($0)", default: 0] > 1 }
                    .reduce(0) { try $0 + (engine.images.layers.record($1)?.size ?? 0) }
                let name = image.references.first
                table.add([
                    name?.familiarRepository ?? "<none>", name?.tag ?? "<none>", image.id.short,
                    Age.since(image.createdAt, now: WallClock.now), ByteSize(image.size).decimal(),
                    ByteSize(shared).decimal(), ByteSize(image.size - shared).decimal(),
                    "\(containers.count { $0.configuration.imageID == "\(image.id)" })",
                ])
            }
            return table.text
        }
    }

    private var containerTable: String {
        get throws {
            var table = Table(["CONTAINER ID", "IMAGE", "SIZE", "STATUS", "NAMES"])
            for container in containers {
                table.add([
                    String(container.id.prefix(12)), container.configuration.image,
                    ByteSize(DiskUse.bytes(below: container.upperFolder)).decimal(), try container.status.word,
                    container.name,
                ])
            }
            return table.text
        }
    }

    private var volumes: String {
        get throws {
            let uses = try engine.volumeUses()
            var table = Table(["VOLUME NAME", "LINKS", "SIZE"])
            for volume in try engine.volumes.all() {
                let size = ByteSize(DiskUse.bytes(below: volume.mountpoint)).decimal()
                table.add([volume.name, "\(uses[volume.name] ?? 0)", size])
            }
            return table.text
        }
    }

    private var caches: String {
        get throws {
            let items = try cache.items()
            let own = items.filter { !$0.isShared }.reduce(0) { $0 + $1.size }
            return try "\(ByteSize(own).decimal())\n\n" + CacheListing.listing(items).text("table")
        }
    }
}
