extension Action {
    /// What the action works on, as progress shows it.
    var resource: Event.Resource? {
        switch self {
        case .pullImage(let pull), .pullOrBuildImage(let pull, _): .image(pull.reference)
        case .buildImage(let build): .image(build.image)
        case .pushImage(let push): .image(push.reference)
        case .removeImage(let reference): .image(reference)
        case .createNetwork(let request): .network(request.name)
        case .removeNetwork(let name): .network(name)
        case .createVolume(let request): .volume(request.name)
        case .removeVolume(let name): .volume(name)
        case .createContainer(let request): .container(request.replacedName ?? request.name)
        case .renameContainer(_, let name): .container(name)
        case .startContainer(let container), .stopContainer(let container, _), .killContainer(let container, _),
            .pauseContainer(let container), .resumeContainer(let container), .removeContainer(let container, _),
            .runHook(let container, _):
            .container(container.name)
        case .awaitContainer(let wish): .container(wish.container.name)
        case .runContainer(let request): .container(request.name)
        }
    }

    /// What is reported when it begins and when it has succeeded.
    var events: (begin: Event?, end: Event?) {
        guard let resource, let phases else { return (nil, nil) }
        return (phases.begin.map { Event(resource, $0) }, phases.end.map { Event(resource, $0) })
    }

    private var phases: (begin: Event.Phase?, end: Event.Phase?)? {
        switch self {
        case .pullImage, .pullOrBuildImage: (.pulling, .pulled)
        case .buildImage: (.building, .built)
        case .pushImage: (.pushing, .pushed)
        case .createNetwork, .createVolume: (.creating, .created)
        // A replaced container is one line from "Recreate" to "Recreated", whatever happens in between.
        case .createContainer(let request): request.replacedName == nil ? (.creating, .created) : (.recreate, nil)
        case .renameContainer: (nil, .recreated)
        case .startContainer: (.starting, .started)
        case .stopContainer: (.stopping, .stopped)
        case .killContainer: (.killing, .killed)
        case .pauseContainer: (.pausing, .paused)
        case .resumeContainer: (.resuming, .resumed)
        case .removeContainer, .removeImage, .removeNetwork, .removeVolume: (.removing, .removed)
        case .awaitContainer(let wish): (.waiting, wish.condition == .completed ? .exited : .healthy)
        case .runHook: nil
        case .runContainer: (.starting, .exited)
        }
    }
}
