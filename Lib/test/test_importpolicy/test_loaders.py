"""Packages that are trusted to make code that is not theirs.

"$loaders" names them; principal_loader.c says whose is what they make.
"""

import os
import unittest

from test.test_importpolicy.support import (
    APPLICATION, JudgementTestCase, installed)

# A package that rewrites the source of others, as test runners and type
# checkers do; and one that hands it what to do.
REWRITER = """
    import ast, types
    def load(path, text=None, name="made"):
        module = types.ModuleType(name)
        if text is None:
            with open(path) as file:
                text = file.read()
        tree = ast.parse(text)
        exec(compile(tree, path, "exec", dont_inherit=True), vars(module))
        return module
    def build(code, filename):
        return types.CodeType(
            code.co_argcount, code.co_posonlyargcount,
            code.co_kwonlyargcount, code.co_nlocals, code.co_stacksize,
            code.co_flags, code.co_code, code.co_consts, code.co_names,
            code.co_varnames, filename, code.co_name, code.co_qualname,
            code.co_firstlineno, code.co_linetable, code.co_exceptiontable,
            code.co_freevars, code.co_cellvars)
    def bind(code, globals):
        return types.FunctionType(code, globals)
    def call(function, *args):
        return function(*args)
    """
MADE = """\
def get():
    import vault
def nested():
    return lambda: __import__("vault")
"""
LOADERS = {"$loaders": ["rewriter"]}


