"""Whoever was acting where it was made acts where it runs.

The targets are C functions wherever possible (`__import__` itself): they have
no frame, so that what is inherited is all there is to go by.
"""

import os
import sys
import unittest

from test.support import import_helper
from test.test_importpolicy.support import (
    APPLICATION, JudgementTestCase, installed)

ACTOR = """
    import threading, _thread, time

    def get():
        import vault
        return vault.take()

    def call(function, *args, **kwargs):
        return function(*args, **kwargs)

    def later(function, *args):
        return lambda: function(*args)
    """
MAKER = """
    import greenlet
    def start(name):
        return greenlet.greenlet(__import__)
    def of(function):
        return greenlet.greenlet(function)
    class Own(greenlet.greenlet):
        run = __import__
    def later(function):
        made = greenlet.greenlet(None)
        made.run = function
        return made
    def parent(function):
        # Its result is handed on to another that has not begun.
        return greenlet.greenlet(lambda: "vault",
                                 greenlet.greenlet(function))
    def trace(function):
        greenlet.settrace(lambda *args: function())
    """
# Unraisable and thread exceptions are printed; the mark alone tells whether
# it was had.
WAIT = """
    import time
    def wait(condition):
        for _ in range(2000):
            if condition():
                return
            time.sleep(0.005)
        raise SystemExit("timed out")
    """


class InheritedTestCase(JudgementTestCase):

    deps = {**dict.fromkeys(["good", "evil", "other"], ACTOR), "waiting": WAIT}

    def check(self, names, main, *options, also=None, every=True, **kwargs):
        """Like needs(), for where the exception stays in its thread: the
        effect decides, and the first line on standard error names who."""
        names = names.split()
        policy = {"vault": names} | (also or {})
        result = self.judge(policy, main, *options, **kwargs)
        self.assertRan(result)
        for left_out in names if every else ():
            policy["vault"] = [name for name in names if name != left_out]
            with self.subTest(refused=left_out):
                result = self.judge(policy, main, *options, **kwargs)
                self.assertNotIn("vault", self.world.marks(), result)
                self.assertIn(f"importpolicy: {left_out}", result.err)
                self.assertIn("may not import vault", result.err)


class ThreadTest(InheritedTestCase):

    starts = {
        "Thread": "t = threading.Thread(target=__import__, args=['vault'])\n"
                  "t.start(); t.join()",
        "daemon": "t = threading.Thread(target=__import__, args=['vault'],"
                  " daemon=True)\nt.start(); t.join()",
        "Timer": "t = threading.Timer(0, __import__, ['vault'])\n"
                 "t.start(); t.join()",
        "_thread": "_thread.start_new_thread(__import__, ('vault',))\n"
                   "time.sleep(0.3)",
        "joinable": "_thread.start_joinable_thread("
                    "later(__import__, 'vault')).join()",
    }

    def module(self, start):
        lines = "\n".join("        " + line for line in start.splitlines())
        return ACTOR + "\n    def start():\n" + lines + "\n"

    def test_starter(self):
        for name, start in self.starts.items():
            self.world.modules(good=self.module(start))
            with self.subTest(name):
                self.check("good", "import good; good.start()")

    def test_whole_stack_of_the_starter(self):
        self.world.modules(good=self.module(self.starts["Thread"]))
        self.check("good evil", "import evil, good; evil.call(good.start)")
        self.check("good evil other", """
            import evil, good, other
            other.call(evil.call, good.start)
            """)

    def test_application(self):
        self.check(APPLICATION, """
            import threading
            t = threading.Thread(target=__import__, args=["vault"])
            t.start(); t.join()
            """)

    def test_application_starts_for_a_dependency(self):
        # Here the application's frame is the innermost: it decided.
        self.check(APPLICATION, """
            import evil, threading
            def start():
                t = threading.Thread(target=__import__, args=["vault"])
                t.start(); t.join()
            evil.call(start)
            """)

    def test_target_acts_too(self):
        self.check("good evil", """
            import evil, good, threading
            t = threading.Thread(target=good.call, args=[evil.get])
            t.start(); t.join()
            """)

    def test_made_by_one_started_by_another(self):
        # start() is what makes the thread run, and it does what its maker
        # said.
        self.world.modules(good=ACTOR + """
    def make():
        return threading.Thread(target=__import__, args=["vault"])
    """, evil=ACTOR + """
    def start(thread):
        thread.start()
        thread.join()
    """)
        self.check("evil good", "import evil, good; evil.start(good.make())")

    def test_thread_of_a_thread(self):
        # The second one inherits from the first, whose starter is not there
        # any more.
        self.world.modules(good=self.module(self.starts["Thread"]))
        self.world.modules(evil=ACTOR + """
    def start(target):
        t = threading.Thread(target=target)
        t.start(); t.join()
    """)
        self.check("good evil", "import evil, good; evil.start(good.start)")

    def test_replaced_run(self):
        self.world.modules(evil=ACTOR + """
    import functools
    def start():
        t = threading.Thread()
        t.run = functools.partial(__import__, "vault")
        t.start(); t.join()
    """)
        self.check("evil", "import evil; evil.start()")

    def test_waiting_thread_keeps_its_own(self):
        # Two threads, of two owners, at the same time.
        result = self.judge({"vault": ["good"]}, """
            import evil, good, threading
            barrier = threading.Barrier(2)
            def each(function, out):
                barrier.wait(10)
                for _ in range(200):
                    try:
                        function()
                        out.append(True)
                    except ImportError:
                        out.append(False)
            yes, no = [], []
            threads = [threading.Thread(target=each, args=args)
                       for args in ((good.get, yes), (evil.get, no))]
            for t in threads: t.start()
            for t in threads: t.join()
            print(all(yes), any(no), len(yes), len(no))
            """)
        self.assertEqual(result.out.split(), ["True", "False", "200", "200"],
                         result)


