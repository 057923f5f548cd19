import Git
import HTTP
import OCI
public import SystemPackage

extension BuildRequest.NamedContext {
    /// The value of `--build-context NAME=…`.
    ///
    /// - Parameter folder: Where relative paths start.
    /// - Throws: ``BuilderError`` for what cannot be a context.
    public init(parsing text: String, folder: FilePath) throws {
        if let image = text.suffix(after: "docker-image://") {
            self = .image(image)
        } else if let layout = text.suffix(after: "oci-layout://") {
            self = Self.layout(layout, folder)
        } else if text.hasPrefix("target:") {
            throw BuilderError(.unsupported("a context \(text) outside of a bake file"))
        } else if BuildRequest.isReference(text) {
            self = .remote(text)
        } else {
            self = .folder(folder.pushing(FilePath(text)))
        }
    }

    /// `path[:tag][@digest]`
    private static func layout(_ text: String, _ folder: FilePath) -> BuildRequest.NamedContext {
        if let sign = text.firstIndex(of: "@") {
            let name = text[..<sign]
            let path = name.lastIndex(of: ":").map { name[..<$0] } ?? name
            return .layout(folder.pushing(FilePath(String(path))), String(text[text.index(after: sign)...]))
        }
        guard let colon = text.lastIndex(of: ":"), !text[colon...].contains("/") else {
            return .layout(folder.pushing(FilePath(text)), nil)
        }
        return .layout(folder.pushing(FilePath(String(text[..<colon]))), String(text[text.index(after: colon)...]))
    }
}

extension BuildRequest {
    /// What instructions call a context whose name is given: `docker.io/library/alpine:latest` is `alpine`.
    ///
    /// - Throws: ``BuilderError`` for what is no name.
    public static func contextName(_ name: String) throws -> String {
        guard let reference = try? ImageReference(parsing: name) else {
            throw BuilderError(.other("invalid context name \(name)"))
        }
        let latest = ":latest"
        return reference.familiar.hasSuffix(latest)
            ? String(reference.familiar.dropLast(latest.count)) : reference.familiar
    }

    /// Whether the Dockerfile comes with the context.
    var dockerfileIsInContext: Bool {
        switch dockerfile {
        case .file, nil: true
        case .text, .web: false
        }
    }

    /// Whether it names anything that is no folder and no image of this machine.
    var namesOthers: Bool {
        if case .web? = dockerfile { return true }
        return origin != nil
            || namedContexts.values.contains { context in
                switch context {
                case .remote, .layout: true
                case .folder, .image, .images, .fetched: false
                }
            }
    }

    /// Whether a context is somewhere else: in a git repository, or on the web.
    public static func isReference(_ text: String) -> Bool {
        if WebAddress.isMeant(by: text) { return true }
        do {
            return try GitReference(text) != nil
        } catch {
            // What is wrong with it is said when it is fetched.
            return true
        }
    }
}

extension String {
    fileprivate func suffix(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}

extension BuildRequest {
    /// What a source is called as an image: by several names where it is another one for each platform, and by none where
    /// it is no image.
    func imageNames(of source: BuildGraph.Source) -> [String] {
        guard case .context(let name) = source else {
            if case .image(let name) = source { return [name] }
            return []
        }
        switch namedContexts[name] {
        case .image(let image): return [image]
        case .images(let images): return images
        default: return []
        }
    }
}
