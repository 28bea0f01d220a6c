"""Who is acting, and are they all covered?

Most tests are one program and the names that have to be granted for it: with
all of them it runs, with any one of them missing that one is refused.
"""

import os
import unittest

from test.support import import_helper
from test.test_importpolicy.support import (
    APPLICATION, JudgementTestCase, copy_extension, survives_shortage)

# Each dependency can do it itself, and call back.
ACTOR = """
    def get():
        import vault
        return vault.take()

    def call(function, *args):
        return function(*args)

    def load(name):
        return __import__(name)
    """


class ActingTest(JudgementTestCase):
    """From the innermost frame to the application, or to the base."""

    deps = dict.fromkeys(["good", "evil", "other"], ACTOR)

    def test_dependency(self):
        self.needs("good", "import good; good.get()")

    def test_application(self):
        self.needs(APPLICATION, "import vault")
        self.needs(APPLICATION, "def get():\n    import vault\nget()")

    def test_stranger_calls_granted(self):
        self.needs("good evil", "import good, evil; evil.call(good.get)")

    def test_granted_calls_stranger_back(self):
        self.needs("good evil", "import good, evil; good.call(evil.get)")

    def test_all_between_act(self):
        self.needs("good evil other", """
            import evil, good, other
            other.call(evil.call, good.get)
            """)

    def test_application_between_ends_the_walk(self):
        self.needs("good", """
            import evil, good
            def get():
                return good.get()
            evil.call(get)
            """)

    def test_application_called_back_acts_alone(self):
        self.needs(APPLICATION, """
            import evil
            def get():
                import vault
            evil.call(get)
            """)

    def test_application_does_not_act_for_what_it_calls(self):
        # It is granted itself, and lends that to nobody.
        self.refused("evil", {"vault": ["__main__", "good"]}, """
            import evil
            evil.get()
            """)

    def test_standard_library_is_transparent(self):
        self.world.modules(good="""
            import contextlib, functools, json
            def by_hook(function):
                json.loads('{}', object_hook=lambda value: function())
            def by_cache(function):
                functools.lru_cache()(function)()
            def by_stack(function):
                with contextlib.ExitStack() as stack:
                    stack.callback(function)
            """)
        for way in "by_hook", "by_cache", "by_stack":
            with self.subTest(way):
                self.needs("good evil", f"""
                    import evil, good
                    good.{way}(evil.get)
                    """)

    def test_standard_library_acts_for_its_caller(self):
        self.world.modules(good="""
            import importlib, pkgutil, runpy
            def by_import_module():
                importlib.import_module("vault")
            def by_name():
                return pkgutil.resolve_name("vault:take")()
            def by_runpy():
                runpy.run_module("vault")
            """)
        for way in "by_import_module", "by_name", "by_runpy":
            with self.subTest(way):
                self.needs("good", f"import good; good.{way}()")

    def test_every_kind_of_code(self):
        self.world.modules(evil="""
            import contextlib, asyncio
            def run(get):
                KIND
            """)
        kinds = {
            "lambda": "(lambda: get())()",
            "comprehension": "[get() for _ in (1,)]",
            "generator": "next(get() for _ in (1,))",
            "class body": "\n    class Body:\n        get()",
            "metaclass": "\n    class Meta(type):\n"
                         "        def __new__(*args): get()\n"
                         "    class Body(metaclass=Meta): pass",
            "descriptor": "\n    class Body:\n        x = property("
                          "lambda self: get())\n    Body().x",
            "operator": "\n    class Body:\n        def __add__(*args):"
                        " return get()\n    Body() + 1",
            "coroutine": "\n    async def main():\n        get()\n"
                         "    asyncio.run(main())",
            "async generator": "\n    async def each():\n        yield get()\n"
                               "    async def main():\n"
                               "        async for _ in each(): pass\n"
                               "    asyncio.run(main())",
            "exit": "\n    @contextlib.contextmanager\n    def manager():\n"
                    "        yield\n        get()\n    with manager(): pass",
            "text": "exec('get()', {'get': get})",
            "expression": "eval('get()', {'get': get})",
            "sort key": "sorted([1], key=lambda _: get())",
        }
        for kind, text in kinds.items():
            self.world.write("deps/evil.py", f"""\
import asyncio, contextlib
def run(get):
    {text}
""")
            with self.subTest(kind):
                self.needs("good evil",
                           "import evil, good; evil.run(good.get)")

    def test_deep_stack(self):
        # No depth hides who is at the bottom.
        self.world.modules(good="""
            def down(n):
                if n:
                    return down(n - 1)
                import vault
            """)
        self.needs("good evil", """
            import evil, good, sys
            sys.setrecursionlimit(5000)
            evil.call(good.down, 3000)
            """)

    def test_after_a_refusal(self):
        # A refusal is no state: the next access is judged by itself.
        self.allowed({"vault": ["good"]}, """
            import evil, good
            for _ in range(3):
                try:
                    evil.call(good.get)
                except ImportError:
                    pass
                else:
                    raise SystemExit("allowed")
                good.get()
            """)

    def test_a_yes_is_remembered_for_that_set_only(self):
        # The same line of good, allowed and refused in turn.
        result = self.allowed({"vault": ["good"]}, """
            import evil, good
            for actor in [good.call, evil.call] * 4:
                try:
                    actor(good.get)
                    print("yes")
                except ImportError:
                    print("no")
            """)
        self.assertEqual(result.out.split(), ["yes", "no"] * 4)