class ExecutorTest(InheritedTestCase):

    def test_submitter(self):
        self.world.modules(good=ACTOR + """
    from concurrent.futures import ThreadPoolExecutor
    def submit(pool):
        return pool.submit(__import__, "vault").result()
    def use():
        with ThreadPoolExecutor(1) as pool:
            submit(pool)
    def map(pool):
        return list(pool.map(__import__, ["vault"]))
    """)
        self.needs("good", "import good; good.use()")
        self.needs("good evil", "import evil, good; evil.call(good.use)")
        self.needs("good", """
            import good
            from concurrent.futures import ThreadPoolExecutor
            good.map(ThreadPoolExecutor(1))
            """)

    def test_pool_with_callables_of_other_kinds(self):
        # What is not there is told as CPython tells it.
        result = self.allowed({"vault": "*"}, """
            import functools, threading
            from multiprocessing.pool import ThreadPool, mapstar
            with ThreadPool(1) as pool:
                mapper = functools.partial(mapstar)
                print(pool._map_async(str, [1, 2], mapper, 1).get())
            class Thread(threading.Thread):
                def __getattr__(self, name):
                    raise AttributeError("no " + name)
            thread = Thread(target=print)
            del thread._args, thread._kwargs
            try:
                thread.run()
            except AttributeError as error:
                print(error)
            """, effect=None)
        self.assertEqual(result.out, "['1', '2']\nno _args\n", result)

    def test_pool_of_a_stranger(self):
        # The thread was started for evil; the work item is good's.
        self.needs("good", """
            import evil, good
            from concurrent.futures import ThreadPoolExecutor
            pool = ThreadPoolExecutor(1)
            evil.call(pool.submit, int).result()
            good.call(pool.submit, __import__, "vault").result()
            """)

    def test_stranger_in_the_pool_of_another(self):
        self.needs("evil", """
            import evil, good
            from concurrent.futures import ThreadPoolExecutor
            pool = ThreadPoolExecutor(1)
            good.call(pool.submit, int).result()
            evil.call(pool.submit, __import__, "vault").result()
            """)

    def test_application_in_the_pool_of_a_stranger(self):
        self.needs(APPLICATION, """
            import evil
            from concurrent.futures import ThreadPoolExecutor
            pool = ThreadPoolExecutor(1)
            evil.call(pool.submit, int).result()
            pool.submit(__import__, "vault").result()
            """)

    def test_changed_work_item(self):
        # What was submitted is what is done, or it is nobody's order.
        own = self.own
        self.check_changes("item.fn = " + own,
                           "item.args = ('vault',)",
                           "item.kwargs['globals'] = item.args = ('vault',)",
                           "item.future.set_running_or_notify_cancel = " + own,
                           "item.future.set_result = " + own,
                           "item.future.__class__ = Future")

    def test_changed_lock(self):
        self.check_changes("item.future._condition = Condition()")

    own = "functools.partial(__import__, 'vault')"

    def check_changes(self, *changes):
        own = self.own
        for change in changes:
            self.world.modules(evil=f"""
                import functools, gc
                from concurrent import futures
                from concurrent.futures import thread
                class Condition:
                    __enter__ = staticmethod({own})
                    __exit__ = staticmethod(lambda *args: None)
                    notify_all = acquire = release = wait = lambda *args: None
                class Future(futures.Future):
                    set_result = staticmethod({own})
                def change():
                    item, = [item for item in gc.get_objects()
                             if type(item) is thread._WorkItem and item.args]
                    {change}
                """)
            program = """
                import evil, threading
                from concurrent.futures import ThreadPoolExecutor
                pool = ThreadPoolExecutor(1)
                ready, go = threading.Event(), threading.Event()
                def block():
                    ready.set()
                    go.wait(30)
                pool.submit(block)
                ready.wait(30)
                future = pool.submit(__import__, "sched")
                evil.change()
                go.set()
                pool.shutdown()
                """
            with self.subTest(change):
                result = self.judge({"vault": ["__main__"]}, program)
                self.assertNotIn("evil.py", result.err)
                self.assertEqual(self.world.marks(), set())

    def test_work_item_made_by_hand(self):
        # One that nobody captured, or with another one's capture.
        for how in ("item = thread._WorkItem.__new__(thread._WorkItem)\n"
                    "    item.future = Future()\n"
                    "    item.fn, item.args, item.kwargs = "
                    "__import__, ('vault',), {}",
                    "item = thread._WorkItem(Future(), __import__, ('vault',),"
                    " {})\n    item._captured = other._captured",
                    "class Own(thread._WorkItem):\n"
                    "        fn = property(lambda self: next(FUNCTIONS))\n"
                    "        __init__ = lambda self: None\n"
                    "    FUNCTIONS = iter([other.fn, __import__])\n"
                    "    item = Own()\n"
                    "    item.future = Future()\n"
                    "    item.args, item.kwargs = other.args, other.kwargs\n"
                    "    item._captured = other._captured"):
            self.world.write("deps/evil.py", f"""\
from concurrent.futures import Future, thread
def make(other):
    {how}
    return item
""")
            program = """
                import evil
                from concurrent.futures import Future, thread
                other = thread._WorkItem(Future(), __import__, ("vault",), {})
                try:
                    item = evil.make(other)
                except AttributeError:
                    raise SystemExit
                item.run()
                """
            with self.subTest(how):
                self.judge({"vault": ["__main__"]}, program)
                self.assertEqual(self.world.marks(), set())

    def test_initializer(self):
        # Whoever gave it to the pool wanted it, and not who first submits.
        program = """
            import evil, good
            from concurrent.futures import ThreadPoolExecutor
            pool = MAKE
            evil.call(pool.submit, int).result()
            """
        make = "ThreadPoolExecutor, 1, '', __import__, ['vault'])"
        self.needs(APPLICATION, program.replace(
            "MAKE", "ThreadPoolExecutor(1, '', __import__, ['vault'])"),
            every=False)
        self.needs("good", program.replace("MAKE", "good.call(" + make),
                   every=False)

    def test_changed_initializer(self):
        self.world.modules(evil="""
            def change(pool):
                pool._initializer, pool._initargs = __import__, ["vault"]
            """)
        self.judge({"vault": ["__main__"]}, """
            import evil
            from concurrent.futures import ThreadPoolExecutor
            pool = ThreadPoolExecutor(1)
            evil.change(pool)
            try:
                pool.submit(int).result()
            except Exception:
                pass
            """)
        self.assertEqual(self.world.marks(), set())

    def test_queue_filled_by_hand(self):
        self.world.modules(evil="""
            import functools, types
            def fill(queue):
                item = types.SimpleNamespace(
                    run=functools.partial(__import__, "vault"))
                queue.put(item)
            """)
        program = """
            import evil
            from concurrent.futures import ThreadPoolExecutor
            pool = ThreadPoolExecutor(1)
            evil.fill(pool._work_queue)
            try:
                pool.submit(int).result(timeout=1)
            except TimeoutError:
                pool.shutdown(cancel_futures=True)
            """
        self.judge({"vault": ["__main__", "evil"]}, program)
        self.assertEqual(self.world.marks(), set())
        self.judge({"vault": "*"}, program)
        self.assertEqual(self.world.marks(), {"vault"})


