"""The function that traces threads is written where threading keeps it."""
CATEGORY = "tampering"
REACH = "read"
POLICIES = ("baseline", "deny")

import functools
import os
import sys
import threading


def tracer(frame, event, argument):
    os.write(1, str(frame.f_locals.get("text")).encode())
    return tracer


def attack():
    vars(threading)["_trace_hook"] = tracer
    beginnings = vars(threading).get("_beginnings")
    if beginnings is not None:
        beginnings[sys.settrace] = functools.partial(sys.settrace, tracer)
