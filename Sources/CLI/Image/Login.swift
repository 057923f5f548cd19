import Images
import Linux
import SystemPackage

extension Docker {
    /// `docker login`
    struct Login: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] [SERVER]",
            summary: "Keep who one is at a registry",
            flags: [user, password, readsPassword],
            arity: .atMost(1)
        )

        private static let user = Flag<String?>.text("-u, --username", "Name of the user")
        private static let password = Flag<String?>.text("-p, --password", "Password, or a token in its place")
        private static let readsPassword = Flag.toggle("--password-stdin", "Read the password from standard input")

        private let arguments: Arguments

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            guard !arguments[Self.readsPassword] || arguments[Self.password] == nil else {
                throw UsageError.conflict("--password and --password-stdin are mutually exclusive")
            }
            guard !arguments[Self.readsPassword] || arguments[Self.user] != nil else {
                throw UsageError.conflict("Must provide --username with --password-stdin")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            let registry = arguments.positionals.first ?? ""
            let file = session.clientConfiguration
            if arguments[Self.password] != nil {
                Console.note("WARNING! Using --password via the CLI is insecure. Use --password-stdin.")
            }
            if arguments[Self.user] == nil, try logInAgain(registry, file) { return 0 }
            let user = try arguments[Self.user] ?? Self.ask("Username: ")
            let kept = try RegistryAccess.logIn(
                to: registry.isEmpty ? "docker.io" : registry,
                user: user,
                password: try password(),
                settings: .ofMachine(),
                keepingIn: file
            )
            if let file = kept.file {
                Console.note("\nWARNING! Your credentials are stored unencrypted in '\(file)'.")
                Console.note("Configure a credential helper to remove this warning.\n")
            }
            try Console.print("Login Succeeded\n")
            return 0
        }

        /// Whether what is kept from an earlier login is still good.
        private func logInAgain(_ registry: String, _ file: FilePath) throws -> Bool {
            let registry = registry.isEmpty ? "docker.io" : registry
            guard arguments[Self.password] == nil, try RegistryAccess.user(of: registry, in: file) != nil else {
                return false
            }
            try Console.print("Authenticating with existing credentials...\n")
            let access = RegistryAccess(settings: try .ofMachine(), credentials: Credentials(file: file))
            do {
                try access.checkLogin(to: registry)
            } catch let error as RegistryError {
                guard error.kind == .unauthorized else { throw error }
                Console.note("Login did not succeed, error: \(error.reason.printable)")
                return false
            }
            try Console.print("Login Succeeded\n")
            return true
        }

        private func password() throws -> String {
            if let password = arguments[Self.password] { return password }
            guard arguments[Self.readsPassword] else { return try Self.askSecretly("Password: ") }
            let text = try StandardStreams.readAll()
            return text.hasSuffix("\r\n") || text.hasSuffix("\n") ? String(text.dropLast()) : text
        }

        private static func ask(_ question: String) throws -> String {
            guard StandardStreams.inputIsTerminal else {
                throw Failure("cannot perform an interactive login from a non-TTY device")
            }
            try Console.print(question)
            let answer = (readLine() ?? "").filter { !$0.isWhitespace }
            guard !answer.isEmpty else { throw Failure("username is empty") }
            return answer
        }

        private static func askSecretly(_ question: String) throws -> String {
            guard StandardStreams.inputIsTerminal else {
                throw Failure("cannot perform an interactive login from a non-TTY device")
            }
            try Console.print(question)
            let before = try Terminal.hideInput(.standardInput)
            defer { before.restore(on: .standardInput) }
            let answer = readLine() ?? ""
            try Console.print("\n")
            guard !answer.isEmpty else { throw Failure("password is empty") }
            return answer
        }
    }

    /// `docker logout`
    struct Logout: Command {
        static let usage = Usage(
            synopsis: "[SERVER]",
            summary: "Forget who one is at a registry",
            arity: .atMost(1)
        )

        private let registry: String?

        init(_ arguments: Arguments) throws { registry = arguments.positionals.first }

        func run(_ session: Session) throws -> Int32 {
            let name = RegistryAccess.credentialsName(of: registry ?? "docker.io")
            guard try RegistryAccess.logOut(of: name, keptIn: session.clientConfiguration) else {
                try Console.print("Not logged in to \(name)\n")
                return 0
            }
            try Console.print("Removing login credentials for \(name)\n")
            return 0
        }
    }
}

extension Session {
    /// Docker's `config.json` of this user.
    var clientConfiguration: FilePath {
        clientFolder.map { OwnProcess.currentFolder.pushing(FilePath($0)).appending("config.json") }
            ?? Credentials.configurationFile
    }

    /// Who this user is at registries.
    var credentials: Credentials {
        clientFolder == nil ? .ofEnvironment() : Credentials(file: clientConfiguration)
    }
}
