import Builder

extension LocalEngine {
    /// Builds an image; every line of the build is reported.
    func build(_ wish: ImageBuild, _ progress: @escaping @Sendable (Event) -> Void) throws {
        let request = try BuildRequest(wish)
        let builder = Builder(root: root, images: images, programs: programs)
        _ = try builder.build(request) { event in
            guard !wish.isQuiet, let line = event.line else { return }
            progress(Event(.image(wish.image), .progress, details: line))
        }
    }
}

extension BuildEvent {
    /// The event as a line of plain progress; nil for what is shown otherwise.
    fileprivate var line: String? {
        switch self {
        case .started(let step): "\(step)"
        case .cached(let step): "\(step) CACHED"
        case .output(let step, let text): "\(step.stage.map { "\($0) " } ?? "")\(step.number)/\(step.count) \(text)"
        case .done(let step, let nanoseconds): "\(step) DONE \(Self.seconds(nanoseconds))s"
        case .failed(let step): "\(step) ERROR"
        case .warning(let text): "WARNING: \(text)"
        case .finished: nil
        }
    }

    private static func seconds(_ nanoseconds: Int64) -> String {
        let tenths = (nanoseconds + 50_000_000) / 100_000_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
