"""Changing what is not one's own: the capability `patch`."""

import os
import unittest

from test.test_importpolicy.support import JudgementTestCase

OWN = """
    import abc, collections, contextlib, dataclasses, enum, functools, sys
    import types, typing
    value = 1
    def function(a=1):
        return a
    class Class:
        x = 1
    class Colour(enum.Enum):
        RED = 1
    """
# Each tries one thing, and says how that went.
TRY = """
    import sys, types
    def attempt(change, *args):
        try:
            change(*args)
        except PermissionError:
            return "refused"
        return "done"
    """


class PatchTestCase(JudgementTestCase):

    deps = {"good": OWN, "evil": TRY}

    def outcome(self, main, permissions, default="allow"):
        self.world.policy({"$default": default, "$permissions": permissions})
        result = self.world.run(main)
        self.assertEqual(result.code, 0, result)
        return set(result.out.split())

    def check(self, changes, target=None):
        """Every change is refused to evil, and done when it has the
        grant, or the target alone; and by the application."""
        for change in changes:
            self.world.modules(evil=TRY + f"""
    def change(good):
        import builtins, json, http.client, time
        app = sys.modules["__main__"]
        {change}
    """)
            main = f"""
                import good, evil
                class Own: pass
                def attempt():
                    local = 1
                    return evil.attempt(evil.change, good)
                print(attempt())
                """
            with self.subTest(change):
                refused = {"evil": {"patch": False}}
                self.assertEqual(self.outcome(main, refused), {"refused"})
                allowed = {"evil": {"patch": [target] if target else True}}
                self.assertEqual(self.outcome(main, allowed), {"done"})
                if target:
                    other = {"evil": {"patch": ["nothing"]}}
                    self.assertEqual(self.outcome(main, other), {"refused"})


class AttributeTest(PatchTestCase):

    def test_module(self):
        self.check(["good.value = 2",
                    "del good.value",
                    "setattr(good, 'value', 2)",
                    "object.__setattr__(good, 'value', 2)",
                    "types.ModuleType.__setattr__(good, 'value', 2)",
                    "types.ModuleType.__delattr__(good, 'value')",
                    "types.ModuleType.__init__(good, 'evil')"],
                   target="good")

    def test_class(self):
        self.check(["good.Class.x = 2",
                    "del good.Class.x",
                    "type.__setattr__(good.Class, 'x', 2)",
                    "type.__delattr__(good.Class, 'x')",
                    "good.Colour.other = 2",
                    "good.Class.__module__ = 'evil'"], target="good")

    def test_function(self):
        self.check(["good.function.__defaults__ = (2,)",
                    "good.function.__kwdefaults__ = {}",
                    "del good.function.__defaults__",
                    "types.FunctionType.__defaults__.__set__("
                    "good.function, (2,))",
                    "good.function.__code__ = attempt.__code__"],
                   target="good")

    def test_standard_library(self):
        self.check(["json.loads = 1", "json.JSONDecoder.x = 1"])
        self.check(["sys.stdout = sys.stdout"], target="sys")
        self.check(["builtins.extra = 1"], target="builtins")
        self.check(["time.extra = 1"], target="time")

    def test_through_the_standard_library(self):
        # A method of it that is called with something else for self.
        self.check(["import logging; logging.Handler.setFormatter(json, 1)",
                    "import logging; logging.Handler.setFormatter("
                    "json.JSONDecoder, 1)",
                    "import logging; logging.Handler.setFormatter("
                    "http.client, 1)",
                    "import unittest; unittest.skip('')(json.JSONDecoder)"])
        self.check(["import logging; logging.Handler.setFormatter("
                    f"{module}, 1)"
                    for module in ("sys", "builtins", "time")])
        # Its code alone, in the module or beside it.
        self.check(["import logging; types.FunctionType("
                    "logging.Handler.setFormatter.__code__, vars(json))"
                    "(json, 1)",
                    "import logging; types.FunctionType("
                    "logging.Handler.setFormatter.__code__, "
                    "{'__name__': 'json.decoder'})(json.JSONDecoder, 1)"])

    def test_methods_of_the_standard_library_on_itself(self):
        # The class in the place of an instance, or the module.
        self.check(["json.JSONDecoder.__init__(json.JSONDecoder, strict=1)",
                    "json.JSONDecoder.__init__(json.decoder, strict=1)",
                    "import warnings; vars(warnings).update(_entered=False, "
                    "_module=warnings, _filter=None, _record=False); "
                    "warnings.catch_warnings.__enter__(warnings)",
                    "import unittest.case as case; vars(json)['expected'] = "
                    "UserWarning; case._AssertWarnsContext.__enter__(json)",
                    "import os; types.coroutine(os.walk)"])

    def test_remembered_statement(self):
        # What a statement may do to its own module, which has been found out
        # when it is executed again, it may not do to another.
        self.check(["""import warnings
        for _ in range(3):
            with warnings.catch_warnings(record=True):
                warnings.warn("x")
        vars(json).update(filters=[], showwarning=1, _showwarnmsg_impl=1,
                          _filters_mutated=list)
        handed = warnings.catch_warnings()
        handed._module = json
        handed.__enter__()"""])

    def test_first_imported_by_a_stranger(self):
        # That makes it nobody's more than before.
        self.check(["http.client.HTTPConnection.extra = 1",
                    "http.client.extra = 1",
                    "import _queue; _queue.extra = 1"])

    def test_application(self):
        self.check(["app.extra = 1", "app.Own.extra = 1"])

    def test_frame_locals(self):
        self.check(["""frame = sys._getframe()
        while frame.f_code.co_name != 'attempt' \\
                or frame.f_globals is not app.__dict__:
            frame = frame.f_back
        frame.f_locals['local'] = 2"""])

    def test_application_may(self):
        main = """
            import contextlib, io, json, good
            from unittest import mock
            good.value = 2
            good.Class.x = 2
            good.function.__defaults__ = (2,)
            with mock.patch("json.loads"), \\
                    mock.patch.object(good.Class, "x", 3):
                pass
            with contextlib.redirect_stdout(io.StringIO()):
                print("not seen")
            print("done")
            """
        self.assertEqual(self.outcome(main, {"*": {"patch": False}}),
                         {"done"})
        # Under "deny" it needs a grant like anyone.
        self.assertEqual(self.outcome(
            main, {"__main__": True}, "deny"), {"done"})
        self.world.policy({"$default": "deny", "$permissions": {
            "__main__": {"read": True, "write": True}}})
        self.assertEqual(self.world.run(main).denied, "AccessDenied")

    def test_function_of_the_application_that_evil_calls(self):
        # The innermost application frame decides.
        self.world.modules(evil="def call(function): function()\n")
        self.assertEqual(self.outcome("""
            import evil, good
            def change():
                good.value = 2
            evil.call(change)
            print("done")
            """, {"*": {"patch": False}}), {"done"})


