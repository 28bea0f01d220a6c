"""The results: rows, what is said of goals, and three ways to show them.

As JSON it is an object with

    version         1; raised when a key changes its meaning
    machine         what was measured on: system, processor, compiler
    interpreters    {"stock", "ours"}: version and options of configure
    spread          by how much equal runs differed in instructions; null
                    where each was done once
    rows            a list, one object for each figure:
        workload, section, configuration, than   names
        unit        "instructions", "ns", "ns processor" or "KiB"
        base        the figure of what it is compared with (`than`)
        value       the figure of this configuration
        ratio, more the two compared; where times are paired, medians of
                    what pairs show
        links       where several links were counted, the ratio of each;
                    base and value are means
        quartiles   of the ratio, for times only; and `generations`
        goal, met   what the ratio may be at most, where there is a goal
    skipped         [{"workload", "configuration", "reason"}]
"""

import json
import os
import platform
import subprocess

from bench import workloads
from bench.configurations import CONFIGURATIONS, PEERS, SIZES, USUAL
from bench.verdicts import verdicts
from bench.workloads import SECTIONS

UNITS = {"instructions": "instructions", "ns": "ns, wall",
         "ns processor": "ns, processor", "KiB": "KiB"}

# What stands beside each other in a table.
GROUPS = [[*USUAL, "policy, locked"], SIZES, PEERS, ["permissions"]]


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.partition(":")[2].strip() for line in lines
                        if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def interpreter(python):
    program = ("import json, sys, sysconfig; print(json.dumps(dict("
               "version=sys.version, configure=sysconfig.get_config_var("
               "'CONFIG_ARGS'), compiler=sysconfig.get_config_var("
               "'OPT'))))")
    done = subprocess.run([python, "-I", "-c", program], check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


class Results:

    def __init__(self, pythons):
        self.spread = None
        self.rows = []
        self.skipped = []
        self.machine = {"system": platform.platform(),
                        "processor": processor(), "cores": os.cpu_count()}
        self.interpreters = {build: interpreter(python)
                             for build, python in pythons.items()}

    def add(self, workload, configuration, unit, figures, than=None):
        goals = workload.timed if unit == "ns processor" else (
            {} if unit == "ns" else workload.counted)
        goal = goals.get(configuration)
        row = {"workload": workload.name, "section": workload.section,
               "configuration": configuration,
               "than": than or CONFIGURATIONS[configuration].than,
               "unit": unit}
        row |= figures
        row.setdefault("more", row["value"] - row["base"])
        row.setdefault("ratio", row["value"] / row["base"])
        if goal is not None:
            row |= {"goal": goal, "met": row["ratio"] <= goal}
        self.rows.append(row)
        return row

    def skip(self, workload, configuration, reason):
        self.skipped.append({"workload": workload, "reason": str(reason),
                             "configuration": configuration})

    def json(self):
        return {"version": 1, "machine": self.machine,
                "interpreters": self.interpreters, "spread": self.spread,
                "rows": self.rows, "skipped": self.skipped}

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.json(), file, indent=1)
            file.write("\n")


def number(value, digits=1):
    return f"{value:,.0f}" if value >= 10_000 else f"{value:,.{digits}f}"


def cells(row):
    return [row["workload"], row["configuration"], row["than"],
            number(row["base"]), number(row["value"]), f"{row['ratio']:.4f}"]


def tables(results):
    """[(title, rows)]: one table for a section and a unit."""
    for section, title in SECTIONS.items():
        for unit, words in UNITS.items():
            rows = [row for row in results["rows"]
                    if (row["section"], row["unit"]) == (section, unit)]
            if rows:
                yield f"{title} ({words})", rows


def goals(results):
    """[[name, goal, measured, verdict]] as text."""
    return [[name, "\\" if goal is None else number(goal, 3),
             number(value, 4), "met" if met else "missed"]
            for name, goal, value, met in verdicts(results)]


def summaries(results):
    """What is said below the tables."""
    found = goals(results)
    yield from ("  ".join([name.ljust(50), goal.rjust(12), value.rjust(12),
                           verdict])
                for name, goal, value, verdict in found)
    met = sum(verdict == "met" for *_, verdict in found)
    yield f"{met} of {len(found)} goals met."
    for row in results["rows"]:
        if "links" in row:
            yield (f"{row['workload']}, {row['configuration']}: the mean of "
                   f"{len(row['links'])} links, {min(row['links']):.4f} to "
                   f"{max(row['links']):.4f}.")
    if results["spread"] is not None:
        yield f"Equal runs differed by {results['spread'] * 1e6:.1f} ppm."
    for row in results["skipped"]:
        yield (f"skipped: {row['workload']}, {row['configuration']}: "
               f"{row['reason']}")


def widths(rows):
    return [max(map(len, column)) for column in zip(*rows)]


def text(results):
    lines = []
    for title, found in tables(results):
        rows = [cells(row) for row in found]
        lines += ["", title]
        lines += ["  " + "  ".join(
            cell.rjust(width) if i >= 3 else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths(rows)))
        ).rstrip() for row in rows]
    return "\n".join([*lines, "", *summaries(results)])


def table(headings, rows):
    """A simple table of reStructuredText."""
    rows = [headings, *rows]
    rule = " ".join("=" * width for width in widths(rows))
    body = [" ".join(cell.rjust(width) if i else cell.ljust(width)
                     for i, (cell, width) in enumerate(zip(
                         row, widths(rows)))).rstrip() for row in rows]
    return [rule, body[0], rule, *body[1:], rule, ""]


def by_workload(found, group):
    """[configurations], [[workload, base, ratio...]]."""
    names = [name for name in group if any(
        row["configuration"] == name for row in found)]
    rows = {}
    for row in found:
        # The first base is what the others are told beside.
        cells = rows.setdefault(row["workload"], {"base": row["base"]})
        cells[row["configuration"]] = f"{row['ratio']:.4f}"
    return names, [[workload, number(cells["base"]),
                    *(cells.get(name, "\\") for name in names)]
                   for workload, cells in rows.items()]


def rst(results):
    """Figures and goals for the documentation."""
    lines = [".. Written by bench.py --rst, from its results.", ""]
    for title, found in tables(results):
        lines += [title, "-" * len(title), ""]
        for group in GROUPS:
            part = [row for row in found if row["configuration"] in group]
            if part:
                names, rows = by_workload(part, group)
                lines += table(["Workload", part[0]["than"], *names], rows)
    found = goals(results)
    if found:
        lines += ["Goals", "-----", "",
                  *table(["Ratio", "at most", "measured", "\\"], found)]
    return "\n".join(lines).rstrip() + "\n"


def merged(parts):
    """Results that were measured in parts: of a figure, the last one, and
    of what was skipped, what no part has."""
    result = parts[-1] | {"rows": [], "skipped": []}
    rows = {}
    for part in parts:
        result["skipped"] += part["skipped"]
        for row in part["rows"]:
            rows[row["workload"], row["configuration"], row["unit"]] = row
    known = {(workload, configuration) for workload, configuration, _ in rows}
    result["skipped"] = [
        row for row in result["skipped"]
        if (row["workload"], row["configuration"]) not in known]
    order = list(workloads.table())
    result["rows"] = sorted(rows.values(), key=lambda row: (
        order.index(row["workload"]) if row["workload"] in order
        else len(order)))
    spreads = [part["spread"] for part in parts
               if part["spread"] is not None]
    result["spread"] = max(spreads, default=None)
    return result
