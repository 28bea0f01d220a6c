"""The application's own source files, which it may always read."""

import os
import textwrap
import unittest
import zipfile

from test.test_importpolicy.support import JudgementTestCase

FAIL = 'raise LookupError("of", "course")  # a line of source\n'


class SourceTestCase(JudgementTestCase):

    deny = {"$default": "deny"}

    def log_of(self, result):
        return [line for line in result.err.splitlines()
                if line.startswith("importpolicy:")]


class TracebackTest(SourceTestCase):
    """Lines of source are shown, and nobody is told of a refusal."""

    def shown(self, main, *arguments, name="main.py"):
        self.world.policy(self.deny)
        script = self.world.write(f"app/{name}", main)
        result = self.world.start(script, *arguments)
        self.assertIn("# a line of source", result.err)
        self.assertEqual(self.log_of(result), [])
        return result

    def test_uncaught(self):
        result = self.shown("def f():\n    " + FAIL + "f()\n")
        self.assertEqual(result.code, 1)
        self.assertIn("    f()\n", result.err)

    def test_in_a_module(self):
        self.world.write("app/part/__init__.py", "")
        self.world.write("app/part/inner.py", FAIL)
        self.shown("import part.inner\n")

    def test_script_without_a_suffix(self):
        self.shown(FAIL, name="tool")

    def test_of_a_dependency(self):
        self.world.modules(dep="def f():\n    " + FAIL)
        self.shown("import dep\ndep.f()\n")

    def test_caught(self):
        self.shown("import traceback\ntry:\n    " + FAIL +
                   "except LookupError:\n    traceback.print_exc()\n")

    def test_logged(self):
        self.shown("import logging\ntry:\n    " + FAIL +
                   "except LookupError:\n    logging.exception('so')\n")

    def test_in_a_thread(self):
        self.shown("import threading\ndef f():\n    " + FAIL +
                   "t = threading.Thread(target=f)\nt.start()\nt.join()\n")

    def test_warning(self):
        self.shown("import warnings\n"
                   "warnings.warn('so')  # a line of source\n")

    def test_in_a_block(self):
        self.shown("import importpolicy\n"
                   "with importpolicy.permit(read=False):\n    " + FAIL)


class WhoTest(SourceTestCase):

    READ = """
        import linecache, os
        def read(path):
            with open(path) as file:
                return file.read()
        def lowlevel(path):
            return os.read(os.open(path, os.O_RDONLY), 1000).decode()
        def line(path):
            return linecache.getline(path, 1)
        def size(path):
            return str(os.stat(path).st_size)
        """

    def setUp(self):
        super().setUp()
        self.source = self.world.write("app/part.py", "# canary\n")
        self.world.modules(dep=self.READ)
        self.world.write("app/own.py", textwrap.dedent(self.READ))

    def run_with(self, module, function, path, granted=None):
        permissions = {} if granted is None else granted
        return self.judge(self.deny | {"$permissions": permissions},
                          f"import {module}\n"
                          f"print({module}.{function}({path!r}))\n")

    def test_application(self):
        for function in "read", "lowlevel", "line":
            with self.subTest(function):
                result = self.run_with("own", function, self.source)
                self.assertIn("# canary", result.out)
                self.assertEqual(result.err, "")
        result = self.run_with("own", "size", self.source)
        self.assertEqual(result.out, "9\n")

    def test_dependency(self):
        for function in "read", "lowlevel", "size":
            with self.subTest(function):
                result = self.run_with("dep", function, self.source)
                self.assertRefused(result, "dep", effect=None,
                                   denied="AccessDenied")
                self.assertNotIn("canary", result.out)
                result = self.run_with("dep", function, self.source,
                                       {"dep": {"read": ["$APP"]}})
                self.assertEqual(result.code, 0, result)

    def test_dependency_by_linecache(self):
        # linecache passes over what cannot be read.
        result = self.run_with("dep", "line", self.source)
        self.assertNotIn("canary", result.out)
        self.assertIn("dep has no read permission", result.err)
        result = self.run_with("dep", "line", self.source,
                               {"dep": {"read": ["$APP"]}})
        self.assertIn("canary", result.out)

    def test_started_by_a_dependency(self):
        # In a child that a dependency starts, nothing is the application's.
        self.world.modules(dep=f"""
            import subprocess, sys
            def start():
                subprocess.run([sys.executable, {self.source!r}], check=True)
            """)
        self.world.write("app/part.py",
                         f"print('canary', open({self.source!r}).read(1))\n")
        granted = {"dep": {"run": True}, "__main__": True}
        result = self.judge(self.deny | {"$permissions": granted},
                            "import dep\ndep.start()\n")
        self.assertNotIn("canary", result.out)
        self.assertIn("dep has no read permission", result.err)
        granted["dep"]["read"] = ["$APP"]
        result = self.judge(self.deny | {"$permissions": granted},
                            "import dep\ndep.start()\n")
        self.assertIn("canary", result.out)

    def test_other_files(self):
        for name in "config", "data.py.txt", ".py", "py":
            path = self.world.write(f"app/{name}", "canary")
            with self.subTest(name):
                self.assertRefused(self.run_with("own", "read", path),
                                   "__main__", effect=None)
                result = self.run_with("own", "read", path,
                                       {"__main__": {"read": ["$APP"]}})
                self.assertIn("canary", result.out)

    def test_elsewhere(self):
        path = self.world.write("elsewhere/part.py", "canary")
        link = os.path.join(self.world.app, "link.py")
        os.symlink(path, link)
        self.assertRefused(self.run_with("own", "read", path), "__main__",
                           effect=None)
        self.assertRefused(self.run_with("own", "read", link), "__main__",
                           effect=None)

    def test_not_written(self):
        result = self.judge(self.deny, f"open({self.source!r}, 'a')")
        self.assertRefused(result, "__main__", effect=None)
        result = self.judge(self.deny, f"open({self.source!r}, 'r+')")
        self.assertRefused(result, "__main__", effect=None)

    def test_query(self):
        result = self.judge(self.deny, f"""
            import importpolicy
            for who in "__main__", "dep":
                for path in {self.source!r}, {self.source + "x"!r}:
                    print(bool(importpolicy.query(who, "read", path)))
            """)
        self.assertEqual(result.out, "True\nFalse\nFalse\nFalse\n")


