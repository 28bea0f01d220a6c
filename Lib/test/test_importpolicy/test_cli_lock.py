"""python -m importpolicy lock, and what other commands make of a lock."""

import json
import os
import unittest

import _importpolicy
from importpolicy import _distribution, _lock, _lock_diff
from test.test_importpolicy.lock_support import LockTestCase, row


class WriteTest(LockTestCase):

    def test_write(self):
        self.install("good-one", {"good/__init__.py": "import sub\n"},
                     requires=["Sub>=1 ; python_version > '3'", "absent",
                               "vault[ x,Y ] (>1)"])
        self.package("sub")
        self.world.policy(self.policy)
        result = self.ends(self.command("lock"), 0)
        self.assertIn("policy.lock.json: 3 distributions locked", result.err)
        entries = self.entries()
        self.assertEqual(list(entries), ["good-one", "sub", "vault"])
        good = entries["good-one"]
        self.assertEqual(list(good),
                         ["version", "record", "packages", "requires"])
        self.assertEqual(good["packages"], ["good"])
        self.assertEqual(good["requires"],
                         ["sub; python_version > '3'", "vault[x,y]"])

    def test_in_process(self):
        # The tests' own shortcut writes the same.
        self.package("good")
        self.world.policy(self.policy)
        self.ends(self.command("lock"), 0)
        text = self.read_text("app/policy.lock.json")
        self.lock()
        self.assertEqual(self.read_text("app/policy.lock.json"), text)

    def test_same_elsewhere(self):
        # Another path, home and installer.
        self.package("good")
        self.world.policy(self.policy)
        self.ends(self.command("lock"), 0)
        text = self.read_text("app/policy.lock.json")
        self.assertNotIn(self.world.root, text)
        there = self.world.path("other")
        os.rename(self.world.deps, there)
        record = os.path.join(there, "good-1.dist-info", "RECORD")
        with open(record) as file:
            lines = file.read().splitlines()
        lines += ["../bin/good,sha256=abc,1",
                  "good/__pycache__/__init__.cpython-313.pyc,,",
                  "good-1.dist-info/REQUESTED,sha256=abc,0",
                  "good-1.dist-info/INSTALLER,sha256=abc,2"]
        with open(record, "w") as file:
            file.write("\r\n".join(reversed(lines)) + "\r\n")
        self.ends(self.command("lock", env={"PYTHONPATH": there,
                                            "HOME": self.tmp}), 0)
        self.assertEqual(self.read_text("app/policy.lock.json"), text)

    def test_names_without_statement(self):
        # As mypyc makes them, beside the packages that load them.
        self.install("good", {"good/__init__.py": "", "0f__mypyc.so": "x"})
        self.lock()
        self.assertEqual(self.entries()["good"]["packages"],
                         ["0f__mypyc", "good"])

    def test_own_parts(self):
        """An entry of PYTHONPATH inside of the application is its own, to the
        tools as to the interpreter; one that an installer made is not."""
        code = "def f(): pass\n"
        self.world.distribution("own", own=code, where="app/src")
        self.world.distribution("vendored", vendored=code,
                                where="app/site-packages")
        self.package("good", code)
        self.world.policy({"$permissions": {"own": {"net": True}}})
        path = os.pathsep.join([self.world.deps, *(
            self.world.path("app", name) for name in ("src", "site-packages"))
        ])
        self.world.write("app/main.py", """
            import importpolicy, own, good, vendored
            import _importpolicy
            print(*[who for module in (own, good, vendored)
                    for who in _importpolicy.principal_of(module.f.__code__)])
            """)
        env = {"PYTHONPATH": path}
        self.assertEqual(self.world.start("main.py", env=env).out,
                         "__main__ good vendored\n")
        result = self.ends(self.command("check", env=env), 1)
        self.assertIn('"own"', result.out)
        result = self.ends(self.command("lock", env=env), 0)
        self.assertNotIn("own", self.entries())
        self.assertIn("good", self.entries())

    def test_nothing_installed(self):
        os.rename(self.world.deps, self.world.path("gone"))
        os.mkdir(self.world.deps)
        self.lock()
        self.assertEqual(self.entries(), {})
        self.assertEqual(self.world.run("print(1)").out, "1\n")

    def test_place(self):
        self.world.policy(self.policy, "app/deploy/p.json")
        self.ends(self.command("lock", "deploy/p.json"), 0)
        self.assertTrue(os.path.exists(
            self.world.path("app/deploy/policy.lock.json")))

    def test_no_policy(self):
        result = self.ends(self.command("lock"), 2)
        self.assertIn("there is no such policy", result.err)
        self.assertFalse(os.path.exists(
            self.world.path("app/policy.lock.json")))

    def test_tells_changes(self):
        self.package("good")
        self.lock()
        self.package("evil")
        self.package("good", "pass", version="1")
        result = self.ends(self.command("lock"), 0)
        self.assertIn("evil 1 is new\n", result.err)
        self.assertIn("good 1 has other files than it had", result.err)

    def test_broken_before(self):
        self.world.policy(self.policy)
        self.world.write("app/policy.lock.json", "{")
        result = self.ends(self.command("lock"), 0)
        self.assertIn("it is written anew", result.err)
        self.entries()

    def test_json(self):
        self.world.policy(self.policy)
        self.world.write("deps/old.egg-info", "")
        result = self.ends(self.command("lock", "--json"), 0)
        told = json.loads(result.out)
        self.assertEqual(told["distributions"], 1)
        self.assertEqual([finding["code"] for finding in told["findings"]],
                         ["unlocked"])


