""""$walk": "strict": whoever stands beyond the application answers too."""

import json
import unittest

from test.support import import_helper
from test.test_importpolicy.support import APPLICATION, JudgementTestCase

ACTOR = """
    import functools, subprocess, sys, threading
    def get():
        import vault
    def call(function, *args):
        return function(*args)
    def load(name):
        return __import__(name)
    """
STRICT = {"$walk": "strict"}
ORDINARY = {"$walk": "application"}
# What applications are full of.
HELPERS = """
    import evil, functools, good, other, subprocess, sys, threading
    def retry(function, *args):
        return function(*args)
    def get():
        import vault
    def start(function, *args):
        thread = threading.Thread(target=function, args=args)
        thread.start()
        thread.join()
    def bind(function, *args):
        return functools.partial(function, *args)
    """


class StrictTestCase(JudgementTestCase):

    deps = dict.fromkeys(["good", "evil", "other"], ACTOR)

    def main(self, statement):
        lines = [line[4:] for line in HELPERS.splitlines()]
        return "\n".join([*lines, statement])

    def check(self, ordinary, beyond, statement, *, also=None, **kwargs):
        """Whom the statement needs: those named first, and in a strict
        policy those named behind them as well."""
        program = self.main(statement)
        also = also or {}
        self.needs(ordinary, program, also=ORDINARY | also, **kwargs)
        self.needs(f"{ordinary} {beyond}", program, also=STRICT | also,
                   **kwargs)


class StackTest(StrictTestCase):

    def test_callable_that_it_is_given(self):
        self.check("good", "evil", "evil.call(retry, good.get)")
        self.check("good", "evil", "evil.call(retry, retry, good.get)")

    def test_c_function_that_it_is_given(self):
        self.check(APPLICATION, "evil", "evil.call(retry, __import__, "
                                        "'vault')")

    def test_own_access(self):
        self.check(APPLICATION, "evil", "evil.call(get)")

    def test_all_that_stand_beyond(self):
        self.check("good", "evil other",
                   "other.call(evil.call, retry, good.get)")
        self.check("good", "evil other",
                   "other.call(retry, evil.call, retry, good.get)")

    def test_nobody_beyond(self):
        for also in ORDINARY, STRICT:
            self.needs("good", self.main("retry(good.get)"), also=also)
            self.needs("good evil", self.main("retry(evil.call, good.get)"),
                       also=also)
            self.needs(APPLICATION, self.main("retry(get)"), also=also)

    def test_who_stands_on_both_sides(self):
        for also in ORDINARY, STRICT:
            self.needs("good", self.main("good.call(retry, good.get)"),
                       also=also)

    def test_ancestor(self):
        self.world.distribution("upper", requires=["lower"], upper=ACTOR)
        self.world.distribution("lower", lower=ACTOR)
        main = self.main("import lower; lower.call(retry, good.get)")
        self.allowed({"vault": ["good", "upper"]} | STRICT, main)
        self.refused("lower", {"vault": ["good"]} | STRICT, main)

    def test_never_freer(self):
        # Being listed beyond the application does not help it.
        program = self.main("evil.call(get)")
        for also in ORDINARY, STRICT:
            self.refused(APPLICATION, {"vault": ["evil"]} | also, program)

    def test_module_of_the_application(self):
        # Its body is a segment, whoever imports it first.
        self.world.write("app/views.py", "import good\ngood.get()\n")
        for also in ORDINARY, STRICT:
            self.needs("good", self.main("evil.load('views')"), also=also)

    def test_permission(self):
        self.world.modules(good=ACTOR + """
    def act():
        import os
        os.umask(os.umask(0))
    """)
        program = self.main("evil.call(retry, good.act)")
        for granted, also, outcome in (
                (["good"], ORDINARY, None), (["good"], STRICT, "evil"),
                (["good", "evil"], STRICT, None)):
            policy = {"$permissions": {"*": {"sys": False}} | {
                name: {"sys": True} for name in granted}} | also
            with self.subTest(granted, also=also):
                if outcome:
                    self.refused(outcome, policy, program, effect=None)
                else:
                    self.allowed(policy, program, effect=None)

    def test_what_it_changes_of_its_own(self):
        program = self.main("""
class Own:
    pass
evil.call(retry, setattr, Own, "value", 1)
evil.call(retry, setattr, *TARGET)
""")
        policy = {"$permissions": {"*": {"patch": False}}} | STRICT
        self.allowed(policy, program.replace("*TARGET", "Own, 'x', 1"),
                     effect=None)
        self.refused("evil", policy, program.replace("*TARGET",
                                                     "good, 'x', 1"),
                     effect=None)


