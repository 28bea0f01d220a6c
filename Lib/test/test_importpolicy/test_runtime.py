"""What the interpreter does for itself is nobody's doing, and what tests it
is more than a module of the standard library.
"""

import importlib.util
import unittest

from test.test_importpolicy.support import APPLICATION, JudgementTestCase


class SubinterpreterTest(JudgementTestCase):
    """The runtime loads importlib anew in each, whoever wants one."""

    deps = {"evil": """
        def make(text):
            import _interpreters
            interpreter = _interpreters.create()
            failure = _interpreters.run_string(interpreter, text)
            _interpreters.destroy(interpreter)
            if failure:
                raise RuntimeError(failure.formatted)
        """}

    def test_dependency(self):
        # What is restricted is refused to it in there, and nothing else.
        permissions = {"evil": {"ffi": False, "patch": False}}
        for text, result in (("import json; print(json.dumps(1))", "1"),
                             ("import marshal; marshal.loads(b'N')", "ffi"),
                             ("import json; json.loads = 1", "patch")):
            ended = self.judge({"$permissions": permissions},
                               f"import evil\nevil.make({text!r})")
            with self.subTest(text):
                self.assertIn(result, ended.out + ended.err, ended)
                self.assertEqual("permission" in ended.err, result != "1")

    def test_application(self):
        self.allowed({"$default": "deny",
                      "$permissions": {APPLICATION: {"sys": True}}}, """
            import _interpreters
            interpreter = _interpreters.create()
            assert not _interpreters.run_string(interpreter, "import json")
            """, effect=None)

    def test_module_keys(self):
        # _thread is among what the runtime itself needs to begin.
        self.allowed({"_thread": [], "_weakref": [], "marshal": []}, """
            import _interpreters
            interpreter = _interpreters.create()
            assert not _interpreters.run_string(interpreter, "1")
            """, effect=None)


class InnermostFunctionTest(JudgementTestCase):
    """typing's types ask the innermost frame for the module that makes them,
    and under a policy that may be one that stands for somebody."""

    def test_no_function(self):
        program = """
            import _thread, time, typing
            made = []
            _thread.start_new_thread(made.extend, (map(typing.TypeVar, "T"),))
            while not made:
                time.sleep(0.01)
            print(made[0].__module__)
            """
        for policy in {}, {"vault": []}:
            with self.subTest(policy):
                result = self.judge(policy, program)
                self.assertEqual((result.code, result.out), (0, "None\n"),
                                 result)

    def test_function_below(self):
        self.world.modules(evil="""
            import functools, typing
            make = functools.partial(typing.TypeVar, "T")
            """)
        for policy in {}, {"vault": []}:
            with self.subTest(policy):
                result = self.judge(policy, "import evil\n"
                                    "print(evil.make().__module__)")
                self.assertEqual((result.code, result.out),
                                 (0, "__main__\n"), result)


class OwnLockTest(JudgementTestCase):
    """An interpreter with a lock of its own judges while others change what
    is in force."""

    GRANTED, CALLERS = 24, 60

    def test_drop(self):
        # What was judged before is not remembered after.  Each `riding` is
        # covered by its `granted` alone, in as many acting sets as there are
        # callers, so that one is being judged at almost any time.
        call = "def call(function, *args): return function(*args)"
        granted = range(self.GRANTED)
        for i in granted:
            self.world.modules(**{f"riding{i}": call,
                                  f"granted{i}": f"import riding{i}"})
        callers = [f"caller{i}" for i in range(self.CALLERS)]
        self.world.modules(**dict.fromkeys(callers, call))
        holders = [f"granted{i}" for i in granted] + callers
        self.world.policy({
            "$default": "deny", "$log": False, "$permissions": {
                APPLICATION: True,
                **{name: {"net": True, "sys": True} for name in holders}}})
        # Bytes that both see: of which one it is (asked for, judged, dropped,
        # looked at), how many were allowed at first, and accesses since.
        judging = f"""if True:
            import mmap, os
            shared = mmap.mmap(FD, 4096)
            n = {len(granted)}
            riding = [__import__(f"riding{{i}}") for i in range(n)]
            for i in range(n):
                __import__(f"granted{{i}}")
            callers = [__import__(name) for name in {callers}]
            def access(i):
                allowed = 0
                for caller in callers:
                    try:
                        caller.call(riding[i].call, os.kill, os.getpid(), 0)
                        allowed += 1
                    except PermissionError:
                        pass
                return allowed
            for i in range(n):
                while shared[0] != i + 1:
                    pass
                shared[4] += access(i) == len(callers)
                shared[1] = i + 1
                while shared[2] != i + 1:
                    access(i)
                shared[5] += access(i)
                shared[3] = i + 1
            """
        result = self.world.run(f"""
            import _interpreters, importpolicy, mmap, os, threading, time
            fd = os.open("shared", os.O_RDWR | os.O_CREAT)
            os.ftruncate(fd, 4096)
            shared = mmap.mmap(fd, 4096)
            def judge(text={judging!r}):
                failure = _interpreters.run_string(
                    _interpreters.create(), text.replace("FD", str(fd)))
                if failure:
                    print(failure.formatted)
            thread = threading.Thread(target=judge)
            thread.start()
            def wait(place, i):
                while shared[place] != i + 1 and thread.is_alive():
                    time.sleep(0)
            for i in range({len(granted)}):
                shared[0] = i + 1
                wait(1, i)
                for what in "net", "sys":       # the first has all forgotten
                    importpolicy.drop(what, principal=f"granted{{i}}")
                shared[2] = i + 1
                wait(3, i)
            thread.join()
            print(shared[3], shared[4], shared[5])
            """)
        self.assertEqual((result.code, result.out),
                         (0, f"{self.GRANTED} {self.GRANTED} 0\n"), result)


    def test_refusals(self):
        # Both say at the same time what is refused, and where.
        self.world.modules(evil="""
            def get():
                import vault
            """)
        self.world.policy({"vault": [], "$log": False})
        refused = """if True:
            import evil
            messages = set()
            for _ in range(5000):
                try:
                    evil.get()
                except ImportError as error:
                    messages.add(str(error))
            assert len(messages) == 1, messages
            """
        result = self.world.run(f"""
            import _interpreters, threading
            failures = []
            def refuse():
                failures.append(_interpreters.run_string(
                    _interpreters.create(), {refused!r}))
            threads = [threading.Thread(target=refuse) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            print(failures)
            """)
        self.assertEqual((result.code, result.out), (0, "[None, None]\n"),
                         result)


