"""Modules that are taken away at run time: drop(imports=...) and permit()."""

import unittest

from test.test_importpolicy.test_scopes import OPEN, ScopeTestCase

# get(name) imports it, and prints whether it may.
PRELUDE = """
def get(*names, by=__import__):
    for name in names:
        try:
            by(name)
        except ImportError as error:
            print(name, getattr(error, "code", "absent"))
        else:
            print(name)
def use():
    try:
        S.socket().close()
        print("used")
    except PermissionError as error:
        print("use", error.code)
"""


class ImportsTestCase(ScopeTestCase):

    def setUp(self):
        super().setUp()
        self.world.modules(getter=PRELUDE + "import socket as S\n")

    def says(self, main, out, policy=OPEN, **kwargs):
        self.program(policy, "from getter import *\nimport getter\n"
                     "import socket as S\n" + PRELUDE + self.dedent(main),
                     **kwargs)
        self.assertEqual(self.result.out.split("\n")[:-1],
                         self.dedent(out).strip().split("\n"), self.result)


class PermitTest(ImportsTestCase):

    def test_list(self):
        # The modules' own imports of the standard library are not judged,
        # and packages are had for what is listed in them.
        block = """
            import json
            with permit(imports=%s):
                get("json", "os", "colorsys", "xml.sax", "xml", "xml.dom")
            get("os", "colorsys")
            """
        self.says(block % ["json", "xml.sax"], """
            json
            os narrowed
            colorsys narrowed
            xml.sax
            xml
            xml.dom narrowed
            os
            colorsys
            """)
        self.says(block % True, """
            json
            os
            colorsys
            xml.sax
            xml
            xml.dom
            os
            colorsys
            """)

    def test_nothing(self):
        for nothing in "False", "[]", "()", "set()":
            self.says(f"""
                with permit(imports={nothing}):
                    get("json", "wave")
                    getter.get("json", "wave")
                get("wave")
                """, """
                json narrowed
                wave narrowed
                json narrowed
                wave narrowed
                wave
                """)

    def test_exceptions(self):
        # A name that is excepted is a key: what implements it, and what its
        # functions do, is refused as well.
        self.says("""
            with permit(imports=["!socket"]):
                get("socket", "_socket", "wave", "xml.dom")
                use()
            with permit(imports=["xml", "!xml.dom", "socket"]):
                get("xml.sax", "xml.dom", "xml.dom.minidom")
                use()
            get("socket", "xml.dom")
            use()
            """, """
            socket narrowed
            _socket narrowed
            wave
            xml.dom
            use narrowed
            xml.sax
            xml.dom narrowed
            xml.dom.minidom narrowed
            used
            socket
            xml.dom
            used
            """)

    def test_ways_to_import(self):
        out = """
            wave narrowed
            wave narrowed
            wave narrowed
            wave narrowed
            wave narrowed
            wave
            """
        self.says("""
            import importlib, pkgutil
            def statement(name):
                exec(f"import {name}")
            def members(name):
                exec(f"from {name} import *")
            with permit(imports=["!wave"]):
                get("wave", by=importlib.import_module)
                get("wave", by=importlib.__import__)
                get("wave", by=pkgutil.resolve_name)
                get("wave", by=statement)
                get("wave", by=members)
            get("wave", by=members)
            """, out)

    def test_in_force_after_a_look(self):
        # Names that are known to be free, and events of which no key spoke.
        self.says("""
            import wave
            for i in range(3):
                get("wave")
                use()
                with permit(imports=["!wave", "!socket"]):
                    get("wave")
                    use()
            """, """
            wave
            used
            wave narrowed
            use narrowed""" * 3)

    def test_own_submodules(self):
        self.world.write("deps/package/__init__.py", b"""
def load():
    from . import inner
    print(inner.__name__)
""")
        self.world.write("deps/package/inner.py", b"")
        self.says("""
            import package
            with permit(imports=["json"]):
                package.load()
                get("package.inner")
            """, """
            package.inner
            package.inner narrowed
            """)

    def test_started_in_it(self):
        main = """
            import threading
            gate = threading.Event()
            def later():
                gate.wait()
                get("wave")
            with permit(imports=%s):
                t = threading.Thread(target=later)
                t.start()
            gate.set()
            t.join()
            get("wave")
            """
        self.says(main % False, "wave narrowed\nwave")
        self.says(main % True, "wave\nwave")

    def test_child(self):
        main = """
            import subprocess, sys
            def child():
                subprocess.run([sys.executable, "-c",
                                "import json\\nprint('json')\\n"
                                "import wave\\nprint('wave')"],
                               stderr=subprocess.DEVNULL)
            with permit(imports=%s):
                child()
            """
        self.says(main % ["json"], "json")
        self.says(main % True, "json\nwave")

    def test_nested_and_wider(self):
        self.world.modules(evil="""
            import importpolicy
            def wider(get):
                with importpolicy.permit(imports=["wave", "json"]):
                    get("wave", "json")
                with importpolicy.permit(imports=True):
                    get("wave")
            """)
        self.says("""
            import evil
            with permit(imports=["!wave"]):
                evil.wider(get)
            """, """
            wave narrowed
            json
            wave narrowed
            """)

    def test_error(self):
        self.says("""
            with permit(imports=["json"]) as p:
                try:
                    __import__("wave")
                except ImportError as error:
                    print(type(error).__name__, error.module, error.line)
            print(p)
            """, """
            ImportDenied wave 23
            <importpolicy.permit {},"json":"*","*":[]>
            """)
        self.program(OPEN, "with permit(imports=False):\n    import wave\n",
                     code=1)
        self.assertIn("importpolicy.permit() there narrows", self.result.err)

    def test_audit_mode(self):
        self.says("""
            with permit(imports=["!wave"]):
                get("wave")
            """, "wave", policy=OPEN | {"$mode": "audit"})
        self.assertIn("audit: __main__ (the application) may not import wave",
                      self.result.err)


