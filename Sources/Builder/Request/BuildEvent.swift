import Linux

/// What a build reports while it runs.
public enum BuildEvent: Hashable, Sendable {
    case started(BuildStep)
    /// The step's result was there already.
    case cached(BuildStep)
    /// A line that the step's command wrote, without its end.
    case output(BuildStep, String)
    /// A part of the step that is done, such as `naming to docker.io/library/web:latest done`.
    case progress(BuildStep, String)
    /// The step succeeded, after this many nanoseconds.
    case done(BuildStep, Int64)
    /// The step failed, and why in one line.
    case failed(BuildStep, String)
    /// Something to know that does not stop the build.
    case warning(String)
    /// Something that the checks found in the Dockerfile.
    case found(CheckNotice)
    /// The image is complete: its identifier, and the names that it got.
    case finished(String, tags: [String])
}

/// One step of a build: an instruction of a stage, or what is done before and after them all.
public struct BuildStep: Hashable, Sendable {
    /// The stage as progress shows it: its name, `stage-1`, or nil when there is only one. `internal` for what a build
    /// does for itself.
    public let stage: String?
    /// Counts from one; zero for what is no instruction.
    public let number: Int
    /// How many steps the stage has; zero for what is no instruction.
    public let count: Int
    /// The instruction on one line, or what is done.
    public let text: String
}

extension BuildStep {
    /// Whether it is an instruction of the file.
    public var isInstruction: Bool { number > 0 }

    /// Something that is no instruction, such as `exporting to image`.
    ///
    /// - Parameter platform: what it is done for; nil where there is nothing to tell apart.
    init(_ text: String, isInternal: Bool = false, for platform: String? = nil) {
        let label = [platform, isInternal ? "internal" : nil].compactMap(\.self)
        self.init(stage: label.isEmpty ? nil : label.joined(separator: " "), number: 0, count: 0, text: text)
    }

    /// Does what is no instruction, and tells of its beginning and its end.
    func perform<Result>(telling tell: (BuildEvent) -> Void, _ body: () throws -> Result) throws -> Result {
        let start = MonotonicTime.now
        tell(.started(self))
        do {
            let result = try body()
            tell(.done(self, MonotonicTime.now.nanoseconds - start.nanoseconds))
            return result
        } catch {
            tell(.failed(self, "\(error)"))
            throw error
        }
    }

    /// The step as progress shows it for one of several builds.
    ///
    /// - Parameter target: which build it belongs to; nil where there is only one.
    public func title(of target: String?) -> String {
        let padding = String(repeating: " ", count: max(0, "\(count)".count - "\(number)".count))
        let words = [target, stage, isInstruction ? "\(padding)\(number)/\(count)" : nil].compactMap { $0 }
        return words.isEmpty ? text : "[\(words.joined(separator: " "))] \(text)"
    }
}

extension BuildStep: CustomStringConvertible {
    /// `[web 2/5] RUN make`
    public var description: String { title(of: nil) }
}

extension BuildEvent {
    /// The step that it is about; nil for what is about the build.
    public var step: BuildStep? {
        switch self {
        case .started(let step), .cached(let step), .output(let step, _), .progress(let step, _), .done(let step, _),
            .failed(let step, _):
            step
        case .warning, .found, .finished: nil
        }
    }
}
