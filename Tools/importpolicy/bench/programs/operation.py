"""One kind of operation.

    operation.py CASE DEPTH THREADS TIMES          for counting
    operation.py CASE DEPTH THREADS TIMES REPEAT   prints its times

The times are in nanoseconds for one operation, the best of the repetitions:
that of a clock, and that of the processor, the system's included.
"""

import gc
import json.decoder
import select
import sys
import time

import acts


def main(case, depth, threads, times, repeat=0):
    depth, threads, times = int(depth), int(threads), int(times)
    function = acts.CASES[case]
    sys.setrecursionlimit(depth + 1000)

    def work(times):
        if threads == 1:
            return acts.descend(depth, function, times)
        import threading
        started = [threading.Thread(target=acts.descend, args=(
            depth, function, times // threads)) for _ in range(threads)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()

    gc.disable()
    work(times)
    best = []
    for _ in range(int(repeat)):
        before = time.perf_counter_ns(), time.process_time_ns()
        work(times)
        after = time.perf_counter_ns(), time.process_time_ns()
        best.append([(b - a) / times for a, b in zip(before, after)])
    if best:
        print(json.dumps([min(spent) for spent in zip(*best)]))


main(*sys.argv[1:])
