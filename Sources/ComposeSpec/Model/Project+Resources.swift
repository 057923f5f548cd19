public import YAML

extension Project {
    /// An entry of the top-level `networks`.
    public struct Network: Sendable, Hashable {
        /// The key in the file, which services refer to.
        public var key: String
        /// The engine's name, `<project>_<key>` unless the file gives one.
        public var name: String
        /// Nil is the engine's default, `bridge`.
        public var driver: String?
        /// Options of the driver.
        public var driverOptions: [String: String] = [:]
        /// The address manager's driver; nil is the default one.
        public var ipamDriver: String?
        /// Options of the address manager.
        public var ipamOptions: [String: String] = [:]
        /// Address pools; empty means that the engine chooses.
        public var pools: [AddressPool] = []
        /// Whether the network has no way out.
        public var isInternal = false
        /// Whether containers outside the project may join.
        public var isAttachable = false
        /// Nil is the engine's default, on.
        public var enablesIPv4: Bool?
        /// Nil is the engine's default, off.
        public var enablesIPv6: Bool?
        /// The user's labels.
        public var labels: [String: String] = [:]
        /// Whether it must exist already and is never created or removed.
        public var isExternal = false
        /// SHA-256, in hexadecimal, of what a change would have to recreate the network for.
        public var configurationHash = ""
        /// Where the file declares it; nil for the implicit default network.
        public var place: Mark?

        /// A network with the defaults.
        public init(key: String, name: String) {
            self.key = key
            self.name = name
        }
    }

    /// A subnet to take addresses from.
    public struct AddressPool: Sendable, Hashable {
        /// In CIDR form, such as `10.5.0.0/16`.
        public var subnet: String?
        /// The part of the subnet that containers get addresses from, in CIDR form.
        public var range: String?
        /// The bridge's own address.
        public var gateway: String?
        /// Addresses that are taken, by host name.
        public var auxiliaryAddresses: [String: String] = [:]

        /// A pool that the engine is to fill in.
        public init() {}
    }

    /// An entry of the top-level `volumes`.
    public struct Volume: Sendable, Hashable {
        /// The key in the file, which services refer to.
        public var key: String
        /// The engine's name, `<project>_<key>` unless the file gives one.
        public var name: String
        /// Nil is `local`.
        public var driver: String?
        /// Options of the driver.
        public var driverOptions: [String: String] = [:]
        /// The user's labels.
        public var labels: [String: String] = [:]
        /// Whether it must exist already and is never created or removed.
        public var isExternal = false
        /// SHA-256, in hexadecimal, of what a change would have to recreate the volume for.
        public var configurationHash = ""
        /// Where the file declares it.
        public var place: Mark?

        /// A volume with the defaults.
        public init(key: String, name: String) {
            self.key = key
            self.name = name
        }
    }

    /// An entry of the top-level `configs` or `secrets`.
    public struct FileSource: Sendable, Hashable {
        /// Where the bytes come from.
        public enum Origin: Sendable, Hashable {
            /// A file of the host, absolute.
            case file(String)
            /// This text: `content:`, or the value of the variable that `environment:` names.
            case content(String)
            /// The variable that `environment:` names is not set, which is an error for whoever needs its value.
            case unsetVariable(String)
            /// Something that a cluster would hold.
            case external
            /// A driver's business.
            case driver
        }

        /// The key in the file, which services refer to.
        public var key: String
        /// `<project>_<key>` unless the file gives one.
        public var name: String
        /// Where the bytes come from.
        public var origin: Origin
        /// The user's labels.
        public var labels: [String: String] = [:]
        /// Where the file declares it.
        public var place: Mark?

        /// A config or secret.
        public init(key: String, name: String, origin: Origin) {
            self.key = key
            self.name = name
            self.origin = origin
        }
    }

    /// An entry of the top-level `models`: a language model that services use.
    public struct Model: Sendable, Hashable {
        /// The key in the file, which services refer to.
        public var key: String
        /// What it is called where it runs.
        public var name: String
        /// The model's reference, such as `ai/smollm2`.
        public var model: String
        /// Tokens of context; nil is the model's own.
        public var contextSize: Int?
        /// Flags for whatever runs it.
        public var runtimeFlags: [String] = []

        /// A model with the defaults.
        public init(key: String, name: String, model: String) {
            self.key = key
            self.name = name
            self.model = model
        }
    }
}