class BodyTest(JudgementTestCase):
    """The body of a module is a segment of its own."""

    deps = dict.fromkeys(["good", "evil", "other"], ACTOR)

    def test_stranger_imports_granted_first(self):
        self.world.modules(good="import vault",
                           evil="import good")
        self.needs("good", "import evil")

    def test_granted_imports_stranger(self):
        # Not by a statement, which would make it an ancestor.
        self.world.modules(good="__import__('evil')", evil="import vault")
        self.needs("evil", "import good")

    def test_stranger_calls_granted_in_its_body(self):
        self.world.modules(evil="__import__('good').get()")
        self.needs("good evil", "import evil")

    def test_function_called_from_a_body(self):
        self.world.modules(evil="o = __import__('other'); o.call(o.get)")
        self.needs("other evil", "import evil")

    def test_package_and_submodule(self):
        self.world.write("deps/pack/__init__.py", "from . import inner")
        self.world.write("deps/pack/inner.py", "import vault")
        self.needs("pack", "import pack")
        self.needs("pack", "import evil; evil.load('pack.inner')")

    def test_first_import_in_a_function(self):
        self.world.modules(good="""
            def lazily():
                __import__("other")
            """, other="import vault")
        self.needs("other", "import evil, good; evil.call(good.lazily)")

    def test_later_calls_are_no_bodies(self):
        self.world.modules(good="import vault\n" + "def again():\n"
                                "    import vault")
        self.needs("good evil", "import evil, good; evil.call(good.again)",
                   effect=None)

    def test_reload_is_not_the_genuine_load(self):
        self.world.modules(good="import vault", evil="""
            import importlib
            def again(module):
                importlib.reload(module)
            """)
        self.refused("evil", {"vault": ["good"]}, f"""
            import evil, good, os
            os.unlink({self.world.path("effects", "vault")!r})
            evil.again(good)
            """)
        self.needs("good evil", """
            import evil, good
            evil.again(good)
            """, every=False)

    def test_reload_by_the_application(self):
        self.world.modules(good="import vault")
        self.needs("good", """
            import good, importlib
            importlib.reload(good)
            """)

    def test_body_executed_in_a_used_dictionary(self):
        self.world.modules(good="import vault", evil="""
            import importlib.util
            def again():
                code = importlib.util.find_spec("good").loader.get_code("good")
                exec(code, {"own": 1})
            """)
        self.needs("good evil", "import evil; evil.again()")

    def test_body_with_own_names(self):
        # Each name that the body uses is the stranger's; so is what it does.
        self.world.modules(good="result = function(name)", evil="""
            import importlib.util
            def again(**kwargs):
                code = importlib.util.find_spec("good").loader.get_code("good")
                exec(code, {}, {"function": __import__, "name": "vault"})
            def as_class():
                code = importlib.util.find_spec("good").loader.get_code("good")
                class Names(dict):
                    pass
                exec(code, {}, Names(function=__import__, name="vault"))
            """)
        self.needs("good evil", "import evil; evil.again()")
        self.needs("good evil", "import evil; evil.as_class()")

    def test_body_with_own_builtins(self):
        self.world.modules(good="result = function(name)", evil="""
            import builtins, importlib.util
            own = vars(builtins) | {"function": __import__, "name": "vault"}
            def again():
                code = importlib.util.find_spec("good").loader.get_code("good")
                exec(code, {"__builtins__": own})
            """)
        self.needs("good evil", "import evil; evil.again()")

    def test_main_module_is_no_segment(self):
        # `-m` runs it for whoever started the process: the application.
        self.world.modules(good="import vault")
        self.world.policy({"vault": ["good"]})
        self.assertRan(self.world.start("-m", "good"))
        self.world.forget()
        self.world.policy({"vault": ["__main__"]})
        self.assertRefused(
            self.world.start("-m", "good"), "good")

    def test_run_module_as_main(self):
        self.world.modules(good="import vault", evil="""
            import runpy
            def run():
                runpy.run_module("good", run_name="__main__")
            """)
        self.needs("good evil", "import evil; evil.run()")

    def test_extension_module(self):
        # Its initialisation has no frame; it imports `copy`.
        self.world.write("deps/pack/__init__.py")
        if not copy_extension("_elementtree", self.world.path("deps", "pack"),
                              "_elementtree"):
            self.skipTest("_elementtree is linked in")
        program = "import evil; evil.load('pack._elementtree')"
        self.allowed({"copy": ["pack"]}, program, effect=None)
        self.refused("pack", {"copy": ["evil"]}, program, effect=None)


