import CYAML

/// An element of a YAML text, as libyaml reports it.
struct Event {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(text: String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var mark: Mark
}

/// Reads the events of a text, one after the other.
struct EventReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let file: String
    private let text: UnsafeBufferPointer<UInt8>

    /// The text must outlive the reader.
    init(_ text: UnsafeBufferPointer<UInt8>, file: String) {
        parser = .allocate(capacity: 1)
        self.file = file
        self.text = text
        yaml_parser_initialize(parser)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    mutating func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        return Self.event(event, at: mark(event.start_mark))
    }

    private static func event(_ event: yaml_event_t, at mark: Mark) -> Event {
        switch event.type {
        case YAML_STREAM_START_EVENT: return Event(kind: .streamStart, mark: mark)
        case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, mark: mark)
        case YAML_DOCUMENT_END_EVENT: return Event(kind: .documentEnd, mark: mark)
        case YAML_ALIAS_EVENT: return Event(kind: .alias(string(event.data.alias.anchor) ?? ""), mark: mark)
        case YAML_SCALAR_EVENT: return scalar(event.data.scalar, at: mark)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return Event(kind: .sequenceStart, anchor: string(start.anchor), tag: string(start.tag), mark: mark)
        case YAML_SEQUENCE_END_EVENT: return Event(kind: .sequenceEnd, mark: mark)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return Event(kind: .mappingStart, anchor: string(start.anchor), tag: string(start.tag), mark: mark)
        case YAML_MAPPING_END_EVENT: return Event(kind: .mappingEnd, mark: mark)
        default: return Event(kind: .streamEnd, mark: mark)
        }
    }

    private static func scalar(_ scalar: yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar, at mark: Mark)
        -> Event
    {
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        return Event(
            kind: .scalar(
                text: String(decoding: bytes, as: UTF8.self),
                isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE
            ),
            anchor: string(scalar.anchor),
            tag: string(scalar.tag),
            mark: mark
        )
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    private func mark(_ mark: yaml_mark_t) -> Mark {
        Mark(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private func failure() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
        guard parser.pointee.error != YAML_READER_ERROR else {
            return YAMLError(.encoding(problem), at: place(ofByte: Int(parser.pointee.problem_offset)))
        }
        let place = mark(parser.pointee.problem_mark)
        guard let context = parser.pointee.context else { return YAMLError(.syntax(problem, while: nil), at: place) }
        let began = parser.pointee.context_mark
        let since = began.line == parser.pointee.problem_mark.line ? "" : " that begins at line \(began.line + 1)"
        return YAMLError(.syntax(problem, while: String(cString: context) + since), at: place)
    }

    private func place(ofByte offset: Int) -> Mark {
        let before = text.prefix(offset)
        let lines = before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let columns = lines.last.map { line in line.count { $0 & 0xC0 != 0x80 } } ?? 0
        return Mark(file: file, line: max(lines.count, 1), column: columns + 1)
    }
}
