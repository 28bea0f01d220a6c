"""The standard library asks the policy: wherever it can be asked to, and
without one nobody can tell that it does.
"""

import unittest

from test.support import check_sanitizer
from test.test_importpolicy.support import JudgementTestCase

# Functions that ask when they are called, and what they are without asking.
ASK = """
    import copy, linecache, multiprocessing.util, threading, unittest, weakref
    class Thing:
        def method(self):
            pass
    class Case(unittest.TestCase):
        pass
    thing = Thing()
    asking = {
        "weak method": lambda: weakref.WeakMethod(thing.method)(),
        "fork": lambda: multiprocessing.util.register_after_fork(
            thing, Thing.method),
        "class cleanup": lambda: Case.addClassCleanup(int),
        "module cleanup": lambda: unittest.addModuleCleanup(int),
        "lines": lambda: linecache.updatecache(threading.__file__),
    }
    def ask(asking=asking, print=print, BaseException=BaseException):
        for name, function in asking.items():
            try:
                function()
            except BaseException as error:
                print(name, error)
        print("asked", flush=True)
    """


class LibraryTestCase(JudgementTestCase):

    def check(self, program, times):
        """It asks that often, under a policy and without one."""
        for policy in {}, {"vault": []}:
            with self.subTest(policy):
                result = self.judge(policy, program)
                self.assertEqual(result.err, "")
                self.assertEqual(result.out.split(), ["asked"] * times)


class AskingTest(LibraryTestCase):

    def setUp(self):
        super().setUp()
        self.world.write("app/asks.py", ASK)

    def test_at_the_end(self):
        # When nothing can be imported any more, and when modules are gone.
        self.check("""
            import atexit, builtins, sys
            from asks import ask
            class Last:
                def __del__(self, ask=ask):
                    ask()
            atexit.register(ask)
            sys.modules["last"] = Last()
            builtins.last = Last()
            """, 3)

    @unittest.skipIf(check_sanitizer(address=True),
                     "CPython reads freed memory in them at the end")
    def test_in_daemons(self):
        self.check("""
            import threading, time
            from asks import asking, ask
            def run():
                while True:
                    for function in asking.values():
                        function()
            for _ in range(3):
                threading.Thread(target=run, daemon=True).start()
            time.sleep(.05)
            ask()
            """, 1)

    def test_import_function_of_its_own(self):
        # It sees no more than it would see without this interpreter.
        self.check("""
            import builtins
            from asks import ask
            def refuse(name, *args):
                seen.append(name)
                raise ImportError(name)
            seen, genuine = [], builtins.__import__
            builtins.__import__ = refuse
            ask()
            try:
                import _imp
            except ImportError:
                pass
            builtins.__import__ = genuine
            assert set(seen) <= {"os", "_imp"} and seen[-1] == "_imp", seen
            assert seen.count("_imp") == 1, seen
            """, 1)

    def test_in_other_interpreters(self):
        self.check("""
            import _interpreters, threading
            text = "import sys; sys.path.append({!r}); import asks; asks.ask()"
            def run(kind):
                other = _interpreters.create(kind)
                failure = _interpreters.run_string(
                    other, text.format(__file__.rpartition("/")[0]))
                _interpreters.destroy(other)
                if failure:
                    print(failure.formatted)
            for kind in "legacy", "isolated":
                run(kind)
            threads = [threading.Thread(target=run, args=("isolated",))
                       for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            """, 4)

    def test_end_of_another_interpreter(self):
        self.check("""
            import _interpreters
            for kind in "legacy", "isolated":
                other = _interpreters.create(kind)
                failure = _interpreters.run_string(other, '''if True:
                    import sys
                    sys.path.append({!r})
                    from asks import ask
                    class Last:
                        def __del__(self, ask=ask):
                            ask()
                    sys.modules["last"] = Last()
                    '''.format(__file__.rpartition("/")[0]))
                _interpreters.destroy(other)
            """, 2)


class ObjectTest(LibraryTestCase):
    """What the statement gives, in anybody's hands."""

    deps = {"evil": """
        import copy
        library = copy._imp
        def tell(function):
            try:
                return function()
            except (AttributeError, TypeError) as error:
                return type(error).__name__
        """}

    def test_unchangeable(self):
        result = self.judge({"vault": []}, """
            import evil
            from evil import library, tell
            kind = type(library)
            print(tell(lambda: setattr(library, "has_policy", int)),
                  tell(lambda: setattr(kind, "has_policy", int)),
                  tell(kind),
                  tell(lambda: type("Sub", (kind,), {})),
                  tell(lambda: object.__new__(kind)),
                  tell(lambda: setattr(library, "__class__", object)),
                  library.has_policy(), library.is_builtin("sys"))
            """)
        self.assertEqual(
            result.out.split(),
            ["AttributeError", *["TypeError"] * 5, "True", "-1"], result)

    def test_after_the_modules(self):
        # Only what it has itself can be asked for then.
        self.check("""
            import codecs, os
            from evil import library
            class Search:
                def __call__(self, name):
                    pass
                def __del__(self, library=library, write=os.write,
                            Error=AttributeError):
                    try:
                        library.is_builtin
                    except Error:
                        pass
                    library.has_policy()
                    write(1, b"asked")
            codecs.register(Search())
            """, 1)


if __name__ == "__main__":
    unittest.main()
