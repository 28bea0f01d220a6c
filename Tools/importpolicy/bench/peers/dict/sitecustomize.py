"""A security manager in Python: an audit hook that denies each event unless
a dict of permissions has it, and that walks the frames, so that it is not
asked about what its own check does.
"""

import sys

# What looking at frames raises itself.
WALKING = frozenset(["sys._getframe", "object.__getattr__"])


class Manager:
    def __init__(self):
        self.permissions = {}

    def set_permission(self, name, value):
        self.permissions[name] = value

    def check(self, event, arguments):
        permission = self.permissions.get(event)
        if permission is None:
            permission = self.permissions.get(event.partition(".")[0])
        if callable(permission):
            permission = permission(event, arguments)
        return permission is True

    def hook(self, event, arguments):
        if event in WALKING:
            return
        frame = sys._getframe().f_back
        while frame is not None:
            if frame.f_code is own:
                return
            frame = frame.f_back
        if not self.check(event, arguments):
            raise RuntimeError(f"{event} is not permitted")


own = Manager.check.__code__
manager = Manager()
for name in """
        array _winapi asyncio bench builtins code compile cpython ctypes exec
        ensurepip fcntl ftplib function gc glob http imaplib import marshal
        mmap msvcrt nntplib object open os pathlib pdb pickle poplib pty
        resource setopencodehook shutil signal smtplib socket sqlite3
        subprocess sys syslog tempfile time urllib webbrowser winreg
        """.split():
    manager.set_permission(name, True)
sys.addaudithook(manager.hook)
