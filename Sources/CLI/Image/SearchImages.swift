import Builder
import HTTP
import JSON
import Linux
import Storage
import SystemPackage

extension Docker {
    /// `docker search`
    struct Search: Command {
        static let usage = Usage(
            synopsis: "[OPTIONS] TERM",
            summary: "Search Docker Hub for images",
            flags: [DockerFlag.filter, DockerFlag.format, limit, DockerFlag.noTruncation],
            arity: .exactly(1)
        )

        private static let limit = Flag<Int?>.number("--limit", "How many results to show; 25 if nothing is said")

        private let arguments: Arguments
        private let filters: [String: [String]]

        init(_ arguments: Arguments) throws {
            self.arguments = arguments
            filters = try Docker.filters(arguments[DockerFlag.filter], known: ["is-official", "is-automated", "stars"])
            guard (0...100).contains(arguments[Self.limit] ?? 0) else {
                throw UsageError.conflict("limit \(arguments[Self.limit] ?? 0) is outside the range of [1, 100]")
            }
        }

        func run(_ session: Session) throws -> Int32 {
            let draft = try DraftFolder(in: session.engine.images.drafts)
            let file = try WebDownload.fetch(url, into: draft.path)
            let answer = try JSON.decode(Answer.self, from: WholeFile.read(file, limit: 4 << 20))
            _ = consume draft
            var listing = Listing(
                [
                    .init("Name", "NAME"), .init("Description", "DESCRIPTION"), .init("StarCount", "STARS"),
                    .init("IsOfficial", "OFFICIAL"),
                ],
                further: [.init("IsAutomated", "AUTOMATED")]
            )
            listing.rows = try answer.results.filter(isWanted).map(row)
            try Console.print(listing.text(arguments[DockerFlag.format]))
            return 0
        }

        /// A term may begin with the registry to search.
        private var url: String {
            let term = arguments.positionals[0]
            var (host, words) = ("index.docker.io", term[...])
            if let slash = term.firstIndex(of: "/"), term[..<slash].contains(where: { ".:".contains($0) }) {
                (host, words) = (String(term[..<slash]), term[term.index(after: slash)...])
            }
            let isHere = WebAddress("http://\(host)")?.isLoopback ?? false
            let limit = arguments[Self.limit].flatMap { $0 == 0 ? nil : $0 } ?? 25
            let query = WebAddress.form([("q", String(words)), ("n", "\(limit)")])
            return "\(isHere ? "http" : "https")://\(host)/v1/search?\(query)"
        }

        private func isWanted(_ result: Result) throws -> Bool {
            for (key, value) in [("is-official", result.isOfficial), ("is-automated", result.isAutomated ?? false)] {
                guard let wanted = filters[key]?.last else { continue }
                guard ["true", "1", "false", "0"].contains(wanted) else {
                    throw UsageError.conflict("invalid filter '\(key)=[\(wanted)]'")
                }
                guard value == ["true", "1"].contains(wanted) else { return false }
            }
            guard let stars = filters["stars"]?.last else { return true }
            guard let least = Int(stars) else { throw UsageError.conflict("invalid filter 'stars=[\(stars)]'") }
            return result.stars >= least
        }

        private func row(_ result: Result) -> JSONValue {
            let words = result.description.split { $0.isNewline }.joined(separator: " ")
            return [
                "Name": .string(result.name),
                "Description": .string(arguments[DockerFlag.noTruncation] ? words : words.ellipsis(45)),
                "StarCount": .string("\(result.stars)"),
                "IsOfficial": .string(result.isOfficial ? "[OK]" : ""),
                "IsAutomated": .string(result.isAutomated ?? false ? "[OK]" : ""),
            ]
        }
    }
}

/// What an index of images has found.
private struct Answer: Decodable {
    let results: [Result]
}

private struct Result: Decodable {
    let name: String
    let description: String
    let stars: Int
    let isOfficial: Bool
    let isAutomated: Bool?

    enum CodingKeys: String, CodingKey {
        case name, description
        case stars = "star_count"
        case isOfficial = "is_official"
        case isAutomated = "is_automated"
    }
}
