public import YAML

extension Service {
    /// An entry of `volumes`.
    public struct Mount: Sendable, Hashable {
        /// What is mounted.
        public enum Kind: Sendable, Hashable {
            /// The named volume with this key of the project, or an anonymous one.
            case volume(key: String?, copiesUp: Bool, subpath: String?, labels: [String: String])
            /// An absolute path of the host; `createsSource` makes a missing one a folder.
            case bind(source: String, options: BindOptions)
            /// Memory: bytes, and the mode of its root.
            case tmpfs(size: Int?, mode: Int?)
            /// The tree of an image.
            case image(reference: String, subpath: String?)
            /// A kind for another system: `npipe` or `cluster`.
            case foreign(type: String, source: String?)
        }

        /// What is mounted.
        public var kind: Kind
        /// Where, absolute and clean.
        public var target: String
        /// Whether writing is refused.
        public var isReadOnly: Bool
        /// Where the file says so.
        public var place: Mark?

        /// A mount.
        public init(_ kind: Kind, target: String, isReadOnly: Bool = false) {
            self.kind = kind
            self.target = target
            self.isReadOnly = isReadOnly
        }
    }

    /// How a path of the host is bound.
    public struct BindOptions: Sendable, Hashable {
        /// Such as `rslave`; nil is `rprivate`.
        public var propagation: String?
        /// Whether a missing source becomes a folder.
        public var createsSource: Bool
        /// `enabled`, `disabled`, `writable`, `readonly`; nil is enabled.
        public var recursive: String?
        /// `z` or `Z`.
        public var selinux: String?

        /// Options as the short form has them, unless said otherwise.
        public init(createsSource: Bool = true, propagation: String? = nil) {
            self.createsSource = createsSource
            self.propagation = propagation
        }
    }

    /// A config or secret as a service uses it.
    public struct FileReference: Sendable, Hashable {
        /// The key in the project.
        public var source: String
        /// The path inside: absolute, or below `/run/secrets`; nil is the usual place.
        public var target: String?
        /// The owner.
        public var uid: String?
        /// The group.
        public var gid: String?
        /// The permission bits.
        public var mode: Int?
        /// Where the file says so.
        public var place: Mark?

        /// A reference with the defaults.
        public init(source: String) {
            self.source = source
        }
    }
}