class ShownTest(SourceTestCase):
    """Lines that an exception says it is from, of any file."""

    MAIN = """
        import dep, traceback
        try:
            dep.fail(%r)
        except ZeroDivisionError:
            print(traceback.format_exc())
        """

    def setUp(self):
        super().setUp()
        self.world.modules(dep="""
            def fail(path):
                exec(compile("1 / 0", path, "exec"))
            """)

    def shown(self, path, permissions, main=MAIN):
        return self.judge(self.deny | {"$permissions": permissions},
                          textwrap.dedent(main) % path)

    def test_of_the_application(self):
        path = self.world.write("app/part.py", "# canary\n")
        result = self.shown(path, {"__main__": True})
        self.assertIn("canary", result.out)
        self.assertEqual(self.log_of(result), [])

    def test_installed(self):
        path = self.world.write("deps/part.html", "canary\n")
        result = self.shown(path, {"__main__": True})
        self.assertIn("canary", result.out)
        self.assertEqual(self.log_of(result), [])

    def test_other(self):
        for name in "app/part.txt", "elsewhere/part.py":
            with self.subTest(name):
                path = self.world.write(name, "canary\n")
                result = self.shown(path, {"__main__": True})
                self.assertIn("ZeroDivisionError", result.out)
                self.assertNotIn("canary", result.out)
                self.assertIn(path, self.log_of(result)[0])
                # Where nobody's reading is restricted it is as ever.
                result = self.judge({"vault": []},
                                    textwrap.dedent(self.MAIN) % path)
                self.assertIn("canary", result.out)

    def test_linked(self):
        path = self.world.write("elsewhere/part.py", "canary\n")
        link = os.path.join(self.world.app, "part.py")
        os.symlink(path, link)
        result = self.shown(link, {"__main__": True})
        self.assertNotIn("canary", result.out)

    def test_by_whoever_shows_it(self):
        path = self.world.write("elsewhere/part.py", "canary\n")
        self.world.modules(shows="""
            import traceback
            def show():
                print(traceback.format_exc())
            """)
        main = self.MAIN.replace("print(traceback.format_exc())",
                                 "import shows; shows.show()")
        for granted in False, True:
            result = self.shown(path, {"__main__": True,
                                       "shows": {"read": granted}}, main)
            self.assertEqual("canary" in result.out, granted, result)


class LoaderTest(SourceTestCase):
    """What is said to be a code's loader is asked for its lines."""

    MAIN = """
        import dep, good, traceback
        try:
            dep.fail(%s)
        except ZeroDivisionError:
            print(traceback.format_exc())
        """
    FAIL = """
        import types
        def fail(get_source):
            names = {"__name__": "vault",
                     "__loader__": types.SimpleNamespace(
                         get_source=get_source)}
            exec(compile("1 / 0", "/there/is/none.py", "exec"), names)
        """

    def setUp(self):
        super().setUp()
        self.world.modules(dep=self.FAIL, good="""
            def source(name):
                import vault
                return "# a line of source"
            """)

    def test_its_own(self):
        for granted in ["good"], ["dep"]:
            result = self.judge({"vault": granted},
                                textwrap.dedent(self.MAIN) % "good.source")
            self.assertEqual("# a line of source" in result.out,
                             granted == ["good"], result)

    def test_of_c(self):
        self.judge({"vault": ["__main__", "good", "dep"]},
                   textwrap.dedent(self.MAIN) % "__import__")
        self.assertEqual(self.world.marks(), set())
        self.judge({"vault": "*"}, textwrap.dedent(self.MAIN) % "__import__")
        self.assertEqual(self.world.marks(), {"vault"})

    def test_archive(self):
        path = os.path.join(self.world.root, "packed.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("packed.py", "def f():\n    " + FAIL)
        result = self.judge(self.deny | {"$permissions": {
            "__main__": True}}, f"""
            import sys, traceback
            sys.path.append({path!r})
            import packed
            try:
                packed.f()
            except LookupError:
                print(traceback.format_exc())
            """)
        self.assertIn("# a line of source", result.out)


if __name__ == "__main__":
    unittest.main()
