"""To whom does code belong, and can anybody say otherwise?

A program prints owner(code), the names joined by "+": "-" for the standard
library.  Where it matters the answer is checked by its effect as well: who
does not own the code that imports `vault` does not get it.
"""

import importlib.util
import json
import os
import py_compile
import subprocess
import sys
import textwrap
import threading
import unittest

from test.test_importpolicy.support import (
    APPLICATION, LIBRARY, JudgementTestCase, copy_extension)

OWNER = textwrap.dedent("""
    import _importpolicy
    def owner(code):
        code = getattr(code, "__code__", code)
        return "+".join(_importpolicy.principal_of(code)) or "-"
    """)
GET = "def get():\n    import vault\n    return vault.take()\n"
CALL = "def call(function):\n    return function()\n"


class ProvenanceTestCase(JudgementTestCase):

    def setUp(self):
        super().setUp()
        self.world.write("app/owner.py", OWNER)

    def program(self, text):
        return "from owner import owner\n" + textwrap.dedent(text)

    def check(self, name, main, *options, grant=None, **kwargs):
        """The program prints the owner of a function and calls it."""
        main = self.program(main)
        grant = name if grant is None else grant
        result = self.allowed({"vault": [grant]}, main, *options, **kwargs)
        self.assertEqual(result.out.split(), [name], result)
        self.refused(name, {"vault": ["nobody"]}, main, *options, **kwargs)

    def check_module(self, name, module, *options, before="", **kwargs):
        self.check(name, f"{before}\nimport {module} as module\n"
                         "print(owner(module.get))\nmodule.get()",
                   *options, **kwargs)


