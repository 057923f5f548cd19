extension Shape {
    /// An entry of `services`.
    static let service = Shape(
        attributes: running.merging(files) { one, _ in one }.merging(network) { one, _ in one }
            .merging(lifecycle) { one, _ in one }.merging(bounds) { one, _ in one }
    )

    /// What runs, and what it is called.
    private static let running: [String: Shape] = [
        "annotations": labels,
        "attach": choice,
        "build": build,
        "command": command,
        "container_name": string,
        "credential_spec": object(["config": string, "file": string, "registry": string]),
        "deploy": deploy,
        "develop": develop,
        "domainname": string,
        "entrypoint": command,
        "env_file": environmentFiles,
        "environment": variables,
        "extends": Shape(
            .string,
            attributes: ["service": string, "file": string],
            values: any,
            form: .extends
        ),
        "gpus": Shape(.string, choices: ["all"], items: deviceRequest, merge: .requests, form: .gpus),
        "hostname": string,
        "image": string,
        "init": choice,
        "isolation": string,
        "label_file": Shape(.string, items: file, form: .list, output: .never),
        "labels": labels,
        "models": Shape(
            items: string,
            values: Shape(.null, attributes: ["endpoint_var": string, "model_var": string], output: .always),
            form: .keys
        ),
        "platform": string,
        "profiles": Shape(items: string, merge: .unique(.value)),
        "provider": object(
            ["type": string, "options": Shape(values: Shape(.any, items: Shape(.any), form: .listOfTexts))],
            required: ["type"]
        ),
        "pull_policy": Shape(.string, form: .pullPolicy),
        "pull_refresh_after": string,
        "runtime": string,
        "scale": integer,
        "stdin_open": boolean,
        "tty": boolean,
        "use_api_socket": boolean,
        "user": string,
        "working_dir": string,
    ]

    private static let environmentFiles = Shape(
        .string,
        items: Shape(
            .string,
            attributes: ["path": file, "format": string, "required": boolean],
            allowsExtensions: false,
            required: ["path"]
        ),
        merge: .unique(.path),
        form: .environmentFiles,
        output: .never
    )

    /// What appears in the tree.
    private static let files: [String: Shape] = [
        "configs": fileReferences,
        "devices": Shape(
            items: Shape(
                .string,
                attributes: ["source": string, "target": string, "permissions": string],
                required: ["source"],
                form: .device
            ),
            merge: .unique(.target)
        ),
        "read_only": boolean,
        "secrets": fileReferences,
        "shm_size": bytes,
        "storage_opt": mapOfStrings,
        "tmpfs": Shape(.string, items: string, merge: .unique(.beforeEqualsSign), form: .list),
        "volumes": Shape(items: mount, merge: .unique(.target)),
        "volumes_from": uniqueStrings,
    ]

    private static let mount = Shape(
        .string,
        attributes: [
            "type": word("bind", "volume", "tmpfs", "cluster", "npipe", "image"),
            "source": string,
            "target": string,
            "read_only": boolean,
            "consistency": string,
            "bind": Shape(
                attributes: [
                    "propagation": string,
                    "create_host_path": Shape([.boolean, .string], cast: .boolean, output: .falseOnly),
                    "recursive": word("enabled", "disabled", "writable", "readonly"),
                    "selinux": word("z", "Z"),
                ],
                output: .always
            ),
            "volume": Shape(
                attributes: ["labels": labels, "nocopy": boolean, "subpath": string],
                output: .always
            ),
            "tmpfs": Shape(
                attributes: [
                    "size": Shape([.integer, .string], range: 0...Int.max, output: .bytes),
                    "mode": Shape([.number, .string], cast: .integer),
                ],
                output: .always
            ),
            "image": Shape(attributes: ["subpath": string], output: .always),
        ],
        required: ["type"],
        form: .mount,
        path: .mount
    )

    private static let network: [String: Shape] = [
        "dns": Shape(.string, items: string, merge: .unique(.beforeEqualsSign), form: .listAlways),
        "dns_opt": Shape(items: string, merge: .unique(.beforeEqualsSign)),
        "dns_search": Shape(.string, items: string, merge: .unique(.beforeEqualsSign), form: .list),
        "expose": Shape(items: Shape([.string, .number]), merge: .unique(.value), form: .texts),
        "external_links": uniqueStrings,
        "extra_hosts": hosts,
        "links": stringSet,
        "mac_address": string,
        "network_mode": string,
        "networks": Shape(
            items: string,
            itemsAreUnique: true,
            values: Shape(.null, attributes: attachment, output: .always),
            keysAreNames: true,
            form: .keys
        ),
        "ports": Shape(
            items: Shape([.number, .string], attributes: port),
            merge: .unique(.port),
            form: .ports
        ),
    ]

    private static let attachment: [String: Shape] = [
        "aliases": stringSet,
        "driver_opts": mapOfStrings,
        "gw_priority": number,
        "interface_name": string,
        "ipv4_address": string,
        "ipv6_address": string,
        "link_local_ips": stringSet,
        "mac_address": string,
        "priority": number,
    ]

    private static let port: [String: Shape] = [
        "app_protocol": string,
        "host_ip": string,
        "mode": string,
        "name": string,
        "protocol": string,
        "published": Shape([.string, .integer], output: .text),
        "target": integer,
    ]
}