class OwnTest(PatchTestCase):
    """What is free under any policy."""

    def own(self, text):
        self.world.modules(good=OWN + text)
        main = "import good\ngood.act()\nprint('done')\n"
        for default in "allow", "deny":
            permissions = {"good": {"patch": False, "read": True}}
            self.assertEqual(self.outcome(main, permissions, default),
                             {"done"})

    def test_module_and_its_things(self):
        self.own("""
    def act():
        me = sys.modules[__name__]
        me.value = 2
        del me.value
        Class.x = 2
        del Class.x
        function.__defaults__ = (2,)
        function.__code__ = (lambda a: a).__code__
        function.marked = True
    """)

    def test_own_statement_that_another_asks_for(self):
        """It is the owner's statement, and names what it changes."""
        self.world.modules(good=OWN + """
    me = sys.modules[__name__]
    Class.Inner = type("Inner", (), {})
    class Other: pass
    def configure(): Class.x = 2
    def unset(): del Class.x
    def in_module(): me.value = 2
    def in_inner(): me.Class.Inner.x = 2
    def anyone(what, name): setattr(what, name, 2)
    def function_of(what): what.__defaults__ = (2,)
    def someone(what): what.x = 2
    """)
        for statement in ("good.configure()",
                          "good.configure(); good.unset()",
                          "good.in_module()", "good.in_inner()"):
            self.world.modules(evil=TRY + f"""
    def change(good):
        {statement}
    """)
            with self.subTest(statement):
                self.assertEqual(self.outcome(
                    "import good, evil\n"
                    "print(evil.attempt(evil.change, good))\n",
                    {"*": {"patch": False}}), {"done"})
        self.check(["good.anyone(good.Class, 'x')",
                    "good.someone(good.Class)",
                    "good.someone(json.JSONDecoder)",
                    "good.someone(app.Own)",
                    "good.function_of(good.function)",
                    "types.FunctionType(good.configure.__code__,"
                    " {'Class': good.Other})()",
                    "exec(good.configure.__code__, {'Class': good.Other})",
                    """class Away:
            __setattr__ = type(good.Class).__setattr__.__get__(good.Class)
        good.someone(Away())"""])

    def test_standard_library_that_changes_itself(self):
        # Or keeps in a class what it has found out about it.
        self.world.modules(evil="""
            import copy, fractions, importlib.util, json
            import logging, os, pickle, random
            import typing, unittest, warnings, zipfile
            def act():
                zipfile.ZipFile._sanitize_windows_name("x:", "/")
                with warnings.catch_warnings(record=True):
                    warnings.simplefilter("always")
                    warnings.warn("x")
                warnings.filterwarnings("ignore")
                importlib.invalidate_caches()
                importlib.reload(json)
                found = importlib.util.find_spec("colorsys")
                found.loader = importlib.util.LazyLoader(found.loader)
                module = importlib.util.module_from_spec(found)
                found.loader.exec_module(module)
                copy.copy(fractions.Fraction(1))
                pickle.dumps(zipfile.ZipInfo("x"))
                logging.basicConfig()
                logging.getLogger("x").setLevel(1)
                logging.captureWarnings(True)
                logging.captureWarnings(False)
                random.Random(1).random()
                class Test(unittest.TestCase):
                    def test(self):
                        with self.assertRaises(KeyError):
                            {}[1]
                        with self.assertWarns(UserWarning):
                            warnings.warn("again")
                unittest.TextTestRunner(open(os.devnull, "w")).run(
                    unittest.defaultTestLoader.loadTestsFromTestCase(Test))
                class Named(typing.Protocol): pass
                class Given(Named): pass
                Given()
                print("done")
            """)
        self.world.policy({"$permissions": {"*": {"patch": False}}})
        result = self.world.run("import evil; evil.act()")
        self.assertEqual(result.out, "done\n", result)
        self.assertNotIn("importpolicy:", result.err)

    def test_books_that_the_standard_library_keeps(self):
        # In a class of anybody's, about whose instance a stranger uses.
        self.world.modules(good="""
            import typing, unittest, warnings
            class Named(typing.Protocol): pass
            class Given(Named): pass
            class Slots:
                __slots__ = ["x"]
                def __reduce_ex__(self, protocol):
                    return super().__reduce_ex__(2)
            class Test(unittest.TestCase):
                @classmethod
                def setUpClass(cls):
                    cls.addClassCleanup(print, "cleaned")
                def test(self): pass
            warnings.warn("once")
            """, evil="""
            import copy, good, os, unittest, warnings
            def act():
                good.Given()
                copy.copy(good.Slots())
                unittest.TextTestRunner(open(os.devnull, "w")).run(
                    unittest.defaultTestLoader.loadTestsFromTestCase(
                        good.Test))
                class Own(unittest.TestCase):
                    def test(self):
                        with self.assertWarns(UserWarning):
                            warnings.warn("again")
                assert unittest.TextTestRunner(open(os.devnull, "w")).run(
                    unittest.defaultTestLoader.loadTestsFromTestCase(
                        Own)).wasSuccessful()
                print("done")
            """)
        self.world.policy({"$permissions": {"*": {"patch": False}}})
        result = self.world.run("import evil; evil.act()")
        self.assertEqual(result.out, "cleaned\ndone\n", result)
        self.assertNotIn("importpolicy:", result.err)

    def test_generators_of_classes(self):
        self.own("""
    @dataclasses.dataclass
    class Data:
        x: int = 1
    @functools.total_ordering
    class Ordered:
        def __lt__(self, other):
            return True
    Tuple = collections.namedtuple("Tuple", "a b")
    class Typed(typing.NamedTuple):
        a: int
    class Abstract(abc.ABC):
        @abc.abstractmethod
        def m(self): pass
    class Protocol(typing.Protocol):
        def m(self): ...
    @contextlib.contextmanager
    def manager():
        yield
    @functools.wraps(function)
    def wrapped(*args): pass
    @functools.lru_cache
    def cached(): pass
    def act():
        pass
    """)

    def test_made_at_run_time(self):
        self.own("""
    def act():
        module = types.ModuleType("made")
        module.x = 1
        class Meta(type): pass
        class Local(metaclass=Meta): pass
        Local.x = 1
        type("Made", (), {}).x = 1
    """)

    def test_submodules(self):
        self.world.write("deps/pack/__init__.py")
        self.world.write("deps/pack/sub.py", "import pack\npack.x = 1\n")
        self.assertEqual(self.outcome("import pack.sub; print('done')",
                                      {"pack": {"patch": False}}), {"done"})

    def test_class_that_is_being_made(self):
        # A decorator, a metaclass and __init_subclass__ get what nobody else
        # has yet.
        self.world.modules(tool="""
            def decorate(cls):
                cls.x = 1
                return cls
            class Meta(type):
                def __init__(cls, *args):
                    super().__init__(*args)
                    cls.y = 1
            class Base:
                def __init_subclass__(cls):
                    cls.z = 1
            """)
        self.assertEqual(self.outcome("""
            import tool
            @tool.decorate
            class A: pass
            class B(metaclass=tool.Meta): pass
            class C(tool.Base): pass
            def local():
                @tool.decorate
                class D: pass
            local()
            print("done")
            """, {"tool": {"patch": False}}), {"done"})
        # But not what has been stored.
        self.assertEqual(self.outcome("""
            import tool
            class A: pass
            try:
                tool.decorate(A)
            except PermissionError:
                print("refused")
            """, {"tool": {"patch": False}}), {"refused"})


