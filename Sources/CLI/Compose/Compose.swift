/// The commands of Compose's grammar, one a file.
enum Compose {}

/// A command of Compose's grammar: it takes `--dry-run` after its name as well.
protocol ComposeCommand: Command {}
