"""Instructions, as cachegrind counts them.

They do not depend on the machine's load.  With the addresses fixed (setarch
-R), the hash seed and the environment too, equal runs are equal; the spread
that was seen is reported all the same.
"""

import collections
import os
import re
import shutil
import statistics
import tempfile

from bench.workloads import Workload

TOTAL = re.compile(r"I\s+refs:\s+([\d,]+)")


class Missing(Exception):
    """A program that is needed is not installed."""


def prefix(out="/dev/null"):
    """What goes before the interpreter's command."""
    for program, package in ("valgrind", "valgrind"), ("setarch",
                                                       "util-linux"):
        if shutil.which(program) is None:
            raise Missing(f"{program} is not installed (apt-get install "
                          f"{package})")
    return ["setarch", "-R", "valgrind", "--tool=cachegrind",
            "--cache-sim=no", f"--cachegrind-out-file={out}"]


def starting(workload):
    """What `-c pass` takes, for the same policy in the same environment."""
    return Workload("starting", "process", ("-c", "pass"),
                    packages=workload.packages, users=workload.users)


class Counter:
    """Counts, and remembers by how much equal runs differed."""

    def __init__(self, scene, runs=1, seeds=1, links=None):
        self.scene = scene
        self.runs = runs
        self.seeds = seeds
        self.links = links      # None: as many as each workload says
        self.before = prefix()
        self.spread = None
        self.known = {}

    def count(self, name, workload, *arguments):
        """The smallest of the runs' numbers of instructions; what has been
        counted before is known."""
        key = (name, workload.program, workload.users, arguments,
               self.scene.seed, self.scene.link)
        if key not in self.known:
            self.scene.run(name, workload, *arguments)  # what is cached
            found = []
            for _ in range(self.runs):
                done = self.scene.run(name, workload, *arguments,
                                      before=self.before)
                total = TOTAL.search(done.stderr)[1]
                found.append(int(total.replace(",", "")))
            if self.runs > 1:
                self.spread = max(self.spread or 0.0,
                                  max(found) / min(found) - 1)
            self.known[key] = min(found)
        return self.known[key]

    def workload(self, name, workload):
        """[what the workload's figure is in this configuration], one for each
        link.  The seeds are dealt to the links."""
        links = self.links or workload.links
        seeds = max(self.seeds, workload.seeds)
        try:
            found = []
            for self.scene.link in range(links):
                dealt = range(self.scene.link, seeds, links)
                found.append(self.linked(name, workload, dealt or [0]))
            return found
        finally:
            self.scene.link = self.scene.seed = 0

    def linked(self, name, workload, seeds):
        """The figure of one link: in the middle of those with different
        seeds, which tell what hashes strings have and what lies where
        (scene.ballast())."""
        found = []
        for self.scene.seed in seeds:
            found.append(self.figure(name, workload))
        return statistics.median(found)

    def figure(self, name, workload):
        if workload.times:
            short, long = workload.times
            return (self.count(name, workload, str(long))
                    - self.count(name, workload, str(short))) / (long - short)
        total = self.count(name, workload)
        if workload.minus_start:
            total -= self.count(name, starting(workload))
        return total


def executed(scene, name, workload, *arguments):
    """{function: instructions of its own} of one run."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        scene.run(name, workload, *arguments)
        scene.run(name, workload, *arguments, before=prefix(out))
        found, function = collections.Counter(), None
        with open(out, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("fn="):
                    function = line[3:].strip()
                elif line[0].isdigit():
                    found[function] += int(line.split()[1])
    return found


def functions(scene, name, workload):
    """The same of what the workload's figure is made of."""
    if not workload.times:
        return executed(scene, name, workload)
    short, long = workload.times
    found = executed(scene, name, workload, str(long))
    found.subtract(executed(scene, name, workload, str(short)))
    return collections.Counter({function: round(count / (long - short))
                                for function, count in found.items()})


def grown(scene, base, name, workload, number=10):
    """The functions that execute more than in another configuration:
    [(instructions more, function)], the largest first."""
    before = functions(scene, base, workload)
    after = functions(scene, name, workload)
    after.subtract(before)
    return [(more, function) for function, more in after.most_common(number)]
