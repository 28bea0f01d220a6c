"""The application's directory gets another name, and is made anew."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("allow", "baseline")
RUNS = 2

import os

from . import payload


def attack():
    path = payload.ROOT + "/app/policy.json"
    try:
        app = payload.ROOT + "/app"
        os.rename(app, payload.ROOT + "/tmp/app")
        os.mkdir(app)
        os.symlink(payload.ROOT + "/tmp/app/main.py", app + "/main.py")
    finally:
        payload.act()