class PlaceTest(ProvenanceTestCase):
    """The file that the genuine loader read decides."""

    def test_single_file(self):
        self.world.modules(good=GET)
        self.check_module("good", "good")

    def test_package(self):
        for path in ("__init__.py", "sub/__init__.py", "sub/deep.py"):
            self.world.write(f"deps/good/{path}", GET)
        for module in "good", "good.sub", "good.sub.deep":
            with self.subTest(module):
                self.check_module("good", module)

    def test_directory_below_a_package_without_init(self):
        self.world.write("deps/good/__init__.py")
        self.world.write("deps/good/data/deep.py", GET)
        self.check_module("good", "good.data.deep")

    def test_namespace(self):
        self.world.write("deps/ns/deeper/good/__init__.py", GET)
        self.world.write("deps/ns/single.py", GET)
        self.check_module("ns.deeper.good", "ns.deeper.good")
        self.check_module("ns.single", "ns.single")

    def test_all_code_of_a_module(self):
        self.world.modules(good="""
            class Class:
                def method(self):
                    def inner():
                        return (x for x in ())
                    return inner
            function = lambda: None
            async def coroutine(): pass
            """)
        result = self.judge({"vault": []}, self.program("""
            import good
            inner = good.Class().method()
            print(owner(good.Class.method), owner(inner), owner(good.function),
                  owner(good.coroutine), owner(inner().gi_code))
            """))
        self.assertEqual(result.out.split(), ["good"] * 5, result)

    def test_compiled_file(self):
        cached = {"PYTHONDONTWRITEBYTECODE": None}
        source = self.world.write("deps/good.py", GET)
        cache = importlib.util.cache_from_source(source)
        self.check_module("good", "good", env=cached)
        self.assertTrue(os.path.exists(cache))
        # From now on the source says something else, and nobody reads it.
        stat = os.stat(source)
        self.world.write("deps/good.py", "#" * stat.st_size)
        os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        self.check_module("good", "good", env=cached)
        # ... until it is newer.
        os.utime(source, (1, 1))
        result = self.judge({"vault": ["good"]}, "import good; good.get()",
                            env=cached)
        self.assertIn("AttributeError", result.err)

    def test_compiled_file_checked_by_hash(self):
        source = self.world.write("deps/good.py", GET)
        cache = importlib.util.cache_from_source(source)
        for mode in py_compile.PycInvalidationMode:
            py_compile.compile(source, cfile=cache, invalidation_mode=mode,
                               doraise=True)
            with self.subTest(mode):
                self.check_module("good", "good")

    def test_compiled_file_without_source(self):
        source = self.world.write("elsewhere/good.py", GET)
        py_compile.compile(source, cfile=self.world.path("deps", "good.pyc"))
        py_compile.compile(source, cfile=self.world.path("deps", "more",
                                                         "__init__.pyc"))
        self.check_module("good", "good")
        self.check_module("more", "more")

    def test_optimised(self):
        self.world.modules(good=GET)
        for option in "-O", "-OO":
            for _ in range(2):
                self.check_module("good", "good", option,
                                  env={"PYTHONDONTWRITEBYTECODE": None})

    def test_cache_in_another_tree(self):
        self.world.modules(good=GET)
        env = {"PYTHONDONTWRITEBYTECODE": None,
               "PYTHONPYCACHEPREFIX": self.world.path("cache")}
        for _ in range(2):
            self.check_module("good", "good", env=env)
        self.assertTrue(os.path.isdir(self.world.path("cache")))

    def test_archive_on_the_path(self):
        source = self.world.write("elsewhere/compiled.py", GET)
        cfile = py_compile.compile(source, self.world.path("compiled.pyc"))
        with open(cfile, "rb") as file:
            compiled = file.read()
        archive = self.world.write_zip("lib.zip", {
            "good.py": GET, "pack/__init__.py": "", "pack/inner.py": GET,
            "compiled.pyc": compiled})
        env = {"PYTHONPATH": os.pathsep.join([archive, self.world.deps])}
        for module in "good", "pack.inner", "compiled":
            with self.subTest(module):
                self.check_module(module.partition(".")[0], module, env=env)

    def test_archive_in_site_packages(self):
        site = self.world.make_venv()
        self.world.write_zip(f"{site}/good-1.egg", {"good.py": GET})
        self.world.write(f"{site}/eggs.pth", "./good-1.egg\n")
        self.check_module("good", "good")

    def test_archive_that_a_package_carries(self):
        archive = self.world.write_zip("deps/evil/data/good.zip",
                                       {"good.py": GET})
        self.world.write("deps/evil/__init__.py")
        self.check_module("evil", "good",
                          before=f"import sys; sys.path.append({archive!r})")

    def test_archive_elsewhere(self):
        archive = self.world.write_zip("other/lib.zip", {"good.py": GET})
        self.check_module(f"{archive}/good", "good",
                          before=f"import sys; sys.path.append({archive!r})")

    def test_archive_behind_a_turning_link(self):
        # What was classified is what is read, however often another process
        # gives the directory's name to another one.  When that happens in
        # between, it is nobody's, who is refused everything.
        for name, text in ("good", "OWNER = 'good'"), ("evil",
                                                       "OWNER = 'evil'"):
            self.world.write(f"deps/{name}/__init__.py")
            self.world.write_zip(f"deps/{name}/lib.zip", {"part.py": text})
        link, new = self.world.path("link"), self.world.path("new")
        turner = subprocess.Popen([sys.executable, "-c", textwrap.dedent(f"""
            import os, sys
            while True:
                for name in "good", "evil":
                    os.symlink(os.path.join({self.world.deps!r}, name),
                               {new!r})
                    os.rename({new!r}, {link!r})
            """)], stderr=subprocess.DEVNULL)
        try:
            result = self.judge({"vault": []}, f"""
                import _imp, _importpolicy, os, time
                end = time.monotonic() + 2
                while not os.path.exists({link!r}):
                    assert time.monotonic() < end
                seen = set()
                while time.monotonic() < end:
                    code = _imp.get_code({link!r} + "/lib.zip", "part.py",
                                         "part.py")
                    owner, = _importpolicy.principal_of(code)
                    if owner != "<unknown>":
                        seen.add((owner, code.co_consts[0]))
                print(*sorted(seen))
                """)
        finally:
            turner.kill()
            turner.wait()
        for pair in result.out.removesuffix("\n").split(") ("):
            self.assertIn(pair.strip("()"), ("'good', 'good'",
                                             "'evil', 'evil'"), result)
        self.assertEqual(result.code, 0, result)

    def test_extension_package(self):
        # An __init__ that is an extension module makes a package too.
        suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
        self.world.write(f"deps/ns/good/__init__{suffix}")
        self.world.write("deps/ns/good/inner/deep.py", GET)
        self.world.write("deps/ns/free/inner/deep.py", GET)
        for owner, name in ("ns.good", "good"), ("ns.free.inner.deep",
                                                 "free"):
            path = self.world.path(f"deps/ns/{name}/inner/deep.py")
            with self.subTest(name):
                self.check_module(owner, "deep", before="import sys; "
                                  f"sys.path.append({path[:-8]!r})")

    def test_archive_of_the_application(self):
        archive = self.world.path("app.pyz")
        for grant, code in ((APPLICATION, 0), ("nobody", 1)):
            text = OWNER + "import part\nprint(owner(part.get))\npart.get()\n"
            self.world.write_zip("app.pyz", {
                "__main__.py": text,
                "part.py": GET,
                "policy.json": json.dumps({"vault": [grant]})})
            self.world.forget()
            result = self.world.start(archive)
            self.assertEqual(result.out.split(), [APPLICATION], result)
            self.assertEqual(result.code, code, result)
            self.assertEqual("vault" in self.world.marks(), code == 0)

    def test_extension_module(self):
        if not copy_extension("_heapq", self.world.path("deps", "good"),
                              "_heapq"):
            self.skipTest("_heapq is linked in")
        self.world.write("deps/good/__init__.py")
        # A second copy of a restricted file, and it has no code to ask.
        program = "import good._heapq as h; h.heapify([])"
        self.allowed({"vault": []}, program, effect=None)
        self.refused(APPLICATION, {"good": []}, program, effect=None)

    def test_extension_module_behind_a_turning_link(self):
        # What is loaded is what was judged: the standard library's, and
        # never the other, which would need `ffi`.
        if not (copy_extension("_heapq", self.world.path("mine"), "_heapq")
                and os.path.exists("/proc/self/maps")):
            self.skipTest("_heapq is linked in")
        import _heapq
        link, mine = self.world.path("link"), self.world.path("mine")
        places = os.path.dirname(_heapq.__file__), mine
        done = threading.Event()

        def turn():
            while not done.is_set():
                for place in places:
                    os.symlink(place, link + ".new")
                    os.rename(link + ".new", link)

        # The linker remembers names, so each attempt is spelled in its own
        # way.
        self.world.modules(evil=f"""
            import _imp, time
            from types import SimpleNamespace
            def attack():
                ends = time.monotonic() + 1
                for i in range(1, 3500):
                    if time.monotonic() > ends:
                        break
                    try:
                        _imp.create_dynamic(SimpleNamespace(
                            name=f"m{{i}}._heapq", origin={link!r} + "/" * i
                            + {os.path.basename(_heapq.__file__)!r}))
                    except ImportError:
                        pass
            """)
        os.symlink(places[0], link)
        thread = threading.Thread(target=turn)
        thread.start()
        try:
            for ffi in False, True:
                result = self.judge(
                    {"$permissions": {"evil": {"ffi": ffi}}}, f"""
                    import evil
                    evil.attack()
                    with open("/proc/self/maps") as file:
                        print({mine!r} in file.read())
                    """)
                self.assertEqual(result.out, f"{ffi}\n", result)
        finally:
            done.set()
            thread.join()

    def test_frozen_and_standard_library(self):
        for option in "on", "off":
            result = self.judge({"vault": []}, self.program("""
                import importlib, importlib._bootstrap as bootstrap
                import os, json, zipimport, __hello__
                print(owner(os.fsencode), owner(json.loads),
                      owner(zipimport.zipimporter.find_spec),
                      owner(bootstrap._find_and_load),
                      owner(importlib.import_module), owner(__hello__.main))
                """), "-X", f"frozen_modules={option}")
            self.assertEqual(result.out.split(), ["-"] * 6, result)

    def test_script(self):
        self.check(APPLICATION, GET + "print(owner(get))\nget()")

    def test_module_of_the_application(self):
        self.world.write("app/part.py", GET)
        self.world.write("app/pack/inner.py", GET)
        self.check_module(APPLICATION, "part")
        self.check_module(APPLICATION, "pack.inner")

    def test_command_and_input(self):
        text = OWNER + GET + "print(owner(get))\nget()\n"
        for arguments in (["-c", text], ["-m", "main"]):
            self.world.write("app/main.py", text)
            for grant in APPLICATION, "nobody":
                self.world.policy({"vault": [grant]})
                self.world.forget()
                with self.subTest(arguments[0], grant=grant):
                    result = self.world.start(*arguments)
                    self.assertEqual(result.out.split(), [APPLICATION])
                    self.assertEqual("vault" in self.world.marks(),
                                     grant == APPLICATION, result)

    def test_dependency_as_main(self):
        self.world.modules(good=OWNER + GET + "print(owner(get))\nget()\n")
        self.world.policy({"vault": ["good"]})
        result = self.world.start("-m", "good")
        self.assertEqual(result.out.split(), ["good"])
        self.assertRan(result)
        self.world.policy({"vault": [APPLICATION]})
        self.world.forget()
        self.assertRefused(self.world.start("-m", "good"),
                           "good")

    def test_environment_inside_of_the_application(self):
        # The longest directory decides.
        self.world.write("app/venv/lib/site-packages/good.py", GET)
        self.check_module(
            self.world.path("app/venv/lib/site-packages/good"), "good",
            before="import sys; sys.path.append("
                   f"{self.world.path('app/venv/lib/site-packages')!r})")


