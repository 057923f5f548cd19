import Builder

extension LocalEngine {
    /// Builds an image; what the build says is reported.
    func build(
        _ wish: ImageBuild,
        _ cancellation: Cancellation,
        _ progress: @escaping @Sendable (Event) -> Void
    ) throws {
        var request = try BuildRequest(wish)
        request.arguments.merge(try proxies()) { own, _ in own }
        var builder = Builder(root: root, images: images, programs: programs)
        try transfer(cancellation) { access in
            builder.access = access
            _ = try builder.build(request) { event in
                guard !wish.isQuiet else { return }
                progress(Event(.image(wish.image), build: BuildReport(event, target: wish.target)))
            }
        }
    }
}
