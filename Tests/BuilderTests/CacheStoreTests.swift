import Images
import Linux
import OCI
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite struct CachePolicies {
    private static let hour: Int64 = 3_600_000_000_000

    private func item(
        _ id: String,
        size: Int64 = 10,
        hours: Int64,
        kind: CacheItem.Kind = .layer,
        isShared: Bool = false,
        isInUse: Bool = false
    ) -> CacheItem {
        CacheItem(
            id: id,
            kind: kind,
            description: "",
            size: size,
            createdAt: 0,
            usedAt: 1000 * Self.hour - hours * Self.hour,
            isShared: isShared,
            isInUse: isInUse
        )
    }

    private func chosen(_ rule: CacheRule, _ items: [CacheItem], free: Int64 = 1 << 40) -> [String] {
        rule.choose(among: items, free: free, now: 1000 * Self.hour).map(\.id)
    }

    @Test func `remove what was unused the longest until the bound holds`() {
        var rule = CacheRule()
        rule.maximum = 25
        #expect(chosen(rule, [item("new", hours: 1), item("old", hours: 9), item("mid", hours: 5)]) == ["old"])
        rule.maximum = 0
        rule.reserved = 10
        #expect(chosen(rule, [item("new", hours: 1), item("old", hours: 9), item("mid", hours: 5)]) == ["old", "mid"])
    }

    @Test func `keep what a build uses, and what images have too`() {
        let items = [
            item("used", hours: 9, isInUse: true), item("shared", hours: 9, isShared: true), item("a", hours: 1),
        ]
        #expect(chosen(CacheRule(), items) == ["a"])
        var all = CacheRule()
        all.includesShared = true
        #expect(chosen(all, items) == ["shared", "a"])
    }

    @Test func `make room when the disk is nearly full, but not below what is reserved`() {
        var rule = CacheRule()
        rule.minimumFree = 100
        rule.reserved = 15
        let items = [item("a", hours: 3), item("b", hours: 2), item("c", hours: 1)]
        #expect(chosen(rule, items, free: 95) == ["a"])
        #expect(chosen(rule, items, free: 0) == ["a", "b"])
        #expect(chosen(rule, items, free: 95).count == 1)
    }

    @Test func `read filters`() throws {
        var rule = CacheRule()
        try rule.apply(filters: ["until=24h", "type=exec.cachemount"])
        let items = [item("m", hours: 30, kind: .mount), item("n", hours: 3, kind: .mount), item("l", hours: 30)]
        #expect(chosen(rule, items) == ["m"])
        for (filter, left) in [("shared=true", ["s"]), ("private=true", ["p"]), ("shared=0", ["p"])] {
            var rule = CacheRule()
            rule.includesShared = true
            try rule.apply(filters: [filter])
            #expect(chosen(rule, [item("s", hours: 2, isShared: true), item("p", hours: 1)]) == left, "\(filter)")
        }
        #expect(throws: BuilderError.self) { try rule.apply(filters: ["colour=red"]) }
        #expect(throws: BuilderError.self) { try rule.apply(filters: ["until=soon"]) }
        for wrong in ["until=", "until=-1h", "until=1", "colour", "type=cheese", "shared=perhaps"] {
            #expect(throws: BuilderError.self, "\(wrong)") { try rule.apply(filters: [wrong]) }
        }
    }
}

@Suite struct CacheStores {
    private static let text = "FROM scratch AS one\nCOPY a /\nFROM scratch\nCOPY --from=one a /b\nCOPY c /\n"

    private func scene<Result>(_ body: (BuildScene, CacheStore) throws -> Result) throws -> Result {
        try BuildScene.with { scene in
            try scene.write("a", "first")
            try scene.write("c", "second")
            return try body(scene, try CacheStore(root: scene.root, images: scene.images))
        }
    }