class InstalledTest(ProvenanceTestCase):
    """What is found at start-up, in a virtual environment."""

    def setUp(self):
        super().setUp()
        self.site = self.world.make_venv()

    def test_package(self):
        self.world.write(f"{self.site}/good/__init__.py", GET)
        self.check_module("good", "good")

    def test_line_of_a_pth_file(self):
        self.world.write(f"{self.site}/line.pth", "import vault\n")
        # site reports the error and goes on.
        result = self.judge({"vault": ["nobody"]}, "")
        self.assertIn("line.pth may not import vault", result.err)
        self.assertEqual(self.world.marks(), set())
        self.judge({"vault": ["line"]}, "")
        self.assertEqual(self.world.marks(), set())
        self.allowed({"vault": ["line.pth"]}, "")

    def test_first_that_appears(self):
        # While the interpreter is alone nobody is judged.  That ends with the
        # first that anybody else does, whatever it is.
        secret = self.world.write("secret")
        lines = {
            "read": f"import sys; open({secret!r}).close()",
            "env": "import os; os.environ['SECRET']",
            "patch": "import os; os.getpid = None",
            "code_": "import sys; exec('import vault')",
            "ffi": "import sys; (lambda: 0).__code__.replace(co_consts=())",
        }
        effects = self.world.path("effects")
        for name, line in lines.items():
            for file, who in (("line.pth", "line.pth"),
                              ("sitecustomize.py", "sitecustomize")):
                path = self.world.write(
                    f"{self.site}/{file}", f"{line}; {self.world.mark(name)}")
                for granted in False, True:
                    with self.subTest(line, file=file, granted=granted):
                        self.judge(
                            {"$default": "deny",
                             "vault": [who] if granted else [],
                             "$permissions": {
                                 APPLICATION: True,
                                 "vault": {"write": [effects]},
                                 who: {"write": [effects], "read": granted,
                                       "env": granted, "patch": granted,
                                       "ffi": granted}}},
                            "", env={"SECRET": "x"})
                        self.assertEqual(name in self.world.marks(), granted)
                os.unlink(path)

    def test_function_of_a_pth_file(self):
        self.world.write(
            f"{self.site}/line.pth",
            "import sys; exec('def get():\\n import vault\\nsys.get = get')\n")
        self.check("line.pth", "import sys\nprint(owner(sys.get))\nsys.get()")

    def test_path_of_a_pth_file(self):
        # What it adds to sys.path is called by its path.
        self.world.write(f"{self.site}/more.pth",
                         self.world.path("more") + "\n")
        path = self.world.write("more/plug.py", GET)
        self.check_module(path.removesuffix(".py"), "plug")

    def test_sitecustomize(self):
        self.world.write(f"{self.site}/sitecustomize.py", "import vault")
        result = self.judge({"vault": ["nobody"]}, "")
        self.assertIn("sitecustomize may not import vault", result.err)
        self.assertEqual(self.world.marks(), set())
        self.allowed({"vault": ["sitecustomize"]}, "")

    def test_usercustomize(self):
        base = self.world.path("user")
        self.world.write(f"user/lib/{LIBRARY}/site-packages/usercustomize.py",
                         "import vault")
        self.world.python = sys._base_executable
        env = {"PYTHONUSERBASE": base}
        result = self.judge({"vault": ["nobody"]}, "", env=env)
        self.assertIn("usercustomize may not import vault", result.err)
        self.assertEqual(self.world.marks(), set())
        self.allowed({"vault": ["usercustomize"]}, "", env=env)

    def editable(self, **files):
        info = {"url": "file://" + self.world.path("project"),
                "dir_info": {"editable": True}}
        self.world.distribution("good-dist", {
            "good_dist-1.dist-info/direct_url.json": json.dumps(info),
            "good_dist-1.dist-info/top_level.txt": "good\n", **files})

    def test_editable_path(self):
        self.world.write("project/src/good/__init__.py", GET)
        self.editable(**{"__editable__.good.pth":
                         self.world.path("project", "src") + "\n"})
        self.check_module("good", "good")

    def test_editable_finder(self):
        self.world.write("project/src/good/__init__.py", GET)
        source = self.world.path("project", "src", "good")
        self.editable(**{
            "__editable__.good.pth":
                "import __editable___good_finder; "
                "__editable___good_finder.install()\n",
            "__editable___good_finder.py": f"""
                from __future__ import annotations
                import sys
                from importlib.machinery import PathFinder
                from importlib.util import spec_from_file_location

                MAPPING: dict[str, str] = {{'good': {source!r}}}

                class Finder:
                    @classmethod
                    def find_spec(cls, name, path=None, target=None):
                        if name in MAPPING:
                            return spec_from_file_location(
                                name, MAPPING[name] + "/__init__.py")

                def install():
                    sys.meta_path.append(Finder)
                """})
        self.check_module("good", "good")

    def test_editable_names_its_own_project_only(self):
        self.world.write("project/src/good/__init__.py")
        path = self.world.write("elsewhere/good/__init__.py", GET)
        self.editable(**{"__editable__.good.pth":
                         self.world.path("elsewhere") + "\n"})
        self.check_module(os.path.dirname(path), "good")