class ThreadPoolTest(InheritedTestCase):
    """multiprocessing's pool of threads has work items as well."""

    def test_submitter(self):
        for way in ("apply(__import__, ['vault'])",
                    "apply_async(__import__, ['vault']).get()",
                    "map(__import__, ['vault'])",
                    "starmap(__import__, [('vault',)])",
                    "map_async(__import__, ['vault']).get()",
                    "starmap_async(__import__, [('vault',)]).get()",
                    "imap(__import__, ['vault']).next()",
                    "imap_unordered(__import__, ['vault']).next()"):
            self.world.modules(evil=f"def use(pool):\n    pool.{way}\n")
            with self.subTest(way):
                self.needs("evil", """
                    import evil
                    from multiprocessing.pool import ThreadPool
                    with ThreadPool(1) as pool:
                        pool.apply(int)
                        evil.use(pool)
                    """)

    def test_function_of_another(self):
        self.needs("good evil", """
            import evil, good
            from multiprocessing.pool import ThreadPool
            with ThreadPool(1) as pool:
                evil.call(pool.apply, good.get)
            """)

    def test_pool_of_a_stranger(self):
        self.needs("good", """
            import evil, good
            from multiprocessing.pool import ThreadPool
            pool = evil.call(ThreadPool, 1)
            good.call(pool.apply, __import__, ["vault"])
            """)
        self.needs(APPLICATION, """
            import evil
            from multiprocessing.pool import ThreadPool
            pool = evil.call(ThreadPool, 1)
            pool.apply(__import__, ["vault"])
            """)


class CallbackTest(InheritedTestCase):
    """Who registered it wanted it, and not who completes what it waits for."""

    deps = {"good": ACTOR + """
    def take(future):
        return get()
    """, "evil": ACTOR + """
    import functools
    def register(future, callback=None):
        future.add_done_callback(callback or
                                 functools.partial(__import__, "vault"))
    """}

    ASYNCIO = """
        import asyncio, evil, good
        async def main():
            future = KIND
            REGISTER
            await asyncio.sleep(0)
            future.set_result(1)
            await asyncio.sleep(0.01)
        asyncio.run(main())
        """

    def asyncio(self, names, kind, register):
        self.check(names, self.ASYNCIO.replace("KIND", kind)
                   .replace("REGISTER", register))

    def test_asyncio(self):
        for kind in ("asyncio.get_running_loop().create_future()",
                     "asyncio.futures._PyFuture()"):
            with self.subTest(kind):
                self.asyncio("evil", kind, "evil.register(future)")
                self.asyncio("evil good", kind,
                             "evil.register(future, good.take)")
                self.asyncio("good", kind,
                             "future.add_done_callback(good.take)")

    def test_asyncio_after_others(self):
        # The second and the third are kept elsewhere than the first.
        for kind in ("asyncio.get_running_loop().create_future()",
                     "asyncio.futures._PyFuture()"):
            with self.subTest(kind):
                self.asyncio("evil", kind,
                             "future.add_done_callback(print)\n"
                             "            future.add_done_callback(print)\n"
                             "            evil.register(future)")

    def test_completed_by_a_stranger(self):
        self.check("good", """
            import asyncio, evil, good
            async def main():
                future = asyncio.get_running_loop().create_future()
                future.add_done_callback(good.take)
                evil.call(future.set_result, 1)
                await asyncio.sleep(0.01)
            asyncio.run(main())
            """)

    def test_concurrent(self):
        program = """
            import evil, good, threading
            from concurrent.futures import ThreadPoolExecutor
            pool, event = ThreadPoolExecutor(1), threading.Event()
            future = pool.submit(event.wait)
            REGISTER
            event.set()
            pool.shutdown()
            """
        self.check("evil", program.replace("REGISTER",
                                           "evil.register(future)"))
        self.check("evil good", program.replace(
            "REGISTER", "evil.register(future, good.take)"))
        self.check("good", program.replace(
            "REGISTER", "future.add_done_callback(good.take)"))