class SyntaxTreeTest(JudgementTestCase):
    """Its classes are made when something is compiled for the first time."""

    deps = {"evil": """
        import importlib.machinery
        class Loader(importlib.machinery.SourceFileLoader):
            def get_code(self, name):
                return self.source_to_code(b"x = 1", "other.py")
        def load():
            return Loader("other", "other.py").get_code("other")
        def change():
            import ast
            ast.Constant.value = 1
        """}

    def test_made_by_anybody(self):
        for patch, code in (True, 0), (False, 1):
            policy = {"$permissions": {"evil": {"patch": patch}}}
            self.allowed(policy, "import evil\nevil.load()", effect=None)
            # They are not evil's own, though it has had them made.
            result = self.judge(policy, "import evil\nevil.load()\n"
                                        "evil.change()")
            self.assertEqual(result.code, code, result)
            self.assertEqual("patch permission for ast" in result.err,
                             not patch, result)


@unittest.skipUnless(importlib.util.find_spec("_testcapi"),
                     "this build has no _testcapi")
class InternalsTest(JudgementTestCase):
    """The interpreter's own test modules do what native code does."""

    deps = {"evil": """
        def get():
            import _testcapi
        def find():
            import importlib
            importlib.import_module("_testcapi")
        def rename():
            import importlib.util, _imp
            spec = importlib.util.find_spec("_testcapi")
            spec.name = "evil._testcapi"
            _imp.exec_dynamic(_imp.create_dynamic(spec))
        """}

    def test_ffi(self):
        for function in "get", "find", "rename":
            for loaded in "", "import _testcapi\n":
                main = loaded + f"import evil\nevil.{function}()"
                with self.subTest(main):
                    for grant in True, ["_testcapi", "evil._testcapi"]:
                        self.allowed({"$permissions": {
                            "evil": {"ffi": grant}}}, main, effect=None)
                    self.refused("evil", {"$permissions": {
                        "evil": {"ffi": False}}}, main, effect=None,
                        denied="ImportDenied")

    def test_application(self):
        for granted in True, False:
            policy = {"$default": "deny",
                      "$permissions": {APPLICATION: {"ffi": granted}}}
            result = self.judge(policy, "import _testcapi")
            self.assertEqual(result.denied, None if granted
                             else "ImportDenied", result)

    def test_others_are_free(self):
        self.world.modules(_testing="", _test="")
        self.allowed({"$permissions": {"*": {"ffi": False}}},
                     "import _testing, _test, _tokenize", effect=None)


class NameTest(JudgementTestCase):

    def test_name_of_the_standard_library(self):
        # A dependency that bears it does not own the module by that.
        path = self.world.write("deps/zlib/__init__.py",
                                "def get():\n    import zlib\n")
        main = f"""
            import importlib.util
            spec = importlib.util.spec_from_file_location("other", {path!r})
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            module.get()
            """
        self.allowed({"zlib": ["zlib", APPLICATION]}, main, effect=None)
        self.refused("zlib", {"zlib": [APPLICATION]}, main, effect=None)


if __name__ == "__main__":
    unittest.main()