class StandardLibraryTest(JudgementTestCase):
    """What the standard library does for itself is not judged."""

    deps = {"evil": """
        def load(name):
            return __import__(name, fromlist=["x"])
        def popen():
            import os
            return os.popen("exit 3").close()
        """}

    def test_statement_in_a_body(self):
        program = "import evil; client = evil.load('http.client')"
        self.allowed({"socket": []}, program, effect=None)
        self.refused("evil", {"http": []}, program, effect=None)

    def test_statement_in_a_function(self):
        # os.popen() imports subprocess; to start something is another matter.
        program = "import evil; evil.popen()"
        result = self.refused("evil", {"subprocess": []}, program, effect=None,
                              denied="AccessDenied")
        self.assertIn("subprocess.Popen", result.message)
        self.allowed({"subprocess": ["evil"]}, program, effect=None)

    def test_no_statement(self):
        # Who makes the standard library call __import__ acts.
        for text in ("importlib.import_module('colorsys')",
                     "pydoc.locate('colorsys.rgb_to_hls')",
                     "pkgutil.resolve_name('colorsys:rgb_to_hls')",
                     "next(map(__import__, ['colorsys']))",
                     "pickle.loads(b'ccolorsys\\nrgb_to_hls\\n.')"):
            self.world.modules(evil="import importlib, pickle, pkgutil, "
                                    f"pydoc\ndef get():\n    return {text}")
            with self.subTest(text):
                self.needs("evil", "import evil, sys\nif not evil.get():\n"
                                   "    raise ImportError",
                           key="colorsys", effect=None, every=False)
                result = self.judge({"colorsys": []}, """
                    import evil, sys
                    try:
                        got = evil.get()
                    except ImportError:
                        got = None
                    print(got, "colorsys" in sys.modules)
                    """)
                self.assertEqual(result.out.split(), ["None", "False"], result)

    def test_code_that_a_body_makes_is_transparent(self):
        # A namedtuple of the standard library has no owner; one that a
        # dependency makes is the dependency's.
        result = self.allowed({"vault": []}, """
            import _importpolicy, collections, evil, inspect
            def owner(cls):
                return _importpolicy.principal_of(cls.__new__.__code__)
            print(owner(inspect.FullArgSpec))
            exec("def make(f): return f('T', 'a')", vars(evil))
            """, effect=None)
        self.assertEqual(result.out.strip(), "()")
        self.world.modules(evil="import collections\n"
                                "T = collections.namedtuple('T', 'a')\n")
        result = self.allowed({"vault": []}, """
            import _importpolicy, evil
            print(_importpolicy.principal_of(evil.T.__new__.__code__))
            """, effect=None)
        self.assertEqual(result.out.strip(), "('evil',)")

    def test_a_body_makes_nothing_for_others(self):
        # A body that is made to execute a stranger's text makes no code of
        # the standard library from it.
        self.world.modules(evil="""
            import _thread, functools
            names = {}
            text = "def get():\\n    import colorsys\\n    return colorsys"
            def plant():
                genuine = _thread.allocate_lock
                _thread.allocate_lock = functools.partial(exec, text, names)
                try:
                    import tempfile
                finally:
                    _thread.allocate_lock = genuine
            """, good="def call(function):\n    return function()")
        self.needs("good evil", """
            import evil, good
            evil.plant()
            good.call(evil.names["get"])
            """, key="colorsys", effect=None)


