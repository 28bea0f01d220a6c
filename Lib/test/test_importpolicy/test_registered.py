"""What was registered acts for whoever registered it.

The callables have no frame wherever possible (`__import__` itself, or partial
of it; set().union() goes through a map() whatever else it is called with):
then what was written down is all there is to go by.
"""

import os
import signal
import textwrap
import unittest

from test.test_importpolicy.support import JudgementTestCase


class RegisteredTestCase(JudgementTestCase):

    deps = {"good": """
        def get(*args):
            import vault
        """}

    def exits(self, policy, main):
        """What the program has left when it is gone."""
        result = self.judge(policy, main)
        self.assertEqual(result.code, 0, result)
        return self.world.marks()

    def check(self, names, main):
        """The vault is had when all the names are granted it, and the
        program goes on; not when one is missing."""
        names = names.split()
        self.assertEqual(self.exits({"vault": names}, main), {"vault"})
        for left_out in names:
            granted = [name for name in names if name != left_out]
            with self.subTest(refused=left_out):
                self.assertEqual(self.exits({"vault": granted}, main), set())


class AtexitTest(RegisteredTestCase):

    deps = {
        "good": "def get():\n    import vault\n",
        "evil": """
            import atexit
            def plant():
                atexit.register(__import__, "vault")
            def send(function):
                atexit.register(function)
            """,
    }

    def test_callable_without_a_frame(self):
        main = "import evil; evil.plant()"
        self.assertEqual(self.exits({"vault": ["__main__"]}, main), set())
        self.assertEqual(self.exits({"vault": ["evil"]}, main), {"vault"})

    def test_function_of_another(self):
        main = "import evil, good; evil.send(good.get)"
        self.assertEqual(self.exits({"vault": ["good"]}, main), set())
        self.assertEqual(self.exits({"vault": ["good", "evil"]}, main),
                         {"vault"})

    def test_application(self):
        main = "import atexit, good; atexit.register(good.get)"
        self.assertEqual(self.exits({"vault": ["__main__"]}, main), set())
        self.assertEqual(self.exits({"vault": ["good"]}, main), {"vault"})


    def test_of_threading(self):
        self.world.modules(evil="""
            import threading
            def plant():
                threading._register_atexit(__import__, "vault")
            def plant_by_hand():
                import functools
                threading._threading_atexits.append(
                    functools.partial(__import__, "vault"))
            """)
        self.check("evil", "import evil; evil.plant()")
        main = "import evil; evil.plant_by_hand()"
        self.assertEqual(self.exits({"vault": ["__main__"]}, main), set())
        self.check("__main__", """
            import threading
            threading._register_atexit(__import__, "vault", fromlist=["x"])
            """)

    def test_of_multiprocessing(self):
        self.world.modules(evil="""
            from multiprocessing import util
            def plant():
                util.Finalize(None, __import__, ["vault"], exitpriority=1)
            def change():
                for finalizer in util._finalizer_registry.values():
                    finalizer._callback = __import__
                    finalizer._args = ["vault"]
            """)
        self.check("evil", "import evil; evil.plant()")
        self.check("__main__", """
            from multiprocessing import util
            util.Finalize(None, __import__, ["vault"], exitpriority=1)
            """)
        self.assertEqual(self.exits({"vault": ["__main__"]}, """
            import evil
            from multiprocessing import util
            util.Finalize(None, int, exitpriority=1)
            evil.change()
            """), set())


class SchedulerTest(RegisteredTestCase):

    deps = {"evil": """
        import sched
        def own(name):
            import vault
        def enter(scheduler, *arguments):
            scheduler.enter(0, 1, *arguments)
        def put(scheduler, function):
            scheduler._queue.append(
                sched.Event(0, 1, 0, function, ("vault",), {}))
        """}
    main = """
        import evil, importlib, sched
        def own(name):
            import vault
        scheduler = sched.scheduler()
        {}
        try:
            scheduler.run()
        except ImportError:
            pass
        """

    def test_entered(self):
        enter = "scheduler.enter(0, 1, {}, ('vault',))"
        for call in (enter.format("__import__"), enter.format("own"),
                     enter.format("importlib.import_module")):
            with self.subTest(call):
                self.check("__main__", self.main.format(call))
        self.check("evil", self.main.format(
            "evil.enter(scheduler, __import__, ('vault',))"))

    def test_put_by_hand(self):
        granted = {"vault": ["__main__", "evil"]}
        for function, done in (("__import__", set()),
                               ("importlib.import_module", set()),
                               ("own", {"vault"}), ("evil.own", {"vault"})):
            with self.subTest(function):
                main = self.main.format(f"evil.put(scheduler, {function})")
                self.assertEqual(self.exits(granted, main), done)


