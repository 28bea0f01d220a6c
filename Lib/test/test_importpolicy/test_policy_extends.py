"""Which file does "$extends" mean, and what holds when several say something?

How layers combine is tested in test_policy_grant; here interpreters start.
"""

import hashlib
import json
import os
import textwrap
import unittest
import zipfile

from test.test_importpolicy.support import mark_of
from test.test_importpolicy.test_policy_setup import (PROBE, VARIABLE,
                                                      SetupTestCase, refuse)

NO_FILE = ('there is no file "{}"; write its path, from the directory of '
           'this one, or "builtin:NAME"')


class ExtendsTestCase(SetupTestCase):

    def setUp(self):
        super().setUp()
        self.script = self.write("app/run.py")

    def extend(self, *names, name="app/policy.json", **entries):
        return self.write(name, json.dumps(
            {"$extends": list(names)} | entries))

    def show(self, expression, **kwargs):
        """Evaluate it under the policy."""
        process = self.run_python("-c", textwrap.dedent(f"""\
            import importpolicy
            source, = importpolicy.policy().sources
            print({expression})
            """), cwd=self.path("app"), **kwargs)
        self.assertEqual(process.returncode, 0, process.stderr)
        return process.stdout.rstrip("\n")


class FileTests(ExtendsTestCase):

    def test_holds(self):
        self.write("app/base.json", refuse("colorsys"))
        self.extend()
        self.check("", self.script)
        self.extend("base.json")
        self.check("colorsys", self.script)
        self.extend("base.json", sched=[])
        self.check("colorsys sched", self.script)

    def test_own_wins(self):
        self.write("app/base.json", refuse("colorsys", "sched"))
        self.extend("base.json", colorsys="*")
        self.check("sched", self.script)
        self.write("app/other.json", json.dumps({"sched": "*"}))
        self.extend("other.json", "base.json")
        self.check("colorsys", self.script)
        self.extend("base.json", "other.json")
        self.check("colorsys sched", self.script)

    def test_longest_key_wins(self):
        # As in one file: the layers are one policy.
        self.write("deps/colorsys/x.py", "")
        self.write("app/base.json", json.dumps({"xml.sax": "*"}))
        self.write("app/run.py", "import xml.sax; print('sax')\n"
                                 "import xml.dom; print('dom')\n")
        self.extend("base.json", xml=["__main__"])
        self.assertEqual(self.run_python(self.script).stdout, "sax\ndom\n")
        self.extend("base.json", **{"xml.dom": []})
        self.assertEqual(self.run_python(self.script).stdout, "sax\n")

    def test_relative_to_the_file(self):
        self.write("base/base.json", refuse("colorsys", extends=["x.json"]))
        self.write("base/x.json", refuse("sched"))
        self.write("app/x.json", refuse("netrc"))
        for name in "../base/base.json", self.path("base/base.json"), \
                    "./../base/./base.json":
            with self.subTest(name):
                self.extend(name)
                self.check("colorsys sched", self.script)
        # Where a link puts it is where it is.
        os.symlink("../base/base.json", self.path("app/link.json"))
        self.extend("link.json")
        self.check("colorsys netrc", self.script)

    def test_of_the_environment_and_by_name(self):
        self.write("p/base.json", refuse("colorsys"))
        policy = self.extend("base.json", name="p/policy.json")
        self.check("colorsys", self.script, env={"PYTHONPOLICY": policy})
        self.check("colorsys", "-X", "importpolicy=../p/policy.json",
                   self.script, cwd=self.path("app"))
        python = self.make_venv(keys=f"importpolicy = {policy}\n")
        self.check("colorsys", self.script, python=python)

    def test_missing(self):
        policy = self.extend("none.json")
        self.check_fatal(f"{policy}:1:15: " + NO_FILE.format("none.json"),
                         self.script)
        base = self.write("app/base.json",
                          '{"socket": [],\n  "$extends": ["x.json"]}')
        self.extend("base.json")
        self.check_fatal(f"{base}:2:16: " + NO_FILE.format("x.json"),
                         self.script)
        self.extend("strict")
        self.check_fatal(f'{policy}:1:15: there is no file "strict"; did you '
                         f'mean "builtin:strict"?', self.script)

    def test_error_in_it(self):
        base = self.write("app/base.json", '{\n "$hots": []}')
        self.extend("base.json")
        self.check_fatal(f'{base}:2:2: "$hots" is no directive; did you mean '
                         f'"$hosts"?', self.script)

    def test_unreadable(self):
        self.extend("base.json")
        base = self.path("app/base.json")
        os.mkdir(base)
        self.check_fatal(f"{base}: is a directory, and must be a regular "
                         f"file", self.script)
        os.rmdir(base)
        os.mkfifo(base)
        self.check_fatal(f"{base}: is a pipe, and must be a regular file",
                         self.script)
        os.unlink(base)
        os.symlink("nowhere", base)
        self.check_fatal(f"{base}: is a symbolic link that leads nowhere; "
                         f"remove it, or put the file where it points",
                         self.script)

    def test_circle(self):
        policy = self.extend("base.json")
        base = self.extend("policy.json", name="app/base.json")
        self.check_fatal(f'{base}:1:15: a policy extends itself: {policy} -> '
                         f'{base} -> {policy}; remove "policy.json" here',
                         self.script)
        # Under another name it is the same file.
        os.link(policy, self.path("app/again.json"))
        self.extend("again.json", name="app/base.json")
        process = self.run_python(self.script)
        self.assertEqual(process.returncode, 2)
        self.assertIn("extends itself", process.stderr)

    def test_refusals_name_the_file(self):
        base = self.write("app/base.json", '{\n "colorsys": [],\n '
                          '"$permissions": {\n  "m": {"run": false}}}')
        self.extend("base.json")
        self.write("app/run.py", """\
import importpolicy, m
for do in m.imports, m.runs:
    try:
        do()
    except importpolicy.SecurityError as error:
        print(error.policy, error.line)
""")
        self.write("deps/m.py", """\
def imports():
    import colorsys
def runs():
    import subprocess
    subprocess.run(["true"])
    print("ran")
""")
        run = lambda: self.run_python(
            self.script, env={"PYTHONPATH": self.path("deps")})
        process = run()
        self.assertEqual(process.stdout, f"{base} 2\n{base} 4\n",
                         process.stderr)
        self.assertIn("(base.json:2)", process.stderr)
        self.extend("base.json", colorsys="*",
                    **{"$permissions": {"m": {"run": True}}})
        self.assertEqual(run().stdout, "ran\n")

    def test_nobody_writes_it(self):
        # As any policy: whatever is granted.
        base = self.write("base/base.json", refuse("sched"))
        other = self.write("base/other.json", "{}")
        self.extend("../base/base.json",
                    **{"$permissions": {"m": {"write": True, "read": True}}})
        self.write("deps/m.py", f"""\
import os
for name in {base!r}, {other!r}:
    try:
        open(name, "w").close()
    except PermissionError:
        print("no")
    else:
        print("yes")
""")
        self.write("app/run.py", "import m")
        process = self.run_python(self.script,
                                  env={"PYTHONPATH": self.path("deps")})
        self.assertEqual(process.stdout, "no\nyes\n", process.stderr)
        with open(base, encoding="utf-8") as file:
            self.assertEqual(file.read(), refuse("sched"))

    def test_twice_is_once(self):
        self.extend("a.json", "b.json")
        self.extend("c.json", name="app/a.json")
        self.extend("c.json", name="app/b.json", colorsys="*")
        self.write("app/c.json", refuse("colorsys", "sched"))
        self.check("colorsys sched", self.script)
        names = self.show("*source.extends").split()
        self.assertEqual(names, [self.path("app", name + ".json")
                                 for name in ("a", "c", "b")])

    def test_paths_in_it(self):
        # $app and $log are relative to the file in which they stand.
        self.write("base/base.json", json.dumps(
            {"$app": ["../shared"], "$log": "log.jsonl",
             "colorsys": ["__main__"], "sched": []}))
        self.write("shared/m.py", "import colorsys; print('allowed')")
        self.write("app/run.py", "import m, sched")
        self.extend("../base/base.json")
        process = self.run_python(self.script,
                                  env={"PYTHONPATH": self.path("shared")})
        self.assertEqual(process.stdout, "allowed\n")
        with open(self.path("base/log.jsonl"), encoding="utf-8") as file:
            record = json.loads(file.readline())
        self.assertEqual(record["what"], "sched")
        self.assertEqual(os.listdir(self.path("app")).count("log.jsonl"), 0)


