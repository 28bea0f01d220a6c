"""Callables without a frame: whoever built one acts in it.

Each is built by one package and called by somebody else, the application or a
granted package; `__import__` is what it calls in the end.
"""

import unittest

from test.test_importpolicy.support import APPLICATION, JudgementTestCase

BUILD = """
    import functools, itertools, operator, types
    def build(what):
        return eval(what)
    def call(function, *args):
        return function(*args)
    def consume(iterator):
        return list(iterator)
    """
# What is called with nothing, and what is gone through.
CALLABLES = (
    "functools.partial(__import__, 'vault')",
    "functools.partial(__import__, name='vault')",
    "functools.partial(functools.partial(__import__), 'vault')",
    "functools.partial(__import__, 'vault').__call__",
    "types.MethodType(__import__, 'vault')",
    "map(__import__, ['vault']).__next__",
    "functools.partial(next, map(__import__, ['vault']))",
)
ITERATORS = (
    "map(__import__, ['vault'])",
    "filter(__import__, ['vault'])",
    "itertools.filterfalse(__import__, ['vault'])",
    "itertools.takewhile(__import__, ['vault'])",
    "itertools.dropwhile(__import__, ['vault'])",
    "itertools.starmap(__import__, [('vault',)])",
    "itertools.islice(iter(types.MethodType(__import__, 'vault'), 1), 1)",
    "itertools.accumulate(['vault', {}], __import__)",
    "(0 for x in map(__import__, ['vault']))",
)