class PrintTest(PatchTestCase):
    """What is printed interactively is kept in builtins._."""

    def interact(self, text):
        self.world.modules(evil=TRY + """
    def show():
        exec(compile("'shown'", "x", "single"))
    def hook():
        sys.displayhook("shown")
    def assign():
        sys.modules["builtins"]._ = "shown"
    """)
        self.world.policy({"$default": "deny", "$permissions": {
            "*": {"read": True},
            "__main__": {"read": True, "write": True, "env": True}}})
        return self.world.start("-q", "-i", "-", input=text, stdin=None,
                                env={"PYTHON_BASIC_REPL": "1",
                                     "HOME": self.world.root})

    def test_application(self):
        result = self.interact("1 + 1\n_ * 2\n")
        self.assertEqual(result.out, "2\n4\n", result)
        self.assertNotIn("importpolicy:", result.err)
        result = self.interact("__builtins__._ = 1\n")
        self.assertEqual(result.denied, "AccessDenied", result)

    def test_dependency(self):
        for name in "show", "hook", "assign":
            with self.subTest(name):
                result = self.interact(
                    "import builtins, evil\n"
                    f"print(evil.attempt(evil.{name}))\n"
                    "print(hasattr(builtins, '_'))\n")
                self.assertEqual(result.out, "refused\nFalse\n", result)


