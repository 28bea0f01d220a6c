"""Are the goals met?  Those of single rows stand in the rows; here are also
those that speak of several together.
"""

import math

# Geometric means of pyperformance's ratios may be this at most.
MEANS = {"no policy": 1.002, "policy": 1.005}
# What 10,000 entries may cost over one, and what loading them may take.
GROWTH = 1.02
LOADING = 10e6
# Where the policy should cost less than a hook in C that enforces nothing.
BELOW_HOOK = ["start-up", "200 first imports", "exec", "id",
              "sys.audit, unnamed", "logging, a line"]
# By how much the Python construction should cost more than the policy.
CONSTRUCTION = 20


def index(results):
    return {(row["workload"], row["configuration"], row["unit"]): row
            for row in results["rows"]}


def means(results):
    ratios = {}
    for row in results["rows"]:
        if (row["section"], row["unit"]) == ("pyperformance",
                                             "instructions"):
            ratios.setdefault(row["configuration"], []).append(row["ratio"])
    for name, found in ratios.items():
        yield (f"pyperformance, geometric mean, {name}", MEANS.get(name),
               math.exp(sum(map(math.log, found)) / len(found)))


def growth(rows):
    for (workload, name, unit), row in rows.items():
        # A policy of one entry restricts no import.
        few, number = (("policy", "100") if "restricted" in workload
                       else ("policy of 1", "one"))
        one = rows.get((workload, few, unit))
        if name != "policy of 10,000" or one is None:
            continue
        if workload != "start-up":
            if unit != "ns":
                yield (f"{workload}, 10,000 entries over {number}, {unit}",
                       GROWTH,
                       row["value"] / one["value"])
        elif unit == "ns processor":
            yield ("loading 10,000 entries, ns", LOADING,
                   row["value"] - one["value"])


def peers(rows):
    for workload in BELOW_HOOK:
        ours = rows.get((workload, "policy", "instructions"))
        for hook in "C hook, preloaded", "C hook":
            theirs = rows.get((workload, hook, "instructions"))
            if ours and theirs:
                yield (f"{workload}, below the {hook}", theirs["ratio"],
                       ours["ratio"])


def constructions(rows):
    """How many times more than the policy the hooks in Python add, where
    the policy adds anything that can be told."""
    for (workload, name, unit), row in rows.items():
        ours = rows.get((workload, "policy", unit))
        if (name == "Python hooks" and unit == "instructions" and ours
                and ours["ratio"] > 1.001):
            yield (f"{workload}, Python hooks over the policy", CONSTRUCTION,
                   row["more"] / ours["more"])


def verdicts(results):
    """[(name, goal or None, measured, met)]."""
    result = [(f"{row['workload']}, {row['configuration']}", row["goal"],
               row["ratio"], row["met"])
              for row in results["rows"] if "goal" in row]
    rows = index(results)
    for found in means(results), growth(rows), peers(rows):
        result += [(name, goal, value, goal is None or value <= goal)
                   for name, goal, value in found]
    result += [(name, goal, value, value >= goal)
               for name, goal, value in constructions(rows)]
    return result
