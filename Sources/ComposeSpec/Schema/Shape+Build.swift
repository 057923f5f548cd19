extension Shape {
    /// The `build` section of a service.
    static let build = Shape(
        .string,
        attributes: [
            "additional_contexts": Shape(
                items: string,
                values: Shape(.any, path: .context, output: .always),
                merge: .keyed,
                form: .strings
            ),
            "args": variables,
            "cache_from": strings,
            "cache_to": strings,
            "context": Shape(.string, path: .context),
            "dockerfile": string,
            "dockerfile_inline": string,
            "entitlements": strings,
            "extra_hosts": hosts,
            "isolation": string,
            "labels": labels,
            "network": string,
            "no_cache": boolean,
            "no_cache_filter": stringOrStrings,
            "platforms": strings,
            "privileged": boolean,
            "provenance": Shape([.boolean, .string], form: .text, output: .text),
            "pull": boolean,
            "sbom": Shape([.boolean, .string], form: .text, output: .text),
            "secrets": fileReferences,
            "shm_size": bytes,
            "ssh": Shape(items: string, values: Shape(.any), form: .sessions),
            "tags": stringSet,
            "target": string,
            "ulimits": ulimits,
        ],
        form: .build
    )

    /// The `deploy` section of a service.
    static let deploy = Shape(
        .null,
        attributes: [
            "endpoint_mode": string,
            "labels": labels,
            "mode": string,
            "placement": Shape(
                attributes: [
                    "constraints": strings,
                    "max_replicas_per_node": integer,
                    "preferences": list(object(["spread": string])),
                ],
                output: .always
            ),
            "replicas": Shape([.integer, .string], cast: .integer, output: .always),
            "resources": Shape(attributes: ["limits": limits, "reservations": reservations], output: .always),
            "restart_policy": object([
                "condition": string, "delay": duration,
                "max_attempts": Shape(
                    [.integer, .string],
                    cast: .integer,
                    output: .always
                ), "window": duration,
            ]),
            "rollback_config": update,
            "update_config": update,
        ]
    )

    private static let limits = object(["cpus": number, "memory": bytesText, "pids": integer])

    private static let bytesText = Shape(.string, output: .bytes)

    private static let reservations = object([
        "cpus": number,
        "memory": bytesText,
        "generic_resources": list(object(["discrete_resource_spec": object(["kind": string, "value": number])])),
        "devices": list(
            Shape(
                attributes: deviceRequest.attributes,
                required: ["capabilities"]
            )
        ),
    ])

    private static let update = object([
        "delay": duration,
        "failure_action": string,
        "max_failure_ratio": number,
        "monitor": duration,
        "order": word("start-first", "stop-first"),
        "parallelism": Shape([.integer, .string], cast: .integer, output: .always),
    ])

    /// The `develop` section of a service.
    static let develop = Shape(
        .null,
        attributes: [
            "watch": list(
                object(
                    [
                        "action": word("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
                        "exec": hook,
                        "ignore": stringOrStrings,
                        "include": stringOrStrings,
                        "initial_sync": boolean,
                        "path": file,
                        "target": string,
                    ],
                    required: ["path", "action"]
                )
            )
        ]
    )
}
