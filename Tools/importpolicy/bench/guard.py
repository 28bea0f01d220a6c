"""May this change land?  Six counts of instructions against their ceilings.

ceilings.txt holds one line for each: workload, configuration, ceiling, and
behind a # the reason why it is what it is.  Where valgrind is missing nothing
can be counted, and nothing is guarded; that is said, and no failure.
"""

import pathlib

from bench import instructions
from bench.configurations import CONFIGURATIONS
from bench.workloads import table

CEILINGS = pathlib.Path(__file__).with_name("ceilings.txt")


def ceilings():
    """[(workload, configuration, ceiling, reason)]."""
    result = []
    for line in CEILINGS.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            fields, _, reason = line.partition("#")
            workload, configuration, ceiling = (
                field.strip() for field in fields.split("|"))
            result.append((workload, configuration, float(ceiling),
                           reason.strip()))
    return result


def guard(scene):
    """The exit status: 1 if a ceiling is broken."""
    try:
        counter = instructions.Counter(scene)
    except instructions.Missing as e:
        print(f"guard: SKIPPED, no instructions are counted: {e}")
        return 0
    rows, failed = table(), 0
    for workload, configuration, ceiling, reason in ceilings():
        row = rows[workload]
        base = CONFIGURATIONS[configuration].than
        before = counter.workload(base, row)
        ratio = counter.workload(configuration, row) / before
        good = ratio <= ceiling
        print(f"guard: {'ok  ' if good else 'FAIL'} {workload}, "
              f"{configuration}: {ratio:.4f}, at most {ceiling:.4f}",
              flush=True)
        if not good:
            failed += 1
            print(f"guard:      {reason}; of {before:,.0f} instructions; "
                  "what grew:")
            for more, function in instructions.grown(
                    scene, base, configuration, row):
                print(f"guard:      {more:+12,} {function}")
    return 1 if failed else 0
