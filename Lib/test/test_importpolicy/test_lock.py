"""policy.lock.json: what is installed is held to it.

Each attack leaves the policy alone and changes what is installed; each has a
twin that shows the same program allowed, before or without it.
"""

import base64
import hashlib
import os
import shutil
import unittest

from test.test_importpolicy.lock_support import LockTestCase, row
from test.test_importpolicy.support import APPLICATION, copy_extension

NOT_LISTED = "no locked distribution's RECORD lists it with a hash"
OTHER_CONTENT = "it is not what RECORD says"
TWO_CLAIM = "more than one distribution claims it"


class FileTest(LockTestCase):
    """Whose is the file?"""

    def setUp(self):
        super().setUp()
        self.package("good")
        self.lock()

    def at(self, *parts):
        return self.world.path("deps", *parts)

    def test_listed(self):
        self.works()
        self.works()                    # from the cache of compiled code

    def empty(self):
        self.package("good", "")
        self.lock()

    def test_planted(self):
        self.works()
        self.empty()
        self.world.write("deps/good/evil.py", "import vault")
        self.loses(self.at("good/evil.py"), NOT_LISTED, "import good.evil")
        os.unlink(self.world.path("app/policy.lock.json"))
        self.works("import good.evil")

    def test_planted_beside_the_source(self):
        # A compiled file without source is found where the source is gone.
        self.empty()
        self.world.start("-c", "import py_compile; py_compile.compile("
                         f"{self.world.write('evil.py', 'import vault')!r}, "
                         f"{self.at('good/late.pyc')!r})")
        self.loses(self.at("good/late.pyc"), NOT_LISTED,
                   "import good.late")

    def test_planted_package(self):
        self.empty()
        self.world.write("deps/good/sub/__init__.py", "import vault")
        self.loses(self.at("good/sub/__init__.py"), NOT_LISTED,
                   "import good.sub")

    def test_planted_cache(self):
        # Compiled code beside a source is not what RECORD says.
        evil = self.world.write("elsewhere/__init__.py",
                                self.world.mark("evil"))
        self.world.start("-c", f"""if 1:
            import os, py_compile
            source = {self.at('good/__init__.py')!r}
            evil = {evil!r}
            st = os.stat(source)
            text = open(evil).read().ljust(st.st_size)[:]
            open(evil, "w").write(text)
            os.utime(evil, ns=(st.st_atime_ns, st.st_mtime_ns))
            import importlib.util
            cache = importlib.util.cache_from_source(source)
            py_compile.compile(evil, cache)
            data = bytearray(open(cache, "rb").read())
            data[12:16] = st.st_size.to_bytes(4, "little")
            open(cache, "wb").write(data)
            """)
        self.assertEqual(len(os.listdir(self.at("good/__pycache__"))), 1)
        self.works()
        self.assertEqual(self.world.marks(), {"vault"})
        os.unlink(self.world.path("app/policy.lock.json"))
        self.program("import good")
        self.assertEqual(self.world.marks(), {"evil"})

    def test_changed(self):
        self.works()
        text = self.world.write("deps/good/__init__.py",
                                "import vault \n")
        self.loses(text, OTHER_CONTENT)
        # The same size, from a warm cache.
        self.package("good", "import vault")
        self.works()
        self.world.write("deps/good/__init__.py", "import vault\t")
        self.loses(text, OTHER_CONTENT)

    def test_no_hash(self):
        # A RECORD that says nothing of the content pins nothing.
        self.install("good", {"good/__init__.py": ""},
                     extra="good/more.py,,\n")
        self.world.write("deps/good/more.py", "import vault")
        self.edit_lock(lambda entries: entries["good"].update(
            record=self.digest("good")))
        self.loses(self.at("good/more.py"), NOT_LISTED,
                   "import good.more")

    def digest(self, name):
        import _importpolicy
        with open(self.world.path(self.info(name), "RECORD"), "rb") as file:
            return _importpolicy.record_digest(file.read())

    def test_claimed_by_a_stranger(self):
        self.works()
        self.install("evil", {"evil.py": ""},
                     extra=row("good/__init__.py", "import vault\n"))
        self.loses(self.at("good/__init__.py"), TWO_CLAIM)
        self.remove("evil")
        self.works()

    def test_claimed_by_two_that_are_locked(self):
        files = {"good/__init__.py": "", "good/more.py": "import vault\n"}
        self.install("good", files)
        self.lock()
        self.works("import good.more")
        self.install("other", {"other.py": ""},
                     extra=row("good/more.py", "import vault\n"))
        self.lock()
        self.assertEqual(self.entries()["other"]["contested"],
                         ["good/more.py"])
        self.loses(self.at("good/more.py"), TWO_CLAIM, "import good.more")
        # The package as a whole: neither has it.
        self.package("good")
        self.install("other", {"other.py": ""},
                     extra=row("good/__init__.py", "import vault\n"))
        self.lock()
        self.assertEqual(self.entries()["good"]["packages"], [])
        self.loses("good", "good is not in the lock")

    def test_no_distribution(self):
        self.world.modules(good2="import vault")
        self.works("import good")
        self.lock({"vault": ["good2"]})
        self.loses("good2", "good2 is not in the lock", "import good2")
        os.unlink(self.world.path("app/policy.lock.json"))
        self.works("import good2")

    def test_elsewhere(self):
        # Called by its path, and of no concern to a lock.
        plugin = self.world.write("plugins/foo.py", "import vault")
        main = f"import sys; sys.path.append({os.path.dirname(plugin)!r})\n" \
               "import foo"
        name = plugin.removesuffix(".py")
        self.lock({"vault": [name]})
        self.works(main)

    def test_archive(self):
        archive = self.world.write_zip("deps/lib.zip",
                                       {"good.py": "import vault"})
        main = f"import sys; sys.path.insert(0, {archive!r}); import good"
        self.program(main)
        self.assertNotIn("vault", self.world.marks())

    def test_pth(self):
        site = self.world.make_venv()
        shutil.copytree(self.world.path("deps"), site, dirs_exist_ok=True)
        self.world.deps = site
        line = "import vault\n"
        self.world.write(os.path.join(site, "start.pth"), line)
        info = os.path.join(site, "good-1.dist-info", "RECORD")
        with open(info) as file:
            text = file.read()
        with open(info, "w") as file:
            file.write(row("start.pth", line) + text)
        self.lock({"vault": ["start.pth", "good"]})
        self.assertEqual(self.entries()["good"]["pth"], ["start.pth"])
        self.works("pass")
        self.world.write(os.path.join(site, "start.pth"), line + " \n")
        self.program("pass")
        self.assertEqual(self.world.marks(), set())
        self.world.write(os.path.join(site, "start.pth"), line)
        self.works("pass")
        self.world.write(os.path.join(site, "later.pth"), line)
        self.lock({"vault": ["later.pth"]})
        self.program("pass")
        self.assertEqual(self.world.marks(), set())


