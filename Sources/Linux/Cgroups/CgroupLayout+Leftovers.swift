public import SystemPackage

extension CgroupLayout {
    /// The folders of a group by its name, whether or not it is there: for one of which nothing else is known.
    public func folders(named name: String) -> [FilePath] {
        switch self {
        case .unified(let hierarchy): [FilePath("\(hierarchy.root)/\(name)")]
        case .hierarchies(let parents): Set(parents.values).sorted().map { FilePath("\($0)/\(name)") }
        }
    }
}
