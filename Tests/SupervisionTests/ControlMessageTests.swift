import Supervision
import Testing

@Suite struct ControlMessages {
    @Test(arguments: [
        ControlMessage.signal(15), .stop(signal: 15, grace: -1), .pause, .resume, .attach, .input([1, 2, 3]),
        .endOfInput,
        .resize(rows: 50, columns: 132), .wait, .accepted, .refused("not running"), .output([0, 255]),
        .errorOutput([]), .exited(code: 137),
    ])
    func `are read as they were sent`(message: ControlMessage) {
        #expect(ControlMessage(packet: message.packet) == message)
    }

    @Test func `have fixed bytes`() {
        #expect(ControlMessage.stop(signal: 15, grace: 10).packet == [2, 15, 0, 0, 0, 10, 0, 0, 0])
        #expect(ControlMessage.resize(rows: 24, columns: 80).packet == [8, 24, 0, 80, 0])
        #expect(ControlMessage.exited(code: 137).packet == [69, 137, 0, 0, 0])
    }

    @Test(arguments: [[], [0], [200, 1]] as [[UInt8]])
    func `are told from other packets`(packet: [UInt8]) {
        #expect(ControlMessage(packet: packet) == nil)
    }
}