class ArchiveTests(ExtendsTestCase):

    def make(self, **files):
        archive = self.path("app.pyz")
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("__main__.py", PROBE)
            for name, text in files.items():
                file.writestr(name.replace("__", "/") + ".json", text)
        return archive

    def test_in_the_archive(self):
        # Not the one beside the archive.
        self.write("base.json", refuse("netrc"))
        self.write("policies/base.json", refuse("netrc"))
        for name in "policies/base.json", "./x/../policies//base.json":
            archive = self.make(
                policy=refuse("sched", extends=[name]),
                policies__base=refuse("colorsys", extends=["more.json"]),
                policies__more=refuse("tabnanny"))
            self.check("colorsys sched tabnanny", archive)

    def test_missing(self):
        self.write("base.json", refuse("netrc"))
        archive = self.make(policy='{"$extends": ["base.json"]}')
        self.check_fatal(f"{archive}/policy.json:1:15: "
                         + NO_FILE.format("base.json"), archive)

    def test_out_of_the_archive(self):
        base = self.write("base.json", refuse("netrc", extends=["x.json"]))
        self.write("x.json", refuse("sched"))
        for name in "../base.json", "a/../../base.json", ".":
            archive = self.make(policy=json.dumps({"$extends": [name]}))
            self.check_fatal(
                f"{archive}/policy.json:1:15: a policy in an archive cannot "
                f"name what is beside the archive; write an absolute path",
                archive)
        # What lies outside names what lies there.
        archive = self.make(policy=json.dumps({"$extends": [base]}))
        self.check("netrc sched", archive)

    def test_circle(self):
        archive = self.make(policy='{"$extends": ["a/b.json"]}',
                            a__b='{"$extends": ["../policy.json"]}')
        self.check_fatal(
            f'{archive}/a/b.json:1:15: a policy extends itself: '
            f'{archive}/policy.json -> {archive}/a/b.json -> '
            f'{archive}/policy.json; remove "../policy.json" here', archive)


