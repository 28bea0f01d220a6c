"""Guarded builtin classes: whoever calls one, through whatever reference."""

import builtins
import textwrap
import unittest
from test.test_importpolicy.support import JudgementTestCase, specializes

# Programs of a dependency that end in a call of bytes(), each by another
# road.  `held` is what an innocent module kept since its import.
ROADS = {
    "name": "bytes(3)",
    "no arguments": "bytes()",
    "keywords": "bytes(source='x', encoding='ascii')",
    "star": "bytes(*('x', 'ascii'), **{})",
    "attribute": "import builtins; builtins.bytes(3)",
    "held": "import holder; holder.held(3)",
    "of an instance": "type(b'x')(3)",
    "__class__": "b'x'.__class__(3)",
    "__call__": "bytes.__call__(3)",
    "type's __call__": "type.__call__(bytes, 3)",
    "dictionary of type": "type.__dict__['__call__'](bytes, 3)",
    "super": "super(type, bytes).__self__; "
             "super(type, type).__getattribute__(bytes, '__call__')(3)",
    "inherited __call__": """
        class Meta(type):
            pass
        Meta.__call__(bytes, 3)
        """,
    "__new__": "bytes.__new__(bytes, 3)",
    "__new__ of an instance": "b'x'.__new__(bytes, 3)",
    "__newobj__": "import copyreg; copyreg.__newobj__(bytes, 3)",
    "pickle": "import pickle; "
              "pickle.loads(b'cbuiltins\\nbytes\\n(I3\\ntR.')",
    "pickled object": "import pickle; "
                      "pickle.loads(b'cbuiltins\\nbytes\\n(I3\\nt\\x81.')",
    "map": "list(map(bytes, [3]))",
    "filter": "list(filter(bytes, [3]))",
    "iter": "next(iter(bytes, 1))",
    "partial": "import functools; functools.partial(bytes, 3)()",
    "methodcaller": "import builtins, operator; "
                    "operator.methodcaller('bytes', 3)(builtins)",
    "operator.call": "import operator; operator.call(bytes, 3)",
    "reduce": "import functools; functools.reduce(bytes, ['x', 'ascii'])",
    "sort key": "[3].sort(key=bytes)",
    "defaultdict": "import collections; collections.defaultdict(bytes)[1]",
    "attribute of a class": "type('C', (), {'b': bytes})().b(3)",
    "property": "type('C', (), {'p': property(bytes), "
                "'__bytes__': lambda self: b''})().p",
    "eval": "eval('bytes(3)')",
    "own builtins": "exec('bytes(3)', {'__builtins__': {'bytes': bytes}})",
    "collector": """
        import gc
        for o in gc.get_referents(__builtins__):
            if type(o) is type and o.__name__ == "bytes":
                o(3)
        """,
    "subclasses": """
        for c in object.__subclasses__():
            if c.__name__ == "bytes":
                c(3)
        """,
    "warm": """
        function = len
        for i in range(300):
            if i == 299:
                function = bytes
            function('abc') if i < 299 else function(3)
        """,
    "thread": """
        import threading
        thread = threading.Thread(target=bytes, args=(3,))
        thread.start()
        thread.join()
        """,
    "interpreter": """
        import _interpreters
        other = _interpreters.create()
        failure = _interpreters.run_string(other, "bytes(3)")
        if failure is not None:
            raise RuntimeError(failure.formatted)
        """,
    "interpreter of its own": """
        import _interpreters
        other = _interpreters.create("isolated")
        failure = _interpreters.run_string(
            other, "type.__call__(bytes, 3)")
        if failure is not None:
            raise RuntimeError(failure.formatted)
        """,
}

# Those that raise for every policy what an exception in a thread becomes.
SILENT = {"thread"}

EXCEPTIONS = [name for name, value in vars(builtins).items()
              if isinstance(value, type) and issubclass(value, BaseException)]
CLASSES = [name for name, value in vars(builtins).items()
           if isinstance(value, type) and not name.startswith("_")
           and name not in EXCEPTIONS + ["object", "super"]]


class ClassTestCase(JudgementTestCase):

    deps = {"holder": "from builtins import bytes as held\n"}
    free = {}

    def program(self, text):
        """A dependency `evil` whose body is the text."""
        self.world.modules(evil=textwrap.dedent(text)
                           + "\nimport sys; sys.stdout.write('reached')\n")

    def told_apart(self, key, silent=False, main="import evil"):
        """With a grant it gets to its end, without it does not."""
        result = self.judge({key: ["evil"]}, main)
        self.assertEqual(result.code, 0, result)
        self.assertIn("reached", result.out)
        self.assertNotIn("may not use", result.err)
        result = self.judge({key: ["__main__"]}, main)
        self.assertIn(f"evil may not use {key}", result.err)
        if not silent:
            self.assertNotIn("reached", result.out)
            self.assertNotEqual(result.code, 0, result)

    def goes_on(self, policy, main="import evil"):
        result = self.judge(policy, main)
        self.assertEqual(result.code, 0, result)
        self.assertIn("reached", result.out)
        self.assertEqual(result.err, "")


