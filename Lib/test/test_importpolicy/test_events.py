"""Having a module is one thing, using it another: its audit events are judged.

`good` has imported the module, lawfully; evil finds it there.  Each use is
tried with evil granted and without, and what would have happened outside (a
connection, a process, a file) is looked for there.
"""

import os
import socket
import sys
import unittest

from test.support import import_helper
from test.test_importpolicy.support import (
    APPLICATION, JudgementTestCase, Listener)


class EventsTestCase(JudgementTestCase):

    module = None

    def setUp(self):
        super().setUp()
        if self.module is not None:
            import_helper.import_module(self.module)
            self.world.modules(good=f"import {self.module} as module\n"
                                    "def call(function, *args):\n"
                                    "    return function(*args)\n")

    def use(self, body, *, key=None, who="evil", what=None, effect=None,
            fails=None):
        """The body of evil.use(module).  `fails`: what it ends with when it
        is allowed, where nothing answers."""
        lines = "\n".join("    " + line for line in body.splitlines())
        self.world.write("deps/evil.py",
                         f"import sys\ndef use(module):\n{lines}\n")
        main = "import evil, good\nevil.use(good.module)\n"
        key = key or self.module
        result = self.judge({key: ["good", "evil"]}, main)
        if fails is None:
            self.assertEqual(result.code, 0, result)
        else:
            self.assertIn(fails, result.err)
        self.assertIsNone(result.denied, result)
        if effect is not None:
            self.assertIn(effect, self.world.marks())
        result = self.judge({key: ["good"]}, main)
        self.assertRefused(result, who, what=what, effect=effect,
                           denied="AccessDenied")


