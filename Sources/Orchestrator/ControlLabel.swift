/// The labels by which containers, networks and volumes belong to a project, in Docker Compose's words.
///
/// They are written by a plan and never taken from an image, whose author could otherwise have our `down` delete
/// somebody else's containers.
public enum ControlLabel {
    /// What every one of them starts with.
    public static let prefix = "com.docker.compose."

    /// The project's name.
    public static let project = "com.docker.compose.project"
    /// The service's name.
    public static let service = "com.docker.compose.service"
    /// The edition of Compose whose grammar applied.
    public static let version = "com.docker.compose.version"
    /// The folder that the project was loaded from.
    public static let workingDirectory = "com.docker.compose.project.working_dir"
    /// The project's files, separated by commas.
    public static let configFiles = "com.docker.compose.project.config_files"
    /// The environment files that were named, separated by commas.
    public static let environmentFile = "com.docker.compose.project.environment_file"
    /// `True` for a container that `run` made, `False` for a replica.
    public static let oneOff = "com.docker.compose.oneoff"
    /// A replica's place, from 1.
    public static let containerNumber = "com.docker.compose.container-number"
    /// The hash of what a change would have to recreate it for.
    public static let configHash = "com.docker.compose.config-hash"
    /// What the service depends on: `service:condition:restart`, separated by commas.
    public static let dependsOn = "com.docker.compose.depends_on"
    /// The identifier of the image that was used.
    public static let image = "com.docker.compose.image"
    /// The name of the container that this one took the place of.
    public static let replaces = "com.docker.compose.replace"
    /// What tells one-off containers apart.
    public static let slug = "com.docker.compose.slug"
    /// The hook that a container was made for, such as `pre_start`.
    public static let hook = "com.docker.compose.hook"
    /// A network's key in the files.
    public static let network = "com.docker.compose.network"
    /// A volume's key in the files.
    public static let volume = "com.docker.compose.volume"

    /// The value of ``version``: the edition of Compose whose grammar and labels these are.
    public static let ownVersion = "5.0.0"

    /// What marks a volume that nobody named.
    public static let anonymousVolume = "com.docker.volume.anonymous"
}
