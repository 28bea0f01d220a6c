"""Code that nobody has compiled: raw parts, marshalled data, files.

Bytecode is not checked when it runs, so whoever can make it of parts, or have
it read from a file of his own, can do what native code can.  principal_code.c
and principal_load.c judge that as `ffi`; principal_cache.c keeps what the
interpreter has compiled itself.
"""

import glob
import importlib.util
import marshal
import os
import py_compile
import stat
import struct
import textwrap
import unittest
import zipfile

from test.test_importpolicy.support import JudgementTestCase

# Nobody may; nobody but evil may not; a policy that says nothing of it.
NOBODY = {"$permissions": {"*": {"ffi": False}}}
SILENT = {"json": []}


def granting(name, what=True):
    return {"$permissions": {"*": {"ffi": False}, name: {"ffi": what}}}


EVIL = """
    import copy, copyreg, functools, importlib, io, marshal, operator
    import _imp, pickle, pkgutil, runpy, sys, types
    import importlib._bootstrap as bootstrap
    import importlib._bootstrap_external as external
    def function(x=0):
        return x
    code = function.__code__
    parts = (code.co_argcount, code.co_posonlyargcount,
             code.co_kwonlyargcount, code.co_nlocals, code.co_stacksize,
             code.co_flags, code.co_code, code.co_consts, code.co_names,
             code.co_varnames, code.co_filename, code.co_name,
             code.co_qualname, code.co_firstlineno, code.co_linetable,
             code.co_exceptiontable, code.co_freevars, code.co_cellvars)
    PICKLED = (b"ctypes\\nCodeType\\n" + pickle.dumps(parts, 0)[:-1]
               + b"R.")
    def get(expression):
        return eval(expression)
    """


class PartsTest(JudgementTestCase):
    """Every road to code from raw parts."""

    roads = {
        "CodeType": "types.CodeType(*parts)",
        "__new__": "types.CodeType.__new__(types.CodeType, *parts)",
        "copyreg": "copyreg.__newobj__(types.CodeType, *parts)",
        "partial": "functools.partial(types.CodeType, *parts)()",
        "map": "next(map(types.CodeType, *([part] for part in parts)))",
        "code": "code.replace(co_code=code.co_code * 2)",
        "constants": "code.replace(co_consts=(None, 1))",
        "names": "code.replace(co_names=('a', 'b'))",
        "variables": "code.replace(co_varnames=('y',))",
        "stack": "code.replace(co_stacksize=99)",
        "arguments": "code.replace(co_argcount=0, co_posonlyargcount=0)",
        "flags": "code.replace(co_flags=code.co_flags & ~3)",
        "lines": "code.replace(co_linetable=b'')",
        "exceptions": "code.replace(co_exceptiontable=b'\\0' * 4)",
        "copy": "copy.replace(code, co_stacksize=9)",
        "__replace__": "code.__replace__(co_stacksize=9)",
        "caller": "operator.methodcaller('replace', co_stacksize=9)(code)",
        "frozen": "_imp.get_frozen_object('x', DATA)",
        "frozen from within": "bootstrap._call_with_frames_removed("
                              "_imp.get_frozen_object, 'x', DATA)",
        "loads": "marshal.loads(DATA)",
        "loads from within": "bootstrap._call_with_frames_removed("
                             "marshal.loads, DATA)",
        "load": "marshal.load(io.BytesIO(DATA))",
        "_compile_bytecode": "external._compile_bytecode(DATA)",
        "pkgutil": "pkgutil.read_code(io.BytesIO(PYC))",
        "pickle": "pickle.loads(PICKLED)",
        "python pickle": "pickle._loads(PICKLED)",
        "run_path": "runpy.run_path(FILE)",
        "loader": "external.SourcelessFileLoader('x', FILE).get_code('x')",
        "subclass": "type('L', (external.SourcelessFileLoader,), {})"
                    "('x', FILE).get_code('x')",
    }

    def test_roads(self):
        path = self.world.write("data/x.pyc")
        source = self.world.write("data/source.py", "x = 1\n")
        py_compile.compile(source, path)
        with open(path, "rb") as file:
            pyc = file.read()
        values = (f"\nFILE, PYC = {path!r}, {pyc!r}\n"
                  "DATA = PYC[16:]\n")
        self.world.modules(evil=textwrap.dedent(EVIL) + values)
        for name, expression in self.roads.items():
            program = f"import evil; evil.get({expression!r})"
            with self.subTest(name):
                result = self.judge(NOBODY, program)
                self.assertNotEqual(result.code, 0, result)
                self.assertIn("has no ffi permission", result.err)
                if "frozen" not in name:
                    # That says that the object is invalid.
                    self.assertEqual(result.denied, "AccessDenied", result)
            with self.subTest(name, granted=True):
                # What is not in a dependency's place belongs to nobody whom
                # one could grant anything.
                policy = (SILENT if "FILE" in expression
                          else granting("evil"))
                self.allowed(policy, program, effect=None)

    def test_how_it_is_called(self):
        # Names change nothing of what code does; tracebacks live on it.
        self.world.modules(evil=EVIL)
        for change in ("co_name='x'", "co_qualname='x.y'",
                       "co_filename='x.py'", "co_firstlineno=7",
                       "co_flags=code.co_flags | 0x100", ""):
            with self.subTest(change):
                self.allowed(NOBODY, "import evil; evil.get"
                             f"({f'code.replace({change})'!r})", effect=None)

    def test_coroutine(self):
        self.world.modules(good="""
            import types
            @types.coroutine
            def wait():
                yield
            async def run():
                await wait()
            """)
        self.allowed(NOBODY, "import good; good.run().send(None)",
                     effect=None)

    def test_equal_constants(self):
        # 1 and True are equal, and not the same.
        self.world.modules(evil=EVIL)
        self.refused("evil", NOBODY, "import evil; evil.get('code.replace("
                     "co_consts=tuple(list(code.co_consts)))')", effect=None,
                     denied="AccessDenied")

    def test_the_application(self):
        program = "import marshal; marshal.loads(marshal.dumps(1))"
        self.allowed(NOBODY, program, effect=None)
        for grant, code in ({"ffi": True}, 0), ({}, 1):
            policy = {"$default": "deny", "$permissions": {"__main__": grant}}
            result = self.judge(policy, program)
            self.assertEqual(result.code, code, result)


