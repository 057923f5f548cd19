import Linux
import OCI

/// What was brought to which repository.
struct Upload: Hashable {
    let repository: String
    /// What the blob is made of: its own digest, or the layer's.
    let content: Digest
}

/// Sees to it that what several pushes have in common goes to a repository once: the first brings it, the others wait and
/// take it as being there.
///
/// Beside the bytes that it saves, some registries give a blob away while another upload of the same is half written.
typealias UploadTurns = OncePerKey<Upload, Descriptor>
