"""Is what a judgement needs given back, and what if there is none?

Each operation is repeated in one process, in rounds.  A round that leaves as
many blocks or references behind as it had repetitions, however often it is
run, keeps something for good.  Where memory ends, each allocation fails in
turn, and nothing is let through that is refused otherwise.
"""

import sys
import unittest

from test.support import Py_GIL_DISABLED, import_helper
from test.test_importpolicy.support import (
    JudgementTestCase, survives_shortage)

ACTOR = """
    def get():
        import vault
        return vault.take()

    def call(function, *args):
        return function(*args)
    """

# Names what grew.  The second round is the first that counts, for caches fill
# in the one before.
MEASURE = """\
import gc, sys, tracemalloc, warnings
references = getattr(sys, "gettotalrefcount", int)
counters = [references, sys.getallocatedblocks]

def clear_caches():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        sys._clear_type_cache()
    sys._clear_internal_caches()
    gc.collect()

def measure(name, function, n, allowed=0):
    counts = []
    for _ in range(4):
        for _ in range(n):
            try:
                function()
            except (ImportError, OSError, RuntimeError, ValueError):
                pass
        clear_caches()
        counts.append([counter() for counter in counters])
    grown = [min(b[i] - a[i] for a, b in zip(counts[1:], counts[2:]))
             for i in range(len(counters))]
    if max(grown[:2]) >= n + allowed or grown[2:] >= [8 * n]:
        print("grows:", name, grown)

def measure_all(namespace, skip=0):
    for name, function in list(namespace.items()):
        if name.startswith("op_"):
            measure(name, function, 40)
"""


