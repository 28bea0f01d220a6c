"""Who has a permission: entries, ancestors, "*", "$default", several at once.

What is asked for is the same in most of these tests: an operation of the
capability `sys`, which a dependency performs and prints about.  What the
other capabilities reach is tested where that is decided.
"""

import unittest

from test.test_importpolicy.support import JudgementTestCase

RAISE = """
    import signal
    def act():
        signal.signal(signal.SIGUSR1, lambda *args: print("acted"))
        signal.raise_signal(signal.SIGUSR1)
    """


class PermissionTestCase(JudgementTestCase):

    def setUp(self):
        super().setUp()
        self.world.distribution("lower", lower=RAISE)
        self.world.distribution("upper", requires=["lower"], upper="""
            import lower
            def act():
                lower.act()
            def call(function):
                function()
            """)
        self.world.distribution("other", other=RAISE)

    def permit(self, permissions, main, **policy):
        return self.judge({"$permissions": permissions} | policy, main)

    def assertActed(self, permissions, main, **policy):
        result = self.permit(permissions, main, **policy)
        self.assertEqual(result.code, 0, result)
        self.assertIn("acted", result.out)

    def assertNot(self, who, permissions, main, **policy):
        result = self.permit(permissions, main, **policy)
        self.assertRefused(result, who, effect=None, denied="AccessDenied")
        self.assertNotIn("acted", result.out)
        return result


class EntryTest(PermissionTestCase):

    MAIN = "import other\nother.act()\n"

    def test_values(self):
        for value in True, ["signal.signal", "signal.raise_signal"], \
                ["signal.*"], ["!os.kill"]:
            with self.subTest(value=value):
                self.assertActed({"other": {"sys": value}}, self.MAIN)
        for value in False, [], ["os.kill"], ["!signal.signal"], \
                ["signal.*", "!signal.raise_signal"]:
            with self.subTest(value=value):
                self.assertNot("other", {"other": {"sys": value}}, self.MAIN)

    def test_whole_entry(self):
        self.assertActed({"other": True}, self.MAIN, **{"$default": "deny"})
        self.assertNot("other", {}, self.MAIN, **{"$default": "deny"})

    def test_other_capability(self):
        self.assertActed({"other": {"net": False}}, self.MAIN)
        self.assertNot("other", {"other": {"net": True}}, self.MAIN,
                       **{"$default": "deny"})

    def test_entry_of_somebody_else(self):
        self.assertActed({"upper": {"sys": False}}, self.MAIN)

    def test_event_wins(self):
        self.assertNot("other", {"other": {"sys": True,
                                           "signal.raise_signal": False}},
                       self.MAIN)
        self.assertActed({"other": {"sys": False, "signal.signal": True,
                                    "signal.raise_signal": True}}, self.MAIN)
        self.assertNot("other", {"other": {"signal.raise_signal": False}},
                       self.MAIN)

    def test_everyone(self):
        self.assertNot("other", {"*": {"sys": False}}, self.MAIN)
        self.assertActed({"*": {"sys": True}}, self.MAIN,
                         **{"$default": "deny"})
        self.assertActed({"*": {"sys": False}, "other": {"sys": True}},
                         self.MAIN)
        # An entry of one's own takes the place of "*", whatever it names.
        self.assertActed({"*": {"sys": False}, "other": {"net": True}},
                         self.MAIN)

    def test_message(self):
        result = self.assertNot("other", {"other": {"sys": ["os.kill"]}},
                                self.MAIN)
        self.assertIn("other has no sys permission for signal.signal: "
                      "signal.signal (policy.json:1)", result.err)
        self.assertIn('add "signal.signal" to the list of "sys" of "other" '
                      'in "$permissions"', result.err)
        result = self.assertNot("other", {}, self.MAIN,
                                **{"$default": "deny"})
        self.assertIn("(policy.json: $default)", result.err)

    def test_message_of_a_wide_edit(self):
        # Where no target tells what was meant, it says that less would do.
        for capability, text, wide in [
                ("run", "import subprocess; subprocess.run(['true'])",
                 "a list of programs in the place of true"),
                ("net", "import socket; socket.socket()",
                 "a list of hosts in the place of true"),
                ("env", "import os; dict(os.environ)",
                 "without it, what is granted by name is seen"),
                ("env", "import os; os.environ['NAMED']", None),
                ("net", "import socket; socket.gethostbyname('localhost')",
                 None)]:
            with self.subTest(text):
                self.world.policy({"$permissions": {
                    "wide": {capability: [] if wide else ["a.example"]}}})
                self.world.modules(wide=text)
                result = self.world.run("import wide", env={"NAMED": "1"})
                self.assertIn("to allow it, ", result.err)
                if wide is None:
                    self.assertNotIn("in the place of true", result.err)
                    self.assertNotIn("without it", result.err)
                else:
                    self.assertIn("; " + wide, result.err)

    def test_attributes(self):
        self.permit({"other": {"sys": []}}, """
            import other
            try:
                other.act()
            except PermissionError as error:
                print(type(error).__name__, error.event, error.target,
                      error.capability, error.principal, error.line,
                      error.code)
            """)
        result = self.world.start(self.world.path("app", "main.py"))
        self.assertEqual(result.out, "AccessDenied signal.signal "
                         "signal.signal sys other 1 not-granted\n", result)

    def test_audit_mode(self):
        result = self.permit({"other": {"sys": False}}, self.MAIN,
                             **{"$mode": "audit"})
        self.assertEqual(result.code, 0, result)
        self.assertIn("acted", result.out)
        self.assertIn("audit: other has no sys permission", result.err)


