/// The labels by which containers, networks and volumes belong to a project, in Docker Compose's words.
///
/// They are written by a plan and never taken from an image, whose author could otherwise have our `down` delete
/// somebody else's containers.
public enum ControlLabel {
    /// What every one of them starts with.
    public static let prefix = "com.docker.compose."

    public static let project = "com.docker.compose.project"
    public static let service = "com.docker.compose.service"
    public static let version = "com.docker.compose.version"
    public static let workingDirectory = "com.docker.compose.project.working_dir"
    public static let configFiles = "com.docker.compose.project.config_files"
    public static let environmentFile = "com.docker.compose.project.environment_file"
    public static let oneOff = "com.docker.compose.oneoff"
    public static let containerNumber = "com.docker.compose.container-number"
    public static let configHash = "com.docker.compose.config-hash"
    public static let dependsOn = "com.docker.compose.depends_on"
    public static let image = "com.docker.compose.image"
    public static let replaces = "com.docker.compose.replace"
    public static let slug = "com.docker.compose.slug"
    public static let network = "com.docker.compose.network"
    public static let volume = "com.docker.compose.volume"

    /// The value of ``version``: the edition of Compose whose grammar and labels these are.
    public static let ownVersion = "5.0.0"

    /// What marks a volume that nobody named.
    public static let anonymousVolume = "com.docker.volume.anonymous"
}
