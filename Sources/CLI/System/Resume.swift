import Linux
import Orchestrator
import SystemPackage

extension Docker {
    /// `tutti system resume`
    struct Resume: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS]",
            summary: "Start what was running when the machine went down and is to be started again",
            flags: [unit],
            arity: .none
        )

        private static let unit = Flag.toggle("--unit", "Print a systemd unit that does so at each boot")

        private let printsUnit: Bool

        init(_ arguments: Arguments) throws { printsUnit = arguments[Self.unit] }

        func run(_ session: Session) throws -> Int32 {
            guard !printsUnit else {
                try Console.print(BootUnit(session).text)
                return 0
            }
            let (engine, code) = (session.engine, ExitCode())
            try Foreground.wait(
                for: {
                    try await engine.resume { event in
                        guard case .container(let name) = event.resource else { return }
                        switch event.phase {
                        case .started: try? Console.print("\(name)\n")
                        case .error:
                            code.fail()
                            Console.note("Error: \((event.details ?? "").printable)")
                        case .warning: Console.note("\(Session.warningMark) \((event.details ?? "").printable)")
                        default: return
                        }
                    }
                },
                showing: SilentProgress()
            )
            return code.value
        }
    }
}

/// The systemd unit that starts containers at boot, and stops them when the machine goes down.
private struct BootUnit {
    private let command: String

    init(_ session: Session) {
        let program = NameLink.destination(of: "/proc/self/exe") ?? "/usr/local/bin/tutti"
        let root = session.root == .standard ? "" : " --root \(session.root.data)"
        command = "\(program)\(root) system"
    }

    /// The containers that it has started are in the unit's control group. They are stopped by a command of ours, as each wants to
    /// be: systemd would send SIGTERM to every process in them.
    var text: String {
        """
        [Unit]
        Description=Containers that are to run
        Wants=network-online.target
        After=network-online.target local-fs.target

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=\(command) resume
        ExecStop=\(command) suspend
        Delegate=yes
        TasksMax=infinity
        TimeoutStartSec=infinity
        TimeoutStopSec=90
        OOMPolicy=continue

        [Install]
        WantedBy=multi-user.target

        """
    }
}
