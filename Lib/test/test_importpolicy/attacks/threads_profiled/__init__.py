"""A function is left that profiles the application's threads."""
CATEGORY = "tampering"
REACH = "read"
POLICIES = ("baseline", "deny")

import os
import threading


def tracer(frame, event, argument):
    os.write(1, str(frame.f_locals.get("text")).encode())
    return tracer


def attack():
    threading.setprofile(tracer)
