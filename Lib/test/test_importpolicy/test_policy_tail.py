"""What a walk remembers of a stack is true when another one comes by.

Frames that are far from the top are known again, so that who acts does not
have to be found out anew.  Each test has some of them go, and others take
their place: at the same addresses, at the same depth, with the same frames
above them.
"""

import os
import unittest

from test.support import import_helper
from test.test_importpolicy.support import JudgementTestCase, installed

# Far more than what is between two frames that are known.
FRAMES = """
    def down(n, function, *args):
        return down(n - 1, function, *args) if n else function(*args)

    def each(n, steps):
        if n:
            yield from each(n - 1, steps)
        else:
            for function, *args in steps:
                yield function(*args)

    async def wait(n, function, *args):
        return await wait(n - 1, function, *args) if n else function(*args)

    class Made:
        def __init__(self, n, function, *args):
            self.made = (Made(n - 1, function, *args).made if n
                         else function(*args))

    def often(function, *others):
        # From one frame, and in between what others say.
        found = []
        for other in [None, None, *others, None]:
            found += [sorted(other[0](*other[1:]) if other else function())]
            found += [sorted(function())]
        return [" ".join(names) for names in found]

    def make(makers):
        # From one frame.
        return [function(*args) for function, *args in makers]

    def unwind(n, function, *args):
        try:
            if n:
                unwind(n - 1, function, *args)
            raise KeyError
        finally:
            print(*sorted(function(*args)))
    """

FINISH = """
def finish(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as error:
        return error.value
"""

# A stack that grows and shrinks by chance, each frame of which knows on paper
# who is acting: `met`.
MACHINE = """
    import contextlib, functools, heapq, sys, threading, weakref

    class Unwind(Exception):
        pass

    def go(w, met, depth):
        met = met | {__name__}
        while True:
            match w.step(depth):
                case "ask":
                    found = w.acting()
                    if set(found) != met:
                        w.wrong.append((found, set(met), depth))
                case "import":
                    try:
                        import vault
                    except ImportError:
                        allowed = False
                    else:
                        allowed = True
                    if allowed != (met <= {"d0", "d1"}):
                        w.wrong.append((allowed, set(met), depth))
                case "return":
                    return
                case "raise", n:
                    raise Unwind(n)
                case way, who:
                    try:
                        WAYS[way](w, met, who.go, depth + 1)
                    except Unwind as error:
                        if error.args[0]:
                            raise Unwind(error.args[0] - 1)

    def call(w, met, go, depth):
        go(w, met, depth)

    def generator(w, met, go, depth):
        next(go(w, met, depth) for _ in (1,))

    def made(w, met, go, depth):
        class Made:
            def __init__(self):
                go(w, met, depth)
        Made()

    def partial(w, met, go, depth):
        functools.partial(go, w, met, depth)()

    def manager(w, met, go, depth):
        @contextlib.contextmanager
        def manage():
            go(w, met, depth)
            yield
        with manage():
            pass

    def looked_at(w, met, go, depth):
        w.frames.append(sys._getframe())
        go(w, met, depth)

    async def awaited(w, met, go, depth):
        go(w, met, depth)

    def coroutine(w, met, go, depth):
        with contextlib.suppress(StopIteration):
            awaited(w, met, go, depth).send(None)

    def merged(w, met, go, depth):
        next(heapq.merge([0], key=lambda _: go(w, met, depth)))

    def application(w, met, go, depth):
        w.application(w, go, depth)

    def thread(w, met, go, depth):
        def run():
            with contextlib.suppress(Unwind):
                go(w, met, depth)
        started = threading.Thread(target=run)
        started.start()
        started.join()

    def parked():
        w, met, go, depth = yield
        while True:
            go(w, met | {__name__}, depth)
            w, met, go, depth = yield

    def park(w, met, go, depth):
        generator = parked()
        next(generator)
        w.parked.append(generator)

    def resume(w, met, go, depth):
        if w.parked:
            generator = w.parked.pop()
            generator.send((w, met, go, depth))
            w.parked.append(generator)

    def leave(w, met, go, depth):
        thing = Unwind()
        def late(_):
            with contextlib.suppress(Unwind):
                go(w, met, depth)
        w.left.append([thing, weakref.ref(thing, late)])

    def take(w, met, go, depth):
        if w.left:
            w.left.pop()[0] = None

    def greenlet(w, met, go, depth):
        made = w.greenlet(go)
        w.greenlets.append(made)
        made.switch(w, met, 1)

    def hold(w, met, go, depth):
        w.held.append((w.greenlet(go), met))

    def begin(w, met, go, depth):
        if w.held:
            made, makers = w.held.pop()
            w.greenlets.append(made)
            made.switch(w, makers | met, 1)

    def switch(w, met, go, depth):
        w.greenlets[:] = [g for g in w.greenlets if g]
        if w.greenlets:
            w.random.choice(w.greenlets).switch()

    WAYS = {"call": call, "generator": generator, "made": made,
            "partial": partial, "manager": manager, "looked at": looked_at,
            "coroutine": coroutine, "merged": merged,
            "application": application, "thread": thread, "park": park,
            "resume": resume, "leave": leave, "take": take,
            "greenlet": greenlet, "hold": hold, "begin": begin,
            "switch": switch}
    """

