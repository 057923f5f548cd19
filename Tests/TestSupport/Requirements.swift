import Glibc
public import Testing

extension Tag {
    /// Needs root: namespaces, mounts, networks.
    @Tag public static var root: Self
}

extension Trait where Self == ConditionTrait {
    /// Runs only as root. Without root the test is reported as skipped, with this reason.
    public static var requiresRoot: Self {
        .enabled("needs root: namespaces, mounts and networks") { geteuid() == 0 }
    }
}
