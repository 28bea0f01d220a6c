"""Memory: what is resident, as a process says of itself at its end."""

import statistics


def resident(scene, names, workload, number=5):
    """{configuration: [KiB]}, medians of processes that take turns: where the
    kernel puts things differs from one to the next."""
    found = {name: [] for name in names}
    for _ in range(number):
        for name in names:
            found[name].append(int(scene.run(name, workload).stdout))
    return {name: [statistics.median(sizes)] for name, sizes in found.items()}
