extension Shape {
    /// A whole file.
    static let project = object([
        "version": Shape([.string, .number], output: .never),
        "name": string,
        "include": Shape(items: Shape(.string, attributes: include, allowsExtensions: false, form: .include)),
        "services": Shape(values: service, keysAreNames: true, output: .always),
        "networks": named(network),
        "volumes": named(volume),
        "configs": named(config),
        "secrets": named(secret),
        "models": named(model),
    ])

    private static let include: [String: Shape] = [
        "path": stringOrStrings, "env_file": stringOrStrings, "project_directory": string,
    ]

    private static let external = Shape(
        [.boolean, .string],
        attributes: ["name": string],
        cast: .boolean,
        form: .external
    )

    private static let network = Shape(
        .null,
        attributes: [
            "name": string,
            "driver": string,
            "driver_opts": mapOfStrings,
            "ipam": Shape(
                attributes: [
                    "driver": string,
                    "config": Shape(items: pool, merge: .pools),
                    "options": mapOfStrings,
                ],
                output: .always
            ),
            "internal": boolean,
            "attachable": boolean,
            "enable_ipv4": choice,
            "enable_ipv6": choice,
            "labels": labels,
            "external": external,
        ]
    )

    private static let pool = object([
        "subnet": string, "ip_range": string, "gateway": string, "aux_addresses": mapOfStrings,
    ])

    private static let volume = Shape(
        .null,
        attributes: [
            "name": string, "driver": string, "driver_opts": mapOfStrings, "external": external, "labels": labels,
        ],
        path: .volume
    )

    private static let config = object([
        "name": string, "file": file, "environment": string, "content": string, "external": external,
        "labels": labels, "template_driver": string, "driver": string, "driver_opts": mapOfStrings,
    ])

    private static let secret = object([
        "name": string, "file": file, "environment": string, "external": external, "labels": labels,
        "template_driver": string, "driver": string, "driver_opts": mapOfStrings,
    ])

    private static let model = object(
        ["name": string, "model": string, "context_size": integer, "runtime_flags": strings],
        required: ["model"]
    )
}