DRIVER = """
    import random, sys, threading, types
    from _importpolicy import acting
    import d0, d1, d2, d3
    sys.setrecursionlimit(5000)
    w = types.SimpleNamespace(
        acting=acting, random=random.Random(%(seed)r), wrong=[], frames=[],
        parked=[], left=[], greenlets=[], held=[], steps=0, asked=0, wanted=0)
    ways = %(ways)r
    SETUP

    def step(depth):
        w.steps += 1
        if w.random.random() < 0.02:
            w.wanted = w.random.choice([3, 20, 50, 120, 250])
            w.frames.clear()
        if w.steps > %(steps)d or depth > 400:
            return "return"
        if w.random.random() < 0.5:
            w.asked += 1
            return "import" if w.random.random() < 0.2 else "ask"
        if w.random.random() < 0.02:
            return "raise", w.random.choice([0, 1, 5, 20, 60])
        if w.random.random() < (0.75 if depth > w.wanted else 0.25):
            return "return"
        return (w.random.choice(ways) if w.random.random() < 0.3 else "call",
                w.random.choice([d0, d0, d0, d1, d2, d3]))

    def application(w, go, depth):
        go(w, set(), depth)

    w.step, w.application = step, application
    while w.steps < %(steps)d:
        try:
            application(w, d0.go, 1)
        except Exception as error:
            if type(error).__name__ != "Unwind":
                raise
    print(w.asked > 1000, w.wrong[:3])
    """

WAYS = ["generator", "made", "partial", "manager", "looked at", "coroutine",
        "merged", "application", "thread", "park", "resume", "leave", "take"]


class TailTestCase(JudgementTestCase):

    deps = dict.fromkeys(["good", "evil", "other"], FRAMES)

    granted = []

    def says(self, main, expected, **kwargs):
        """What the program prints, of who is acting."""
        result = self.judge({"vault": self.granted}, main, **kwargs)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.out.splitlines(), expected, result)


