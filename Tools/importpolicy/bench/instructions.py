"""Instructions, as cachegrind counts them.

They do not depend on the machine's load.  With the addresses fixed (setarch
-R), the hash seed and the environment too, equal runs are equal; the spread
that was seen is printed all the same.
"""

import re
import shutil

from bench.scene import CASES, OPERATIONS

TIMES = 500, 2500


class Missing(Exception):
    """A program that is needed is not installed."""


def prefix():
    """What goes before the interpreter's command."""
    for program, package in ("valgrind", "valgrind"), ("setarch",
                                                       "util-linux"):
        if shutil.which(program) is None:
            raise Missing(f"{program} is not installed (apt-get install "
                          f"{package})")
    return ["setarch", "-R", "valgrind", "--tool=cachegrind",
            "--cache-sim=no", "--cachegrind-out-file=/dev/null"]


class Counter:
    """Counts, and remembers by how much equal runs differed."""

    def __init__(self, scene, runs):
        self.scene = scene
        self.runs = runs
        self.before = prefix()
        self.spread = 0.0

    def count(self, build, with_policy, *program):
        """The smallest of the runs' numbers of instructions."""
        return self.number(lambda before: self.scene.run(
            build, with_policy, *program, before=before))

    def number(self, run):
        """The same for any function that runs a process behind a command."""
        found = []
        for _ in range(self.runs):
            _, log = run(self.before)
            refs = re.search(r"I\s+refs:\s+([\d,]+)", log)
            found.append(int(refs[1].replace(",", "")))
        self.spread = max(self.spread, max(found) / min(found) - 1)
        return min(found)

    def pair(self, with_policy, *program):
        """{build: instructions}."""
        return {build: self.count(build, with_policy, *program)
                for build in self.scene.python}


def processes(counter):
    """Whole processes: {row: {build: instructions}}."""
    rows = {}
    for with_policy in False, True:
        what = "50 entries" if with_policy else "no policy"
        start = counter.pair(with_policy, "-c", "pass")
        imports = counter.pair(with_policy, "imports.py")
        rows[f"start-up, {what}"] = start
        rows[f"200 first imports, {what}"] = {
            build: imports[build] - start[build] for build in start}
    return rows


def operations(counter):
    """One operation, from two loops of different length: the same form."""
    rows = {}
    for with_policy in False, True:
        what = "50 entries" if with_policy else "no policy"
        for case in CASES:
            short, long = (counter.pair(with_policy, "timings.py", case,
                                        str(times)) for times in TIMES)
            rows[f"{case}, {what}"] = {
                build: (long[build] - short[build])
                / (TIMES[1] - TIMES[0]) / OPERATIONS for build in short}
    return rows