class AncestorTest(PermissionTestCase):

    MAIN = "import upper\nupper.act()\n"

    def test_grant_is_passed_down(self):
        deny = {"$default": "deny"}
        self.assertActed({"upper": {"sys": True}}, self.MAIN, **deny)
        self.assertActed({"upper": {"sys": ["signal.*"]}}, self.MAIN, **deny)
        self.assertActed({"upper": True}, self.MAIN, **deny)
        self.assertNot("upper", {"upper": {"sys": ["os.kill"]}}, self.MAIN,
                       **deny)
        self.assertNot("upper", {"other": {"sys": True}}, self.MAIN, **deny)

    def test_it_rides_wherever_it_is_called_from(self):
        self.assertActed({"upper": {"sys": True}},
                         "import lower\nlower.act()\n",
                         **{"$default": "deny"})

    def test_not_upwards(self):
        self.assertNot("upper", {"lower": {"sys": True}}, self.MAIN,
                       **{"$default": "deny"})

    def test_own_entry_is_final(self):
        self.assertNot("lower", {"upper": {"sys": True},
                                 "lower": {"sys": False}}, self.MAIN)
        self.assertNot("lower", {"upper": {"sys": True},
                                 "lower": {"sys": ["os.kill"]}}, self.MAIN)

    def test_before_everyone(self):
        self.assertActed({"upper": {"sys": True}, "*": {"sys": False}},
                         self.MAIN)

    def test_what_is_free_passes_nothing_down(self):
        # upper is free in sys, lower is not.
        self.assertNot("lower", {"lower": {"sys": False}}, self.MAIN)
        self.assertNot("lower", {"*": {"sys": True}, "lower": {"net": True}},
                       self.MAIN, **{"$default": "deny"})

    def test_event(self):
        permissions = {"upper": {"signal.signal": True,
                                 "signal.raise_signal": True}}
        self.assertActed(permissions, self.MAIN, **{"$default": "deny"})
        del permissions["upper"]["signal.raise_signal"]
        self.assertNot("upper", permissions, self.MAIN,
                       **{"$default": "deny"})