class HostTest(StrictTestCase):
    """A framework calls the application's views."""

    def test_host(self):
        # What the ordinary callback needs.
        self.world.modules(framework=ACTOR)
        program = self.main("import framework\n"
                            "framework.call(retry, good.get)")
        self.allowed({"vault": ["good"]}, program)
        self.refused("framework", {"vault": ["good"]} | STRICT, program)
        self.allowed({"vault": ["good"], "$hosts": ["framework"]} | STRICT,
                     program)

    def test_who_stands_beyond_the_host(self):
        self.world.modules(framework=ACTOR)
        program = self.main("import framework\nevil.call(framework.call, "
                            "retry, good.get)")
        self.refused("evil", {"vault": ["good"], "$hosts": ["framework"]}
                     | STRICT, program)

    def test_another_name_of_the_host(self):
        self.world.distribution("web", framework=ACTOR, server="")
        program = self.main("import framework\n"
                            "framework.call(retry, good.get)")
        self.allowed({"vault": ["good"], "$hosts": ["server"]} | STRICT,
                     program)


class GeneratorTest(StrictTestCase):
    """Who calls a package's function that makes a generator acts in that."""

    deps = dict.fromkeys(["good", "evil", "other"], ACTOR + """
    def yielding():
        yield get()
    async def waiting():
        get()
    """)

    def test_handed_on(self):
        self.check("good", "evil", "list(evil.call(good.yielding))")
        self.check("good", "evil other",
                   "list(evil.call(other.call, good.yielding))")

    def test_own(self):
        for also in ORDINARY, STRICT:
            self.needs("good", self.main("list(good.yielding())"), also=also)
            self.needs("good", self.main("list(good.call(good.yielding))"),
                       also=also)

    def test_beyond(self):
        self.check("good", "evil", "list(evil.call(retry, good.yielding))")

    def test_coroutine(self):
        """As coroutines, under either walk."""
        self.check("good evil", "",
                   "__import__('asyncio').run("
                   "evil.call(good.waiting))")


class InheritedTest(StrictTestCase):

    def effects(self, policy, program):
        result = self.judge(policy, program)
        return bool(self.world.marks()), result

    def check_effect(self, statement):
        program = self.main(statement)
        for also, granted, outcome in (
                (ORDINARY, ["good"], True), (STRICT, ["good"], False),
                (STRICT, ["good", "evil"], True), (STRICT, ["evil"], False)):
            with self.subTest(statement, granted=granted, also=also):
                had, result = self.effects({"vault": granted} | also, program)
                self.assertEqual(had, outcome, result)

    def test_thread_of_the_application(self):
        self.check_effect("evil.call(start, good.get)")

    def test_thread_of_a_thread(self):
        self.check_effect("evil.call(start, start, good.get)")

    def test_partial_of_the_application(self):
        self.check_effect("evil.call(bind, good.get)()")

    def test_work_item(self):
        self.check_effect("""
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
def submit(*args):
    pool.submit(*args).result()
evil.call(submit, good.get)
""")

    def test_weak_callback_of_the_application(self):
        # Whoever drops the object has no part in it.
        program = self.main("""
import weakref
class Thing:
    pass
things = [Thing()]
reference = weakref.ref(things[0], lambda _: good.get())
evil.call(things.clear)
""")
        for also in ORDINARY, STRICT:
            had, result = self.effects({"vault": ["good"]} | also, program)
            self.assertTrue(had, result)
            had, result = self.effects({"vault": []} | also, program)
            self.assertFalse(had, result)

    def test_child(self):
        program = self.main("""
def run():
    subprocess.run([sys.executable, "-c", "import good; good.get()"])
evil.call(run)
""")
        for also, granted, outcome in (
                (ORDINARY, ["good"], True), (STRICT, ["good"], False),
                (STRICT, ["good", "evil"], True)):
            had, result = self.effects({"vault": granted} | also, program)
            self.assertEqual(had, outcome, result)

    def test_thread_of_native_code(self):
        # Nobody knows who stands beyond the application.
        import_helper.import_module("ctypes")
        self.world.modules(native="""
            import ctypes
            lib = ctypes.CDLL(None)
            TYPE = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
            def run(function):
                kept = TYPE(lambda _: function() and None)
                thread = ctypes.c_ulong()
                assert not lib.pthread_create(ctypes.byref(thread), None,
                                              kept, None)
                lib.pthread_join(thread, None)
            """)
        program = self.main("import native\nnative.run(get)")
        everyone = [APPLICATION, "native", "evil", "good"]
        self.assertTrue(self.effects({"vault": everyone}, program)[0])
        self.assertFalse(self.effects({"vault": everyone} | STRICT,
                                      program)[0])