class RoadTest(ClassTestCase):

    def test_roads(self):
        for name, road in ROADS.items():
            with self.subTest(road=name):
                self.program(road)
                self.told_apart("builtins.bytes", name in SILENT)

    def test_every_class(self):
        arguments = {
            "classmethod": "len", "enumerate": "''", "filter": "None, ''",
            "map": "len, ''", "memoryview": "b''", "range": "3",
            "reversed": "''", "slice": "3", "staticmethod": "len",
            "type": "3",
        }
        for name in CLASSES:
            given = arguments.get(name, "")
            for road in (f"{name}({given})", f"type.__call__({name}, {given})",
                         f"{name}.__new__({name}, {given})"):
                if road.startswith("type.__new__"):
                    road = "type.__new__(type, 'X', (), {})"
                road = road.replace(", )", ")")
                with self.subTest(road=road):
                    self.program(road)
                    self.told_apart(f"builtins.{name}")

    def test_instructions_of_their_own(self):
        # Each is executed often enough to be specialised: with str, tuple and
        # type it would be an instruction that calls nothing.
        for name, argument in (("str", "5"), ("tuple", "'ab'"),
                               ("type", "5"), ("list", "'ab'")):
            with self.subTest(builtin=name):
                self.program(f"""
                    def warm():
                        for i in range(1000):
                            {name}({argument})
                    """)
                key = f"builtins.{name}"
                main = f"""
                    import evil
                    for i in range(1000):
                        {name}({argument})
                    evil.warm()
                    import sys; sys.stdout.write('ended')
                    """
                self.judge({key: ["evil", "__main__"]}, main)
                result = self.judge({key: ["evil", "__main__"]}, main)
                self.assertEqual(result.out, "reachedended")
                result = self.judge({key: ["__main__"]}, main)
                self.assertEqual(result.out, "reached")
                self.assertIn(f"evil may not use {key}", result.err)

    def test_warm_for_another(self):
        # The same instruction, specialised while the application's calls it.
        self.world.modules(shared="def call(x):\n    return str(x)\n")
        self.program("import shared\nshared.call(5)")
        main = """
            import shared
            for i in range(1000):
                shared.call(i)
            import evil
            """
        policy = {"builtins.str": ["__main__", "shared", "evil"]}
        self.goes_on(policy, main)
        policy["builtins.str"].remove("evil")
        result = self.judge(policy, main)
        self.assertIn("evil, by way of shared, may not use builtins.str",
                      result.err)
        self.assertEqual(result.out, "")

    @specializes
    def test_the_instructions_are_still_used(self):
        main = """
            import dis
            def f():
                for i in range(1000):
                    str(i), tuple(""), type(i)
            f()
            print(*sorted({i.opname for i in dis.get_instructions(
                f, adaptive=True) if i.opname.startswith("CALL_")}))
            """
        result = self.judge({"vault": []}, main)
        self.assertEqual(result.out, "CALL_STR_1 CALL_TUPLE_1 CALL_TYPE_1\n")
        result = self.judge({"builtins.str": ["__main__"]}, main)
        self.assertEqual(result.out,
                         "CALL_BUILTIN_CLASS CALL_TUPLE_1 CALL_TYPE_1\n")


class FreeTest(ClassTestCase):
    """What is no call of the class."""

    def test_instances_without_a_call(self):
        self.program("""
            class Mine(bytes):
                pass
            Mine(3), Mine.__new__(Mine, 3)
            b"x" + b"y", b"".join([b"x"]), b"%d" % 3, "x".encode()
            isinstance(b"", bytes), bytes.fromhex("00")
            """)
        self.goes_on({"builtins.bytes": []})
        self.program("""
            class Mine(str):
                pass
            Mine(3), f"{3}", f"{3!s}", "%s" % 3, "{}".format(3), "x" * 3
            """)
        self.goes_on({"builtins.str": []})
        self.program("[], {}, {1}, (1,), [*''], {**{}}, 3, 3.5, True\n"
                     "[x for x in ''], {x for x in ''}, {x: 1 for x in ''}")
        self.goes_on({f"builtins.{name}": [] for name in (
            "list", "dict", "set", "tuple", "int", "float", "bool")})

    def test_class_statements(self):
        self.program("class C: pass\nclass D(C): x = 3\n")
        self.goes_on({"builtins.type": []})
        self.program("class C: pass")
        self.told_apart("builtins.__build_class__")

    def test_metaclasses(self):
        self.program("""
            class Meta(type):
                pass
            class C(metaclass=Meta):
                pass
            class D(metaclass=type):
                pass
            C(), D()
            """)
        self.goes_on({"builtins.type": []})

    def test_keywords_of_a_class_statement(self):
        self.program("""
            class Base:
                def __init_subclass__(cls, x):
                    cls.x = x
            class C(Base, x=3):
                pass
            assert C.x == 3
            try:
                class D(y=3):
                    pass
            except TypeError as error:
                assert "D.__init_subclass__() takes no" in str(error), error
            else:
                raise AssertionError
            """)
        self.goes_on({"builtins.type": []})

    def test_importing(self):
        nobody = {f"builtins.{name}": [] for name in CLASSES}
        self.world.modules(plain="x = b'x' in {b'x', b'y'}\n")
        self.program("import plain")
        self.goes_on(nobody)

    def test_standard_library(self):
        # Bodies of its modules, and what C code makes while it is loaded.
        # (What they do at the end, whoever imported them does.)
        nobody = {f"builtins.{name}": [] for name in CLASSES}
        self.program("""
            import argparse, asyncio, ctypes, dataclasses, decimal, enum
            import http.client, logging, pickle, sqlite3, ssl, typing
            import os, sys; sys.stdout.write('reached'); sys.stdout.flush()
            os._exit(0)
            """)
        self.goes_on(nobody)

    def test_exceptions_of_the_interpreter(self):
        self.program("""
            for text in "[][1]", "1/0", "int('x')", "{}['x']", "x":
                try:
                    eval(text)
                except Exception:
                    pass
            """)
        self.goes_on({f"builtins.{name}": [] for name in (
            "str", "type", "dict", "tuple", "int")} | {
                "builtins.int": ["evil"]})


