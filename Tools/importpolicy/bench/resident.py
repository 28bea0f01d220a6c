"""Memory: what is resident, as a process says of itself at its end."""

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
                    found[name].append(int(scene.run(name, workload).stdout))
            for name, sizes in found.items():
                result[name].append(statistics.median(sizes))
    finally:
        scene.link = 0
    return result
