"""Guarded builtins: whoever calls one, through whatever reference."""

import builtins
import textwrap
import types
import unittest
from test.test_importpolicy.support import JudgementTestCase, specializes

# Programs of a dependency that end in a call of open(path, "w"), each by
# another road.  `held` is what an innocent module kept since its import.
ROADS = {
    "name": "open(path, 'w')",
    "attribute": "import builtins; builtins.open(path, 'w')",
    "io": "import io; io.open(path, 'w')",
    "_io": "import _io; _io.open(path, 'w')",
    "kept by the standard library": (
        "import tokenize; tokenize._builtin_open(path, 'w')"),
    "held": "import holder; holder.held(path, 'w')",
    "from self": "open.__self__.open(path, 'w')",
    "print's self": "print.__self__.open(path, 'w')",
    "dictionary": "open.__self__.__dict__['open'](path, 'w')",
    "globals of a frame": "import sys; sys._getframe().f_builtins['open']"
                          "(path, 'w')",
    "__call__": "open.__call__(path, 'w')",
    "type's __call__": "type(open).__call__(open, path, 'w')",
    "keywords": "open(file=path, mode='w')",
    "star": "open(*(path, 'w'), **{})",
    "partial": "import functools; functools.partial(open, path)('w')",
    "map": "list(map(open, [path], ['w']))",
    "starmap": "import itertools; "
               "list(itertools.starmap(open, [(path, 'w')]))",
    "methodcaller": "import operator; "
                    "operator.methodcaller('open', path, 'w')(print.__self__)",
    "operator.call": "import operator; operator.call(open, path, 'w')",
    "reduce": "import functools; functools.reduce(open, [path, 'w'])",
    "sort key": "[path].sort(key=lambda p: id(open(p, 'w')))",
    "descriptor": "type('C', (), {'o': open})().o(path, 'w')",
    "property": "type('C', (), {'p': property(lambda self: "
                "open(path, 'w'))})().p",
    "eval": "eval('open(path, \"w\")')",
    "own builtins": "exec('open(path, \"w\")', "
                    "{'__builtins__': {'open': open}, 'path': path})",
    "copied": "import copy; copy.deepcopy(open)(path, 'w')",
    "pickled": "import pickle; "
               "pickle.loads(pickle.dumps(open))(path, 'w')",
    "pickle": "import pickle; pickle.loads(b'cio\\nopen\\n(V' + "
              "path.encode() + b'\\nVw\\ntR.')",
    "pathlib": "import pathlib; pathlib.Path(path).open('w')",
    "second module": """
        import sys, types
        from importlib.machinery import BuiltinImporter
        spec = BuiltinImporter.find_spec("_io")
        fresh = BuiltinImporter.create_module(spec)
        BuiltinImporter.exec_module(fresh)
        fresh.open(path, 'w')
        """,
    "module again": """
        import sys
        from importlib import import_module
        del sys.modules["_io"]
        import_module("_io").open(path, 'w')
        """,
    "collector": """
        import gc, types
        for o in gc.get_objects():
            if isinstance(o, types.BuiltinFunctionType) \\
               and o.__name__ == "open" and o.__module__ == "_io":
                o(path, 'w')
        """,
    "from copies": "import sys; type(sys)('m', None).__dict__.update("
                   "vars(print.__self__)); vars()['x'] = "
                   "vars(print.__self__)['open']; x(path, 'w')",
    "warm": """
        function, argument = len, 'abc'
        for i in range(300):
            if i == 299:
                function, argument = open, path
            function(argument) if i < 299 else function(argument, 'w')
        """,
    "thread": """
        import threading
        thread = threading.Thread(target=open, args=(path, 'w'))
        thread.start()
        thread.join()
        """,
    "pool": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor() as pool:
            pool.submit(open, path, 'w').result()
        """,
    "interpreter": """
        import _interpreters
        other = _interpreters.create()
        failure = _interpreters.run_string(other, f"open({path!r}, 'w')")
        if failure is not None:
            raise RuntimeError(failure.formatted)
        """,
    "interpreter of its own": """
        import _interpreters
        other = _interpreters.create("isolated")
        failure = _interpreters.run_string(other, f"open({path!r}, 'w')")
        if failure is not None:
            raise RuntimeError(failure.formatted)
        """,
}


class GuardTestCase(JudgementTestCase):

    deps = {
        "holder": "from builtins import open as held\n",
        "worker": "def do(function, *args):\n    return function(*args)\n",
    }

    def program(self, text):
        """A dependency `evil` whose body is the text."""
        self.world.modules(evil=text)

    def tries(self, key, body, policy=None):
        """Run a dependency's text with and without a grant for it; what it
        prints is what both are told apart by."""
        self.program(body)
        allowed = self.judge({key: ["evil"]}, "import evil")
        self.assertEqual(allowed.code, 0, allowed)
        refused = self.judge({key: ["__main__"]}, "import evil")
        self.assertRefused(refused, "evil", effect=None,
                           denied="AccessDenied")
        self.assertIn(key, refused.message)
        self.assertNotIn("reached", refused.out)
        return allowed


class RoadTest(GuardTestCase):

    def test_roads(self):
        start = f"import os\npath = {self.world.path('effects', 'file')!r}\n"
        for name, road in ROADS.items():
            with self.subTest(road=name):
                self.program(start + textwrap.dedent(road))
                key = "builtins.open"
                self.allowed({key: ["evil"]}, "import evil", effect="file")
                result = self.judge({key: []}, "import evil")
                self.assertNotIn("file", self.world.marks(), result)
                self.assertIn("may not use builtins.open", result.err)

    def test_other_builtins(self):
        for name, call in {
            "print": "print('reached')",
            "eval": "print(eval('\"reached\"'))",
            "exec": "exec('print(\"reached\")')",
            "compile": "print(compile('1', 'f', 'eval') and 'reached')",
            "__import__": "__import__('json'); print('reached')",
            "getattr": "print(getattr('', 'join') and 'reached')",
            "setattr": "setattr(__import__('json'), 'x', 1); "
                       "print('reached')",
            "len": "print(len('x') and 'reached')",
            "isinstance": "print(isinstance('', str) and 'reached')",
            "globals": "print(globals() and 'reached')",
            "vars": "print(vars() and 'reached')",
            "dir": "print(dir() and 'reached')",
            "locals": "print(locals() and 'reached')",
            "max": "print(max([1]) and 'reached')",
            "min": "print(min(1, 2, key=abs) and 'reached')",
            "__build_class__": "class C: pass\nprint('reached')",
            "id": "print(id(1) and 'reached')",
            "breakpoint": "import sys\nsys.breakpointhook = print\n"
                          "breakpoint('reached')",
        }.items():
            with self.subTest(builtin=name):
                allowed = self.tries(f"builtins.{name}", call)
                self.assertIn("reached", allowed.out)

    def test_input(self):
        self.program("import io, sys\nsys.stdin = io.StringIO('reached')\n"
                     "sys.stdout.write(input())")
        self.allowed({"builtins.input": ["evil"]}, "import evil",
                     effect=None)
        self.refused("evil", {"builtins.input": []}, "import evil",
                     effect=None, denied="AccessDenied")

    def test_warm_calls(self):
        # Specialised for a function that is not guarded (list.append), for
        # one that is (len, isinstance), called in one place.
        for name, arguments in ("len", "'x'"), ("isinstance", "'x', str"):
            with self.subTest(builtin=name):
                self.program(f"""
                    def call(function):
                        return function({arguments})
                    def warm():
                        for i in range(1000):
                            {name}({arguments})
                    """)
                main = f"""
                    import evil
                    for i in range(1000):
                        {name}({arguments})
                    evil.warm()
                    """
                key = f"builtins.{name}"
                self.allowed({key: ["__main__", "evil"]}, main, effect=None)
                self.refused("evil", {key: ["__main__"]}, main, effect=None)

    def test_functions_of_a_warm_place(self):
        # The same instruction calls another function than it is used to.
        self.program("""
            def call(function):
                return function('x')
            """)
        main = """
            import evil
            for i in range(1000):
                evil.call(repr)
            evil.call(len)
            """
        self.allowed({"builtins.len": ["evil"]}, main, effect=None)
        self.refused("evil", {"builtins.len": ["__main__"]}, main,
                     effect=None)


class WhoTest(GuardTestCase):

    key = "builtins.eval"
    text = "def calculate(text):\n    return eval(text)\n"

    def test_application(self):
        main = "print(eval('1'))"
        self.allowed({self.key: ["__main__"]}, main, effect=None)
        self.refused("__main__", {self.key: []}, main, effect=None)
        self.refused("__main__", {self.key: ["evil"]}, main, effect=None)

    def test_everyone(self):
        self.program("eval('1')")
        self.allowed({self.key: "*"}, "import evil; eval('1')", effect=None)

    def test_on_behalf(self):
        self.world.distribution("good", good=self.text, requires=["below"])
        self.world.distribution("below", below=self.text)
        main = "import below; below.calculate('1')"
        self.refused("below", {self.key: []}, main, effect=None)
        self.refused("below", {self.key: ["good"],
                               "$packages": {"good": []}}, main, effect=None)
        self.allowed({self.key: ["good"]}, "import below, good\n"
                     "good.calculate('1')\nbelow.calculate('1')",
                     effect=None)

    def test_two_must_both_be_listed(self):
        self.world.modules(one=self.text, two="import one\n"
                           "def ask():\n    return one.calculate('1')\n")
        self.needs("one two", "import two; two.ask()", effect=None,
                   also={"$packages": {"one": [], "two": []}})

    def test_standard_library_acts_for_its_caller(self):
        self.program("import operator, timeit\n"
                     "timeit.timeit('1', number=1)")
        key = "builtins.exec"
        self.allowed({key: ["evil"]}, "import evil", effect=None)
        self.refused("evil", {key: ["__main__"]}, "import evil", effect=None)

    def test_generator_of_the_application(self):
        # What runs is the dependency's, though the application goes on.
        self.program("def lines(path):\n    with open(path) as file:\n"
                     "        yield from file\n")
        main = "import evil; list(evil.lines(__file__))"
        self.allowed({"builtins.open": ["evil"]}, main, effect=None)
        self.refused("evil", {"builtins.open": ["__main__"]}, main,
                     effect=None)

    def test_audit_mode(self):
        result = self.judge({self.key: [], "$mode": "audit"},
                            "print(eval('1 + 1'))")
        self.assertEqual(result.code, 0, result)
        self.assertIn("2", result.out)
        self.assertIn(self.key, result.err)

    def test_deleted_and_restored(self):
        self.program("""
            import builtins
            kept = builtins.eval
            del builtins.eval
            try:
                eval
            except NameError:
                pass
            builtins.eval = kept
            eval("1")
            """)
        self.allowed({self.key: ["evil"]}, "import evil", effect=None)
        self.refused("evil", {self.key: ["__main__"]}, "import evil",
                     effect=None)

    def test_pending_exception(self):
        self.program("try:\n    1/0\nfinally:\n    eval('1')")
        result = self.refused("evil", {self.key: []}, "import evil",
                              effect=None)
        self.assertIn("ZeroDivisionError", result.err)

    def test_attributes_of_the_error(self):
        self.program("eval('1')")
        result = self.judge({self.key: []}, """
            import importpolicy
            try:
                import evil
            except importpolicy.AccessDenied as error:
                print(error.principal, error.event, error.target, error.line)
                print(isinstance(error, PermissionError))
            """)
        self.assertEqual(result.out, "evil builtins.eval None 1\nTrue\n")


class UnseenTest(GuardTestCase):
    """Guarded or not, the functions look as they ever did."""

    everything = {
        f"builtins.{name}": ["__main__", "evil"]
        for name, value in vars(builtins).items()
        if isinstance(value, types.BuiltinFunctionType)
    }
    look = """
        import builtins, inspect, io, pickle, types
        for name, value in sorted(vars(builtins).items()):
            if isinstance(value, types.BuiltinFunctionType):
                signature = None
                try:
                    signature = inspect.signature(value)
                except ValueError:
                    pass
                print(name, repr(value), value.__name__, value.__qualname__,
                      value.__module__, value.__doc__,
                      value.__text_signature__, signature,
                      value.__self__ is (io.open.__self__ if name == "open"
                                         else builtins),
                      pickle.loads(pickle.dumps(value)) is value,
                      hasattr(value, "__dict__"), value == value,
                      value != print or name, type(value), dir(value))
        names = [value for value in vars(builtins).values()
                 if isinstance(value, types.BuiltinFunctionType)]
        print(len(set(names)), io.open is open)
        """
    complaints = """
        def attempt(function, *args, **kwargs):
            try:
                print(function(*args, **kwargs))
            except Exception as error:
                print(type(error).__name__, error)
        attempt(len)
        attempt(len, 1, 2)
        attempt(len, x=1)
        attempt(len, "abc")
        attempt(locals, 1)
        attempt(globals, x=1)
        attempt(dir, 1, 2)
        attempt(dir, x=1)
        attempt(vars, 1, 2)
        attempt(vars, x=1)
        attempt(getattr)
        attempt(getattr, 1, "real")
        attempt(getattr, 1, name=1)
        attempt(max)
        attempt(max, 1, 2, key=lambda x: -x)
        attempt(sorted, [2, 1], reverse=True)
        attempt(print, 1, 2, sep="-", flush=True)
        attempt(open)
        attempt(iter, 1)
        attempt(next, iter([1]))
        attempt(sum, [1], start=2)
        attempt(compile, "1", "f", "eval", flags=0, foo=1)
        """

    def same(self, main):
        guarded = self.judge(self.everything, main)
        free = self.judge({"vault": []}, main)
        self.assertEqual(guarded.code, 0, guarded)
        self.assertGreater(len(guarded.out), 100)
        self.assertEqual(guarded.out, free.out)

    def test_attributes(self):
        self.assertGreater(len(self.everything), 40)
        self.same(self.look)

    def test_complaints(self):
        self.same(self.complaints)

    @specializes
    def test_not_in_force_without_a_key(self):
        # Not touched, so the instruction made for it is still used.
        main = """
            import dis
            def f():
                for i in range(1000):
                    len("x"), isinstance("x", str)
            f()
            names = {i.opname for i in dis.get_instructions(f,
                                                            adaptive=True)}
            print(sorted(n for n in names
                         if n in ("CALL_LEN", "CALL_ISINSTANCE")))
            """
        result = self.judge({"vault": []}, main)
        self.assertEqual(result.out, "['CALL_ISINSTANCE', 'CALL_LEN']\n")
        result = self.judge({"builtins.len": ["__main__"]}, main)
        self.assertEqual(result.out, "['CALL_ISINSTANCE']\n")


class NeededTest(GuardTestCase):
    """What the interpreter and importlib do for themselves goes on."""

    nobody = {f"builtins.{name}": [] for name in (
        "__build_class__", "__import__", "any", "compile", "eval", "exec",
        "getattr", "hasattr", "id", "isinstance", "len", "open", "print",
        "setattr")}

    def test_imports(self):
        self.world.modules(plain="import zipped, xml.sax\n")
        self.world.write("deps/package/__init__.py", "from . import inner\n")
        self.world.write("deps/package/inner.py",
                         "import json.decoder, collections.abc\n")
        self.world.write("deps/spaces/part/__init__.py", "import plain\n")
        archive = self.world.write_zip("deps/archive.zip",
                                       {"zipped.py": "import pathlib\n"})
        self.allowed(self.nobody, """
            import plain, package.inner
            from spaces import part
            import argparse, asyncio, ctypes, dataclasses, decimal, enum
            import http.client, logging, pickle, sqlite3, typing, zipfile
            """, effect=None, env={
                "PYTHONPATH": f"{self.world.deps}:{archive}"})

    def test_imports_by_c_code(self):
        self.program("from datetime import datetime\n"
                     "datetime.strptime\n"
                     "import pickle\npickle.loads(b'cxml.sax\\nparse\\n.')")
        self.allowed({"builtins.__import__": []}, "import evil", effect=None)

    def test_the_allowance_is_used_up(self):
        # A module that C code asks for gives no call away.
        self.program("""
            import pickle
            pickle.loads(b"cxml.sax\\nparse\\n.")
            __import__("json")
            """)
        self.refused("evil", {"builtins.__import__": []}, "import evil",
                     effect=None)

    def test_ways_of_starting(self):
        policy = {"builtins.exec": [], "builtins.open": [],
                  "builtins.compile": [], "builtins.print": []}
        self.world.policy(policy)
        text = "import sys; sys.stdout.write('reached')\n"
        script = self.world.write("app/main.py", text)
        encoded = self.world.write("app/latin.py",
                                   "# coding: latin-1\n" + text)
        self.world.write("app/__main__.py", text)
        for arguments in ([script], [encoded], ["-m", "main"], ["-c", text],
                          [self.world.app]):
            with self.subTest(arguments=arguments):
                result = self.world.start(*arguments)
                self.assertEqual(result.code, 0, result)
                self.assertIn("reached", result.out)

    def test_code_generators(self):
        self.program("""
            import collections, dataclasses, enum, typing
            Point = collections.namedtuple("Point", "x y")
            @dataclasses.dataclass
            class Place:
                name: str = ""
            class Colour(enum.Enum):
                RED = 1
            typing.List["Place"]
            Place("here"), Point(1, 2)
            """)
        self.allowed({"builtins.eval": [], "builtins.exec": [],
                      "builtins.compile": []}, "import evil", effect=None)

    def test_generators_are_not_lent(self):
        mark = f"open({self.world.path('effects', 'lent')!r}, 'w').close()"
        self.program(f"""
            import collections
            class Chain(collections.ChainMap):
                __missing__ = eval
            Chain()[{mark!r}]
            """)
        self.allowed({"builtins.eval": ["evil"]}, "import evil",
                     effect="lent")
        self.refused("evil", {"builtins.eval": []}, "import evil",
                     effect="lent")

    def test_importlib_is_not_lent(self):
        mark = self.world.mark("lent")
        for name, text in {
            "eval": f"""
                from importlib import _bootstrap
                _bootstrap._call_with_frames_removed(eval, {mark!r})
                """,
            "exec": f"""
                from importlib import _bootstrap
                _bootstrap._call_with_frames_removed(exec, {mark!r})
                """,
            "exec ": f"""
                from importlib.machinery import SourceFileLoader
                class Loader(SourceFileLoader):
                    def get_code(self, name):
                        return {mark!r}
                import json
                Loader("json", "json").exec_module(json)
                """,
            "compile": f"""
                import types
                from importlib.machinery import SourceFileLoader
                loader = SourceFileLoader("x", "x")
                code = loader.source_to_code({mark!r}, "x")
                types.FunctionType(code, globals())()
                """,
        }.items():
            with self.subTest(builtin=name, text=text):
                self.program(text)
                key = f"builtins.{name.strip()}"
                self.judge({key: ["evil"]}, "import evil")
                self.assertIn("lent", self.world.marks())
                result = self.judge({key: []}, "import evil")
                self.assertNotIn("lent", self.world.marks(), result)
                self.assertIn(f"evil may not use {key}", result.err)

    def test_path_hook(self):
        # Anybody can put one there: a function shows whose it is, a builtin
        # does not and acts for nobody known.
        mark = self.world.mark("lent")
        for hook, works in (("lambda text: eval(text)", True),
                            ("eval", False)):
            with self.subTest(hook):
                self.program(f"""
                    import sys
                    sys.path_hooks.insert(0, {hook})
                    sys.path_importer_cache.clear()
                    sys.path.insert(0, {mark!r})
                    import does_not_exist
                    """)
                self.judge({"builtins.eval": ["evil"]}, "import evil")
                self.assertEqual("lent" in self.world.marks(), works)
                self.judge({"builtins.eval": []}, "import evil")
                self.assertNotIn("lent", self.world.marks())


class KeyTest(GuardTestCase):

    def fails(self, key, message):
        result = self.judge({key: []}, "import sys; sys.stdout.write('ran')")
        self.assertEqual(result.code, 2, result)
        self.assertEqual(result.out, "")
        self.assertEqual(
            result.err.rstrip("\n"),
            f"{self.world.app}/policy.json:1:2: \"{key}\" is {message}")

    def test_no_builtin(self):
        self.fails("builtins.opne",
                   'no builtin; did you mean "builtins.open"?')
        self.fails("builtins.pirnt",
                   'no builtin; did you mean "builtins.print"?')
        like = ('write a function or a class, like "builtins.open", '
                '"builtins.eval" or "builtins.type"')
        self.fails("builtins.xyzzy", f"no builtin; {like}")
        # site adds these, and they are no functions.
        self.fails("builtins.license", f"no builtin; {like}")

    def test_constant(self):
        self.fails("builtins.None", "neither a function nor a class, and "
                   "only calls can be restricted; write a function or a "
                   'class, like "builtins.open", "builtins.eval" or '
                   '"builtins.type"')

    def test_the_module_is_another_matter(self):
        self.program("import builtins")
        self.allowed({"builtins": ["evil"]}, "import evil; len('')",
                     effect=None)
        self.refused("evil", {"builtins": []}, "import evil", effect=None,
                     denied="ImportDenied")
        self.allowed({"builtins": []}, "len(''), eval('1')", effect=None)

    def test_child(self):
        self.program("import subprocess, sys\n"
                     "subprocess.run([sys.executable, '-c', 'eval(\"1\")'],"
                     " check=True)")
        key = "builtins.eval"
        self.allowed({key: ["evil"]}, "import evil", effect=None)
        result = self.judge({key: ["__main__"]}, "import evil")
        self.assertNotEqual(result.code, 0)
        self.assertIn("evil may not use builtins.eval", result.err)


if __name__ == "__main__":
    unittest.main()
