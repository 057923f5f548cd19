import ComposeSpec
import Harness

/// A file of variables, read by each of the two grammars.
let folder = inputFolder()
let text = """
    services:
      plain: {image: "$IMAGE", env_file: [input.env]}
      raw: {image: x, env_file: [{path: input.env, format: raw}]}
    """
write(Array(text.utf8), to: folder + "/compose.yaml")
var options = LoaderOptions(workingDirectory: folder, environment: ["SET": "value", "EMPTY": ""])
options.environmentFiles = ["input.env"]

fuzz { bytes in
    write(bytes, to: folder + "/input.env")
    do throws(LoadError) {
        let loaded = try Loader(options: options).load()
        precondition(!loaded.json().isEmpty)
    } catch {
        precondition(!error.description.isEmpty)
    }
}