class AsyncioTest(InheritedTestCase):

    deps = {**dict.fromkeys(["good", "evil"], ACTOR + """
    import asyncio, gc
    def soon(loop):
        return loop.call_soon(__import__, "vault")
    def soon_threadsafe(loop):
        return loop.call_soon_threadsafe(__import__, "vault")
    def later_on(loop):
        return loop.call_later(0.001, __import__, "vault")
    def at(loop):
        return loop.call_at(0, __import__, "vault")
    def executor(loop):
        return loop.run_in_executor(None, __import__, "vault")
    def task(loop):
        return loop.create_task(asyncio.to_thread(__import__, "vault"))
    def ensure(loop):
        return asyncio.ensure_future(asyncio.to_thread(__import__, "vault"))
    async def coroutine():
        await asyncio.sleep(0)
        return get()
    async def await_it(awaitable):
        return await awaitable
    async def group(function, *args):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(function(*args))
    async def prepare():
        return coroutine()
    async def await_call(function):
        return await function()
    kept = []
    def take_out(function):
        kept.append(await_call(function))
        kept[-1].send(None)
        return kept[-1].cr_await
    def find(function):
        kept.append(await_call(function))
        kept[-1].send(None)
        return next(found for found in gc.get_referents(kept[-1])
                    if type(found) is type(kept[-1]))
    async def closing():
        try:
            await asyncio.sleep(0)
        finally:
            get()
    def begin(function):
        kept.append(await_call(function))
        kept[-1].send(None)
        return kept[-1]
    """)}

    MAIN = """
        import asyncio, evil, good
        async def main():
            loop = asyncio.get_running_loop()
            made = {}
            await asyncio.sleep(0.05)
            if asyncio.isfuture(made):
                await made
        asyncio.run(main())
        """

    def test_handles(self):
        for way in "soon", "soon_threadsafe", "later_on", "at", "executor":
            with self.subTest(way):
                self.check("good", self.MAIN.format(f"good.{way}(loop)"))
                self.check("good evil", self.MAIN.format(
                    f"evil.call(good.{way}, loop)"))

    def test_application(self):
        for made in ("loop.call_soon(__import__, 'vault')",
                     "loop.call_later(0.001, __import__, 'vault')",
                     "loop.run_in_executor(None, __import__, 'vault')",
                     "loop.create_task(asyncio.to_thread(__import__, "
                     "'vault'))"):
            with self.subTest(made):
                self.check(APPLICATION, self.MAIN.format(made))

    def test_to_thread(self):
        for way in "task", "ensure":
            with self.subTest(way):
                self.check("good", self.MAIN.format(f"good.{way}(loop)"))
                self.check("good evil", self.MAIN.format(
                    f"evil.call(good.{way}, loop)"))

    def test_coroutines(self):
        self.check("good", "import asyncio, good\n"
                           "asyncio.run(good.coroutine())")
        self.check("good evil", "import asyncio, evil, good\n"
                                "asyncio.run(evil.await_it(good.coroutine()))")

    def test_coroutine_that_is_returned(self):
        """It acts for whoever had it made, and not for its owner alone."""
        main = self.MAIN.format("await (await {}(good.prepare))")
        self.check("good", main.format("good.await_call"))
        self.check("good evil", main.format("evil.await_call"))

    def test_coroutine_that_is_taken_out(self):
        """The same of one that was awaited where it was made."""
        main = self.MAIN.format(
            "await asyncio.ensure_future({}.take_out(good.coroutine))")
        self.check("good", main.format("good"))
        self.check("good evil", main.format("evil"))

    def test_coroutine_that_is_found(self):
        """The same of one that the collector shows."""
        main = self.MAIN.format(
            "await asyncio.ensure_future({}.find(good.coroutine))")
        self.check("good", main.format("good"))
        self.check("good evil", main.format("evil"))

    def test_coroutine_that_is_closed(self):
        """Whoever awaits it acts while it ends."""
        for end in "close()", "throw(GeneratorExit)":
            with self.subTest(end):
                main = ("import contextlib, evil, good\n"
                        "with contextlib.suppress(GeneratorExit):\n"
                        f"    {{}}.begin(good.closing).{end}")
                self.check("good", main.format("good"))
                self.check("good evil", main.format("evil"))

    def test_task(self):
        # A task acts for whoever made it, and for whom it runs.
        self.check("good", self.MAIN.format(
            "asyncio.create_task(good.coroutine())"))
        self.check("good evil", self.MAIN.format(
            "evil.call(asyncio.create_task, good.coroutine())"))
        self.check("good evil", self.MAIN.format(
            "await evil.group(good.coroutine)"))

    def test_task_in_python(self):
        main = self.MAIN.replace("asyncio.run(", """
        asyncio.tasks.Task = asyncio.Task = asyncio.tasks._PyTask
        asyncio.run(""")
        self.check("good", main.format("loop.create_task(good.coroutine())"))
        self.check("good evil", main.format(
            "evil.call(loop.create_task, good.coroutine())"))

    def test_eager_task(self):
        self.check("good evil", self.MAIN.format(
            "loop.set_task_factory(asyncio.eager_task_factory)\n"
            "            evil.call(asyncio.create_task, good.coroutine())"))

    def test_task_that_is_woken_by_a_stranger(self):
        # Who sets a result does not act in the task that waits for it.
        self.check("good", """
            import asyncio, evil, good
            async def main():
                loop = asyncio.get_running_loop()
                future = loop.create_future()
                async def wait():
                    await future
                    good.get()
                task = loop.create_task(wait())
                await asyncio.sleep(0)
                loop.call_soon(evil.call, future.set_result, 1)
                await task
            asyncio.run(main())
            """)

    def test_stranger_behind_a_callback(self):
        self.check("good evil", self.MAIN.format(
            "loop.call_soon(evil.call, good.get)"))

    def test_changed_handle(self):
        for change in ("handle._callback = functools.partial("
                       "__import__, 'vault')",
                       "handle._args = ('vault',)",
                       "handle._context = Context()",
                       "handle._loop = Loop(); handle._args = ('absent', 1)"):
            self.world.modules(evil=f"""
                import functools
                class Context:
                    run = functools.partial(__import__, "vault")
                class Loop:
                    call_exception_handler = functools.partial(
                        __import__, "vault")
                    get_debug = lambda self: False
                def change(handle):
                    {change}
                """)
            program = """
                import asyncio, evil
                async def main():
                    loop = asyncio.get_running_loop()
                    evil.change(loop.call_soon(__import__, "sched"))
                    await asyncio.sleep(0.01)
                asyncio.run(main())
                """
            with self.subTest(change):
                self.judge({"vault": ["__main__"]}, program)
                self.assertEqual(self.world.marks(), set())

    def test_handle_made_by_hand(self):
        self.world.modules(evil="""
            import asyncio, contextvars
            class Own(asyncio.Handle):
                __slots__ = ("turn", "__dict__")
                def __init__(self, other):
                    self.other, self.turn = other, 0
                    self._cancelled, self._loop = False, other._loop
                    self._context = contextvars.copy_context()
                    self._repr = self._source_traceback = None
                    self._captured = other._captured
                @property
                def _callback(self):
                    self.turn += 1
                    return (self.other._callback if self.turn == 1
                            else __import__)
                @property
                def _args(self):
                    return (self.other._args if self.turn == 1
                            else ("vault",))
            """)
        self.judge({"vault": ["__main__"]}, """
            import asyncio, evil
            async def main():
                loop = asyncio.get_running_loop()
                handle = loop.call_soon(__import__, "sched")
                try:
                    loop._ready.append(evil.Own(handle))
                except AttributeError:
                    pass
                await asyncio.sleep(0.01)
            asyncio.run(main())
            """)
        self.assertEqual(self.world.marks(), set())

    def test_queue_filled_by_hand(self):
        self.world.modules(evil="""
            import functools, types
            def fill(loop):
                loop._ready.append(types.SimpleNamespace(
                    _run=functools.partial(__import__, "vault"),
                    _cancelled=False))
            """)
        program = """
            import asyncio, evil
            async def main():
                evil.fill(asyncio.get_running_loop())
                try:
                    await asyncio.sleep(0.01)
                except BaseException:
                    pass
            try:
                asyncio.run(main())
            except ImportError:
                pass
            """
        self.judge({"vault": ["__main__", "evil"]}, program)
        self.assertEqual(self.world.marks(), set())
        self.judge({"vault": "*"}, program)
        self.assertEqual(self.world.marks(), {"vault"})

    def test_exception_handler_planted(self):
        self.world.modules(evil="""
            import functools
            def plant(loop):
                loop._exception_handler = functools.partial(
                    set().union, map(__import__, ["vault"]))
            """)
        program = """
            import asyncio, evil
            async def main():
                loop = asyncio.get_running_loop()
                evil.plant(loop)
                loop.call_soon(int, "x")
                await asyncio.sleep(0.01)
            asyncio.run(main())
            """
        self.judge({"vault": ["__main__", "evil"]}, program)
        self.assertEqual(self.world.marks(), set())
        self.judge({"vault": "*"}, program)
        self.assertEqual(self.world.marks(), {"vault"})

    def test_callback_planted(self):
        # In the list that a future keeps its callbacks in.
        self.world.modules(evil="""
            import functools, gc
            def plant(future):
                for referent in gc.get_referents(future):
                    if type(referent) is list:
                        referent.append((functools.partial(
                            set().union, map(__import__, ["vault"])),
                            referent[0][1]))
            """)
        program = """
            import asyncio, evil
            async def main():
                future = asyncio.get_running_loop().create_future()
                future.add_done_callback(id)
                future.add_done_callback(id)
                evil.plant(future)
                future.set_result([])
                await asyncio.sleep(0.01)
            asyncio.run(main())
            """
        self.judge({"vault": ["__main__", "evil"]}, program)
        self.assertEqual(self.world.marks(), set())

    def test_handles_work_as_ever(self):
        self.world.policy({"vault": []})
        result = self.world.run("""
            import asyncio, contextvars
            var = contextvars.ContextVar("var")
            out, errors = [], []
            async def main():
                loop = asyncio.get_running_loop()
                loop.set_debug(True)
                loop.set_exception_handler(
                    lambda loop, context: errors.append(context["exception"]))
                var.set(1)
                handle = loop.call_soon(lambda: out.append(var.get()))
                print("lambda" in repr(handle))
                handle = loop.call_later(0.001, out.append, 2)
                print(handle < loop.call_later(5, out.append, 3))
                loop.call_soon(out.append, 4).cancel()
                loop.call_soon(lambda: 1 / 0)
                await asyncio.sleep(0.05)
                print(out == [1, 2], type(errors[0]).__name__)
            asyncio.run(main())
            """)
        self.assertEqual(result.out.split(), ["True"] * 3
                         + ["ZeroDivisionError"], result)

    def test_handles_are_filled_as_ever(self):
        # Called as loops call it, __init__() does what it does otherwise.
        self.world.policy({"vault": []})
        result = self.world.run("""
            import asyncio, contextvars, itertools
            class Loop:
                def __init__(self, debug):
                    self.get_debug = lambda: debug
            class Own(asyncio.Handle):
                __slots__ = "_loop",
            var = contextvars.ContextVar("var", default=0)
            names = "callback", "args", "loop", "context"
            fields = sorted({*asyncio.Handle.__slots__}
                            - {"_captured", "__weakref__"})
            print(fields)
            def make(cls, *given, **named):
                handle = cls(*given, **named)
                shown = {name: getattr(handle, name) for name in fields}
                shown["_context"] = shown["_context"].get(var)
                if shown["_source_traceback"] is not None:
                    *_, shown["_source_traceback"] = (
                        each.name for each in shown["_source_traceback"])
                return shown
            kept = contextvars.copy_context()
            var.set(1)
            for cls, debug, context in itertools.product(
                    (asyncio.Handle, Own), (False, True, 0, "yes"),
                    (None, kept)):
                given = print, (1, 2), Loop(debug), context
                usual = make(cls, *given)
                assert usual == make(cls, **dict(zip(names, given))), usual
                print(usual["_context"], usual["_source_traceback"])
            for loop in Loop("yes").get_debug, None:
                try:
                    asyncio.Handle(print, (), loop, None)
                except AttributeError as error:
                    print(error)
            """)
        fields, *shown = result.out.splitlines()
        self.assertEqual(fields, str([
            "_args", "_callback", "_cancelled", "_context", "_loop", "_repr",
            "_source_traceback"]), result)
        self.assertEqual(shown, 2 * [
            "1 None", "None None", "1 make", "None make",
            "1 None", "None None", "1 make", "None make"] + [
            f"'{kind}' object has no attribute 'get_debug'"
            for kind in ("function", "NoneType")], result)


