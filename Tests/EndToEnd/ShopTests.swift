import Glibc
import Testing

/// The base image, as `compose-samples/base-images` keeps it.
private let shopBase = "/var/cache/tutti/debian-bookworm.tar"

extension EndToEnd {
    /// The sample: nginx, a Python API, PostgreSQL and Redis, from Debian's packages.
    @Suite(
        .enabled("needs the base image that compose-samples/run keeps in \(shopBase)") {
            access(shopBase, R_OK) == 0
        }
    )
    struct Shop {
        @Test func `the page shows every tier, and the database outlives down`() throws {
            try onStage("\(Programs.repository)/compose-samples/shop") { stage in
                let imported = try stage.docker("import", shopBase, "debian:bookworm")
                #expect(imported.code == 0, "\(imported)")
                let environment = ["SHOP_PORT": "18880"]
                let build = try stage.program("docker-compose", ["build"], environment).run(seconds: 500)
                #expect(build.code == 0, "\(build)")
                try stage.does("up", "-d", "--wait", in: environment)
                let page = try stage.fetch("http://127.0.0.1:18880/") ?? ""
                for tier in [
                    "web: nginx", "api: Python", "db: PostgreSQL", "cache: Redis",
                    "visits: 1 (since the cache started: 1)",
                ] {
                    #expect(page.contains(tier), "\(tier) in \(page)")
                }
                try stage.does("exec", "-T", "cache", "redis-cli", "ping", in: environment)
                try stage.does("down", in: environment)
                try stage.does("up", "-d", "--wait", in: environment)
                #expect(
                    try stage.fetch("http://127.0.0.1:18880/")?.contains("visits: 2 (since the cache started: 1)")
                        == true
                )
                try stage.does("down", "--volumes", in: environment)
                try stage.does("up", "-d", "--wait", in: environment)
                #expect(try stage.fetch("http://127.0.0.1:18880/")?.contains("visits: 1 (since") == true)
            }
        }
    }
}
