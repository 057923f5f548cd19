import CLinux
import Glibc
import SystemPackage

extension OpenFolder {
    /// The extended attributes of an entry, or of the folder itself, as names and values. xattr(7)
    ///
    /// A file system without them has none.
    public func extendedAttributes(_ name: FileName? = nil) throws(SystemError) -> [String: [UInt8]] {
        let path = path(of: name)
        let size = llistxattr(path, nil, 0)
        let failure = Errno(rawValue: errno)
        if size < 0, failure == .notSupported { return [:] }
        guard size >= 0 else { throw SystemError("llistxattr", on: name?.description, errno: failure) }
        guard size > 0 else { return [:] }
        var buffer = [CChar](repeating: 0, count: size)
        let filled = llistxattr(path, &buffer, buffer.count)
        guard filled >= 0 else {
            throw SystemError("llistxattr", on: name?.description, errno: Errno(rawValue: errno))
        }
        var attributes: [String: [UInt8]] = [:]
        for key in buffer.prefix(filled).split(separator: 0) {
            let text = String(decoding: key.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            attributes[text] = try extendedAttribute(text, path: path, of: name)
        }
        return attributes
    }

    /// One extended attribute; nil if the entry has none of that name.
    public func extendedAttribute(_ key: String, of name: FileName? = nil) throws(SystemError) -> [UInt8]? {
        try extendedAttribute(key, path: path(of: name), of: name)
    }

    private func extendedAttribute(
        _ key: String,
        path: [CChar],
        of name: FileName?
    ) throws(SystemError) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: 256)
        while true {
            let size = lgetxattr(path, key, &value, value.count)
            let failure = Errno(rawValue: errno)
            if size >= 0 { return Array(value.prefix(size)) }
            switch failure {
            case .noData, .notSupported: return nil
            case .outOfRange where value.count < 1 << 16: value = [UInt8](repeating: 0, count: 1 << 16)
            default: throw SystemError("lgetxattr", on: name?.description, errno: failure)
            }
        }
    }

    /// Sets an extended attribute of an entry, or of the folder itself.
    public func setExtendedAttribute(_ key: String, _ value: [UInt8], of name: FileName? = nil) throws(SystemError) {
        let path = path(of: name)
        guard lsetxattr(path, key, value, value.count, 0) != 0 else { return }
        let failure = Errno(rawValue: errno)
        throw SystemError("lsetxattr", on: (name?.description ?? ".") + " " + key, errno: failure)
    }

    /// A path to the entry that leads through the open folder: the calls for attributes have no form with a descriptor
    /// and a name.
    private func path(of name: FileName?) -> [CChar] {
        Array("/proc/self/fd/\(descriptor)/".utf8CString.dropLast()) + (name?.cString ?? [CChar(UInt8(ascii: ".")), 0])
    }
}