class LeakTest(JudgementTestCase):

    deps = {"good": ACTOR, "evil": ACTOR, "client": ACTOR}
    policy = {"vault": ["__main__", "good", "client"],
              "$log": "log.jsonl",
              "$permissions": {
                  "evil": {"net": ["example.com:443"], "read": ["/etc"],
                           "write": [], "env": ["AWS_*"], "run": ["true"],
                           "patch": False, "sys": False},
                  "__main__": True}}

    def assertNothingGrows(self, text, policy=None):
        program = (MEASURE + "import evil, good, importpolicy, os, vault\n"
                   + text)
        self.world.policy(self.policy if policy is None else policy)
        script = self.world.write("app/main.py", program)
        result = self.world.start(script, timeout=300)
        self.assertEqual((result.code, result.out), (0, ""), result)

    def test_judgements(self):
        self.assertNothingGrows("""
import _importpolicy, socket, types
tracemalloc.start(1)
counters.append(lambda: tracemalloc.get_traced_memory()[0])
evil_file = evil.__file__
server = socket.create_server(("127.0.0.1", 0))
client = socket.socket()

def op_import_refused():
    evil.get()
def op_import_allowed():
    good.get()
def op_open_refused():
    evil.call(open, evil_file, "w")
def op_open_allowed():
    evil.call(os.listdir, "/etc")
def op_connect_refused():
    evil.call(client.connect, server.getsockname())
def op_resolve_refused():
    evil.call(socket.getaddrinfo, "host.invalid", 1)
def op_run_refused():
    evil.call(os.posix_spawn, "/bin/false", ["false"], {})
def op_patch_refused():
    evil.call(setattr, os, "name_", 1)
def op_event_refused():
    evil.call(os.kill, os.getpid(), 0)
def op_own_variable():
    evil.call(os.environ.__setitem__, "OWN", "x" * 40)
    evil.call(os.environ.get, "OWN")
    evil.call(os.environ.pop, "OWN")
def op_environment():
    evil.call(os.environ.copy)
    evil.call(repr, os.environ)
    os.environ | {}, os.environ == {}, list(os.environ)
def op_code():
    evil.call(types.FunctionType, good.get.__code__, {})
    evil.call(compile, "def f(): pass", "x", "exec")
def op_module():
    sys.modules.pop("client", None)
    import client
def op_query():
    for question in (("evil", "net"), ("evil", "read", "/etc/x"),
                     ("good", "vault"), ("x", "builtins.open"),
                     ("evil", "import", "vault"), ("evil", "os.kill")):
        importpolicy.query(*question)
def op_show():
    importpolicy.policy()
def op_parse():
    for text in (b"{}", b"{", b'{"$x": 1}', b'{"a": ["b"]}',
                 b'{"$permissions": {"a": {"net": ["x"], "opne": []}}}',
                 b'{"$extends": ["builtin:baseline"]}'):
        _importpolicy.parse("policy.json", text)
def op_distributions():
    _importpolicy.requirements([os.path.dirname(evil_file)])
    _importpolicy.owner([os.path.dirname(evil_file)], "evil")
def op_archive():
    _importpolicy.archive_member("absent.zip", "x")

measure_all(globals())
""")

    def test_blocks(self):
        self.assertNothingGrows("""
permit = importpolicy.permit
def op_block():
    with permit(net=["example.com:443"], imports=["json"]):
        pass
def op_nested():
    with permit(read=["/etc"]), permit(write=False):
        open(__file__, "w")
def op_import():
    with permit(imports=["json"]):
        import vault
def op_generator():
    def generate():
        with permit(net=False):
            yield 1
    next(generate())
def op_not_entered():
    repr(permit(net=["example.com"])), permit(net=True).__exit__
def op_wrong():
    permit(net=["*.*:x"])

measure_all(globals())
""")

    def test_deferred(self):
        # Callables that remember who deferred them.
        self.assertNothingGrows("""
import asyncio, contextlib, contextvars, functools, multiprocessing.pool
import operator, signal, threading, types, weakref
from concurrent.futures import ThreadPoolExecutor
call = evil.call

def op_built():
    call(functools.partial, os.getcwd)()
    call(operator.methodcaller, "x"), call(property, os.getcwd)
    call(map, os.listdir, ["/"]), call(types.MethodType, os.getcwd, 1)
def op_class():
    call(type, "X", (), {"f": os.getcwd, "__exit__":
                         contextlib.suppress.__exit__})
def op_weak():
    class A: pass
    a = A()
    call(weakref.ref, a, repr), call(weakref.finalize, a, len, ())
    call(weakref.WeakMethod, contextlib.ExitStack().close)
def op_stack():
    with contextlib.ExitStack() as stack:
        call(stack.callback, os.getcwd)
def op_context():
    call(contextvars.copy_context().run, os.getcwd)
def op_signal():
    old = call(signal.signal, signal.SIGUSR1, signal.SIG_IGN)
def thread():
    for cls, *first in (threading.Thread, None), (threading.Timer, 0):
        t = call(cls, *first, os.getcwd)
        t.start()
        t.join()
def executor():
    with ThreadPoolExecutor(1, initializer=call, initargs=(int,)) as pool:
        future = call(pool.submit, os.getcwd)
        call(future.add_done_callback, repr)
        future.result()
def pool():
    with multiprocessing.pool.ThreadPool(1, call, (int,)) as pool:
        pool.map(str, [1]), pool.starmap(pow, [(1, 2)])
        list(pool.imap(str, [1])), call(pool.apply, str, (1,))
async def tasks():
    loop = asyncio.get_running_loop()
    loop.call_soon(call, os.getcwd)
    loop.call_later(1, os.getcwd).cancel()
    await asyncio.create_task(asyncio.sleep(0))

measure_all(globals())
measure("thread", thread, 20)
measure("executor", executor, 20)
measure("pool", pool, 10)
measure("tasks", lambda: asyncio.run(tasks()), 10)
""")

    def test_interpreters(self):
        # In a release build CPython's own leave something behind: as many
        # as one does that runs nothing.
        text = """
import _interpreters
def run(text):
    interpreter = _interpreters.create()
    failure = _interpreters.run_string(interpreter, text)
    assert failure is None, failure.formatted
    _interpreters.destroy(interpreter)
judged = '''
import evil, good, os, importpolicy, secman
with importpolicy.permit(net=False):
    good.get()
for function, *args in (evil.get,), (evil.call, os.kill, os.getpid(), 0):
    try:
        function(*args)
    except importpolicy.SecurityError:
        pass
evil.call(os.environ.__setitem__, "OWN", "x")
'''
if hasattr(sys, "gettotalrefcount"):
    # What the function has as its own text is kept with it.
    measure("judged", lambda: run(judged), 4, allowed=8)
for _ in range(3):
    run(judged)
"""
        self.assertNothingGrows(text)

    @unittest.skipUnless(hasattr(sys, "gettotalrefcount"),
                         "sub-interpreters of a release build keep memory")
    def test_interpreters_without_policy(self):
        # The classes of refusals belong to those who import them, too.
        self.world.write("elsewhere/main.py", MEASURE + """
import _interpreters
for name in "_importpolicy", "importpolicy", "_secman", "secman":
    def run():
        interpreter = _interpreters.create()
        assert not _interpreters.run_string(interpreter, f"import {name}")
        _interpreters.destroy(interpreter)
    measure(name, run, 3, allowed=8)
""")
        result = self.world.start(self.world.path("elsewhere", "main.py"),
                                  timeout=300)
        self.assertEqual((result.code, result.out), (0, ""), result)

    def test_managers(self):
        # With a manager of each thread, of permissions and of a class.
        self.world.write("app/main.py", MEASURE + """
import os, secman, threading
from secman import *
class Own(SecurityManagerBase):
    def on_process(self, permission, args):
        return False
def manage(cls):
    manager = cls()
    for permission in (GenericPermission(True), SecurityPermission(True),
                       FilePermission(True, FileTarget("/etc")),
                       Permission("os.putenv", True, EnvTarget("A_*"))):
        manager.set_permission(permission)
    return manager
def judged():
    own = threading.get_ident()
    for cls in SecurityManager, Own:
        manager = manage(cls)
        add_manager(manager, own)
        manager.set_permission(CodePermission(False))
        for function, *args in ((os.listdir, "/"), (os.listdir, "/etc"),
                                (os.putenv, "B", "1"), (exec, "1", {}),
                                (os.kill, os.getpid(), 0)):
            try:
                function(*args)
            except SecurityError:
                pass
        manager.is_allowed("open", "/etc/x", "r", 0)
        manager.permissions(), manager.get_permission("open")
        if cls is Own:
            remove_manager(manager, own)
def op_thread():
    thread = threading.Thread(target=judged)
    thread.start()
    thread.join()
def op_not_in_force():
    manager = manage(Own)
    manager.is_allowed("os.kill", 1, 2), repr(manager.permissions())
def op_wrong():
    for make in (lambda: HostTarget("*.*:x"), lambda: FileTarget(""),
                 lambda: Permission("open", True, [EnvTarget("A")]),
                 lambda: manage(Own).set_permission(1)):
        try:
            make()
        except (TypeError, ValueError):
            pass
op_thread()
measure_all(globals())
""")
        result = self.world.start("main.py", timeout=300,
                                  env={"PYTHONPOLICY": None})
        self.assertEqual((result.code, result.out), (0, ""), result)


