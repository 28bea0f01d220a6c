"""What is taken away at run time: importpolicy.drop() and permit()."""

import os
import sys
import unittest
from test.test_importpolicy.support import (JudgementTestCase, installed,
                                            mark_of)

# In force, and free of restrictions.
OPEN = {"$permissions": {}}


class ScopeTestCase(JudgementTestCase):

    # `tool.leave(name)` leaves a mark, which needs `write`.
    deps = {
        "worker": """
            def do(function, *args, **kwargs):
                return function(*args, **kwargs)
            """,
    }

    def setUp(self):
        super().setUp()
        self.world.modules(tool=f"""
            import os
            def leave(name):
                open(os.path.join({self.world.path('effects')!r}, name),
                     "w").close()
            def attempt(name):
                try:
                    leave(name)
                except PermissionError as error:
                    return error
            """)

    def program(self, policy, main, *, code=0, **kwargs):
        """The marks that a program leaves."""
        result = self.judge(policy, "import importpolicy, tool\n"
                            "from importpolicy import drop, permit\n"
                            "from tool import attempt, leave\n"
                            + self.dedent(main), **kwargs)
        self.assertEqual(result.code, code, result)
        self.result = result
        return self.world.marks()

    @staticmethod
    def dedent(text):
        import textwrap
        return textwrap.dedent(text)

    def narrowed(self, main, marks, policy=OPEN, **kwargs):
        """With the permit, these marks are left; and without it all that
        the program tries to leave (names that begin with `in`, as well)."""
        self.assertEqual(self.program(policy, main, **kwargs), set(marks),
                         self.result)
        free = main.replace("write=False", "write=True")
        self.assertNotEqual(free, main)
        both = self.program(policy, free, **kwargs)
        self.assertLess(set(marks), both)
        self.assertTrue(any(name.startswith("in") for name in both), both)


