"""Memory: what is resident, as the system says while the process waits.

A process that asked for itself would have opened a file outside of what
everyone may read, and have that in its memory as well.
"""

import re
import statistics


def resident(scene, names, workload, links=None, number=5):
    """{configuration: [KiB of each link]}, medians of processes that take
    turns: where the kernel puts things differs from one to the next, and it
    maps 64 KiB of a file around whatever is touched."""
    result = {name: [] for name in names}
    try:
        for scene.link in range(links or workload.links):
            found = {name: [] for name in names}
            for _ in range(number):
                for name in names:
                    found[name].append(one(scene, name, workload))
            for name, sizes in found.items():
                result[name].append(statistics.median(sizes))
    finally:
        scene.link = 0
    return result


def one(scene, name, workload):
    """KiB.  See proc_pid_smaps(5): these are counted when they are asked
    for, those of /proc/PID/status are said to be inexact."""
    with scene.waiting(name, workload) as pid:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return int(re.search("^Rss: *([0-9]+) kB$", file.read(), re.M)[1])