class DistributionTest(LockTestCase):
    """Is it still what was locked?"""

    def setUp(self):
        super().setUp()
        self.package("good")
        self.lock()

    def upgrade(self, body="import vault # more", **kwargs):
        self.remove("good")
        self.package("good", body, version="2", **kwargs)

    def test_upgraded(self):
        self.works()
        self.upgrade()
        self.loses("good", "good 2 is installed, 1 is locked: review with "
                   "`python -m importpolicy diff --upgrade good==1..2`, then "
                   "`python -m importpolicy lock`")
        self.lock()
        self.works()

    def test_hijacked(self):
        # The same version, other files: RECORD is as consistent as ever.
        self.works()
        self.package("good", "import vault # other")
        self.loses("good", "what RECORD says of good 1 is not what was "
                   "locked")

    def test_only_metadata(self):
        self.package("good", requires=["evil"])
        self.loses("good", "what RECORD says of good 1")

    def test_new_dependency(self):
        # Installed with a release that nobody has looked at.
        self.package("evil")
        self.upgrade("import evil", requires=["evil"])
        self.loses("evil", "evil is not in the lock")
        self.loses("evil", "evil is not in the lock", "import evil")
        self.lock()
        self.works()

    def test_new_dependency_without_a_release(self):
        self.package("evil")
        self.loses("evil", "evil is not in the lock", "import evil")

    def test_declared(self):
        # What is required is what the lock says.
        self.package("sub")
        self.install("good", {"good/__init__.py": "import sub\n"},
                     requires=["sub"])
        self.lock()
        self.works()
        self.edit_lock(lambda entries: entries["good"].update(requires=[]))
        result = self.program("import good")
        self.assertRefused(result, "sub")

    def test_sub_dependency_changed(self):
        self.package("sub")
        self.install("good", {"good/__init__.py": "import sub\n"},
                     requires=["sub"])
        self.lock()
        self.works()
        self.package("sub", "import vault # other")
        self.loses("sub", "what RECORD says of sub 1")

    def test_named_itself(self):
        # Neither its own entry nor that of all gives back what was lost.
        policy = {"$default": "deny", "$permissions": {
            "good": {"read": ["/"], "env": ["KEY"]}, "__main__": True}}
        main = """
            import good
            assert good.get() == "value"
            """
        body = "import os\ndef get(): return os.environ.get('KEY')"
        self.package("good", body)
        self.lock(policy)
        env = {"KEY": "value"}
        self.assertEqual(self.program(main, env=env).code, 0)
        self.package("good", body + " # other")
        self.assertIn("AssertionError", self.program(main, env=env).err)

    def test_everyone(self):
        # What everyone has is not its own to lose.
        self.lock({"vault": "*"})
        self.package("good", "import vault # other")
        self.works()

    def test_siblings(self):
        files = {"good/__init__.py": "import twin\n",
                 "twin/__init__.py": "import vault\n"}
        self.install("good", files)
        self.lock()
        self.works()
        self.assertEqual(self.entries()["good"]["packages"],
                         ["good", "twin"])
        self.edit_lock(lambda entries: entries["good"].update(
            packages=["good"]))
        self.loses("twin", "twin is not in the lock")

    def test_installed_twice(self):
        # Another dist-info of the name: which of them is it?
        self.works()
        self.install("good", {"good2.py": ""}, version="0")
        self.assertRefused(self.program("import good"), "good")

    def test_removed(self):
        self.remove("good")
        self.loses("good", "good 1 is locked, and not installed")

    def test_what_the_installer_writes(self):
        # Scripts, compiled files and its own notes differ between machines.
        self.install(
            "good", {"good/__init__.py": "import vault\n"},
            installed="../../bin/good,sha256=x,1\n"
                      "good/__pycache__/__init__.cpython-313.pyc,,\n"
                      "good-1.dist-info/INSTALLER,sha256=x,3\n"
                      "good-1.dist-info/direct_url.json,sha256=x,3\n")
        self.works()

    def test_host_and_loader(self):
        # Trust is lost as well.
        self.install("runner", {"runner/__init__.py":
                                "def run(f): f()\n"})
        main = """
            import runner, good
            runner.run(good.reach)
            """
        self.package("good", "def reach(): import vault")
        policy = self.policy | {"$hosts": ["runner"]}
        self.lock(policy)
        self.works(main)
        self.install("runner", {"runner/__init__.py":
                                "def run(f): f() # other\n"})
        self.loses("runner", "what RECORD says of runner 1", main)

    def test_application(self):
        self.lock({"vault": [APPLICATION]})
        self.works("import vault")

    def test_packages(self):
        # What the policy says of ancestry holds, among what is locked.
        self.package("sub")
        policy = {"vault": ["good"], "$packages": {"good": ["sub"]}}
        self.lock(policy)
        self.works("import sub")
        self.package("sub", "import vault # other")
        self.loses("sub", "what RECORD says of sub 1", "import sub")

    def test_drop_and_permit(self):
        policy = {"$default": "deny", "$permissions": {
            "good": {"env": ["KEY"]}, "__main__": True}}
        self.package("good", "import os\ndef get(): "
                     "return os.environ.get('KEY')")
        self.lock(policy)
        result = self.program("""
            import good, importpolicy
            with importpolicy.permit(env=["KEY"]):
                print(good.get())
            with importpolicy.permit(env=["OTHER"]):
                print(good.get())
            importpolicy.drop("env", principal="good")
            print(good.get())
            """, env={"KEY": "value"})
        self.assertEqual((result.code, result.out.split()),
                         (0, ["value", "None", "None"]), result)

    def test_query(self):
        result = self.works("""
            import importpolicy
            print(bool(importpolicy.query("good", "vault")))
            print(importpolicy.policy().sources[0].lock)
            import good
            """)
        self.assertEqual(result.out.split(), [
            "True", self.world.path("app/policy.lock.json")])
        self.upgrade()
        result = self.program("""
            import importpolicy
            verdict = importpolicy.query("good", "vault")
            print(verdict.allowed, verdict.reason)
            """)
        self.assertIn("good 2 is installed, 1 is locked", result.out)


