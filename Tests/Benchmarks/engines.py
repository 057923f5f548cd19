"""The engines that are measured: how each is called, and what is started and ended around it."""

import json
import subprocess
import tempfile
import time
from pathlib import Path


class Engine:
    """A way to run Compose projects: how to call it, and what to start and end around it."""

    name = ""
    # How its Compose is called; nothing where it has none, and then it runs single containers only.
    compose = None

    def __init__(self, base):
        self.base = base
        self.environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(base),
            "LANG": "C.UTF-8",
        }
        base.mkdir(parents=True)

    def start(self):
        pass

    def stop(self):
        pass

    def call(self, *command, folder="/", fails=False):
        """Seconds that a command took; its output goes nowhere unless it fails."""
        with tempfile.TemporaryFile() as output:
            before = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
            code = process.wait()
            took = time.perf_counter() - before
            if code != 0 and not fails:
                output.seek(0)
                text = output.read().decode(errors="replace")[-600:]
                raise RuntimeError(f"{' '.join(command)}: exit {code}\n{text}")
        return took

    def run_once(self):
        """Seconds from the command to the end of a container that does nothing."""
        return self.call(*self.single, "run", "--rm", "busybox", "true")

    def log_command(self, lines):
        """Seconds that a container takes to write a file to its log."""
        self.call(*self.single, "rm", "--force", "writer", fails=True)
        before = time.perf_counter()
        mount = f"{lines}:/lines:ro"
        self.call(*self.single, "run", "--detach", "--name", "writer", "-v", mount, "busybox", "cat", "/lines")
        self.call(*self.single, "wait", "writer")
        took = time.perf_counter() - before
        self.call(*self.single, "rm", "--force", "writer")
        return took

    def install_image(self, archive):
        self.call(*self.single, "import", "--change", 'CMD ["sh"]', str(archive), "busybox:latest")

    def pss(self, *programs):
        """The proportional set size of all processes that run one of the programs, in bytes, and how many they are."""
        total = count = 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                # What the kernel calls it is cut at 15 letters.
                if (folder / "comm").read_text().strip() not in [program[:15] for program in programs]:
                    continue
                lines = (folder / "smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
            count += 1
        return total, count


class Tutti(Engine):
    name = "Tutti"
    monitors = ("tutti-monitor",)

    def __init__(self, base, programs):
        super().__init__(base)
        names = base / "bin"
        names.mkdir()
        for name in ("docker", "docker-compose"):
            (names / name).symlink_to(programs / "tutti")
        self.compose = [str(names / "docker-compose")]
        self.single = [str(names / "docker")]
        self.environment["TUTTI_ROOT"] = str(base / "root")


class Docker(Engine):
    name = "docker-compose, dockerd"
    monitors = ("containerd-shim-runc-v2", "docker-proxy")
    needs = ("/usr/sbin/dockerd", "/usr/bin/docker", "/usr/bin/docker-compose")

    def __init__(self, base):
        super().__init__(base)
        self.compose = ["/usr/bin/docker-compose"]
        self.single = ["/usr/bin/docker"]
        self.environment["DOCKER_HOST"] = f"unix://{base}/socket"
        self.daemon = None

    def start(self):
        options = ["--data-root", f"{self.base}/data", "--exec-root", f"{self.base}/exec", "--pidfile", f"{self.base}/pid"]
        with open(self.base / "log", "wb") as log:
            self.daemon = subprocess.Popen(
                ["/usr/sbin/dockerd", *options, "-H", self.environment["DOCKER_HOST"]], stdout=log, stderr=log
            )
        for _ in range(200):
            try:
                self.call(*self.single, "version")
                return
            except RuntimeError:
                time.sleep(0.1)
        raise RuntimeError("dockerd does not answer")

    def stop(self):
        if self.daemon:
            self.daemon.terminate()
            self.daemon.wait()


class Podman(Engine):
    name = "podman-compose"
    monitors = ("conmon",)
    needs = ("/usr/bin/podman", "/usr/bin/podman-compose", "/usr/sbin/runc")

    def __init__(self, base):
        super().__init__(base)
        self.compose = ["/usr/bin/podman-compose"]
        self.single = ["/usr/bin/podman"]
        containers, storage = base / "containers.conf", base / "storage.conf"
        containers.write_text(
            '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n'
            f'[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\ntmp_dir = "{base}/tmp"\n'
            f'[network]\nnetwork_config_dir = "{base}/networks"\n'
        )
        storage.write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{base}/data"\nrunroot = "{base}/run"\n')
        self.environment["CONTAINERS_CONF"] = str(containers)
        self.environment["CONTAINERS_STORAGE_CONF"] = str(storage)

    def install_image(self, archive):
        super().install_image(archive)
        # It knows the image by the name that it looks up first.
        self.call(*self.single, "tag", "busybox:latest", "docker.io/library/busybox:latest")


class Runc(Engine):
    """The runtime that the peers start containers with, by itself: a bundle, no image and no network."""

    name = "plain runc"
    monitors = ()
    needs = ("/usr/sbin/runc",)
    log_command = None

    def __init__(self, base):
        super().__init__(base)
        self.bundle = base / "bundle"
        (self.bundle / "rootfs").mkdir(parents=True)
        self.count = 0

    def install_image(self, archive):
        self.call("tar", "-xf", str(archive), "-C", str(self.bundle / "rootfs"))
        self.call("runc", "spec", folder=str(self.bundle))
        specification = self.bundle / "config.json"
        value = json.loads(specification.read_text())
        value["process"]["terminal"] = False
        value["process"]["args"] = ["true"]
        specification.write_text(json.dumps(value))

    def run_once(self):
        self.count += 1
        return self.call("runc", "--root", str(self.base / "state"), "run", f"once{self.count}", folder=str(self.bundle))
