import Linux
import Testing

@testable import Containers

/// What of a container's settings makes sense, found out without a container.
@Suite struct SettingTests {
    @Test(
        arguments: [
            ("net.ipv4.ip_forward", "net/ipv4/ip_forward", .network),
            ("net/ipv4/conf/eth0.1/x", "net/ipv4/conf/eth0.1/x", .network),
            ("net.ipv4.conf.eth0/1.x", "net/ipv4/conf/eth0.1/x", .network), ("kernel.shmmax", "kernel/shmmax", .ipc),
            ("fs.mqueue.msg_max", "fs/mqueue/msg_max", .ipc), ("kernel.domainname", "kernel/domainname", .hostname),
            ("kernel.hostname", "kernel/hostname", nil), ("vm.swappiness", "vm/swappiness", nil),
        ] as [(String, String, KernelSettingName.Namespace?)]
    )
    func `knows whose a kernel setting is`(text: String, path: String, namespace: KernelSettingName.Namespace?) {
        let name = KernelSettingName(text)
        #expect(name?.path == path)
        #expect(name?.namespace == namespace)
    }

    @Test(arguments: ["", "net", "net..x", "net/../kernel/pid_max", ".net.x", "net.x."])
    func `refuses what is no kernel setting`(text: String) {
        #expect(KernelSettingName(text) == nil)
    }

    @Test func `reads the items that Docker has for security`() throws {
        let options = try SecurityOptions([
            "no-new-privileges", "seccomp:unconfined", "systempaths=unconfined", "writable-cgroups=true",
            "label=disable",
            "apparmor=unconfined",
        ])
        #expect(options.deniesNewPrivileges && options.showsSystemPaths && options.mayWriteCgroups)
        #expect(options.seccomp == .unconfined && options.appArmor == "unconfined")
        #expect(try !SecurityOptions(["no-new-privileges=false"]).deniesNewPrivileges)
        #expect(try SecurityOptions(["seccomp={}"]).seccomp == .profile("{}"))
        #expect(try SecurityOptions(["apparmor:mine"]).appArmor == "mine")
        #expect(try SecurityOptions(["apparmor="]).appArmor == nil)
    }

    @Test(arguments: ["", "what", "no-new-privileges=maybe", "systempaths=confined", "label=type:x", "what=ever"])
    func `refuses other items`(item: String) {
        #expect(throws: InvalidSetting.self) { try SecurityOptions([item]) }
    }

    @Test(arguments: [
        ("seccomp=/a/b.json", "/a/b.json"), ("seccomp:b.json", "b.json"), ("seccomp=unconfined", nil),
        ("seccomp=builtin", nil), ("seccomp={\"defaultAction\":\"x\"}", nil), ("apparmor=x", nil), ("seccomp", nil),
    ])
    func `tells a profile's file from its text`(item: String, path: String?) {
        #expect(Security.seccompProfilePath(in: item) == path)
    }

    @Test(arguments: [
        ("x", "decoding seccomp profile failed"), ("{\"defaultAction\": \"WHAT\"}", "unknown action \"WHAT\""),
        ("{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}", "nobody would answer"),
        (
            "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"A\"], \"archMap\": [{\"architecture\": \"A\"}]}",
            "use either"
        ),
        ("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"defaultErrnoRet\": 5}", "an errno value makes no sense"),
        (
            """
            {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", \
            "args": [{"index": 6, "value": 1, "op": "SCMP_CMP_EQ"}]}]}
            """, "there is no argument 6"
        ),
    ])
    func `says what is wrong with a profile`(text: String, words: String) {
        let error = #expect(throws: InvalidSetting.self) { try SeccompProfile(parsing: text, for: .standard) }
        #expect(error?.description.contains(words) == true)
    }

    @Test func `keeps the rows of a profile that hold for the container`() throws {
        let row = { (name: String, filter: String) in
            "{\"names\": [\"\(name)\"], \"action\": \"SCMP_ACT_ALLOW\", \(filter)}"
        }
        let rows = [
            row("always", "\"comment\": \"\""), row("capable", "\"includes\": {\"caps\": [\"CAP_CHOWN\"]}"),
            row("incapable", "\"includes\": {\"caps\": [\"CAP_CHOWN\", \"CAP_SYS_ADMIN\"]}"),
            row("without", "\"excludes\": {\"caps\": [\"CAP_SYS_ADMIN\"]}"),
            row("but", "\"excludes\": {\"caps\": [\"CAP_SYS_ADMIN\", \"CAP_CHOWN\"]}"),
            row("young", "\"includes\": {\"minKernel\": \"4.8\"}"),
            row("future", "\"includes\": {\"minKernel\": \"99.1\"}"),
            row("foreign", "\"includes\": {\"arches\": [\"s390x\"]}"),
            row("native", "\"excludes\": {\"arches\": [\"s390x\"]}"),
        ]
        let text = "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [\(rows.joined(separator: ","))]}"
        let profile = try SeccompProfile(parsing: text, for: .standard)
        #expect(profile.defaultAction == .refuse(errno: 1))
        #expect(profile.rules.flatMap(\.calls) == ["always", "capable", "without", "young", "native"])
    }

    @Test func `takes nought for no limit`() {
        var resources = Resources()
        (resources.memory, resources.cpuShares, resources.cpusetCPUs, resources.pids) = (0, 0, "", 0)
        var expected = Resources()
        expected.pids = 0
        #expect(resources.withoutNoughts == expected)
    }
}