class ExtensionTest(LockTestCase):
    """Native code is not hashed; but it has to be what RECORD lists."""

    def setUp(self):
        super().setUp()
        path = copy_extension("_bisect", self.made("good/x")[:-2], "_bisect")
        if path is None:
            self.skipTest("_bisect is not an extension module here")
        self.extension = path
        self.file = os.path.relpath(path, self.world.deps)

    def pack(self, extra):
        self.install("good", {"good/__init__.py": "import good._bisect\n"},
                     extra=extra)
        self.lock({"$default": "deny",
                   "$permissions": {"__main__": True, "good": {"ffi": True}}})

    def listed(self, size):
        with open(self.extension, "rb") as file:
            digest = hashlib.sha256(file.read()).digest()
        text = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return f"{self.file},sha256={text},{size}\n"

    def test_listed(self):
        self.pack(self.listed(os.path.getsize(self.extension)))
        self.assertEqual(self.program("import good").code, 0)

    def check(self, why):
        result = self.program("import good")
        self.assertEqual(result.denied, "ImportDenied", result)
        self.assertEqual(self.named(result), self.extension)
        self.assertIn(why, result.err)

    def test_planted(self):
        self.pack("")
        self.check(NOT_LISTED)
        os.unlink(self.world.path("app/policy.lock.json"))
        self.assertEqual(self.program("import good").code, 0)

    def test_other_size(self):
        self.pack(self.listed(1))
        self.check(OTHER_CONTENT)