class SocketTest(EventsTestCase):

    module = "socket"

    def test_connection(self):
        ways = {
            "socket": "s = module.socket()\ns.connect(('127.0.0.1', PORT))\n"
                      "s.sendall(b'secret')",
            "connect_ex": "s = module.socket()\n"
                          "s.connect_ex(('127.0.0.1', PORT))\n"
                          "s.sendall(b'secret')",
            "create_connection":
                "s = module.create_connection(('127.0.0.1', PORT))\n"
                "s.sendall(b'secret')",
            "implementation":
                "s = module._socket.socket()\n"
                "s.connect(('127.0.0.1', PORT))\ns.send(b'secret')",
            "type of an instance":
                "t = module.SocketType\ns = t()\n"
                "s.connect(('127.0.0.1', PORT))\ns.send(b'secret')",
            "http.client":
                "import http.client as h\n"
                "c = h.HTTPConnection('127.0.0.1', PORT)\n"
                "c.request('GET', '/secret')",
            "urllib":
                "import urllib.request as u, urllib.error as e\n"
                "try: u.urlopen('http://127.0.0.1:PORT/secret', timeout=.2)\n"
                "except TimeoutError: pass",
            "asyncio":
                "import asyncio\n"
                "async def main():\n"
                "    r, w = await asyncio.open_connection('127.0.0.1', PORT)\n"
                "    w.write(b'secret'); w.close()\n"
                "asyncio.run(main())",
            "through sys.modules":
                "s = sys.modules['_socket'].socket()\n"
                "s.connect(('127.0.0.1', PORT))\ns.send(b'secret')",
            "in a thread":
                "from concurrent.futures import ThreadPoolExecutor as T\n"
                "s = T().submit(module.create_connection, "
                "('127.0.0.1', PORT)).result()\ns.sendall(b'secret')",
            "by a callback of the owner":
                "import good\ns = good.call(module.create_connection,"
                " ('127.0.0.1', PORT))\ns.sendall(b'secret')",
        }
        for name, body in ways.items():
            with self.subTest(name), Listener() as listener:
                body = body.replace("PORT", str(listener.port))
                lines = "\n".join("    " + x for x in body.splitlines())
                self.world.write(
                    "deps/evil.py",
                    f"import sys\ndef use(module):\n{lines}\n")
                main = "import evil, good\nevil.use(good.module)\n"
                result = self.judge({"socket": ["good"]}, main)
                self.assertRefused(result, "evil", effect=None,
                                   denied="AccessDenied")
                self.assertEqual(listener.take(), [])
                result = self.judge({"socket": ["good", "evil"]}, main)
                self.assertEqual(result.code, 0, result)
                text, = listener.take()
                self.assertIn(b"secret", text)

    def test_operations(self):
        for body in ("module.socket()",
                     "module.socket(module.AF_INET6, module.SOCK_DGRAM)",
                     "module.getaddrinfo('127.0.0.1', 80)",
                     "module.gethostbyname('127.0.0.1')",
                     "module.gethostname()",
                     "module.getnameinfo(('127.0.0.1', 80), "
                     "module.NI_NUMERICHOST | module.NI_NUMERICSERV)",
                     "module.create_server(('127.0.0.1', 0))",
                     "try: module.getservbyname('http')\n"
                     "except module.error as e:\n"
                     "    if isinstance(e, PermissionError): raise"):
            with self.subTest(body):
                self.use(body)

    def test_socket_that_is_handed_over(self):
        # Its owner opened it; what it does next is whose it is then.
        self.world.modules(good="import socket\n"
                                "module = socket.socket()\n"
                                "udp = socket.socket(type=socket.SOCK_DGRAM)")
        for body in ("module.bind(('127.0.0.1', 0))",
                     "module.connect(('127.0.0.1', 1))",
                     "import good\ngood.udp.sendto(b'x', ('127.0.0.1', 9))",
                     "import good\ngood.udp.sendmsg([b'x'], [], 0, "
                     "('127.0.0.1', 9))"):
            with self.subTest(body):
                self.use(body, fails="ConnectionRefusedError"
                         if "connect" in body else None)

    def test_unix_pair(self):
        # It reaches nobody.
        self.world.modules(evil="""
            def use(module):
                a, b = module.socketpair()
                a.send(b"x")
                assert b.recv(1) == b"x"
            """)
        self.allowed({"socket": ["good"]}, "import evil, good\n"
                     "evil.use(good.module)", effect=None)

    def test_unix_socket_that_reaches_somebody(self):
        path = self.world.path("server")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen()
            for body in (f"s = module.socket(module.AF_UNIX)\n"
                         f"s.connect({path!r})",
                         f"s = module.socket(module.AF_UNIX)\n"
                         f"s.bind({path + '2'!r} + str(id(s)))"):
                with self.subTest(body):
                    self.use(body)

    def test_event_of_a_pair_by_name(self):
        # Only the genuine event tells what kind of socket it is.
        self.use("sys.audit('socket.__new__', None, module.AF_UNIX, 1, 0)")

    def test_asyncio_without_sockets(self):
        program = """
            import asyncio
            async def main():
                await asyncio.sleep(0)
                await asyncio.to_thread(int)
                asyncio.get_running_loop().call_soon_threadsafe(int)
                PROCESS
                return 1
            assert asyncio.run(main()) == 1
            """
        self.allowed({"socket": []}, program.replace("PROCESS", "pass"),
                     effect=None)
        result = self.judge({"socket": []}, program.replace(
            "PROCESS", "await asyncio.open_connection('127.0.0.1', 1)"))
        self.assertRefused(result, APPLICATION, effect=None)


class CtypesTest(EventsTestCase):

    module = "ctypes"

    def test_operations(self):
        for body in ("module.CDLL(None)", "module.PyDLL(None)",
                     "module.cdll.LoadLibrary(None)",
                     "module._dlopen(None, 0)",
                     "module.pythonapi.Py_IsInitialized",
                     "module.addressof(module.c_int())",
                     "module.c_int.from_address(id(0))",
                     "module.string_at(id(0), 1)",
                     "module.create_string_buffer(1)"):
            with self.subTest(body):
                self.use(body)

    def test_library_of_the_owner(self):
        # It is open already, but its functions have to be looked up.
        self.world.modules(good="import ctypes\n"
                                "module = ctypes.CDLL(None)\n")
        self.use(f"import os; f = module.creat\n"
                 f"os.close(f({os.fsencode(self.world.path('effects/c'))!r}, "
                 "0o600))", effect="c")


class SubprocessTest(EventsTestCase):

    module = "subprocess"

    def test_operations(self):
        path = self.world.path("effects", "touched")
        text = f"open({path!r}, 'w').close()"
        argv = [sys.executable, "-S", "-c", text]
        for body in (f"module.run({argv!r})",
                     f"module.Popen({argv!r}).wait()",
                     f"module.check_output({argv!r})",
                     f"module.getoutput('touch {path}')",
                     f"import os; os.popen('touch {path}').close()",
                     "import asyncio\n"
                     "async def main():\n"
                     "    await (await asyncio.create_subprocess_exec("
                     f"*{argv!r})).wait()\n"
                     "asyncio.run(main())"):
            with self.subTest(body):
                self.use(body, effect="touched")

    def test_below_the_module(self):
        # What Popen calls, found as its attribute.
        path = self.world.path("effects", "touched")
        pipe = "import os; r, w = os.pipe()\n"
        self.use(pipe + f"module._fork_exec([b'/bin/sh', b'-c', "
                 f"b'touch {path}'], [b'/bin/sh'], True, (w,), None, None, "
                 "-1, -1, -1, -1, -1, -1, r, w, False, False, -1, None, None, "
                 "None, -1, None, False)\nos.close(w); os.read(r, 1)\n"
                 "os.wait()", effect="touched")