class GeneratorHookTest(RegisteredTestCase):

    def test_hooks(self):
        self.world.modules(evil="""
            import functools, sys
            def plant():
                sys.set_asyncgen_hooks(functools.partial(
                    next, map(__import__, ["vault"])))
            """)
        self.check("evil", """
            import evil
            async def generator():
                yield
            evil.plant()
            try:
                generator().__anext__()
            except Exception:
                pass
            """)


class SignalTest(RegisteredTestCase):
    """A handler runs above whatever it interrupts."""

    deps = RegisteredTestCase.deps | {"evil": """
        import signal
        def plant(handler):
            signal.signal(signal.SIGUSR1, handler)
        def wait():
            signal.raise_signal(signal.SIGUSR1)
        """, "good": """
        def get(*args):
            import vault
        def handle(signum, frame):
            get()
        """}

    @unittest.skipUnless(hasattr(signal, "SIGUSR1"), "needs SIGUSR1")
    def test_handler(self):
        self.check("good", """
            import good, signal
            signal.signal(signal.SIGUSR1, good.handle)
            try:
                signal.raise_signal(signal.SIGUSR1)
            except ImportError:
                pass
            """)
        self.check("good evil", """
            import evil, good, signal
            evil.plant(good.handle)
            try:
                signal.raise_signal(signal.SIGUSR1)
            except ImportError:
                pass
            """)

    @unittest.skipUnless(hasattr(signal, "SIGUSR1"), "needs SIGUSR1")
    def test_callable_without_a_frame(self):
        self.world.modules(evil="""
            import functools, signal
            def plant():
                signal.signal(signal.SIGUSR1, functools.partial(
                    set().union, map(__import__, ["vault"])))
            """)
        self.check("evil", """
            import evil, signal
            evil.plant()
            try:
                signal.raise_signal(signal.SIGUSR1)
            except Exception:
                pass
            """)

    @unittest.skipUnless(hasattr(signal, "SIGUSR1"), "needs SIGUSR1")
    def test_interrupted_stranger(self):
        # Whom it interrupts has no part in it.
        self.check("good", """
            import evil, good, signal
            signal.signal(signal.SIGUSR1, good.handle)
            try:
                evil.wait()
            except ImportError:
                pass
            """)


class WeakrefTest(RegisteredTestCase):

    deps = RegisteredTestCase.deps | {"evil": """
        import functools, weakref
        kept = []
        def plant(object, callback):
            kept.append(weakref.ref(object, callback))
        def plant_c(object):
            # The reference is next()'s default, which is not used.
            kept.append(weakref.ref(object, functools.partial(
                next, map(__import__, ["vault"]))))
        def finalize(object):
            weakref.finalize(object, __import__, "vault")
        def change():
            for info in weakref.finalize._registry.values():
                info.func, info.args = __import__, ("vault",)
        """}

    OBJECT = """
        import evil, good, gc, weakref
        class Object:
            pass
        object = Object()
        """

    def test_callback(self):
        for drop in ("del object",
                     "object.self = object; del object; gc.collect()"):
            self.check("good", self.OBJECT + f"""
        ref = weakref.ref(object, good.get)
        {drop}
        """)
            self.check("evil", self.OBJECT + f"""
        evil.plant_c(object)
        {drop}
        """)
            self.check("evil good", self.OBJECT + f"""
        evil.plant(object, good.get)
        {drop}
        """)

    def test_seen_as_it_was(self):
        result = self.judge({"vault": []}, self.OBJECT + """
        evil.plant(object, good.get)
        ref = evil.kept[0]
        print(ref.__callback__ == good.get, good.get == ref.__callback__,
              ref.__callback__.__name__, hash(ref.__callback__) ==
              hash(good.get))
        """)
        self.assertEqual(result.out.split(), ["True", "True", "get", "True"],
                         result)

    def test_stolen_callback(self):
        # Called with anything but its own reference, it is nobody's.
        self.world.modules(good="""
            import weakref
            class Object: pass
            object = Object()
            def get(*args):
                import vault
            ref = weakref.ref(object, get)
            """, evil="""
            def call(callback):
                callback(1)
            """)
        main = """
            import evil, good
            try:
                evil.call(good.ref.__callback__)
            except ImportError:
                pass
            """
        for granted in ["good"], ["good", "evil"]:
            self.assertEqual(self.exits({"vault": granted}, main), set())
        self.assertEqual(self.exits({"vault": "*"}, main), {"vault"})

    def test_finalize(self):
        for drop in "del object", "pass":        # pass: at exit
            self.check("evil", self.OBJECT + f"""
        evil.finalize(object)
        {drop}
        """)
            self.check("__main__", self.OBJECT + f"""
        weakref.finalize(object, __import__, "vault")
        {drop}
        """)

    def test_called_finalizer(self):
        self.check("__main__", self.OBJECT + """
        try:
            print(weakref.finalize(object, __import__, "vault")())
        except ImportError:
            pass
        """)

    def test_changed_finalizer(self):
        for drop in "del object", "pass":
            self.assertEqual(self.exits({"vault": ["__main__"]},
                                        self.OBJECT + f"""
        weakref.finalize(object, int)
        evil.change()
        {drop}
        """), set())

    def test_finalizer_as_ever(self):
        result = self.judge({"vault": []}, self.OBJECT + """
        finalizer = weakref.finalize(object, divmod, 7, 2)
        print(finalizer.peek() == (object, divmod, (7, 2), {}),
              finalizer.alive, finalizer(), finalizer(), finalizer.alive)
        finalizer = weakref.finalize(object, dict, a=1)
        print(finalizer.detach() == (object, dict, (), {"a": 1}))
        """)
        self.assertEqual(result.out.split("\n")[0],
                         "True True (3, 1) None False", result)
        self.assertIn("\nTrue", result.out)


