import Dockerfile
import Testing

@testable import Builder

@Suite struct StageGraph {
    private func graph(_ text: String, target: String? = nil, contexts: Set<String> = []) throws -> BuildGraph {
        let document = try DockerfileDocument(parsing: Array(text.utf8))
        let variables = try GlobalVariables(document, given: [:], platform: [:])
        return try BuildGraph(document, target: target, variables: variables, contexts: contexts)
    }

    private func message(_ text: String, target: String? = nil) -> String {
        do {
            _ = try graph(text, target: target)
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test func `holds only the stages that the target needs`() throws {
        let text = """
            ARG BASE=debian
            FROM $BASE AS base
            FROM base AS unused
            FROM scratch AS tools
            FROM Base AS final
            COPY --from=tools /t /t
            COPY --from=busybox /b /b
            """
        let graph = try graph(text)
        #expect(graph.target == 3)
        #expect(graph.nodes.keys.sorted() == [0, 2, 3])
        #expect(graph.nodes[0]?.base == .image("debian"))
        #expect(graph.nodes[3]?.base == .stage(0))
        #expect(graph.nodes[3]?.sources == ["tools": .stage(2), "busybox": .image("busybox")])
        #expect(graph.nodes[3]?.predecessors == [0, 2])
    }

    @Test func `finds the target by name and index`() throws {
        let text = "FROM scratch AS a\nFROM scratch AS b\nFROM scratch"
        #expect(try graph(text, target: "B").target == 1)
        #expect(try graph(text, target: "0").target == 0)
        #expect(message(text, target: "c") == "target stage \"c\" could not be found")
    }

    @Test func `lets a named context take a name's place`() throws {
        let graph = try graph("FROM scratch AS a\nFROM a\nCOPY --from=b / /", contexts: ["a", "b"])
        #expect(graph.nodes[1]?.base == .context("a"))
        #expect(graph.nodes[1]?.sources == ["b": .context("b")])
        let text =
            "FROM docker.io/library/debian:latest AS x\nFROM debian:12 AS y\nCOPY --from=X / /\nCOPY --from=0 / /"
        let other = try self.graph(text, contexts: ["debian", "x"])
        #expect(other.nodes[1]?.base == .image("debian:12"))
        #expect(other.nodes[1]?.sources == ["X": .context("x"), "0": .stage(0)])
        #expect(other.nodes[0]?.base == .context("x"))
        #expect(try self.graph(text, contexts: ["debian"]).nodes[0]?.base == .context("debian"))
        let target = try self.graph(text, target: "y", contexts: ["y"]).nodes[1]
        #expect(target?.base == .context("y") && target?.stage.instructions.isEmpty == true)
    }

    @Test func `refuses circles, and prints them`() {
        let text = "FROM scratch AS a\nCOPY --from=b / /\nFROM scratch AS b\nCOPY --from=a / /"
        #expect(message(text) == "stages depend on each other: a → b → a")
        #expect(message("FROM scratch AS a\nCOPY --from=a / /") == "stages depend on each other: a → a")
    }

    @Test func `refuses what names nothing`() {
        #expect(
            message("FROM scratch\nCOPY --from=3 / /")
                == "Dockerfile:2:1: --from=3: must be the index of an earlier stage"
        )
        #expect(
            message("FROM $NOTHING")
                == "Dockerfile:1:1: \"$NOTHING\": must be an image's name once its variables are replaced"
        )
    }
}
