import Glibc
import Linux
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Volumes

@Suite struct VolumeStoreTests {
    @Test func `makes a volume once and finds it again`() throws {
        try withStore { store in
            let volume = try store.create("data", labels: ["team": "blue"])
            #expect(volume.mountpoint.lastComponent?.string == "_data")
            #expect(try store.create("data", labels: ["team": "red"]) == volume)
            #expect(try store.find("data") == volume)
            #expect(try store.all().map(\.name) == ["data"])
            #expect(Folder.exists(volume.mountpoint))
        }
    }

    @Test func `refuses to make one of the same name another way`() throws {
        try withStore { store in
            _ = try store.create("data")
            #expect(throws: VolumeError.conflict(name: "data")) {
                try store.create("data", options: ["type": "tmpfs", "device": "tmpfs"])
            }
            #expect(throws: VolumeError.unknownDriver("nfs")) { try store.create("other", driver: "nfs") }
            #expect(throws: VolumeError.invalidOption("color")) { try store.create("other", options: ["color": "red"]) }
        }
    }

    @Test(arguments: ["", ".", "..", "a/b", "-a", "_a", "a b", "ä", String(repeating: "a", count: 256)])
    func `refuses names that are none`(name: String) throws {
        try withStore { store in
            #expect(throws: VolumeError.invalidName(name)) { try store.create(name) }
            #expect(throws: VolumeError.notFound(name)) { try store.find(name) }
        }
    }

    @Test func `gives a volume that nobody names 64 digits and a label`() throws {
        try withStore { store in
            let volume = try store.createAnonymous()
            #expect(volume.name.count == 64)
            #expect(volume.name.allSatisfy { $0.isHexDigit })
            #expect(volume.isAnonymous)
            #expect(try store.find(volume.name).isAnonymous)
        }
    }

    @Test func `keeps what is in use and removes the rest whole`() throws {
        try withStore { store in
            let volume = try store.create("data")
            #expect(throws: VolumeError.inUse(name: "data", containers: ["c1", "c2"])) {
                try store.remove("data", users: ["c1", "c2"])
            }
            try store.remove("data")
            #expect(!Folder.exists(volume.mountpoint))
            #expect(throws: VolumeError.notFound("data")) { try store.remove("data") }
            #expect(try store.all() == [])
        }
    }

    @Test func `leaves out a volume whose record is damaged`() throws {
        try withStore { store in
            _ = try store.create("good")
            let bad = try store.create("bad")
            let record = bad.mountpoint.removingLastComponent().appending("record.json")
            try WholeFile.replace(record, with: Array("{".utf8), isDurable: false)
            #expect(try store.all().map(\.name) == ["good"])
        }
    }

    @Test func `sweeps away what a killed process left`() throws {
        try withTemporaryFolder { folder in
            let root = StateRoot(under: folder)
            let store = VolumeStore(root: root)
            _ = try store.create("data")
            let left = root.volumes.appending(".draft-1")
            try Folder.makeAll(left.appending("_data"))
            #expect(try store.all().map(\.name) == ["data"])
            try store.sweep()
            #expect(!Folder.exists(left))
            #expect(try store.find("data").name == "data")
        }
    }

    @Test func `binds the device of a volume that is a bind`() throws {
        try withStore { store in
            let bind = try store.create("bind", options: ["type": "none", "o": "bind", "device": "/srv"])
            #expect(try bind.source == "/srv")
            let memory = try store.create("memory", options: ["type": "tmpfs", "device": "tmpfs"])
            #expect(throws: VolumeError.self) { try memory.source }
        }
    }

    @Test func `filters by use, name, driver and label`() throws {
        try withStore { store in
            let volume = try store.create("shop_data", labels: ["team": "blue"])
            func matches(isUsed: Bool = false, _ change: (inout VolumeFilter) -> Void) -> Bool {
                var filter = VolumeFilter()
                change(&filter)
                return filter.matches(volume, isUsed: isUsed)
            }
            #expect(matches { $0.isDangling = true })
            #expect(!matches(isUsed: true) { $0.isDangling = true })
            #expect(matches(isUsed: true) { $0.isDangling = false })
            #expect(matches { $0.names = ["other", "shop"] })
            #expect(!matches { $0.names = ["other"] })
            #expect(!matches { $0.drivers = ["nfs"] })
            #expect(matches { $0.labels = ["team", "team=blue"] })
            #expect(!matches { $0.labels = ["team", "team=red"] })
        }
    }

    @Test func `prunes the anonymous ones, and all when asked`() throws {
        try withStore { store in
            let named = try store.create("data")
            let anonymous = try store.createAnonymous()
            func prunable(_ volume: Volume, isUsed: Bool = false, all: Bool = false) -> Bool {
                VolumeFilter.isPrunable(volume, isUsed: isUsed, all: all)
            }
            #expect(prunable(anonymous))
            #expect(!prunable(anonymous, isUsed: true))
            #expect(!prunable(named))
            #expect(prunable(named, all: true))
        }
    }
}

/// A store of a test's own.
func withStore(_ body: (VolumeStore) throws -> Void) throws {
    try withTemporaryFolder { folder in try body(VolumeStore(root: StateRoot(under: folder))) }
}