class CollectorTest(RegisteredTestCase):

    def test_callbacks(self):
        # Anybody can put something on that list: what does not show whose it
        # is, is nobody's.
        self.world.modules(evil="""
            import functools, gc
            def plant():
                gc.callbacks.append(functools.partial(
                    set().union, map(__import__, ["vault"])))
            """)
        main = "import evil, gc; evil.plant(); gc.collect()"
        self.assertEqual(self.exits({"vault": ["__main__", "evil"]}, main),
                         set())
        self.assertEqual(self.exits({"vault": "*"}, main), {"vault"})
        self.check("good", """
            import gc, good
            gc.callbacks.append(good.get)
            gc.collect()
            """)

    def test_del(self):
        # A C function that is a method of a class of evil's.
        self.world.modules(evil="""
            import functools
            class Own(str):
                pass
            def make():
                return Own()
            Own.__del__ = functools.partial(__import__, "vault")
            """)
        main = "import evil; object = evil.make(); del object"
        self.check("evil", main)

    def test_del_of_a_subclass(self):
        self.world.modules(evil="""
            import functools
            class Base:
                pass
            Base.__del__ = functools.partial(__import__, "vault")
            """)
        self.check("evil", """
            import evil
            class Own(evil.Base):
                pass
            Own()
            """)

    def test_del_of_the_application(self):
        self.check("good", """
            import good
            class Own:
                def __del__(self):
                    good.get()
            Own()
            """)


class HookTest(RegisteredTestCase):

    deps = RegisteredTestCase.deps | {"evil": """
        import functools, sys, threading
        def excepthook():
            sys.excepthook = functools.partial(
                set().union, map(__import__, ["vault"]))
        def unraisablehook():
            sys.unraisablehook = functools.partial(
                next, map(__import__, ["vault"]))
        def threadhook():
            threading.excepthook = functools.partial(
                next, map(__import__, ["vault"]))
        """}

    def test_unraisablehook(self):
        self.assertEqual(self.exits({"vault": ["__main__", "evil"]}, """
            import evil
            class Own:
                def __del__(self):
                    1 / 0
            evil.unraisablehook()
            Own()
            """), set())
        self.assertEqual(self.exits({"vault": "*"}, """
            import evil
            class Own:
                def __del__(self):
                    1 / 0
            evil.unraisablehook()
            Own()
            """), {"vault"})

    def test_thread_excepthook(self):
        main = """
            import evil, threading
            evil.threadhook()
            thread = threading.Thread(target=lambda: 1 / 0)
            thread.start()
            thread.join()
            """
        self.assertEqual(self.exits({"vault": ["__main__", "evil"]}, main),
                         set())
        self.assertEqual(self.exits({"vault": "*"}, main), {"vault"})

    def test_excepthook(self):
        main = "import evil; evil.excepthook(); 1 / 0"
        self.judge({"vault": ["__main__", "evil"]}, main)
        self.assertEqual(self.world.marks(), set())
        self.judge({"vault": "*"}, main)
        self.assertEqual(self.world.marks(), {"vault"})

    def test_excepthook_of_a_dependency(self):
        # It shows itself, and reports in its own name.
        main = """
            import good, sys
            sys.excepthook = good.get
            1 / 0
            """
        self.judge({"vault": ["good"]}, main)
        self.assertEqual(self.world.marks(), {"vault"})
        self.judge({"vault": ["__main__"]}, main)
        self.assertEqual(self.world.marks(), set())

    def test_default_hooks(self):
        result = self.judge({"vault": []}, """
            import threading
            def fail():
                raise ValueError("in a thread")
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
            raise ValueError("in the main one")
            """)
        self.assertIn("ValueError: in a thread", result.err)
        self.assertIn('    raise ValueError("in the main one")', result.err)