class OsTest(EventsTestCase):

    module = "os"

    def test_operations(self):
        path = self.world.path("effects", "made")
        for body in (f"module.system('touch {path}')",
                     f"module.mkdir({path!r})",
                     f"module.symlink('x', {path!r})"):
            with self.subTest(body):
                self.use(body, effect="made")


class NameTest(JudgementTestCase):
    """Which key speaks of an event?"""

    deps = {"evil": """
        import sys
        def audit(event, *args):
            sys.audit(event, *args)
            print("raised")
        """}

    def outcome(self, policy, event):
        result = self.judge(policy, f"import evil; evil.audit({event!r}, 1)")
        if result.denied:
            self.assertRefused(result, "evil", effect=None,
                               denied="AccessDenied")
            self.assertNotIn("raised", result.out)
            return "refused"
        self.assertEqual((result.code, result.out), (0, "raised\n"), result)
        return "allowed"

    def test_names(self):
        yes, no = ["evil"], []
        for policy, event, outcome in (
                ({"vault": no}, "vault.use", "refused"),
                ({"vault": yes}, "vault.use", "allowed"),
                ({"vault": no}, "vault.deep.use", "refused"),
                ({"vault": no, "vault.deep": yes}, "vault.deep.use",
                 "allowed"),
                ({"vault": yes, "vault.deep": no}, "vault.deep.use",
                 "refused"),
                ({"vault": yes, "vault.deep": no}, "vault.use", "allowed"),
                ({"vault.use": no}, "vault.use", "allowed"),
                ({"vault": no}, "vaults.use", "allowed"),
                ({"vault": no}, "vault", "allowed"),
                ({"vault": no}, "use", "allowed"),
                ({"vault": no}, "x.vault.use", "allowed"),
                ({"socket": no}, "socket.connect", "refused"),
                ({"socket": no}, "_socket.connect", "refused"),
                ({"_socket": no}, "socket.connect", "refused"),
                ({"_socket": no, "socket": yes}, "socket.connect",
                 "allowed"),
                ({"threading": no}, "_thread.start_new_thread", "refused"),
                ({"os": no}, "os.system", "refused"),
                ({"pathlib": no}, "pathlib.Path.glob", "refused"),
                ({"urllib.request": no}, "urllib.Request", "refused"),
                ({"urllib": no}, "urllib.Request", "refused"),
                ({"urllib.parse": no}, "urllib.Request", "allowed"),
                ({"ctypes": no}, "ctypes.dlsym/handle", "refused"),
                ({"code": no}, "code.__new__", "allowed"),
                ({"vault": no}, "vault." + "x" * 5000, "refused"),
                ({"vault": no}, "v\xe4ult.\u4e2d", "allowed"),
                ({"v\xe4ult": no}, "v\xe4ult.\u4e2d", "refused")):
            with self.subTest(policy=policy, event=event[:40]):
                self.assertEqual(self.outcome(policy, event), outcome)

    def test_many_names(self):
        # Names that are made at run time do not confuse the memory of those
        # that are literals in C.
        result = self.judge({"vault": [], "socket": []}, """
            import evil, sys
            names = [f"{m}.event{i}" for i in range(3000)
                     for m in ("vault", "free")]
            refused = 0
            for name in names:
                try:
                    sys.audit(name)
                except PermissionError:
                    refused += 1
            print(refused)
            """)
        self.assertEqual(result.out.strip(), "3000", result)


