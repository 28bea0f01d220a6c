#!/usr/bin/env python3
"""What does the import policy cost?

    make bench                              a first impression, two minutes
    make bench BENCH="exec 'open and close'"        rows by name
    make bench BENCH="--all --json FILE"    everything, some hours

Compares a build of CPython alone with this one, without a policy and under
one of 100 entries: instructions by cachegrind, and with --times also times,
of processes that take turns.  --list names the rows and configurations.
"""

import argparse
import json
import os
import pathlib
import signal
import sys
import tempfile

from bench import (environments, guard, instructions, links, plot, results,
                   runtimes, timings)
from bench.configurations import CONFIGURATIONS, PEERS, SIZES, USUAL
from bench.configurations import with_bases
from bench.resident import resident
from bench.scene import Scene, Unavailable
from bench.verdicts import verdicts
from bench.workloads import QUICK, table

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tree(path):
    """A build tree that has been built."""
    path = os.path.abspath(path)
    if not os.access(os.path.join(path, "python"), os.X_OK):
        sys.exit(f"bench: there is no interpreter in {path}; build it first")
    return path


class Bench:
    """One run: the rows that were asked for, in the configurations that
    were."""

    def __init__(self, scene, found, arguments):
        self.scene = scene
        self.found = found
        self.names = with_bases(arguments.configurations)
        self.wanted = arguments.configurations
        self.number = arguments.generations
        self.times = arguments.times
        self.links = arguments.links
        self.counter = None
        if arguments.count:
            try:
                self.counter = instructions.Counter(scene, arguments.runs,
                                                    arguments.seeds,
                                                    arguments.links)
            except instructions.Missing as e:
                found.skip("instructions", "all", e)

    def compare(self, workload, unit, figures):
        """Rows for {configuration: [figure of each link]}."""
        for name in self.wanted:
            base = CONFIGURATIONS[name].than
            if name in figures and base in figures:
                self.found.add(workload, name, unit, links.compared(
                    figures[base], figures[name]))

    def figures(self, workload, measure):
        """{configuration: measure(configuration)}, where it can be had."""
        figures = {}
        for name in self.names:
            try:
                figures[name] = measure(name)
            except Unavailable as e:
                self.found.skip(workload.name, name, e)
        return figures

    def count(self, workload):
        self.compare(workload, "instructions", self.figures(
            workload, lambda name: self.counter.workload(name, workload)))
        self.found.spread = self.counter.spread

    def time(self, workload):
        able = self.figures(workload, lambda name: self.scene.run(
            name, workload, *["2"] * bool(workload.times)))
        rounds = timings.generations(self.scene, list(able), workload,
                                     self.number)
        for clock, unit in enumerate(("ns", "ns processor")):
            for name in self.wanted:
                base = CONFIGURATIONS[name].than
                if name in able and base in able:
                    row = timings.summary(rounds, base, name, clock)
                    if row:
                        self.found.add(workload, name, unit, row)

    def measure(self, workload):
        print(f"bench: {workload.name}", file=sys.stderr, flush=True)
        if workload.section == "memory":
            able = self.figures(workload, lambda name: self.scene.run(
                name, workload))
            self.compare(workload, "KiB", resident(
                self.scene, list(able), workload, self.links))
            return
        if self.counter and workload.is_counted:
            self.count(workload)
        if self.times and workload.is_timed:
            self.time(workload)