class BlockTest(ScopeTestCase):

    def test_block(self):
        self.narrowed("""
            attempt("before")
            with permit(write=False):
                attempt("in")
            attempt("after")
            """, ["before", "after"])

    def test_dependency(self):
        self.world.modules(lib="""
            from importpolicy import permit
            from tool import attempt
            def careful(name, function=attempt):
                with permit(write=False):
                    function(name)
                function(name + "_after")
            """)
        self.narrowed("""
            import lib
            with permit(write=False):
                tool.attempt("in1")
            """, [])
        # A dependency narrows itself, and whom it calls.
        marks = self.program(OPEN, "import lib\nlib.careful('a')")
        self.assertEqual(marks, {"a_after"})
        marks = self.program(OPEN, "import lib\n"
                             "lib.careful('a', lambda n: attempt(n))")
        self.assertEqual(marks, {"a_after"})

    def test_targets(self):
        one, two = (self.world.path("effects", n) for n in ("one", "two"))
        marks = self.program(OPEN, f"""
            with permit(write=[{one!r}]):
                attempt("one")
                attempt("two")
            attempt("three")
            """)
        self.assertEqual(marks, {"one", "three"})
        marks = self.program(OPEN, f"""
            with permit(write=["!" + {one!r}]):
                attempt("one")
                attempt("two")
            """)
        self.assertEqual(marks, {"two"})
        marks = self.program(OPEN, f"""
            with permit(write=({two!r}, {one!r})), permit(write={{{two!r}}}):
                attempt("one")
                attempt("two")
            """)
        self.assertEqual(marks, {"two"})

    def test_other_capabilities_stay(self):
        marks = self.program(OPEN, """
            with permit(net=False, read=False, run=[]):
                attempt("write")
                try:
                    open("/etc/hostname")
                except PermissionError:
                    attempt("read_refused")
                import json
            """)
        self.assertEqual(marks, {"write", "read_refused"})

    def test_ways_out(self):
        self.narrowed("""
            try:
                with permit(write=False):
                    attempt("in1")
                    1/0
            except ZeroDivisionError:
                attempt("exception")
            def returns():
                with permit(write=False):
                    return attempt("in2")
            returns()
            attempt("return")
            for i in 1, 2:
                with permit(write=False):
                    attempt("in3")
                    continue
                attempt("never")
            attempt("continue")
            while True:
                with permit(write=False):
                    break
            attempt("break")
            try:
                with permit(write=False):
                    leave("in4")
            except PermissionError:
                attempt("refused")
            attempt("last")
            """.replace('attempt("refused")', "pass"),
            ["exception", "return", "continue", "break", "last"])

    def test_nested(self):
        one, two = (self.world.path("effects", n) for n in ("one", "two"))
        for first, second in ([one], [two]), ([one, two], [two]):
            marks = self.program(OPEN, f"""
                outer, inner = permit(write={first}), permit(write={second})
                with outer:
                    with inner:
                        attempt("one")
                    with inner, outer, inner:
                        attempt("two")
                    attempt("three")
                attempt("four")
                """)
            both = set(first) & set(second)
            self.assertEqual(marks, {"four"} | set(map(os.path.basename,
                                                       both)))

    def test_used_again(self):
        self.narrowed("""
            again = permit(write=False)
            def nest(n):
                with again:
                    attempt("in")
                    if n:
                        nest(n - 1)
                    attempt("in")
            for i in range(3):
                nest(i)
                attempt("out")
            """, ["out"])

    def test_same_function_afterwards(self):
        # The frame's place is used again.
        self.narrowed("""
            def f(how, name):
                if how:
                    with permit(write=False):
                        attempt(name)
                else:
                    attempt(name)
            for i in range(3):
                f(True, "in")
                f(False, "out")
            """, ["out"])

    def test_module_body(self):
        self.world.modules(late="import tool\ntool.attempt('in')\n")
        self.narrowed("""
            with permit(write=False):
                import late
            attempt("out")
            """, ["out"])

    def test_callables_without_a_frame(self):
        self.narrowed("""
            import functools, operator
            with permit(write=False):
                list(map(attempt, ["in1"]))
                functools.partial(attempt, "in2")()
                operator.call(attempt, "in3")
                eval("attempt('in4')")
                exec("attempt('in5')")
                sorted(["in6"], key=attempt)
            attempt("out")
            """, ["out"])

    def test_error(self):
        marks = self.program(OPEN, f"""
            with permit(write=["/nowhere"]) as p:
                error = attempt("x")
            print(error.code, error.line, error.policy == __file__)
            print(error.principal, error.target == {self.world.path(
                "effects", "x")!r}, error.event)
            print(type(p).__name__, p)
            """)
        self.assertEqual(marks, set())
        self.assertEqual(self.result.out, "narrowed 5 True\ntool True open\n"
                         'permit <importpolicy.permit '
                         '{"write":["/nowhere"]}>\n')
        self.assertIn("main.py:5", self.result.err)

    def test_names(self):
        # A permit is nobody, wherever names are shown.
        marks = self.program({"socket": []} | OPEN, """
            import _importpolicy, threading, worker
            with permit(write=False):
                print(_importpolicy.acting())
                print(worker.do(_importpolicy.acting))
                try:
                    worker.do(__import__, "socket")
                except ImportError as error:
                    print(error.principal, [s[0] for s in error.chain])
                def f():
                    try:
                        import socket
                    except ImportError as error:
                        print(error.principal, [s[0] for s in error.chain])
                t = threading.Thread(target=f)
                t.start()
                t.join()
            """, code=0)
        self.assertEqual(self.result.out, "()\n('worker',)\n"
                         "worker ['worker', '__main__']\n"
                         "__main__ ['__main__']\n")
        self.assertNotIn("permit/", self.result.err)

    def test_grants_stay_what_they_are(self):
        # What is granted in the policy is still needed inside.
        effects = self.world.path("effects")
        policy = {"$permissions": {"tool": {"write": False}}}
        for block in "write=True", f"write=[{effects!r}]":
            marks = self.program(policy, f"""
                attempt("out")
                with permit({block}):
                    attempt("in")
                """)
            self.assertEqual(marks, set())
        policy = {"$permissions": {"tool": {"write": [effects]}}}
        marks = self.program(policy, f"""
            with permit(write=["/nowhere", {effects!r}]):
                attempt("in")
            """)
        self.assertEqual(marks, {"in"})

    def test_dependency_cannot_widen(self):
        self.world.modules(evil="""
            from importpolicy import permit
            import tool
            def leave(name):
                with permit(write=["/"]):
                    with permit(write=True):
                        return tool.attempt(name)
            """)
        self.narrowed("""
            import evil
            with permit(write=False):
                evil.leave("in")
            evil.leave("out")
            """, ["out"])
        marks = self.program({"$permissions": {"evil": {"write": False}}},
                             "import evil\nevil.leave('x')")
        self.assertEqual(marks, set())

    def test_environment(self):
        self.program(OPEN, """
            import os
            with permit(env=["ONE"]):
                print(os.environ.get("ONE"), os.environ.get("TWO"))
                print("TWO" in os.environ, "TWO" in dict(os.environ))
            print(os.environ.get("ONE"), os.environ.get("TWO"))
            """, env={"ONE": "1", "TWO": "2"})
        self.assertEqual(self.result.out, "1 None\nFalse False\n1 2\n")

    def test_environment_as_a_file(self):
        # The application may read it, unless a permit is about it.
        self.program(OPEN, """
            def look():
                try:
                    with open("/proc/self/environ", "rb") as file:
                        return b"TWO=2" in file.read()
                except OSError:
                    return False
            print(look())
            with permit(env=["ONE"]):
                print(look())
            with permit(net=False):
                print(look())
            """, env={"ONE": "1", "TWO": "2"})
        self.assertEqual(self.result.out, "True\nFalse\nTrue\n")

    def test_protected_files(self):
        # Those are the application's also in a block about something else.
        self.program(OPEN, """
            import os
            path = os.path.join(os.path.dirname(__file__), "policy.json")
            with permit(net=False):
                open(path, "a").close()
            try:
                with permit(write=["/nowhere"]):
                    open(path, "a").close()
            except PermissionError as error:
                print(error.code)
            """)
        self.assertEqual(self.result.out, "narrowed\n")

    def test_patch(self):
        main = """
            import enum, json
            class C(enum.Enum):
                A = 1
            def change():
                try:
                    json.x = 1
                    json.JSONDecoder.x = 1
                    return True
                except PermissionError as error:
                    return error.code
            print(change())
            try:
                with permit(patch=False):
                    print(change())
                print(change())
                drop("patch")
                print(change())
            except RuntimeError as error:
                print(error)
            """
        self.program({"$permissions": {"nobody": {"patch": False}}}, main)
        self.assertEqual(self.result.out, "True\nnarrowed\nTrue\ndropped\n")
        self.program(OPEN, main)
        self.assertEqual(self.result.out, "True\npermit(patch=...) needs a "
                         "policy that speaks of patch\n")

    def test_audit_mode(self):
        marks = self.program(OPEN | {"$mode": "audit"}, f"""
            import os, worker
            with permit(write=False):
                worker.do(os.mkdir, {self.world.path("effects", "in")!r})
            """)
        self.assertEqual(marks, {"in"})
        self.assertIn("importpolicy: audit: worker has no write permission",
                      self.result.err)

    def test_log(self):
        log = self.world.path("log")
        for name in log, os.path.relpath(log, self.world.app):
            self.program(OPEN | {"$log": name}, """
                with permit(write=False):
                    attempt("in")
                drop("write", principal="tool")
                attempt("in2")
                """)
            with open(log, encoding="utf-8") as file:
                records = file.read()
            self.assertEqual(records.count('"verdict": "refused"'), 2)
            self.assertNotIn("permit/", records)
            os.remove(log)