    @Test func `tell the cache's own layers from those that an image has too`() throws {
        try scene { scene, cache in
            try scene.build(Self.text) { $0.tags = ["x"] }
            let layers = try cache.items().filter { $0.kind == .layer }
            #expect(
                layers.filter(\.isShared).map(\.description).sorted() == [
                    "COPY a /b # buildkit", "COPY c / # buildkit",
                ]
            )
            #expect(layers.filter(\.isReclaimable).map(\.description) == ["COPY a / # buildkit"])
            #expect(layers.filter(\.isReclaimable).map(\.size) == [5])
        }
    }

    @Test func `prune what no image has, and build it again`() throws {
        try scene { scene, cache in
            let id = try scene.build(Self.text)
            let gone = try cache.prune(CacheRule())
            #expect(gone.filter { $0.kind == .layer }.map(\.description) == ["COPY a / # buildkit"])
            #expect(try scene.images.contains(id))
            try scene.build(Self.text)
            #expect(scene.executedSteps == 1)
            var all = CacheRule()
            all.includesShared = true
            try cache.prune(all)
            #expect(try cache.items().isEmpty)
            #expect(try scene.images.contains(id))
            try scene.build(Self.text)
            #expect(scene.executedSteps == 3)
        }
    }

    @Test func `forget what a removal that was killed has left`() throws {
        try scene { scene, cache in
            try scene.build(Self.text)
            let layer = try #require(try cache.items().first { $0.isReclaimable && $0.kind == .layer })
            try scene.layers.remove(Digest(parsing: "sha256:\(layer.id)"))
            let note = scene.root.build.appending("layers").appending("\(layer.id).json")
            #expect(try FileStatus.of(note) != nil)
            #expect(try !cache.items().contains { $0.id == layer.id })
            try scene.build(Self.text)
            #expect(scene.executedSteps == 1)
            try scene.layers.remove(Digest(parsing: "sha256:\(layer.id)"))
            try cache.prune(CacheRule())
            #expect(try FileStatus.of(note) == nil)
        }
    }

    @Test func `keep cached layers when their image goes`() throws {
        try scene { scene, cache in
            try scene.build(Self.text) { $0.tags = ["x"] }
            try cache.whileLayersStay { kept in
                _ = try scene.images.remove("x", keeping: kept) { _ in [] }
            }
            try scene.build(Self.text)
            #expect(scene.executedSteps == 0)
        }
    }

    @Test(arguments: ["sha256:" + String(repeating: "a", count: 64), "sha512:" + String(repeating: "b", count: 128)])
    func `keep the layers that running builds stand on, by whichever sum`(text: String) throws {
        try scene { scene, cache in
            let layer = try Digest(parsing: text)
            let workspace = try Workspace.make(in: scene.root) { _ in }
            try workspace.pin(layer.hex)
            #expect(try cache.whileLayersStay { $0 } == [layer])
            workspace.remove()
        }
    }

    @Test func `never take what a running build stands on`() throws {
        try scene { scene, cache in
            try scene.build(Self.text)
            let layer = try #require(try cache.items().first { $0.isReclaimable && $0.kind == .layer })
            let workspace = try Workspace.make(in: scene.root) { _ in }
            try workspace.pin(layer.id)
            #expect(try cache.items().first { $0.id == layer.id }?.isInUse == true)
            try cache.prune(CacheRule())
            #expect(try scene.layers.contains(Digest(parsing: "sha256:\(layer.id)")))
            workspace.remove()
            try cache.prune(CacheRule())
            #expect(try !scene.layers.contains(Digest(parsing: "sha256:\(layer.id)")))
        }
    }

    @Test func `know when something was used last`() throws {
        try scene { scene, cache in
            try scene.build(Self.text)
            let layer = try #require(try cache.items().first { $0.isReclaimable && $0.kind == .layer })
            let note = scene.root.build.appending("layers").appending("\(layer.id).json")
            try FileTimes.set(note, to: 1_000_000_000)
            var old = CacheRule()
            try old.apply(filters: ["until=24h"])
            #expect(try cache.items().last?.usedAt == 1_000_000_000)
            try scene.build(Self.text)
            #expect(try cache.prune(old).isEmpty)
            try FileTimes.set(note, to: 1_000_000_000)
            #expect(try cache.prune(old).map(\.id) == [layer.id])
        }
    }
}