class UnlockedTest(LockTestCase):

    def check(self, name, why):
        self.world.policy(self.policy)
        result = self.ends(self.command("lock"), 0)
        self.assertIn(f"{name} cannot be locked: {why}", result.err)
        self.assertNotIn(name, self.entries())

    def test_no_record(self):
        self.package("good")
        os.unlink(self.world.path(self.info("good"), "RECORD"))
        self.check("good", "it has no RECORD")

    def test_no_hash(self):
        self.install("good", {"good/__init__.py": ""},
                     extra="good/more.py,,\n")
        self.check("good", "its RECORD has no SHA-256 of good/more.py")

    def test_egg_info(self):
        self.world.write("deps/Old_Thing-1.egg-info/PKG-INFO", "Name: x")
        self.check("old-thing", "it was installed in an older format")

    def test_damaged(self):
        self.package("good")
        self.world.write(self.info("good") + "/METADATA", "Name: other\n\n")
        self.check("good", "its metadata is damaged")


class EditableTest(LockTestCase):

    def setUp(self):
        super().setUp()
        self.project = self.world.path("project")
        self.world.write("project/src/mine/__init__.py", "import vault")
        self.world.write("project/src/space/part/__init__.py", "")
        self.install("mine", {
            "_mine.pth": f"{self.project}/src\n",
            "mine-1.dist-info/direct_url.json": json.dumps({
                "url": f"file://{self.project}",
                "dir_info": {"editable": True}})})
        self.start = f"import sys; sys.path.append({self.project!r} " \
                     "+ '/src')\nimport mine"
        self.lock({"vault": ["mine"]})

    def test_entry(self):
        self.assertEqual(self.entries()["mine"], {
            "version": "1", "editable": True,
            "packages": ["mine", "space.part"], "pth": ["_mine.pth"],
            "requires": []})

    def test_grants(self):
        self.works(self.start)
        self.world.write("project/src/mine/__init__.py",
                         "import vault # worked on")
        self.works(self.start)

    def test_in_its_place(self):
        # What lies in the directory of dependencies under its name.
        planted = self.world.write("deps/mine/__init__.py", "import vault")
        self.loses(planted, "no locked distribution's RECORD", "import mine")

    def test_not_editable_any_more(self):
        self.remove("mine", "1", "_mine.pth")
        self.package("mine")
        self.program("import mine")
        self.assertEqual(self.world.marks(), set())


