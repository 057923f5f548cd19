import SystemPackage

extension SystemError {
    /// Throws if the result of a C function of ours is minus an errno value.
    @discardableResult
    static func check(_ call: String, on subject: String? = nil, _ result: Int32) throws(SystemError) -> Int32 {
        guard result < 0 else { return result }
        throw SystemError(call, on: subject, errno: Errno(rawValue: -result))
    }
}
