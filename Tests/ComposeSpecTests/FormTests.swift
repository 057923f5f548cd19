import Testing

@testable import ComposeSpec

@Suite struct ShortForms {
    @Test func `of ports are spelled out`() throws {
        let service = try web(
            "ports: [80, '8080:80', '127.0.0.1:53:53/udp', '3000-3001:4000-4001', '9000-9010:90', '[::1]:1:1']"
        )
        let ports = try #require(service?.ports)
        #expect(ports.map(\.target) == [80, 80, 53, 4000, 4001, 90, 1])
        #expect(ports.map(\.published) == [nil, 8080...8080, 53...53, 3000...3000, 3001...3001, 9000...9010, 1...1])
        #expect(ports.map(\.hostIP) == [nil, nil, "127.0.0.1", nil, nil, nil, "::1"])
        #expect(ports.map(\.transport) == ["tcp", "tcp", "udp", "tcp", "tcp", "tcp", "tcp"])
    }

    @Test(arguments: [
        "80800:80", "80:70000", "a:80", "80:80/icmp", "localhost:80:80", "1-3:1-2", "", "80:", "-1", " 80",
    ])
    func `of ports that are none are refused`(text: String) {
        #expect(PortSpec(text) == nil)
    }

    @Test func `of volumes are spelled out`() throws {
        try TestProject.with([
            "compose.yaml": """
            services:
              web:
                image: x
                volumes: ["data:/d:ro,nocopy", "./src:/s", "/etc:/e:ro,rslave", "/anonymous", "~/h:/h"]
            volumes: {data: }
            """
        ]) { project in
            let mounts = try #require(try project.load(environment: ["HOME": "/root"]).project.service("web")?.mounts)
            #expect(
                mounts.map(\.kind) == [
                    .volume(key: "data", copiesUp: false, subpath: nil, labels: [:]),
                    .bind(source: project.folder.string + "/src", options: Service.BindOptions()),
                    .bind(source: "/etc", options: Service.BindOptions(propagation: "rslave")),
                    .volume(key: nil, copiesUp: true, subpath: nil, labels: [:]),
                    .bind(source: "/root/h", options: Service.BindOptions()),
                ]
            )
            #expect(mounts.map(\.target) == ["/d", "/s", "/e", "/anonymous", "/h"])
            #expect(mounts.map(\.isReadOnly) == [true, false, true, false, false])
        }
    }

    @Test func `of commands are split as a shell splits words`() throws {
        let service = try web("command: sh -c 'echo \"a  b\"' \"c d\" e\\ f; rm -rf /\nentrypoint: ''")
        #expect(service?.command == ["sh", "-c", "echo \"a  b\"", "c d", "e f"])
        #expect(service?.entrypoint == [])
        #expect(try web("command:")?.command == nil)
        #expect(
            try refusal("services: {web: {image: x, command: \"a 'b\"}}")?.contains("a quote is not closed") == true
        )
    }

    @Test func `of dependencies wait for the start`() throws {
        let project = try load(
            """
            services:
              web:
                image: x
                depends_on: [db]
                links: ["cache:redis"]
                network_mode: service:net
              job: {image: x, depends_on: {db: {condition: service_healthy, restart: true, required: false}}}
              db: {image: x}
              cache: {image: x}
              net: {image: x}
            """
        ).project
        let web = try #require(project.service("web")).dependencies
        #expect(web.keys.sorted() == ["cache", "db", "net"])
        #expect(web["db"]?.condition == .started)
        #expect(web["db"]?.restarts == false)
        #expect(web["cache"]?.restarts == true)
        #expect(web.filter(\.value.isImplied).keys.sorted() == ["cache", "net"])
        #expect(project.service("web")?.networks == [])
        #expect(project.service("web")?.networkMode == .service("net"))
        let job = try #require(project.service("job")?.dependencies["db"])
        #expect(job.condition == .healthy)
        #expect(job.restarts)
        #expect(!job.isRequired)
    }

    @Test func `of the rest are spelled out`() throws {
        let service = try web(
            """
            environment: [A=1, "B=", C]
            labels: {a: 1, b: true, c: }
            dns: 1.1.1.1
            tmpfs: /run
            expose: [80, "90/udp"]
            extra_hosts: {db: 10.0.0.1, six: "[::1]"}
            ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}
            devices: ["/dev/fuse"]
            healthcheck: {test: curl localhost, interval: 1m30s, retries: 2}
            build: ./app
            restart: on-failure:3
            """
        )
        let one = try #require(service)
        #expect(one.environment == ["A": "1", "B": "", "C": nil])
        #expect(one.labels == ["a": "1", "b": "true", "c": ""])
        #expect(one.dns == ["1.1.1.1"])
        #expect(one.tmpfs == ["/run"])
        #expect(one.exposed == ["80", "90/udp"])
        #expect(one.extraHosts == ["db=10.0.0.1", "six=::1"])
        #expect(
            one.resources.ulimits == [
                Service.Ulimit(name: "nofile", soft: 1, hard: 2), Service.Ulimit(name: "nproc", soft: 5, hard: 5),
            ]
        )
        #expect(one.devices == [Service.Device(source: "/dev/fuse", target: "/dev/fuse")])
        #expect(one.healthCheck?.test == ["CMD-SHELL", "curl localhost"])
        #expect(one.healthCheck?.interval == 90_000_000_000)
        #expect(one.healthCheck?.retries == 2)
        #expect(one.build?.context.hasSuffix("/app") == true)
        #expect(one.build?.dockerfile == "Dockerfile")
        #expect(one.restart == .onFailure(maximum: 3))
    }
}