class CoverageTest(JudgementTestCase):
    """Whose grant reaches whom."""

    # good requires middle, middle requires low; evil stands alone.
    def setUp(self):
        super().setUp()
        for name, requires in {"good": ["middle"], "middle": ["low>=0.1"],
                               "low": [], "evil": []}.items():
            self.world.distribution(name, requires=requires, **{name: ACTOR})

    def test_own_grant(self):
        for name in "good", "middle", "low":
            with self.subTest(name):
                self.needs([name], f"import {name}; {name}.get()")

    def test_requirements_ride_along(self):
        for name in "good", "middle", "low":
            with self.subTest(name):
                self.allowed({"vault": ["good"]},
                             f"import {name}; {name}.get()")
        self.refused("evil", {"vault": ["good"]}, "import evil; evil.get()")

    def test_wherever_they_are_called_from(self):
        self.allowed({"vault": ["good"]}, """
            import good, low, middle
            good.call(middle.call, low.get)
            low.call(good.call, middle.get)
            """)

    def test_not_upwards(self):
        self.allowed({"vault": ["middle"]}, "import low; low.get()")
        self.refused("good", {"vault": ["middle"]}, "import good; good.get()")
        self.refused("good", {"vault": ["middle"]},
                     "import good, low; good.call(low.get)")

    def test_stranger_spoils(self):
        for program in ("import evil, low; evil.call(low.get)",
                        "import evil, low; low.call(evil.get)",
                        "import evil, good, low\n"
                        "good.call(evil.call, low.get)"):
            with self.subTest(program):
                self.refused("evil", {"vault": ["good"]}, program)
                self.allowed({"vault": ["good", "evil"]}, program)

    def test_import_is_no_requirement(self):
        # What is installed with metadata is judged by its metadata.
        self.world.distribution("good", requires=["middle"],
                                good=ACTOR + "    import evil\n")
        self.refused("evil", {"vault": ["good"]}, """
            import good, evil
            good.call(evil.get)
            """)

    def test_names_are_normalised(self):
        self.world.distribution("My.Low_Name", low2=ACTOR)
        self.world.distribution("good", requires=["my-low.NAME"], good=ACTOR)
        self.allowed({"vault": ["good"]}, "import low2; low2.get()")
        self.refused("low2", {"vault": ["evil"]}, "import low2; low2.get()")

    def test_siblings(self):
        # All top-level names of one distribution are one principal.
        self.world.distribution("twins", one=ACTOR, two=ACTOR)
        program = "import two; two.get()"
        self.allowed({"vault": ["one"]}, program)
        self.allowed({"vault": ["two"]}, program)
        self.refused("two", {"vault": ["good"]}, program)

    def test_sibling_is_required(self):
        self.world.distribution("twins", one=ACTOR, two=ACTOR)
        self.world.distribution("good", requires=["twins"], good=ACTOR)
        self.allowed({"vault": ["good"]}, "import two; two.get()")

    def test_extras_of_the_granted(self):
        self.world.distribution("good", good=ACTOR, extras=["x"],
                                requires=["low; extra == 'x'"])
        self.allowed({"vault": ["good"]}, "import low; low.get()")

    def test_extras_further_down(self):
        # Only those that a requirement names.
        self.world.distribution("middle", middle=ACTOR, extras=["x", "y"],
                                requires=["low; extra == 'x'"])
        for requirement, allowed in {"middle": False, "middle[y]": False,
                                     "middle[x]": True}.items():
            self.world.distribution("good", requires=[requirement],
                                    good=ACTOR)
            program = "import low; low.get()"
            with self.subTest(requirement):
                if allowed:
                    self.allowed({"vault": ["good"]}, program)
                else:
                    self.refused("low", {"vault": ["good"]}, program)
                self.allowed({"vault": ["middle"]}, program)

    def test_requirement_of_other_systems(self):
        program = "import low; low.get()"
        for marker, allowed in {"python_version > '3.8'": True,
                                "python_version < '3.0'": False,
                                "sys_platform == 'win32'": False}.items():
            self.world.distribution("good", requires=[f"low; {marker}"],
                                    good=ACTOR)
            with self.subTest(marker):
                if allowed:
                    self.allowed({"vault": ["good"]}, program)
                else:
                    self.refused("low", {"vault": ["good"]}, program)

    def test_contested(self):
        # Two distributions claim it: it is nobody's.
        self.world.distribution("good", requires=["low", "wanted"],
                                good=ACTOR)
        self.world.distribution("wanted", wanted=ACTOR)
        program = "import wanted; wanted.get()"
        self.allowed({"vault": ["good"]}, program)
        self.world.distribution("liar", wanted=ACTOR, liar=ACTOR)
        self.refused("wanted", {"vault": ["good"]}, program)
        self.refused("wanted", {"vault": ["liar"]}, program)
        self.allowed({"vault": ["wanted"]}, program)

    def test_everyone(self):
        for program in ("import evil; evil.get()", "import vault",
                        "import evil, low; evil.call(low.get)"):
            with self.subTest(program):
                self.allowed({"vault": "*"}, program)

    def test_nobody(self):
        for who, program in {"evil": "import evil; evil.get()",
                             "good": "import good; good.get()",
                             APPLICATION: "import vault"}.items():
            with self.subTest(program):
                self.refused(who, {"vault": []}, program)

    def test_application_needs_listing(self):
        self.refused(APPLICATION, {"vault": ["good"]}, "import vault")
        self.allowed({"vault": ["good", "__main__"]}, "import vault")

    def test_case_and_spelling(self):
        for name in "Good", "goo", "good.x", "goodx":
            with self.subTest(name):
                self.refused("good", {"vault": [name]},
                             "import good; good.get()")


class PackagesTest(CoverageTest):
    """$packages takes the place of metadata, for the names in it.

    The tests of the base class hold beside an entry of somebody else."""

    def judge(self, policy, main, *options, **kwargs):
        policy = {"$packages": {"unrelated": ["evil"]}} | policy
        return super().judge(policy, main, *options, **kwargs)

    def check(self, packages, allowed, refused):
        policy = {"vault": ["good"], "$packages": packages}
        for name in allowed.split():
            with self.subTest(packages=packages, allowed=name):
                self.allowed(policy, f"import {name}; {name}.get()")
        for name in refused.split():
            with self.subTest(packages=packages, refused=name):
                self.refused(name, policy, f"import {name}; {name}.get()")

    def test_exactly_these(self):
        self.check({"good": ["middle"]}, "good middle", "low evil")

    def test_nobody_inherits(self):
        self.check({"good": []}, "good", "middle low evil")

    def test_what_is_not_required(self):
        self.check({"good": ["evil"]}, "good evil", "middle low")

    def test_entry_of_one_further_down(self):
        # It says of whom `middle` is an ancestor, and not `good`.
        self.check({"middle": []}, "good middle low", "evil")