class MadeAtRunTimeTest(ProvenanceTestCase):
    """Whoever makes code owns it, whatever it is called."""

    deps = {"good": GET + CALL + textwrap.dedent("""
        def nested():
            def inner():
                def innermost():
                    import vault
                return innermost
            return inner
        def target():
            pass
        """)}

    # Each expression makes a function (or code) that gets vault; TEXT is the
    # source of get(), FILE a file of good.
    own = {
        "compile": "make(compile(TEXT, FILE, 'exec'))",
        "compile for a standard file":
            "make(compile(TEXT, os.__file__, 'exec'))",
        "exec": "make(TEXT)",
        "exec with lying names":
            "make(TEXT, __name__='good', __file__=FILE, __spec__=SPEC,"
            " __package__='good', __loader__=SPEC.loader)",
        "eval": "eval('lambda: __import__(\"vault\")')",
        "single": "make(compile(TEXT, FILE, 'single'))",
        "tree": "make(compile(ast.parse(TEXT), FILE, 'exec'))",
        "replace": "own.__code__.replace(co_filename=FILE, co_name='good')",
        "copy.replace": "copy.replace(own.__code__, co_filename=FILE)",
        "CodeType": "types.CodeType(*parts(own.__code__))",
        "marshal": "marshal.loads(marshal.dumps(own.__code__))",
        "marshal of good": "marshal.loads(marshal.dumps(good.get.__code__))",
        "FunctionType": "types.FunctionType(own.__code__, vars(good))",
        "assigned": "assigned(own.__code__)",
        "assigned to good": "to_good(own.__code__)",
        "code module": "interpreted(TEXT)",
        "codeop": "make(codeop.compile_command(TEXT + chr(10), FILE, 'exec'))",
        "pickle": "pickle.loads(pickle.dumps(Maker()))['get']",
        "patched loader": "loaded(patched())",
        "source_to_code": "make(SPEC.loader.source_to_code(TEXT, FILE))",
        "compiled by the import system": "make(external._compile_bytecode("
            "marshal.dumps(compile(TEXT, FILE, 'exec')), 'good', FILE, FILE))",
        "frozen": "make(_imp.get_frozen_object('zipimport', "
                  "marshal.dumps(compile(TEXT, FILE, 'exec'))))",
        "frozen importlib": "make(_imp.get_frozen_object("
            "'_frozen_importlib_external', "
            "marshal.dumps(compile(TEXT, FILE, 'exec'))))",
        "file name fixed": "fixed(compile(TEXT, 'x', 'exec'))",
        "module type": "vars(module())['get']",
        "run_path of a text": "runpy._run_code(TEXT, {}, None, 'good', SPEC)"
                              "['get']",
        "timeit": "timed()",
        "dataclass": "made_class().get",
        "comprehension": "next(f for f in [lambda: __import__('vault')])",
        "types.coroutine": "types.coroutine(generator)",
    }
    evil = """
        import ast, code, codeop, copy, dataclasses, importlib.abc, os
        import importlib.machinery, importlib.util, marshal, pickle, runpy
        import timeit, types, _imp
        import importlib._bootstrap_external as external
        import good

        FILE = good.__file__
        SPEC = good.__spec__
        TEXT = "def get():\\n    import vault\\n    return vault.take()\\n"

        def own():
            import vault

        def own_outer():
            def inner():
                pass
            return inner

        def outer(code):
            return types.FunctionType(code, {"__builtins__": __builtins__})()

        def generator():
            yield __import__("vault")

        def make(source, **names):
            exec(source, names)
            return names["get"]

        def parts(c, consts=None):
            return (c.co_argcount, c.co_posonlyargcount, c.co_kwonlyargcount,
                    c.co_nlocals, c.co_stacksize, c.co_flags, c.co_code,
                    consts or c.co_consts, c.co_names, c.co_varnames, FILE,
                    "get", "get", 1, c.co_linetable, c.co_exceptiontable)

        def assigned(code):
            def function(): pass
            function.__code__ = code
            return function

        def interpreted(text):
            names = {}
            code.InteractiveInterpreter(names).runcode(
                compile(text, FILE, "exec"))
            return names["get"]

        class Maker:
            def __reduce__(self):
                return pick, (TEXT,)

        def pick(text):
            names = {}
            exec(text, names)
            return names

        class DataLoader(importlib.machinery.SourceFileLoader):
            def get_data(self, path):
                return TEXT.encode()
            def path_stats(self, path):
                return {"mtime": 0, "size": 0}

        class CodeLoader(importlib.machinery.SourceFileLoader):
            def source_to_code(self, data, path, **kwargs):
                return compile(TEXT, path, "exec")

        class OwnLoader(importlib.abc.SourceLoader):
            def get_filename(self, name):
                return FILE
            def get_data(self, path):
                return TEXT.encode()

        def patched():
            # Of the genuine class, but what it reads is not.
            loader = importlib.machinery.SourceFileLoader("good", FILE)
            loader.get_data = lambda path: TEXT.encode()
            loader.get_code = lambda name: compile(TEXT, FILE, "exec")
            return loader

        def loaded(loader):
            spec = importlib.util.spec_from_loader("good", loader,
                                                   origin=FILE)
            spec.cached = None
            result = importlib.util.module_from_spec(spec)
            loader.exec_module(result)
            return result.get

        def fixed(code):
            _imp._fix_co_filename(code, FILE)
            return make(code)

        def module():
            result = types.ModuleType("good")
            result.__file__, result.__spec__ = FILE, SPEC
            exec(TEXT, vars(result))
            return result

        def timed():
            names = {}
            timeit.Timer(TEXT + "names['get'] = get",
                         globals={"names": names}).timeit(1)
            return names["get"]

        def made_class():
            result = dataclasses.make_dataclass(
                "C", ["x"], namespace={"get": staticmethod(make(TEXT))})
            return result

        def to_good(code):
            good.target.__code__ = code
            return good.target

        def nested(function):
            return function()()

        def puppet():
            class Names(dict): pass
            names = Names()
            code = importlib.util.find_spec("good").loader.get_code("good")
            exec(code, {}, names)
            return names["get"]
        """

    def setUp(self):
        super().setUp()
        cases = "".join(f"    {name!r}: lambda: {expression},\n" for
                        name, expression in
                        (self.own | self.brought | self.joint).items())
        text = textwrap.dedent(self.evil) + "CASES = {\n" + cases + "}\n"
        self.world.modules(evil=text)

    def test_own(self):
        result = self.judge({"vault": []}, self.program(f"""
            import evil
            for name in {list(self.own)!r}:
                print(name, owner(evil.CASES[name]()), sep=": ")
            """))
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.out.splitlines(),
                         [f"{name}: evil" for name in self.own])

    def test_own_by_effect(self):
        # good calls what evil made; evil is not on the stack any more.
        names = [name for name in self.own if name != "types.coroutine"]
        program = f"""
            import evil, good, types
            for name in {names!r}:
                made = evil.CASES[name]()
                if isinstance(made, types.CodeType):
                    made = types.FunctionType(made, vars(evil))
                try:
                    good.call(made)
                    print("got it by", name)
                except ImportError as error:
                    print(error.principal)
            """
        result = self.judge({"vault": ["good"]}, program)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.out.splitlines(), ["evil"] * len(names))
        self.assertEqual(self.world.marks(), set())
        result = self.judge({"vault": ["good", "evil"]}, program)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.out.splitlines(),
                         [f"got it by {name}" for name in names])
        self.assertEqual(self.world.marks(), {"vault"})

    # Each brings code through the import system, which cannot tell from whom.
    brought = {
        "loader with get_data": "loaded(DataLoader('good', FILE))",
        "loader of its own": "loaded(OwnLoader())",
    }

    def test_brought(self):
        program = f"""
            import evil, good
            for name in {list(self.brought)!r}:
                try:
                    good.call(evil.CASES[name]())
                    print("got it by", name)
                except ImportError as error:
                    print(error.principal)
            """
        for granted in (["good"], ["good", "evil"],
                        ["good", "evil", "__main__"]):
            result = self.judge({"vault": granted}, program)
            self.assertEqual(result.out.splitlines(),
                             ["<unknown>"] * len(self.brought), result)
            self.assertEqual(self.world.marks(), set())
        result = self.judge({"vault": "*"}, program)
        self.assertEqual(self.world.marks(), {"vault"}, result)

    # Each makes something of good's code; it then belongs to both.
    joint = {
        "in a function": "types.FunctionType(good.get.__code__, {})",
        "assigned to own": "assigned(good.get.__code__)",
        "replaced": "good.get.__code__.replace(co_name='get')",
        "copied and replaced": "copy.replace(good.get.__code__)",
        "nested": "nested(types.FunctionType(good.nested.__code__, {}))",
        "nested in replaced":
            "nested(types.FunctionType(good.nested.__code__.replace(), {}))",
        "nested by replace": "outer(own_outer.__code__.replace("
            "co_consts=(None, good.get.__code__)))",
        "nested by CodeType": "outer(types.CodeType(*parts("
            "own_outer.__code__, (None, good.get.__code__))))",
        "deep by replace": "outer(own_outer.__code__.replace(co_consts=(None,"
            " good.nested.__code__)))()",
        "body again": "make(importlib.util.find_spec('good').loader"
                      ".get_code('good'), own=1)",
        "body as a puppet": "puppet()",
        "the file loaded again":
            "loaded(importlib.machinery.SourceFileLoader('good', FILE))",
    }

    def test_joint(self):
        result = self.judge({"vault": []}, self.program(f"""
            import evil
            for name in {list(self.joint)!r}:
                print(name, owner(evil.CASES[name]()), sep=": ")
            """))
        self.assertEqual(result.code, 0, result)
        expected = dict.fromkeys(self.joint, {"good", "evil"})
        # The genuine load of the genuine file, whoever asked for it.
        expected["the file loaded again"] = {"good"}
        got = dict(line.split(": ") for line in result.out.splitlines())
        self.assertEqual({name: set(names.split("+"))
                          for name, names in got.items()}, expected)

    def test_joint_code_still_works(self):
        self.world.modules(good="""
            def outer(a, /, b=2, *args, c, d=4, **kwargs):
                x = 1
                def inner():
                    nonlocal x
                    x += a + b + c + d + sum(args) + sum(kwargs.values())
                    yield x
                return inner
            async def coroutine():
                try:
                    raise KeyError("x")
                except* KeyError:
                    x = [i async for i in each()]
                return x
            async def each():
                yield 1
            def fails():
                x = 1
                return x / 0
            """, evil="""
            import asyncio, traceback, types
            def steal(function):
                copy = types.FunctionType(
                    function.__code__, vars(__import__("good")),
                    function.__name__, function.__defaults__,
                    function.__closure__)
                copy.__kwdefaults__ = function.__kwdefaults__
                return copy
            """)
        result = self.judge({"vault": []}, self.program("""
            import asyncio, evil, good, sys, traceback
            for function in good.outer, evil.steal(good.outer):
                print(next(function(1, 2, 3, c=5, e=6)()),
                      function.__code__.co_positions is not None)
            print(asyncio.run(evil.steal(good.coroutine)()))
            for function in good.fails, evil.steal(good.fails):
                try:
                    function()
                except ZeroDivisionError as e:
                    frame = traceback.extract_tb(e.__traceback__)[-1]
                    print(frame.name, frame.lineno, frame.colno, frame.line)
            copy = evil.steal(good.outer).__code__
            print(copy == good.outer.__code__, owner(copy))
            """))
        self.assertEqual(result.code, 0, result)
        lines = result.out.splitlines()
        self.assertEqual(lines[0], lines[1])
        self.assertEqual(lines[2], "[1]")
        self.assertEqual(lines[3], lines[4])
        self.assertIn(lines[5], ("True good+evil", "True evil+good"))

    def test_joint_with_the_application(self):
        # It is never freer than its least trusted maker.
        self.world.modules(evil="""
            import types
            def steal(function, **names):
                return types.FunctionType(function.__code__, names)
            """)
        program = self.program("""
            import evil, good, types, json
            def own():
                import vault
            print(owner(evil.steal(own)))
            print(owner(types.FunctionType(good.get.__code__, {})))
            print(owner(evil.steal(json.dumps)))
            print(owner(types.FunctionType(json.dumps.__code__, {})))
            stolen = evil.steal(own, __builtins__=__builtins__)
            stolen()
            """)
        result = self.refused("evil", {"vault": ["__main__", "good"]}, program)
        self.assertEqual(result.out.split(), ["evil", "good", "evil", "-"])
        self.allowed({"vault": ["evil"]}, program)

    def test_made_for_another(self):
        # What a package makes of others' texts is not its own alone.
        self.world.modules(good="""
            def make(text):
                return eval(text)
            """, evil="""
            def call(function, *args):
                return function(*args)
            """)
        text = "'lambda: __import__(\"vault\")'"
        main = f"import evil, good\nevil.call(good.make, {text})()"
        self.needs("good evil", main)
        self.needs("good", main, also={"$hosts": ["evil"]})
        self.needs("good", f"import good\ngood.make({text})()")

    def test_same_owner_makes_no_copy(self):
        self.world.modules(good="""
            import types
            def get(): pass
            copy = types.FunctionType(get.__code__, {})
            def other(): pass
            other.__code__ = get.__code__
            same = copy.__code__ is get.__code__ is other.__code__
            """)
        result = self.judge({"vault": []}, "import good; print(good.same)")
        self.assertEqual(result.out.strip(), "True")