class StartedTest(ScopeTestCase):
    """What the block starts stays narrowed."""

    def test_thread(self):
        self.narrowed("""
            import threading
            gate = threading.Event()
            def later(name):
                gate.wait()
                attempt(name)
            def start(name):
                t = threading.Thread(target=later, args=(name,))
                t.start()
                return t
            with permit(write=False):
                inside = start("in")
            outside = start("out")
            gate.set()
            inside.join()
            outside.join()
            """, ["out"])

    def test_thread_of_a_thread(self):
        self.narrowed("""
            import threading
            def run(function, *args):
                t = threading.Thread(target=function, args=args)
                t.start()
                t.join()
            with permit(write=False):
                run(run, attempt, "in")
            run(run, attempt, "out")
            """, ["out"])

    def test_block_in_another_thread(self):
        self.narrowed("""
            import threading
            entered, done = threading.Event(), threading.Event()
            def other():
                with permit(write=False):
                    entered.set()
                    done.wait()
                    attempt("in")
            t = threading.Thread(target=other)
            t.start()
            entered.wait()
            attempt("out")
            done.set()
            t.join()
            """, ["out"])

    def test_executor(self):
        self.narrowed("""
            from concurrent.futures import ThreadPoolExecutor
            with ThreadPoolExecutor(1) as pool:
                pool.submit(int).result()
                with permit(write=False):
                    inside = pool.submit(attempt, "in")
                outside = pool.submit(attempt, "out")
            """, ["out"])

    def test_tasks(self):
        self.narrowed("""
            import asyncio
            async def later(name):
                await asyncio.sleep(0.01)
                attempt(name)
            async def direct(name):
                with permit(write=False):
                    await later(name)
                await later("after")
            async def main():
                with permit(write=False):
                    inside = asyncio.create_task(later("in1"))
                    asyncio.get_running_loop().call_soon(attempt, "in2")
                    asyncio.get_running_loop().call_later(0.01, attempt,
                                                          "in3")
                outside = asyncio.create_task(later("out"))
                await asyncio.gather(inside, outside, direct("in4"))
                with permit(write=False):
                    await asyncio.gather(later("in5"),
                                         asyncio.to_thread(attempt, "in6"))
                await asyncio.sleep(0.05)
            asyncio.run(main())
            """, ["out", "after"])

    def test_other_task_while_suspended(self):
        self.narrowed("""
            import asyncio
            async def narrow(entered, leave):
                with permit(write=False):
                    entered.set()
                    await leave.wait()
                    attempt("in")
            async def main():
                entered, leave = asyncio.Event(), asyncio.Event()
                task = asyncio.create_task(narrow(entered, leave))
                await entered.wait()
                attempt("out")
                leave.set()
                await task
            asyncio.run(main())
            """, ["out"])

    def test_callbacks(self):
        self.narrowed("""
            import atexit, gc, signal, weakref
            from concurrent.futures import Future
            class Thing:
                pass
            things = {}
            def register(name):
                thing = things[name] = Thing()
                weakref.finalize(thing, attempt, name + "1")
                thing.ref = weakref.ref(thing, lambda r: None)
                future = things[name + "_future"] = Future()
                future.add_done_callback(lambda f: attempt(name + "2"))
                atexit.register(attempt, name + "3")
                signal.signal(signal.SIGUSR1 if name == "in"
                              else signal.SIGUSR2,
                              lambda *args: attempt(name + "4"))
            with permit(write=False):
                register("in")
            register("out")
            for name in "in", "out":
                del things[name]
                things[name + "_future"].set_result(None)
            gc.collect()
            signal.raise_signal(signal.SIGUSR1)
            signal.raise_signal(signal.SIGUSR2)
            """, ["out1", "out2", "out3", "out4"])

    def test_child(self):
        child = "import tool; tool.attempt({!r})"
        grandchild = ("import subprocess, sys; "
                      f"subprocess.run([sys.executable, '-c', "
                      f"{child.format('in2')!r}])")
        self.narrowed(f"""
            import os, subprocess, sys
            def run(code):
                subprocess.run([sys.executable, "-c", code],
                               stdout=subprocess.PIPE)
            with permit(write=False):
                run({child.format("in1")!r})
                run({grandchild!r})
                os.system(f'{{sys.executable}} -c "import tool; '
                          'tool.attempt(\\'in3\\')"')
            run({child.format("out")!r})
            """, ["out"])

    def test_child_with_targets(self):
        one = self.world.path("effects", 'one \u20ac"')
        marks = self.program(OPEN, f"""
            import subprocess, sys
            with permit(write=[{one!r}]):
                subprocess.run([sys.executable, "-c", "import tool\\n"
                    "print(tool.attempt('one \u20ac\\"'))\\n"
                    "print(tool.attempt('two').code)"])
            """)
        self.assertEqual(marks, {os.path.basename(one)}, self.result)
        self.assertEqual(self.result.out, "None\nnarrowed\n")

    def test_message_in_a_child(self):
        # It names who entered the block, and not the host that started the
        # child for it; and what the block would have to say.
        self.world.modules(runner="""
            import subprocess, sys
            def run(code):
                subprocess.run([sys.executable, "-c", code])
            """, lib="""
            import importpolicy, runner
            def careful(code):
                with importpolicy.permit(write=False):
                    runner.run(code)
            """)
        one = self.world.path("app", "one")
        self.program({"$hosts": ["runner"]}, f"""
            import lib
            lib.careful("open({one!r}, 'w')")
            """)
        self.assertFalse(os.path.exists(one))
        self.assertEqual(self.named(self.result), "lib", self.result)
        self.assertIn('to allow it, say write=["$APP/one"] there\n',
                      self.result.err)

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork()")
    def test_fork(self):
        self.narrowed("""
            import os
            def fork(name):
                pid = os.fork()
                if not pid:
                    attempt(name)
                    os._exit(0)
                os.waitpid(pid, 0)
            with permit(write=False):
                fork("in")
            fork("out")
            """, ["out"])

    def test_interpreter(self):
        self.narrowed("""
            import _interpreters
            def run(interpreter, name):
                failure = _interpreters.run_string(
                    interpreter, f"import tool; tool.attempt({name!r})")
                assert failure is None, failure
            with permit(write=False):
                inside = _interpreters.create()
                run(inside, "in1")
            run(_interpreters.create(), "out")
            """, ["out"])

    def test_handed_down_note_that_is_none(self):
        # Whoever forges one gets no interpreter, rather than a free one.
        variable = '{"version":2,"key":"0000000000000007",' \
                   '"policies":[{"path":"%s",' \
                   '"mark":"%s","origin":"beside the script"}],' \
                   '"application":[],"dropped":[%s],"principals":[%s]}'
        path = self.world.policy(OPEN)
        mark = mark_of(path, key=7)
        for dropped, principals, code in (
            ("", "", 0),
            ('"drop/1 \\"$permissions\\":'
             '{\\"__main__\\":{\\"net\\":false}}\\nf"', "", 0),
            ('"drop/1 \\"$permissions\\":'
             '{\\"__main__\\":{\\"net\\":5}}\\nf"', "", 2),
            ('"drop/1 {"', "", 2), ('"x"', "", 2),
            ("", '"permit/1 \\"$permissions\\":'
             '{\\"permit\\":{\\"net\\":false}}\\nf"', 0),
            ("", '"permit/1 \\"$permissions\\":'
             '{\\"permit\\":{\\"nett\\":false}}\\nf"', 2),
            ("", '"permit/"', 2),
        ):
            with self.subTest(dropped=dropped, principals=principals):
                env = self.world.environment(_PYTHON_IMPORTPOLICY=variable % (
                    path, mark, dropped, principals))
                import subprocess
                result = subprocess.run(
                    [sys.executable, "-c", "print('ran')"], env=env,
                    cwd=self.world.app, capture_output=True, text=True)
                self.assertEqual(result.returncode, code, result)
                self.assertEqual(result.stdout, "" if code else "ran\n")


