"""On every way by which a module can be had by name, the policy is asked.

Each way is a few lines in evil.get(), which returns what it got.  It is run
with evil granted the module, which must work, and without, which must give
nothing: neither the module, nor the name in sys.modules, nor an effect of
the module's body.
"""

import importlib.util
import os
import py_compile
import sched
import textwrap
import unittest

from test.test_importpolicy.support import (
    APPLICATION, JudgementTestCase)

EVIL = """\
import builtins, importlib, importlib.machinery, importlib.util, operator, sys
import types
def get():
{}
"""


class PathsTestCase(JudgementTestCase):

    def evil(self, body):
        self.world.write("deps/evil.py", EVIL.format(
            textwrap.indent(textwrap.dedent(body).strip(), "    ")))

    def check(self, body, *options, key="vault", who="evil", effect="vault",
              cached=False, got=True, also=None, first=None):
        """`cached`: the application has imported it before, lawfully."""
        self.evil(body)
        first = (first or key) if cached else None
        main = f"""
            {f"import {first}" if first else ""}
            import evil
            if evil.get() is None and {got}:
                raise SystemExit("got nothing")
            """
        granted = [APPLICATION] if cached else []
        policy = {key: granted + [who]} | (also or {})
        result = self.judge(policy, main, *options)
        self.assertRan(result, effect=effect)
        result = self.judge({key: granted} | (also or {}), main, *options)
        self.assertRefused(result, who, effect=None if cached else effect,
                           denied="ImportDenied")
        return result


class StatementTest(PathsTestCase):

    ways = {
        "import": "import vault; return vault",
        "import as": "import vault as v; return v",
        "from": "from vault import take; return take",
        "from all": "names = {}; exec('from vault import *', names)\n"
                    "return names['take']",
        "__import__": "return __import__('vault')",
        "builtins": "return builtins.__import__('vault')",
        "importlib.__import__": "return importlib.__import__('vault')",
        "import_module": "return importlib.import_module('vault')",
        "name made anew": "return [__import__(''.join('vault'))\n"
                          "        for _ in range(2)][1]",
        "_gcd_import": "return importlib._bootstrap._gcd_import('vault')",
        "_find_and_load": "return importlib._bootstrap._find_and_load("
                          "'vault', importlib._bootstrap._gcd_import)",
        "_find_and_load_unlocked":
            "return importlib._bootstrap._find_and_load_unlocked("
            "'vault', importlib._bootstrap._gcd_import)",
        "resolve_name": "import pkgutil\nreturn pkgutil.resolve_name('vault')",
        "resolve_name with attribute":
            "import pkgutil\nreturn pkgutil.resolve_name('vault:take')",
        "exec": "names = {}; exec('import vault', names)\n"
                "return names['vault']",
        "eval": "return eval('__import__(\"vault\")')",
        "pickle": "import pickle\n"
                  "return pickle.loads(b'cvault\\ntake\\n.')",
        "pickle in Python": "import io, pickle\nreturn pickle._Unpickler("
                            "io.BytesIO(b'cvault\\ntake\\n.')).load()",
        "map": "return next(map(__import__, ['vault']))",
        "mock": "import unittest.mock\n"
                "with unittest.mock.patch('vault.take') as m: return m",
        "logging": "import logging.config\n"
                   "return logging.config.BaseConfigurator({})"
                   ".resolve('vault.take')",
        "entry point": "from importlib.metadata import EntryPoint\n"
                       "return EntryPoint('n', 'vault:take', 'g').load()",
        "type of a name": "class N(str): pass\nreturn __import__(N('vault'))",
        "globals of others": "return __import__('vault', vars(sys), {}, [])",
        "relative": "return __import__('vault', {'__package__': ''}, {}, ())",
        "thread": "import concurrent.futures as f\n"
                  "with f.ThreadPoolExecutor() as pool:\n"
                  "    return pool.submit(__import__, 'vault').result()",
    }

    def test_first(self):
        for name, body in self.ways.items():
            with self.subTest(name):
                self.check(body)

    def test_cached(self):
        for name, body in self.ways.items():
            # The lock-less helper starts where nothing is cached.
            with self.subTest(name):
                self.check(body, cached=True)

    def test_swallowed_by_others(self):
        # These make something else of an ImportError; nothing is had.
        ways = {
            "pydoc": "import pydoc\nreturn pydoc.locate('vault.take')",
            "find_spec and load":
                "spec = importlib.util.find_spec('vault')\n"
                "module = importlib.util.module_from_spec(spec)\n"
                "spec.loader.exec_module(module)\nreturn module",
            "zipapp main": "import runpy\nreturn runpy.run_module('vault')",
            "load_module": "spec = importlib.util.find_spec('vault')\n"
                           "return spec.loader.load_module()",
        }
        for name, body in ways.items():
            with self.subTest(name):
                self.evil(body)
                main = "import evil\nif not evil.get():\n    raise ImportError"
                self.allowed({"vault": ["evil"]}, main)
                result = self.judge({"vault": []}, main)
                self.assertNotEqual(result.code, 0, result)
                self.assertEqual(self.world.marks(), set())
                self.assertIn("evil may not import vault", result.err)

    def test_sys_modules_is_no_import(self):
        # What was had lawfully can be passed on; that is documented.
        self.evil("return sys.modules['vault']")
        self.allowed({"vault": [APPLICATION]},
                     "import vault, evil; evil.get()")

    def test_refused_body_never_runs(self):
        self.world.write("deps/vault.py", self.world.mark("body") + "\n1 / 0")
        self.evil("import vault")
        result = self.refused("evil", {"vault": []}, """
            import sys
            try:
                import evil; evil.get()
            finally:
                print("vault" in sys.modules)
            """, effect="body")
        self.assertEqual(result.out.strip(), "False")
        result = self.judge({"vault": ["evil"]}, "import evil; evil.get()")
        self.assertIn("ZeroDivisionError", result.err)
        self.assertEqual(self.world.marks(), {"body"})

    def test_refused_then_allowed(self):
        # A refusal leaves nothing behind that is in the way later.
        self.evil("import vault")
        self.allowed({"vault": [APPLICATION]}, """
            import evil
            try:
                evil.get()
            except ImportError:
                import vault
                vault.take()
            else:
                raise SystemExit("allowed")
            """)