class HookTest(JudgementTestCase):

    deps = {"evil": "import sys\ndef audit(*args):\n    sys.audit(*args)\n"}

    def test_not_called_for_what_is_refused(self):
        program = """
            import evil, sys
            seen = []
            sys.addaudithook(lambda name, args: name.startswith("vault")
                             and seen.append((name, args)))
            try:
                evil.audit("vault.use", 1, "two")
            except PermissionError:
                pass
            evil.audit("vaults.use")
            print(seen)
            """
        result = self.judge({"vault": []}, program)
        self.assertEqual(result.out.strip(), "[('vaults.use', ())]", result)
        result = self.judge({"vault": ["evil"]}, program)
        self.assertEqual(result.out.strip(), "[('vault.use', (1, 'two')), "
                         "('vaults.use', ())]", result)

    def test_genuine_event(self):
        import_helper.import_module("_socket")
        program = """
            import socket, sys
            seen = []
            sys.addaudithook(lambda name, args: name == "socket.bind"
                             and seen.append(args[1]))
            socket.socket().bind(("127.0.0.1", 0))
            print(seen)
            """
        result = self.judge({"socket": ["__main__"]}, program)
        self.assertEqual(result.out.strip(), "[('127.0.0.1', 0)]", result)
        result = self.judge({"socket": []}, """
            import http.client, sys
            seen = []
            sys.addaudithook(lambda name, args: name == "socket.bind"
                             and seen.append(args[1]))
            s = http.client.socket.socket(http.client.socket.AF_UNIX)
            try:
                s.bind("name")
            except PermissionError:
                print(seen)
            """)
        self.assertEqual(result.out.strip(), "[]", result)

    def test_hook_of_a_dependency(self):
        # It sees what is allowed, and cannot make anything allowed.
        self.world.modules(evil="""
            import sys
            def hook(name, args):
                if name == "vault.use":
                    raise SystemExit("the hook came first")
            sys.addaudithook(hook)
            def audit(name):
                sys.audit(name)
            """)
        result = self.judge({"vault": []}, "import evil\n"
                                           "evil.audit('vault.use')")
        self.assertRefused(result, "evil", effect=None)
        result = self.judge({"vault": ["evil"]}, "import evil\n"
                                                 "evil.audit('vault.use')")
        self.assertIn("the hook came first", result.err)

    def test_hook_that_refuses(self):
        # Both have a say.
        result = self.judge({"vault": ["__main__"]}, """
            import sys
            def hook(name, args):
                if name == "vault.use":
                    raise RuntimeError("the hook refuses")
            sys.addaudithook(hook)
            sys.audit("vault.use")
            """)
        self.assertIn("the hook refuses", result.err)

    def test_event_without_a_hook(self):
        self.refused("evil", {"vault": []}, "import evil\n"
                     "evil.audit('vault.use')", effect=None)
        self.allowed({"vault": ["evil"]}, "import evil\n"
                     "evil.audit('vault.use', object(), 1.5)", effect=None)

    def test_audit_itself(self):
        for bad, error in (("sys.audit()", "TypeError"),
                           ("sys.audit(1)", "TypeError"),
                           ("sys.audit('a\\udc80.b')", "UnicodeEncodeError")):
            with self.subTest(bad):
                result = self.judge({"vault": []}, f"import sys\n{bad}")
                self.assertIn(error, result.err)