class TraceTest(RegisteredTestCase):

    deps = RegisteredTestCase.deps | {"evil": """
        import functools, sys, threading
        def settrace():
            sys.settrace(functools.partial(
                set().union, map(__import__, ["vault"])))
        def monitor():
            m = sys.monitoring
            m.use_tool_id(3, "test")
            m.register_callback(3, m.events.PY_START, functools.partial(
                set().union, map(__import__, ["vault"])))
            m.set_events(3, m.events.PY_START)
        """}

    def test_functions_show_themselves(self):
        for how in ("sys.settrace", "sys.setprofile"):
            self.check("good", f"""
            import good, sys
            def own(): pass
            done = []
            {how}(good.get)
            try:
                own()
            except ImportError:
                pass
            {how}(None)
            """)

    def test_callables_without_a_frame(self):
        # A thread has one who traces, and the monitoring tools have many.
        for how, others in (("settrace", ["__main__"]),
                            ("monitor", ["__main__", "evil"])):
            main = f"""
            import evil, sys
            def own(): pass
            evil.{how}()
            try:
                own()
            except Exception:
                pass
            sys.settrace(None)
            if sys.monitoring.get_tool(3):
                sys.monitoring.set_events(3, 0)
            """
            with self.subTest(how):
                self.assertEqual(
                    self.exits({"vault": others}, main), set())
                self.assertEqual(self.exits({"vault": "*"}, main), {"vault"})

    def test_debugger(self):
        """Its methods show nobody, nor do the commands that it reads."""
        debug = """
            import io, pdb, sys
            def debug():
                commands = "import vault\\n" + 9 * "step\\n" + "continue\\n"
                pdb.Pdb(stdin=io.StringIO(commands), stdout=sys.stdout,
                        nosigint=True, readrc=False).set_trace()
            def trace():
                sys.settrace(print)
            """
        self.world.modules(evil=debug)
        main = textwrap.dedent(debug) + textwrap.dedent("""
            import evil
            def traced(function):
                function()
                return 1
            traced(%s)
            """)
        for function, name in ("debug", "__main__"), ("evil.debug", "evil"):
            with self.subTest(function):
                self.assertEqual(
                    self.exits({"vault": [name]}, main % function), {"vault"})
                other, = {"__main__", "evil"} - {name}
                self.assertEqual(
                    self.exits({"vault": [other]}, main % function), set())
        # Whoever may not trace has no part in what the others' functions do.
        refused = {"$permissions": {"evil": {"patch": False}}}
        main = textwrap.dedent("""
            def evil_first():
                sys.settrace(lambda *args: None)
                try:
                    evil.trace()
                except PermissionError:
                    debug()
            """) + main % "evil_first"
        self.assertEqual(self.exits({"vault": ["__main__"]} | refused, main),
                         {"vault"})
        self.assertEqual(self.exits({"vault": []} | refused, main), set())


class CodecTest(RegisteredTestCase):

    deps = RegisteredTestCase.deps | {"evil": """
        import codecs, functools
        def register():
            codecs.register(functools.partial(
                set().union, map(__import__, ["vault"])))
        def errors():
            codecs.register_error("evil", functools.partial(
                next, map(__import__, ["vault"])))
        def search():
            codecs.register(search_function)
        def search_function(name):
            return None
        def unregister():
            codecs.unregister(search_function)
        """}

    def test_error_handler(self):
        self.check("evil", """
            import evil
            evil.errors()
            try:
                "\\xe4".encode("ascii", "evil")
            except Exception as e:
                pass
            """)

    def test_search(self):
        self.check("evil", """
            import codecs, evil
            evil.register()
            try:
                codecs.lookup("absent")
            except Exception:
                pass
            """)

    def test_unregister(self):
        result = self.judge({"vault": []}, """
            import codecs, evil
            evil.search()
            evil.unregister()
            codecs.register_error("own", codecs.ignore_errors)
            print(codecs.lookup_error("own") is codecs.ignore_errors)
            """)
        self.assertEqual(result.out.strip(), "True", result)


@unittest.skipUnless(hasattr(os, "fork"), "needs os.fork()")
class ForkTest(RegisteredTestCase):

    deps = RegisteredTestCase.deps | {"evil": """
        import functools, os
        def plant():
            os.register_at_fork(before=functools.partial(
                __import__, "vault"))
        """}

    FORK = """
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        """

    def test_before(self):
        self.check("evil", "import evil, os\nevil.plant()\n"
                   + textwrap.dedent(self.FORK))
        self.check("__main__", "import os, functools\nos.register_at_fork("
                   "before=functools.partial(__import__, 'vault'))\n"
                   + textwrap.dedent(self.FORK))


if __name__ == "__main__":
    unittest.main()