class GeneratorTest(InheritedTestCase):
    """It acts for whoever wrote it and whoever resumes it."""

    deps = {**dict.fromkeys(["good", "evil"], ACTOR + """
    def generator():
        yield 1
        import vault
        yield 2
    async def agenerator():
        yield 1
        import vault
        yield 2
    def start():
        made = generator()
        next(made)
        return made
    def drive(made):
        return list(made)
    def delegate(made):
        yield from made
    """)}

    def test_handed_over(self):
        self.needs("good", "import good; list(good.start())")
        self.needs("good evil", "import evil, good; evil.drive(good.start())")
        self.needs("evil good", "import evil, good; good.drive(evil.start())")

    def test_started_by_another(self):
        # Who took the first step is gone.
        self.needs("good", """
            import evil, good
            made = evil.call(good.start)
            list(made)
            """)

    def test_delegated(self):
        self.needs("good evil", """
            import evil, good
            list(evil.delegate(good.start()))
            """)
        self.needs("good evil", """
            import evil, good
            for _ in evil.delegate(good.generator()): pass
            """)

    def test_asynchronous(self):
        self.needs("good", """
            import asyncio, good
            async def main():
                async for _ in good.agenerator(): pass
            asyncio.run(main())
            """)

    def test_close(self):
        self.world.modules(good="""
            def generator():
                try:
                    yield
                finally:
                    import vault
            """)
        self.needs("good evil", """
            import evil, good
            made = good.generator()
            next(made)
            evil.call(made.close)
            """)

    def test_called_by_c_with_a_global_name(self):
        # Which of the module's names it is, is remembered among the
        # instructions; that of one in 256 looks like an instruction.
        self.allowed({"vault": []}, """
            import operator, os
            for place in range(250, 260):
                names = dict.fromkeys(map(str, range(place)))
                names |= {"NAME": ".", "call": operator.call, "walk": os.walk}
                exec("def function(): return call(walk, NAME)", names)
                for _ in range(10):
                    names["function"]()
            """, effect=None)