class NotJudgedTest(JudgementTestCase):
    """What ordinary programs live on, and gain nothing by."""

    def test_import_system(self):
        # Whatever it does to find and to load a module.
        self.world.write("deps/pack/__init__.py", "import pack.inner, sched")
        self.world.write("deps/pack/inner.py")
        env = {"PYTHONDONTWRITEBYTECODE": None}
        for key in "marshal", "os", "io", "importlib", "posix":
            for _ in range(2):
                with self.subTest(key):
                    result = self.allowed({key: []}, "import pack, colorsys",
                                          env=env, effect=None)
                    self.assertEqual(result.err, "")

    def test_own_use_is_judged(self):
        for key, body in (("marshal", "marshal.loads(b'N')"),
                          ("sys", "sys._getframe()"),
                          ("os", "os.listdir('.')"),
                          # Functions of the import system that call others.
                          ("os", "b._call_with_frames_removed(os.listdir, "
                                 "'.')"),
                          ("marshal", "b._call_with_frames_removed("
                                      "marshal.loads, b'N')"),
                          ("os", "e._write_atomic('x', b'')\n"
                                 "    os.unlink('x')"),
                          ("os", "e.SourceFileLoader('x', 'x').set_data("
                                 "'new/x', b'')\n    os.unlink('new/x')\n"
                                 "    os.rmdir('new')")):
            self.world.modules(
                good="import marshal, os, sys",
                evil="import importlib._bootstrap as b\n"
                     "import importlib._bootstrap_external as e\n"
                     f"def use({key}):\n    {body}\n")
            main = f"import evil, good\nevil.use(good.{key})"
            with self.subTest(body):
                self.allowed({key: ["good", "evil"]}, main, effect=None)
                self.refused("evil", {key: ["good"]}, main, effect=None,
                             denied="AccessDenied")

    def test_generators_of_code(self):
        # They look at their caller's frame; the code is their caller's.
        self.world.modules(evil="""
            import collections, dataclasses, enum, logging, typing, warnings
            T = collections.namedtuple("T", "a")
            N = typing.NamedTuple("N", [("a", int)])
            E = enum.Enum("E", "A B")
            D = typing.TypedDict("D", {"a": int})
            V = typing.TypeVar("V")
            @dataclasses.dataclass
            class Data:
                x: int
            logging.getLogger().error("logged")
            warnings.simplefilter("always")
            warnings.warn("warned")
            print(T(1), N(2), E.A, Data(3))
            """)
        result = self.allowed({"sys": []}, "import evil", effect=None)
        self.assertEqual(result.out.strip(), "T(a=1) N(a=2) E.A Data(x=3)")
        self.assertIn("logged", result.err)
        self.assertIn("warned", result.err)
        self.assertNotIn("may not use", result.err)

    def test_body_of_the_standard_library(self):
        self.world.modules(evil="import dataclasses, http.client, inspect, "
                                "logging.config, typing, uuid")
        for key in "sys", "marshal", "os":
            with self.subTest(key):
                result = self.allowed({key: []}, "import evil", effect=None)
                self.assertEqual(result.err, "")

    def test_what_the_interpreter_raises(self):
        # An error and one that is ignored are reported as ever.
        result = self.judge({"sys": []}, """
            class C:
                def __del__(self):
                    raise KeyError("ignored")
            C()
            1 / 0
            """)
        self.assertEqual(result.code, 1)
        self.assertIn("ZeroDivisionError", result.err)
        self.assertIn("KeyError: 'ignored'", result.err)
        self.assertNotIn("may not use", result.err)


class ActingTest(JudgementTestCase):
    """Events follow the same rule as imports."""

    deps = dict.fromkeys(["good", "evil", "other"], """
        import sys
        def use():
            sys.audit("vault.use")
        def call(function, *args):
            return function(*args)
        """)

    def check(self, names, main):
        self.needs(names, main + f"\n{self.world.mark('used')}", effect="used")

    def test_all_act(self):
        self.check("good", "import good; good.use()")
        self.check("good evil", "import good, evil; evil.call(good.use)")
        self.check("good evil", "import good, evil; good.call(evil.use)")
        self.check("good evil other",
                   "import good, evil, other\n"
                   "other.call(good.call, evil.call, other.use)")
        self.check(APPLICATION, "import sys; sys.audit('vault.use')")
        self.check("good", "import good, evil\n"
                           "evil.call(lambda: good.use())")

    def test_body(self):
        self.world.modules(good="import sys; sys.audit('vault.use')",
                           evil="__import__('good')")
        self.check("good", "import evil")

    def test_body_of_the_standard_library(self):
        # What it runs or connects is its importer's.
        self.world.modules(evil="""
            import sys
            def load():
                sys.modules["threading"] = Fake()
                try:
                    import sched
                finally:
                    del sys.modules["threading"]
            class Fake:
                def __getattr__(self, name):
                    sys.audit("vault.use")
                    raise AttributeError(name)
            """)
        self.world.policy({"vault": []})
        result = self.world.run("import evil; evil.load()")
        self.assertIn("evil may not use vault", result.err)

    def test_thread(self):
        self.needs("evil", f"""
            import evil, sys
            from concurrent.futures import ThreadPoolExecutor
            pool = ThreadPoolExecutor()
            evil.call(pool.submit, sys.audit, "vault.use").result()
            {self.world.mark("used")}
            """, effect="used")

    def test_child(self):
        program = f"""
            import evil, subprocess, sys
            text = 'import sys; sys.audit("vault.use"); {{}}'
            evil.call(subprocess.run, [sys.executable, "-c", text.format(
                {self.world.mark("used")!r})])
            """
        self.judge({"vault": ["evil"]}, program)
        self.assertEqual(self.world.marks(), {"used"})
        self.judge({"vault": ["__main__"]}, program)
        self.assertEqual(self.world.marks(), set())


if __name__ == "__main__":
    unittest.main()
