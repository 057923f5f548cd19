import Linux
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Builder
@testable import Dockerfile

@Suite(.tags(.root), .requiresRoot) struct CacheFolders {
    @Test func `are made once, and are whole for whoever comes second`() throws {
        try BuildScene.with { scene in
            let workspace = try Workspace.make(in: scene.root) { _ in }
            defer { workspace.remove() }
            let shelf = LayerShelf(scene.layers, try BuildCache(scene.root), workspace, now: 0)
            let mount = RunMount(text: "type=cache,target=/c", kind: .cache)
            let names = (0..<100).map { "seed\($0)" }
            let fills = Atomic(0)
            let results = try Parallel.map([1, 2, 3, 4], width: 4) { _ in
                Result {
                    let folder = try CacheFolder.claim("key", mount, on: shelf) { folder in
                        fills.add(1, ordering: .relaxed)
                        for name in names {
                            try WholeFile.replace(folder.appending(name), with: [], isDurable: false)
                        }
                    }
                    return try Folder.names(in: folder.path).count
                }
            }
            #expect(try results.map { try $0.get() } == [100, 100, 100, 100])
            #expect(fills.load(ordering: .relaxed) == 1)
        }
    }
}
