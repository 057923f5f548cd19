import Glibc
public import SystemPackage

/// A folder of a test's own, gone with all in it when the body returns or throws.
public func withTemporaryFolder<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    let path = try makeTemporaryFolder()
    defer { removeTree(path) }
    return try body(path)
}

/// The same for a body that waits.
public func withTemporaryFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let path = try makeTemporaryFolder()
    defer { removeTree(path) }
    return try await body(path)
}

private func makeTemporaryFolder() throws -> FilePath {
    var template = Array("/tmp/tutti-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    return FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
}

/// Removes a folder and what is below it, without following symbolic links.
private func removeTree(_ path: FilePath) {
    guard let folder = opendir(path.string) else {
        unlink(path.string)
        return
    }
    while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        guard name != ".", name != ".." else { continue }
        let child = path.appending(name)
        if entry.pointee.d_type == UInt8(DT_DIR) { removeTree(child) } else { unlink(child.string) }
    }
    closedir(folder)
    rmdir(path.string)
}