class LazyTest(PatchTestCase):
    """importlib.util.LazyLoader gives a module another class twice: until
    it is used, and, for whoever uses it first, its own again."""

    LAZY = """
        import importlib.util, sys
        def lazy(name):
            found = importlib.util.find_spec(name)
            found.loader = importlib.util.LazyLoader(found.loader)
            module = importlib.util.module_from_spec(found)
            sys.modules[name] = module
            found.loader.exec_module(module)
            return module
        """

    def setUp(self):
        super().setUp()
        self.world.modules(tool=self.LAZY, user="""
            def use(module):
                return module.value
            """)

    def check_use(self, uses):
        for use in uses:
            for permissions, default in [
                    ({"*": {"patch": False}}, "allow"),
                    ({"*": {"read": True}, "__main__": {"read": True}},
                     "deny")]:
                with self.subTest(use, default=default):
                    self.assertEqual(self.outcome(
                        f"import tool, user\n{use}\n", permissions,
                        default), {"done", "module"})

    def test_use(self):
        self.check_use([
            "module = tool.lazy('colorsys')\n"
            "print(module.rgb_to_hsv and 'done', type(module).__name__)",
            # Of an extension module that has not been executed yet.
            "module = tool.lazy('_queue')\n"
            "print(module.SimpleQueue and 'done', type(module).__name__)",
            # First used by a stranger, and of another's.
            "module = tool.lazy('good')\n"
            "print(user.use(module) and 'done', type(module).__name__)"])

    def test_first_used_by_a_dependency(self):
        self.world.modules(evil="""
            import tool
            module = tool.lazy("colorsys")
            def act():
                print(module.rgb_to_hsv and "done", type(module).__name__)
            """)
        self.check_use(["import evil; evil.act()"])

    def test_no_way_to_patch(self):
        for change in (
                # The same writes by its own hand, also before the first use.
                "object.__setattr__(lazy, '__class__', types.ModuleType)",
                "object.__setattr__(lazy, 'x', 1)",
                "lazy.x = 1",
                "del lazy.rgb_to_hsv",
                # Another class that is put there for the first use.
                "state(lazy)['__class__'] = Mine; lazy.rgb_to_hsv",
                # One that is not lazy made lazy, or called that.
                "importlib.util.LazyLoader(Loader()).exec_module(good)",
                "importlib.util.LazyLoader(Loader()).exec_module(json)",
                "importlib.util.LazyLoader(Loader()).exec_module(time)",
                "importlib.util.LazyLoader(Loader()).exec_module(_queue)",
                # A callable without a frame of its own, in its function.
                "state(lazy)['__class__'] = types.SimpleNamespace("
                "__getattribute__=functools.partial(object.__setattr__, json))"
                "; state(lazy)['is_loading'] = True"
                "; importlib.util._LazyModule.__getattribute__("
                "Name('loads'), types.ModuleType)",
        ):
            self.world.modules(evil=TRY + f"""
    import functools, importlib.util, json, time, _queue
    class Mine(types.ModuleType): pass
    class Loader:
        def create_module(self, spec): pass
        def exec_module(self, module): pass
    class Name(str):
        __class__ = importlib.util._LazyModule
        __spec__ = None
    def state(module):
        Name.__spec__ = object.__getattribute__(module, "__spec__")
        return Name.__spec__.loader_state
    def change(lazy, good):
        {change}
    """)
            main = """
                import evil, good, json, time, tool
                lazy = tool.lazy("colorsys")
                print(evil.attempt(evil.change, lazy, good))
                print(type(json).__name__, type(time).__name__)
                """
            with self.subTest(change):
                self.assertEqual(
                    self.outcome(main, {"evil": {"patch": False}}),
                    {"refused", "module"})
                self.assertIn(
                    "done", self.outcome(main, {"evil": {"patch": True}}))