class GeneratorTest(ScopeTestCase):

    def test_generator(self):
        self.narrowed("""
            def steps():
                attempt("first")
                with permit(write=False):
                    attempt("in1")
                    yield
                    attempt("in2")
                    yield
                attempt("last")
                yield
            g = steps()
            next(g)
            attempt("between")
            next(g)
            attempt("between2")
            next(g)
            """, ["first", "between", "between2", "last"])

    def test_generator_of_the_block(self):
        # It is judged where it runs.
        self.narrowed("""
            def steps():
                attempt((yield))
                attempt((yield))
                yield
            with permit(write=False):
                g = steps()
                next(g)
                g.send("in")
            g.send("out")
            """, ["out"])

    def test_closed_and_thrown(self):
        self.narrowed("""
            def steps():
                try:
                    with permit(write=False):
                        attempt("in")
                        yield
                finally:
                    attempt("out")
                yield
            g = steps()
            next(g)
            g.close()
            g = steps()
            next(g)
            del g
            attempt("after")
            """, ["out", "after"])

    def test_abandoned(self):
        # Frames that are cleared leave nothing behind.
        self.narrowed("""
            def steps():
                with permit(write=False):
                    attempt("in")
                    yield
            def plain(name):
                attempt(name)
                yield
            for i in range(5):
                g = steps()
                next(g)
                del g
                next(plain("out"))
            """, ["out"])

    def test_contextmanager(self):
        # It narrows its own frame, which is suspended: documented.
        marks = self.program(OPEN, """
            import contextlib
            @contextlib.contextmanager
            def narrow():
                with permit(write=False):
                    attempt("in")
                    yield
            with narrow():
                attempt("out")
            """)
        self.assertEqual(marks, {"out"})

    def test_async_generator(self):
        self.narrowed("""
            import asyncio
            async def steps():
                with permit(write=False):
                    yield attempt("in1")
                    await asyncio.sleep(0)
                    yield attempt("in2")
            async def main():
                async for _ in steps():
                    attempt("out")
            asyncio.run(main())
            """, ["out"])