class UndistributedTest(JudgementTestCase):
    """Code of no distribution is an ancestor of what it imports."""

    def check(self, statement, allowed, *, program=None, name="low"):
        self.world.modules(good=ACTOR, low=ACTOR, other=ACTOR)
        self.world.write("deps/good.py", statement)
        program = program or f"import good, {name}\n{name}.get()"
        with self.subTest(statement):
            if allowed:
                self.allowed({"vault": ["good"]}, program)
                self.refused(name, {"vault": ["nobody"]}, program)
            else:
                self.refused(name, {"vault": ["good"]}, program)
                self.allowed({"vault": ["good", name]}, program)

    def test_statements(self):
        for statement in ("import low", "import low as other",
                          "from low import get", "from low import *",
                          "def never():\n    import low",
                          "class C:\n    def m(self):\n"
                          "        from low import get as g",
                          "if 0 > 1:\n    import low",
                          "import os, low, sys",
                          "try:\n    import low\nexcept ImportError: pass"):
            self.check(statement, True)

    def test_many_names(self):
        # Past 255 names and constants the instructions have prefixes.
        lines = [f"v{i} = {i} + 0.5, 'text {i}'" for i in range(700)]
        self.check("\n".join([*lines, "import low"]), True)

    def test_no_statements(self):
        for statement in ("__import__('low')",
                          "import importlib; importlib.import_module('low')",
                          "exec('import low')", "'import low'", "low = 1",
                          "try:\n    import lowly\nexcept ImportError: pass"):
            self.check(statement, False)

    def test_statement_of_another_one(self):
        self.check("import other", False)

    def test_chain(self):
        self.world.modules(middle="import low")
        self.check("import middle", True)

    def test_chain_into_a_distribution(self):
        self.world.distribution("dist", requires=["below"], dist=ACTOR)
        self.world.distribution("below", below=ACTOR)
        self.check("import dist", True, name="dist")
        self.check("import dist", True, name="below")

    def test_circle(self):
        self.world.modules(middle="import good")
        self.check("import middle", False)

    def test_relative(self):
        self.world.write("deps/pack/__init__.py", "from . import low")
        self.world.write("deps/pack/low.py")
        self.world.modules(low=ACTOR)
        self.refused("low", {"vault": ["pack"]},
                     "import pack, low; low.get()")

    def test_namespace(self):
        self.world.write("deps/ns/part/__init__.py", ACTOR)
        self.world.modules(good="from ns import part\n")
        program = "import good, ns.part; ns.part.get()"
        self.allowed({"vault": ["good"]}, program)
        self.refused("ns.part", {"vault": ["nobody"]}, program)

    def test_nobody_plants_a_statement(self):
        self.world.modules(evil="""
            def get():
                import vault
            def plant(module):
                exec("import evil", vars(module))
                exec("def f():\\n    import evil", vars(module))
                code = compile("import evil", module.__file__, "exec")
                exec(code, vars(module))
            """, good="")
        program = """
            import evil, good
            evil.plant(good)
            evil.get()
            """
        self.refused("evil", {"vault": ["good"]}, program)
        self.allowed({"vault": ["evil"]}, program)

    def test_standard_library_is_nobodys_child(self):
        # An installed package that is called like a standard module does
        # not become the child of everyone who imports that module.
        self.world.make_venv()
        self.world.write(f"{self.world.site}/sched/__init__.py")
        path = self.world.write(f"{self.world.site}/sched/inner.py", ACTOR)
        self.world.modules(good="import sched", evil=f"""
            import importlib.util
            def load():
                spec = importlib.util.spec_from_file_location("x", {path!r})
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                return module
            """)
        program = "import evil, good; module = evil.load(); module.get()"
        self.refused("sched", {"vault": ["good"]}, program)
        self.allowed({"vault": ["sched"]}, program)


