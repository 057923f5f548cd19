/// One mounted cgroup hierarchy, from a line of `/proc/self/mountinfo`.
struct CgroupMount {
    var path: String
    var root: String
    var controllers: [String]
    var isUnified: Bool

    init?(line: Substring) {
        let halves = line.split(separator: " - ", maxSplits: 1)
        guard halves.count == 2 else { return nil }
        let place = halves[0].split(separator: " ")
        let system = halves[1].split(separator: " ")
        guard place.count >= 5, system.count >= 3, system[0] == "cgroup" || system[0] == "cgroup2" else { return nil }
        path = String(place[4])
        root = String(place[3])
        isUnified = system[0] == "cgroup2"
        controllers = system[2].split(separator: ",").map(String.init)
    }

    /// Where the group that `/proc/self/cgroup` names is seen below this mount.
    func folder(for group: String) -> String {
        let inside = root != "/" && group.hasPrefix(root) ? String(group.dropFirst(root.count)) : group
        return inside == "/" || inside.isEmpty ? path : path + (inside.hasPrefix("/") ? inside : "/" + inside)
    }
}