class FromTest(PathsTestCase):
    """A module that is had as an attribute of another one."""

    def setUp(self):
        super().setUp()
        self.world.write("deps/pack/__init__.py")
        self.world.write("deps/pack/inner.py", self.world.mark("inner"))
        self.world.write("deps/holder.py", "import vault")
        self.holder = {"vault": ["holder", APPLICATION]}

    def check_holder(self, body, granted=("holder", APPLICATION, "evil")):
        self.evil(body)
        main = "import holder, evil\nif not evil.get():\n    raise KeyError"
        self.allowed({"vault": list(granted)}, main)
        result = self.judge(self.holder, main)
        self.assertRefused(result, "evil", effect=None, denied="ImportDenied")

    def test_attribute(self):
        self.check_holder("from holder import vault; return vault")

    def test_star(self):
        self.check_holder("names = {}; exec('from holder import *', names)\n"
                          "return names['vault']")

    def test_star_with_all(self):
        self.world.write("deps/holder.py", "__all__ = ['vault']\n"
                                           "import vault")
        self.check_holder("names = {}; exec('from holder import *', names)\n"
                          "return names['vault']")

    def test_name_of_ones_own(self):
        self.check_holder("sys.modules['fake'] = types.SimpleNamespace("
                          "x=sys.modules['vault'])\n"
                          "from fake import x; return x")

    def test_fallback_through_sys_modules(self):
        self.world.write("deps/pack/__init__.py", "import pack.inner")
        self.evil("""
            sys.modules["fake"] = types.SimpleNamespace(__name__="pack")
            from fake import inner
            return inner
            """)
        main = "import pack, evil\nif not evil.get():\n    raise KeyError"
        granted = ["pack", APPLICATION]
        self.allowed({"pack": granted + ["evil"]}, main, effect="inner")
        self.assertRefused(self.judge({"pack": granted}, main), "evil",
                           effect=None, denied="ImportDenied")
        self.allowed({"pack.inner": granted + ["evil"]}, main, effect="inner")
        self.assertRefused(self.judge({"pack.inner": granted}, main), "evil",
                           effect=None, denied="ImportDenied")

    def test_refused_submodule(self):
        # ... stays ImportDenied, and is not "cannot import name".
        for body in ("from pack import inner; return inner",
                     "import pack.inner; return pack.inner",
                     "import pack.inner as i; return i",
                     "return __import__('pack', fromlist=['inner']).inner",
                     "return importlib.import_module('pack.inner')",
                     "return importlib.import_module('.inner', 'pack')",
                     "names = {'__package__': 'pack', '__name__': 'pack'}\n"
                     "exec('from . import inner', names)\n"
                     "return names['inner']",
                     "names = {'__package__': 'pack', '__name__': 'pack'}\n"
                     "exec('from .inner import __name__ as n', names)\n"
                     "return names['n']"):
            with self.subTest(body):
                self.check(body, key="pack.inner", effect="inner")
                if not body.endswith(".inner"):
                    # An attribute of what is free is no import.
                    self.check(body, key="pack.inner", effect="inner",
                               cached=True)

    def test_optional_submodule(self):
        self.evil("""
            try:
                from pack import inner
            except ImportError:
                inner = None
            return [inner]
            """)
        main = "import evil; print(evil.get())"
        result = self.judge({"pack.inner": []}, main)
        self.assertEqual(result.out.strip(), "[None]")
        self.assertEqual(self.world.marks(), set())
        self.allowed({"pack.inner": ["evil"]}, main, effect="inner")

    def test_attribute_that_is_no_module(self):
        # A function is not judged: it was handed over.
        self.world.write("deps/holder.py", "from vault import take")
        self.evil("from holder import take; return take")
        self.allowed(self.holder, "import evil; evil.get()()")

    def test_module_attribute_is_no_import(self):
        self.evil("import holder; return holder.vault")
        self.allowed(self.holder, "import evil; evil.get()")


