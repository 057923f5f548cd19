import Supervision
import Testing

@testable import Orchestrator

@Suite struct ResumePlanTests {
    private func ended(_ name: String, links: [String] = []) -> ResumableContainer {
        let container = container(name, 1, .exited(code: 137)) { $0.labels = [:] }
        return ResumableContainer(container, restart: .always, isStoppedByHand: false, links: links)
    }

    @Test func `containers of no project start side by side, those with links after those they lead to`() {
        let db = ended("db")
        let containers = [
            ended("api", links: [db.observed.id, "shop-cache-1", "shop-gone-1"]), db,
            ended("cache", links: ["shop-db-1"]), ended("web"),
        ]
        #expect(
            Plan(resume: containers).description == """
                [] -> #1 start container shop-db-1: ran before
                [1] -> #2 start container shop-cache-1: ran before
                [1,2] -> #3 start container shop-api-1: ran before
                [] -> #4 start container shop-web-1: ran before
                """
        )
    }

    @Test func `links in a circle keep nobody from being started`() {
        let containers = [ended("a", links: ["shop-b-1"]), ended("b", links: ["shop-a-1"])]
        #expect(Plan(resume: containers).steps.count == 2)
    }
}
