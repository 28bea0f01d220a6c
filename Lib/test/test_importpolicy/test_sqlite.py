"""Every file that SQLite opens is judged, whatever statement opens it."""

import unittest

from test.support import import_helper
from test.test_importpolicy.support import JudgementTestCase

import_helper.import_module("sqlite3")

# How a file may be opened; `c` is a connection that has nothing but memory,
# {file} does not exist.
WAYS = {
    "connect": "sqlite3.connect({file!r})",
    "connect to a URI": "sqlite3.connect('file:' + {file!r}, uri=True)",
    "attach": "c.execute('ATTACH ' + repr({file!r}) + ' AS x')",
    "attach a parameter": "c.execute('ATTACH ? AS x', ({file!r},))",
    "attach an expression":
        "c.execute(\"ATTACH ? || '' AS x\", ({file!r},))",
    "attach through another system":
        "u = sqlite3.connect('file::memory:', uri=True)\n"
        "u.execute('ATTACH ? AS x', ('file:' + {file!r} + '?vfs=unix-none',))",
    "attach in a script":
        "c.executescript('ATTACH ' + repr({file!r}) + ' AS x;"
        "CREATE TABLE x.t(a)')",
    "vacuum": "c.execute('VACUUM INTO ?', ({file!r},))",
    "in a thread":
        "import threading\n"
        "result = []\n"
        "def run():\n"
        "    try: sqlite3.connect({file!r})\n"
        "    except Exception as e: result.append(e)\n"
        "t = threading.Thread(target=run); t.start(); t.join()\n"
        "if result: raise result[0]",
}

WRITE = ("\nsqlite3.connect({file!r})"
         ".execute('CREATE TABLE IF NOT EXISTS t(a)')")

PREPARE = """\
import sqlite3
c = sqlite3.connect(':memory:')
c.execute('CREATE TABLE t(a)')
"""


class SqliteTest(JudgementTestCase):

    def programs(self):
        file = self.world.path("effects", "db")
        for way, text in WAYS.items():
            yield way, PREPARE + (text + WRITE).format(file=file)

    def run_with_hook(self, program, refuse):
        hook = ("import sys\n"
                "class Stopped(Exception): pass\n"
                "def hook(event, args):\n"
                "    if event == 'sqlite3.open' and %r:\n"
                "        raise Stopped(args[0])\n"
                "sys.addaudithook(hook)\n" % refuse)
        self.world.policy({"nobody_has_it": []})
        self.world.forget()
        return self.world.run(hook + program)

    def test_every_way_to_open(self):
        for way, program in self.programs():
            with self.subTest(way):
                result = self.run_with_hook(program, True)
                self.assertIn("Stopped: " + self.world.path("effects", "db"),
                              result.err)
                self.assertEqual(self.world.marks(), set())
                result = self.run_with_hook(program, False)
                self.assertEqual(result.code, 0, result)
                self.assertIn("db", self.world.marks())

    def test_limited_to_a_directory(self):
        effects = self.world.path("effects")
        for way, program in self.programs():
            self.world.write("deps/evil.py", program)
            for granted in effects, self.world.path("elsewhere"):
                with self.subTest(way, granted=granted):
                    result = self.judge({"$permissions": {"evil": {
                        "read": [granted], "write": [granted]}}},
                        "import evil")
                    if granted == effects:
                        self.assertRan(result, effect="db")
                    else:
                        self.assertRefused(result, "evil", effect="db",
                                           what=effects,
                                           denied="AccessDenied")

    def test_memory_is_no_file(self):
        result = self.run_with_hook(PREPARE + "\n".join([
            "sqlite3.connect('')",
            "sqlite3.connect('file:x?mode=memory&cache=shared', uri=True)",
            "sqlite3.connect('file:/x?vfs=memdb', uri=True)",
            "c.execute('CREATE TEMP TABLE u(a)')",
            "c.execute('VACUUM')",
            "c.backup(sqlite3.connect(':memory:'))"]), True)
        self.assertEqual(result.code, 0, result)

    def test_authorizers_are_the_users(self):
        result = self.run_with_hook(PREPARE + """\
seen = []
def authorize(action, *args):
    seen.append(action)
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else 0
c.set_authorizer(authorize)
try:
    c.execute("ATTACH '/nowhere' AS x")
except sqlite3.DatabaseError as error:
    print(error)
c.set_authorizer(None)
print(seen == [sqlite3.SQLITE_ATTACH])
""", True)
        self.assertEqual(result.out, "not authorized\nTrue\n", result)


if __name__ == "__main__":
    unittest.main()