class KeyTest(PathsTestCase):
    """Which key speaks of a module?"""

    def setUp(self):
        super().setUp()
        for path in ("__init__", "a/__init__", "a/b", "c"):
            self.world.write(f"deps/pack/{path}.py", self.world.mark("body"))

    def outcome(self, policy, module):
        self.evil(f"import {module}; return 1")
        result = self.judge(policy, "import evil; evil.get()")
        return "refused" if result.denied else "allowed"

    def test_longest(self):
        yes, no = ["evil"], []
        for policy, module, outcome in (
                ({"pack": no}, "pack", "refused"),
                ({"pack": no}, "pack.a", "refused"),
                ({"pack": no}, "pack.a.b", "refused"),
                ({"pack": yes, "pack.a": no}, "pack", "allowed"),
                ({"pack": yes, "pack.a": no}, "pack.c", "allowed"),
                ({"pack": yes, "pack.a": no}, "pack.a", "refused"),
                ({"pack": yes, "pack.a": no}, "pack.a.b", "refused"),
                ({"pack.a": no, "pack.a.b": yes}, "pack.a.b", "refused"),
                ({"pack.a": yes, "pack.a.b": no}, "pack.a", "allowed"),
                ({"pack.a": yes, "pack.a.b": no}, "pack.a.b", "refused"),
                ({"pack": no, "pack.a": yes}, "pack.a", "refused"),
                ({"pac": no, "package": no, "packa": no}, "pack", "allowed"),
                ({"pack.aa": no, "a": no}, "pack.a", "allowed")):
            with self.subTest(policy=policy, module=module):
                self.assertEqual(self.outcome(policy, module), outcome)

    def test_parents_are_judged(self):
        # `import pack.c` hands out `pack` as well.
        for name in "pack", "pack.a", "pack.a.b":
            self.evil("import pack.a.b")
            with self.subTest(name):
                result = self.judge({name: []}, "import evil; evil.get()")
                self.assertRefused(result, "evil", effect=None,
                                   what=f"import {name} ")

    def test_own_submodules(self):
        # A package is free to import what it consists of.
        self.world.write("deps/pack/__init__.py", """
            from . import c
            import pack.a
            from pack.a import b
            def late():
                import importlib
                importlib.import_module("pack.a.b")
                import pack
                return __import__("pack.c")
            """)
        policy = {"pack": [APPLICATION], "pack.a": [], "pack.c": []}
        self.allowed(policy, "import pack; pack.late()", effect="body")
        self.evil("import pack.a")
        self.refused("evil", policy, "import pack, evil; evil.get()",
                     effect=None)

    def test_implementations(self):
        cases = {
            "socket": "_socket", "os": "posix", "os.path": "posixpath",
            "subprocess": "_posixsubprocess", "ctypes": "_ctypes",
            "threading": "_thread", "ssl": "_ssl", "pickle": "_pickle",
            "sqlite3": "_sqlite3", "signal": "_signal", "json": "_json",
            "multiprocessing": "_multiprocessing", "hashlib": "_hashlib",
            "datetime": "_pydatetime", "io": "_io",
        }
        for key, module in cases.items():
            if importlib.util.find_spec(module) is None:
                continue
            for body in (f"import {module}; return {module}",
                         f"return importlib.import_module({module!r})"):
                with self.subTest(key, module=module, body=body):
                    self.check(body, key=key, effect=None)

    def test_explicit_key_of_an_implementation(self):
        self.evil("import _socket; return _socket")
        main = "import evil; evil.get()"
        self.allowed({"socket": [], "_socket": ["evil"]}, main, effect=None)
        self.refused("evil", {"socket": ["evil"], "_socket": []}, main,
                     effect=None)
        # The other way it reaches nothing.
        self.evil("import socket; return socket")
        self.allowed({"_socket": []}, main, effect=None)

    def test_alias(self):
        # os.path is posixpath, whatever it is asked for by.
        for body in ("import os.path; return os.path",
                     "from os import path; return path",
                     "import posixpath; return posixpath"):
            with self.subTest(body):
                self.check(body, key="os.path", effect=None)

    def test_similar_names(self):
        for key in "sock", "sockets", "_sock", "socket.x", "ocket":
            self.evil("import socket, _socket; return socket")
            with self.subTest(key):
                self.allowed({key: []}, "import evil; evil.get()",
                             effect=None)