class CheckTest(LockTestCase):

    def setUp(self):
        super().setUp()
        self.package("good")
        self.lock()

    def codes(self, status=1):
        result = self.ends(self.command("lock", "--check", "--json"), status)
        return [finding["code"] for finding
                in json.loads(result.out)["findings"]]

    def test_fine(self):
        before = self.read_text("app/policy.lock.json")
        result = self.ends(self.command("lock", "--check"), 0)
        self.assertIn("what is installed is what is locked", result.err)
        self.assertEqual(self.read_text("app/policy.lock.json"), before)

    def test_new_version(self):
        self.remove("good")
        self.package("good", version="2")
        result = self.ends(self.command("lock", "--check"), 1)
        self.assertIn("good 2, which was 1 [new-version]", result.out)
        line = next(number for number, text in enumerate(
            self.read_text("app/policy.lock.json").splitlines(), 1)
            if '"good": {' in text)
        self.assertIn(f"policy.lock.json:{line}: ", result.out)

    def test_changed_file(self):
        self.world.write("deps/good/__init__.py", "import vault # other")
        self.assertEqual(self.codes(), ["changed-file"])

    def test_changed_data(self):
        # Files that the interpreter itself does not hash, too.
        self.install("good", {"good/__init__.py": "", "good/data.bin": "a"},
                     installed=row("../bin/good", "script"))
        self.lock()
        self.world.write("bin/good", "script")
        self.codes(0)
        self.world.write("deps/good/data.bin", "b")
        self.world.write("bin/good", "Script")
        self.assertEqual(self.codes(), ["changed-file", "changed-file"])

    def test_missing_file(self):
        os.unlink(self.world.path("deps/good/__init__.py"))
        self.assertEqual(self.codes(), ["missing-file"])

    def test_unlisted_file(self):
        self.world.write("deps/good/evil.py", "")
        self.world.write("deps/stray.pth", "")
        self.assertEqual(self.codes(), ["unlisted-file"] * 2)

    def test_contested(self):
        self.install("other", {"other.py": ""},
                     extra=row("good/__init__.py", "import vault\n"))
        self.lock()
        self.assertEqual(self.codes(), ["contested-file"] * 2)

    def test_no_lock(self):
        os.unlink(self.world.path("app/policy.lock.json"))
        result = self.ends(self.command("lock", "--check"), 2)
        self.assertIn("there is no lock", result.err)

    def test_broken(self):
        self.world.write("app/policy.lock.json", '{"$version": 1,}')
        result = self.ends(self.command("lock", "--check"), 2)
        self.assertIn("policy.lock.json:1:15: ", result.err)

    def test_check_and_explain(self):
        self.ends(self.command("check"), 0)
        self.remove("good")
        self.package("good", version="2")
        result = self.ends(self.command("check"), 1)
        self.assertIn("good 2, which was 1 [stale-lock]", result.out)
        result = self.ends(self.command("explain", "good", "vault"), 1)
        self.assertIn("good 2 is installed, 1 is locked", result.out)
        self.assertNotIn("to allow it, add", result.out)
        self.lock()
        self.ends(self.command("explain", "good", "vault"), 0)


    def test_explain_log(self):
        # What is not what was locked is not to be granted more.
        log = self.world.path("denials.jsonl")
        self.package("good", "import vault # other")
        self.world.policy(self.policy | {"$log": log})
        self.program("import good")
        result = self.ends(self.command("explain", "--log", log), 1)
        self.assertIn("what RECORD says of good 1 is not", result.err)
        self.assertNotIn("to allow it", result.out)


