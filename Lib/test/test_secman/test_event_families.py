"""Every audit event of the table: refused by default, allowed by its own
permission, allowed by its family's.

Each is raised by its program (event_programs.py) while a manager is in force
that allows every other event by name.  A hook stops it at the event, before
the effect; managers are asked before hooks, so what is refused never reaches
the hook.
"""

import json
import os
import sqlite3
import textwrap
import unittest

import secman
from importpolicy._events import EVENTS
from secman._families import FAMILIES
from test.test_importpolicy.event_programs import (
    PREPARE, PROGRAMS, UNRAISED)
from test.test_importpolicy.support import copy_extension
from test.test_secman.support import SecmanTestCase

HERE = {row.name for row in EVENTS if row.raised in ("stock", "added", "own")}
OPTIONAL = {"readline": "readline", "_tkinter": "_tkinter", "dbm": "_dbm"}
ABSENT = set()
if not hasattr(sqlite3.Connection, "load_extension"):
    ABSENT |= {"sqlite3.enable_load_extension", "sqlite3.load_extension"}

# Where a refusal does not come as an exception: the interpreter drops it.
SILENT = {"sys.addaudithook", "sys.unraisablehook"}

MAIN = r"""
import json, os, sys, threading
import secman
import p
from programs import PROGRAMS

class Stopped(BaseException):
    pass

current = None
seen = []
def hook(event, args):
    if event == current and not seen:
        seen.append(1)
        raise Stopped

def run(event, manager):
    global current
    in_thread = event.startswith("secman.")
    seen.clear()
    result = None
    def in_force():
        global current
        nonlocal result
        secman.add_manager(manager, threading.get_ident())
        current = event
        try:
            PROGRAMS[event](p)
        except Stopped:
            result = "stopped"
        except secman.SecurityError as error:
            result = "refused", error.event
        except BaseException as error:
            result = type(error).__name__, str(error)
        else:
            result = "nothing"
        current = None
        if not in_thread:
            secman.remove_manager(manager, threading.get_ident())
    if in_thread:
        thread = threading.Thread(target=in_force)
        thread.start()
        thread.join()
    else:
        in_force()
    return result

def manager_of(permissions, event):
    manager = secman.SecurityManager()
    for name in names:
        if name != event:
            manager.set_permission(secman.Permission(name, True))
    for permission in permissions:
        manager.set_permission(permission)
    return manager

names = json.loads(sys.argv[2])
sys.addaudithook(hook)
results = {}
for event in PROGRAMS:
    own = secman.Permission(event, True)
    family = type(own)
    results[event] = [
        run(event, manager_of([], event)),
        run(event, manager_of([own], event)),
        run(event, manager_of([family(True)], event)),
        run(event, manager_of([family(True), secman.Permission(event, False)],
                              event)),
    ]
    above = family.__base__
    if above is not secman.Permission:
        results[event].append(run(event, manager_of([above(True)], event)))
os.write(1, json.dumps(results).encode())
os._exit(0)
"""


class FamiliesTest(unittest.TestCase):

    def test_every_event_has_a_family(self):
        of = [event for _, events in FAMILIES.values() for event in events]
        self.assertEqual(sorted(of), sorted(row.name for row in EVENTS))

    def test_classes(self):
        for family, (above, events) in FAMILIES.items():
            for event in events:
                permission = secman.Permission(event, True)
                self.assertEqual(permission.family, family)
                bases = [cls.__name__.lower() for cls in
                         type(permission).__mro__]
                self.assertEqual(bases[0], f"{family}permission")
                self.assertEqual(
                    bases[1], f"{above}permission" if above else "permission")

    def test_events_of_others(self):
        for event, family in {"mylib.event": "generic",
                              "telnetlib.Telnet.open": "telnet",
                              "nntplib.connect": "nntp",
                              "socket.something": "socket",
                              "secman.something": "security"}.items():
            with self.subTest(event=event):
                self.assertEqual(secman.Permission(event, True).family,
                                 family)


class EventsTest(SecmanTestCase):

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.absent = set()
        cls.prepare = PREPARE
        for name, module in OPTIONAL.items():
            try:
                __import__(module)
            except ImportError:
                cls.absent.add(name)
            else:
                cls.prepare += f"import {module} as {name}\n"

    def run_events(self):
        chosen = {name: text for name, text in PROGRAMS.items()
                  if name not in ABSENT
                  and name.partition(".")[0] not in self.absent}
        lines = ["PROGRAMS = {}"]
        for index, (name, text) in enumerate(chosen.items()):
            lines += [f"def program_{index}(p):",
                      textwrap.indent(text, "    "),
                      f"PROGRAMS[{name!r}] = program_{index}"]
        self.write("programs.py", "\n".join(lines) + "\n")
        self.write("p.py", self.prepare)
        copy_extension("_bisect", self.root, "extension_of_somebody")
        files = self.path("empty")
        os.mkdir(files)
        result = self.run_program(
            MAIN, files, json.dumps([row.name for row in EVENTS]),
            prelude="")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_every_event(self):
        results = self.run_events()
        self.assertEqual(HERE - set(results) - ABSENT - {
            name for name in PROGRAMS
            if name.partition(".")[0] in self.absent}, set(UNRAISED))
        for event, found in results.items():
            refused = "nothing" if event in SILENT else ["refused", event]
            if event == "sys.unraisablehook":
                allowed = "nothing"     # the hook cannot stop it
            else:
                allowed = "stopped"
            with self.subTest(event=event):
                self.assertEqual(found[0], refused, "by default")
                self.assertEqual(found[1], allowed, "by its permission")
                self.assertEqual(found[2], allowed, "by its family's")
                self.assertEqual(found[3], refused, "the event's own first")
                if len(found) > 4:
                    self.assertEqual(found[4], allowed, "by the one above")


if __name__ == "__main__":
    unittest.main()