class AbsentTest(PathsTestCase):
    """What is not there reads as ever."""

    def test_exact_type(self):
        for body in ("import absent", "from absent import x",
                     "import absent.deeper", "__import__('absent')",
                     "importlib.import_module('absent')",
                     "importlib.import_module('absent.deeper')",
                     "importlib._bootstrap._gcd_import('absent')"):
            self.evil(body)
            for policy in ({"vault": []}, {"absent": ["evil"]}):
                with self.subTest(body, policy=policy):
                    result = self.judge(policy, """
                        import evil
                        try:
                            evil.get()
                        except ImportError as error:
                            print(type(error) is ModuleNotFoundError, error)
                        """)
                    self.assertEqual(result.out.strip(),
                                     "True No module named 'absent'")

    def test_restricted_and_absent(self):
        # Judged once found: nothing is found, so nothing is refused.
        self.evil("import absent")
        result = self.judge({"absent": []}, """
            import evil
            try:
                evil.get()
            except ImportError as error:
                print(type(error) is ModuleNotFoundError, error)
            """)
        self.assertEqual(result.out.strip(), "True No module named 'absent'")

    def test_odd_names(self):
        names = ["\udc80", "a\udc80.b", "vault\0x", "x\0", "a..b", ".",
                 "x" * 2000, "\xe9", "vault ", " vault", "VAULT"]
        program = f"""
            import importlib
            for name in {names!r}:
                for function in __import__, importlib.import_module:
                    try:
                        function(name)
                        print("?")
                    except BaseException as error:
                        print(type(error), ascii(str(error)))
            """
        result = self.judge({"vault": []}, program)
        stock = self.judge({}, program)
        self.assertEqual(result.out, stock.out)
        self.assertEqual(result.out.count("\n"), 2 * len(names))
        self.assertEqual(self.world.marks(), set())
        for name, error in (("", ValueError), (None, TypeError)):
            result = self.judge({"vault": []}, f"__import__({name!r})")
            self.assertIn(error.__name__, result.err)

    def test_optional_import(self):
        self.world.modules(optional="""
            try:
                import vault
            except ImportError:
                vault = None
            """)
        main = "import optional; print(optional.vault is None)"
        result = self.judge({"vault": []}, main)
        self.assertEqual(result.out.strip(), "True", result)
        self.assertEqual(self.world.marks(), set())
        self.allowed({"vault": ["optional"]}, main)

    def test_exception(self):
        self.evil("import vault")
        result = self.judge({"vault": []}, """
            import evil, importpolicy
            try:
                evil.get()
            except ModuleNotFoundError as error:
                assert type(error) is importpolicy.ImportDenied
                print(error.name, error.principal, error.module)
            """)
        self.assertEqual(result.out.strip(), "vault evil vault", result)


