import Images
import Linux
import OCI
import Orchestrator
import Synchronization
import SystemPackage

/// What happens to the layers of an image that comes or goes, as Docker shows it on standard output: a line for every
/// change, or, on a terminal, a line for every layer that is drawn over itself.
final class TransferDisplay: ProgressRenderer {
    /// How far a layer is.
    struct Amount {
        let bytes: Int64
        let size: Int64
    }

    private struct Line {
        var status: String
        var amount: Amount?
    }

    private struct State {
        var order: [String] = []
        var lines: [String: Line] = [:]
        var drawnRows = 0
    }

    private let state = Mutex(State())
    private let isTerminal: Bool
    private let isQuiet: Bool

    init(isQuiet: Bool, isTerminal: Bool = StandardStreams.outputIsTerminal) {
        self.isQuiet = isQuiet
        self.isTerminal = isTerminal
    }

    func show(_ event: Event) {}

    /// Sets what happens to a layer.
    func show(_ layer: Digest, _ status: String, _ amount: Amount? = nil) {
        guard !isQuiet else { return }
        state.withLock { state in
            let known = state.lines[layer.short]
            state.lines[layer.short] = Line(status: status, amount: amount)
            if known == nil { state.order.append(layer.short) }
            if isTerminal {
                draw(&state)
            } else if amount == nil, known?.status != status {
                write("\(layer.short): \(status)\n")
            }
        }
    }

    /// Says something that stays, below what is drawn.
    func say(_ line: String) {
        guard !isQuiet else { return }
        state.withLock { state in
            state = State()
            write("\(line.printable)\n")
        }
    }

    private func draw(_ state: inout State) {
        let size = StandardStreams.size
        let rows = max(2, (size.rows > 0 ? Int(size.rows) : 24) - 1)
        let columns = size.columns > 0 ? Int(size.columns) : 80
        // More than fits could not be drawn over: the last ones are what happens.
        let shown = state.order.suffix(rows)
        let up = state.drawnRows > 0 ? "\u{1b}[\(state.drawnRows)A" : ""
        state.drawnRows = shown.count
        let lines = shown.compactMap { id in state.lines[id].map { Self.text(id, $0).prefix(columns) } }
        write(up + lines.map { "\u{1b}[2K\($0)\n" }.joined())
    }

    private static func text(_ id: String, _ line: Line) -> String {
        guard let amount = line.amount, amount.size > 0 else { return "\(id): \(line.status)" }
        let width = 50
        let filled = min(width, Int(amount.bytes * Int64(width) / amount.size))
        let bar = String(repeating: "=", count: filled) + (filled < width ? ">" : "")
        let (bytes, size) = (ByteSize(amount.bytes).decimal(), ByteSize(amount.size).decimal())
        return "\(id): \(line.status) [\(bar.padded(to: width))] \(bytes)/\(size)"
    }

    /// Nobody can be told if that is not possible.
    private func write(_ text: String) {
        _ = try? FileDescriptor.standardOutput.writeAll(text.utf8)
    }
}

extension TransferDisplay {
    /// Shows what a pull does.
    func show(_ event: PullEvent) {
        switch event {
        case .resolved: break
        case .waiting(let layer): show(layer, "Pulling fs layer")
        case .downloading(let layer, let bytes, let size):
            show(layer, "Downloading", Amount(bytes: bytes, size: size))
        case .downloaded(let layer): show(layer, "Download complete")
        case .extracted(let layer): show(layer, "Pull complete")
        case .alreadyExists(let layer): show(layer, "Already exists")
        case .otherPlatform(let asked, let found):
            Console.note(
                "WARNING: The requested image's platform (\(found)) does not match the detected host platform (\(asked))"
            )
        }
    }

    /// Shows what a push does.
    func show(_ event: PushEvent) {
        switch event {
        case .preparing(let layer): show(layer, "Preparing")
        case .pushing(let layer, let bytes, let size): show(layer, "Pushing", Amount(bytes: bytes, size: size))
        case .pushed(let layer): show(layer, "Pushed")
        case .alreadyExists(let layer): show(layer, "Layer already exists")
        case .mounted(let layer, let repository): show(layer, "Mounted from \(ImageReference.familiar(repository))")
        case .tagged(let image):
            say("\(image.reference.tag ?? "latest"): digest: \(image.digest) size: \(image.size)")
        }
    }
}

extension ImageReference {
    /// A repository as users write it.
    fileprivate static func familiar(_ repository: String) -> String {
        (try? ImageReference(parsing: repository))?.familiarRepository ?? repository
    }
}