class BeyondTest(PatchTestCase):
    """What no attribute is set for is not seen: the limits say so."""

    @unittest.expectedFailure
    def test_dictionaries(self):
        self.check(["vars(good)['value'] = 2",
                    "good.__dict__.update(value=2)",
                    "good.function.__globals__['value'] = 2"])

    @unittest.expectedFailure
    def test_modules(self):
        self.check(["sys.modules['good'] = types.ModuleType('good')",
                    "sys.meta_path.insert(0, sys.meta_path[-1])"])


class GeventTest(JudgementTestCase):
    """gevent lives on changing the standard library."""

    MAIN = """
        import gevent.monkey
        gevent.monkey.patch_all()
        import gevent, socket, threading, time
        print(socket.socket.__module__, time.sleep.__module__)
        done = []
        def work(number):
            time.sleep(0.01)
            done.append(number)
        gevent.joinall([gevent.spawn(work, 1), gevent.spawn(work, 2)])
        thread = threading.Thread(target=work, args=[3])
        thread.start()
        thread.join()
        print(*sorted(done))
        """

    def setUp(self):
        super().setUp()
        if "IMPORTPOLICY_TEST_VENV" not in os.environ:
            self.skipTest("IMPORTPOLICY_TEST_VENV names no interpreter")
        self.world.python = os.environ["IMPORTPOLICY_TEST_VENV"]

    def run_with(self, permissions, **policy):
        return self.judge({"$permissions": permissions} | policy, self.MAIN,
                          env={"PYTHONPATH": None})

    def assertPatched(self, result):
        self.assertEqual(
            (result.code, result.out),
            (0, "gevent._socket3 gevent.hub\n1 2 3\n"), result)

    def test_granted(self):
        self.assertPatched(self.run_with({"gevent": {"patch": True}}))
        self.assertPatched(self.run_with({"gevent": {"patch": True},
                                          "*": {"patch": False}}))

    def test_not_granted(self):
        for value in False, ["nothing"], ["gevent"]:
            result = self.run_with({"gevent": {"patch": value}})
            self.assertEqual(result.denied, "AccessDenied", result)
            self.assertIn("has no patch permission", result.message)
            self.assertEqual(result.out, "")

    def test_deny(self):
        permissions = {"__main__": True,
                       "gevent": {"patch": True, "ffi": True, "sys": True}}
        self.assertPatched(self.run_with(permissions, **{"$default": "deny"}))
        del permissions["gevent"]["patch"]
        result = self.run_with(permissions, **{"$default": "deny"})
        self.assertEqual(result.denied, "AccessDenied", result)
        self.assertIn("has no patch permission", result.message)


if __name__ == "__main__":
    unittest.main()