class DropTest(ImportsTestCase):

    def test_application(self):
        main = """
            get("wave", "socket")
            %s
            get("wave", "socket", "_socket", "json")
            use()
            getter.get("wave")
            """
        free = "wave\nsocket\nwave\nsocket\n_socket\njson\nused\nwave"
        self.says(main % "", free)
        self.says(main % "drop(imports=['wave', 'socket'])", """
            wave
            socket
            wave dropped
            socket dropped
            _socket dropped
            json
            use dropped
            wave
            """)
        self.says(main % "drop('imports')", """
            wave
            socket
            wave dropped
            socket dropped
            _socket dropped
            json dropped
            used
            wave
            """)

    def test_from_somebody(self):
        self.world.modules(caller="""
            def get(name):
                try:
                    __import__(name)
                    print(name)
                except ImportError as error:
                    print(name, error.code)
            """)
        for call, out in (
                ("pass", "wave\nwave\nused\nwave"),
                ("drop(imports=['wave', 'socket'], principal='getter')",
                 "wave\nwave dropped\nuse dropped\nwave"),
                ("drop(imports=['wave', 'socket'], principal='*')",
                 "wave\nwave dropped\nuse dropped\nwave dropped"),
                ("drop(imports=['wave'], principal='caller')",
                 "wave\nwave\nused\nwave dropped")):
            with self.subTest(call=call):
                self.says(f"""
                    import caller
                    {call}
                    get("wave")
                    getter.get("wave")
                    getter.use()
                    caller.get("wave")
                    """, out)

    def test_dependency_drops_its_own(self):
        self.world.modules(lib="""
            import importpolicy
            importpolicy.drop(imports=["wave"])
            def get(name):
                try:
                    __import__(name)
                    print(name)
                except ImportError as error:
                    print(error.code, error.principal)
            """)
        self.says("""
            import lib
            lib.get("wave")
            lib.get("json")
            get("wave")
            """, "dropped lib\njson\nwave")

    def test_not_passed_down(self):
        # `getter` rides on the grant of `worker`, until that is dropped.
        policy = {"wave": ["worker"], "$packages": {"worker": ["getter"]}}
        main = """
            import worker
            getter.get("wave")
            %s
            getter.get("wave")
            """
        self.says(main % "", "wave\nwave", policy)
        self.says(main % "drop(imports=['wave'], principal='worker')",
                  "wave\nwave not-granted", policy)
        policy = {"socket": ["worker"], "$packages": {"worker": ["getter"]}}
        main = """
            import worker
            getter.use()
            %s
            getter.use()
            """
        self.program(policy, "import getter\n" + self.dedent(main) % "")
        self.assertEqual(self.result.out, "used\nused\n", self.result)
        self.program(policy, "import getter\n" + self.dedent(main)
                     % "drop(imports=['socket'], principal='worker')")
        self.assertEqual(self.result.out, "used\nuse not-granted\n")

    def test_undone_by_nobody(self):
        self.says("""
            import subprocess, sys
            drop(imports=["wave"])
            drop(imports=["json"])
            get("wave", "json", "socket")
            sys.stdout.flush()
            subprocess.run([sys.executable, "-c",
                "try: import wave\\nexcept ImportError as e: print(e.code)"],
                stderr=subprocess.DEVNULL)
            """, """
            wave dropped
            json dropped
            socket
            dropped
            """)

    def test_query_and_policy(self):
        self.says("""
            drop(imports=["wave"], principal="*")
            for who in "__main__", "getter":
                print(bool(importpolicy.query(who, "wave")),
                      bool(importpolicy.query(who, "json")))
            print(dict(importpolicy.policy().sources[-1].rules)["wave"].key)
            drop("imports", principal="*")
            print(bool(importpolicy.query("getter", "json")),
                  bool(importpolicy.query("__main__", "json")))
            """, """
            True True
            False True
            wave
            False True
            """)