class LoaderTest(JudgementTestCase):
    """Whoever imports did not choose what some loader brings him."""

    EVIL = """
        import importlib.machinery, marshal, sys, types
        data = {data!r}
        class L(importlib.machinery.{base}):
            pass
        class Finder:
            @staticmethod
            def find_spec(name, path=None, target=None):
                if name == "brought":
                    loader = L("brought", {file!r})
                    loader.get_data = {{{file!r}: data}}.__getitem__
                    return importlib.machinery.ModuleSpec(name, loader)
        sys.meta_path.insert(0, Finder)
        """

    def check(self, base, data, file):
        self.world.modules(evil=self.EVIL.format(base=base, data=data,
                                                 file=file))
        program = "import evil, brought"
        self.refused("somebody unknown", NOBODY, program, effect="ran",
                     denied="AccessDenied")
        self.allowed(SILENT, program, effect="ran")

    def test_sourceless(self):
        text = self.world.mark("ran")
        code = compile(text, "brought.py", "exec")
        self.check("SourcelessFileLoader", b"".join([
            importlib.util.MAGIC_NUMBER, bytes(12), marshal.dumps(code)]),
            "brought.pyc")

    def test_no_cache_for_others(self):
        # A loader that is not the import system's own compiles each time.
        source = self.world.write("app/mine.py", "value = 'source'\n")
        cache = importlib.util.cache_from_source(source)
        other = self.world.write("other.py", "value = 'cached'\n")
        os.utime(other, (1, 1))
        os.utime(source, (1, 1))
        py_compile.compile(other, cache)
        program = f"""
            import importlib.machinery, importlib.util
            class L(importlib.machinery.SourceFileLoader):
                pass
            loader = L("mine", {source!r})
            spec = importlib.util.spec_from_loader("mine", loader)
            module = importlib.util.module_from_spec(spec)
            loader.exec_module(module)
            print(module.value)
            """
        result = self.allowed(NOBODY, program, effect=None)
        self.assertEqual(result.out, "source\n")
        result = self.allowed(SILENT, program, effect=None)
        self.assertEqual(result.out, "cached\n")