class ReplacedTest(TailTestCase):

    def says(self, main, expected, **kwargs):
        super().says("from _importpolicy import acting\n"
                     "import good, evil, other\n" + main, expected, **kwargs)

    def test_all(self):
        self.says("for who in good, evil, other, good, evil:\n"
                  "    print(*who.down(100, acting))\n",
                  ["good", "evil", "other", "good", "evil"])

    def test_below(self):
        # The same frames above, by all that the interpreter knows of them.
        self.says("for who in good, evil, other, evil, good:\n"
                  "    print(*sorted(who.down(100, other.down, 100,\n"
                  "                           acting)))\n",
                  ["good other", "evil other", "other", "evil other",
                   "good other"])

    def test_application_below(self):
        self.says("""if 1:
            def down(n, function, *args):
                return down(n - 1, function, *args) if n else function(*args)
            print(*evil.down(100, down, 100, good.down, 100, acting))
            print(*sorted(evil.down(100, evil.down, 100, good.down, 100,
                                    acting)))
            print(*evil.down(100, down, 100, good.down, 100, acting))
            """, ["good", "evil good", "good"])

    def check_top(self, far, half, above):
        # The frame that asked last, and others that come to lie there: with
        # `far` frames of one below, or `half` of each of two.
        self.says(f"""if 1:
            for who in good, evil, good:
                print(*who.down({far}, who.often, acting))
            for who in good, evil, good:
                print(*[found.replace(" ", "+") for found in
                        who.down({half}, other.down, {half}, other.often,
                                 acting)])
            print(good.down({far}, good.often, acting, (evil.down, 0, acting),
                            (evil.down, {above}, acting),
                            (good.down, {above}, acting),
                            (good.down, {above}, other.down, 6, acting)))
            """, [" ".join([who] * 6) for who in ("good", "evil", "good")]
                + [" ".join([who] * 6) for who in ("good+other", "evil+other",
                                                   "good+other")]
                + [str(["good"] * 4 + ["evil good", "good"] * 2
                       + ["good", "good", "good other", "good"]
                       + ["good"] * 2)])

    def test_top(self):
        self.check_top(5, 5, 6)

    def test_deep_top(self):
        self.check_top(100, 50, 60)

    def test_above(self):
        # What is known stays, what stands on it changes.
        self.says("""if 1:
            for found in good.down(100, list, (
                    other.down(50, who.down, 100, acting)
                    for who in (evil, good, other, evil))):
                print(*sorted(found))
            print(*sorted(good.down(100, evil.down, 9, acting)))
            print(*sorted(good.down(100, evil.down, 90, acting)))
            print(*sorted(good.down(100, good.down, 9, acting)))
            """, ["evil other", "good other", "other", "evil other",
                  "evil good", "evil good", "good"])

    def test_generator(self):
        # Its frame is the same, who resumes it is another.
        self.says("""if 1:
            steps = good.each(30, [(other.down, 100, acting)] * 5)
            for who in evil, other, evil, good, evil:
                print(*sorted(who.down(100, next, steps)))
            """, ["evil good other", "good other", "evil good other",
                  "good other", "evil good other"])

    def test_coroutine_that_another_has_made(self):
        # Whoever called its function acts in it.
        self.says(FINISH + """if 1:
            for maker in evil, good, evil:
                made = maker.down(2, good.wait, 30, other.down, 100, acting)
                print(*sorted(good.down(100, finish, made)))
            """, ["evil good other", "good other", "evil good other"])

    def test_coroutine(self):
        self.says(FINISH + """if 1:
            for who in good, evil, other, good:
                coroutine = who.wait(30, other.down, 100, acting)
                print(*sorted(finish(coroutine)))
            """, ["good other", "evil other", "other", "good other"])

    def test_maker(self):
        # Where the frame of one maker was, there is that of the next.
        self.says(FINISH + """if 1:
            from functools import partial
            for n in range(30):
                for who in good, evil, other, evil, good:
                    awaited = finish(who.down(n, other.wait, 0, acting))
                    called = other.down(0, who.down(n, partial, acting))
                    if not {*awaited} == {*called} == {who.__name__, "other"}:
                        print(n, who.__name__, awaited, called)
            """, [])

    def test_makers(self):
        # What is known of the frame that makes is true of it alone.
        self.says(FINISH + """if 1:
            own = other.wait, 0, acting
            makers = [own, (evil.down, 0, *own), own, (good.down, 9, *own),
                      own, (evil.down, 9, *own), own]
            for n in range(30):
                made = good.down(n, good.make, makers)
                found = ["evil" in finish(one) for one in made]
                if found != [False, True, False, False, False, True, False]:
                    print(n, found)
            """, [])

    def test_exception(self):
        self.says("""if 1:
            for who in evil, good:
                try:
                    other.down(50, who.unwind, 20, other.down, 50, acting)
                except KeyError:
                    print(*sorted(good.down(90, acting)))
            """, ["evil other"] * 21 + ["good"] + ["good other"] * 21
                 + ["good"])

    def test_trampoline(self):
        # The interpreter's own frame between a class and its __init__().
        self.says("""if 1:
            for who in [good, evil] * 3:
                print(*sorted(who.Made(50, other.down, 50, acting).made))
            """, ["good other", "evil other"] * 3)

    def test_frame_objects(self):
        self.says("""if 1:
            import sys
            kept = []
            def keep():
                frame = sys._getframe(1)
                kept.append(frame)
                while frame is not None:
                    frame = frame.f_back
            for who in good, evil, other:
                who.down(100, keep)
                print(*who.down(100, acting))
                kept[0].f_back.f_back.f_code
                print(*good.down(100, acting))
                kept[0].f_back.clear()
            """, ["good", "good", "evil", "good", "other", "good"])

    def test_threads(self):
        # Each has what the one before had, its data stack included.
        self.says("""if 1:
            import threading
            def run(who):
                print(*who.down(300, acting))
            for who in [good, evil, other] * 3:
                thread = threading.Thread(target=run, args=(who,))
                thread.start()
                thread.join()
            """, ["good", "evil", "other"] * 3)

    def test_data_stack(self):
        # At every place of a part of the data stack, and over its end.
        self.says("""if 1:
            for n in range(400):
                a = evil.down(n, other.down, 20, acting)
                b = good.down(n, other.down, 20, acting)
                c = good.down(n, acting)
                if ({*a}, {*b}, {*c}) != ({"evil", "other"},
                                          {"good", "other"}, {"good"}):
                    print(n, a, b, c)
            """, [])

    def test_fork(self):
        self.says("""if 1:
            import os
            def fork():
                pid = os.fork()
                if pid == 0:
                    print(*good.down(100, acting), flush=True)
                    os._exit(0)
                os.waitpid(pid, 0)
            evil.down(100, acting)
            evil.down(100, fork)
            """, ["good"])

    def test_interpreters(self):
        # A stack of its own, with who made it at its base.
        import_helper.import_module("_interpreters")
        self.says("""if 1:
            import _interpreters
            def run(who):
                made = who.down(100, _interpreters.create)
                who.down(100, _interpreters.exec, made, '''if 1:
                    from _importpolicy import acting
                    import good
                    for _ in range(3):
                        print(*sorted(good.down(100, acting)), flush=True)
                    ''')
                _interpreters.destroy(made)
            for who in evil, good, evil:
                run(who)
                print(*who.down(100, acting), flush=True)
            """, ["evil good"] * 3 + ["evil"] + ["good"] * 4
                 + ["evil good"] * 3 + ["evil"])

    def test_evaluator(self):
        # One who makes frames may leave what was there before.
        import_helper.import_module("_testinternalcapi")
        self.says("""if 1:
            import _testinternalcapi as api
            for who in good, evil, good:
                print(*who.down(100, acting))
                api.set_eval_frame_record([])
                print(*evil.down(100, acting))
                api.set_eval_frame_default()
            """, ["good", "evil", "evil", "evil", "good", "evil"])

    def test_standard_library(self):
        # Whoever calls it acts; its own frames are those that are known.
        self.world.modules(maker="""
            import copy
            from _importpolicy import acting
            class Thing:
                def __deepcopy__(self, memo):
                    return acting()
            def nested():
                thing = Thing()
                for _ in range(100):
                    thing = [thing]
                return thing
            """)
        self.says("""if 1:
            import copy, maker
            def found(copied):
                while type(copied) is list:
                    copied = copied[0]
                return copied
            nested = maker.nested()
            for who in good, evil, good:
                print(*sorted(found(who.down(100, copy.deepcopy, nested))))
            print(*found(copy.deepcopy(nested)))
            """, ["good maker", "evil maker", "good maker", "maker"])