class BuiltTest(JudgementTestCase):

    deps = dict.fromkeys(["good", "evil"], BUILD)

    def test_application_calls(self):
        for what in CALLABLES:
            with self.subTest(what):
                self.needs("evil", f"import evil\nevil.build({what!r})()")
        for what in ITERATORS:
            with self.subTest(what):
                self.needs("evil", f"import evil\nlist(evil.build({what!r}))")

    def test_granted_calls(self):
        for what in CALLABLES[:2]:
            with self.subTest(what):
                self.needs("good evil", "import evil, good\n"
                           f"good.call(evil.build({what!r}))")
        self.needs("good evil", "import evil, good\n"
                   f"good.consume(evil.build({ITERATORS[0]!r}))")

    def test_own(self):
        for what in CALLABLES[:2]:
            with self.subTest(what):
                self.needs("good", f"import good\ngood.build({what!r})()")
                # The application builds it, and somebody else calls it.
                self.needs("good", "import functools, good\n"
                           f"good.call({what})")
                self.needs(APPLICATION, f"import functools\n{what}()")

    def test_property(self):
        self.world.modules(evil="""
            class Name(str):
                @property
                def own(self):
                    return 1
            Name.x = property(__import__)
            def make():
                return Name("vault")
            """)
        self.needs("evil", "import evil\nevil.make().x\n")

    def test_exit_stack(self):
        self.world.modules(evil="""
            def push(stack):
                stack.callback(__import__, "vault")
                stack.callback(print, "called", end="")
            """)
        self.needs("evil", """
            import contextlib, evil
            with contextlib.ExitStack() as stack:
                evil.push(stack)
            """)
        self.needs(APPLICATION, """
            import contextlib
            with contextlib.ExitStack() as stack:
                stack.callback(__import__, name="vault")
            """)

    def test_attributes(self):
        # Whoever names the attribute takes it: by a method of the standard
        # library that imports.
        self.world.modules(evil=BUILD.rstrip() + """
    import io, pickle
    thing = pickle._Unpickler(io.BytesIO())
    """)
        for what in ("functools.partial(getattr, thing, 'find_class')()",
                     "functools.partial(functools.partial(getattr, thing),"
                     " 'find_class')()"):
            name, call = what[:-2], "()('vault', '__name__')"
            with self.subTest(what):
                self.needs("evil",
                           f"import evil\nevil.build({name!r}){call}")
        self.needs(APPLICATION, """
            import evil
            find = evil.build("functools.partial(getattr, thing)")
            find("find_class")("vault", "__name__")
            """)

    def test_added_to(self):
        # What is built of it, or written into it, does not lose it.
        self.needs("evil", """
            import evil, functools
            functools.partial(evil.build("functools.partial(__import__)"),
                              "vault")()
            """)
        self.world.modules(evil="""
            def change(partial):
                partial.__setstate__((__import__, ("vault",), {}, {}))
            """)
        self.needs("evil", """
            import evil, functools
            partial = functools.partial(int)
            evil.change(partial)
            partial()
            """)

    def test_as_ever(self):
        self.world.modules(good="""
            import functools, operator, pickle, types
            p = functools.partial(operator.add, 1)
            print(p.func is operator.add, p(2), pickle.loads(pickle.dumps(p))
                  (3), p)
            print(list(map(abs, [-1])), list(filter(None, [0, 1])),
                  list(filter(bool, [0, 1])), list(map(int, "12")))
            m = types.MethodType(divmod, 7)
            print(m(2), m.__func__ == divmod)
            """)
        self.world.policy({"vault": []})
        result = self.world.run("import good")
        self.assertEqual(result.out.split("\n")[:3], [
            "True 3 4 functools.partial(<built-in function add>, 1)",
            "[1] [1] [1] [1, 2]", "(3, 1) True"], result)

    def test_still_what_it_was(self):
        # A deferred call in its place is not seen.
        self.world.modules(good="""
            import collections, copy, functools, inspect, operator, pathlib
            import pickle, threading, weakref
            path = pathlib.Path("x")
            bound = path.exists
            print(bound == path.exists, hash(bound) == hash(path.exists),
                  bound.__func__ == pathlib.Path.exists,
                  inspect.isfunction(bound.__func__),
                  str(inspect.signature(bound)))
            lock = threading.Condition()
            print(copy.copy(bound)() is False, bound.__name__)
            d = collections.defaultdict(pathlib.Path.cwd)
            print(pickle.loads(pickle.dumps(d)) == d, d.copy() == d,
                  type(d["x"]).__name__)
            getter = operator.methodcaller("upper")
            print(pickle.loads(pickle.dumps(getter))("a"), getter("b"),
                  isinstance(getter, operator.methodcaller))
            class Own(collections.UserDict):
                \"""Documented.\"""
                again = collections.UserDict.copy
                now = staticmethod(len)
                length = property(len)
            print(Own(a=1).again(), Own.now("ab"), Own(a=1).length,
                  Own.again.__doc__ == collections.UserDict.copy.__doc__,
                  Own.again.__name__)
            thing = Own()
            method = weakref.WeakMethod(thing.keys)
            print(list(method()()), method == weakref.WeakMethod(thing.keys))
            del thing
            print(method())
            """)
        self.world.policy({"vault": []})
        result = self.world.run("import good")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.out.split("\n")[:8], [
            "True True True True (*, follow_symlinks=True)",
            "True exists", "True True PosixPath", "A B True",
            "{'a': 1} 2 1 True copy", "[] True", "None", ""], result)

    def test_wrapped_methods_to_the_eye(self):
        # What looks at classes sees the same with a policy as without one.
        script = self.world.write("elsewhere/main.py", """
            import asyncio, concurrent.futures, contextlib, copy, functools
            import inspect, json, multiprocessing.pool, pickle, pydoc, sched
            import threading, types, weakref
            from unittest import mock
            pool, run = multiprocessing.pool.ThreadPool, threading.Thread.run
            for cls in (threading.Thread, threading.Timer, weakref.finalize,
                        json.JSONEncoder, contextlib.AsyncExitStack, pool,
                        asyncio.BaseEventLoop, functools.partialmethod,
                        concurrent.futures.Future, sched.scheduler):
                print(cls, inspect.signature(cls))
                for at in inspect.classify_class_attrs(cls):
                    print(*at[:2], isinstance(at.object, types.FunctionType))
            print(run.__class__, run.__module__, run.__code__.co_firstlineno)
            print(inspect.getsource(run), pydoc.render_doc(run))
            print(pickle.dumps(run), copy.deepcopy(run) is run,
                  inspect.isfunction(mock.create_autospec(run)))
            for function in weakref.finalize._exitfunc, pool.Process:
                print(inspect.signature(function), function.__class__,
                      getattr(function, "__self__", None))
            """)
        plain = self.world.start(script, env={"PYTHONPATH": None})
        self.assertEqual(plain.code, 0, plain)
        policy = self.world.policy({"vault": []}, "elsewhere/policy.json")
        judged = self.world.start(script, env={"PYTHONPATH": None})
        self.assertEqual(judged.out.splitlines(), plain.out.splitlines(),
                         f"{judged}, under {policy}")

    def test_wrapped_methods(self):
        # Methods that C has taken the place of look as they did, bind as
        # they did, and give nobody a way to bind anything else.
        self.world.modules(good="""
            import asyncio, inspect, threading
            init, run = asyncio.Handle.__init__, threading.Thread.run
            print(init.__name__, inspect.isroutine(init), "target" in
                  inspect.signature(threading.Thread).parameters,
                  "callback" in inspect.signature(init).parameters)
            print(run.__doc__ == run.__wrapped__.__doc__ != None,
                  run.__qualname__, repr(run)[:20])
            class Mine(threading.Thread):
                work = threading.Thread.run
                def run(self):
                    print("mine")
                    self.work()
            thread = Mine(target=print, args=("target",))
            thread.start()
            thread.join()
            try:
                type(init)(print)
            except TypeError as error:
                print("cannot create" in str(error))
            try:
                threading.Thread.run()
            except TypeError as error:
                print("argument" in str(error))
            """)
        self.world.policy({"vault": []})
        result = self.world.run("import good")
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.out.split("\n")[:6], [
            "__init__ True True True", "True Thread.run <function Thread.run",
            "mine", "target", "True", "True"], result)

    def test_bound_to_call(self):
        # What an exception has is not called, and a special method that is
        # bound in order to call it is not kept: both are as they are.
        self.world.modules(good="""
            import abc, contextlib, gc
            try:
                contextlib.contextmanager.absent
            except AttributeError as error:
                print(error.obj is contextlib.contextmanager)
            class Base(abc.ABC):
                @classmethod
                def __subclasshook__(cls, other):
                    methods = [object for object in gc.get_objects()
                               if type(object).__name__ == "method"
                               and object.__name__ == "__instancecheck__"]
                    print([type(method.__func__).__name__ for method
                           in methods if method.__self__ is cls])
                    return True
            print(isinstance(object(), Base))
            """)
        self.world.policy({"vault": []})
        result = self.world.run("import good")
        self.assertEqual(result.out.split("\n")[:3],
                         ["True", "['function']", "True"], result)
        # Whoever makes a class acts in what its type is made of.
        self.world.modules(evil="""
            import unittest
            class Meta(type):
                __instancecheck__ = unittest.TestLoader.loadTestsFromName
                def loadTestsFromModule(cls, module):
                    return True
            class Any(metaclass=Meta):
                pass
            """)
        self.needs("evil", "import evil\nisinstance('vault', evil.Any)")

    def test_restricted_application(self):
        # A bare C function is the application's, which can be restricted.
        self.world.modules(evil="""
            import os
            function = os.mkdir
            """)
        main = f"""
            import evil
            evil.function({self.world.path("effects", "made")!r})
            """
        self.allowed({"$permissions": {"evil": {"write": []}}}, main,
                     effect="made")
        self.refused(APPLICATION, {"$permissions": {
            "evil": {"write": []}, "__main__": {"write": []}}}, main,
            effect="made")


if __name__ == "__main__":
    unittest.main()
