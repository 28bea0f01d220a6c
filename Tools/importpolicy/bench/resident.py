"""Memory: what is resident, as the system says while the process waits.

A process that asked for itself would have opened a file outside of what
everyone may read, and have that in its memory as well.
"""

import os
import re
import statistics


def resident(scene, names, workload, links=None, number=5):
    """{configuration: [KiB of each link]}, medians of processes that take
    turns: where the kernel puts things differs from one to the next."""
    result = {name: [] for name in names}
    try:
        for scene.link in range(links or workload.links):
            read_anew(mapped(scene, names, workload))
            found = {name: [] for name in names}
            for _ in range(number):
                for name in names:
                    found[name].append(one(scene, name, workload))
            for name, sizes in found.items():
                result[name].append(statistics.median(sizes))
    finally:
        scene.link = 0
    return result


def mapped(scene, names, workload):
    """The files that the processes map."""
    files = set()
    for name in names:
        with scene.waiting(name, workload) as pid:
            with open(f"/proc/{pid}/maps") as maps:
                files.update(re.findall("/.*", maps.read()))
    return files


def read_anew(files):
    """Have the kernel hold all of them in the same way.  A file that was just
    written lies in larger pieces in its cache than one that was read some time
    ago, of which parts may be gone; and of what a process touches, as much is
    mapped as lies in one piece."""
    for name in files:
        file = os.open(name, os.O_RDONLY)
        try:
            os.fsync(file)      # what is not written yet cannot be dropped
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            while os.read(file, 1 << 17):
                pass
        finally:
            os.close(file)


def one(scene, name, workload):
    """KiB.  See proc_pid_smaps(5): these are counted when they are asked
    for, those of /proc/PID/status are said to be inexact."""
    with scene.waiting(name, workload) as pid:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return int(re.search("^Rss: *([0-9]+) kB$", file.read(), re.M)[1])