class SeveralTest(LockTestCase):
    """Several locks, children, and a lock without a policy."""

    def setUp(self):
        super().setUp()
        self.package("good")
        self.lock()

    def test_each_has_to_have_it(self):
        self.lock(path="more")
        option = "importpolicy=" + self.world.path("more/policy.json")
        self.works("import good", "-X", option)
        self.edit_lock(lambda entries: entries.pop("good"),
                       "more/policy.lock.json")
        self.loses("good", "good is not in the lock", "import good", "-X",
                   option)

    def test_no_policy(self):
        os.unlink(self.world.path("app/policy.json"))
        self.world.write("deps/good/__init__.py", "import vault # other")
        self.works()

    def test_child(self):
        main = """
            import subprocess, sys
            sys.exit(subprocess.run([sys.executable, "-c", sys.argv[1]],
                                    cwd="/").returncode)
            """
        script = self.world.write("app/start.py", main)
        program = "import good"
        env = {"HOME": self.home}
        result = self.world.start(script, program, env=env)
        self.assertRan(result)
        self.package("good", "import vault # other")
        self.world.forget()
        result = self.world.start(script, program, env=env)
        self.assertNotEqual(result.code, 0)
        self.assertEqual(self.world.marks(), set())
        self.assertIn("what RECORD says of good 1", result.err)

    def test_lock_changes_meanwhile(self):
        lock = self.world.path("app/policy.lock.json")
        for change in (f"os.unlink({lock!r})",
                       f"open({lock!r}, 'a').write(' ')"):
            with self.subTest(change):
                self.lock()
                script = self.world.write("app/start.py", f"""
                    import os, subprocess, sys
                    {change}
                    sys.exit(subprocess.run([sys.executable, "-c",
                        "print('ran')"], cwd="/").returncode)
                    """)
                result = self.world.start(script, env={"HOME": self.home})
                self.assertEqual(result.code, 2, result)
                self.assertIn("the policy has changed since", result.err)
                self.assertNotIn("ran", result.out)

    def test_never_written(self):
        policy = {"$permissions": {"good": True}}
        self.package("good", "def write():\n    open("
                     f"{self.world.path('app/policy.lock.json')!r}, 'a')")
        self.lock(policy)
        result = self.program("import good; good.write()")
        self.assertEqual(result.denied, "AccessDenied", result)

    def test_audit(self):
        policy = self.policy | {"$mode": "audit"}
        self.lock(policy)
        self.package("good", "import vault # other")
        result = self.works()
        self.assertIn("good may not import vault", result.err)