class PresetTests(ExtendsTestCase):

    def test_presets(self):
        for name, default in ("baseline", "allow"), ("strict", "deny"):
            self.extend(f"builtin:{name}")
            self.assertEqual(self.show("source.default, *source.extends"),
                             default + " " + os.path.join(
                                 os.path.dirname(os.__file__), "importpolicy",
                                 "presets", f"{name}.json"))

    def test_own_entry_wins(self):
        self.extend("builtin:strict", **{
            "$default": "allow", "$permissions": {"*": {"net": True}}})
        self.assertEqual(
            self.show("source.default, source.permissions['*']['net'].granted,"
                      " source.permissions['*']['run'].granted"),
            "allow True False")

    def test_unknown(self):
        for name, end in (("basline", 'did you mean "builtin:baseline"?'),
                          ("Strict", 'did you mean "builtin:strict"?'),
                          ("x", 'write "builtin:baseline" or '
                                '"builtin:strict"'),
                          ("../../x", 'write "builtin:baseline" or '
                                      '"builtin:strict"')):
            policy = self.extend("builtin:" + name)
            self.check_fatal(f'{policy}:1:15: "builtin:{name}" is no preset; '
                             + end, self.script)

    def test_comment_says_what_for(self):
        presets = os.path.join(os.path.dirname(os.__file__), "importpolicy",
                               "presets")
        self.assertEqual(sorted(os.listdir(presets)),
                         ["baseline.json", "strict.json"])
        for name in os.listdir(presets):
            with open(os.path.join(presets, name), encoding="utf-8") as file:
                comment = json.load(file)["$comment"]
            self.assertTrue(comment[0].startswith(
                "builtin:" + name.removesuffix(".json")))


class ChildTests(ExtendsTestCase):
    """A child must find what its parent has found, in all of the files."""

    def start(self, before):
        probe = self.write("probe/probe.py")
        self.write("app/run.py", textwrap.dedent(f"""\
            import os, subprocess, sys
            {before}
            done = subprocess.run([sys.executable, "-I", {probe!r}], env={{}})
            sys.exit(done.returncode)
            """))

    def test_unchanged(self):
        self.write("base/base.json", refuse("colorsys", extends=["x.json"]))
        self.write("base/x.json", refuse("sched"))
        self.extend("../base/base.json", "builtin:baseline")
        self.start("")
        self.check("colorsys sched", self.script)

    def test_changed(self):
        self.extend("base.json")
        self.extend("x.json", name="app/base.json")
        new = self.write("new.json", refuse("sched"))
        for name in "base.json", "x.json":
            for do in (f"os.replace({new!r}, {self.path('app', name)!r})",
                       f"os.unlink({self.path('app', name)!r})",
                       f"open({self.path('app', name)!r}, 'w').close()"):
                with self.subTest(do):
                    self.extend("x.json", name="app/base.json")
                    self.write("app/x.json", refuse("colorsys"))
                    self.write("new.json", refuse("sched"))
                    self.start(do)
                    process = self.run_python(self.script)
                    self.assertEqual(process.returncode, 2, process.stderr)
                    self.assertEqual(process.stdout, "")
                    self.assertEqual(
                        process.stderr, f"{self.path('app/policy.json')}: the "
                        f"policy has changed since the interpreter that "
                        f"started this one read it; start that again\n")

    def test_digest(self):
        texts = [refuse("colorsys", extends=["a.json"]), refuse("sched")]
        self.write("app/policy.json", texts[0])
        self.write("app/a.json", texts[1])
        lines = "".join(hashlib.sha256(text.encode()).hexdigest() + "\n"
                        for text in texts)
        self.assertEqual(self.show("source.sha256"),
                         hashlib.sha256(lines.encode()).hexdigest())

    def test_own_digest_is_not_enough(self):
        self.write("app/a.json", "{}")
        policy = self.extend("a.json")
        value = {"version": 2, "key": f"{7:016x}", "application": [],
                 "principals": [],
                 "policies": [{"path": policy, "mark": mark_of(policy, key=7),
                               "origin": "PYTHONPOLICY"}]}
        self.check_fatal(
            f"{policy}: the policy has changed since the interpreter that "
            f"started this one read it; start that again", "-c", "print(1)",
            env={VARIABLE: json.dumps(value)})


if __name__ == "__main__":
    unittest.main()
