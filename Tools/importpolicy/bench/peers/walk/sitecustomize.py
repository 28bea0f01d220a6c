"""What a user would build in Python: a wrapper of __import__ and an audit
hook that look at the frames, for the same entries as the policy.

Packages are told by __name__, which anybody can set, and the wrapper can be
taken off again; it knows no targets, nor who requires whom.  It is here for
what it costs.
"""

import builtins
import json
import os
import sys

CAPABILITIES = {
    "open": "read", "os.listdir": "read", "os.remove": "write",
    "os.rename": "write", "os.mkdir": "write", "socket.__new__": "net",
    "socket.connect": "net", "socket.bind": "net", "socket.sendto": "net",
    "socket.getaddrinfo": "net", "subprocess.Popen": "run",
    "os.system": "run", "os.exec": "run", "ctypes.dlopen": "ffi",
    "os.putenv": "env", "sys.settrace": "patch", "signal.pthread_kill": "sys",
}


def main():
    with open(os.environ["PYTHONPOLICY"], encoding="utf-8") as file:
        entries = json.load(file)
    permissions = entries.pop("$permissions")
    allowed = {name: frozenset(who) for name, who in entries.items()
               if not name.startswith("$") and who != "*"}
    passed = sys.stdlib_module_names | {__name__}
    genuine = builtins.__import__
    getframe = sys._getframe

    def acting():
        frame = getframe(1).f_back
        found = set()
        while frame is not None:
            name = frame.f_globals.get("__name__", "").partition(".")[0]
            if name == "__main__":
                break
            if name not in passed and name not in found:
                found.add(name)
            frame = frame.f_back
        return found or {"__main__"}

    def guarded(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0:
            who = allowed.get(name) or allowed.get(name.partition(".")[0])
            if who is not None and acting().isdisjoint(who):
                raise ImportError(f"{name} is restricted")
        return genuine(name, globals, locals, fromlist, level)

    def hook(event, arguments):
        capability = CAPABILITIES.get(event)
        if capability is None:
            return
        for name in acting():
            granted = permissions.get(name, True)
            if granted is not True and not granted.get(capability, True):
                raise PermissionError(f"{name} may not {event}")

    builtins.__import__ = guarded
    sys.addaudithook(hook)


main()