class SameTest(ClassTestCase):
    """Guarded or not, the classes look and complain as they ever did."""

    everything = {f"builtins.{name}": ["__main__", "evil"]
                  for name in CLASSES}

    def test_same(self):
        main = f"""
            import builtins, inspect, pickle
            def attempt(function, *args, **kwargs):
                try:
                    return repr(function(*args, **kwargs))
                except Exception as error:
                    return f"{{type(error).__name__}} {{error}}"
            for name in {CLASSES!r}:
                cls = vars(builtins)[name]
                print(name, cls, cls.__name__, cls.__module__, cls.__mro__,
                      cls.__doc__, cls.__text_signature__, cls.__flags__,
                      sorted(vars(cls)), attempt(inspect.signature, cls),
                      pickle.loads(pickle.dumps(cls)) is cls)
                for args in (), (3,), ("x",), ("", 3), ("", 3, 4, 5):
                    for call in cls, cls.__call__, type.__call__:
                        start = (cls,) if call == type.__call__ else ()
                        for kwargs in {{}}, {{"wrong": 1}}:
                            text = attempt(call, *start, *args, **kwargs)
                            print(text.partition(" at 0x")[0])
            print(type.__call__, type(type.__call__), type.__call__.__doc__)
            print(type("X", (), {{"a": 1}}).a, type(3), type(type))
            """
        guarded = self.judge(self.everything, main)
        free = self.judge({"vault": []}, main)
        self.assertEqual(guarded.code, 0, guarded)
        self.assertGreater(len(guarded.out), 10_000)
        self.assertEqual(guarded.out, free.out)

    def test_pending_exception(self):
        self.program("try:\n    1/0\nfinally:\n    bytes(3)")
        result = self.judge({"builtins.bytes": []}, "import evil")
        self.assertIn("ZeroDivisionError", result.err)
        self.assertIn("may not use builtins.bytes", result.err)

    def test_audit_mode_logs_once(self):
        self.program("bytes('x', 'ascii'), type('X', (), {}), type(3)")
        log = self.world.path("log")
        self.goes_on_logging({"builtins.bytes": [], "builtins.type": [],
                              "$mode": "audit", "$log": log})
        with open(log) as f:
            lines = f.read().splitlines()
        self.assertEqual(len(lines), 3, lines)

    def goes_on_logging(self, policy):
        result = self.judge(policy, "import evil")
        self.assertEqual(result.code, 0, result)
        self.assertIn("reached", result.out)


class KeyTest(ClassTestCase):

    like = ('write a function or a class, like "builtins.open", '
            '"builtins.eval" or "builtins.type"')

    def fails(self, name, message):
        key = f"builtins.{name}"
        result = self.judge({key: []}, "import sys; sys.stdout.write('ran')")
        self.assertEqual(result.code, 2, result)
        self.assertEqual(result.out, "")
        self.assertEqual(
            result.err.rstrip("\n"),
            f"{self.world.app}/policy.json:1:2: \"{key}\" is {message}")

    def test_exceptions(self):
        for name in "ValueError", "BaseException", "OSError", "IOError":
            self.fails(name, "an exception, which the interpreter itself "
                       f"calls to report what failed; {self.like}")

    def test_called_by_the_interpreter(self):
        for name in "object", "super":
            self.fails(name, "a class that the interpreter itself calls to "
                       f"execute other statements; {self.like}")

    def test_nearly(self):
        self.fails("btyes", 'no builtin; did you mean "builtins.bytes"?')

    def test_everyone(self):
        self.program("bytes(3)")
        self.goes_on({"builtins.bytes": "*"})


if __name__ == "__main__":
    unittest.main()
