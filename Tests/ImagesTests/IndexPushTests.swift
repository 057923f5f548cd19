import Linux
import OCI
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Images

/// Images for several platforms, brought to a registry and fetched from there.
@Suite struct IndexPushes {
    @Test func `tell of layers alone, and bring nothing twice`() throws {
        try withTemporaryFolder { folder in
            let target = UploadRepository()
            let server = try ScriptedServer { target.answer($0) }
            let name = "\(server.host)/test/pair:1"
            let pair = try PlatformPair(folder, as: name)
            let told = Mutex<[PushEvent]>([])
            let pushed = try pair.store.push(ImageReference(parsing: name), access: .plain()) { event in
                told.withLock { $0.append(event) }
            }
            #expect(pushed.digest == pair.index.digest)
            let ends = told.withLock { $0 }.compactMap { event in
                if case .pushed(let layer) = event { layer } else { nil as Digest? }
            }
            // Two images of two layers, of which they share one, and a remark.
            #expect(ends.count == 4 && Set(ends).isDisjoint(with: [pair.own, pair.other]))
            #expect(Set([pair.own, pair.other] + ends).isSubset(of: Set(target.blobs.keys)))
        }
    }

    @Test func `begin nothing further after something failed`() throws {
        try withTemporaryFolder { folder in
            let server = try ScriptedServer { request in
                guard request.method == "POST" else { return .init(status: 404) }
                return .json(#"{"errors":[{"code":"DENIED","message":"not yours"}]}"#, status: 403)
            }
            let name = "\(server.host)/test/pair:1"
            let pair = try PlatformPair(folder, as: name)
            #expect(throws: RegistryError.self) {
                try pair.store.push(ImageReference(parsing: name), access: .plain(uploads: 1))
            }
            #expect(server.requests.count { $0.method == "POST" } == 1)
        }
    }

    @Test(.requiresRegistry) func `are pushed as the index that lists them`() throws {
        try withTemporaryFolder { folder in
            let registry = try LoopbackRegistry(in: folder)
            let name = "\(registry.host)/pair:1"
            let pair = try PlatformPair(folder.appending("one"), as: name)
            let access = try RegistryAccess.plain()
            let reference = try ImageReference(parsing: name)
            let pushed = try pair.store.push(reference, access: access)
            #expect(pushed.digest == pair.index.digest)
            #expect(try access.resolve(reference).digest == pair.index.digest)
            #expect(try access.resolve(reference, platform: .host).digest == pair.store.manifest(of: pair.own).digest)
            let copied = try Program.succeeds([
                "skopeo", "copy", "--all", "--insecure-policy", "--src-tls-verify=false", "docker://\(name)",
                "oci:\(folder)/copy:1",
            ])
            #expect(copied)
            let one = try pair.store.push(reference, platform: Platform(parsing: "linux/s390x"), access: access)
            #expect(one.digest == (try pair.store.manifest(of: pair.other).digest))
        }
    }

    @Test(.requiresRegistry) func `pulled one by one share a name, and this machine's keeps it whatever comes`() throws
    {
        try withTemporaryFolder { folder in
            let registry = try LoopbackRegistry(in: folder)
            let name = "\(registry.host)/pair:1"
            let reference = try ImageReference(parsing: name)
            let access = try RegistryAccess.plain()
            let other = try Platform(parsing: "linux/s390x")
            let one = try PlatformPair(folder.appending("one"), as: name)
            _ = try one.store.push(reference, access: access)
            let store = ImageStore(root: StateRoot(under: folder.appending("here")))
            #expect(try store.pull(reference, platform: other, access: access).isNew)
            #expect(try store.find(reference)?.id == one.other)
            #expect(try store.pull(reference, access: access).isNew)
            #expect(try store.pull(reference, platform: other, access: access).isNew == false)
            #expect(try store.members(of: name).map(\.id) == [one.own, one.other])
            let pinned = "\(reference.repository)@\(one.index.digest)"
            #expect(try store.find(pinned)?.id == one.own)
            #expect(try store.find(pinned, platform: other)?.id == one.other)

            let two = try PlatformPair(folder.appending("two"), as: name, holding: "new")
            _ = try two.store.push(reference, access: access)
            _ = try store.pull(reference, platform: other, access: access)
            #expect(try store.members(of: name).map(\.id) == [one.own, two.other])
            _ = try store.pull(reference, access: access)
            #expect(try store.members(of: name).map(\.id) == [two.own, two.other])
            _ = try one.store.push(reference, access: access)
            _ = try store.pull(reference, access: access)
            #expect(try store.members(of: name).map(\.id) == [one.own])
        }
    }
}
