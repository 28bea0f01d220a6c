"""Times, paired: the processes of all configurations take turns.

A machine's clock drifts, and others use it.  So each round, a generation,
runs every configuration once, in an order that changes, and what is reported
is the median over the generations of what two processes of one generation
show, with the quartiles between which half of them lie.  A process that
times its own operation gives the best of its repetitions.

Two clocks are read: that on the wall, and that of the processor, which
stands still while others have it; goals are about the latter.
"""

import json
import resource
import statistics
import time

GENERATIONS = 6                 # fewer show chance


def taken(run):
    """(wall, processor) in nanoseconds of a process that run() starts."""
    def processor():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime
    before, started = processor(), time.perf_counter_ns()
    run()
    wall = time.perf_counter_ns() - started
    return wall, (processor() - before) * 1e9


def one(scene, name, workload):
    """(wall, processor) of one operation, or of one process."""
    arguments = [str(workload.times[1])] if workload.times else []
    if workload.repeat:
        done = scene.run(name, workload, *arguments, str(workload.repeat))
        return json.loads(done.stdout)
    return taken(lambda: scene.run(name, workload, *arguments))


def generations(scene, names, workload, number=GENERATIONS):
    """[{configuration: (wall, processor)}]."""
    for name in names:                                  # what is cached
        one(scene, name, workload)
    return [{name: one(scene, name, workload)
             for name in names[::-1 if i % 2 else 1]} for i in range(number)]


def summary(found, base, name, clock):
    """One row: a median of what pairs show, and its quartiles."""
    pairs = [(round[base][clock], round[name][clock]) for round in found]
    ratios = sorted(b / a for a, b in pairs if a)
    if len(ratios) < 2:
        return None
    low, _, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return {"base": statistics.median(a for a, _ in pairs),
            "value": statistics.median(b for _, b in pairs),
            "ratio": statistics.median(ratios),
            "more": statistics.median(b - a for a, b in pairs),
            "quartiles": [low, high], "generations": len(pairs)}
