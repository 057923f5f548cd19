import JSON
import Testing

@testable import ComposeSpec

/// What `config --format json` prints of one attribute of the service `web`, in one line.
private func printed(_ attribute: String, _ files: [String: String], _ names: [String]) throws -> String? {
    try TestProject.with(files) { project in
        let loaded = try project.load { options in
            options.files = names
            options.environment = ["SET": "value", "HOME": "/home/me"]
        }
        let document = try JSONValue(parsing: Array(loaded.json().utf8))
        guard let value = document["services"]?["web"]?[attribute] else { return nil }
        let text = String(decoding: value.bytes(), as: UTF8.self)
        return text.split(separator: project.folder.string, omittingEmptySubsequences: false).joined(separator: "<dir>")
    }
}

/// Everything that the rows below refer to.
private let rest = """

    networks: {back: , front: }
    volumes: {data: }
    configs: {cfg: {content: x}, other: {content: y}}
    secrets: {key: {environment: SET}, other: {environment: SET}}
    models: {llm: {model: ai/m}, big: {model: ai/b}}
    """

private func file(_ attribute: String, _ value: String) -> String {
    let image = attribute == "image" ? "" : "    image: x\n"
    return "services:\n  db: {image: y, build: .}\n  web:\n\(image)    \(attribute): \(value)\n"
}

/// An attribute, a value as people write it, and the one form that it is printed in; nil where nothing is.
struct FormRow: Sendable, CustomTestStringConvertible {
    let attribute: String
    let value: String
    let expected: String?
    var testDescription: String { "\(attribute): \(value)" }

    init(_ attribute: String, _ value: String, _ expected: String?) {
        self.attribute = attribute
        self.value = value
        self.expected = expected
    }
}

/// An attribute, its value in two files, and what they make together.
struct MergeRow: Sendable, CustomTestStringConvertible {
    let attribute: String
    let base: String
    let other: String
    let expected: String?
    var testDescription: String { "\(attribute): \(base) + \(other)" }

    init(_ attribute: String, _ base: String, _ other: String, _ expected: String?) {
        self.attribute = attribute
        self.base = base
        self.other = other
        self.expected = expected
    }
}