class NamespaceEntryTest(PermissionTestCase):
    """What is granted to a namespace, and said about a package below it."""

    MAIN = "import ns.one, ns.two\nns.{}.act()\n"

    def setUp(self):
        super().setUp()
        through = "import {0}\ndef act():\n    {0}.act()\n"
        self.world.distribution("helper", helper=RAISE)
        for name, lower in ("one", "lower"), ("two", "helper"):
            self.world.distribution(
                f"ns-{name}",
                {f"ns/{name}/__init__.py": through.format(lower)},
                requires=[lower])

    def test_passed_down(self):
        for name in "one", "two":
            for value in True, ["signal.*"]:
                self.assertActed({"ns": {"sys": value}},
                                 self.MAIN.format(name),
                                 **{"$default": "deny"})

    def test_entry_of_a_package_is_final(self):
        # What one may not, it cannot pass down.
        deny = {"$default": "deny"}
        for granted in True, ["signal.*"]:
            for own in False, ["os.kill"], ["!signal.*"]:
                permissions = {"ns": {"sys": granted}, "ns.one": {"sys": own}}
                with self.subTest(permissions):
                    self.assertActed(permissions, self.MAIN.format("two"),
                                     **deny)
                    self.assertActed(permissions,
                                     "import helper; helper.act()", **deny)
                    self.assertNot("ns.one", permissions,
                                   self.MAIN.format("one"), **deny)
                    self.assertNot("lower", permissions,
                                   "import lower; lower.act()", **deny)

    def test_entry_about_something_else(self):
        self.assertActed({"ns": {"sys": True}, "ns.one": {"net": False}},
                         "import lower; lower.act()", **{"$default": "deny"})

    def test_entry_about_the_event(self):
        permissions = {"ns": {"sys": True}, "ns.one": {"signal.signal": False}}
        deny = {"$default": "deny"}
        self.assertNot("lower", permissions, "import lower; lower.act()",
                       **deny)
        self.assertActed(permissions, "import helper; helper.act()", **deny)

    def test_wider_entry(self):
        self.assertActed({"ns": {"sys": False}, "ns.one": {"sys": True}},
                         "import lower; lower.act()", **{"$default": "deny"})
        self.assertNot("helper",
                       {"ns": {"sys": False}, "ns.one": {"sys": True}},
                       "import helper; helper.act()", **{"$default": "deny"})

    def test_another_way(self):
        # A package that two of them require rides on either.
        self.world.distribution("ns-three", {"ns/three/__init__.py": ""},
                                requires=["lower"])
        self.assertActed({"ns": {"sys": True}, "ns.one": {"sys": False}},
                         "import lower; lower.act()", **{"$default": "deny"})

    def test_packages(self):
        # "$packages" says whose ancestor a package is, also below a
        # namespace.
        for packages, who in (({"ns.one": []}, "lower"),
                              ({"ns.two": []}, "helper")):
            main = f"import {who}; {who}.act()"
            with self.subTest(packages):
                self.assertActed({"ns": {"sys": True}}, main,
                                 **{"$default": "deny"})
                self.assertNot(who, {"ns": {"sys": True}}, main,
                               **{"$default": "deny", "$packages": packages})

    def test_drop(self):
        program = """
            import importpolicy
            importpolicy.drop({}, principal="ns.one")
            import {who}
            {who}.act()
            """
        for dropped in '"sys"', 'sys=["signal.*"]', 'sys=["signal.signal"]':
            for granted in True, ["signal.*"]:
                permissions = {"ns": {"sys": granted}, "__main__": True}
                deny = {"$default": "deny"}
                with self.subTest(dropped=dropped, granted=granted):
                    self.assertActed(permissions,
                                     program.format(dropped, who="helper"),
                                     **deny)
                    self.assertNot("lower", permissions,
                                   program.format(dropped, who="lower"),
                                   **deny)
        self.assertActed(permissions,
                         program.format('sys=["os.kill"]', who="lower"),
                         **deny)


DENY = {"$default": "deny"}


