import Containers
import Linux
import Orchestrator
import SystemPackage

/// One end of a copy, as `cp` has it: `CONTAINER:PATH`, a path of this machine, or `-`, an archive on a standard stream.
enum CopyEnd: Hashable {
    case stream
    case machine(String)
    case container(String, String)

    init(_ text: String) {
        guard text != "-" else {
            self = .stream
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        // `./a:b` and `/a:b` are files whose names have colons.
        guard !text.hasPrefix("/"), parts.count == 2, !parts[0].hasPrefix(".") else {
            self = .machine(text)
            return
        }
        self = .container(parts[0], parts[1])
    }
}

/// A path in a tree that it cannot leave: of this machine, or of a container.
struct CopyPlace {
    let root: OpenFolder
    /// Absolute in the tree, without `.` and `..`.
    let path: [String]
    /// Whether the text ended with a slash, so that it stands for a folder.
    let namesFolder: Bool
    /// Whether the text ended with `/.`, so that it stands for what is in a folder.
    let namesContents: Bool
    /// How messages name it.
    let text: String

    init(_ text: String, below folder: String = "/", of root: OpenFolder) {
        self.root = root
        self.text = text
        namesContents = text == "." || text.hasSuffix("/.")
        namesFolder = namesContents || text.hasSuffix("/")
        path = Self.clean(text.hasPrefix("/") ? text : "\(folder)/\(text)")
    }

    private init(_ other: CopyPlace, path: [String]) {
        root = other.root
        text = other.text
        namesFolder = false
        namesContents = false
        self.path = path
    }

    var name: String? { path.last }
    var parent: CopyPlace { CopyPlace(self, path: path.dropLast()) }

    func appending(_ name: String) -> CopyPlace { CopyPlace(self, path: path + [name]) }

    /// The names that lead there from the root.
    func names() throws -> [FileName] {
        try path.map { part in
            guard let name = FileName(part) else { throw SystemError("open", on: part, errno: .fileNameTooLong) }
            return name
        }
    }

    /// What is there; nil if nothing is.
    func status(followsLast: Bool) throws(SystemError) -> FileStatus? {
        try root.status(inRoot: bytes, followsLast: followsLast)
    }

    /// The folder that it is.
    func folder() throws(SystemError) -> OpenFolder { try root.folder(inRoot: bytes) }

    /// Where the link leads that is there, link after link; the place itself where there is none.
    func resolved() throws -> CopyPlace {
        var place = self
        for _ in 0..<Self.mostLinks {
            guard let name = place.name.flatMap({ FileName($0) }),
                try place.status(followsLast: false)?.kind == .symbolicLink
            else { return place }
            let target = String(decoding: try place.parent.folder().linkTarget(name), as: UTF8.self)
            let absolute = target.hasPrefix("/") ? target : place.parent.path.joined(separator: "/") + "/" + target
            place = CopyPlace(place, path: Self.clean(absolute))
        }
        throw SystemError("readlink", on: text, errno: .tooManySymbolicLinkLevels)
    }

    /// The most links that lead on, which is the kernel's own bound.
    private static let mostLinks = 40

    private var bytes: [UInt8] { Array(("/" + path.joined(separator: "/")).utf8) }

    private static func clean(_ text: String) -> [String] {
        var parts: [String] = []
        for part in text.split(separator: "/").map(String.init) where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts
    }
}
