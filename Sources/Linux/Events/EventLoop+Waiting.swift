import CEvents
import Glibc
import SystemPackage

extension EventLoop {
    typealias Event = (data: UInt64, readiness: Readiness)

    /// Waits for events or the next deadline. After ``restPatience`` without any, it gives memory back and waits on.
    func nextEvents() throws(SystemError) -> [Event] {
        let time = deadlines.millisecondsToNext(from: .now)
        guard !hasRested, let patience = restPatience.map(Deadlines.milliseconds), time < 0 || time > patience else {
            return try wait(milliseconds: time)
        }
        let events = try wait(milliseconds: patience)
        guard events.isEmpty else { return events }
        hasRested = true
        resting()
        OwnMemory.trim()
        let pages = OwnMemory.filePages
        return try wait(milliseconds: deadlines.millisecondsToNext(from: .now), discarding: pages)
    }

    /// Gives the pages back before it waits. What is executed after that comes back, so nothing is done between the two.
    private func wait(milliseconds: Int32, discarding pages: [UInt] = []) throws(SystemError) -> [Event] {
        var events = (epoll_event(), epoll_event(), epoll_event(), epoll_event(), epoll_event(), epoll_event())
        let stride = MemoryLayout<epoll_event>.stride
        let came: [Event]? = withUnsafeMutableBytes(of: &events) { bytes in
            guard let start = bytes.baseAddress else { return nil }
            let first = start.assumingMemoryBound(to: epoll_event.self)
            let room = Int32(bytes.count / stride)
            let count = tutti_wait(set.rawValue, first, room, milliseconds, pages, Int32(pages.count / 2))
            guard count >= 0 else { return nil }
            return (0..<Int(count)).map { (first[$0].data.u64, Readiness(events: first[$0].events)) }
        }
        if let came { return came }
        let error = Errno(rawValue: Glibc.errno)
        guard error == .interrupted else { throw SystemError("epoll_wait", errno: error) }
        return []
    }
}

extension EventLoop.Readiness {
    /// What epoll(7) tells.
    fileprivate init(events: UInt32) {
        let ended = events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
        self = ended ? [.readable, .writable] : []
        if events & EPOLLIN.rawValue != 0 { insert(.readable) }
        if events & EPOLLOUT.rawValue != 0 { insert(.writable) }
    }
}