class OwnerTest(JudgementTestCase):
    """Whose is what a loader makes?"""

    def setUp(self):
        super().setUp()
        self.world.modules(rewriter=REWRITER, caller="""
            def call(function, *args):
                return function(*args)
            """)
        self.app_file = self.world.write("app/part.py", MADE)
        self.world.write("deps/good/__init__.py")
        self.good_file = self.world.write("deps/good/part.py", MADE)

    def owners(self, expression, policy=LOADERS):
        result = self.judge({"vault": []} | policy, f"""
            import _importpolicy, caller, rewriter
            path, good = {self.app_file!r}, {self.good_file!r}
            def f(): pass
            made = {expression}
            code = getattr(made, "get", made)
            code = getattr(code, "__code__", code)
            print(*sorted(_importpolicy.principal_of(code)))
            """)
        self.assertEqual(result.code, 0, result)
        return result.out.split()

    def test_compiled(self):
        self.assertEqual(self.owners("rewriter.load(path)"), [APPLICATION])
        self.assertEqual(self.owners("rewriter.load(good)"), ["good"])
        for expression in "rewriter.load(path)", "rewriter.load(good)":
            self.assertEqual(self.owners(expression, {}), ["rewriter"])

    def test_nested(self):
        self.assertEqual(self.owners("rewriter.load(path).nested"),
                         [APPLICATION])
        self.assertEqual(self.owners("rewriter.load(path).nested()"),
                         [APPLICATION])

    def test_what_runs(self):
        program = f"import rewriter; rewriter.load({self.app_file!r}).get()"
        self.allowed({"vault": [APPLICATION]} | LOADERS, program)
        self.refused("rewriter", {"vault": [APPLICATION]}, program)
        self.refused(APPLICATION, {"vault": ["rewriter"]} | LOADERS, program)

    def test_file_that_is_not_there(self):
        for path in (self.world.path("app/absent.py"), "/nowhere/x.py",
                     self.world.write("elsewhere/x.py", MADE), "\\udc80"):
            with self.subTest(path):
                self.assertEqual(
                    self.owners(f"rewriter.load('{path}', {MADE!r})"),
                    ["<unknown>"])

    def test_no_file(self):
        # Its own business, as ever.
        for path in "<string>", "":
            with self.subTest(path):
                self.assertEqual(
                    self.owners(f"rewriter.load({path!r}, {MADE!r})"),
                    ["rewriter"])

    def test_standard_library(self):
        # Nothing that it makes is transparent.
        self.assertEqual(self.owners(f"rewriter.load(__import__('os')"
                                     f".__file__, {MADE!r})"), ["rewriter"])

    def test_through_a_link(self):
        link = self.world.path("app/link.py")
        os.symlink(self.good_file, link)
        self.assertEqual(self.owners(f"rewriter.load({link!r})"), ["good"])

    def test_built_of_parts(self):
        for path, owner in (("path", [APPLICATION]), ("good", ["good"]),
                            ("'<string>'", ["rewriter"])):
            with self.subTest(path):
                self.assertEqual(
                    self.owners(f"rewriter.build(f.__code__, {path})"), owner)
        self.assertEqual(self.owners("rewriter.build(f.__code__, path)", {}),
                         ["rewriter"])

    def test_bound(self):
        # It may put together what belongs to others.
        self.assertEqual(self.owners("rewriter.bind(f.__code__, {})"),
                         [APPLICATION])
        self.assertEqual(self.owners("rewriter.bind(f.__code__, {})", {}),
                         ["rewriter"])
        self.world.modules(strange="def f(): pass")
        self.assertEqual(
            self.owners("rewriter.bind(__import__('strange').f.__code__, {})"),
            ["strange"])
        # But not the standard library's.
        self.assertEqual(
            self.owners("rewriter.bind(__import__('os').path.join.__code__,"
                        " {})"), ["rewriter"])

    def test_jointly(self):
        # Whoever else is acting has his hand in it.
        self.assertEqual(self.owners("caller.call(rewriter.load, path)"),
                         ["caller"])
        self.assertEqual(self.owners("caller.call(rewriter.load, good)"),
                         ["caller", "good"])
        self.assertEqual(
            self.owners("caller.call(rewriter.bind, f.__code__, {})"),
            ["caller"])
        # What calls everybody has not.
        hosts = LOADERS | {"$hosts": ["caller"]}
        self.assertEqual(
            self.owners("caller.call(rewriter.load, path)", hosts),
            [APPLICATION])

    def test_someone_who_is_called_by_it(self):
        # The innermost one makes it, who is no loader, for whoever acts.
        self.world.modules(strange=f"""
            def make(path):
                scope = {{}}
                exec(compile({MADE!r}, path, "exec"), scope)
                return scope["get"]
            """)
        self.assertEqual(
            self.owners("rewriter.call(__import__('strange').make, path)"),
            ["rewriter", "strange"])

    def test_every_policy_must_say_so(self):
        other = self.world.policy({"vault": []}, "other.json")
        program = f"""
            import _importpolicy, rewriter
            made = rewriter.load({self.app_file!r})
            print(*_importpolicy.principal_of(made.get.__code__))
            """
        for text, owner in (({}, "rewriter"), (LOADERS, APPLICATION)):
            self.world.policy(text, "other.json")
            result = self.judge({"vault": []} | LOADERS, program, "-X",
                                f"importpolicy={other}")
            self.assertEqual(result.out.split(), [owner], result)

    def test_a_finder_without_frames(self):
        # A loader imports; what somebody's C callables bring is nobody's,
        # whatever file it names.
        self.world.modules(evil=f"""
            import importlib.abc, importlib.machinery, sys
            class L(importlib.abc.SourceLoader):
                get_filename = get_data = None
            loader = L()
            loader.get_filename = {{"brought": {self.app_file!r}}}.__getitem__
            loader.get_data = {{{self.app_file!r}: {MADE!r}.encode()}}.get
            spec = importlib.machinery.ModuleSpec("brought", loader)
            sys.meta_path.insert(0, type("F", (), {{"find_spec":
                staticmethod(lambda name, *args:
                             spec if name == "brought" else None)}}))
            """)
        self.assertEqual(
            self.owners("__import__('evil') and rewriter.call("
                        "__import__, 'brought')"), ["<unknown>"])

    def test_import_hook(self):
        # A loader of the package's own, which compiles what it reads.
        self.world.modules(hook="""
            import ast, importlib.machinery, sys
            class L(importlib.machinery.SourceFileLoader):
                @staticmethod
                def source_to_code(data, path, *, _optimize=-1):
                    return compile(ast.parse(data), path, "exec",
                                   dont_inherit=True, optimize=_optimize)
            class F(importlib.machinery.PathFinder):
                @classmethod
                def find_spec(cls, name, path=None, target=None):
                    spec = super().find_spec(name, path, target)
                    if name in ("part", "good.part"):
                        spec.loader = L(name, spec.origin)
                    return spec
            def install():
                sys.meta_path.insert(0, F)
            """)
        program = """
            import _importpolicy, hook
            hook.install()
            import part, good.part
            for module in part, good.part:
                print(*_importpolicy.principal_of(module.get.__code__))
            """
        env = {"PYTHONDONTWRITEBYTECODE": None}
        for loaders, owners in ((["hook"], [APPLICATION, "good"]),
                                ([], ["hook", "good", "hook"])):
            for _ in range(2):
                result = self.judge({"vault": [], "$loaders": loaders},
                                    program, env=env)
                self.assertEqual(result.code, 0, result)
                if loaders:
                    self.assertEqual(result.out.split(), owners, result)
                else:
                    self.assertNotIn(APPLICATION, result.out)


