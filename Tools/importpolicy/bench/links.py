"""Other links of the two builds, to tell what chance lies in one.

CPython finds what classes have in a cache, by the low bits of the addresses
of names.  Most names are static data, and where these come to lie, so how
often they collide, is decided by everything that was linked in front of
them: a change of a line anywhere moves them.  Here an interpreter is linked
anew, by the build's own command, with unused bytes in front of its data, as
many in each build.

It lies beside the first one, where it finds the same library, under a name
that is as long in each build.  What was made is removed at the end.
"""

import os
import pathlib
import random
import shutil
import statistics
import subprocess

LINKS = 12                      # so many tell a mean
STEP = 32                       # to which data are aligned
NUMBER = 1024                   # of steps that the cache tells apart: 32 KiB


def padding(link):
    """How many bytes; none in the first link, which is the build itself."""
    return random.Random(link).randrange(1, NUMBER) * STEP if link else 0


def compared(before, after):
    """What a row holds of the figures of two configurations, one for each
    link: their means.  A link adds many small chances up and none lies far
    from the others, so of as many links the mean tells most; the median is
    for seeds, of which some do."""
    found = {"base": statistics.mean(before), "value": statistics.mean(after)}
    if len(before) > 1:
        found["links"] = [b / a for a, b in zip(before, after)]
    return found


class Links:
    """The interpreters that have been made of the builds, {build: tree}."""

    def __init__(self, folder, trees):
        self.folder = pathlib.Path(folder)      # what is made along the way
        self.trees = trees
        self.made = set()

    def python(self, build, link, environment=None):
        """The path of an interpreter in the build's tree, or in a virtual
        environment of it, where it is a symbolic link."""
        name = f"python-{link}" if link else "python"
        path = os.path.join(self.trees[build], name)
        if link and path not in self.made:
            linked = self.link(build, self.folder / name, link)
            self.made.add(path)
            shutil.move(linked, path)
        if environment is None:
            return path
        beside = os.path.join(environment, "bin", name)
        if link and beside not in self.made:
            self.made.add(beside)
            pathlib.Path(beside).unlink(missing_ok=True)
            os.symlink(path, beside)
        return beside

    def link(self, build, target, link):
        """As the build's own make would.  But that runs nothing here, so that
        nothing else is made anew: the last command that it names links."""
        source = target.with_suffix(".c")
        source.write_text("__attribute__((used)) static char "
                          f"padding[{padding(link)}] = {{1}};\n",
                          encoding="utf-8")
        # What a make above this one was told is not for the build's.
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith(("MAKE", "MFLAGS"))}

        def run(command, **more):
            return subprocess.run(command, cwd=self.trees[build], check=True,
                                  env=environment, capture_output=True,
                                  text=True, **more).stdout
        # Symbols (-s) are no part of a process, but most of its file.
        commands = run(["make", "-n", "-o", "Makefile", target,
                        f"BUILDPYTHON={target}",
                        f"LINKCC=$(PURIFY) $(CC) -s {source}"])
        run(commands.splitlines()[-1], shell=True)
        return target

    def remove(self):
        for path in self.made:
            pathlib.Path(path).unlink(missing_ok=True)
        self.made.clear()