class NameTest(JudgementTestCase):
    """Which name in a list means whom."""

    def test_namespace(self):
        for path in ("ns/one/__init__.py", "ns/deep/two/__init__.py",
                     "ns/deep/three.py"):
            self.world.write(f"deps/{path}", ACTOR)
        cases = {
            "ns.one": ("ns.one", "ns"),
            "ns.deep.two": ("ns.deep.two", "ns.deep", "ns"),
            "ns.deep.three": ("ns.deep.three", "ns.deep", "ns"),
        }
        for name, lists in cases.items():
            program = f"import {name}; {name}.get()"
            for granted in lists:
                with self.subTest(name, granted=granted):
                    self.allowed({"vault": [granted]}, program)
            for granted in ("ns.other", "ns.o", "n", "ns.one.x", "one"):
                with self.subTest(name, granted=granted):
                    self.refused(name, {"vault": [granted]}, program)

    def test_namespace_is_an_ancestor(self):
        # Of what is required by the distributions below it.
        self.world.distribution("ns-one", {"ns/one/__init__.py": ""},
                                requires=["helper"])
        self.world.distribution("ns-two", {"ns/deep/two/__init__.py": ""},
                                requires=["other"])
        self.world.distribution("stranger", stranger=ACTOR)
        for name in "helper", "other":
            self.world.distribution(name, **{name: ACTOR})
        cases = {"helper": ("ns", "ns.one"),
                 "other": ("ns", "ns.deep", "ns.deep.two"), "stranger": ()}
        for name, granted in cases.items():
            program = f"import {name}; {name}.get()"
            for ancestor in "ns", "ns.one", "ns.deep", "ns.deep.two", "n":
                with self.subTest(name, ancestor=ancestor):
                    if ancestor in granted:
                        self.allowed({"vault": [ancestor]}, program)
                    else:
                        self.refused(name, {"vault": [ancestor]}, program)

    def test_portions(self):
        # A namespace that lies in two places is one.
        more = self.world.path("more")
        self.world.write("deps/ns/one/__init__.py", ACTOR)
        self.world.write("more/ns/two/__init__.py", ACTOR)
        env = {"PYTHONPATH": os.pathsep.join([self.world.deps, more])}
        for name in "ns.one", "ns.two":
            with self.subTest(name):
                self.needs([name], f"import ns.one, ns.two; {name}.get()",
                           env=env)
        self.allowed({"vault": ["ns"]}, "import ns.two; ns.two.get()",
                     env=env)

    def test_subpackage_is_no_namespace(self):
        self.world.write("deps/pack/__init__.py")
        self.world.write("deps/pack/sub/__init__.py", ACTOR)
        program = "import pack.sub; pack.sub.get()"
        self.allowed({"vault": ["pack"]}, program)
        self.refused("pack", {"vault": ["pack.sub"]}, program)

    def test_path(self):
        path = self.world.write("plugins/plug.py", ACTOR)
        name = path.removesuffix(".py")
        program = f"""
            import sys
            sys.path.append({os.path.dirname(path)!r})
            import plug
            plug.get()
            """
        self.allowed({"vault": [name]}, program)
        for granted in (os.path.dirname(path), "plug", path, name + "/x",
                        name[:-1], "plugins.plug"):
            with self.subTest(granted):
                self.refused(name, {"vault": [granted]}, program)

    def test_path_of_a_package(self):
        path = self.world.write("plugins/pack/__init__.py", ACTOR)
        self.world.write("plugins/pack/sub/deep.py", ACTOR)
        name = os.path.dirname(path)
        for module in "pack", "pack.sub.deep":
            if module == "pack.sub.deep":
                self.world.write("plugins/pack/sub/__init__.py")
            program = f"""
                import sys
                sys.path.append({os.path.dirname(name)!r})
                import {module}
                {module}.get()
                """
            with self.subTest(module):
                self.allowed({"vault": [name]}, program)
                self.refused(name, {"vault": ["pack", "pack.sub"]}, program)

    def test_path_is_no_ancestor_of_what_lies_below(self):
        self.world.write("plugins/__init__.py")
        path = self.world.write("plugins/pack/plug.py", ACTOR)
        name = path.removesuffix(".py")
        program = f"""
            import sys
            sys.path.append({os.path.dirname(path)!r})
            import plug
            plug.get()
            """
        self.allowed({"vault": [name]}, program)
        self.refused(name, {"vault": [self.world.path("plugins")]}, program)

    def test_dots_in_file_names(self):
        # No import finds such a file; it does not get to have the name.
        self.world.modules(good=ACTOR, evil="""
            import importlib.util
            def load(path):
                spec = importlib.util.spec_from_file_location("x", path)
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                return module
            """)
        for name in ("good.more.py", "good.py.py", "good.d/__init__.py",
                     "good.d/inner.py", "good.d/sub/__init__.py"):
            path = self.world.write(f"deps/{name}", ACTOR)
            program = f"import evil; evil.load({path!r}).get()"
            with self.subTest(name):
                result = self.judge({"vault": ["good"]}, program)
                self.assertEqual(result.denied, "ImportDenied", result)
                self.assertNotIn("vault", self.world.marks())
                self.allowed({"vault": "*"}, program)

    def test_reserved_names(self):
        # A file that is called like the application is not the application.
        self.world.modules(evil="""
            import importlib.util
            def load(path):
                spec = importlib.util.spec_from_file_location("x", path)
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                return module
            """)
        for name in "__main__.py", "*.py", "__main__/__init__.py":
            path = self.world.write(f"deps/{name}", ACTOR)
            program = f"import evil; evil.load({path!r}).get()"
            with self.subTest(name):
                result = self.judge({"vault": ["__main__"]}, program)
                self.assertEqual(result.denied, "ImportDenied", result)
                self.assertNotIn("vault", self.world.marks())


class JointTest(JudgementTestCase):
    """Code that two have made is covered when both are."""

    deps = {"good": ACTOR, "evil": """
        import types
        def steal(function, **names):
            names["__builtins__"] = __builtins__
            return types.FunctionType(function.__code__, names)
        """}

    def test_both(self):
        # The application calls, so that evil is not on the stack.
        self.needs("good evil", """
            import evil, good
            stolen = evil.steal(good.get)
            stolen()
            """)

    def test_message_names_the_other(self):
        result = self.refused("evil", {"vault": ["good"]}, """
            import evil, good
            stolen = evil.steal(good.get)
            stolen()
            """)
        self.assertIn("good", result.err)


