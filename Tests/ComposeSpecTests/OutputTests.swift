import Testing

@testable import ComposeSpec

@Suite struct Output {
    @Test func `is a Compose file again`() throws {
        let text = """
            services:
              web:
                image: nginx
                ports: ["8080:80"]
                environment: {PRICE: 5$$, ON: true}
                mem_limit: 64m
                depends_on: [db]
              db: {image: pg, healthcheck: {test: x, interval: 90s}, secrets: [key]}
            secrets: {key: {environment: KEY}}
            """
        let printed = try load(text).yaml()
        #expect(
            printed == """
                name: shop
                services:
                  db:
                    command: null
                    entrypoint: null
                    healthcheck:
                      interval: 1m30s
                      test:
                        - CMD-SHELL
                        - x
                    image: pg
                    networks:
                      default: null
                    secrets:
                      - source: key
                        target: /run/secrets/key
                  web:
                    command: null
                    depends_on:
                      db:
                        condition: service_started
                        required: true
                    entrypoint: null
                    environment:
                      "ON": "true"
                      PRICE: 5$$
                    image: nginx
                    mem_limit: "67108864"
                    networks:
                      default: null
                    ports:
                      - mode: ingress
                        protocol: tcp
                        published: "8080"
                        target: 80
                networks:
                  default:
                    ipam: {}
                    name: shop_default
                secrets:
                  key:
                    environment: KEY
                    name: shop_key

                """
        )
        #expect(try load(printed) { $0.projectName = nil }.yaml() == printed)
    }

    @Test func `as JSON has the same content`() throws {
        #expect(
            try load("services: {web: {image: a<b}}").json() == """
                {
                  "name": "shop",
                  "networks": {
                    "default": {
                      "ipam": {},
                      "name": "shop_default"
                    }
                  },
                  "services": {
                    "web": {
                      "command": null,
                      "entrypoint": null,
                      "image": "a\\u003cb",
                      "networks": {
                        "default": null
                      }
                    }
                  }
                }
                """
        )
    }
}

@Suite struct Hashes {
    private func hash(_ attributes: String) throws -> String? { try web(attributes)?.configurationHash }

    @Test func `are SHA-256 of what a container depends on`() throws {
        let plain = try #require(try hash("user: a"))
        #expect(plain.count == 64)
        #expect(try hash("user: a") == plain)
        #expect(try hash("user: b") != plain)
        #expect(try hash("user: a\nenvironment: {A: 1}") != plain)
    }

    @Test(arguments: ["scale: 3", "pull_policy: always", "build: .", "deploy: {replicas: 2}"])
    func `do not change with what concerns no container`(attribute: String) throws {
        let isDeploy = attribute.hasPrefix("deploy")
        let plain = isDeploy ? try hash("deploy: {replicas: 1}") : try hash("user: ''")
        #expect(try hash(attribute) == plain)
    }

    @Test func `do not change with the spelling`() throws {
        let short = try hash("environment: [A=1]\nports: ['80:80']")
        let long = try hash("ports: [{target: 80, published: 80}]\nenvironment: {A: 1}")
        #expect(short == long)
    }
}
