import Glibc
import Monitor

exit(MonitorProgram.run(CommandLine.arguments))
