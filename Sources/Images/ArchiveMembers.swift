import Compression
import Linux
import OCI
import Storage
import SystemPackage

/// The members of an archive of images, laid aside until it is known what they are.
///
/// An archive says only at its end what it holds. Members are looked up by their names in the archive and nowhere else,
/// so a name or a link that leads out leads to nothing.
struct ArchiveMembers {
    struct Member: Sendable {
        let path: FilePath
        let digest: Digest
        let size: Int64

        /// The first bytes, which tell how the member is packed.
        func start() throws -> [UInt8] {
            try OwnedDescriptor.reading(path).read(16)
        }
    }

    private var members: [String: Member] = [:]
    private var links: [String: String] = [:]
    private static let maximumEntries = 1 << 16

    /// Reads an archive, packed or not, into a folder. Of members with the same name the last one counts.
    init(_ source: ByteSource, into folder: FilePath) throws {
        let tar = TarReader(source.decompressed())
        // Every entry has a number of its own, also one whose name was there before: no file is written twice.
        var number = 0
        while let entry = try tar.next() {
            number += 1
            guard number <= Self.maximumEntries else {
                throw StorageError.badArchive(entry: nil, reason: "more than 65,536 members")
            }
            let name = Self.clean(entry.name)
            switch entry.kind {
            case .file:
                let path = folder.appending("\(number)")
                members[name] = try Self.layAside(tar, path, sum: ContentSum(like: Self.digest(named: name)))
            case .symbolicLink: links[name] = Self.target(of: entry, at: name)
            case .hardLink: links[name] = Self.clean(String(decoding: entry.linkTarget, as: UTF8.self))
            default: break
            }
        }
        try tar.drain()
    }

    /// What a member of a layout is to hash to. OCI image specification, image-layout.md
    private static func digest(named name: String) -> Digest? {
        let parts = name.split(separator: "/")
        guard parts.count == 3, parts[0] == "blobs" else { return nil }
        return try? Digest(parsing: "\(parts[1]):\(parts[2])")
    }

    private static func layAside(_ tar: TarReader, _ path: FilePath, sum: ContentSum) throws -> Member {
        let file = OwnedDescriptor(
            try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: FilePermissions(rawValue: 0o644)
            )
        )
        var size: Int64 = 0
        try tar.readContents { piece, range in
            sum.update(piece, range)
            try file.write(piece, range)
            size += Int64(range.count)
        }
        return Member(path: path, digest: sum.digest, size: size)
    }

    private static func clean(_ name: String) -> String {
        name.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// Where a link leads, by the words alone.
    private static func target(of entry: TarEntry, at name: String) -> String {
        var parts = name.split(separator: "/").dropLast()
        for part in String(decoding: entry.linkTarget, as: UTF8.self).split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }

    /// The member of that name, behind at most one link.
    func member(_ name: String) -> Member? {
        let name = Self.clean(name)
        return members[name] ?? links[name].flatMap { members[$0] }
    }

    /// The member of that name.
    func required(_ name: String) throws -> Member {
        guard let member = member(name) else {
            throw StorageError.badArchive(entry: name, reason: "it is named, but not there")
        }
        return member
    }

    /// A small member's contents.
    func contents(_ member: Member, limit: Int = ManifestDocument.maximumSize) throws -> [UInt8] {
        try WholeFile.read(member.path, limit: limit)
    }
}