class HostsTest(JudgementTestCase):
    """Those who call everyone are passed over, unless innermost."""

    deps = dict.fromkeys(["good", "evil", "host"], ACTOR)
    hosts = {"$hosts": ["host"]}

    def test_between(self):
        program = "import good, host; host.call(good.get)"
        self.needs("good host", program)
        self.needs("good", program, also=self.hosts)

    def test_innermost(self):
        self.needs("host", "import host; host.get()", also=self.hosts)
        self.needs("host good", "import good, host; good.call(host.get)",
                   also=self.hosts)

    def test_others_still_count(self):
        self.needs("good evil", """
            import evil, good, host
            host.call(evil.call, good.get)
            """, also=self.hosts)
        self.needs("good evil", """
            import evil, good, host
            evil.call(host.call, good.get)
            """, also=self.hosts)

    def test_application_under_a_host(self):
        self.needs(APPLICATION, """
            import host
            def get():
                import vault
            host.call(get)
            """, also=self.hosts)

    def test_inherited(self):
        # host calls good, good starts a thread without a frame of its own.
        self.world.modules(good="""
            import threading
            def start():
                thread = threading.Thread(target=__import__, args=["vault"])
                thread.start()
                thread.join()
            """)
        program = "import good, host; host.call(good.start)"
        for policy, ran in (({"vault": ["good"]} | self.hosts, True),
                            ({"vault": ["good"]}, False),
                            ({"vault": []} | self.hosts, False),
                            ({"vault": ["host"]} | self.hosts, False)):
            with self.subTest(policy):
                self.judge(policy, program)
                self.assertEqual("vault" in self.world.marks(), ran)

    def test_inherited_alone(self):
        self.world.modules(host="""
            import threading
            def start():
                thread = threading.Thread(target=__import__, args=["vault"])
                thread.start()
                thread.join()
            """)
        program = "import host; host.start()"
        self.judge({"vault": []} | self.hosts, program)
        self.assertEqual(self.world.marks(), set())
        self.allowed({"vault": ["host"]} | self.hosts, program)

    def test_joint_with_a_host(self):
        # A host's code in a stranger's hands is still the stranger's.
        self.world.modules(evil="""
            import types
            def steal(function):
                return types.FunctionType(function.__code__, {})
            """, good=ACTOR)
        self.needs("good evil", """
            import evil, good, host
            evil.steal(host.call)(good.get)
            """, also=self.hosts)

    def test_host_by_namespace(self):
        self.world.write("deps/ns/host/__init__.py", ACTOR)
        self.needs("good", "import good, ns.host; ns.host.call(good.get)",
                   also={"$hosts": ["ns"]})


class SeveralPoliciesTest(JudgementTestCase):
    """Each must allow."""

    deps = dict.fromkeys(["good", "evil"], ACTOR)
    program = "import good; good.get()"

    def both(self, first, second):
        """The outcome under first beside the script and second by -X."""
        more = self.world.write("more.json", "")
        self.world.policy(second, "more.json")
        return self.judge(first, self.program, "-X", f"importpolicy={more}")

    def test_each_must_allow(self):
        yes, no, silent = {"vault": ["good"]}, {"vault": []}, {"other": []}
        for first, second, ran in ((yes, yes, True), (yes, no, False),
                                   (no, yes, False), (no, no, False),
                                   (yes, silent, True), (silent, no, False),
                                   (silent, silent, True)):
            with self.subTest(first=first, second=second):
                result = self.both(first, second)
                if ran:
                    self.assertRan(result)
                else:
                    self.assertRefused(result, "good")

    def test_each_by_its_own_words(self):
        # What one policy says of hosts and packages is not said in another.
        self.program = "import evil, good; evil.call(good.get)"
        host = {"vault": ["good"], "$hosts": ["evil"]}
        plain = {"vault": ["good"]}
        self.assertRan(self.both(host, host))
        self.assertRefused(self.both(host, plain), "evil")
        self.assertRefused(self.both(plain, host), "evil")

    def test_three(self):
        for refusing in None, "-X", "PYTHONPOLICY", "app":
            policies = dict.fromkeys(["-X", "PYTHONPOLICY", "app"],
                                     {"vault": ["good"]})
            if refusing is not None:
                policies[refusing] = {"vault": ["evil"]}
            self.world.policy(policies["-X"], "x.json")
            self.world.policy(policies["PYTHONPOLICY"], "env.json")
            with self.subTest(refusing):
                result = self.judge(
                    policies["app"], self.program, "-X",
                    "importpolicy=" + self.world.path("x.json"),
                    env={"PYTHONPOLICY": self.world.path("env.json")})
                if refusing is None:
                    self.assertRan(result)
                else:
                    self.assertRefused(result, "good")


