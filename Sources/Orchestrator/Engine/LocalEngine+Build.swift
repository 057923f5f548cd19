extension LocalEngine {
    /// Builds an image.
    func build(_ wish: ImageBuild, _ progress: @escaping @Sendable (Event) -> Void) throws {
        throw EngineError.unsupportedBuild("images cannot be built yet")
    }
}
