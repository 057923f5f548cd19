import HTTP
import Linux
public import SystemPackage

/// Brings a file of the web for those who take it as it comes.
public enum WebDownload {
    /// Whether a text is the URL of such a file.
    public static func isURL(_ text: String) -> Bool { WebAddress.isMeant(by: text) }

    /// Writes the file into a folder, again from its start where a connection breaks.
    ///
    /// - Parameter progress: Told once a second how many bytes have come, and of how many if that is known.
    /// - Returns: Where it is.
    /// - Throws: ``DownloadError`` for what cannot be had.
    public static func fetch(
        _ url: String,
        into folder: FilePath,
        progress: @escaping (Int64, Int64?) -> Void = { _, _ in }
    ) throws -> FilePath {
        let file = try WebFile(url)
        let fetch = WebFetch(http: HTTPClient(), file: file, authorization: try file.authorization([]))
        let target = folder.appending("download")
        do {
            _ = try fetch.fetch(unless: nil, to: { _ in try OwnedDescriptor.writing(target) }, progress: progress)
        } catch let error as BuilderError {
            throw DownloadError(description: "\(error.problem)")
        }
        return target
    }
}

/// Why a file of the web cannot be had.
public struct DownloadError: Error, Hashable, CustomStringConvertible {
    /// The URL and the reason.
    public let description: String
}