class ShortageTest(JudgementTestCase):
    """Where memory or the stack ends, nothing is granted, nothing breaks."""

    deps = dict.fromkeys(["good", "evil"], ACTOR)

    @survives_shortage
    def test_each_allocation_fails(self):
        import_helper.import_module("_testcapi")
        program = """
            import _testcapi, evil, good, sys
            import vault
            def attempt(n, function):
                _testcapi.set_nomemory(n, n + 1)
                try:
                    function()
                    return True
                except (ImportError, MemoryError):
                    return False
                except SystemError as error:
                    if str(error) != "error return without exception set":
                        raise
                    return False
                finally:
                    _testcapi.remove_mem_hooks()
            for function in evil.get, lambda: evil.call(good.get):
                print(sum(attempt(n, function) for n in range(300)))
            """
        result = self.judge({"vault": ["__main__", "good"]}, program)
        self.assertEqual((result.code, result.out.split()), (0, ["0", "0"]),
                         result)
        result = self.judge({"vault": "*"}, program)
        self.assertEqual(result.code, 0, result)
        for got in result.out.split():
            self.assertGreater(int(got), 250)

    @survives_shortage
    def test_lost_exception(self):
        # That SystemError is CPython's own: while an exception leaves a
        # frame that has a traceback, the frame object of its caller is made,
        # and want of memory for that drops the exception (frame.c,
        # take_ownership()).  Any other exception is lost in the same way.
        import_helper.import_module("_testcapi")
        result = self.world.run("""
            import _testcapi
            def fail():
                raise KeyError
            def call():
                fail()
            lost = set()
            for n in range(50):
                _testcapi.set_nomemory(n, n + 1)
                try:
                    call()
                except (KeyError, MemoryError):
                    pass
                except SystemError as error:
                    lost.add(str(error))
                finally:
                    _testcapi.remove_mem_hooks()
            print(*lost)
            """)
        self.assertEqual((result.code, result.out),
                         (0, "error return without exception set\n"), result)

    def test_each_allocation_fails_while_code_is_made(self):
        # Code whose owners cannot be written down does not come to be, or
        # belongs to nobody.
        import_helper.import_module("_testcapi")
        self.world.modules(evil="""
            import good, types
            def make():
                return types.FunctionType(good.get.__code__, {}).__code__
            def replace():
                return good.get.__code__.replace(co_name="x")
            """)
        result = self.judge({"vault": []}, """
            import _importpolicy, _testcapi, evil
            owners = set()
            for function in evil.make, evil.replace:
                for n in range(200):
                    _testcapi.set_nomemory(n, n + 1)
                    try:
                        made = function()
                    except MemoryError:
                        continue
                    finally:
                        _testcapi.remove_mem_hooks()
                    owners.add(_importpolicy.principal_of(made))
            print(all("evil" in owner or "<unknown>" in owner
                      for owner in owners), len(owners) > 0)
            """)
        self.assertEqual((result.code, result.out.split()),
                         (0, ["True"] * 2), result)

    def test_end_of_the_stack(self):
        program = """
            import evil, sys
            got = []
            def down(n):
                try:
                    evil.get()
                    got.append(n)
                except (ImportError, RecursionError):
                    pass
                try:
                    down(n + 1)
                except RecursionError:
                    pass
            sys.setrecursionlimit(400)
            down(0)
            print(len(got) > 0)
            """
        for granted, got in ([], "False"), ("*", "True"):
            with self.subTest(granted):
                result = self.judge({"vault": granted}, program)
                self.assertEqual((result.code, result.out.strip()), (0, got),
                                 result)

    def test_nothing_is_left_behind(self):
        # Blocks of memory, after thousands of each kind of judgement.
        self.world.modules(evil=ACTOR + """
    import types
    def steal(function):
        return types.FunctionType(function.__code__, {})
    """)
        result = self.judge({"vault": ["good", "__main__"]}, """
            import asyncio, evil, gc, good, sys
            import vault
            def refused():
                try:
                    evil.get()
                except ImportError:
                    pass
            def absent():
                try:
                    good.load("absent")
                except ImportError:
                    pass
            def event():
                try:
                    evil.call(sys.audit, "vault.use")
                except PermissionError:
                    pass
            def first():
                sys.modules.pop("sched", None)
                import sched
            def handles():
                loop = asyncio.new_event_loop()
                for _ in range(20):
                    loop.call_soon(refused)
                loop.run_until_complete(asyncio.sleep(0))
                loop.close()
            for function, n in ((refused, 1000), (good.get, 1000),
                                (absent, 200), (event, 1000), (first, 200),
                                (lambda: evil.steal(good.get), 1000),
                                (lambda: good.call(evil.steal, good.call),
                                 1000), (handles, 20)):
                counts = []
                for _ in range(4):
                    for _ in range(n):
                        function()
                    gc.collect()
                    counts.append(sys.getallocatedblocks())
                grown = counts[-1] - counts[1]
                print("leak" if grown > n else "ok", grown)
            """)
        self.assertEqual(result.code, 0, result)
        self.assertNotIn("leak", result.out)

    def test_many_threads(self):
        # Sets are made and joined by all of them at once.
        for i in range(20):
            self.world.write(f"deps/many{i}.py", ACTOR)
        result = self.judge({"vault": ["good"]}, """
            import good, sys, threading
            sys.setswitchinterval(1e-6)
            many = [__import__(f"many{i}") for i in range(20)]
            wrong = []
            def work(seed):
                for i in range(100):
                    a, b = many[(i + seed) % 20], many[(i * seed) % 20]
                    try:
                        a.call(b.call, good.get)
                        wrong.append((a, b))
                    except ImportError as error:
                        if not error.principal.startswith("many"):
                            wrong.append(error)
                    good.get()
            threads = [threading.Thread(target=work, args=[i])
                       for i in range(8)]
            for t in threads: t.start()
            for t in threads: t.join()
            print(wrong)
            """)
        self.assertEqual(result.out.strip(), "[]", result)


if __name__ == "__main__":
    unittest.main()
