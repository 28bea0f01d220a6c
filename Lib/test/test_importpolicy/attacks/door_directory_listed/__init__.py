"""A finder lists a directory."""
CATEGORY = "tampering"
REACH = "read"
POLICIES = "allow"
BEYOND = ("The import system lists the directories on sys.path, whoever put "
          "them there; it shows names and nothing else.")

from importlib.machinery import FileFinder

from . import payload


def attack():
    import os
    finder = FileFinder(os.path.dirname(payload.CANARY))
    finder.find_spec("anything")
    os.write(1, " ".join(finder._path_cache).encode())
