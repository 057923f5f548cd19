/// What the container may and may not do.
public struct Security: Codable, Hashable, Sendable {
    /// Capabilities besides the standard ones; `ALL` is every one.
    public var capabilitiesAdded: [String] = []
    /// Capabilities taken away; `ALL` is every one.
    public var capabilitiesDropped: [String] = []
    /// Whether it gets every capability and device, and no filter.
    public var isPrivileged = false
    /// Docker's `security_opt` items, such as `no-new-privileges:true`, `seccomp=unconfined`; a seccomp profile is given by
    /// its text.
    public var options: [String] = []
    /// Whether the image and the writable layer can only be read.
    public var isRootReadOnly = false
    /// Devices of the host that it gets.
    public var devices: [DeviceMapping] = []
    /// Rules for device nodes, such as `c 1:3 rwm`.
    public var deviceCgroupRules: [String] = []
    /// Kernel settings of its namespaces.
    public var sysctls: [String: String] = [:]

    /// A value of these parts.
    public init() {}
}

/// A device of the host that the container gets.
public struct DeviceMapping: Codable, Hashable, Sendable {
    /// The path on the host.
    public var source: String
    /// The path in the container.
    public var target: String
    /// Some of `rwm`.
    public var permissions: String

    /// A value of these parts.
    public init(source: String, target: String, permissions: String = "rwm") {
        self.source = source
        self.target = target
        self.permissions = permissions
    }
}