class FileTest(PathsTestCase):
    """A restricted file under another name."""

    ways = {
        "SourceFileLoader": """
            loader = importlib.machinery.SourceFileLoader("x", PATH)
            module = types.ModuleType("x")
            loader.exec_module(module)
            return module""",
        "spec_from_file_location": """
            spec = importlib.util.spec_from_file_location("x", PATH)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module""",
        "FileFinder": """
            finder = importlib.machinery.FileFinder(
                os.path.dirname(PATH),
                (importlib.machinery.SourceFileLoader, [".py"]))
            spec = finder.find_spec(NAME)
            spec.name = spec.loader.name = "x"
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module""",
        "lazily": """
            spec = importlib.util.spec_from_file_location("x", PATH)
            spec.loader = importlib.util.LazyLoader(spec.loader)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.__doc__, vars(module)""",
        "path entry": """
            import shutil
            sys.path.insert(0, os.path.dirname(PATH))
            sys.modules.pop(NAME, None)
            return importlib.import_module(NAME)""",
    }

    def body(self, text, path, name):
        return (f"import os\nPATH, NAME = {path!r}, {name!r}\n"
                + textwrap.dedent(text).strip())

    def test_dependency(self):
        path = self.world.path("deps", "vault.py")
        for name, text in self.ways.items():
            with self.subTest(name):
                self.check(self.body(text, path, "vault"))

    def test_standard_library(self):
        path = sched.__file__
        for name, text in self.ways.items():
            with self.subTest(name):
                self.check(self.body(text, path, "sched"), key="sched",
                           effect=None)

    def test_run_path(self):
        # Its text is compiled by runpy: it is evil's own then, and so is
        # what it does.  Of a compiled file the same holds.
        self.world.write("deps/vault.py", "import colorsys")
        self.evil(f"""
            import runpy
            return runpy.run_path({self.world.path("deps/vault.py")!r})
            """)
        main = "import evil; evil.get()"
        self.refused("evil", {"colorsys": ["vault"]}, main, effect=None)
        self.allowed({"colorsys": ["evil"]}, main, effect=None)

    def test_link(self):
        # The name of a link is nobody's, wherever it leads.
        path = self.world.path("other.py")
        os.symlink(self.world.path("deps", "vault.py"), path)
        self.check(self.body(self.ways["spec_from_file_location"], path, ""))

    def test_link_to_the_directory(self):
        os.symlink(self.world.deps, self.world.path("link"))
        path = self.world.path("link", "vault.py")
        self.check(self.body(self.ways["spec_from_file_location"], path, ""))

    def test_compiled_file(self):
        for key, path in (("vault", self.world.path("deps", "vault.py")),
                          ("sched", sched.__file__)):
            cache = py_compile.compile(path)
            with self.subTest(path):
                self.check(f"""
                    loader = importlib.machinery.SourcelessFileLoader(
                        "x", {cache!r})
                    module = types.ModuleType("x")
                    loader.exec_module(module)
                    return module
                    """, key=key, effect="vault" if key == "vault" else None)

    def test_archive(self):
        archive = self.world.write_zip("lib.zip", {
            "vault.py": self.world.mark("vault")})
        os.unlink(self.world.path("deps", "vault.py"))
        self.evil(f"""
            import zipimport
            importer = zipimport.zipimporter({archive!r})
            module = types.ModuleType("x")
            exec(importer.get_code("vault"), vars(module))
            return module
            """)
        main = "import evil; evil.get()"
        env = {"PYTHONPATH": os.pathsep.join([archive, self.world.deps])}
        self.allowed({"vault": ["evil"]}, main, env=env)
        self.refused("evil", {"vault": []}, main, env=env)

    def test_namesake(self):
        # Another file of that name is judged by the name that it would have.
        path = self.world.write("plugins/vault.py", self.world.mark("vault"))
        self.check(self.body(self.ways["spec_from_file_location"], path, ""))

    def test_extension_module(self):
        spec = importlib.util.find_spec("_socket")
        if not (spec.origin or "").endswith(".so"):
            self.skipTest("_socket is linked in")
        for name in "zz._socket", "_socket", "x._socket":
            with self.subTest(name):
                self.check(f"""
                    import _imp
                    spec = importlib.machinery.ModuleSpec(
                        {name!r}, None, origin={spec.origin!r})
                    return _imp.create_dynamic(spec)
                    """, key="socket", effect=None)
        self.check(f"""
            loader = importlib.machinery.ExtensionFileLoader(
                "x._socket", {spec.origin!r})
            spec = importlib.util.spec_from_loader("x._socket", loader)
            return importlib.util.module_from_spec(spec)
            """, key="socket", effect=None)

    def test_builtin(self):
        for name in "posix", "_signal", "_thread":
            key = {"posix": "os", "_signal": "signal",
                   "_thread": "threading"}[name]
            for text in (f"types.SimpleNamespace(name={name!r})",
                         f"importlib.machinery.ModuleSpec({name!r}, None)"):
                with self.subTest(name, spec=text):
                    self.check(f"import _imp\n"
                               f"return _imp.create_builtin({text})",
                               key=key, effect=None)

    def test_frozen(self):
        for body in ("import __hello__; return __hello__",
                     "import _imp; return _imp.init_frozen('__hello__')",
                     "import _imp; return "
                     "_imp.get_frozen_object('__hello__')",
                     "return importlib.machinery.FrozenImporter"
                     ".load_module('__hello__')"):
            with self.subTest(body):
                # Which is off in a debug build.
                self.check(body, "-X", "frozen_modules=on", key="__hello__",
                           effect=None)

    def test_stdlib_frozen_source(self):
        # The file of a module that is frozen, under another name.
        path = os.path.join(os.path.dirname(os.__file__), "stat.py")
        self.check(self.body(self.ways["spec_from_file_location"], path, ""),
                   key="stat", effect=None)