class DiffTest(LockTestCase):

    def entry(self, version="1", record="0", requires=(), **more):
        return {"version": version, "record": record * 64,
                "packages": more.pop("packages", []), **more,
                "requires": list(requires)}

    def changes(self, old, new):
        return [(change.code, change.message)
                for change in _lock_diff.changes(old, new)]

    def test_none(self):
        entries = {"a": self.entry()}
        self.assertEqual(self.changes(entries, entries), [])

    def test_each(self):
        one = {"a": self.entry()}
        for new, expected in (
                ({"a": self.entry("2", "1")},
                 [("new-version", "a 2, which was 1")]),
                ({"a": self.entry("1", "1")},
                 [("new-content", "a 1 has other files than it had, with the "
                   "same version")]),
                ({}, [("removed-distribution",
                       "a 1 is not installed any more")]),
                ({"a": self.entry(requires=["b[x]; os_name"]),
                  "b": self.entry(pth=["b.pth"])},
                 [("new-requirement", "a requires b"),
                  ("new-distribution", "b 1 is new, and comes with a"),
                  ("new-start-file", "b brings b.pth, which Python reads when "
                   "it starts")]),
                ({"a": self.entry(packages=["p"])},
                 [("new-package", "a brings the package p")]),
                ({"a": {"version": "1", "editable": True, "packages": [],
                        "requires": []}},
                 [("now-editable", "a is installed from a source tree")])):
            with self.subTest(expected):
                self.assertEqual(self.changes(one, new), expected)

    def test_command(self):
        self.package("good")
        self.lock()
        old = self.world.path("app/old.json")
        os.rename(self.world.path("app/policy.lock.json"), old)
        self.lock()
        self.ends(self.command("diff", old, "policy.lock.json"), 0)
        self.remove("good")
        self.package("good", version="2", requires=["evil"])
        self.install("evil", {"evil.py": "", "evil.pth": ""})
        self.lock()
        for format in "text", "markdown":
            result = self.ends(self.command(
                "diff", "--format", format, "old.json", "policy.lock.json"),
                1)
            self.golden(f"diff_lock_{format}", result.out)
        result = self.ends(self.command(
            "diff", "--json", "old.json", "policy.lock.json"), 1)
        self.assertEqual([change["code"] for change
                          in json.loads(result.out)["changes"]],
                         ["new-start-file", "new-distribution",
                          "new-requirement", "new-version"])
        self.ends(self.command("diff", "--format", "sarif", "old.json",
                               "policy.lock.json"), 1)

    def test_lock_and_policy(self):
        self.lock()
        result = self.ends(self.command("diff", "policy.json",
                                        "policy.lock.json"), 2)
        self.assertIn("is no lock, and the other one is", result.err)


class FormTest(unittest.TestCase):

    def test_written_form_is_known(self):
        # What the command writes, the interpreter need not parse at once.
        entry = {"version": "1", "record": "0" * 64, "packages": [],
                 "requires": []}
        editable = {"version": "1", "editable": True, "packages": ["a"],
                    "pth": ["a.pth", "b.pth"], "contested": ["a/b.py"],
                    "requires": ["b", "c; os_name == 'posix'"]}
        for entries in {}, {"a": entry}, {"b": editable, "a": entry}:
            text = _lock.dumps(entries).encode()
            self.assertEqual(json.loads(text)["distributions"], entries)
            self.assertIsNone(_importpolicy.parse_lock(text))
            self.assertTrue(_importpolicy.is_lock_as_written(text))
            for i in range(0, len(text), 7):
                for other in (text[:i], text[:i] + b"\\" + text[i:],
                              text[:i] + text[i + 1:],
                              text[:i] + b"\n" + text[i:],
                              text[:i] + b"\xff" + text[i + 1:],
                              text[:i] + b'"' + text[i:]):
                    # It may be more narrow than the parser, never less.
                    if _importpolicy.is_lock_as_written(other):
                        self.assertIsNone(_importpolicy.parse_lock(other),
                                          other)

    def test_not_twice(self):
        entry = {"version": "1", "record": "0" * 64, "packages": [],
                 "requires": []}
        text = _lock.dumps({"a": entry, "b": entry}).replace('"b"', '"a"')
        self.assertFalse(_importpolicy.is_lock_as_written(text.encode()))
        self.assertIsNotNone(_importpolicy.parse_lock(text.encode()))


