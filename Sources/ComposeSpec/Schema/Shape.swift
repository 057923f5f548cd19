import YAML

/// What may stand at a place of a Compose file, and what happens to it on the way to a project.
///
/// The tables of shapes drive all stages alike: types after interpolation, unknown keys, short forms, merging,
/// paths and the output of `config`. So an attribute is described once, in one line.
final class Shape: Sendable {
    /// The scalars that may stand here.
    let scalars: Scalars
    /// The only strings allowed; empty for any.
    let choices: [String]
    /// What the items of a list are; nil where no list may stand.
    let items: Shape?
    /// Whether equal items are an error.
    let itemsAreUnique: Bool
    /// What is under the known keys of an object; nil where none may stand.
    let attributes: [String: Shape]?
    /// Whether the object may also have `x-` keys.
    let allowsExtensions: Bool
    /// Keys that the object must have in the end.
    let required: [String]
    /// What is under keys that the user chooses; nil where no such mapping may stand.
    let values: Shape?
    /// Whether those keys are names of services, networks and such.
    let keysAreNames: Bool
    /// What a string becomes after interpolation.
    let cast: Cast?
    /// How a later value joins an earlier one.
    let merge: MergeRule
    /// The one form that other spellings are turned into.
    let form: Form?
    /// What a number must lie in.
    let range: ClosedRange<Int>?
    /// The kind of path that stands here, if one does.
    let path: PathKind?
    /// How `config` prints it.
    let output: Output

    init(
        _ scalars: Scalars = [],
        choices: [String] = [],
        items: Shape? = nil,
        itemsAreUnique: Bool = false,
        attributes: [String: Shape]? = nil,
        allowsExtensions: Bool = true,
        required: [String] = [],
        values: Shape? = nil,
        keysAreNames: Bool = false,
        cast: Cast? = nil,
        merge: MergeRule = .standard,
        form: Form? = nil,
        range: ClosedRange<Int>? = nil,
        path: PathKind? = nil,
        output: Output = .plain
    ) {
        self.scalars = scalars
        self.choices = choices
        self.items = items
        self.itemsAreUnique = itemsAreUnique
        self.attributes = attributes
        self.allowsExtensions = allowsExtensions
        self.required = required
        self.values = values
        self.keysAreNames = keysAreNames
        self.cast = cast
        self.merge = merge
        self.form = form
        self.range = range
        self.path = path
        self.output = output
    }

    /// The shape under a key.
    func shape(of key: String) -> Shape? { attributes?[key] ?? values }
}

extension Shape {
    /// Kinds of scalar.
    struct Scalars: OptionSet, Sendable {
        let rawValue: Int

        static let null = Scalars(rawValue: 1)
        static let boolean = Scalars(rawValue: 2)
        static let integer = Scalars(rawValue: 4)
        static let fractional = Scalars(rawValue: 8)
        static let number: Scalars = [.fractional, .integer]
        static let string = Scalars(rawValue: 16)
        static let any: Scalars = [.null, .boolean, .number, .string]
    }

    /// What strings become after interpolation.
    enum Cast: Sendable {
        case boolean, integer, number
    }

    /// How a later value joins an earlier one. Scalars always replace, mappings merge key by key, lists append.
    enum MergeRule: Sendable {
        /// As above.
        case standard
        /// The later one replaces the earlier one as a whole.
        case replace
        /// A key without a value also replaces.
        case keyed
        /// Items that agree in this collapse: the later one takes the earlier one's place.
        case unique(Identity)
        /// Items that are there already are not appended again.
        case appendNew
        /// Options merge when the drivers agree.
        case logging
        /// Lists append, but where a service extends another, to say which ones takes the place of all.
        case requests
        /// The later pools count; one of the same subnet completes them.
        case pools
    }

    /// What makes two items of a list the same thing.
    enum Identity: Sendable {
        case value, path, target, fileTarget, port, beforeEqualsSign
    }

    /// Kinds of path, as far as they are resolved differently.
    enum PathKind: Sendable {
        /// A file or folder of the host.
        case file
        /// A folder, or something else that a builder can use as one.
        case context
        /// The whole entry of `volumes`: its source, when it is a bind.
        case mount
        /// The whole volume: the device of a bound local one.
        case volume
    }

    /// How `config` prints a value.
    enum Output: Sendable {
        /// As it is; empty and zero values are left out.
        case plain
        /// Also when empty or zero.
        case always
        /// As a span of time.
        case duration
        /// As a span of time, also when it is zero.
        case durationAlways
        /// As a number of bytes, in a string.
        case bytes
        /// As text.
        case text
        /// As octal permission bits, in a string.
        case mode
        /// Only when it is false, because true is the default.
        case falseOnly
        /// With capital letters at the beginning of its keys.
        case capitalized
        /// Not at all.
        case never
    }
}
