import Linux
import SystemPackage
import TestSupport
import Testing

@testable import Supervision

@Suite struct VolumesThatContainersUse {
    private func write(_ record: String, of container: String, in containers: FilePath) throws {
        let folder = containers.appending(container)
        try Folder.makeAll(folder)
        try WholeFile.replace(folder.appending("record.json"), with: Array(record.utf8), isDurable: false)
    }

    @Test(arguments: [("web", true), (".draft-web", true), (".removed-web", false)])
    func `are those that a record names which is not on its way out`(folder: String, isUsed: Bool) throws {
        try withTemporaryFolder { containers in
            try write(#"{"mounts": [{"source": "/volumes/aa11/data"}]}"#, of: folder, in: containers)
            try write("{}", of: "other", in: containers)
            let users = VolumeUsers(containers: containers)
            #expect(try users.name("/volumes/aa11") == isUsed)
            #expect(try !users.name("/volumes/bb22"))
        }
    }

    @Test func `count when a container gets its name between the listing and the reading`() throws {
        try withTemporaryFolder { containers in
            // As it looks to whoever has listed the draft, and reads after the renaming.
            try Folder.makeAll(containers.appending(".draft-web"))
            try write("aa11", of: "web", in: containers)
            let records = VolumeUsers(containers: containers).records(of: ".draft-web")
            #expect(records.map(\.string) == [".draft-web", "web"].map { "\(containers)/\($0)/record.json" })
            #expect(try VolumeUsers(containers: containers).name("/volumes/aa11"))
        }
    }

    @Test func `are not told where a record cannot be read`() throws {
        try withTemporaryFolder { containers in
            try Folder.makeAll(containers.appending("web/record.json"))
            #expect(throws: SystemError.self) { try VolumeUsers(containers: containers).name("/volumes/aa11") }
        }
    }

    @Test func `keep what would be concealed`() throws {
        try withTemporaryFolder { root in
            let (containers, volume, name) = (
                root.appending("containers"), root.appending("aa11"), root.appending("gone")
            )
            try Folder.makeAll(volume)
            try write("aa11", of: "web", in: containers)
            let step = TeardownStep.concealVolume(volume.string, as: name.string, containers: containers.string)
            try step.perform()
            #expect(Folder.hasEntry(volume))
            try Removal.tree(containers.appending("web"))
            try step.perform()
            #expect(!Folder.hasEntry(volume) && Folder.hasEntry(name))
        }
    }
}
