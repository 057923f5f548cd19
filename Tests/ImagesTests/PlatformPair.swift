import JSON
import Linux
import OCI
import Storage
import SystemPackage

@testable import Images

/// Two images that share a layer, for this machine and for another platform, and a remark on the first, in an index.
struct PlatformPair {
    let store: ImageStore
    let own: Digest
    let other: Digest
    let index: Descriptor

    /// - Parameter word: what the images hold, by which one version is told from another.
    init(_ folder: FilePath, as name: String?, holding word: String = "shared") throws {
        store = ImageStore(root: StateRoot(under: folder))
        var ids: [Digest] = []
        var manifests: [Descriptor] = []
        for platform in [Platform(os: "linux", architecture: "s390x"), .host] {
            var configuration = ImageConfiguration(platform: platform)
            for text in [word, platform.architecture] {
                let draft = try store.layers.makeDraft()
                try WholeFile.replace(draft.contents.appending("file"), with: Array(text.utf8), isDurable: false)
                configuration.rootfs.diffIDs.append(try store.layers.commit(draft).diffID)
            }
            let bytes = try JSON.encode(configuration)
            let packed = try ImagePacker(store).image(bytes)
            ids.append(try store.commit(bytes, as: packed))
            var manifest = packed.manifest
            manifest.platform = platform
            manifests.append(manifest)
        }
        let packer = try ImagePacker(store)
        let said = try packer.document(["said": "so"], as: MediaType(rawValue: "application/vnd.in-toto+json"))
        let configuration = try packer.document(["os": "unknown"], as: .configuration)
        var remark = try packer.document(ImageManifest(config: configuration, layers: [said]))
        remark.platform = Platform(os: "unknown", architecture: "unknown")
        remark.annotations = ["vnd.docker.reference.type": "attestation-manifest"]
        index = try packer.index(manifests + [remark])
        (other, own) = (ids[0], ids[1])
        guard let name else {
            try store.keep(ids, index: index)
            return
        }
        try store.name(ids, index: index, as: ImageReference(parsing: name))
    }
}
