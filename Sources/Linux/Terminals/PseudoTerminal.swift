import CEvents
import Glibc
public import SystemPackage

/// The number of rows and columns of a terminal.
public struct WindowSize: Hashable, Sendable {
    /// Lines, from top to bottom.
    public var rows: UInt16
    /// Characters a line.
    public var columns: UInt16

    /// A size of so many rows and columns; zero means unknown.
    public init(rows: UInt16, columns: UInt16) {
        self.rows = rows
        self.columns = columns
    }
}

/// A terminal made of two ends: what is written to one is read at the other, as if it were typed.
public struct PseudoTerminal: Sendable {
    /// The end of whoever shows the terminal.
    public let master: FileDescriptor
    /// The end that programs run on.
    public let slave: FileDescriptor

    /// Makes one. Both ends are close-on-exec, and neither becomes anybody's controlling terminal.
    ///
    /// The corresponding C function is `posix_openpt`.
    public static func open(size: WindowSize? = nil) throws(SystemError) -> PseudoTerminal {
        var ends: [Int32] = [-1, -1]
        try SystemError.check("posix_openpt", tutti_open_terminal(&ends))
        let terminal = PseudoTerminal(
            master: FileDescriptor(rawValue: ends[0]),
            slave: FileDescriptor(rawValue: ends[1])
        )
        if let size { try Terminal.setSize(size, of: terminal.master) }
        return terminal
    }
}

/// What can be asked of a terminal, and told to it.
public enum Terminal {
    /// Whether the descriptor is a terminal.
    public static func isTerminal(_ descriptor: FileDescriptor) -> Bool { isatty(descriptor.rawValue) == 1 }

    /// The window's size.
    public static func size(of terminal: FileDescriptor) throws(SystemError) -> WindowSize {
        var size = WindowSize(rows: 0, columns: 0)
        try SystemError.check("ioctl", tutti_window_size(terminal.rawValue, &size.rows, &size.columns))
        return size
    }

    /// Sets the window's size; the programs on it get SIGWINCH.
    public static func setSize(_ size: WindowSize, of terminal: FileDescriptor) throws(SystemError) {
        try SystemError.check("ioctl", tutti_set_window_size(terminal.rawValue, size.rows, size.columns))
    }

    /// Passes every byte on as it is typed, without echo and without signals; gives what undoes it.
    ///
    /// The corresponding C function is `cfmakeraw`.
    public static func makeRaw(_ terminal: FileDescriptor) throws(SystemError) -> TerminalMode {
        let before = try TerminalMode(of: terminal)
        var raw = before.settings
        cfmakeraw(&raw)
        guard tcsetattr(terminal.rawValue, TCSADRAIN, &raw) == 0 else {
            throw SystemError("tcsetattr", errno: Errno(rawValue: errno))
        }
        return before
    }

    /// Shows nothing of what is typed, such as a password; gives what undoes it.
    ///
    /// The corresponding C function is `tcsetattr`.
    public static func hideInput(_ terminal: FileDescriptor) throws(SystemError) -> TerminalMode {
        let before = try TerminalMode(of: terminal)
        var hidden = before.settings
        hidden.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(terminal.rawValue, TCSAFLUSH, &hidden) == 0 else {
            throw SystemError("tcsetattr", errno: Errno(rawValue: errno))
        }
        return before
    }
}

/// How a terminal treats what passes through it.
public struct TerminalMode: @unchecked Sendable {
    fileprivate let settings: termios

    /// The terminal's present mode.
    ///
    /// The corresponding C function is `tcgetattr`.
    public init(of terminal: FileDescriptor) throws(SystemError) {
        var settings = termios()
        guard tcgetattr(terminal.rawValue, &settings) == 0 else {
            throw SystemError("tcgetattr", errno: Errno(rawValue: errno))
        }
        self.settings = settings
    }

    /// Gives the terminal this mode again. A terminal that has gone needs none, so nothing is reported.
    public func restore(on terminal: FileDescriptor) {
        var settings = settings
        tcsetattr(terminal.rawValue, TCSADRAIN, &settings)
    }
}