class RecordTest(unittest.TestCase):

    def digest(self, *lines, end="\n"):
        return _importpolicy.record_digest(
            "".join(line + end for line in lines).encode())

    def test_same(self):
        a, b = "a.py,sha256=x,1", "b/c.py,sha256=y,2"
        for lines in ([b, a], [a, b, a], [a, b, "../x,,"], [a, b, "/x,,"],
                      [a, b, "b/__pycache__/c.cpython-313.pyc,,"],
                      [a, b, "x-1.dist-info/RECORD,,"],
                      [a, b, "x-1.dist-info/direct_url.json,sha256=z,1"],
                      [a, b, "b/../../x.py,sha256=z,1"]):
            self.assertEqual(self.digest(*lines), self.digest(a, b), lines)
        self.assertEqual(self.digest(a, b, end="\r\n"), self.digest(a, b))

    def test_other(self):
        a = "a.py,sha256=x,1"
        for lines in ([], ["a.py,sha256=y,1"], [a, "b.py,sha256=x,1"],
                      [a, "x-1.dist-info/METADATA,sha256=z,1"],
                      [a, "x-1.dist-info/entry_points.txt,sha256=z,1"],
                      [a, "b.pth,sha256=x,1"], [a, "b/data.txt,sha256=x,1"]):
            self.assertNotEqual(self.digest(*lines), self.digest(a), lines)


class RequirementTest(unittest.TestCase):

    def test_parts(self):
        for text, expected in (
                ("a", ("a", [], "")), ("a>=1,<2", ("a", [], "")),
                ("a (>=1)", ("a", [], "")),
                ("A_b[y, X]>=1; os_name == 'posix'",
                 ("a-b", ["x", "y"], "os_name == 'posix'")),
                ("a @ https://x/y;z ; extra == 'q'",
                 ("a", [], "extra == 'q'")),
                ("?", None)):
            self.assertEqual(_distribution.requirement(text), expected, text)


class DamagedRecordTest(LockTestCase):
    """A RECORD with a line that is none is told once, with its place."""

    LINES = {
        b'"open.py,sha256=x,1\n': "is not PATH,HASH,SIZE",
        b"one field\n": "is not PATH,HASH,SIZE",
        b"a,b,c,d\n": "is not PATH,HASH,SIZE",
        b"a\0.py,,\n": "is not PATH,HASH,SIZE",
        b"x" * 200_000 + b".py,,\n": "is not PATH,HASH,SIZE",
        b"\xff.py,,\n": "is not UTF-8",
    }

    def setUp(self):
        super().setUp()
        self.package("good")
        self.package("other")
        self.lock()
        self.record = self.world.path(self.info("good"), "RECORD")
        with open(self.record, "rb") as file:
            self.whole = file.read()

    def damage(self, line):
        with open(self.record, "wb") as file:
            file.write(self.whole + line + b"behind.py,,\n")
        return self.whole.count(b"\n") + 1

    def test_check(self):
        self.ends(self.command("lock", "--check"), 0)
        for line, what in self.LINES.items():
            number = self.damage(line)
            with self.subTest(line[:20]):
                result = self.ends(self.command("lock", "--check", "--json"),
                                   1)
                finding, = json.loads(result.out)["findings"]
                self.assertEqual(
                    (finding["code"], finding["level"], finding["file"],
                     finding["line"], finding["message"]),
                    ("damaged-record", "error", self.record, number,
                     f"good cannot be locked: line {number} of its RECORD "
                     f"{what}"))
                self.assertEqual(result.err, "")

    def test_write(self):
        number = self.damage(b"\xff.py,,\n")
        result = self.ends(self.command("lock"), 0)
        self.assertIn(f"good cannot be locked: line {number} of its RECORD is "
                      "not UTF-8\n", result.err)
        self.assertEqual(self.entries().keys(), {"other", "vault"})

    def test_grants(self):
        self.assertRan(self.world.run("import good"))
        self.world.forget()
        self.damage(b"\xff.py,,\n")
        result = self.world.run("import good")
        self.assertEqual((result.denied, self.world.marks()),
                         ("ImportDenied", set()), result)


if __name__ == "__main__":
    unittest.main()
