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

    @Test(.tags(.root), .requiresRoot) func `mounts what its options name for the first user, until the last has gone`()
        throws
    {
        try withStore { store in
            let options = ["type": "tmpfs", "device": "tmpfs", "o": "size=64k,uid=33,mode=750,noexec"]
            let volume = try store.create("memory", options: options)
            let outside = try #require(try FileStatus.of(volume.mountpoint))
            var first = try store.use(volume)
            var second = try store.use(volume)
            let inside = try #require(try FileStatus.of(volume.mountpoint))
            #expect(inside.device != outside.device && inside.uid == 33 && inside.mode == 0o750)
            try WholeFile.replace(volume.mountpoint.appending("file"), with: [1], isDurable: false)
            let resource = try #require(first?.resource)
            first = nil
            #expect(try !resource.leave())
            #expect(try Folder.names(in: volume.mountpoint) == ["file"])
            second = nil
            #expect(try resource.leave())
            #expect(try FileStatus.of(volume.mountpoint)?.device == outside.device)
            #expect(!Folder.hasEntry(resource.folder))
            withExtendedLifetime((first, second)) {}
        }
    }

    @Test(.tags(.root), .requiresRoot) func `shows the device of a volume that is a bind, as its flags have it`() throws
    {
        try withStore { store in
            try withTemporaryFolder { device in
                try WholeFile.replace(device.appending("file"), with: [1], isDurable: false)
                let options = ["type": "none", "o": "bind,ro", "device": device.string]
                let volume = try store.create("bind", options: options)
                var use = try store.use(volume)
                #expect(try Folder.names(in: volume.mountpoint) == ["file"])
                #expect(throws: SystemError.self) { try Folder.make(volume.mountpoint.appending("new")) }
                let resource = try #require(use?.resource)
                use = nil
                #expect(try resource.leave())
                #expect(try Folder.names(in: volume.mountpoint) == [])
                withExtendedLifetime(use) {}
            }
        }
    }

    @Test(.tags(.root), .requiresRoot) func `says what cannot be mounted and why`() throws {
        try withStore { store in
            let missing = try store.create("gone", options: ["type": "none", "o": "bind", "device": "/nonexistent"])
            let error = #expect(throws: VolumeError.self) { try store.use(missing) }
            #expect(error?.description.hasPrefix("error while mounting volume 'gone': mount /nonexistent:") == true)
            #expect(!Folder.hasEntry(store.resource(of: "gone").folder))
        }
    }

    @Test(arguments: [
        (["size": "1g"], "create data: option size: needs a file system with project quotas"),
        (["o": "bind"], "create data: option device: missing device in volume options"),
        (["device": "/dev/x"], "create data: option type: missing file system type in volume options"),
        (["o": "bind", "device": "data"], "create data: option device: \"data\" is not an absolute path"),
        (
            ["type": "nfs", "device": ":/x", "o": "addr=nas,rw"],
            "create data: option o: addr=nas is not an IP address"
        ),
        (["colour": "red"], "create: invalid option: \"colour\""),
    ])
    func `refuses options that cannot be honoured`(_ options: [String: String], _ reason: String) throws {
        try withStore { store in
            let error = #expect(throws: VolumeError.self) { try store.create("data", options: options) }
            #expect(error?.description == reason)
        }
    }

    @Test func `filters by use, driver and label`() throws {
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