class RealTest(JudgementTestCase):
    """Packages that people use (IMPORTPOLICY_TEST_VENV has them)."""

    def run_in(self, site, policy, program, *options, **kwargs):
        env = {"PYTHONPATH": os.pathsep.join([self.world.deps, site]),
               "PYTHONDONTWRITEBYTECODE": None,
               "HOME": self.world.path("home")}
        return self.judge(policy, program, *options, env=env, **kwargs)

    def setUp(self):
        super().setUp()
        os.mkdir(self.world.path("home"))

    def test_pytest(self):
        site = installed(self, "_pytest", "pytest")
        self.world.write("app/test_it.py", f"""
            import helper
            def test_get():
                import vault
                assert helper.one() == 1
            def test_bad():
                assert helper.one() == 2
            """)
        self.world.modules(helper="def one(): return 1")
        program = """
            import sys, pytest
            sys.exit(pytest.main(["-q", "-p", "no:cacheprovider",
                                  "test_it.py"]))
            """
        trust = {"$hosts": ["_pytest", "pytest", "pluggy"],
                 "$loaders": ["_pytest"]}
        for _ in range(2):
            result = self.run_in(site, {"vault": [APPLICATION]} | trust,
                                 program)
            self.assertIn("1 failed, 1 passed", result.out, result)
            # Rewritten: the values are shown.
            self.assertIn("where 1 = ", result.out, result)
            self.assertIn("vault", self.world.marks())
        # The application itself has to be listed, and the runner's frames
        # are not its own.
        result = self.run_in(site, {"vault": ["_pytest"]} | trust, program)
        self.assertIn("2 failed", result.out, result)
        self.assertIn("__main__ (the application) may not import vault",
                      result.out)
        self.assertNotIn("vault", self.world.marks())
        # Without the trust, the tests are the runner's code.
        result = self.run_in(site, {"vault": [APPLICATION]}, program)
        self.assertIn("2 failed", result.out, result)
        self.assertNotIn("vault", self.world.marks())

    def test_cloudpickle(self):
        site = installed(self, "cloudpickle")
        program = """
            import cloudpickle, pickle, _importpolicy
            def make(n):
                def get(x):
                    import vault
                    return x + n
                return get
            get = pickle.loads(cloudpickle.dumps(make(1)))
            print(*_importpolicy.principal_of(get.__code__), get(1))
            """
        trust = {"$loaders": ["cloudpickle"]}
        result = self.run_in(site, {"vault": [APPLICATION]} | trust, program)
        self.assertRan(result)
        self.assertEqual(result.out.split(), [APPLICATION, "2"])
        result = self.run_in(site, {"vault": [APPLICATION]}, program)
        self.assertRefused(result, "cloudpickle")
        # Code is built of raw parts.
        deny = {"$permissions": {APPLICATION: {"ffi": False}}}
        result = self.run_in(site, deny | trust, program)
        self.assertRefused(result, APPLICATION, denied="AccessDenied")

    def check_hook(self, name, install):
        site = installed(self, name)
        self.world.write("app/part.py", """
            def get(x: int):
                import vault
                return x
            """)
        program = f"""
            import _importpolicy, sys
            {install}
            import part
            print(*_importpolicy.principal_of(part.get.__code__))
            try:
                part.get("text")
            except Exception as error:
                print(type(error).__name__)
            part.get(1)
            """
        # The wrapper that beartype hangs around a function is its own.
        granted = [APPLICATION, name]
        for _ in range(2):
            result = self.run_in(
                site, {"vault": granted, "$loaders": [name]}, program)
            self.assertRan(result)
            self.assertIn("Violation" if name == "beartype"
                          else "TypeCheckError", result.out)
        return site, program, result

    def test_typeguard(self):
        site, program, result = self.check_hook("typeguard", """
            import typeguard
            typeguard.install_import_hook("part")
            """.strip().replace("\n" + " " * 12, "\n            "))
        self.assertEqual(result.out.split()[0], APPLICATION)
        result = self.run_in(site, {"vault": [APPLICATION],
                                    "$loaders": ["typeguard"]}, program)
        self.assertRan(result)
        result = self.run_in(site, {"vault": [APPLICATION]}, program)
        self.assertRefused(result, "typeguard")

    def test_beartype(self):
        self.check_hook("beartype", "import beartype.claw; "
                        "beartype.claw.beartype_package('part')")


if __name__ == "__main__":
    unittest.main()