class ArgumentsTest(ImportsTestCase):

    def test_errors(self):
        self.program(OPEN, """
            for call in (lambda: drop(imports=["!x"]),
                         lambda: drop(imports=["a", "a"]),
                         lambda: permit(imports=["a", "!a"]),
                         lambda: permit(imports=["a b"]),
                         lambda: permit(imports=1),
                         lambda: permit(imports="json"),
                         lambda: permit(imports=[1]),
                         lambda: permit(imports=["builtins.open"]),
                         lambda: permit(imports=["*"]),
                         lambda: drop(imports=[]),
                         lambda: drop(imports=False),
                         lambda: permit(imprts=True),
                         lambda: permit("json")):
                try:
                    call()
                    print("no error")
                except (TypeError, ValueError) as error:
                    print(type(error).__name__, error)
            """)
        self.assertEqual(self.result.out, """\
ValueError drop(imports=...): a module that is dropped is written without "!"
ValueError drop(imports=...) names 'a' twice
ValueError permit(imports=...) names 'a' twice
ValueError permit(imports=...): "a b" is no name of a module; did you mean "a"?
TypeError permit(imports=...) takes True, False or a list of modules, not int
TypeError permit(imports=...) takes True, False or a list of modules, not str
TypeError a module must be a str, not int
ValueError permit(imports=...): a builtin is not imported; write the modules
ValueError permit(imports=...): "*" is no module; write the name of a module \
here, and "*" as its value
ValueError drop(imports=...): nothing is listed; write modules, or True for all
ValueError drop(imports=...): False takes nothing away; write True for all, \
or a list of targets
ValueError permit(): 'imprts' is no capability; did you mean 'imports'?
TypeError permit() takes keyword arguments only, as in \
permit(net=["example.com:443"])
""")

    def test_key_of_others_is_for_notes_alone(self):
        result = self.judge({"*": []}, "print('ran')")
        self.assertEqual(result.code, 2)
        self.assertIn("policy.json:1:", result.err)


if __name__ == "__main__":
    unittest.main()
