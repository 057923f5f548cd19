import Builder

extension LocalEngine {
    /// Builds an image; what the build says is reported.
    func build(_ wish: ImageBuild, _ progress: @escaping @Sendable (Event) -> Void) throws {
        var request = try BuildRequest(wish)
        request.arguments.merge(try proxies()) { own, _ in own }
        let builder = Builder(root: root, images: images, programs: programs)
        _ = try builder.build(request) { event in
            guard !wish.isQuiet else { return }
            progress(Event(.image(wish.image), build: BuildReport(event, target: wish.target)))
        }
    }
}