class FileTest(JudgementTestCase):
    """Compiled files that came without their source."""

    PROGRAM = "import compiled"

    def compile(self, path, text=None):
        source = self.world.write("elsewhere/compiled.py",
                                  text or self.world.mark("ran"))
        path = self.world.path(path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        py_compile.compile(source, path)
        with open(path, "rb") as file:
            return file.read()

    def test_module(self):
        self.compile("deps/compiled.pyc")
        self.refused("compiled", NOBODY, self.PROGRAM, effect="ran",
                     denied="AccessDenied")
        self.allowed(SILENT, self.PROGRAM, effect="ran")
        for what, may in ((True, True), (["compiled"], True),
                          (["compile"], False), (["!compiled"], False)):
            with self.subTest(what=what):
                if may:
                    self.allowed(granting("compiled", what), self.PROGRAM,
                                 effect="ran")
                else:
                    self.refused("compiled", granting("compiled", what),
                                 self.PROGRAM, effect="ran")

    def test_whoever_imports(self):
        # It is the file's owner who needs it, and nobody else.
        self.compile("deps/compiled.pyc")
        self.world.modules(evil="def get():\n    __import__('compiled')\n")
        program = "import evil; evil.get()"
        self.allowed(granting("compiled"), program, effect="ran")
        self.refused("compiled", granting("evil"), program, effect="ran")

    def test_package(self):
        self.compile("deps/pack/__init__.pyc", "pass")
        self.compile("deps/pack/inner.pyc")
        program = "import pack.inner"
        self.allowed(granting("pack", ["pack"]), program, effect="ran")
        for what in ["pack.inner"], ["pack", "!pack.inner"]:
            with self.subTest(what):
                self.refused("pack", granting("pack", what), program,
                             effect="ran")

    def test_of_the_application(self):
        self.compile("app/compiled.pyc")
        self.allowed(NOBODY, self.PROGRAM, effect="ran")

    def test_archive(self):
        data = self.compile("elsewhere/compiled.pyc")
        archive = self.world.write_zip("lib.zip", {"compiled.pyc": data})
        env = {"PYTHONPATH": os.pathsep.join([archive, self.world.deps])}
        self.refused("compiled", NOBODY, self.PROGRAM, effect="ran", env=env)
        self.allowed(granting("compiled"), self.PROGRAM, effect="ran",
                     env=env)
        self.allowed(SILENT, self.PROGRAM, effect="ran", env=env)

    def test_archive_with_source(self):
        # The source takes the place of what is not believed.
        data = self.compile("elsewhere/compiled.pyc", "value = 'compiled'\n")
        source = self.world.path("elsewhere/compiled.py")
        with open(source, "w") as file:
            file.write("value = 'source'\n")
        archive = self.world.write_zip("lib.zip", {"compiled.pyc": data})
        with zipfile.ZipFile(archive, "a") as file:
            stamp = (1980, 1, 1, 0, 0, 0)
            file.writestr(zipfile.ZipInfo("compiled.py", stamp),
                          "value = 'source'\n")
        env = {"PYTHONPATH": os.pathsep.join([archive, self.world.deps])}
        program = "import compiled; print(compiled.value)"
        result = self.allowed(NOBODY, program, effect=None, env=env)
        self.assertEqual(result.out, "source\n")


class CacheTest(JudgementTestCase):
    """What the interpreter has compiled itself, and keeps for itself."""

    PROGRAM = "import good; print(good.value)"
    TEXT = "value = 'source'\n"
    def setUp(self):
        super().setUp()
        self.home = self.world.path("home")
        os.mkdir(self.home, 0o700)
        self.directory = os.path.join(
            self.home, ".cache", "cpython-importpolicy", "bytecode")
        self.env = {"HOME": self.home, "XDG_CACHE_HOME": None,
                    "PYTHONDONTWRITEBYTECODE": None}
        self.source = self.world.write("deps/good.py", self.TEXT)

    def files(self):
        return sorted(glob.glob(os.path.join(self.directory, "*")))

    def value(self, policy, program=PROGRAM, *options, env=()):
        result = self.allowed(policy, program, *options, effect=None,
                              env=self.env | dict(env))
        return result.out.strip()

    def poison(self, path):
        """Let the compiled file in a source's own place say otherwise."""
        other = self.world.write("other.py", "value = 'shipped'\n".ljust(
            os.path.getsize(path)))
        status = os.stat(path)
        data = importlib.util.MAGIC_NUMBER + struct.pack(
            "<III", 0, int(status.st_mtime), status.st_size)
        with open(other) as file:
            data += marshal.dumps(compile(file.read(), path, "exec"))
        self.world.write(importlib.util.cache_from_source(path), data)

    def test_shipped_is_not_believed(self):
        self.poison(self.source)
        self.assertEqual(self.value(SILENT), "shipped")
        self.assertEqual(self.value(granting("good")), "shipped")
        self.assertEqual(self.value(granting("good", ["good"])), "shipped")
        for policy in (NOBODY, granting("good", ["other"]),
                       granting("other"),
                       {"$default": "deny", "$permissions":
                        {"__main__": True}}):
            with self.subTest(policy=policy):
                for _ in range(2):
                    self.assertEqual(self.value(policy), "source")

    def test_unchecked(self):
        # PEP 552 lets a file say that it need not be checked.
        other = self.world.write("other.py", "value = 'shipped'\n")
        py_compile.compile(
            other, importlib.util.cache_from_source(self.source),
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        self.assertEqual(self.value(SILENT), "shipped")
        self.assertEqual(self.value(NOBODY), "source")
        self.assertEqual(
            self.value(NOBODY, self.PROGRAM, "--check-hash-based-pycs",
                       "never"), "source")

    def test_application(self):
        path = self.world.write("app/mine.py", self.TEXT)
        self.poison(path)
        self.assertEqual(self.value(NOBODY, "import mine; print(mine.value)"),
                         "shipped")

    def test_what_is_written(self):
        self.world.write("app/mine.py")
        self.value(NOBODY, "import good, mine; print(good.__cached__)")
        path, = self.files()
        self.assertEqual(os.path.basename(path)[:5], "good-")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        status = os.stat(self.directory)
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o700)
        self.assertEqual(os.listdir(self.world.deps).count("__pycache__"), 0)
        self.assertTrue(os.path.exists(self.world.path("app/__pycache__")))

    def test_writing_it_needs_no_grant(self):
        """The import system's own writes are not judged; other ones are."""
        path = self.world.write("app/mine.py")
        program = "import mine, os\n"
        policy = {"$default": "deny", "$permissions": {"__main__": {}}}
        result = self.judge(policy, program, env=self.env)
        self.assertEqual((result.code, result.err), (0, ""), result)
        cache = importlib.util.cache_from_source(path)
        self.assertEqual(os.listdir(os.path.dirname(cache)),
                         [os.path.basename(cache)])
        result = self.judge(policy, program + f"os.remove({cache!r})",
                            env=self.env)
        self.assertIn("no write permission", result.err)
        self.assertTrue(os.path.exists(cache))

    @staticmethod
    def sum_of(body):
        """As in principal_cache.c."""
        result = len(body)
        padded = body + bytes(32 - len(body) % 32)
        for words in zip(*struct.iter_unpack("=4Q", padded)):
            result = (result ^ sum(words)) * 0x9e3779b97f4a7c15 % 2**64
        return result

    def craft(self, path, value, source=None):
        """What only the interpreter should do: a file with other code, or
        for another source."""
        body = marshal.dumps(compile(f"value = {value!r}", "x", "exec"))
        with open(path, "rb") as file:
            header = file.read(48)
            file.seek(56)
            named = file.read(struct.unpack_from("=I", header, 12)[0])
        if source is not None:
            named = named.replace(self.source.encode(), source.encode())
        with open(path, "wb") as file:
            file.write(header + struct.pack("=Q", self.sum_of(body))
                       + named + body)

    def test_what_is_read(self):
        self.assertEqual(self.value(NOBODY), "source")
        path, = self.files()
        self.craft(path, "kept")
        self.assertEqual(self.value(NOBODY), "kept")
        # The kept code belongs to whom the source belongs.
        self.assertEqual(self.value(NOBODY, """
            import good, sys
            exec("import _importpolicy")
            print(good.__loader__.get_code("good").co_filename)
            """), self.source)
        # Not for another level of optimisation, ...
        self.assertEqual(self.value(NOBODY, self.PROGRAM, "-O"), "source")
        self.assertEqual(len(self.files()), 2)
        # ... nor another source, whatever times it claims.
        status = os.stat(self.source)
        with open(self.source, "r+") as file:
            file.write("value = 'SOURCE'\n")
        os.utime(self.source, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.assertEqual(self.value(NOBODY), "SOURCE")

    def test_damaged(self):
        self.value(NOBODY)
        path, = self.files()
        with open(path, "rb") as file:
            data = file.read()
        for damaged in (b"", data[:20], data[:-1], data + b"\0",
                        data[:-5] + b"\xff" + data[-4:],
                        data[:55] + b"\0" + data[56:]):
            if damaged == data:
                continue
            with self.subTest(damaged=damaged[-8:]):
                with open(path, "wb") as file:
                    file.write(damaged)
                self.assertEqual(self.value(NOBODY), "source")
                with open(path, "rb") as file:
                    self.assertEqual(file.read(), data)

    def test_names_that_collide(self):
        # Somebody has found another source whose file would have this name.
        self.value(NOBODY)
        path, = self.files()
        other = self.source.replace("good", "evil")
        self.craft(path, "kept", other)
        self.assertEqual(self.value(NOBODY), "source")
        with open(path, "rb") as file:
            self.assertNotIn(other.encode(), file.read())
        self.craft(path, "kept", self.source)
        self.assertEqual(self.value(NOBODY), "kept")

    def test_not_the_users_alone(self):
        self.value(NOBODY)
        path, = self.files()
        self.craft(path, "kept")
        self.assertEqual(self.value(NOBODY), "kept")
        for mode in 0o755, 0o770, 0o701:
            os.chmod(self.directory, mode)
            self.assertEqual(self.value(NOBODY), "source")
        os.chmod(self.directory, 0o700)
        self.assertEqual(self.value(NOBODY), "kept")
        os.rename(self.directory, self.world.path("moved"))
        os.symlink(self.world.path("moved"), self.directory)
        self.assertEqual(self.value(NOBODY), "source")
        os.unlink(self.directory)
        os.rename(self.world.path("moved"), self.directory)
        os.rename(path, self.world.path("file"))
        os.symlink(self.world.path("file"), path)
        self.assertEqual(self.value(NOBODY), "source")

    @unittest.skipUnless(hasattr(os, "geteuid") and os.geteuid() == 0,
                         "only root can give files away")
    def test_somebody_elses(self):
        self.value(NOBODY)
        path, = self.files()
        self.craft(path, "kept")
        os.chown(path, 1, 1)
        self.assertEqual(self.value(NOBODY), "source")
        path, = self.files()
        self.craft(path, "kept")
        os.chown(self.directory, 1, 1)
        self.assertEqual(self.value(NOBODY), "source")

    def test_no_place(self):
        # Nothing is refused for want of a cache.
        for env in ({"HOME": None}, {"HOME": "relative"},
                    {"HOME": self.world.path("absent")},
                    {"XDG_CACHE_HOME": self.world.path("absent")},
                    {"HOME": self.source}):
            with self.subTest(env):
                self.assertEqual(self.value(NOBODY, env=env), "source")
                self.assertEqual(self.files(), [])

    def test_xdg(self):
        base = self.world.path("xdg")
        os.mkdir(base)
        self.value(NOBODY, env={"XDG_CACHE_HOME": base})
        self.assertEqual(self.files(), [])
        self.assertEqual(
            len(os.listdir(f"{base}/cpython-importpolicy/bytecode")), 1)

    def test_dont_write(self):
        self.value(NOBODY, self.PROGRAM, "-B")
        self.assertEqual(self.files(), [])
        self.value(NOBODY)
        path, = self.files()
        self.craft(path, "kept")
        self.assertEqual(self.value(NOBODY, self.PROGRAM, "-B"), "kept")

    def test_pycache_prefix(self):
        prefix = self.world.path("prefix")
        env = {"PYTHONPYCACHEPREFIX": prefix}
        self.world.write("app/mine.py")
        self.value(NOBODY, "import good, mine", env=env)
        self.assertEqual(len(self.files()), 1)
        found = glob.glob(f"{prefix}/**/*.pyc", recursive=True)
        self.assertEqual([os.path.basename(path).partition(".")[0]
                          for path in found if "good" in path
                          or "mine" in path], ["mine"])

    def test_environment_of_a_dependency(self):
        # It is too late for another place, ...
        elsewhere = self.world.path("elsewhere")
        os.mkdir(elsewhere, 0o700)
        self.world.modules(evil=f"""
            import os
            os.environ["XDG_CACHE_HOME"] = {elsewhere!r}
            """)
        self.value(NOBODY, "import evil, good")
        self.assertEqual(os.listdir(elsewhere), [])
        self.assertEqual(len(self.files()), 2)

    def test_child_of_a_dependency(self):
        # ... and whom a dependency starts has none at all.
        self.world.modules(evil="""
            import subprocess, sys
            def start():
                subprocess.run([sys.executable, "-c", "import good"],
                               check=True)
            """)
        self.value(NOBODY, "import evil; evil.start()")
        self.assertEqual([os.path.basename(path)[:5]
                          for path in self.files()], ["evil-"])
        self.value(NOBODY, """
            import subprocess, sys
            subprocess.run([sys.executable, "-c", "import good"], check=True)
            """)
        self.assertEqual(len(self.files()), 2)

    def test_nobody_writes_to_it(self):
        self.value(NOBODY)
        path, = self.files()
        with open(path, "rb") as file:
            kept = file.read()
        self.world.modules(evil="""
            import os
            def write(path, directory):
                with open(path, "wb") as file:
                    file.write(b"bad")
            def create(path, directory):
                open(os.path.join(directory, "new"), "x").close()
            def rename(path, directory):
                os.rename(directory, directory + ".old")
            def rename_above(path, directory):
                above = os.path.dirname(directory)
                os.rename(above, above + ".old")
            def replace(path, directory):
                os.rename(__file__, path)
            def remove(path, directory):
                os.remove(path)
            def truncate(path, directory):
                os.truncate(path, 0)
            def chmod(path, directory):
                os.chmod(directory, 0o755)
            def link(path, directory):
                os.link(path, __file__ + ".link")
            def relative(path, directory):
                fd = os.open(directory, os.O_RDONLY)
                os.close(os.open("new", os.O_WRONLY | os.O_CREAT, dir_fd=fd))
            """)
        for name in ("write", "create", "rename", "rename_above", "replace",
                     "remove", "truncate", "chmod", "link", "relative"):
            program = f"""
                import evil
                evil.{name}({path!r}, {self.directory!r})
                """
            for what in {"ffi": False}, {"ffi": False, "write": True}:
                policy = {"$permissions": {"*": {"ffi": False},
                                           "evil": what}}
                with self.subTest(name, what=what):
                    result = self.judge(policy, program, env=self.env)
                    self.assertEqual(result.denied, "AccessDenied", result)
                    with open(path, "rb") as file:
                        self.assertEqual(file.read(), kept)
                    self.assertNotIn("new", os.listdir(self.directory))
        # Whoever may remove it: the application.
        self.value(NOBODY, f"import os; os.remove({path!r})")
        self.assertNotIn(path, self.files())

    def test_turned_link(self):
        # Kept by the place where the source really is.
        for name in "one", "two":
            self.world.write(f"deps/{name}/part.py", f"value = {name!r}\n")
            os.utime(self.world.path(f"deps/{name}/part.py"), (1, 1))
        link = self.world.path("link")
        for name in "one", "two", "one":
            os.symlink(self.world.path("deps", name), link)
            program = f"""
                import sys
                sys.path.append({link!r})
                import part
                print(part.value)
                """
            self.assertEqual(self.value(NOBODY, program), name)
            os.unlink(link)

    def test_both_are_marked(self):
        program = """
            import _importpolicy, good
            print(*_importpolicy.principal_of(good.f.__code__))
            """
        self.world.write("deps/good.py", "def f(): return lambda: 0\n")
        for _ in range(2):
            self.assertEqual(self.value(NOBODY, program), "good")


if __name__ == "__main__":
    unittest.main()