# Keys that compare themselves, and run then() when they are first asked.
ODD_KEYS = """
    class Key(str):
        then = None
        __hash__ = str.__hash__

        def __eq__(self, other):
            then, Key.then = Key.then, None
            if then is not None:
                then()
            return False
    """


class TakenAwayTest(JudgementTestCase):
    """What a look-up, or a property, takes away is not looked at any more.
    Builds with --with-address-sanitizer see when it is."""

    deps = {"odd": ODD_KEYS}

    def check(self, main, expected):
        env = {} if Py_GIL_DISABLED else {"PYTHONMALLOC": "malloc"}
        result = self.judge({"vault": []}, main, env=env)
        self.assertEqual((result.code, result.out.split()),
                         (0, expected), result)

    def test_bases_of_a_finalized_object(self):
        self.world.modules(evil="""
            from odd import Key
            class Base:
                def __del__(self):
                    print("finalized")
            class Other(Base):
                pass
            bases = [Base]
            for _ in range(30):     # more than the tuples that are kept
                bases.append(type("Derived", (bases[-1],), {}))
            Last = type("Last", (bases.pop(),), {Key("__del__"): None})
            def then():
                Last.__bases__ = Other,
                del bases[:]
            last = Last()
            Last()                  # its __del__ is in the cache
            Key.then = then
            del last
            print(len(Last.__mro__))
            """)
        self.check("import evil", ["finalized", "finalized", "33"])

    def test_dictionary_of_a_file(self):
        for key in "'write'", "Key('write')":
            self.check(f"""
                from odd import Key
                import io
                def raw():
                    pass
                vars(raw).update(closed=False, flush=int, close=int,
                                 writable=lambda: True, seekable=int)
                file = io.BufferedWriter(raw)
                names = vars(raw) | {{"write": lambda data:
                                      print("written") or len(data)}}
                vars(raw)[{key}] = None
                vars(raw)["write"] = names["write"]
                def then():
                    raw.__dict__ = names
                Key.then = then
                file.write(b"x")
                file.flush()
                """, ["written"])

    def test_attribute_of_a_loop(self):
        self.check("""
            from odd import Key
            import asyncio
            class Hung:
                def __call__(self):
                    pass
            class Base(asyncio.SelectorEventLoop):
                def hook(self):
                    pass
            Loop = type("Loop", (Base,), {Key("hook"): None})
            loop = Loop()
            loop.hook = Hung()
            loop.set_exception_handler(lambda loop, context: print("failed"))
            def then():
                del loop.hook
            def fail():
                Loop.changed = True     # nothing is cached
                Key.then = then
                raise ValueError
            loop.call_soon(fail)
            loop.call_soon(loop.stop)
            loop.run_forever()
            loop.close()
            print("hook" in vars(loop))     # for nothing is compared
            """, ["failed", "True"])

    def test_class_of_a_compared_object(self):
        self.world.modules(evil="""
            import gc
            class Other(str):
                pass
            def less(other):
                return True
            def make():
                class Text(str):
                    def given(self):
                        self.__class__ = Other
                        gc.collect()
                        return less
                    __lt__ = property(given)
                return Text()
            """)
        self.check("""
            import evil
            print(evil.make() < "")
            """, ["True"])