class MalformedTest(LockTestCase):
    """A lock that is none stops the start, and says where it is wrong."""

    ENTRY = ('"a": {"version": "1", "record": "' + "0" * 64
             + '", "packages": [], "requires": []}')

    def check(self, text, place, message):
        lock = self.world.write("app/policy.lock.json", text)
        result = self.program("print('ran')")
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertIn(f"{lock}:{place}: ", result.err)
        self.assertIn(message, result.err)

    def test_good(self):
        self.world.policy(self.policy)
        for entries in "", self.ENTRY, \
                '"a": {"version": "1", "editable": true, "packages": ["a"], ' \
                '"pth": ["a.pth"], "contested": ["a/b.py"], ' \
                '"requires": ["b[x]; os_name == \'posix\'"]}':
            self.world.write(
                "app/policy.lock.json",
                '{"$version": 1, "distributions": {%s}}' % entries)
            result = self.program("print('ran')")
            self.assertEqual((result.code, result.out), (0, "ran\n"), result)

    def test_bad(self):
        self.world.policy(self.policy)
        head = '{"$version": 1, "distributions": {'
        entry = self.ENTRY
        for text, place, message in (
                ("", "1:1", "the file holds no value"),
                ("[]", "1:1", "a lock is an object, not a list"),
                ("{}", "1:1", 'the lock has no "$version"'),
                ('{"$version": 1}', "1:1", 'has no "distributions"'),
                ('{"$version": 2, "distributions": {}}', "1:14",
                 "knows version 1 of locks alone"),
                ('{"$version": 1,\n "distribution": {}}', "2:2",
                 'did you mean "distributions"?'),
                ('{"$version": 1, "distributions": []}', "1:34",
                 "is a list; write an object"),
                (head + entry + "," + entry + "}}", "1:167",
                 "stands here again"),
                (head + '"A": {}}}', "1:35", "in normal form"),
                (head + '"a_b": {}}}', "1:35", "in normal form"),
                (head + '"a": 1}}', "1:40", "write an object"),
                (head + '"a": {}}}', "1:35", 'neither "record" nor'),
                (head + entry.replace('"packages": [], ', "") + "}}", "1:35",
                 'has no "packages"'),
                (head + entry.replace('"requires": []', '"editable": true, '
                                      '"requires": []') + "}}", "1:35",
                 'both "record" and "editable"'),
                (head + entry.replace("requires", "require") + "}}",
                 "1:151", 'did you mean "requires"?'),
                (head + entry.replace("0000", "000x") + "}}", "1:67",
                 "64 hexadecimal digits"),
                (head + entry.replace("[]", "[1]", 1) + "}}", "1:148",
                 "the list holds a number; write names"),
                (head + entry.replace('"1"', '""') + "}}", "1:52",
                 "an empty string"),
                (head + entry + "}}\n<<<<<<< HEAD", "2:1", ""),
        ):
            with self.subTest(text):
                self.check(text, place, message)

    def test_way_out(self):
        self.package("good")
        self.lock()
        self.check("{", "1:2", "`python -m importpolicy lock`")
        self.ends(self.locking(), 0)
        self.works()


if __name__ == "__main__":
    unittest.main()