class ManyTest(TailTestCase):
    """More principals than a walk has bits for."""

    deps = {f"d{i:02}": FRAMES for i in range(80)}

    def test_many(self):
        self.says("""if 1:
            import functools, importlib
            from _importpolicy import acting
            deps = [importlib.import_module(f"d{i:02}") for i in range(80)]
            def down(who, function, *args):
                for dep in reversed(who):
                    function, args = dep.down, (2, function, *args)
                return function(*args)
            for i in range(80):
                for step in 1, 13, 31, 79:
                    who = [deps[i], deps[i - step], deps[i * step % 80]]
                    names = sorted({dep.__name__ for dep in who})
                    for stack in who, who + who, [*who, who[0]]:
                        # On the stack, and as whoever is written down.
                        built = down(stack, functools.partial, acting)
                        for found in down(stack, acting), built():
                            if sorted(found) != names:
                                print(names, found)
                        if acting():
                            print("left behind", acting())
            """, [])


class MachineTest(TailTestCase):
    """By chance, against what each frame knows on paper."""

    deps = dict.fromkeys(["d0", "d1", "d2", "d3"], MACHINE)
    granted = ["d0", "d1"]

    def check(self, ways=WAYS, setup="", steps=40_000, **kwargs):
        self.says(DRIVER.replace("SETUP", setup)
                  % {"seed": steps, "ways": ways, "steps": steps},
                  ["True []"], **kwargs)

    def test_calls(self):
        self.check()

    def test_evaluator(self):
        import_helper.import_module("_testinternalcapi")
        self.check(setup="import _testinternalcapi as api; "
                         "api.set_eval_frame_record([])", steps=10_000)

    def test_greenlets(self):
        site = installed(self, "greenlet")
        ways = [way for way in WAYS if way != "thread"]
        self.check([*ways, "greenlet", "hold", "begin",
                    "switch", "switch", "switch"],
                   setup="from greenlet import greenlet; "
                         "w.greenlet = greenlet",
                   env={"PYTHONPATH": os.pathsep.join(
                       [self.world.deps, site])})


class GreenletTest(TailTestCase):

    def test_begun_at_start(self):
        # Before the main program runs, no stack has a mark at its bottom;
        # one of those, seen from there, is still its maker's.
        site = installed(self, "greenlet")
        self.world.modules(sitecustomize=FRAMES + """
    import greenlet
    from _importpolicy import acting
    main = greenlet.getcurrent()
    def work():
        while True:
            main.switch(acting())
    worker = greenlet.greenlet(down)
    early = worker.switch(100, work)
            """)
        self.says("""if 1:
            import sitecustomize
            print(*sitecustomize.early)
            print(*sorted(sitecustomize.worker.switch()))
            """, ["sitecustomize", "sitecustomize"],
            env={"PYTHONPATH": os.pathsep.join([self.world.deps, site])})


if __name__ == "__main__":
    unittest.main()