class GreenletTest(ScopeTestCase):
    """A greenlet is narrowed by what it was made and started in."""

    def setUp(self):
        super().setUp()
        self.site = installed(self, "greenlet")

    def narrowed(self, main, marks, **kwargs):
        env = {"PYTHONPATH": os.pathsep.join([self.world.deps, self.site])}
        super().narrowed("from greenlet import greenlet\n"
                         + self.dedent(main), marks, env=env, **kwargs)

    def test_started_in_a_block(self):
        self.narrowed("""
            with permit(write=False):
                greenlet(lambda: attempt("in1")).switch()
                greenlet(attempt).switch("in2")
                greenlet(lambda: greenlet(attempt).switch("in3")).switch()
            greenlet(lambda: attempt("after")).switch()
            """, ["after"])

    def test_by_a_dependency(self):
        # Under a policy that restricts nothing of what it does.
        self.world.modules(lib="""
            from greenlet import greenlet
            from tool import attempt
            def escape(name):
                greenlet(lambda: attempt(name)).switch()
            """)
        self.narrowed("""
            import lib
            with permit(write=False):
                lib.escape("in")
            """, [])

    def test_made_before(self):
        self.narrowed("""
            other = greenlet(lambda: attempt("in"))
            with permit(write=False):
                other.switch()
            """, [])

    def test_entered_in_a_greenlet(self):
        # Gone with the greenlet when it is switched away from, and back
        # with it.
        self.narrowed("""
            main = greenlet.getcurrent()
            def run():
                attempt("first")
                with permit(write=False):
                    attempt("in1")
                    main.switch()
                    attempt("in2")
                    main.switch()
                attempt("last")
            worker = greenlet(run)
            worker.switch()
            attempt("between1")
            worker.switch()
            attempt("between2")
            worker.switch()
            attempt("end")
            """.replace("greenlet.getcurrent", "__import__('greenlet')"
                        ".getcurrent"),
            ["first", "between1", "between2", "last", "end"])

    def test_others_in_the_meantime(self):
        # By more than need be, as long as the block is open.
        self.narrowed("""
            main = __import__('greenlet').getcurrent()
            def run():
                with permit(write=False):
                    main.switch()
            worker = greenlet(run)
            worker.switch()
            greenlet(lambda: attempt("in")).switch()
            attempt("main")
            worker.switch()
            greenlet(lambda: attempt("after")).switch()
            """, ["main", "after"])

    def test_another_thread(self):
        # A block is a matter of its thread.
        self.narrowed("""
            import threading
            def run():
                with permit(write=False):
                    attempt("in")
                    entered.set()
                    go_on.wait()
            entered, go_on = threading.Event(), threading.Event()
            thread = threading.Thread(target=run)
            thread.start()
            entered.wait()
            greenlet(lambda: attempt("beside")).switch()
            go_on.set()
            thread.join()
            """, ["beside"])

    def test_goes_on_after_the_block(self):
        self.narrowed("""
            with permit(write=False):
                other = greenlet(lambda: attempt("in"))
            other.switch()
            greenlet(lambda: attempt("after")).switch()
            """, ["after"])

    def test_whatever_makes_it(self):
        # Classes that derive from it, in Python and in C, with and without a
        # __new__, __init__ or __getattribute__ of their own; the one that the
        # module has besides; what a greenlet makes in its turn.
        self.narrowed("""
            import greenlet as module

            class Plain(greenlet):
                def run(self, name):
                    attempt(name)
            class Made(Plain):
                def __new__(cls, name):
                    return greenlet.__new__(cls)
                def __init__(self, name):
                    pass
            class Hidden(greenlet):
                def __getattribute__(self, name):
                    return attempt if name == "run" else \
                        greenlet.__getattribute__(self, name)
            class Late(greenlet):
                pass
            Another = module._greenlet.UnswitchableGreenlet
            makers = [Plain, lambda: Made("in"), Hidden,
                      lambda: greenlet(attempt),
                      lambda: Another(attempt),
                      lambda: greenlet(lambda name:
                                       greenlet(attempt).switch(name)),
                      lambda: greenlet.__new__(Plain),
                      lambda: type.__call__(Hidden)]
            with permit(write=False):
                made = [make() for make in makers]
                late = Late()
            late.run = attempt
            for n, one in enumerate([*made, late]):
                one.switch(f"in{n}")
            for n, one in enumerate([make() for make in makers]):
                one.switch(f"out{n}")
            """, [f"out{n}" for n in range(8)])

    def test_begun_in_the_block(self):
        # It goes on where it stopped, narrowed; the thread's own stack and
        # other greenlets do not.
        self.narrowed("""
            import greenlet as module
            main = module.getcurrent()
            def run():
                attempt("in1")
                main.switch()
                attempt("in2")
            free = greenlet(lambda: attempt("free"))
            with permit(write=False):
                other = greenlet(run)
                other.switch()
            attempt("out")
            other.switch()
            free.switch()
            """, ["out", "free"])

    def test_address_used_again(self):
        self.narrowed("""
            made = set()
            with permit(write=False):
                greenlet(attempt).switch("in")
                for n in range(50):
                    made.add(id(greenlet(attempt)))
            again = []
            while not any(id(one) in made for one in again[-1:]):
                again.append(greenlet(attempt))
            again[-1].switch("out")
            """, ["out"])

    def test_contexts_do_not_matter(self):
        self.narrowed("""
            import contextvars
            with permit(write=False):
                other = greenlet(lambda: attempt("in"))
            other.gr_context = contextvars.Context()
            other.switch()
            """, [])

    def test_gevent(self):
        # Its classes are compiled, and make greenlets in C.
        installed(self, "gevent")
        self.narrowed("""
            import gevent
            from gevent.pool import Pool
            pool = Pool(2)
            gevent.sleep()              # its hub has begun
            with permit(write=False):
                made = [gevent.spawn(attempt, "in1"),
                        pool.spawn(attempt, "in2"),
                        gevent.spawn_later(0.001, attempt, "in3")]
            gevent.joinall(made)
            made = [gevent.spawn(attempt, "after1"),
                    pool.spawn(attempt, "after2"),
                    gevent.spawn_later(0.001, attempt, "after3")]
            gevent.joinall(made)
            """, ["after1", "after2", "after3"])

    def test_two_permits(self):
        # Each holds for what was made in it.
        self.narrowed("""
            with permit(write=True):
                wide = greenlet(lambda: attempt("wide"))
                with permit(write=False):
                    narrow = greenlet(lambda: attempt("in"))
                second = greenlet(lambda: attempt("second"))
            for one in wide, narrow, second:
                one.switch()
            """, ["wide", "second"])