class OnePrincipalTest(PermissionTestCase):
    """All top-level names of one distribution are one principal."""

    MAIN = "import second\nsecond.act()\n"

    def setUp(self):
        super().setUp()
        self.world.distribution("pair", first="", second=RAISE)

    def test_entry_of_another_name(self):
        self.assertNot("second", {"first": {"sys": False}}, self.MAIN)
        self.assertActed({"first": {"sys": True}}, self.MAIN, **DENY)
        self.assertNot("second", {"first": {"sys": ["os.kill"]}}, self.MAIN)
        self.assertActed({"upper": {"sys": False}}, self.MAIN)

    def test_own_name_first(self):
        self.assertActed({"first": {"sys": False}, "second": {"sys": True}},
                         self.MAIN)
        self.assertNot("second", {"first": {"sys": True},
                                  "second": {"sys": False}}, self.MAIN)

    def test_everyone(self):
        # "*" is for those who have no entry.
        everyone = {"*": {"sys": False}}
        self.assertNot("second", everyone, self.MAIN)
        self.assertActed({"first": {"net": True}} | everyone, self.MAIN)

    def test_packages(self):
        self.allowed({"signal": ["first"], "$packages": {"first": []}},
                     self.MAIN, effect=None)
        self.refused("second", {"signal": ["upper"],
                                "$packages": {"upper": []}},
                     self.MAIN, effect=None)
        self.allowed({"signal": ["upper"], "$packages": {"upper": ["first"]}},
                     self.MAIN, effect=None)

    def test_hosts(self):
        self.world.distribution("pair", first="", second="""
            def call(function):
                function()
            """)
        main = "import other, second\nsecond.call(other.act)\n"
        policy = {"other": {"sys": True}}
        self.assertNot("second", policy, main, **DENY)
        self.assertActed(policy, main, **DENY, **{"$hosts": ["first"]})
        # Where hosts are all there is, each of them is judged.
        self.world.distribution("caller", caller="""
            import functools
            def bind(function, *args):
                return functools.partial(function, *args)
            """)
        main = ("import caller, second\n"
                "second.call(caller.bind(__import__, 'vault'))\n")
        for listed, who in (["second"], "caller"), (["caller"], "second"):
            self.refused(who, {"vault": listed,
                               "$hosts": ["first", "caller"]}, main)
        self.allowed({"vault": ["second", "caller"],
                      "$hosts": ["first", "caller"]}, main)


class NamespaceTest(PermissionTestCase):
    """Who lies below a namespace is asked for himself."""

    MAIN = "import lower\nlower.act()\n"

    def setUp(self):
        super().setUp()
        self.world.distribution("ns-a", {"ns/a/__init__.py": ""},
                                requires=["lower"])
        self.world.distribution("ns-b", {"ns/b/__init__.py": ""})

    def test_own_entry_below_it(self):
        for more in {}, {"ns.b": {"sys": False}}, {"ns.a": {"net": True}}:
            with self.subTest(more):
                self.assertActed({"ns": {"sys": True}} | more, self.MAIN,
                                 **DENY)
        for own in False, ["os.kill"]:
            with self.subTest(own):
                self.assertNot("lower", {"ns": {"sys": True},
                                         "ns.a": {"sys": own}}, self.MAIN,
                               **DENY)

    def test_packages_below_it(self):
        policy = {"signal": ["ns"]}
        self.allowed(policy, self.MAIN, effect=None)
        self.refused("lower", policy | {"$packages": {"ns.a": []}},
                     self.MAIN, effect=None)
        self.allowed(policy | {"$packages": {"ns.b": []}}, self.MAIN,
                     effect=None)

    def test_packages_that_are_a_namespace(self):
        self.world.write("deps/ns/a/__init__.py", "def load(name):\n"
                                                  "    __import__(name)\n")
        main = "import ns.a\nns.a.load('signal')\n"
        policy = {"signal": ["upper"]}
        self.refused("ns.a", policy, main, effect=None)
        self.allowed(policy | {"$packages": {"upper": ["ns"]}}, main,
                     effect=None)
        self.refused("ns.a", policy | {"$packages": {"upper": ["ns.b"]}},
                     main, effect=None)

    def test_code_of_no_distribution(self):
        self.world.write("deps/ns/c/__init__.py", "import lower\n")
        self.world.distribution("ns-a", {"ns/a/__init__.py": ""})
        main = "import ns.c\n" + self.MAIN
        self.allowed({"signal": ["ns"]}, main, effect=None)
        self.refused("lower", {"signal": ["ns.b"]}, main, effect=None)

    def test_own_namespace(self):
        # A statement for one's own submodule hands out the namespace.
        self.world.write("deps/ns/a/leaf.py")
        self.world.write("deps/ns/a/__init__.py", """
            def load():
                import ns.a.leaf
            def other():
                import ns.b
            """)
        policy = {"ns": ["__main__"]}
        self.allowed(policy, "import ns.a\nns.a.load()\n", effect=None)
        self.refused("ns.a", policy, "import ns.a\nns.a.other()\n",
                     effect=None)


