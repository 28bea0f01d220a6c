"""Times, paired: processes of the two builds take turns.

A machine's clock drifts, and others use it.  So each figure is a median over
rounds of what two processes that ran one after the other show: their ratio
and their difference.  Each process gives its best of several repetitions.
"""

import json
import statistics

from bench.scene import CASES

CONFIGURATIONS = [("stock", False), ("ours", False), ("ours", True)]


def rounds(scene, number, repeat, times):
    """[{configuration: {case: ns}}], the order changing with each round."""
    result = []
    for i in range(number):
        found = {}
        for build, with_policy in CONFIGURATIONS[::-1 if i % 2 else 1]:
            out, _ = scene.run(build, with_policy, "timings.py", "time",
                               str(repeat), str(times))
            found[build, with_policy] = json.loads(out)
        result.append(found)
    return result


def summary(found):
    """{row: {stock, ours: ns; ratio; more: ns}}."""
    rows = {}
    for with_policy in False, True:
        what = "50 entries" if with_policy else "no policy"
        for case in CASES:
            pairs = [(r["stock", False][case], r["ours", with_policy][case])
                     for r in found]
            rows[f"{case}, {what}"] = {
                "stock": statistics.median(a for a, _ in pairs),
                "ours": statistics.median(b for _, b in pairs),
                "ratio": statistics.median(b / a for a, b in pairs),
                "more": statistics.median(b - a for a, b in pairs)}
    return rows
