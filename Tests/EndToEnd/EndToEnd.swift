import TestSupport
import Testing

/// The programs, from outside: what a user types, and what he then sees.
///
/// One test at a time: they look at the machine before and after, for what was left behind.
@Suite(.tags(.root), .requiresRoot, .serialized, .timeLimit(.minutes(10))) struct EndToEnd {}
