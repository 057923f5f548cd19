/// The flags of `tutti run`.
enum RunFlag {
    static let capAdd = Flag.list("--cap-add", "Add a capability", placeholder: "list")
    static let capDrop = Flag.list("--cap-drop", "Drop a capability", placeholder: "list")
    static let detach = Flag.toggle("-d, --detach", "Print the container's name and leave it running")
    static let entrypoint = Flag<String?>.text("--entrypoint", "Program in place of the image's")
    static let environment = Flag.list("-e, --env", "Variable of the environment: NAME=VALUE")
    static let environmentFile = Flag.list("--env-from-file", "File of variables")
    static let interactive = Flag.toggle("-i, --interactive", "Pass standard input", default: true)
    static let label = Flag.list("-l, --label", "Label: NAME=VALUE").named(also: "labels")
    static let name = Flag<String?>.text("--name", "Name of the container")
    static let noTerminal = Flag.toggle("-T, --no-tty", "Give the command no terminal").named(also: "no-TTY")
    static let terminal = Flag.toggle("-t, --tty", "Give the command a terminal", default: true).hidden
    static let publish = Flag.list("-p, --publish", "Publish a port")
    static let servicePorts = Flag.toggle("-P, --service-ports", "Publish the ports that the service publishes")
    static let quiet = Flag.toggle("-q, --quiet", "Show no progress")
    static let remove = Flag.toggle("--rm", "Remove the container when it ends")
    static let useAliases = Flag.toggle("--use-aliases", "Let the service's names resolve to the container")
    static let user = Flag<String?>.text("-u, --user", "User that the command runs as")
    static let volume = Flag.list("-v, --volume", "Mount a folder or a volume").named(also: "volumes")
    static let workingDirectory = Flag<String?>.text("-w, --workdir", "Folder that the command starts in")

    static let all: [any FlagDeclaration] = [
        CommonFlag.build, capAdd, capDrop, detach, entrypoint, environment, environmentFile, interactive, label, name,
        CommonFlag.noDependencies, noTerminal, terminal, publish, servicePorts, CommonFlag.pull, quiet,
        CommonFlag.quietBuild, CommonFlag.quietPull, CommonFlag.removeOrphans, remove, useAliases, user, volume,
        workingDirectory,
    ]
}