@Suite struct Attributes {
    @Test(arguments: [
        FormRow("annotations", "[a=1, b]", #"{"a":"1","b":""}"#),
        FormRow("attach", "false", "false"),
        FormRow(
            "blkio_config",
            "{weight: 300, device_read_bps: [{path: /dev/sda, rate: 1mb}]}",
            #"{"device_read_bps":[{"Path":"/dev/sda","Rate":"1048576"}],"weight":300}"#
        ),
        FormRow("build", "./app", #"{"context":"<dir>/app","dockerfile":"Dockerfile"}"#),
        FormRow(
            "build",
            "{context: 'https://github.com/a/b.git', args: [A=1, SET, NONE], dockerfile: D}",
            #"{"args":{"A":"1","SET":"value"},"context":"https://github.com/a/b.git","dockerfile":"D"}"#
        ),
        FormRow(
            "build",
            "{dockerfile_inline: FROM x, ssh: {default: , k: ./id}, no_cache_filter: a}",
            #"{"context":"<dir>","dockerfile_inline":"FROM x","no_cache_filter":["a"],"ssh":["default","k=./id"]}"#
        ),
        FormRow("cap_add", "[NET_ADMIN]", #"["NET_ADMIN"]"#),
        FormRow("cgroup", "host", #""host""#),
        FormRow("cgroup_parent", "m", #""m""#),
        FormRow("command", "echo 'a b' c", #"["echo","a b","c"]"#),
        FormRow("command", "", "null"),
        FormRow("command", "[]", "[]"),
        FormRow(
            "configs",
            "[cfg, {source: other, target: /o, mode: 0440}]",
            #"[{"source":"cfg"},{"mode":"0440","source":"other","target":"/o"}]"#
        ),
        FormRow("container_name", "it", #""it""#),
        FormRow("cpu_count", "2", "2"),
        FormRow("cpu_percent", "50.5", "50.5"),
        FormRow("cpu_period", "100000", "100000"),
        FormRow("cpu_quota", "50000", "50000"), FormRow("cpu_rt_runtime", "95000", "95000"),
        FormRow("cpu_shares", "'512'", "512"),
        FormRow("cpus", "'1.5'", "1.5"),
        FormRow("cpuset", "0-1", #""0-1""#),
        FormRow("credential_spec", "{file: c.json}", #"{"file":"c.json"}"#),
        FormRow("depends_on", "[db]", #"{"db":{"condition":"service_started","required":true}}"#),
        FormRow(
            "depends_on",
            "{db: {condition: service_healthy, restart: true, required: false}}",
            #"{"db":{"condition":"service_healthy","required":false,"restart":true}}"#
        ),
        FormRow(
            "deploy",
            "{replicas: 2, resources: {limits: {cpus: '0.5', memory: 1m, pids: 5}}}",
            #"{"placement":{},"replicas":2,"resources":{"limits":{"cpus":0.5,"memory":"1048576","pids":5}}}"#
        ),
        FormRow(
            "develop",
            "{watch: [{path: ., action: rebuild, ignore: a}]}",
            #"{"watch":[{"action":"rebuild","exec":{"command":null},"ignore":["a"],"path":"<dir>"}]}"#
        ),
        FormRow("device_cgroup_rules", "['c 1:3 mr']", #"["c 1:3 mr"]"#),
        FormRow(
            "devices",
            "['/dev/a', '/dev/b:/dev/c:r', {source: /dev/d}]",
            #"[{"permissions":"rwm","source":"/dev/a","target":"/dev/a"},{"permissions":"r","source":"/dev/b","target":"/dev/c"},{"permissions":"rwm","source":"/dev/d","target":"/dev/d"}]"#
        ),
        FormRow("dns", "1.1.1.1", #"["1.1.1.1"]"#),
        FormRow("dns_opt", "[use-vc]", #"["use-vc"]"#),
        FormRow("dns_search", "a.b", #"["a.b"]"#),
        FormRow("domainname", "d", #""d""#),
        FormRow("entrypoint", "sh -c", #"["sh","-c"]"#),
        FormRow("environment", "[A=1, SET, NONE, E=]", #"{"A":"1","E":"","NONE":null,"SET":"value"}"#),
        FormRow(
            "environment",
            "{A: 1, B: true, C: 1.50, D: , SET: }",
            #"{"A":"1","B":"true","C":"1.5","D":null,"SET":"value"}"#
        ),
        FormRow("expose", "[80, '90-91/udp']", #"["80","90-91/udp"]"#),
        FormRow("external_links", "['a:b']", #"["a:b"]"#),
        FormRow("extra_hosts", "{a: [1.1.1.1, '[::1]'], b: host-gateway}", #"["a=1.1.1.1","a=::1","b=host-gateway"]"#),
        FormRow("gpus", "all", #"[{"count":-1}]"#),
        FormRow("group_add", "[mail, '8']", #"["mail","8"]"#),
        FormRow(
            "healthcheck",
            "{test: x y, interval: 90s, retries: 3, start_period: 500ms}",
            #"{"interval":"1m30s","retries":3,"start_period":"500ms","test":["CMD-SHELL","x y"]}"#
        ),
        FormRow("healthcheck", "{disable: true}", #"{"disable":true}"#),
        FormRow("hostname", "h", #""h""#),
        FormRow("image", "x", #""x""#),
        FormRow("init", "true", "true"),
        FormRow("ipc", "shareable", #""shareable""#),
        FormRow("isolation", "default", #""default""#),
        FormRow("labels", "{a: , b: 5}", #"{"a":"","b":"5"}"#),
        FormRow("links", "['db:d']", #"["db:d"]"#),
        FormRow(
            "logging",
            "{driver: local, options: {max-size: 10}}",
            #"{"driver":"local","options":{"max-size":"10"}}"#
        ),
        FormRow("mac_address", "'02:42:ac:11:65:43'", #""02:42:ac:11:65:43""#),
        FormRow("mem_limit", "1.5g", #""1610612736""#),
        FormRow("mem_reservation", "64M", #""67108864""#),
        FormRow("mem_swappiness", "60", #""60""#),
        FormRow("memswap_limit", "-1", #""-1""#),
        FormRow("models", "[llm]", #"{"llm":null}"#),
        FormRow("models", "{llm: {endpoint_var: U}}", #"{"llm":{"endpoint_var":"U"}}"#),
        FormRow("network_mode", "none", #""none""#),
        FormRow("networks", "[back, front]", #"{"back":null,"front":null}"#),
        FormRow(
            "networks",
            "{back: {aliases: [a, a], priority: 5, ipv4_address: 10.0.0.2}}",
            #"{"back":{"aliases":["a"],"ipv4_address":"10.0.0.2","priority":5}}"#
        ),
        FormRow("oom_kill_disable", "true", "true"),
        FormRow("oom_score_adj", "-500", "-500"),
        FormRow("pid", "host", #""host""#),
        FormRow("pids_limit", "-1", "-1"),
        FormRow("platform", "linux/arm64/v8", #""linux/arm64/v8""#),
        FormRow("ports", "['80:90/udp']", #"[{"mode":"ingress","protocol":"udp","published":"80","target":90}]"#),
        FormRow(
            "ports",
            "[{target: 1, published: 2, host_ip: '::1', app_protocol: http, name: n}]",
            #"[{"app_protocol":"http","host_ip":"::1","mode":"ingress","name":"n","protocol":"tcp","published":"2","target":1}]"#
        ),
        FormRow(
            "post_start",
            "[{command: a b, user: u, environment: [SET]}]",
            #"[{"command":["a","b"],"environment":{"SET":"value"},"user":"u"}]"#
        ),
        FormRow("pre_start", "[{command: [x]}]", #"[{"command":["x"],"image":"x"}]"#),
        FormRow(
            "pre_stop",
            "[{command: [x], privileged: true, working_dir: /w}]",
            #"[{"command":["x"],"privileged":true,"working_dir":"/w"}]"#
        ),
        FormRow("privileged", "yes", "true"),
        FormRow("profiles", "[]", nil),
        FormRow("provider", "{type: p, options: {a: [1, 2]}}", #"{"options":{"a":["1","2"]},"type":"p"}"#),
        FormRow("pull_policy", "if_not_present", #""missing""#),
        FormRow("read_only", "true", "true"),
        FormRow("restart", "on-failure:3", #""on-failure:3""#),
        FormRow("runtime", "runc", #""runc""#),
        FormRow("scale", "'3'", "3"),
        FormRow(
            "secrets",
            "[key, {source: other, target: o, uid: '1'}]",
            #"[{"source":"key","target":"/run/secrets/key"},{"source":"other","target":"o","uid":"1"}]"#
        ),
        FormRow("security_opt", "['label=disable']", #"["label=disable"]"#),
        FormRow("shm_size", "64k", #""65536""#),
        FormRow("stdin_open", "on", "true"),
        FormRow("stop_grace_period", "1m30s", #""1m30s""#),
        FormRow("stop_signal", "SIGINT", #""SIGINT""#),
        FormRow("storage_opt", "{size: 1g}", #"{"size":"1g"}"#),
        FormRow("sysctls", "[net.core.somaxconn=1]", #"{"net.core.somaxconn":"1"}"#),
        FormRow("tmpfs", "/t:size=1m", #"["/t:size=1m"]"#),
        FormRow("tty", "'true'", "true"),
        FormRow("ulimits", "{nproc: 5, nofile: {soft: 1, hard: 2}}", #"{"nofile":{"hard":2,"soft":1},"nproc":5}"#),
        FormRow("use_api_socket", "true", "true"),
        FormRow("user", "1000:1000", #""1000:1000""#),
        FormRow("userns_mode", "host", #""host""#),
        FormRow("uts", "host", #""host""#),
        FormRow(
            "volumes",
            "['data:/d:ro,nocopy']",
            #"[{"read_only":true,"source":"data","target":"/d","type":"volume","volume":{"nocopy":true}}]"#
        ),
        FormRow(
            "volumes",
            "['./s:/s:z', '~/h:/h', '/only']",
            #"[{"bind":{"selinux":"z"},"source":"<dir>/s","target":"/s","type":"bind"},{"bind":{},"source":"/home/me/h","target":"/h","type":"bind"},{"target":"/only","type":"volume","volume":{}}]"#
        ),
        FormRow(
            "volumes",
            "[{type: tmpfs, target: /t/, tmpfs: {size: 1m, mode: 01777}}]",
            #"[{"target":"/t","tmpfs":{"mode":1023,"size":"1048576"},"type":"tmpfs"}]"#
        ),
        FormRow(
            "volumes",
            "[{type: image, source: i, target: /i, image: {subpath: s}}]",
            #"[{"image":{"subpath":"s"},"source":"i","target":"/i","type":"image"}]"#
        ),
        FormRow(
            "volumes",
            "[{type: bind, source: ., target: /b, bind: {create_host_path: false, propagation: rslave, recursive: disabled}}]",
            #"[{"bind":{"create_host_path":false,"propagation":"rslave","recursive":"disabled"},"source":"<dir>","target":"/b","type":"bind"}]"#
        ),
        FormRow("volumes_from", "['db:ro']", #"["db:ro"]"#),
        FormRow("working_dir", "/w", #""/w""#),
    ])
    func `have one form in the output`(row: FormRow) throws {
        let text = file(row.attribute, row.value) + rest
        #expect(try printed(row.attribute, ["compose.yaml": text], ["compose.yaml"]) == row.expected)
    }

    @Test(arguments: [
        // a scalar is replaced, and null says nothing
        MergeRow("image", "a", "b", #""b""#), MergeRow("user", "a", "", #""a""#),
        MergeRow("mem_limit", "1m", "2m", #""2097152""#), MergeRow("init", "true", "false", "false"),
        // commands are replaced whole, by null too
        MergeRow("command", "a b", "[c]", #"["c"]"#), MergeRow("entrypoint", "[a]", "", "null"),
        // KEY=VALUE lists and mappings are one thing
        MergeRow("environment", "{A: 1, B: 1}", "[B=2, C=3, A]", #"{"A":null,"B":"2","C":"3"}"#),
        MergeRow("labels", "[a=1]", "{a: 2, b: 3}", #"{"a":"2","b":"3"}"#),
        MergeRow("annotations", "{a: 1}", "[a=2]", #"{"a":"2"}"#),
        MergeRow("sysctls", "{k: 1}", "[k=2, l=3]", #"{"k":"2","l":"3"}"#),
        MergeRow("dns", "1.1.1.1", "[2.2.2.2, 1.1.1.1]", #"["1.1.1.1","2.2.2.2"]"#),
        MergeRow("dns_search", "a", "b", #"["a","b"]"#), MergeRow("dns_opt", "[a]", "[b, a]", #"["a","b"]"#),
        MergeRow("tmpfs", "/a", "[/b]", #"["/a","/b"]"#),
        MergeRow(
            "build",
            "{context: a, args: [A=1, B=1]}",
            "{args: {B: 2}, labels: {l: m}}",
            #"{"args":{"A":"1","B":"2"},"context":"<dir>/a","dockerfile":"Dockerfile","labels":{"l":"m"}}"#
        ),
        MergeRow("build", "a", "{target: t}", #"{"context":"<dir>/a","dockerfile":"Dockerfile","target":"t"}"#),
        // lists append, and what is the same thing is there once
        MergeRow("cap_add", "[A, B]", "[B, C]", #"["A","B","C"]"#), MergeRow("cap_drop", "[A]", "[A]", #"["A"]"#),
        MergeRow("expose", "[80]", "['80', 81]", #"["80","81"]"#),
        MergeRow("group_add", "[a]", "[b]", #"["a","b"]"#),
        MergeRow("security_opt", "[a]", "[b]", #"["a","b"]"#),
        MergeRow("device_cgroup_rules", "['c 1:3 r']", "['c 1:5 r']", #"["c 1:3 r","c 1:5 r"]"#),
        MergeRow("external_links", "[a]", "[b]", #"["a","b"]"#), MergeRow("links", "[db]", "[db]", #"["db"]"#),
        MergeRow("extra_hosts", "['a:1.1.1.1']", "{a: 1.1.1.1, b: 2.2.2.2}", #"["a=1.1.1.1","b=2.2.2.2"]"#),
        MergeRow(
            "ports",
            "['80:80', '81:80']",
            "['80:80', '82:80']",
            #"[{"mode":"ingress","protocol":"tcp","published":"80","target":80},{"mode":"ingress","protocol":"tcp","published":"81","target":80},{"mode":"ingress","protocol":"tcp","published":"82","target":80}]"#
        ),
        MergeRow(
            "volumes",
            "['data:/d', './s:/s']",
            "['./t:/d']",
            #"[{"bind":{},"source":"<dir>/t","target":"/d","type":"bind"},{"bind":{},"source":"<dir>/s","target":"/s","type":"bind"}]"#
        ),
        MergeRow(
            "devices",
            "['/dev/a']",
            "['/dev/b:/dev/a:r']",
            #"[{"permissions":"r","source":"/dev/b","target":"/dev/a"}]"#
        ),
        MergeRow(
            "secrets",
            "[key]",
            "[{source: key, mode: 0400}]",
            #"[{"mode":"0400","source":"key","target":"/run/secrets/key"}]"#
        ),
        MergeRow("configs", "[cfg]", "[other]", #"[{"source":"cfg"},{"source":"other"}]"#),
        MergeRow("gpus", "all", "[{driver: d}]", #"[{"count":-1},{"count":-1,"driver":"d"}]"#),
        MergeRow("volumes_from", "[db]", "['db:ro']", #"["db","db:ro"]"#),
        MergeRow("post_start", "[{command: a}]", "[{command: b}]", #"[{"command":["a"]},{"command":["b"]}]"#),
        // lists of names are mappings without values
        MergeRow(
            "depends_on",
            "{db: {condition: service_healthy}}",
            "[db]",
            #"{"db":{"condition":"service_started","required":true}}"#
        ),
        MergeRow("networks", "[back]", "{back: {aliases: [a]}, front: }", #"{"back":{"aliases":["a"]},"front":null}"#),
        MergeRow("models", "[llm]", "[big]", #"{"big":null,"llm":null}"#),
        // objects merge key by key
        MergeRow(
            "deploy",
            "{replicas: 1, labels: {a: 1}}",
            "{labels: [b=2]}",
            #"{"labels":{"a":"1","b":"2"},"placement":{},"replicas":1,"resources":{}}"#
        ),
        MergeRow("healthcheck", "{test: a, retries: 1}", "{test: [CMD, b]}", #"{"retries":1,"test":["CMD","b"]}"#),
        MergeRow(
            "blkio_config",
            "{weight: 10, weight_device: [{path: a, weight: 1}]}",
            "{weight: 20, weight_device: [{path: b, weight: 2}]}",
            #"{"weight":20,"weight_device":[{"Path":"a","Weight":1},{"Path":"b","Weight":2}]}"#
        ),
        MergeRow("storage_opt", "{a: 1}", "{b: 2}", #"{"a":"1","b":"2"}"#),
        MergeRow("ulimits", "{nofile: {soft: 1, hard: 2}, nproc: 3}", "{nofile: 5}", #"{"nofile":5,"nproc":3}"#),
        MergeRow(
            "provider",
            "{type: a, options: {x: 1}}",
            "{type: a, options: {y: 2}}",
            #"{"options":{"x":["1"],"y":["2"]},"type":"a"}"#
        ),
        MergeRow("credential_spec", "{file: a}", "{config: b}", #"{"config":"b","file":"a"}"#),
        // options belong to their driver
        MergeRow(
            "logging",
            "{driver: a, options: {k: v}}",
            "{options: {l: w}}",
            #"{"driver":"a","options":{"k":"v","l":"w"}}"#
        ),
        MergeRow("logging", "{driver: a, options: {k: v}}", "{driver: b}", #"{"driver":"b"}"#),
        // tags
        MergeRow(
            "ports",
            "['80:80']",
            "!override ['81:80']",
            #"[{"mode":"ingress","protocol":"tcp","published":"81","target":80}]"#
        ),
        MergeRow("environment", "{A: 1}", "!reset {}", nil), MergeRow("mem_limit", "1m", "!reset null", nil),
        MergeRow("environment", "{A: 1, B: 2}", "{A: !reset null, C: 3}", #"{"B":"2","C":"3"}"#),
    ])
    func `merge as they are meant to`(row: MergeRow) throws {
        let files = [
            "1.yaml": file(row.attribute, row.base) + rest,
            "2.yaml": "services: {web: {\(row.attribute): \(row.other)}}\n",
        ]
        #expect(try printed(row.attribute, files, ["1.yaml", "2.yaml"]) == row.expected)
    }

    @Test(arguments: [
        MergeRow("image", "a", "b", #""b""#), MergeRow("environment", "{A: 1}", "[A=2]", #"{"A":"2"}"#),
        MergeRow(
            "ports",
            "['80:80']",
            "['81:81']",
            #"[{"mode":"ingress","protocol":"tcp","published":"80","target":80},{"mode":"ingress","protocol":"tcp","published":"81","target":81}]"#
        ),
        MergeRow("gpus", "all", "[{driver: d}]", #"[{"count":-1,"driver":"d"}]"#),
        MergeRow("depends_on", "[db]", "{}", #"{"db":{"condition":"service_started","required":true}}"#),
        MergeRow("profiles", "[]", "[]", nil), MergeRow("dns", "!reset []", "[1.1.1.1]", #"["1.1.1.1"]"#),
    ])
    func `of an extended service lie below those of the one that extends it`(row: MergeRow) throws {
        let text = """
            services:
              db: {image: y}
              base: {image: x, \(row.attribute): \(row.base)}
              web: {extends: base, \(row.attribute): \(row.other)}

            """.split(separator: "image: x, image:").joined(separator: "image:")
        #expect(try printed(row.attribute, ["compose.yaml": text + rest], ["compose.yaml"]) == row.expected)
    }

    @Test(arguments: [
        ("ports", "{a: 1}", "['80:80']"), ("environment", "[A=1]", "text"), ("healthcheck", "{test: x}", "[a]"),
        ("deploy", "{replicas: 1}", "[x]"), ("logging", "{driver: a}", "b"),
    ])
    func `of different kinds are refused with their place`(attribute: String, base: String, other: String) throws {
        let files = [
            "1.yaml": file(attribute, base) + rest, "2.yaml": "services: {web: {\(attribute): \(other)}}\n",
        ]
        let message = try refusal(files) { $0.files = ["1.yaml", "2.yaml"] }
        #expect(message?.contains("yaml:") == true, "\(message ?? "accepted")")
        #expect(message?.contains("services.web.\(attribute)") == true, "\(message ?? "accepted")")
    }
}
