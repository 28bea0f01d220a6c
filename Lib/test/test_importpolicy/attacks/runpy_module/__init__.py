"""runpy.run_module alters sys for a module of one's own."""
CATEGORY = "forging"
REACH = "net"

import runpy

def attack():
    runpy.run_module("evil.task", run_name="__main__", alter_sys=True)