@survives_shortage
class ShortageTest(JudgementTestCase):
    """Each allocation fails in turn.

    Not where classes, generators or modules are made, or code is compiled:
    CPython itself does not survive that everywhere."""

    deps = {"good": ACTOR, "evil": ACTOR}

    # Prints the names of the functions that were ever successful.
    ATTEMPT = """\
import _testcapi
def attempt(function):
    n = quiet = 0
    got = False
    while quiet < 30:
        failed = None
        _testcapi.set_nomemory(n, n + 1)
        try:
            got |= function() is not None
        except BaseException as error:
            failed = type(error)
        finally:
            _testcapi.remove_mem_hooks()
        quiet = 0 if failed is MemoryError else quiet + 1
        n += 1
    if got:
        print(function.__name__)
for name, function in list(globals().items()):
    if name.startswith("op_"):
        try:
            function()
        except Exception:
            pass
        attempt(function)
"""

    @classmethod
    def setUpClass(cls):
        import_helper.import_module("_testcapi")
        super().setUpClass()

    PROGRAM = """\
import encodings.idna, evil, functools, good, importpolicy, json, operator
import os, socket, vault
call, permit = evil.call, importpolicy.permit
os.environ["SECRET"] = "x"
client = socket.socket(type=socket.SOCK_DGRAM)
def op_import(): return evil.get()
def op_read(): return call(open, os.path.dirname(__file__) + "/policy.json")
def op_open(): return call(os.open, os.path.dirname(__file__), os.O_RDONLY)
def op_list(): return call(os.listdir, os.path.dirname(__file__))
def op_variable(): return call(os.getenv, "SECRET")
def op_variables(): return call(os.environ.copy).get("SECRET")
def op_run(): return call(os.posix_spawn, "/bin/true", ["true"], {})
def op_kill(): return call(os.kill, os.getpid(), 0) or 1
def op_patch(): call(setattr, json, "planted", 1); return json.planted
def op_connect(): return call(client.connect, ("127.0.0.1", 9)) or 1
def op_block():
    with permit(read=False):
        return os.listdir("/home")
def op_block_of_targets():
    with permit(read=["/etc"], imports=["json"]):
        return os.listdir("/home")
def op_partial(): return call(functools.partial, os.listdir, "/home")()
"""

    def test_policy(self):
        entry = {"net": ["example.com:443"], "read": ["/etc"], "write": [],
                 "env": ["AWS_*"], "run": ["none"], "patch": False,
                 "sys": False}
        program = self.PROGRAM + self.ATTEMPT
        result = self.judge({"vault": ["__main__", "good"], "$log": "log",
                             "$permissions": {"evil": entry}}, program)
        self.assertEqual((result.code, result.out), (0, ""), result)
        granted = {"vault": "*", "$permissions": {"evil": True}}
        result = self.judge(granted, program)
        self.assertEqual(
            (result.code, result.out.split()),
            (0, [line.split()[1].split("(")[0]
                 for line in self.PROGRAM.splitlines()
                 if line.startswith("def op_") and "block" not in line]),
            result)

    def test_manager(self):
        program = """\
import encodings.idna, os, secman, socket, threading
from secman import *
def plain(): pass
class Own(SecurityManagerBase):
    def on_process(self, permission, args):
        return False
def op_read(): return open(__file__)
def op_list(): return os.listdir("/")
def op_connect(): return client.connect(("127.0.0.1", 9)) or 1
def op_putenv(): return os.putenv("B", "1") or 1
def op_execute(): return exec(other.__code__, {}) or 1
def op_kill(): return os.kill(os.getpid(), 0) or 1
def op_make():
    HostTarget("*.example.com:443"), ProgramTarget("true"), ModuleTarget("x")
    made = SecurityManager()
    made.set_permission(Permission("open", True, [FileTarget("/x")]))
    made.set_permission(FilePermission(True))
    made.get_permission("open"), repr(made.permissions())
    made.is_allowed("open", "/x", "r", 0)
def op_install():
    made = Own()
    made.set_permission(GenericPermission(True))
    made.set_permission(SecurityPermission(True))
    add_manager(made, threading.get_ident())
    remove_manager(made, threading.get_ident())
def other(): pass
client = socket.socket(type=socket.SOCK_DGRAM)
manager = Own()
for permission in (
        GenericPermission(True), SecurityPermission(True),
        FilePermission(True, FileTarget("/etc")),
        Permission("socket.connect", True, HostTarget("example.com:443")),
        Permission("os.putenv", True, EnvTarget("A_*")),
        Permission("exec", True, CodeTarget(plain))):
    manager.set_permission(permission)
import _testcapi
add_manager(manager)
"""
        script = self.world.write("app/main.py", program + self.ATTEMPT)
        result = self.world.start(script)
        self.assertEqual((result.code, result.out), (0, ""), result)


if __name__ == "__main__":
    unittest.main()
