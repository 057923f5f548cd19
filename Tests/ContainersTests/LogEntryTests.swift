import Testing

@testable import Containers

@Suite struct LogEntryTests {
    @Test(arguments: [
        (#"{"log":"one\n","stream":"stdout","time":"T"}"#, "one\n", ContainerLog.Entry.Stream.output),
        (#"{"log":"\n","stream":"stderr","time":"T"}"#, "\n", .errorOutput),
        (#"{"log":"a part","stream":"stdout","time":"T"}"#, "a part", .output),
        (#"{"log":"\"q\" \\n\t\u003c\n","stream":"stdout","time":"T"}"#, "\"q\" \\n\t<\n", .output),
        (#"{"log":"ä€\n","stream":"stdout","attrs":{"a":"\n\",\"stream\":\"stderr"},"time":"T"}"#, "ä€\n", .output),
        (#"{"stream":"stderr","time":"T","log":"moved\n"}"#, "moved\n", .errorOutput),
    ])
    func `are read however they are written`(line: String, text: String, stream: ContainerLog.Entry.Stream) {
        let entry = ContainerLog.Entry(parsing: Array(line.utf8)[...])
        #expect(entry == ContainerLog.Entry(text: text, stream: stream, time: "T"))
    }

    @Test(arguments: [
        "", "{", #"{"log":"one\n","stream":"stdout","time":"T"#, #"{"log":"one\n","stream":"stdout","time":"T"}}"#,
        #"{"log":"one\n","stream":"stdout"}"#, #"{"log":"on"#,
    ])
    func `are left out where a crash has torn them`(line: String) {
        #expect(ContainerLog.Entry(parsing: Array(line.utf8)[...]) == nil)
    }
}