class InterpreterTest(InheritedTestCase):

    deps = {**dict.fromkeys(["good", "evil"], ACTOR + """
    import _interpreters
    def create():
        return _interpreters.create()
    def execute(interpreter, text="import vault"):
        error = _interpreters.exec(interpreter, text)
        if error is not None:
            print(error.formatted)
    def both():
        execute(create())
    """)}

    def setUp(self):
        import_helper.import_module("_interpreters")
        super().setUp()

    def test_application(self):
        self.check(APPLICATION, """
            import _interpreters
            print(_interpreters.exec(_interpreters.create(), "import vault"))
            """)

    def test_dependency(self):
        self.check("good", "import good; good.both()")
        self.check("good evil", "import evil, good; evil.call(good.both)")

    def test_executed_by_another(self):
        # Who has it executed acts.
        self.check("good", "import evil, good; good.execute(evil.create())")
        self.check("evil", "import evil, good; evil.execute(good.create())")

    def test_module_in_it(self):
        self.check("good", """
            import _interpreters
            print(_interpreters.exec(_interpreters.create(),
                                     "import good; good.get()"))
            """)
        self.check("good evil", """
            import _interpreters
            print(_interpreters.exec(_interpreters.create(),
                                     "import evil, good; "
                                     "evil.call(good.get)"))
            """)

    def test_function(self):
        self.world.modules(good=ACTOR + """
    import _interpreters
    def target():
        import vault
    def both():
        print(_interpreters.call(_interpreters.create(), target))
    """)
        self.check("good", "import good; good.both()")

    def test_thread_in_it(self):
        self.check("good", """
            import good
            text = ("from threading import Thread\\n"
                    "t = Thread(target=__import__, args=['vault'])\\n"
                    "t.start(); t.join()")
            good.execute(good.create(), text)
            """)

    def test_interpreter_in_an_interpreter(self):
        self.check("evil", """
            import evil
            text = ("import _interpreters as i; "
                    "i.exec(i.create(), 'import vault')")
            evil.execute(evil.create(), text)
            """)

    def test_own_gil(self):
        for config in "isolated", "legacy":
            self.check("good", f"""
                import good, _interpreters
                good.execute(_interpreters.create({config!r}))
                """)

    def test_standard_library_in_it(self):
        # Its own lazy imports are not judged there either.
        program = """
            import _interpreters
            text = ("import os\\n"
                    "try: os.popen('true')\\n"
                    "except Exception as e: print(type(e).__name__)")
            exec(text)
            assert _interpreters.exec(_interpreters.create(), text) is None
            """
        result = self.judge({"subprocess": []}, program)
        self.assertEqual(result.out.split(), ["AccessDenied"] * 2, result)

    def test_provenance_in_it(self):
        result = self.judge({"vault": []}, """
            import _interpreters
            text = ("import good, _importpolicy as i, json\\n"
                    "def own(): pass\\n"
                    "print(i.principal_of(good.get.__code__),"
                    " i.principal_of(own.__code__),"
                    " i.principal_of(json.loads.__code__))")
            _interpreters.exec(_interpreters.create(), text)
            """)
        self.assertEqual(result.out.strip(), "('good',) ('__main__',) ()",
                         result)

    def test_support_module(self):
        self.check("good", """
            import good
            from test.support import interpreters
            interp = interpreters.create()
            good.call(interp.exec, "import vault")
            """)


