import Coverage
import Glibc

private typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: Callback
) -> CInt

/// What is tried with each input.
nonisolated(unsafe) private var attempt: ([UInt8]) -> Void = { _ in }

/// Runs libFuzzer, whose arguments are the program's, on `body`.
public func fuzz(_ body: @escaping ([UInt8]) -> Void) -> Never {
    attempt = body
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(
        runDriver(&count, &arguments) { bytes, length in
            attempt(Array(UnsafeBufferPointer(start: bytes, count: length)))
            return 0
        }
    )
}

/// A folder in memory for the inputs of this process.
public func inputFolder() -> String {
    var template = Array("/dev/shm/fuzz-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Writes a file whole.
public func write(_ bytes: [UInt8], to path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
}
