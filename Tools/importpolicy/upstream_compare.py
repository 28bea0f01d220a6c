#!/usr/bin/env python3
"""Do upstream's own tests give the same results here as on a stock build?

    python3 Tools/importpolicy/upstream_compare.py --stock DIR --ours DIR

Each test module is run three times: by the stock build, by ours without a
policy, and by ours under a policy that restricts a module which nobody uses
(so that everything is asked, and nothing may be refused).  What is compared
is the outcome of each single test, as regrtest's XML report has it.

A test that differs is run once more, alone, by both builds: what agrees then
was chance, and is listed but not counted.  Tests that fail in the stock build
too are listed with their output.  A module of which the stock build gives
no result counts as a difference: nothing was compared.  The exit status is 1
when there is one.

PYTHONPOLICY names the policy: it holds under -I and -E, and interpreters that
a test starts inherit it whatever environment the test gives them.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

MODULES = """
    test_import test_importlib test_site test_venv test_runpy test_zipimport
    test_cmd_line test_embed test_sys test_audit test_threading test_asyncio
    test_code test_capi test_interpreters test_multiprocessing_spawn
""".split()
POLICY = {"this": []}
TIMEOUT = 1800
# The report has no name for a test with a failing subtest, and none for what
# stood behind a class or module that could not be set up.
ABSENT = "no result"
WHOLE = "(the whole module)"
FINE = {"passed", "skipped", "expected failure"}

Run = collections.namedtuple("Run", "outcomes details log seconds")


def executable(path):
    """The interpreter of a build tree, or the one that is named."""
    path = pathlib.Path(path).absolute()
    if path.is_dir():
        path /= "python"
    if not os.access(path, os.X_OK):
        sys.exit(f"upstream_compare: {path} is not there; build it first")
    return str(path)


def outcome(case):
    """(What a <testcase> says, its output)."""
    for tag in "error", "failure":
        found = case.find(tag)
        if found is not None:
            return tag, found.text or ""
    if case.find("skipped") is not None:
        return "skipped", case.find("skipped").text or ""
    if case.find("output") is not None:
        return "expected failure", ""
    if case.find("outcome") is not None:
        return "unexpected success", ""
    return "passed", ""


def read_report(path, run):
    """Add the tests of an XML report to the run."""
    failed = 0
    for suite in ElementTree.parse(path).iter("testsuite"):
        failed += int(suite.get("errors", 0)) + int(suite.get("failures", 0))
        for case in suite.iter("testcase"):
            name = case.get("name")
            if name is None:
                continue
            what, text = outcome(case)
            # Some tests are generated with one name for several.
            before = run.outcomes.get(name)
            if before is not None and before != what:
                what = " + ".join(sorted({*before.split(" + "), what}))
            run.outcomes[name] = what
            if text:
                run.details[name] = text
    return failed


def run_module(python, module, policy, timeout, match=()):
    """Run a test module (or the tests of it that match)."""
    run = Run({}, {}, [], [0.0])
    with tempfile.TemporaryDirectory(prefix="upstream-",
                                     ignore_cleanup_errors=True) as scratch:
        report = os.path.join(scratch, "report.xml")
        work = os.path.join(scratch, "work")
        os.mkdir(work)
        environment = {name: value for name, value in os.environ.items()
                       if not name.lstrip("_").startswith("PYTHON")}
        environment["TMPDIR"] = work
        if policy is not None:
            environment["PYTHONPOLICY"] = policy
        command = [python, "-m", "test", "-v", "--junit-xml", report,
                   "--tempdir", work, "--timeout", str(timeout), module]
        for name in match:
            command += ["--match", name]
        started = time.monotonic()
        with open(os.path.join(scratch, "log"), "w+b") as log:
            child = subprocess.Popen(command, cwd=work, env=environment,
                                     stdin=subprocess.DEVNULL, stdout=log,
                                     stderr=log, start_new_session=True)
            try:
                status = child.wait(timeout + 60)
            except subprocess.TimeoutExpired:
                status = "time limit"
            finally:
                # What a test left behind goes with it.
                try:
                    os.killpg(child.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                child.wait()
            log.seek(0)
            run.log.extend(log.read().decode("utf-8", "replace").splitlines())
        run.seconds[0] = time.monotonic() - started
        failed = 0
        try:
            failed = read_report(report, run)
        except (OSError, ElementTree.ParseError):
            status = f"no report, exit status {status}"
        if match and not run.outcomes and not failed:
            # regrtest calls it a failure when the pattern matched nothing.
            return run
        run.outcomes[WHOLE] = ("passed" if status == 0 else
                               f"status {status}, {failed} failed")
        if status != 0:
            run.details[WHOLE] = "\n".join(run.log[-40:])
    return run


def differences(stock, ours):
    """The names whose outcomes differ."""
    names = {**stock.outcomes, **ours.outcomes}
    return [name for name in names
            if stock.outcomes.get(name, ABSENT)
            != ours.outcomes.get(name, ABSENT)]


def died(run):
    """Nothing is known about any single test."""
    return not any(name != WHOLE for name in run.outcomes)


def output_of(run, name):
    """What the failing test said; for a subtest it is in the log only."""
    if name in run.details:
        return run.details[name]
    method, _, where = name.rpartition(".")[::-1]
    found = []
    for i, line in enumerate(run.log):
        if line.startswith(("ERROR: ", "FAIL: ")) and method in line:
            found += run.log[i:i + 30]
    return "\n".join(found[:60])


def pattern(name):
    """The --match pattern for one name."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def compare(module, python, policies, timeout):
    """Run a module everywhere: {configuration: what came of it}."""
    stock = run_module(python["stock"], module, None, timeout)
    result = {"module": module, "tests": len(stock.outcomes) - 1,
              "seconds": {"stock": round(stock.seconds[0], 1)},
              "fails on stock too": [], "differences": [], "chance": []}
    for name, what in stock.outcomes.items():
        if what not in FINE and name != WHOLE:
            result["fails on stock too"].append(
                {"test": name, "outcome": what,
                 "output": output_of(stock, name)})
    for configuration, policy in policies.items():
        ours = run_module(python["ours"], module, policy, timeout)
        result["seconds"][configuration] = round(ours.seconds[0], 1)
        found = differences(stock, ours)
        if died(stock) or died(ours):
            found = [WHOLE]
        single = [name for name in found if name != WHOLE]
        if found:
            # Alone: the differing tests, or if it is none of them, all.
            match = [pattern(name) for name in single]
            again_stock = run_module(python["stock"], module, None, timeout,
                                     match)
            again_ours = run_module(python["ours"], module, policy, timeout,
                                    match)
        for name in found:
            if name == WHOLE and single:
                continue
            theirs = again_stock.outcomes.get(name, ABSENT)
            mine = again_ours.outcomes.get(name, ABSENT)
            agree = theirs == mine and not (died(again_stock) and not single)
            result["chance" if agree else "differences"].append(
                {"test": name if name != WHOLE else f"{module} {WHOLE}",
                 "configuration": configuration,
                 "stock": [stock.outcomes.get(name, ABSENT), theirs],
                 "ours": [ours.outcomes.get(name, ABSENT), mine],
                 "output": output_of(again_ours, name)
                 or output_of(ours, name)})
    return result


