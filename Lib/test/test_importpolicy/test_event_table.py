"""Each row of the table of audit events, raised by a program.

The dependency `evil` runs one program for each event (event_programs.py), in
one interpreter; a hook of the application stops each at its event, before the
effect.  Under a policy that refuses, the hook is never reached: the gate comes
first.  So `stopped` means: raised and allowed; `refused`: raised and refused.
"""

import json
import sqlite3
import tempfile
import textwrap
import unittest

from importpolicy._events import EVENTS
from test.test_importpolicy.event_programs import (
    PREPARE, PROGRAMS, UNRAISED, UNSAFE)
from test.test_importpolicy.support import JudgementTestCase, copy_extension

ROWS = {row.name: row for row in EVENTS}
ADDED = {row.name for row in EVENTS if row.raised == "added"}
HERE = {row.name for row in EVENTS if row.raised in ("stock", "added", "own")}

# Modules that this machine may not have, and events that its build has not.
OPTIONAL = {"readline": "readline", "_tkinter": "_tkinter", "dbm": "_dbm"}
ABSENT = set()
if not hasattr(sqlite3.Connection, "load_extension"):
    ABSENT |= {"sqlite3.enable_load_extension", "sqlite3.load_extension"}

MAIN = r"""
import importpolicy, json, sys
import p, evil

class Stopped(BaseException):
    pass

current = None
seen = []
def hook(event, args):
    if event == current and not seen:
        seen.append([repr(type(arg).__name__) for arg in args])
        raise Stopped

sys.addaudithook(hook)
results = {}
for event, program in evil.PROGRAMS.items():
    current, seen[:] = event, []
    try:
        program(p)
    except Stopped:
        result = "stopped"
    except BaseException as exception:
        if isinstance(exception, importpolicy.SecurityError):
            result = "refused", getattr(exception, "event", "import")
        else:
            result = type(exception).__name__, str(exception)
    else:
        result = "nothing"
    results[event] = [result, len(seen[0]) if seen else None]
current = None
sys.stdout.write(json.dumps(results))
sys.stdout.flush()
__import__("os")._exit(0)
"""


class EventTableTestCase(JudgementTestCase):

    maxDiff = None

    def setUp(self):
        super().setUp()
        prepare = PREPARE
        self.absent = set()
        for name, module in OPTIONAL.items():
            try:
                __import__(module)
            except ImportError:
                self.absent.add(name)
            else:
                prepare += f"import {module} as {name}\n"
        self.world.write("app/p.py", prepare)
        copy_extension("_bisect", self.world.deps, "extension_of_somebody")

    def programs(self, names):
        """Those of the events that can be raised on this machine."""
        return {name: PROGRAMS[name] for name in names
                if name in PROGRAMS and name not in ABSENT
                and name.partition(".")[0] not in self.absent}

    def run_all(self, names, policy=None):
        """What became of each program: (result, number of arguments)."""
        lines = ["PROGRAMS = {}"]
        for index, (name, text) in enumerate(self.programs(names).items()):
            lines += [f"def program_{index}(p):",
                      textwrap.indent(text, "    "),
                      f"PROGRAMS[{name!r}] = program_{index}"]
        self.world.write("deps/evil.py", "\n".join(lines) + "\n")
        if policy is not None:
            self.world.policy(policy)
        with tempfile.TemporaryDirectory(dir=self.world.root) as files:
            result = self.world.start(self.world.write("app/main.py", MAIN),
                                      files)
        self.assertEqual(result.code, 0, result)
        return json.loads(result.out)

    def assertAll(self, results, expected, names):
        """Every program came to that; says which did not."""
        others = {name: results[name][0] for name in names
                  if results[name][0] != expected}
        self.assertEqual(others, {})


class RaisedTest(EventTableTestCase):

    def test_every_row_has_a_program(self):
        self.assertEqual(HERE - set(PROGRAMS), set(UNRAISED))
        self.assertLessEqual(set(PROGRAMS) | UNSAFE, HERE)

    def test_seen_under_a_policy(self):
        names = self.programs(HERE)
        results = self.run_all(HERE, {"nobody_has_it": []})
        # The hook cannot stop what nobody waits for.
        silent = {"sys.unraisablehook"} & set(names)
        self.assertAll(results, "stopped", set(names) - silent)
        for name in names:
            with self.subTest(event=name):
                self.assertEqual(results[name][1], len(ROWS[name].args))

    def test_stock_events_without_a_policy(self):
        names = HERE - ADDED
        results = self.run_all(names)
        self.assertAll(results, "stopped",
                       set(self.programs(names)) - {"sys.unraisablehook"})

    def test_added_events_are_not_raised_without_a_policy(self):
        names = ADDED - UNSAFE
        results = self.run_all(names)
        self.assertEqual({name: count for name, (_, count) in results.items()
                          if count is not None}, {})


# Where a refusal does not end the program, and why.
SILENT = {
    "os.putenv": "goes to the dependency's own view",
    "os.unsetenv": "goes to the dependency's own view",
    "sys.addaudithook": "a refusal is not reported, as in CPython",
    "sys.unraisablehook": "the interpreter's own",
}

# Programs that raise another event before.
BEHIND = {"ctypes.PyObj_FromPtr", "ctypes.string_at", "ctypes.wstring_at",
          "fcntl.fcntl/address", "fcntl.ioctl/address", "glob.glob/2",
          "signal.pthread_kill/address", "sqlite3.connect/handle",
          "object.__delattr__", "sys.set_asyncgen_hook_firstiter"}

# What needs `read` besides: they open for both, or move contents to where
# they may be read.
ALSO_READ = {"_posixshmem.shm_open", "os.link", "os.rename", "sqlite3.open"}
# What needs `sys` besides, for the operation itself.
ALSO_SYS = {"fcntl.ioctl/address", "signal.pthread_kill/address"}


class PermissionTest(EventTableTestCase):

    def policy(self, **permissions):
        return {"$default": "deny",
                "$permissions": {"__main__": True, "evil": permissions}}

    def everything(self, but=None):
        return {row.capability: True for row in EVENTS
                if row.capability not in (None, but)}

    def test_by_name(self):
        names = set(self.programs(HERE)) - set(SILENT)
        for some in names - BEHIND, names & BEHIND:
            results = self.run_all(HERE, self.policy(
                **self.everything(), **dict.fromkeys(some, False)))
            for name in some:
                with self.subTest(event=name):
                    self.assertEqual(results[name],
                                     [["refused", name], None])

    def test_granted(self):
        names = set(self.programs(HERE)) - set(SILENT)
        results = self.run_all(HERE, self.policy(**self.everything()))
        self.assertAll(results, "stopped", names)

    def test_by_capability(self):
        names = set(self.programs(HERE)) - set(SILENT)
        for capability in self.everything():
            policy = self.policy(**self.everything(but=capability),
                                 **{capability: False})
            with self.subTest(capability=capability):
                results = self.run_all(HERE, policy)
                refused = {name for name in names
                           if ROWS[name].capability == capability}
                if capability == "read":
                    refused |= ALSO_READ & names
                if capability == "sys":
                    refused |= ALSO_SYS
                wrong = {name: results[name] for name in refused
                         if results[name][0][0] != "refused"}
                self.assertEqual(wrong, {})
                self.assertAll(results, "stopped", names - refused)


if __name__ == "__main__":
    unittest.main()