def parse():
    parser = argparse.ArgumentParser(
        description="what the import policy costs, against CPython")
    parser.add_argument("rows", nargs="*", metavar="ROW",
                        help="what to measure (see --list; a section's name "
                             "stands for all of it)")
    parser.add_argument("--stock", metavar="DIR",
                        help="a build of CPython alone")
    parser.add_argument("--ours", metavar="DIR", help="this build")
    parser.add_argument("--list", action="store_true",
                        help="name rows and configurations")
    parser.add_argument("--all", action="store_true",
                        help="all rows in all configurations, with times "
                             "and the other runtimes")
    parser.add_argument("--in", dest="only", action="append", metavar="NAME",
                        help="only in this configuration, and any others "
                             "that are given so")
    parser.add_argument("--times", action="store_true",
                        help="times as well")
    parser.add_argument("--no-count", dest="count", action="store_false",
                        help="no instructions")
    parser.add_argument("--peers", action="store_true",
                        help="what people would use instead as well")
    parser.add_argument("--sizes", action="store_true",
                        help="policies of 1 and of 10,000 entries as well")
    parser.add_argument("--lock", action="store_true",
                        help="a policy with a lock as well")
    parser.add_argument("--runtimes", action="store_true",
                        help="the permissions of Node and Deno as well, from "
                             "the npm registry")
    parser.add_argument("--generations", type=int, metavar="N", default=9,
                        help="how often processes take turns (9)")
    parser.add_argument("--runs", type=int, metavar="N", default=1,
                        help="how often instructions are counted (1)")
    parser.add_argument("--seeds", type=int, metavar="N", default=1,
                        help="with how many seeds of chance (hashes, and what "
                             "lies where in memory) at least, dealt to the "
                             "links; what is in the middle counts (1)")
    parser.add_argument("--links", type=int, metavar="N",
                        help="with how many links of each build, which differ "
                             "in where their data lie; the mean counts (12 "
                             "for start-up, requests, pytest and memory, "
                             "else 1)")
    parser.add_argument("--json", metavar="FILE", help="write the results")
    parser.add_argument("--rst", metavar="FILE",
                        help="write them as tables for the documentation")
    parser.add_argument("--plot", metavar="DIR", help="draw them, as SVG")
    parser.add_argument("--from", dest="source", metavar="FILE", nargs="+",
                        help="measure nothing, show what --json has written")
    parser.add_argument("--profile", metavar="CONFIGURATION",
                        help="show the functions that execute more than in "
                             "CPython")
    parser.add_argument("--guard", action="store_true",
                        help="compare six counts with bench/ceilings.txt; "
                             "exit with 1 when one is above")
    parser.add_argument("--check", action="store_true",
                        help="exit with 1 when a goal is missed")
    arguments = parser.parse_args()
    if arguments.generations < timings.GENERATIONS:
        parser.error(f"at least {timings.GENERATIONS} generations, or it is "
                     "chance that is measured")
    if arguments.links is not None and arguments.links < 1:
        parser.error("at least one link")
    if arguments.all:
        arguments.times = arguments.peers = arguments.sizes = True
        arguments.lock = arguments.runtimes = True
    arguments.configurations = arguments.only or [
        *USUAL, *SIZES * arguments.sizes, *PEERS * arguments.peers,
        *["policy, locked"] * arguments.lock]
    for name in [*arguments.configurations, arguments.profile or "policy"]:
        if name not in CONFIGURATIONS:
            parser.error(f"no configuration {name!r}; see --list")
    return parser, arguments


def chosen(parser, arguments):
    rows = table()
    if arguments.all:
        return list(rows.values())
    names = arguments.rows or QUICK
    unknown = [name for name in names if name not in rows and not any(
        row.section == name for row in rows.values())]
    if unknown:
        parser.error(f"no row or section {unknown[0]!r}; see --list")
    return [row for row in rows.values()
            if row.name in names or row.section in names]


def show_list():
    for name, row in table().items():
        print(f"{row.section:14} {name}")
    print("\nconfigurations:", *CONFIGURATIONS, sep="\n    ")


def profile(scene, name, workload):
    base = CONFIGURATIONS[name].than
    print(f"\n{workload.name}, {name}: instructions more than {base}")
    for more, function in instructions.grown(scene, base, name, workload,
                                             30):
        print(f"  {more:+14,}  {function}")


def measure(arguments, workloads):
    """Everything that was asked for; returns results as JSON has them."""
    trees = {"stock": tree(arguments.stock), "ours": tree(arguments.ours)}
    if len(trees["stock"]) != len(trees["ours"]):
        print("bench: the trees' paths differ in length; that shows in "
              "start-up", file=sys.stderr)
    pythons = {build: os.path.join(path, "python")
               for build, path in trees.items()}
    homes = None
    if any(workload.packages for workload in workloads):
        homes = {"stock": ROOT / "build/bench/cpy",
                 "ours": ROOT / "build/bench/our"}
        for build, folder in homes.items():
            environments.made(pythons[build], folder)
    # Whoever ends it, what it has made is removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended"))
    with (tempfile.TemporaryDirectory(prefix="bench-") as folder,
          Scene(folder, trees, homes) as scene):
        scene.compile("imports.py", table()["start-up"])
        if arguments.guard:
            sys.exit(guard.guard(scene))
        if arguments.profile:
            for workload in workloads:
                profile(scene, arguments.profile, workload)
            sys.exit()
        found = results.Results(pythons)
        bench = Bench(scene, found, arguments)
        for workload in workloads:
            bench.measure(workload)
            if arguments.json:      # what there is, should this be stopped
                found.write(arguments.json)
        if arguments.runtimes:
            runtimes.measure(found, ROOT / "build/bench", scene,
                             arguments.generations)
    return found.json()


def main():
    """Parse the arguments, measure, show."""
    parser, arguments = parse()
    if arguments.list:
        return show_list()
    if arguments.source:
        found = results.merged([
            json.loads(pathlib.Path(source).read_text(encoding="utf-8"))
            for source in arguments.source])
    elif arguments.stock and arguments.ours:
        found = measure(arguments, chosen(parser, arguments))
    else:
        parser.error("--stock and --ours, or --from")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(
            json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(results.text(found))
    if arguments.rst:
        pathlib.Path(arguments.rst).write_text(results.rst(found),
                                               encoding="utf-8")
    if arguments.plot:
        plot.draw(found, arguments.plot, ROOT / "build/bench")
    missed = [name for name, *_, met in verdicts(found) if not met]
    return 1 if missed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