def indented(text, lines=25):
    """The end of an output, set off."""
    return "\n".join("        " + line for line in
                     text.rstrip().splitlines()[-lines:])


def show(results, full):
    """The table, then what is to be said of single tests."""
    print(f"{'module':28}{'tests':>7}{'stock':>9}{'ours':>9}{'policy':>9}"
          f"{'differ':>8}{'chance':>8}{'fail on both':>14}")
    for r in results:
        seconds = r["seconds"]
        print(f"{r['module']:28}{r['tests']:7}"
              + "".join(f"{seconds.get(c, 0):8.1f}s"
                        for c in ("stock", "ours", "policy"))
              + f"{len(r['differences']):8}{len(r['chance']):8}"
              + f"{len(r['fails on stock too']):14}")
    for title, key in [("Fails on the stock build too", "fails on stock too"),
                       ("Differed, but not when run alone", "chance"),
                       ("DIFFERENT", "differences")]:
        entries = [e for r in results for e in r[key]]
        if not entries:
            continue
        print(f"\n{title}:")
        for e in entries:
            if key == "fails on stock too":
                print(f"    {e['test']}: {e['outcome']}")
            else:
                print(f"    {e['test']} [{e['configuration']}]: stock "
                      f"{', alone '.join(e['stock'])}; ours "
                      f"{', alone '.join(e['ours'])}")
            if e["output"] and (key != "chance" or full):
                print(indented(e["output"], 1000 if full else 25))


def main():
    """Parse the arguments, run, show."""
    parser = argparse.ArgumentParser(
        description="run upstream's tests on a stock build and on ours")
    parser.add_argument("--stock", required=True, metavar="DIR",
                        help="the stock build tree (or its interpreter)")
    parser.add_argument("--ours", required=True, metavar="DIR",
                        help="our build tree (or its interpreter)")
    parser.add_argument("--jobs", "-j", type=int, default=1, metavar="N")
    parser.add_argument("--modules", nargs="+", default=MODULES,
                        metavar="MODULE")
    parser.add_argument("--configurations", nargs="+",
                        choices=["ours", "policy"],
                        default=["ours", "policy"],
                        help="ours: without a policy; policy: under one")
    parser.add_argument("--policy", metavar="FILE",
                        help=f"another policy than {json.dumps(POLICY)}")
    parser.add_argument("--timeout", type=float, default=TIMEOUT,
                        metavar="SECONDS", help="for each run of a module")
    parser.add_argument("--json", metavar="FILE", help="write the results")
    parser.add_argument("--full", action="store_true",
                        help="show outputs without cutting them")
    arguments = parser.parse_args()
    python = {"stock": executable(arguments.stock),
              "ours": executable(arguments.ours)}
    folder = tempfile.mkdtemp(prefix="upstream-policy-")
    policy = arguments.policy and os.path.abspath(arguments.policy)
    if policy is None:
        policy = os.path.join(folder, "policy.json")
        pathlib.Path(policy).write_text(json.dumps(POLICY), encoding="utf-8")
    policies = {name: {"ours": None, "policy": policy}[name]
                for name in arguments.configurations}
    results = []
    try:
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            work = [pool.submit(compare, module, python, policies,
                                arguments.timeout)
                    for module in arguments.modules]
            for future in work:
                r = future.result()
                results.append(r)
                print(f"{r['module']}: {r['tests']} tests, "
                      f"{len(r['differences'])} differences",
                      file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if arguments.json:
            pathlib.Path(arguments.json).write_text(
                json.dumps(results, indent=1) + "\n", encoding="utf-8")
    show(results, arguments.full)
    return 1 if any(r["differences"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