class EscapeTest(ScopeTestCase):

    def escapes(self, evil, main=None, **kwargs):
        """A dependency that is called in the block and tries to get out."""
        self.world.modules(evil=evil)
        self.narrowed(main or """
            import evil
            evil.prepare()
            with permit(write=False):
                evil.escape()
                attempt("in1")
            attempt("out")
            """, ["out"], **kwargs)

    def test_exit_by_hand(self):
        self.escapes("""
            import gc, sys, tool, importpolicy
            prepare = int
            def escape():
                found = 0
                names = sys._getframe(1).f_locals
                for thing in [*gc.get_objects(), *names.values(),
                              *gc.get_referents(sys._getframe(1))]:
                    if "ermit" in type(thing).__name__:
                        for args in (), (None,) * 3:
                            for call in thing, getattr(thing, "__exit__",
                                                       None):
                                try:
                                    call(*args)
                                except (RuntimeError, TypeError):
                                    found += 1
                tool.attempt("in2")
            """, """
            import evil
            p = permit(write=False)
            with p as q:
                evil.escape()
                attempt("in1")
            attempt("out")
            """)

    def test_exit_in_the_block(self):
        # The application itself cannot do it either.
        self.narrowed("""
            p = permit(write=False)
            with p:
                try:
                    p.__exit__(None, None, None)
                except RuntimeError:
                    pass
                type(p).__exit__.__get__(p)
                attempt("in")
                exit = p.__exit__
            try:
                exit(None, None, None)
            except RuntimeError as error:
                attempt("out")
            """, ["out"])

    def test_exit_as_somebody_elses(self):
        # Another with statement of the same frame calls it.
        self.narrowed("""
            p = permit(write=False)
            with p:
                class Fake:
                    __enter__ = int
                    __exit__ = p.__exit__
                try:
                    with Fake():
                        pass
                except (RuntimeError, TypeError):
                    pass
                attempt("in")
            attempt("out")
            """, ["out"])

    def test_entered_by_hand(self):
        marks = self.program(OPEN, """
            import contextlib, threading
            p = permit(write=False)
            errors = []
            def attempts():
                try:
                    p.__enter__()
                except RuntimeError as error:
                    errors.append(str(error))
                try:
                    with contextlib.ExitStack() as stack:
                        stack.enter_context(p)
                        attempt("never")
                except RuntimeError as error:
                    errors.append(str(error))
            attempts()
            t = threading.Thread(target=attempts)
            t.start()
            t.join()
            async def main():
                async with p:
                    attempt("never")
            try:
                main().send(None)
            except TypeError:
                errors.append("no async")
            print(len(errors), set(errors))
            attempt("out")
            """)
        self.assertEqual(marks, {"out"})
        self.assertIn("5 ", self.result.out)
        self.assertIn("a permit is entered by a with statement, and by "
                      "nothing else", self.result.out)

    def test_exited_in_another_thread(self):
        self.narrowed("""
            import threading
            p = permit(write=False)
            def leave():
                try:
                    p.__exit__(None, None, None)
                except RuntimeError:
                    pass
            with p:
                t = threading.Thread(target=leave)
                t.start()
                t.join()
                attempt("in")
            attempt("out")
            """, ["out"])

    def test_module_replaced(self):
        self.escapes("""
            import sys, tool
            prepare = int
            def escape():
                import importpolicy, _importpolicy
                importpolicy.permit = _importpolicy.permit = None
                importpolicy.AccessDenied = None
                for name in "importpolicy", "_importpolicy":
                    del sys.modules[name]
                import importpolicy
                with importpolicy.permit(write=True):
                    tool.attempt("in2")
                tool.attempt("in3")
            """)

    def test_type_is_immutable(self):
        self.program(OPEN, """
            for text in ("permit.__exit__ = 1", "permit.__enter__ = 1",
                         "permit.x = 1", "permit(net=True).x = 1",
                         "type('P', (permit,), {})",
                         "type(permit(net=True).__exit__)()",
                         "object.__new__(permit)",
                         "import copy; copy.copy(permit(net=True))",
                         "import pickle; pickle.dumps(permit(net=True))"):
                try:
                    exec(text)
                except (TypeError, AttributeError):
                    pass
                else:
                    print(text)
            """)
        self.assertEqual(self.result.out, "")

    def test_frame_locals_and_trace(self):
        self.escapes("""
            import sys, tool
            prepare = int
            def escape():
                frame = sys._getframe(1)
                frame.f_locals["p"] = None
                try:
                    frame.clear()
                except RuntimeError:
                    pass
                tool.attempt("in2")
            """, """
            import evil
            def main():
                p = permit(write=False)
                with p:
                    evil.escape()
                    attempt("in1")
                attempt("out")
            main()
            """)

    def test_without_a_policy(self):
        result = self.world.run("""
            import importpolicy
            for f in importpolicy.permit, importpolicy.drop:
                try:
                    f(net=[])
                except RuntimeError as error:
                    print(error)
            """)
        self.assertEqual(result.out.count("no import policy is in force"), 2,
                         result)


