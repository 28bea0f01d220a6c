"""May this change land?  Six workloads' instructions against their ceilings.

ceilings.txt holds one line for each: workload, configuration, ceiling, and
behind a # the reason why it is what it is.  Where valgrind is missing nothing
can be counted, and nothing is guarded; that is said, and no failure.

Start-up is the mean of links here as well, or its ceiling would have to leave
room for whatever one link happens to give; of six, which take 15 seconds and
leave less than half of that chance.
"""

import dataclasses
import pathlib

from bench import instructions
from bench.configurations import CONFIGURATIONS
from bench.links import compared
from bench.workloads import table

CEILINGS = pathlib.Path(__file__).with_name("ceilings.txt")
LINKS = 6                       # at most


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
        row = dataclasses.replace(row, links=min(row.links, LINKS))
        base = CONFIGURATIONS[configuration].than
        found = compared(counter.workload(base, row),
                         counter.workload(configuration, row))
        ratio = found["value"] / found["base"]
        good = ratio <= ceiling
        print(f"guard: {'ok  ' if good else 'FAIL'} {workload}, "
              f"{configuration}: {ratio:.4f}, at most {ceiling:.4f}",
              flush=True)
        if not good:
            failed += 1
            print(f"guard:      {reason}; of {found['base']:,.0f} "
                  "instructions; what grew:")
            for more, function in instructions.grown(
                    scene, base, configuration, row):
                print(f"guard:      {more:+12,} {function}")
    return 1 if failed else 0