class NativeThreadTest(InheritedTestCase):
    """A thread that native code made belongs to nobody."""

    def setUp(self):
        import_helper.import_module("ctypes")
        if sys.platform != "linux":
            self.skipTest("needs pthread_create() by name")
        super().setUp()
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
            def bare(function):
                # A callback without a Python frame.
                kept = TYPE(function)
                thread = ctypes.c_ulong()
                assert not lib.pthread_create(ctypes.byref(thread), None,
                                              kept, None)
                lib.pthread_join(thread, None)
            """)

    def test_application_ends_the_walk(self):
        self.check(APPLICATION, """
            import native
            def get():
                import vault
            native.run(get)
            """)

    def test_dependency(self):
        # Its base is not known, so its name does not help; a function of
        # the application in between does.
        program = "import good, native; native.run(good.get)"
        for granted in ["good"], ["good", "native"], ["good", "native",
                                                      APPLICATION]:
            with self.subTest(granted):
                result = self.judge({"vault": granted}, program)
                self.assertEqual(self.world.marks(), set(), result)
                self.assertIn("may not import vault", result.err)
        self.judge({"vault": "*"}, program)
        self.assertEqual(self.world.marks(), {"vault"})

    def test_nobody(self):
        program = """
            import functools, native
            native.bare(functools.partial(exec, "import vault", {}))
            """
        for granted in [], [APPLICATION], [APPLICATION, "native"]:
            with self.subTest(granted):
                result = self.judge({"vault": granted}, program)
                self.assertEqual(self.world.marks(), set(), result)
                self.assertIn("may not import vault", result.err)

    def test_callback_on_a_known_thread(self):
        # No new thread: the stack is there.
        for names, function in (("good", "good.get"),
                                ("good evil", "lambda: evil.call(good.get)")):
            self.check(names, f"""
                import ctypes, evil, good, os, sys
                def unraisable(what):
                    sys.__unraisablehook__(what)
                    os._exit(1)
                sys.unraisablehook = unraisable
                ctypes.CFUNCTYPE(None)({function})()
                """)

    def test_thread_that_it_starts(self):
        program = """
            import functools, native
            text = ("import threading\\n"
                    "t = threading.Thread(target=__import__, args=['vault'])"
                    "\\nt.start(); t.join()")
            native.bare(functools.partial(exec, text, {}))
            """
        for granted in [], [APPLICATION], [APPLICATION, "native"]:
            with self.subTest(granted):
                result = self.judge({"vault": granted}, program)
                self.assertEqual(self.world.marks(), set(), result)
                self.assertIn("may not import vault", result.err)
        self.judge({"vault": "*"}, program)
        self.assertEqual(self.world.marks(), {"vault"})


class GreenletTest(InheritedTestCase):

    def setUp(self):
        super().setUp()
        site = installed(self, "greenlet")
        self.env = {"PYTHONPATH": os.pathsep.join([self.world.deps, site])}

    def test_application_in_a_greenlet(self):
        self.check(APPLICATION, """
            import greenlet
            def get():
                import vault
            greenlet.greenlet(get).switch()
            """, env=self.env)
        self.check("good", """
            import good, greenlet
            greenlet.greenlet(lambda: good.get()).switch()
            """, env=self.env)

    def test_stack_that_begins_anew(self):
        # A function of C does not show who put it there: that is nobody
        # known, and not the application.
        for program in ("evil.start('vault')",
                        "evil.call(evil.switch(good.get))"):
            self.world.modules(evil=ACTOR + """
    import greenlet
    def start(name):
        greenlet.greenlet(__import__).switch(name)
    def switch(function):
        return greenlet.greenlet(function).switch
    """)
            program = "import evil, good; " + program
            with self.subTest(program):
                policy = {"vault": ["__main__", "good"]}
                result = self.judge(policy, program, env=self.env)
                self.assertEqual(result.denied, "ImportDenied", result)
                self.assertEqual(self.world.marks(), set())
                self.allowed({"vault": "*"}, program, env=self.env)

    def test_for_whoever_made_it(self):
        # And had it begin, where the function on it shows itself.
        self.world.modules(good=ACTOR + """
    import greenlet
    def make(function):
        return greenlet.greenlet(function)
    """)
        for program in ("good.make(good.get).switch()",
                        "greenlet.greenlet(good.get).switch()",
                        "good.call(greenlet.greenlet(good.get).switch)",
                        "good.call(good.make(good.get).switch)",
                        "type('Own', (greenlet.greenlet,), {})"
                        "(good.get).switch()"):
            with self.subTest(program):
                self.check("good", "import good, greenlet; " + program,
                           env=self.env)

    def test_stranger_has_it_begin(self):
        # By what another greenlet leaves to it at its end, too, when nobody
        # could have it begin before.
        self.world.modules(evil=ACTOR + """
    import greenlet
    def end(made):
        greenlet.greenlet(lambda: (), made).switch()
    def change(made, function):
        made.run = function
        made.switch()
    """, good=ACTOR + """
    def any(*args):
        return get()
    """)
        for program in ("evil.call(made(good.get).switch)",
                        "evil.end(made(good.any))",
                        "evil.end(tried(good.any))",
                        "evil.change(greenlet.greenlet(), good.get)"):
            program = """if 1:
                import contextlib, evil, good, greenlet
                made = greenlet.greenlet
                def tried(function):
                    made = greenlet.greenlet()
                    with contextlib.suppress(AttributeError):
                        made.switch()
                    made.run = function
                    return made
                """ + program
            with self.subTest(program):
                result = self.judge({"vault": ["__main__", "good"]}, program,
                                    env=self.env)
                self.assertEqual(result.denied, "ImportDenied", result)
                self.assertEqual(self.world.marks(), set())
                self.allowed({"vault": "*"}, program, env=self.env)

    def test_made_by_a_stranger_and_switched_to_by_others(self):
        # A stranger's own code on it shows itself, and what has no code runs
        # for nobody known.
        self.world.modules(evil=ACTOR + MAKER)
        programs = [
            "good.call(evil.start('vault').switch, 'vault')",
            "evil.start('vault').switch('vault')",
            "good.call(evil.of(evil.get).switch)",
            "evil.of(evil.get).switch()",
            "good.call(evil.of(good.get).switch)",
            "evil.of(good.get).switch()",
            "good.call(evil.Own().switch, 'vault')",
            "good.call(evil.later(good.get).switch)",
            "good.call(evil.parent(__import__).switch)",
            "good.call(evil.of(good.call).switch, __import__, 'vault')",
            "evil.trace(good.get); good.call(evil.of(int).switch)",
            "evil.trace(evil.get); good.call(evil.of(int).switch)",
        ]
        main = "import evil, good\nfor n, f in enumerate((\n"
        main += "".join(f"    lambda: ({program.replace('; ', ', ')}),\n"
                        for program in programs)
        main += ("        )):\n    try:\n        f()\n        print(n)\n"
                 "    except BaseException as error:\n"
                 "        print(n, type(error).__name__)\n"
                 "    import greenlet, sys; greenlet.settrace(None)\n"
                 "    sys.modules.pop('vault', None)\n")
        result = self.judge({"vault": ["__main__", "good"]}, main,
                            env=self.env)
        self.assertEqual(self.world.marks(), set(), result)
        self.assertEqual(result.out.count("ImportDenied"), len(programs),
                         result)
        result = self.judge({"vault": "*"}, main, env=self.env)
        self.assertEqual(self.world.marks(), {"vault"}, result)
        self.assertEqual(result.out.split(),
                         [str(n) for n in range(len(programs))], result)

    def test_marks_go_with_their_stack(self):
        # Inside of a task, whose step has pushed a mark, the greenlet is left
        # and entered again; what runs meanwhile is not above that mark.
        program = """
            import asyncio, evil, good, greenlet
            first = greenlet.getcurrent()
            def task():
                async def main():
                    first.switch()
                    good.get()
                asyncio.run(main())
            second = greenlet.greenlet(task)
            second.switch()
            try:
                evil.get()
            except ImportError:
                print("refused")
            second.switch()
            """
        result = self.allowed({"vault": ["good"]}, program, env=self.env)
        self.assertEqual(result.out.strip(), "refused")
        result = self.judge({"vault": ["evil"]}, program, env=self.env)
        self.assertNotIn("refused", result.out)
        self.assertRefused(result, "good", effect=None)


if __name__ == "__main__":
    unittest.main()