class ArgumentsTest(ScopeTestCase):

    def test_errors(self):
        cases = {
            "permit()": "TypeError: permit() needs at least one capability, "
                        "as in permit(net=False), or modules, as in "
                        "permit(imports=[\"json\"])",
            "permit('net')": "TypeError: permit() takes keyword arguments "
                             "only, as in permit(net=[\"example.com:443\"])",
            "permit(nett=False)": "ValueError: permit(): 'nett' is no "
                                  "capability; did you mean 'net'?",
            "permit(**{'os.kill': False})":
                "ValueError: permit(): 'os.kill' is no capability; there are "
                "net, read, write, run, env, ffi, patch, sys, code and "
                "introspect, and imports for modules",
            "permit(net='x')": "TypeError: permit(net=...) takes True, False "
                               "or a list of targets, not str",
            "permit(net=0)": "TypeError: permit(net=...) takes True, False "
                             "or a list of targets, not int",
            "permit(net=[1])": "TypeError: a target must be a str, not int",
            "permit(net=['a\\0'])": "ValueError: a target must not contain a "
                                    "null character",
            "permit(code=['x'])": "ValueError: permit(code=...): this "
                                  "capability has no targets; write True or "
                                  "False",
            "drop()": "TypeError: drop() needs at least one capability, as "
                      "in drop(\"net\") or drop(net=[\"example.com\"]), "
                      "or modules, as in drop(imports=[\"ctypes\"])",
            "drop('nett')": "ValueError: drop(): 'nett' is no capability; "
                            "did you mean 'net'?",
            "drop(1)": "TypeError: a capability must be a str, not int",
            "drop(net=False)": "ValueError: drop(net=...): False takes "
                               "nothing away; write True for all, or a list "
                               "of targets",
            "drop(net=[])": "ValueError: drop(net=...): nothing is listed; "
                            "write targets, or True for all",
            "drop(net=['!a.com'])": "ValueError: drop(net=...): a target "
                                    "that is dropped is written without "
                                    "\"!\"",
            "drop('net', net=True)": "TypeError: drop() names 'net' twice",
            "drop('net', principal=1)": "TypeError: principal must be a "
                                        "str, not int",
        }
        self.program(OPEN, f"""
            for text in {list(cases)!r}:
                try:
                    eval(text)
                    print("nothing")
                except Exception as error:
                    print(f"{{type(error).__name__}}: {{error}}")
            attempt("all")
            """)
        self.assertEqual(self.result.out.splitlines(), list(cases.values()))
        self.program(OPEN, """
            for target in "a b", "http://example.com", "":
                for f in permit, drop:
                    try:
                        f(net=[target])
                        print("nothing")
                    except ValueError as error:
                        print(str(error).startswith(f.__name__ + "(net="))
            """)
        self.assertEqual(self.result.out, "True\n" * 6)