class NamesTest(JudgementTestCase):
    """Names that others may choose become part of what is executed."""

    def check(self, evil, main, expected):
        self.world.modules(evil=evil)
        result = self.judge({"vault": ["__main__"]}, "import evil\n" + main)
        self.assertEqual(self.world.marks(), set(), result)
        self.assertIn(expected, result.out + result.err, result)

    def test_fields(self):
        evil = """if True:
            import dataclasses
            @dataclasses.dataclass
            class Base:
                value: int = dataclasses.field(init=False, repr=False,
                                               compare=False)
            fields = Base.__dataclass_fields__
            """
        main = """if True:
            import dataclasses
            @dataclasses.dataclass
            class Own(evil.Base):
                more: int = 1
            print(Own(2), dataclasses.fields(Own)[0].name)
            """
        self.check(evil, main, "Own(more=2) value")
        for name in ("'value: __import__(\\'vault\\'), more'", "None",
                     "type('', (str,), {})('value')"):
            self.check(evil + f"fields['value'].name = {name}\n", main,
                       "must be valid identifiers")
        for body, expected in (
                ("pass", "Own(more=2) value"),
                ("name = 'value'", "says itself"),
                ("__getattribute__ = object.__getattribute__",
                 "says itself")):
            self.check(evil + f"""if True:
                class Field(dataclasses.Field):
                    {body}
                field = object.__new__(Field)
                for name in dataclasses.Field.__slots__:
                    slot = getattr(dataclasses.Field, name)
                    slot.__set__(field, slot.__get__(fields["value"]))
                fields["value"] = field
                """, main, expected)

    def test_mocked(self):
        for kind in "def", "async def":
            evil = f"{kind} function(value): pass\n"
            main = """if True:
                from unittest import mock
                print(mock.create_autospec(evil.function).__name__)
                """
            self.check(evil, main, "function")
            self.check(evil + """if True:
                class Name(str):
                    isidentifier = lambda self: True
                function.__name__ = Name(
                    "f(): pass\\nimport vault\\nasync def f")
                """, main, "funcopy")

    def test_offered(self):
        main = """if True:
            from multiprocessing.managers import MakeProxyType
            print(MakeProxyType("Proxy", evil.names)._exposed_)
            """
        self.check("names = ['get']", main, "('get',)")
        self.check("names = ['f(): pass\\nimport vault\\ndef g']", main,
                   "no name of a method")