class ExtraTest(PermissionTestCase):

    def test_extras_of_what_is_imported(self):
        # The extras of a distribution count where it is granted itself.
        self.world.distribution("middle", extras=["more"], middle="",
                                requires=["lower; extra == 'more'"])
        self.world.modules(loose="import middle")
        main = "import loose, lower\nlower.act()\n"
        self.assertActed({"middle": {"sys": True}}, main, **DENY)
        self.assertNot("lower", {"loose": {"sys": True}}, main, **DENY)
        self.world.distribution("middle", middle="", requires=["lower"])
        self.assertActed({"loose": {"sys": True}}, main, **DENY)


class ActingTest(PermissionTestCase):

    def test_stranger_spoils_it(self):
        main = "import upper, other\nupper.call(other.act)\n"
        both = {"upper": {"sys": True}, "other": {"sys": True}}
        deny = {"$default": "deny"}
        self.assertActed(both, main, **deny)
        self.assertNot("other", {"upper": {"sys": True}}, main, **deny)
        self.assertNot("upper", {"other": {"sys": True}}, main, **deny)

    def test_application(self):
        main = """
            import signal
            signal.signal(signal.SIGUSR1, lambda *args: print("acted"))
            signal.raise_signal(signal.SIGUSR1)
            """
        self.assertActed({}, main)
        self.assertNot("__main__", {}, main, **{"$default": "deny"})
        self.assertActed({"__main__": True}, main, **{"$default": "deny"})
        self.assertActed({"__main__": {"sys": ["signal.*"]}}, main,
                         **{"$default": "deny"})
        self.assertNot("__main__", {"__main__": {"sys": False}}, main)
        # "*" stands for dependencies.
        self.assertActed({"*": {"sys": False}}, main)
        self.assertNot("__main__", {"*": True}, main, **{"$default": "deny"})

    def test_application_that_may_do_anything(self):
        main = 'import signal\nprint("acted")\n'
        result = self.judge({"signal": []}, main)
        self.assertRefused(result, "__main__", effect=None,
                           denied="ImportDenied")
        self.assertActed({"__main__": True}, main, signal=[])
        result = self.permit({"__main__": True, "other": True},
                             "import other\nother.act()\n", signal=[])
        self.assertRefused(result, "other", effect=None)

    def test_host(self):
        self.world.distribution("runner", runner="""
            def run(function):
                function()
            """)
        main = "import runner, other\nrunner.run(other.act)\n"
        self.assertNot("runner", {"other": {"sys": True}}, main,
                       **{"$default": "deny"})
        self.assertActed({"other": {"sys": True}}, main,
                         **{"$default": "deny", "$hosts": ["runner"]})

    def test_remembered(self):
        # What is remembered of an acting set is whose lists to look at, not
        # what they held; nor does it outlive a drop().
        self.world.distribution("runner", runner="""
            def run(function, *args):
                return function(*args)
            """)
        self.world.distribution("looker", looker="""
            import importpolicy, runner
            def look(name, through=runner.run):
                try:
                    through(open, name).close()
                    return "yes"
                except PermissionError:
                    return "no"
            def plain(function, *args):
                return function(*args)
            def drop():
                importpolicy.drop("read")
            """)
        for name in "one", "two":
            with open(self.world.path(name), "w", encoding="utf-8"):
                pass
        one, two = self.world.path("one"), self.world.path("two")
        main = f"""
            import looker, runner
            from looker import look, plain
            for i in range(3):
                print(look({one!r}), look({two!r}),
                      look({one!r}, plain), look({two!r}, plain),
                      runner.run(look, {one!r}, plain),
                      runner.run(look, {two!r}, plain))
            looker.drop()
            print(look({one!r}), look({one!r}, plain))
            """
        permissions = {"looker": {"read": [one]}, "runner": {"read": [one]},
                       "__main__": True}
        hosts = {"$default": "deny", "$hosts": ["runner"], "$log": False}
        expected = "yes no yes no yes no\n" * 3 + "no no\n"
        result = self.permit(permissions, main, **hosts)
        self.assertEqual(result.out, expected, result)
        # A host that is innermost is judged, wherever else it is left out.
        del permissions["runner"]
        result = self.permit(permissions, main, **hosts)
        self.assertEqual(result.out,
                         expected.replace("yes no yes", "no no yes"), result)

    def test_module_key_and_permission(self):
        main = "import other\nother.act()\n"
        deny = {"$default": "deny", "signal": ["other"]}
        self.assertActed({"other": {"sys": True}}, main, **deny)
        self.assertNot("other", {}, main, **deny)
        result = self.permit({"other": {"sys": True}}, main,
                             **{"$default": "deny", "signal": []})
        self.assertRefused(result, "other", effect=None)

    def test_several_policies(self):
        main = "import other\nother.act()\n"
        second = self.world.policy({"$permissions": {"other": {"sys": False}}},
                                   "second.json")
        self.assertActed({"other": {"sys": True}}, main)
        result = self.world.start("-X", f"importpolicy={second}",
                                  self.world.path("app", "main.py"))
        self.assertRefused(result, "other", effect=None)


