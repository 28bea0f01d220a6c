#!/usr/bin/env python3
"""What does the import policy cost?

    python3 Tools/importpolicy/bench.py --stock DIR --ours DIR

compares a stock build with ours, without a policy and under one of 50
entries: instructions for whole processes and single operations, and paired
timings of the operations.  The build trees should have paths of equal length
(their length shows in start-up).  Prints a table and whether the goals are
met; the exit status tells only with --check.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile

from bench import events, files, instructions, timings
from bench.scene import Scene

# Row, which figure of it, and what it may be at most.
GOALS = {
    "processes": {
        "start-up, no policy": ("ratio", 1.002),
        "start-up, 50 entries": ("ratio", 1.010),
        "200 first imports, 50 entries": ("ratio", 1.015),
    },
    "timings": {
        "import, unrestricted, 50 entries": ("ratio", 1.05),
        "import, restricted, depth 50, 50 entries": ("more", 150.0),
        "os.environ, depth 5, 50 entries": ("ratio", 1.2),
    },
    "files": {
        "open and close, rules for others": ("ratio", 1.05),
        "open and close, 1 target": ("ratio", 1.05),
        "open and close, 10,000 targets": ("ratio", 1.05),
    },
    "allowed": {
        "id, rules": ("ratio", 1.02),
        "id, targets": ("ratio", 1.02),
        "exec, rules": ("ratio", 1.05),
        "exec, targets": ("ratio", 1.05),
        "event that no rule names, rules": ("ratio", 1.02),
        "event that no rule names, targets": ("ratio", 1.02),
        "logging, simple, rules": ("ratio", 1.01),
        "logging, formatted, rules": ("ratio", 1.01),
        "logging, silent, rules": ("ratio", 1.01),
        "logging, simple, targets": ("ratio", 1.01),
        "logging, formatted, targets": ("ratio", 1.01),
        "logging, silent, targets": ("ratio", 1.01),
    },
    "allowed_time": {
        "open and close, rules": ("ratio", 1.05),
        "open and close, targets": ("ratio", 1.05),
        "os.open and os.close, rules": ("ratio", 1.05),
        "os.open and os.close, targets": ("ratio", 1.05),
        "connect, stream, rules": ("ratio", 1.03),
        "connect, stream, targets": ("ratio", 1.03),
        "connect, datagram, rules": ("ratio", 1.03),
        "connect, datagram, targets": ("ratio", 1.03),
    },
}


def executable(path):
    """The interpreter of a build tree, or the one that is named."""
    path = pathlib.Path(path).absolute()
    if path.is_dir():
        path /= "python"
    if not os.access(path, os.X_OK):
        sys.exit(f"bench: {path} is not there; build it first")
    return str(path)


def complete(rows):
    """Add ratios and differences to rows of counts."""
    for row in rows.values():
        row["ratio"] = row["ours"] / row["stock"]
        row["more"] = row["ours"] - row["stock"]
    return rows


def judge(results):
    """[(section, row, figure, goal, value or None, met)]."""
    verdicts = []
    for section, goals in GOALS.items():
        for row, (figure, goal) in goals.items():
            value = results[section].get(row, {}).get(figure)
            verdicts.append((section, row, figure, goal, value,
                             value is not None and value <= goal))
    return verdicts


def show(results, verdicts):
    """The table."""
    goals = {(section, row): (figure, goal, met)
             for section, row, figure, goal, _, met in verdicts}
    for section, title, unit in [
            ("processes", "Instructions, whole processes", "13,.0f"),
            ("operations", "Instructions, one operation", "13,.1f"),
            ("timings", "Nanoseconds, one operation (paired)", "13,.1f"),
            ("files", "Nanoseconds, files (paired)", "13,.1f"),
            ("allowed", "Instructions, one that is allowed", "13,.1f"),
            ("allowed_time", "Processor time, one that is allowed, in ns",
             "13,.1f")]:
        rows = results[section]
        if not rows:
            continue
        print(f"\n{title:51}{'stock':>13}{'ours':>13}{'more':>13}"
              f"{'ratio':>9}")
        for name, row in rows.items():
            line = f"  {name:49}" + "".join(
                f"{row[figure]:{unit}}" for figure in
                ("stock", "ours", "more")) + f"{row['ratio']:9.5f}"
            if (section, name) in goals:
                figure, goal, met = goals[section, name]
                line += (f"  {'PASS' if met else 'MISS'} "
                         f"({figure} at most {goal:g})")
            print(line)
    if results["processes"]:
        print(f"\nEqual runs differed by at most "
              f"{results['spread'] * 1e6:.1f} ppm of instructions.")


def count(results, scene, allowed, arguments):
    """What is counted in instructions."""
    counter = instructions.Counter(scene, 1 if arguments.quick else 2)
    if not arguments.allowed:
        results["processes"] = complete(instructions.processes(counter))
    if not arguments.quick:
        counter.runs = 1
        results["allowed"] = complete(events.instructions(allowed, counter))
        if not arguments.allowed:
            results["operations"] = complete(
                instructions.operations(counter))
    results["spread"] = counter.spread


def measure(arguments):
    """Everything that can be measured here."""
    python = {"stock": executable(arguments.stock),
              "ours": executable(arguments.ours)}
    if len(python["stock"]) != len(python["ours"]):
        print("bench: the trees' paths differ in length; that shows in "
              "start-up", file=sys.stderr)
    quick = arguments.quick
    results = {"python": python, "processes": {}, "operations": {},
               "timings": {}, "files": {}, "allowed": {}, "allowed_time": {},
               "rounds": []}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        scene = Scene(folder, python)
        scene.compile()
        allowed = events.Events(scene)
        try:
            count(results, scene, allowed, arguments)
        except instructions.Missing as e:
            print(f"bench: no instructions are counted: {e}",
                  file=sys.stderr)
        if not arguments.allowed:
            found = timings.rounds(scene, *(3, 5, 500) if quick
                                   else (21, 20, 2000))
            results["timings"] = timings.summary(found)
            results["files"] = files.summary(files.rounds(
                files.Files(scene), *(3, 10, 200) if quick
                else (15, 40, 500)))
            results["rounds"] = [
                {f"{build}{', policy' * with_policy}": cases
                 for (build, with_policy), cases in r.items()}
                for r in found]
        results["allowed_time"] = events.summary(events.rounds(
            allowed, *(3, 5, 500) if quick else (15, 20, 2000)))
    return results


def main():
    """Parse the arguments, measure, show."""
    parser = argparse.ArgumentParser(
        description="what the import policy costs, against a stock build")
    parser.add_argument("--stock", required=True, metavar="DIR",
                        help="the stock build tree (or its interpreter)")
    parser.add_argument("--ours", required=True, metavar="DIR",
                        help="our build tree (or its interpreter)")
    parser.add_argument("--json", metavar="FILE", help="write the results")
    parser.add_argument("--quick", action="store_true",
                        help="fewer runs; for a first impression")
    parser.add_argument("--allowed", action="store_true",
                        help="only what is allowed: files, network, "
                             "environment, events, logging")
    parser.add_argument("--check", action="store_true",
                        help="exit with 1 when a goal is missed or was not "
                             "measured")
    arguments = parser.parse_args()
    results = measure(arguments)
    verdicts = judge(results)
    results["goals"] = [
        dict(zip(("section", "row", "figure", "goal", "value", "met"), v))
        for v in verdicts]
    show(results, verdicts)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(
            json.dumps(results, indent=1) + "\n", encoding="utf-8")
    missed = [v for v in verdicts if not v[-1]]
    print(f"{len(verdicts) - len(missed)} of {len(verdicts)} goals met.")
    return 1 if missed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
