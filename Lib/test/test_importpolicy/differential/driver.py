# The application's script: reads plans, has them done by the actors whom they
# name, and writes what came of each: true, false, or what went wrong.

import concurrent.futures
import gc
import json
import sys
import types

channel = types.ModuleType("channel")
sys.modules["channel"] = channel
channel.plans, channel.box, channel.given, channel.things = [], [], [], []
channel.pool = concurrent.futures.ThreadPoolExecutor(32)


def note(error):
    # A refusal, nothing, or what should not have happened; the innermost
    # tells first.
    name = type(error).__name__
    channel.box.append(
        error is None or (False if name in ("ImportDenied", "AccessDenied")
                          or str(error) == "AccessDenied" else repr(error)))


def dropped():
    # Where threads are free, what another thread made goes when that thread
    # comes to it, or when all is collected.
    if "t" in sys.abiflags:
        gc.collect()


channel.note = note
channel.dropped = dropped


def load(name):
    module = __import__(name)
    for part in name.split(".")[1:]:
        module = getattr(module, part)
    return module


def resolve(plan):
    steps = []
    for (who, way, *args), then in zip(plan, [*plan[1:], None]):
        if way == "joint":
            args = [actors[args[0]].go]
        elif way == "body":
            name = ("appbody" if then[0] == "__main__"
                    else then[0] + ".body")
            sys.modules.pop(name, None)
            args = [name]
        steps.append((actors[who].go, way, *args))
    return steps


def perform(plan, pull):
    del channel.box[:], channel.plans[:], channel.given[:]
    steps = resolve(plan)
    try:
        steps[0][0](steps)
        if channel.given:
            steps = resolve(pull)
            steps[0][0](steps)
    except Exception as error:
        note(error)
    return channel.box[0] if channel.box else "nothing happened"


actors = {}
for line in sys.stdin:
    request = json.loads(line)
    if isinstance(request[0], str):
        actors |= {name: load("actor" if name == "__main__" else name)
                   for name in request}
    else:
        print(json.dumps([perform(*case) for case in request]), flush=True)
