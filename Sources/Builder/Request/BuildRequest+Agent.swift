public import SystemPackage

extension BuildRequest {
    /// Somebody who signs for the commands that mount an agent: `--ssh id[=socket|key[,key…]]`.
    public struct Agent: Hashable, Sendable {
        /// The name by which instructions mount it.
        public var id: String
        /// The socket of an agent, or files with private keys.
        public var paths: [FilePath]

        /// The value of these parts.
        public init(id: String, paths: [FilePath]) {
            self.id = id
            self.paths = paths
        }

        /// Reads `id[=path[,path…]]`. Without a path it is the agent that the caller uses.
        ///
        /// - Parameters:
        ///   - socket: What `SSH_AUTH_SOCK` says.
        ///   - folder: Where relative paths start.
        /// - Throws: ``BuilderError`` where the caller has no agent.
        public init(parsing text: String, socket: String?, folder: FilePath) throws {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            id = parts[0].isEmpty ? "default" : parts[0]
            paths = (parts.count > 1 ? parts[1] : "").split(separator: ",").map { folder.pushing(FilePath(String($0))) }
            guard paths.isEmpty else { return }
            guard let socket, !socket.isEmpty else {
                throw BuilderError(.badAgent(id, "SSH_AUTH_SOCK is not set, which says where the agent is"))
            }
            paths = [FilePath(socket)]
        }

        /// `id=path[,path…]` with absolute paths; a text without paths stays.
        ///
        /// - Parameters:
        ///   - folder: Where relative paths start.
        ///   - home: What `~/` stands for.
        public static func absolute(_ text: String, folder: FilePath, home: String?) -> String {
            guard let sign = text.firstIndex(of: "=") else { return text }
            let paths = text[text.index(after: sign)...].split(separator: ",").map { path in
                let home = path.hasPrefix("~/") ? home : nil
                return folder.pushing(FilePath(home.map { $0 + path.dropFirst() } ?? String(path))).string
            }
            return "\(text[..<sign])=\(paths.joined(separator: ","))"
        }
    }
}