class PoliciesTest(StrictTestCase):

    def test_each_policy_for_itself(self):
        program = self.main("evil.call(retry, good.get)")
        more = self.world.write("more.json", json.dumps(
            {"vault": ["good", "evil"]} | STRICT))
        option = f"-Ximportpolicy={more}"
        self.allowed({"vault": ["good"]}, program, option)
        self.world.write("more.json", json.dumps({"vault": ["good"]}
                                                 | STRICT))
        self.refused("evil", {"vault": ["good"]}, program, option)
        self.refused("evil", {"vault": ["good", "evil"]}, program, option)

    def test_extended(self):
        self.world.write("app/base.json", json.dumps(STRICT))
        program = self.main("evil.call(retry, good.get)")
        policy = {"vault": ["good"], "$extends": ["base.json"]}
        self.refused("evil", policy, program)
        self.allowed(policy | ORDINARY, program)

    def test_message(self):
        result = self.refused("evil", {"vault": ["good"]} | STRICT,
                              self.main("evil.call(retry, good.get)"))
        self.assertIn("good/", result.err.replace("good.py", "good/"))
        self.assertRegex(result.err, r"chain: good\S* <- __main__ \S* <- "
                                     r"evil")

    def test_log(self):
        self.judge({"vault": ["good"], "$log": "log.jsonl"} | STRICT,
                   self.main("evil.call(retry, good.get)"))
        with open(self.world.path("app", "log.jsonl")) as file:
            record = json.loads(file.readline())
        self.assertEqual(record["principal"], "evil")
        self.assertEqual(sorted(record["principals"]), ["evil", "good"])

    def test_permit(self):
        # A block stays what it is, and is no name on a disk.
        program = self.main("""
import importpolicy, os
def act():
    os.umask(os.umask(0))
with importpolicy.permit(net=True, sys=PERMITTED):
    evil.call(retry, act)
""")
        for also in ORDINARY, STRICT:
            policy = {"$permissions": {"evil": {"sys": True}}} | also
            self.allowed(policy, program.replace("PERMITTED", "True"),
                         effect=None)
            self.refused(APPLICATION, policy,
                         program.replace("PERMITTED", "False"), effect=None)

    def test_name_like_one_beyond(self):
        # A directory called so is nobody's other name.
        self.world.write("deps/beyond/__init__.py", ACTOR)
        self.world.write("deps/beyond/good.py", ACTOR)
        for also in ORDINARY, STRICT:
            self.needs("beyond", "from beyond import good\ngood.get()",
                       also=also)

    def test_shown(self):
        for also, walk in ((STRICT, "strict"), (ORDINARY, "application"),
                           ({}, "application")):
            result = self.allowed(also, "import importpolicy\nprint("
                                  "importpolicy.policy().sources[0].walk)",
                                  effect=None)
            self.assertEqual(result.out.strip(), walk)


if __name__ == "__main__":
    unittest.main()
