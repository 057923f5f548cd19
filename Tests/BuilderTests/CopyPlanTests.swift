import Dockerfile
import Linux
import SystemPackage
import TestSupport
import Testing

@testable import Builder

private func plan(
    _ sources: [String],
    to destination: String,
    in tree: MemoryTree,
    ignoring lines: String = "",
    excluding excludes: [String] = [],
    keepsParents: Bool = false,
    destinationIsFolder: Bool = false
) throws -> [String] {
    let request = CopyPlan.Request(
        sources: sources,
        destination: try TreePath(clamping: destination),
        isFolder: destination.hasSuffix("/"),
        keepsParents: keepsParents,
        excludes: try IgnorePatterns(excludes)
    )
    let ignored = try IgnorePatterns(parsing: Array(lines.utf8))
    let plan = try CopyPlan(request, from: tree, ignored: ignored, destinationIsFolder: destinationIsFolder)
    return plan.items.map { "\($0.source) > \($0.target)" }
}

private func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}

@Suite struct CopyPlans {
    private let tree: MemoryTree

    init() throws {
        tree = try MemoryTree(
            "a.txt",
            "b.txt",
            "d/x.o",
            "d/y.c",
            "d/e/z.c",
            "link -> d",
            "out -> ../../../etc/passwd"
        )
    }

    @Test func `name a file or put it into a folder`() throws {
        #expect(try plan(["a.txt"], to: "/new", in: tree) == ["a.txt > new"])
        #expect(try plan(["a.txt"], to: "/new/", in: tree) == ["a.txt > new/a.txt"])
        #expect(try plan(["/a.txt"], to: "/new", in: tree, destinationIsFolder: true) == ["a.txt > new/a.txt"])
        #expect(try plan(["a.txt", "b.txt"], to: "/", in: tree) == ["a.txt > a.txt", "b.txt > b.txt"])
    }

    @Test func `copy what is in a folder, not the folder`() throws {
        #expect(
            try plan(["d"], to: "/t", in: tree) == [
                "d > t", "d/e > t/e", "d/e/z.c > t/e/z.c", "d/x.o > t/x.o", "d/y.c > t/y.c",
            ]
        )
    }

    @Test func `match patterns component by component`() throws {
        #expect(try plan(["*.txt"], to: "/t/", in: tree) == ["a.txt > t/a.txt", "b.txt > t/b.txt"])
        #expect(try plan(["?/*.c"], to: "/t/", in: tree) == ["d/y.c > t/y.c"])
    }

    @Test func `follow a link that is named, and keep one that is found`() throws {
        #expect(try plan(["link/y.c"], to: "/t", in: tree) == ["d/y.c > t"])
        #expect(try plan(["."], to: "/", in: try MemoryTree("l -> x", "x")) == [" > ", "l > l", "x > x"])
    }

    @Test func `stay within the tree`() throws {
        #expect(try plan(["../../a.txt"], to: "/t", in: tree) == ["a.txt > t"])
        #expect(message { _ = try plan(["out"], to: "/t", in: tree) } == "\"/out\" not found")
        #expect(
            message { _ = try plan(["loop"], to: "/t", in: try MemoryTree("loop -> loop")) }
                == "/loop: too many symbolic links"
        )
    }

    @Test func `leave out what is ignored, but not its exceptions`() throws {
        #expect(
            try plan(["d"], to: "/t", in: tree, ignoring: "d\n!d/e") == ["d > t", "d/e > t/e", "d/e/z.c > t/e/z.c"]
        )
        #expect(
            try plan(["."], to: "/t", in: tree, ignoring: "*\n!*.txt") == [
                " > t", "a.txt > t/a.txt", "b.txt > t/b.txt",
            ]
        )
        #expect(
            message { _ = try plan(["a.txt"], to: "/t", in: tree, ignoring: "*.txt") }
                == "\"/a.txt\" not found: it is excluded by .dockerignore"
        )
        #expect(message { _ = try plan(["*.txt"], to: "/t", in: tree, ignoring: "*") } == "\"*.txt\" matches nothing")
    }

    @Test func `leave out what is excluded, relative to the source`() throws {
        #expect(try plan(["d"], to: "/t", in: tree, excluding: ["*.o", "e"]) == ["d > t", "d/y.c > t/y.c"])
    }

    @Test func `keep the folders above a source when asked`() throws {
        #expect(
            try plan(["d/e/z.c"], to: "/t/", in: tree, keepsParents: true) == [
                "d > t/d", "d/e > t/d/e", "d/e/z.c > t/d/e/z.c",
            ]
        )
        #expect(try plan(["d/./e/z.c"], to: "/t/", in: tree, keepsParents: true) == ["d/e > t/e", "d/e/z.c > t/e/z.c"])
    }
    @Test func `tell a folder above several sources once`() throws {
        #expect(
            try plan(["d/x.o", "d/e", "d/e/z.c"], to: "/t/", in: tree, keepsParents: true) == [
                "d > t/d", "d/x.o > t/d/x.o", "d/e > t/d/e", "d/e/z.c > t/d/e/z.c", "d/e/z.c > t/d/e/z.c",
            ]
        )
    }

    @Test(.timeLimit(.minutes(1))) func `take no longer for each source where there are many`() throws {
        let many = try MemoryTree((0..<30_000).map { "d/\($0)/f" })
        #expect(try plan(["d/*/f"], to: "/t/", in: many, keepsParents: true).count == 60_001)
    }
}

@Suite(.tags(.root), .requiresRoot) struct CopiesOfManyNames {
    private func copy(_ items: [(name: String, target: String)], _ tree: MemoryTree, to folder: FilePath) throws {
        var writer = try LayerWriter(folder, over: MergedTree([]), owner: nil, mode: nil)
        let plan = try items.map { item in
            let source = try TreePath(clamping: item.name)
            let entry = try #require(tree.entry(at: source))
            return CopyPlan.Item(
                source: source,
                entry: entry,
                target: try TreePath(clamping: item.target),
                isNamed: false
            )
        }
        try writer.copy(plan, from: tree)
    }

    @Test(.timeLimit(.minutes(1))) func `take no longer for each where there are many`() throws {
        try withTemporaryFolder { folder in
            let names = (0..<30_000).map(String.init)
            try copy(names.map { ($0, $0) }, MemoryTree(pipes: names), to: folder)
            #expect(try Folder.names(in: folder).count == 30_000)
        }
    }

    @Test func `share nothing with what took the place of their first name`() throws {
        try withTemporaryFolder { folder in
            let items = [("a", "one"), ("b", "one"), ("a", "two"), ("a", "three"), ("b", "four")]
            try copy(items, MemoryTree(pipes: ["a", "b"]), to: folder)
            let inodes = try ["one", "two", "three", "four"].map { try FileStatus.of(folder.appending($0))?.inode }
            #expect(inodes[0] == inodes[3] && inodes[1] == inodes[2] && inodes[0] != inodes[1])
        }
    }
}
