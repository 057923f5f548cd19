import Glibc
import Harness
import Images
import OCI
import Storage
import SystemPackage

/// What a registry answers, headers and JSON: it is understood or refused, and nothing of it stays.
///
/// An input is headers, an empty line, and a body, which is the answer to everything that is asked. Its first byte is the
/// status.
let server = AnsweringServer()
let folder = FilePath(inputFolder())
let reference = try ImageReference(parsing: "127.0.0.1:\(server.port)/fuzz/image:1")
let settings = try RegistrySettings(attempts: 1)

fuzz { bytes in
    server.answer = Answer(bytes)
    let access = RegistryAccess(settings: settings, credentials: .anonymous)
    func check(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            precondition(!"\(error)".isEmpty)
        }
    }
    check { _ = try access.resolve(reference, platform: .host) }
    check {
        let artifact = try access.artifact(reference)
        if case .manifest(let manifest) = try ManifestDocument(parsing: artifact.manifest) {
            _ = try artifact.blob(manifest.config)
        }
    }
    check { _ = try access.tags(of: reference) }
    check { _ = try access.referrers(of: reference) }
    let store = ImageStore(root: StateRoot(under: folder))
    check { _ = try store.pull(reference, access: access) }
    precondition((try? store.list())?.isEmpty == true)
}
