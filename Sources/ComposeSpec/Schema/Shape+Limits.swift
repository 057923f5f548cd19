extension Shape {
    /// What a service waits for, and what happens around its start and end.
    static let lifecycle: [String: Shape] = [
        "depends_on": Shape(
            items: string,
            itemsAreUnique: true,
            values: object(
                [
                    "condition": word("service_started", "service_healthy", "service_completed_successfully"),
                    "restart": boolean,
                    "required": choice,
                ],
                required: ["condition"]
            ),
            keysAreNames: true,
            form: .dependencies
        ),
        "healthcheck": object([
            "disable": boolean,
            "interval": duration,
            "retries": Shape([.number, .string], cast: .integer, range: 0...Int.max, output: .always),
            "start_interval": duration,
            "start_period": duration,
            "test": Shape(.string, items: string, merge: .replace, form: .healthTest),
            "timeout": duration,
        ]),
        "logging": Shape(attributes: ["driver": string, "options": mapOfStrings], merge: .logging),
        "post_start": list(hook),
        "pre_start": list(hook),
        "pre_stop": list(hook),
        "restart": string,
        "stop_grace_period": duration,
        "stop_signal": string,
    ]

    static let hook = object([
        "command": command,
        "environment": variables,
        "image": string,
        "per_replica": boolean,
        "privileged": boolean,
        "user": string,
        "working_dir": string,
    ])

    /// What a service may use and do.
    static let bounds: [String: Shape] = [
        "blkio_config": object([
            "device_read_bps": list(deviceRate),
            "device_read_iops": list(deviceRate),
            "device_write_bps": list(deviceRate),
            "device_write_iops": list(deviceRate),
            "weight": integer,
            "weight_device": list(Shape(attributes: ["path": string, "weight": integer], output: .capitalized)),
        ]),
        "cap_add": stringSet,
        "cap_drop": stringSet,
        "cgroup": word("host", "private"),
        "cgroup_parent": string,
        "cpu_count": integer(0...Int.max),
        "cpu_percent": number(0...100),
        "cpu_period": Shape([.number, .string], cast: .integer),
        "cpu_quota": Shape([.number, .string], cast: .integer),
        "cpu_rt_period": Shape([.number, .string], cast: .integer),
        "cpu_rt_runtime": Shape([.number, .string], cast: .integer),
        "cpu_shares": Shape([.number, .string], cast: .integer),
        "cpus": number,
        "cpuset": string,
        "device_cgroup_rules": strings,
        "group_add": Shape(items: Shape([.string, .number]), itemsAreUnique: true, form: .texts),
        "ipc": string,
        "mem_limit": Shape([.number, .string], output: .bytes),
        "mem_reservation": bytes,
        "mem_swappiness": bytes,
        "memswap_limit": Shape([.number, .string], output: .bytes),
        "oom_kill_disable": boolean,
        "oom_score_adj": integer(-1000...1000),
        "pid": Shape([.string, .null]),
        "pids_limit": Shape([.number, .string], cast: .integer),
        "privileged": boolean,
        "security_opt": uniqueStrings,
        "sysctls": labels,
        "ulimits": ulimits,
        "userns_mode": string,
        "uts": string,
    ]

    private static let deviceRate = Shape(
        attributes: ["path": string, "rate": Shape([.integer, .string], output: .bytes)],
        output: .capitalized
    )
}
