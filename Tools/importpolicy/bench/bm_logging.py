#!/usr/bin/env python3
"""What does pyperformance's own bm_logging cost under policies?

    pip install --target DIR pyperf
    pip download --no-deps pyperformance    # holds bm_logging/run_benchmark.py
    python3 Tools/importpolicy/bench/bm_logging.py --stock DIR --ours DIR \\
        --script run_benchmark.py --pyperf DIR

The instructions of one loop of it, from two processes that run it so often
that start-up does not count.  Two policies: one that grants pyperf every
capability and somebody else none, and one that denies by default.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
from bench.events import CAPABILITIES  # noqa: E402
from bench.instructions import prefix  # noqa: E402

CASES = "simple", "format", "silent"
LOOPS = 10, 60
POLICIES = {
    "no policy": None,
    "rules": {"$permissions": {
        "pyperf": dict.fromkeys(CAPABILITIES, True),
        "other": dict.fromkeys(CAPABILITIES, False)}},
    "default deny": {"$default": "deny", "$permissions": {
        "__main__": True, "pyperf": True}},
}


def count(python, script, pyperf, policy, case, loops):
    """The instructions of one process."""
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                   "PYTHONHASHSEED": "0", "PYTHONPATH": pyperf}
    if policy is not None:
        environment["PYTHONPOLICY"] = policy
    done = subprocess.run(
        [*prefix(), python, "-P", "-s", script, case, "--worker", "--pipe=2",
         "-w0", "-n1", f"-l{loops}"], env=environment, capture_output=True,
        text=True, stdin=subprocess.DEVNULL)
    refs = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode != 0 or refs is None:
        raise SystemExit(f"bm_logging: {python} failed:\n{done.stderr}")
    return int(refs[1].replace(",", ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in "stock", "ours", "script", "pyperf":
        parser.add_argument(f"--{name}", required=True,
                            type=lambda path: str(pathlib.Path(path)
                                                  .absolute()))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        def one(build, policy, case):
            path = None
            if POLICIES[policy] is not None:
                path = os.path.join(folder, f"{policy}.json")
                pathlib.Path(path).write_text(json.dumps(POLICIES[policy]),
                                              encoding="utf-8")
            few, many = (count(os.path.join(build, "python"), options.script,
                               options.pyperf, path, case, loops)
                         for loops in LOOPS)
            return (many - few) / (LOOPS[1] - LOOPS[0])

        for case in CASES:
            stock = one(options.stock, "no policy", case)
            for policy in POLICIES:
                ours = one(options.ours, policy, case)
                print(f"{case:8} {policy:14} {stock:12.0f} {ours:12.0f} "
                      f"x{ours / stock:.4f}", flush=True)


if __name__ == "__main__":
    main()
