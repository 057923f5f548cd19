import ComposeSpec
import Harness

/// A Compose file: it loads or it is refused, and what loads can be printed and explained.
let folder = inputFolder()
var options = LoaderOptions(workingDirectory: folder, environment: ["SET": "value", "EMPTY": "", "HOME": folder])
options.explains = true

fuzz { bytes in
    write(bytes, to: folder + "/compose.yaml")
    do throws(LoadError) {
        let loaded = try Loader(options: options).load()
        precondition(!loaded.json().isEmpty && !loaded.yaml().isEmpty)
    } catch {
        precondition(!error.description.isEmpty)
    }
    var raw = options
    raw.interpolates = false
    _ = try? Loader(options: raw).loadModel().yaml()
}