class EventTest(PermissionTestCase):

    def test_event_of_no_capability(self):
        self.world.modules(evil="def act():\n    print('acted', id(act))\n")
        main = "import evil\nevil.act()\n"
        self.assertActed({"evil": {"builtins.id": True}}, main)
        result = self.assertNot("evil", {"evil": {"builtins.id": False}},
                                main)
        self.assertIn("evil has no permission: builtins.id", result.err)

    def test_introspect(self):
        self.world.modules(evil="import sys\n"
                                "def act():\n"
                                "    print('acted', sys._getframe(1))\n")
        main = "import evil\nevil.act()\n"
        self.assertActed({}, main, **{"$default": "deny"})
        self.assertNot("evil", {"evil": {"introspect": False}}, main)

    def test_code(self):
        self.world.modules(evil="def act():\n"
                                "    exec('print(\"acted\")')\n")
        main = "import evil\nevil.act()\n"
        self.assertActed({}, main, **{"$default": "deny"})
        self.assertNot("evil", {"evil": {"code": False}}, main)

    def test_code_is_still_imported(self):
        self.world.modules(evil="import dataclasses, collections, enum\n"
                                "class E(enum.Enum):\n    A = 1\n"
                                "@dataclasses.dataclass\n"
                                "class C:\n"
                                "    'Text.'\n"
                                "    a: int = 1\n"
                                "P = collections.namedtuple('P', 'x y')\n"
                                "print('acted', C(), E.A, P(1, 2))\n")
        self.assertActed({"evil": {"code": False, "introspect": False,
                                   "ffi": False, "read": False}},
                         "import evil\n", **{"$default": "deny"})

    def test_ctypes(self):
        self.world.modules(evil="import ctypes\n"
                                "def act():\n"
                                "    print('acted', ctypes.CDLL(None))\n")
        main = "import evil\nevil.act()\n"
        self.assertActed({"evil": {"ffi": True}}, main)
        self.assertNot("evil", {"evil": {"ffi": False}}, main)
        self.assertNot("evil", {}, main, **{"$default": "deny"})


if __name__ == "__main__":
    unittest.main()