class ForgeryTest(ProvenanceTestCase):
    """No way to have a file of one's own read as somebody else's."""

    deps = {"good": GET + CALL}

    def forge(self, evil, **kwargs):
        """evil.forge() does what it can and returns what it has got: a
        function.  The program calls it, with nobody else on the stack."""
        self.world.modules(evil=evil)
        payload = self.world.write("deps/payload.py", GET)
        self.assertTrue(payload)
        main = self.program("""
            import evil
            got = evil.forge()
            print(owner(got))
            got()
            """)
        names = ["good", "pack", "__main__"]
        result = self.judge({"vault": names}, main, **kwargs)
        self.assertEqual(result.denied, "ImportDenied", result)
        self.assertNotIn("vault", self.world.marks())
        self.assertNotIn(result.out.strip(), [*names, "", "-"])
        result = self.judge({"vault": "*"}, main, **kwargs)
        self.assertRan(result)
        return result

    # Reads the file by the genuine loader; `names` gets what is in it.
    LOAD = """
        import importlib.machinery, os
        def load(path):
            loader = importlib.machinery.SourceFileLoader("x", path)
            names = {}
            exec(loader.get_code("x"), names)
            return names.get("get")
        """

    def test_relative_path(self):
        self.forge(self.LOAD + """
        def forge():
            deps = os.path.dirname(__file__)
            os.chdir(os.path.join(deps, "..", "app"))
            load("owner.py")
            os.chdir(deps)
            return load("payload.py")
        """)

    def test_link_that_changes(self):
        self.world.write("deps/pack/__init__.py", GET)
        self.world.write("other/payload.py", GET)
        os.symlink(self.world.path("deps", "pack"), self.world.path("link"))
        self.forge(self.LOAD + f"""
        LINK = {self.world.path("link")!r}
        def forge():
            if not os.path.exists(LINK + "/payload.py"):
                load(LINK + "/__init__.py")
                os.unlink(LINK)
                os.symlink({self.world.path("other")!r}, LINK)
            return load(LINK + "/payload.py")
        """)

    def test_directories_that_change_places(self):
        self.world.write("mine/a/pack/__init__.py")
        self.world.write("mine/b/payload.py", GET)
        os.symlink(self.world.path("deps", "pack"),
                   self.world.path("mine", "a", "x"))
        self.world.write("deps/pack/__init__.py", GET)
        self.forge(self.LOAD + f"""
        MINE = {self.world.path("mine")!r}
        def forge():
            if os.path.islink(MINE + "/a/x"):
                load(MINE + "/a/x/__init__.py")
                os.unlink(MINE + "/a/x")
                os.rename(MINE + "/b", MINE + "/a/x")
            return load(MINE + "/a/x/payload.py")
        """)

    def test_link_of_the_system_that_changes(self):
        if not os.path.exists("/proc/self/cwd"):
            self.skipTest("no /proc/self/cwd")
        self.forge(self.LOAD + """
        def forge():
            deps = os.path.dirname(__file__)
            os.chdir(os.path.join(deps, "..", "app"))
            load("/proc/self/cwd/owner.py")
            os.chdir(deps)
            return load("/proc/self/cwd/payload.py")
        """)

    def test_file_that_is_exchanged_while_it_is_read(self):
        # What is asked for when the code is wanted changes the directory.
        self.world.write("deps/pack/payload.py", GET)
        self.world.write("deps/pack/__init__.py")
        self.world.write("other/payload.py", GET + "own = 1\n")
        os.symlink(self.world.path("deps", "pack"), self.world.path("link"))
        self.world.modules(evil=f"""
            import importlib._bootstrap_external as external, os, sys
            from importlib.machinery import SourceFileLoader
            LINK = {self.world.path("link")!r}
            def exchange():
                if os.readlink(LINK) != {self.world.path("other")!r}:
                    os.unlink(LINK)
                    os.symlink({self.world.path("other")!r}, LINK)
            genuine = external.cache_from_source
            def own(path, *args, **kwargs):
                exchange()
                return genuine(path, *args, **kwargs)
            def forge():
                external.cache_from_source = own
                sys.pycache_prefix = Prefix("/nowhere")
                names = {{}}
                exec(SourceFileLoader("x", LINK + "/payload.py")
                     .get_code("x"), names)
                return names
            class Prefix(str):
                def __fspath__(self):
                    exchange()
                    return str(self)
            """)
        program = self.program("""
            import evil
            names = evil.forge()
            print(owner(names["get"]), "own" in names)
            names["get"]()
            """)
        result = self.judge({"vault": ["pack"]}, program)
        if result.out.split() != ["pack", "False"]:
            self.assertNotIn("pack", result.out.split()[0])
            self.assertEqual(result.denied, "ImportDenied", result)
        self.allowed({"vault": "*"}, program)

    def test_audit_hook(self):
        # Hooks run in the middle of everything; what they make is theirs.
        self.world.modules(evil=f"""
            import sys
            made = {{}}
            def hook(name, args):
                if name not in made:
                    made[name] = None
                    names = {{}}
                    exec({GET!r}, names)
                    made[name] = names["get"]
            def plant():
                sys.addaudithook(hook)
            """, other=GET)
        env = {"PYTHONDONTWRITEBYTECODE": None}
        program = self.program("""
            import evil
            evil.plant()
            import good, other, sched, json.tool
            for name, function in evil.made.items():
                if function is not None:
                    assert owner(function) == "evil", (name, owner(function))
            print(*evil.made)
            good.call(evil.made["exec"])
            """)
        for _ in range(2):
            result = self.refused("evil", {"vault": ["good", "other"]},
                                  program, env=env)
        self.assertIn("exec", result.out)
        self.allowed({"vault": "*"}, program, env=env)

    def test_loader_without_frames(self):
        # Its methods are C functions: when the code is made, only the import
        # system and whoever imports are on the stack.
        self.world.modules(evil=f"""
            import functools, importlib._bootstrap_external as external
            import importlib.abc, importlib.machinery, importlib.util, marshal
            import sys
            TEXT = {GET.encode()!r}
            CODE = b"".join([importlib.util.MAGIC_NUMBER, bytes(12),
                             marshal.dumps(compile(TEXT, "x.py", "exec"))])
            class Source(importlib.abc.SourceLoader):
                get_filename = get_data = None
            Source.__abstractmethods__ = frozenset()
            class File(importlib.machinery.SourceFileLoader): pass
            class Compiled(importlib.machinery.SourcelessFileLoader): pass
            class Inspect(importlib.abc.InspectLoader):
                get_source = None
            Inspect.__abstractmethods__ = frozenset()
            KIND = None
            class Finder:
                @staticmethod
                def find_spec(name, path=None, target=None):
                    if name != "sched":
                        return None
                    if KIND in ("File", "Compiled"):
                        loader = globals()[KIND](name, "x.py")
                    else:
                        loader = globals()[KIND]()
                    loader.get_filename = {{name: "x.py"}}.__getitem__
                    loader.get_source = {{name: TEXT.decode()}}.__getitem__
                    data = CODE if KIND == "Compiled" else TEXT
                    loader.get_data = {{"x.py": data}}.__getitem__
                    return importlib.util.spec_from_loader(name, loader)
            def plant(kind):
                global KIND
                KIND = kind
                sys.meta_path.insert(0, Finder)
            """, good="def load():\n    import sched\n    return sched\n")
        for kind in "Source", "File", "Compiled", "Inspect":
            for how in ("import sched as got", "got = good.load()",
                        "import importlib\n"
                        "got = importlib.import_module('sched')",
                        "import importlib.util as u\n"
                        "spec = u.find_spec('sched')\n"
                        "got = u.module_from_spec(spec)\n"
                        "spec.loader.exec_module(got)"):
                program = self.program(f"import evil, good\n"
                                       f"evil.plant({kind!r})\n{how}\n"
                                       "print(owner(got.get))\ngot.get()\n")
                with self.subTest(kind, how=how):
                    result = self.judge({"vault": ["__main__", "good"]},
                                        program)
                    self.assertEqual(result.denied, "ImportDenied", result)
                    self.assertEqual(self.world.marks(), set())
                    self.allowed({"vault": "*"}, program)

    def test_link_to_a_file(self):
        # The name is in good's place, the file is not; and the other way.
        self.world.write("deps/pack/__init__.py")
        self.world.write("other/payload.py", GET)
        self.world.write("other/linked.py", GET)
        os.symlink(self.world.path("deps", "pack"),
                   self.world.path("other", "inside"))
        self.forge(f"""
            import importlib.util
            def forge():
                path = {self.world.path("other")!r} + "/inside/../linked.py"
                if not __import__("os").path.exists(path):
                    path = {self.world.path("other", "linked.py")!r}
                spec = importlib.util.spec_from_file_location("good", path)
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                return module.get
            """)

    def test_directory_that_is_made_at_run_time(self):
        self.forge(f"""
            import os, sys, importlib
            def forge():
                site = {self.world.path("new/lib/site-packages")!r}
                os.makedirs(site + "/good", exist_ok=True)
                with open(site + "/good/__init__.py", "w") as file:
                    file.write({GET!r})
                sys.path.insert(0, site)
                importlib.invalidate_caches()
                sys.modules.pop("good", None)
                import good
                assert good.__file__.startswith(site), good
                return good.get
            """)

    def test_path_entry_that_did_not_exist(self):
        new = self.world.path("later")
        env = {"PYTHONPATH": os.pathsep.join([self.world.deps, new])}
        self.forge(f"""
            import os, sys, importlib
            def forge():
                os.makedirs({new!r}, exist_ok=True)
                with open({new!r} + "/good.py", "w") as file:
                    file.write({GET!r})
                sys.path.insert(0, {new!r})
                importlib.invalidate_caches()
                sys.modules.pop("good", None)
                import good
                assert good.__file__.startswith({new!r}), good
                return good.get
            """, env=env)

    def test_compiled_file_in_a_tree_of_ones_own(self):
        # sys.pycache_prefix is changed, and the file there is poisoned.
        self.world.modules(other=GET)
        self.world.modules(evil=f"""
            import importlib.util, marshal, os, sys
            def poison(path):
                sys.pycache_prefix = {self.world.path("cache")!r}
                cache = importlib.util.cache_from_source(path)
                os.makedirs(os.path.dirname(cache))
                stat = os.stat(path)
                code = compile("poisoned = True\\nimport vault", path, "exec")
                with open(cache, "wb") as file:
                    file.write(importlib.util.MAGIC_NUMBER + bytes(4)
                               + int(stat.st_mtime).to_bytes(4, "little")
                               + stat.st_size.to_bytes(4, "little")
                               + marshal.dumps(code))
            """)
        program = self.program(f"""
            import evil
            evil.poison({self.world.path("deps", "other.py")!r})
            import other
            print(owner(other.get), hasattr(other, "poisoned"))
            """)
        result = self.judge({"vault": ["other"]}, program)
        self.assertEqual(result.out.split(), ["other", "False"], result)
        self.assertEqual(self.world.marks(), set())

    def test_patched_import_system(self):
        # Whatever is replaced, the file is read in C, or the code that comes
        # instead belongs to whoever made it.
        patches = {
            "get_data": "machinery.SourceFileLoader.get_data = "
                        "lambda self, path: TEXT",
            "path_stats": "machinery.SourceFileLoader.path_stats = "
                          "lambda self, path: {'mtime': 0, 'size': 0}",
            "source_to_code": "external.SourceLoader.source_to_code = lambda "
                              "self, *args: compile(TEXT, args[1], 'exec')",
            "get_code": "external.SourceLoader.get_code = lambda self, name: "
                        "compile(TEXT, self.path, 'exec')",
            "has_policy": "_imp.has_policy = lambda: False; "
                          "_imp.get_code = lambda *args: None; "
                          "external.compile = lambda *args, **kwargs: CODE",
            "_imp.get_code": "_imp.get_code = lambda *args: CODE",
            "_imp": "external._imp = types.SimpleNamespace("
                    "**vars(_imp) | {'get_code': lambda *args: CODE})",
            "compile": "builtins.compile = lambda *args, **kwargs: CODE",
            "marshal": "marshal.loads = lambda *args: CODE",
            "open_code": "io.open_code = _io.open_code = "
                         "lambda path: io.BytesIO(TEXT)",
            "_compile_bytecode": "external._compile_bytecode = "
                                 "lambda *args, **kwargs: CODE",
            "exec": "builtins.exec = lambda code, names: genuine(CODE, names)",
            "fix": "_imp._fix_co_filename = lambda *args: None",
        }
        for name, patch in patches.items():
            self.world.modules(evil=f"""
                import _imp, _io, builtins, io, marshal, types
                import importlib._bootstrap_external as external
                from importlib import machinery
                genuine = exec
                TEXT = {GET.encode() + b"poisoned = True"!r}
                CODE = compile(TEXT, {self.world.path("deps/other.py")!r},
                               "exec")
                def patch():
                    {patch}
                """, other=GET + "poisoned = False\n")
            program = self.program("""
                import evil
                evil.patch()
                import other
                print(owner(other.get), other.poisoned)
                other.get()
                """)
            with self.subTest(name):
                result = self.judge({"vault": ["other"]}, program)
                out = result.out.split()
                if out == ["other", "False"]:
                    self.assertRan(result)
                else:
                    self.assertEqual(out[1:], ["True"], result)
                    self.assertIn("evil", out[0])
                    self.assertRefused(result, "evil")

    def test_line_of_another_file(self):
        # Lines of any file, as if it were one of start-up.
        self.world.write("deps/other.py", "import vault; x = 1\n")
        self.forge("""
            import os
            from copy import _imp
            def forge():
                names = {}
                path = os.path.join(os.path.dirname(__file__), "good")
                with open(path, "w") as file:
                    file.write("from payload import get\\n"
                               "get = lambda: __import__('vault')\\n")
                exec(_imp.load_pth_line(
                    path, "get = lambda: __import__('vault')"), names)
                return names["get"]
            """)

    def test_file_name_of_code(self):
        # Code of the library keeps its own, by which some of it is known.
        self.world.policy({"vault": []})
        result = self.world.run("""
            import _imp, linecache
            def own():
                pass
            for function in own, linecache.lazycache:
                code = function.__code__
                _imp._fix_co_filename(code, "other.py")
                print(code.co_filename == "other.py")
            inner = [c for c in code.co_consts if hasattr(c, "co_filename")]
            print(*{c.co_filename == "other.py" for c in inner})
            """)
        self.assertEqual(result.out.split(), ["True", "False", "False"],
                         result)

    def test_names_of_a_module(self):
        self.forge(f"""
            import sys, types
            def forge():
                import good
                global __name__, __file__, __spec__, __package__, __loader__
                __name__, __file__ = good.__name__, good.__file__
                __spec__, __package__ = good.__spec__, good.__package__
                __loader__ = good.__loader__
                sys.modules["good"] = sys.modules["evil"]
                exec({GET!r}, globals())
                return get
            """)

    def test_undecodable_path(self):
        try:
            directory = os.fsencode(self.world.path("other")) + b"/\xff\xfe"
            os.makedirs(directory)
            with open(directory + b"/payload.py", "w") as file:
                file.write(GET)
        except OSError:
            self.skipTest("the file system wants UTF-8")
        self.world.modules(evil=f"""
            import sys
            sys.path.insert(0, {os.fsdecode(directory)!r})
            import payload
            """)
        program = "import evil; evil.payload.get()"
        result = self.judge({"vault": ["good"]}, program)
        self.assertEqual(result.denied, "ImportDenied", result)
        self.allowed({"vault": "*"}, program)

    def test_every_function_of_imp(self):
        # All of _imp and of the import system's functions, with whatever
        # evil can make.  Its payload is known by a constant; whatever comes
        # back with it belongs to evil, or to the payload's own file.
        text = "def get():\n    'the payload'\n    import vault\n"
        self.world.modules(evil=f"""
            import _imp, copy, itertools, marshal, os, types
            import importlib.machinery
            import importlib._bootstrap as bootstrap
            import importlib._bootstrap_external as external
            DEPS = os.path.dirname(__file__)
            TEXT = {text!r}
            CODE = compile(TEXT, "good.py", "exec")
            with open(DEPS + "/payload.pyc", "wb") as file:
                file.write(external._code_to_hash_pyc(CODE, bytes(8), False))
            with open(DEPS + "/payload", "w") as file:
                file.write("get = lambda: 'the payload'")
            SPEC = importlib.machinery.ModuleSpec(
                "good", None, origin=DEPS + "/payload.py")
            POOL = ["good", "zipimport", external.cache_from_source,
                    DEPS + "/payload.py", DEPS + "/payload.pyc",
                    DEPS + "/payload.zip",
                    "get = lambda: 'the payload'", DEPS + "/payload",
                    TEXT.encode(), marshal.dumps(CODE), CODE, SPEC,
                    external.SourceFileLoader("good", DEPS + "/payload.py"),
                    {{}}, None, True, "default"]

            def is_payload(code):
                return any(const == "the payload" or
                           isinstance(const, types.CodeType)
                           and is_payload(const) for const in code.co_consts)

            def codes(value, depth=3):
                if isinstance(value, types.FunctionType):
                    value = value.__code__
                if isinstance(value, types.ModuleType):
                    value = vars(value)
                if isinstance(value, types.CodeType):
                    if is_payload(value):
                        yield value
                elif isinstance(value, (tuple, list, dict)) and depth:
                    if isinstance(value, dict):
                        value = list(value.values())
                    for item in value:
                        yield from codes(item, depth - 1)

            def files(*args):
                return _imp.get_code(*args, external.SourceFileLoader)

            def attempts():
                library = {{name: getattr(copy._imp, name)
                           for name in dir(copy._imp)}}
                for names in (vars(_imp), vars(bootstrap), vars(external),
                              library, {{"load_files": files}}):
                    for name, function in list(names.items()):
                        if (not callable(function) or name.startswith("__")
                            or isinstance(function, type)
                            or name in ("acquire_lock", "_setup", "_install",
                                        "_wrap", "print")):
                            continue
                        most = 4 if "load_" in name else 3
                        for n in range(most + 1):
                            pool = POOL if n < 3 else POOL[:4] + POOL[5:13]
                            for args in itertools.product(pool, repeat=n):
                                yield name, function, args

            def found():
                calls = 0
                for name, function, args in attempts():
                    try:
                        calls += 1
                        result = function(*args)
                    except BaseException:
                        continue
                    for code in codes(result):
                        yield name, args, code
                assert calls > 5000, calls
            """)
        self.world.write("deps/payload.py", text)
        self.world.write_zip("deps/payload.zip", {"good.py": text,
                                                  "payload.py": text})
        result = self.judge({"vault": []}, self.program("""
            import evil
            ways = set()
            for name, args, code in evil.found():
                who = owner(code)
                ways.add(name)
                if who in ("good", "__main__", "-"):
                    print("forged", name, args, who)
            print(*sorted(ways))
            """))
        self.assertEqual(result.code, 0, result)
        self.assertNotIn("forged", result.out)
        for name in "load_files", "load_pth_line", "get_frozen_object":
            self.assertIn(name, result.out)


if __name__ == "__main__":
    unittest.main()