class OtherTest(PathsTestCase):

    def test_reload(self):
        self.evil("return importlib.reload(sys.modules['vault'])")
        main = "import vault, evil; evil.get()"
        self.allowed({"vault": [APPLICATION, "evil"]}, main)
        self.refused("evil", {"vault": [APPLICATION]}, main, effect=None)

    def test_overridden_import(self):
        # Who puts his own in front still has to get the module from somewhere.
        self.evil("""
            genuine = builtins.__import__
            def own(name, *args):
                return genuine("vault") if name == "sched" else genuine(name)
            builtins.__import__ = own
            try:
                import sched as got
            finally:
                builtins.__import__ = genuine
            return got
            """)
        main = "import evil; evil.get()"
        self.allowed({"vault": ["evil"]}, main)
        self.refused("evil", {"vault": []}, main)

    def test_from_c(self):
        # C code that imports does so for whoever called it.
        ways = {
            "copyreg": "import pickle\nreturn pickle.loads("
                       "b'ccolorsys\\nrgb_to_hls\\n.')",
            "codecs": "import codecs\nreturn codecs.lookup('punycode')",
            "breakpoint": "import os\n"
                          "os.environ['PYTHONBREAKPOINT'] = "
                          "'colorsys.rgb_to_hls'\n"
                          "return breakpoint(1, 1, 1)",
            "strptime": "import datetime\n"
                        "return datetime.datetime.strptime('1', '%d')",
        }
        keys = {"codecs": "encodings.punycode", "strptime": "_strptime"}
        for name, body in ways.items():
            key = keys.get(name, "colorsys")
            with self.subTest(name):
                self.evil(body)
                main = f"""
                    import evil, sys, warnings
                    warnings.simplefilter("ignore")
                    try:
                        print(evil.get() is not None)
                    except (ImportError, LookupError):
                        print(False)
                    print({key!r} in sys.modules)
                    """
                result = self.judge({key: ["evil"]}, main)
                self.assertEqual(result.out.split(), ["True"] * 2, result)
                result = self.judge({key: []}, main)
                self.assertEqual(result.out.split()[-1], "False", result)

    def test_meta_path(self):
        # A finder that answers for the name: judged, and its code is its own.
        self.evil("""
            class Finder:
                @staticmethod
                def find_spec(name, path=None, target=None):
                    if name == "vault":
                        return importlib.util.spec_from_loader(name, Finder)
                @staticmethod
                def create_module(spec): return None
                @staticmethod
                def exec_module(module): module.own = True
            sys.meta_path.insert(0, Finder)
            import vault
            return vault.own
            """)
        main = "import evil; evil.get()"
        self.allowed({"vault": ["evil"]}, main, effect=None)
        self.refused("evil", {"vault": []}, main, effect=None)

    def test_import_system_reads_for_itself(self):
        # Who may not use os can still import: looking for files and keeping
        # compiled ones is the import system's affair.
        self.world.write("deps/pack/__init__.py", "import pack.inner")
        self.world.write("deps/pack/inner.py", self.world.mark("inner"))
        env = {"PYTHONDONTWRITEBYTECODE": None}
        self.evil("import pack; return pack")
        self.allowed({"os": []}, "import evil; evil.get()", effect="inner",
                     env=env)
        self.evil("return sys.modules['posix'].listdir('.')")
        main = "import evil; evil.get()"
        self.refused("evil", {"os": []}, main, effect=None,
                     denied="AccessDenied")
        self.allowed({"os": ["evil"]}, main, effect=None)

    def test_metadata_is_untouched(self):
        # Looking is not importing.
        self.world.distribution("vault", {"vault.py": "1 / 0"})
        self.evil("""
            from importlib import metadata, resources
            import inspect, pkgutil
            assert metadata.version("vault") == "1"
            assert importlib.util.find_spec("vault").name == "vault"
            assert "vault" in [m.name for m in pkgutil.iter_modules()]
            return metadata.files("vault")
            """)
        self.allowed({"vault": []}, "import evil; evil.get()", effect=None)

    def test_spec_of_a_submodule_imports_its_parent(self):
        self.world.write("deps/pack/__init__.py", self.world.mark("vault"))
        self.world.write("deps/pack/inner.py")
        self.check("return importlib.util.find_spec('pack.inner')",
                   key="pack")

    def test_options(self):
        # What is refused is not announced as imported.
        self.evil("import vault")
        program = """
            import evil
            try:
                evil.get()
            except ImportError:
                print("refused")
            """
        for options in (["-X", "importtime"], ["-v"], ["-bb"], ["-X", "dev"],
                        ["-X", "tracemalloc"], ["-W", "error"], ["-q"],
                        ["-X", "no_debug_ranges"], ["-u"], ["-X", "utf8=0"],
                        ["-X", "faulthandler"], ["-d"], ["-S"]):
            with self.subTest(options):
                result = self.judge({"vault": []}, program, *options)
                self.assertEqual((result.code, result.out.strip()),
                                 (0, "refused"), result)
                self.assertNotIn("import 'vault'", result.err)
                self.allowed({"vault": ["evil"]}, program, *options)

    def test_free_modules_cost_no_trouble(self):
        self.evil("import json, sched, os.path, xml.etree.ElementTree\n"
                  "return 1")
        self.allowed({"vault": []}, "import evil; evil.get()", effect=None)

    def test_names_that_were_free_once(self):
        # A name that is found free is remembered by its address; another
        # string at that address is another name.
        self.evil("""
            for i in range(20000):
                try:
                    __import__(sys.intern(f"free{i % 50}x{i}"))
                except ImportError:
                    pass
            return __import__("".join(["va", "ult"]))
            """)
        main = "import evil; evil.get()"
        self.refused("evil", {"vault": []}, main)
        self.allowed({"vault": ["evil"]}, main)

    def test_names_that_were_allowed_once(self):
        # Who was allowed a name is remembered with it; and a name that is
        # put together is the same one.
        for name in "good", "evil":
            self.world.write(f"deps/{name}.py", """
                def state():
                    import vault

                def get():
                    __import__("".join(["va", "ult"]))

                def call(function):
                    function()
                """)
        main = """
            import evil, good
            from importpolicy import drop

            def tried(function, *arguments):
                try:
                    function(*arguments)
                except ImportError as error:
                    return type(error).__name__
                return "imported"

            for _ in range(3):
                print(*map(tried, [good.state, good.get, evil.state,
                                   evil.get]),
                      tried(evil.call, good.state),
                      tried(good.call, evil.get))
            drop(imports=["vault"], principal="good")
            print(*map(tried, [good.state, good.get]))
            """
        for granted, denied in (["good"], "ImportDenied"), (
                ["good", "evil"], "imported"):
            with self.subTest(granted=granted):
                result = self.allowed({"vault": granted}, main)
                self.assertEqual(result.out.splitlines(), 3 * [
                    " ".join(2 * ["imported"] + 4 * [denied])]
                    + ["ImportDenied ImportDenied"], result)


if __name__ == "__main__":
    unittest.main()