class DropTest(ScopeTestCase):

    def dropped(self, call, marks, rest="", *, policy=OPEN, before=""):
        """attempt("in") before and after the call."""
        main = f"{before}\nattempt('before')\n%s\nattempt('in')\n{rest}"
        self.assertEqual(self.program(policy, main % call), set(marks),
                         self.result)
        self.assertIn("in", self.program(policy, main % ""), self.result)

    def test_application(self):
        main = f"""
            def own(name):
                try:
                    open({self.world.path("effects")!r} + "/" + name, "w")
                except PermissionError as error:
                    print(error.code, error.principal, error.line)
            own("before")
            %s
            own("in")
            attempt("other")
            """
        for call in ("drop('write')", "drop(write=True)",
                     "drop('write', 'read', 'net')",
                     "drop('write', principal='__main__')"):
            with self.subTest(call=call):
                marks = self.program(OPEN, main % call)
                self.assertEqual(marks, {"before", "other"})
                self.assertEqual(self.result.out, "dropped __main__ 11\n")
        self.assertEqual(self.program(OPEN, main % ""),
                         {"before", "in", "other"})

    def test_from_somebody(self):
        self.dropped("drop('write', principal='tool')", {"before"})
        self.dropped("drop('write', principal='*')", {"before"})
        self.dropped("drop('read', principal='tool')", {"before", "in"})
        self.dropped("drop('write', principal='worker')", {"before", "in"})

    def test_targets(self):
        one = self.world.path("effects", "one")
        self.dropped(f"drop(write=[{one!r}], principal='tool')",
                     {"before", "in", "two"},
                     rest="attempt('one'); attempt('two')")

    def test_never_adds(self):
        policy = {"$permissions": {"tool": {"write": False}}}
        marks = self.program(policy, """
            drop(write=["/nowhere"], principal="tool")
            attempt("one")
            drop("net", principal="tool")
            attempt("two")
            """)
        self.assertEqual(marks, set())

    def test_dependency_drops_its_own(self):
        self.world.modules(lib="""
            import importpolicy
            import tool
            def drop(*args, **kwargs):
                importpolicy.drop(*args, **kwargs)
            def attempt(name):
                tool.attempt(name)
            """)
        rest = "lib.attempt('through')"
        self.dropped("lib.drop('write')", {"before", "in"}, rest,
                     before="import lib")
        self.dropped("lib.drop('write', principal='lib')", {"before", "in"},
                     rest, before="import lib")

    def test_dependency_drops_anothers(self):
        self.world.modules(lib="""
            import importpolicy
            def drop(principal):
                try:
                    importpolicy.drop("write", principal=principal)
                except importpolicy.SecurityError as error:
                    print(error)
            """)
        for name in "tool", "__main__", "*", "li", "lib.x":
            marks = self.program(OPEN, f"""
                import lib
                lib.drop({name!r})
                attempt("in")
                """)
            self.assertEqual(marks, {"in"})
            self.assertEqual(
                self.result.out, "a dependency may drop what is its own, and "
                "nobody else's; only the application may name another "
                "principal\n")

    def test_deferred(self):
        # What a dependency starts is its own call.
        self.world.modules(lib="""
            import importpolicy, threading
            def drop(**kwargs):
                t = threading.Thread(target=importpolicy.drop,
                                     args=("write",), kwargs=kwargs)
                t.start()
                t.join()
            """)
        self.dropped("lib.drop(principal='tool')", {"before", "in"},
                     before="import lib, threading\n"
                            "threading.excepthook = lambda args: None")
        self.assertEqual(self.program(OPEN, "import lib\nlib.drop()\n"
                                      "lib.open = open\nattempt('in')"),
                         {"in"})

    def test_what_rides_on_it(self):
        self.world.distribution("upper", upper="import lower\n",
                                requires=["lower"])
        self.world.distribution("other", other="", requires=["lower"])
        self.world.distribution("lower", lower="""
            import os
            from tool import leave
            """)
        effects = self.world.path("effects")
        tool = {"tool": {"write": True}}
        self.world.modules(tool=f"""
            def attempt(name): pass
            leave = attempt
            """)
        text = f"""
            def attempt(name):
                try:
                    open({effects!r} + "/" + name, "w").close()
                except PermissionError:
                    pass
            """
        self.world.distribution("lower", lower=text)
        main = """
            import lower, upper
            lower.attempt("before")
            %s
            lower.attempt("in")
            lower.attempt("two")
            """
        deny = {"$default": "deny", "upper": "*"}
        for grants, call, marks in (
            ({"upper": {"write": True}}, "", {"before", "in", "two"}),
            ({"upper": {"write": True}}, "drop('write', principal='upper')",
             {"before"}),
            ({"upper": {"write": True}}, "drop('write', principal='other')",
             {"before", "in", "two"}),
            ({"upper": {"write": True}, "other": {"write": True}},
             "drop('write', principal='upper')", {"before", "in", "two"}),
            ({"upper": {"write": True}, "other": {"write": [effects]}},
             "drop('write', principal='upper')", {"before", "in", "two"}),
            ({"upper": {"write": True}, "lower": {"write": True}},
             "drop('write', principal='upper')", {"before", "in", "two"}),
            ({"upper": {"write": True}},
             f"drop(write=[{effects + '/in'!r}], principal='upper')",
             {"before", "two"}),
            ({"upper": {"write": [effects]}},
             f"drop(write=[{effects + '/in'!r}], principal='upper')",
             {"before", "two"}),
            ({"upper": {"write": True}}, "drop('write', principal='*')",
             {"before"}),
        ):
            with self.subTest(grants=grants, call=call):
                policy = {"$default": "deny", "$permissions":
                          grants | {"__main__": True}}
                self.assertEqual(self.program(policy, main % call), marks,
                                 self.result)

    def test_everywhere(self):
        child = "import tool; tool.attempt('in1')"
        self.dropped("drop('write', principal='tool')", {"before"}, f"""
import os, subprocess, sys, threading, _interpreters
for i in range(2):
    t = threading.Thread(target=attempt, args=("in2",))
    t.start()
    t.join()
subprocess.run([sys.executable, "-c", {child!r}], env={{"PYTHONPATH":
               os.environ["PYTHONPATH"]}})
os.system(sys.executable + " -c \\"" + {child!r} + "\\"")
subprocess.run([sys.executable, "-c", "import subprocess, sys; "
                "subprocess.run([sys.executable, '-c', " + repr({child!r})
                + "])"])
_interpreters.run_string(_interpreters.create(), {child!r})
def again():
    import importlib, sys
    for name in "importpolicy", "_importpolicy", "tool":
        sys.modules.pop(name)
    import importpolicy, tool
    tool.attempt("in3")
again()
""")

    def test_in_a_child(self):
        # It is dropped there, and not here.
        marks = self.program(OPEN, """
            import subprocess, sys
            subprocess.run([sys.executable, "-c", "import importpolicy, tool;"
                "importpolicy.drop('write', principal='tool');"
                "tool.attempt('in')"])
            attempt("out")
            """)
        self.assertEqual(marks, {"out"})

    def test_what_was_remembered(self):
        # Answers that have been given before are not given again.
        self.dropped("drop('write', principal='tool')", {"before", "old"},
                     before="for i in range(100): attempt('old')")
        self.program(OPEN, """
            import os, socket, sys
            def kill():
                os.kill(os.getpid(), 0)
            for i in range(100):
                kill()
            sys.audit("os.kill", 1, 2)
            drop("sys")
            try:
                kill()
            except PermissionError as error:
                print(error.event)
            """)
        self.assertEqual(self.result.out, "os.kill\n")

    def test_added_events(self):
        # Some operations are not told to anybody until they are restricted.
        self.program(OPEN, """
            import os
            os.stat("/etc/hostname")
            drop(read=["/etc/hostname"])
            try:
                os.stat("/etc/hostname")
            except PermissionError as error:
                print(error.code)
            os.stat("/")
            """)
        self.assertEqual(self.result.out, "dropped\n")

    def test_shown(self):
        self.program(OPEN, """
            drop(net=["example.com"], principal="tool")
            drop(net=["example.com"], principal="tool")
            sources = importpolicy.policy().sources
            print(len(sources), sources[1].origin, sources[1].file == __file__)
            """)
        self.assertEqual(self.result.out, "2 importpolicy.drop() True\n")

    def test_many(self):
        marks = self.program(OPEN, """
            for i in range(50):
                drop(write=[f"/nowhere/{i}"], principal="tool")
            attempt("in")
            drop("write", principal="tool")
            attempt("out")
            """)
        self.assertEqual(marks, {"in"})


if __name__ == "__main__":
    unittest.main()
