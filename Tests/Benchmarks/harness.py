"""What all comparisons share: namespaces to run them in, rows of times, the table, and leaving nothing behind."""

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from engines import Docker, Podman, Runc, Tutti

REPOSITORY = Path(__file__).resolve().parents[2]
INSIDE = "TUTTI_BENCHMARK_INSIDE"


class Rows:
    """Rows by name, each with the values of each engine. Most are seconds."""

    def __init__(self, engines, base, options):
        self.engines, self.base, self.options = engines, base, options
        self.rows = {}
        self.failures = []

    def wants(self, row):
        return not self.options.rows or any(word in row for word in self.options.rows.split(","))

    def note(self, row, engine, value):
        self.rows.setdefault(row, {}).setdefault(engine.name, []).append(value)

    def time(self, row, engine, *command, folder="/"):
        """Notes how long a command takes, with all of its words; a failure is told at the end."""
        if not self.wants(row):
            return
        try:
            self.note(row, engine, engine.call(*command, folder=folder))
        except RuntimeError as error:
            self.failures.append(f"{engine.name}: {error}")

    def table(self):
        first, *peers = self.engines
        head = [first.name] + [cell for peer in peers for cell in (peer.name, "ratio")]
        print("| | " + " | ".join(head) + " |")
        print("|---" + "|---:" * len(head) + "|")
        for row, times in self.rows.items():
            own = statistics.median(times[first.name]) if first.name in times else None
            cells = [text(row, own) if own else "–"]
            for peer in peers:
                value = statistics.median(times[peer.name]) if peer.name in times else None
                ratio = (own / value if row.startswith("log") else value / own) if value and own else None
                cells += [text(row, value) if value else "–", f"{ratio:.1f}" if ratio else "–"]
            print(f"| {row} | " + " | ".join(cells) + " |")
        for failure in dict.fromkeys(self.failures):
            print(f"\nfailed: {failure}", file=sys.stderr)


def text(row, value):
    """A value in the row's unit."""
    if "memory" in row:
        return f"{value / 1e6:.2f} MB"
    return f"{value / 1e6:.0f} MB/s" if row.startswith("log") else f"{value * 1e3:.1f} ms"


def enter_namespaces():
    """Starts this program again in namespaces of its own; all that it leaves running ends with it."""
    os.environ[INSIDE] = "1"
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    os.execvp(command[0], command + [sys.executable, *sys.argv])


def chosen_engines(options, base, peers=(("docker", Docker), ("podman", Podman), ("runc", Runc))):
    """The engines that are asked for and installed, Tutti first."""
    wanted = options.only.split(",")
    engines = [Tutti(base / "tutti", options.programs.resolve())] if "tutti" in wanted else []
    for name, peer in peers:
        if name in wanted and all(map(os.path.exists, peer.needs)):
            engines.append(peer(base / name))
    return engines


def make_busybox(base):
    """An archive with the one image that engines start from."""
    archive = base / "busybox.tar"
    with open(archive, "wb") as output:
        script = REPOSITORY / "compose-samples/base-images"
        subprocess.run([script, "--archive", "busybox"], stdout=output, check=True)
    return archive


def each_engine(engines, archive, measure):
    """Starts engines one after the other, gives each the image, and measures it."""
    for engine in engines:
        print(f"{engine.name} …", file=sys.stderr, flush=True)
        engine.start()
        try:
            if archive:
                engine.install_image(archive)
            measure(engine)
        finally:
            engine.stop()


def run(body):
    """Runs a comparison in namespaces and a folder of its own, and takes away what it leaves."""
    if os.geteuid() != 0:
        sys.exit("needs root")
    if INSIDE not in os.environ:
        enter_namespaces()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    base = Path(tempfile.mkdtemp(prefix="tutti-benchmark-", dir="/tmp"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        body(base)
    finally:
        for mount in reversed(Path("/proc/self/mountinfo").read_text().splitlines()):
            point = mount.split()[4]
            if point.startswith(str(base)):
                subprocess.run(["umount", "--lazy", point], check=False)
        shutil.rmtree(base, ignore_errors=True)
        remove_control_groups()


def remove_control_groups():
    """What the peers leave of their control groups."""
    groups = Path("/sys/fs/cgroup")
    for folder in sorted(groups.glob("*/docker")) + sorted(groups.glob("*/libpod_parent")):
        for inner, _, _ in os.walk(folder, topdown=False):
            try:
                os.rmdir(inner)
            except OSError:
                pass
