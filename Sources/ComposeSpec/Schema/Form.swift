/// The short spellings that an attribute has, by the long one they are turned into.
enum Form: Sendable {
    /// `["K=v"]` → `{K: v}`; values become strings, no value stays none.
    case variables
    /// The same, with empty strings for no value.
    case strings
    /// `x` → `[x]`
    case list
    /// The same, also while variables are still in the text
    case listAlways
    /// `true` → `"true"`
    case text
    /// Numbers in a list → strings.
    case texts
    /// `1` → `["1"]`
    case listOfTexts
    /// A command line → its words.
    case words
    /// `x` → `[CMD-SHELL, x]`
    case healthTest
    /// `[a]` → `{a: null}`
    case keys
    /// `[a]` → `{a: {condition: service_started, required: true}}`
    case dependencies
    /// `context` → `{context: …}`
    case build
    /// `8080:80/udp` → `{published: "8080", target: 80, protocol: udp}`
    case ports
    /// `data:/var:ro` → `{type: volume, source: data, target: /var, read_only: true}`
    case mount
    /// `name` → `{source: name}`
    case fileReference
    /// `file` → `{path: file, required: true}`
    case environmentFiles
    /// `/a:/b:rw` → `{source: /a, target: /b, permissions: rw}`
    case device
    /// `service` → `{service: …}`
    case extends
    /// `{a: 1.2.3.4}` → `["a=1.2.3.4"]`
    case hosts
    /// `all` → `[{count: -1}]`
    case gpus
    /// `{default: null}` → `[default]`
    case sessions
    /// `{name: x}` → true, with the name moved up
    case external
    /// `path` → `{path: [path]}`
    case include
    /// `if_not_present` → `missing`
    case pullPolicy
    /// Number or string → `all` is -1
    case count

    /// Whether the short spelling stays while variables are still in the text: either one is plain to read.
    var isOptional: Bool {
        switch self {
        case .variables, .strings, .list, .texts, .words, .healthTest, .hosts, .pullPolicy, .count: true
        default: false
        }
    }
}
