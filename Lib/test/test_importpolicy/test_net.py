"""What a dependency reaches over the network, and what it does not.

Real listeners on loopback say what arrived.  A test is a set of attempts, each
of which sends its own name; they run in a dependency, in one child, first
under the policy that should stop some of them, then under the twin that lets
all pass.
"""

import ast
import contextlib
import os
import re
import socket
import tempfile
import unittest

from test.support import os_helper, socket_helper
from test.test_importpolicy.support import JudgementTestCase, Listener

# Runs attempts (name, code) and says how each ended.
DEPENDENCY = """
    import asyncio, os, socket, sys, threading

    def send(host, port, name, family=socket.AF_INET):
        with socket.socket(family) as sock:
            sock.settimeout(5)
            sock.connect((host, port))
            sock.sendall(name.encode())

    def run(attempts, more):
        for name, code in attempts:
            space = {"name": name, "send": send, "socket": socket, "os": os,
                     "asyncio": asyncio, "threading": threading, **more}
            try:
                exec(code, space)
            except Exception as error:
                kind = type(error).__name__
                print(repr((name, kind, str(error))), flush=True)
            else:
                print(repr((name, "ran", "")), flush=True)
    """


class DatagramListener:

    def __enter__(self):
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port = self._socket.getsockname()[1]
        return self

    def __exit__(self, *exc_info):
        self._socket.close()

    def take(self):
        texts = []
        with contextlib.suppress(BlockingIOError):
            while True:
                texts.append(self._socket.recv(1000))
        return texts


class UnixListener(Listener):

    def __init__(self, address):
        self.address = address

    def __enter__(self):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(self.address)
        self._socket.listen()
        self._socket.setblocking(False)
        return self


class NetTestCase(JudgementTestCase):

    deps = {"dep": DEPENDENCY}

    def setUp(self):
        super().setUp()
        self.listener = self.enterContext(Listener())
        self.other = self.enterContext(Listener())
        self.ports = {"PORT": self.listener.port, "OTHER": self.other.port}

    def spell(self, targets):
        """Targets with the real ports in them."""
        return [target.replace("PORT", str(self.listener.port))
                .replace("OTHER", str(self.other.port))
                for target in targets] if isinstance(targets, list) \
            else targets

    def outcomes(self, net, attempts, before="", who="dep", **more):
        """How each attempt ended: "ran" or an exception's name."""
        attempts = [(name, code) for name, code in attempts.items()]
        policy = {"$permissions": {who: {"net": self.spell(net)},
                                   "__main__": True}}
        self.listener.take(), self.other.take()
        result = self.judge(policy, f"import dep\n{before}\n"
                            f"dep.run({attempts!r}, {self.ports | more!r})")
        self.assertEqual(result.code, 0, result)
        found = {}
        for line in result.out.splitlines():
            name, kind, text = ast.literal_eval(line)
            found[name] = kind
            if kind == "AccessDenied":
                self.assertIn("net", text)
        self.assertEqual(list(found), [name for name, _ in attempts], result)
        return found

    def arrived(self, *listeners):
        listeners = listeners or (self.listener, self.other)
        return {text.decode() for listener in listeners
                for text in listener.take() if text}

    def check(self, net, attempts, *, listeners=(), sends=True, twin=True,
              **more):
        """All are refused, and nothing arrives; under the twin, all do."""
        found = self.outcomes(net, attempts, **more)
        self.assertEqual(found, dict.fromkeys(attempts, "AccessDenied"))
        self.assertEqual(self.arrived(*listeners), set())
        self.check_allowed(twin, attempts, listeners=listeners, sends=sends,
                           **more)

    def check_allowed(self, net, attempts, *, listeners=(), sends=True,
                      **more):
        found = self.outcomes(net, attempts, **more)
        self.assertEqual(found, dict.fromkeys(attempts, "ran"))
        if sends:
            self.assertEqual(self.arrived(*listeners), set(attempts))

    def local_name(self):
        """A name, other than localhost, that the system itself resolves to
        127.0.0.1, and that is not the machine's."""
        with contextlib.suppress(OSError), \
                open("/etc/hosts", encoding="utf-8") as file:
            for line in file:
                address, *names = line.partition("#")[0].split() or [""]
                for name in names:
                    if address == "127.0.0.1" and \
                            "localhost" not in name and \
                            re.fullmatch(r"[\w.-]+", name) and \
                            name != socket.gethostname():
                        return name.lower()
        self.skipTest("/etc/hosts has no other name for 127.0.0.1")


# Each reaches 127.0.0.1.
SPELLINGS = ["127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001",
             "0x7f.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0", "",
             "localhost", "LocalHost"]


class AddressTests(NetTestCase):

    def spelled(self, port):
        attempts = {f"{i}": f"send({text!r}, {port}, name)"
                    for i, text in enumerate(SPELLINGS)}
        attempts["bytes"] = f"send(b'127.1', {port}, name)"
        attempts["bytearray"] = f"send(bytearray(b'127.1'), {port}, name)"
        attempts["connect_ex"] = f"""if True:
            with socket.socket() as sock:
                sock.connect_ex(('127.1', {port}))
                sock.sendall(name.encode())"""
        attempts["created"] = f"""if True:
            with socket.create_connection(('127.1', {port})) as sock:
                sock.sendall(name.encode())"""
        return attempts

    def test_granted_in_every_spelling(self):
        self.check_allowed(["127.0.0.1:PORT"], self.spelled("PORT"))

    def test_refused_in_every_spelling(self):
        self.check(["127.0.0.1:PORT"], self.spelled("OTHER"))
        self.check(["127.0.0.2", "128.0.0.1", "example.com"],
                   self.spelled("OTHER"), twin=["localhost"])

    def test_excluded_in_every_spelling(self):
        self.check(["*", "!127.0.0.1:OTHER"], self.spelled("OTHER"),
                   twin=["*", "!127.0.0.1:PORT"])
        self.check(["*", "!localhost"], self.spelled("OTHER"), twin=["*"])
        self.check(["*", "!127.0.0.0/8:1-65535"], self.spelled("OTHER"),
                   twin=["127.0.0.0/8"])

    def test_wrapped_into_ipv6(self):
        attempts = {
            f"{i}": f"send({text!r}, OTHER, name, socket.AF_INET6)"
            for i, text in enumerate(["::ffff:127.0.0.1", "::ffff:7f00:1",
                                      "0:0:0:0:0:FFFF:127.0.0.1"])}
        if not socket_helper.IPV6_ENABLED and "ran" not in self.outcomes(
                True, attempts).values():
            self.skipTest("no IPv6 sockets")
        self.check(["127.0.0.1:PORT", "[::1]", "[::]/0"], attempts,
                   twin=["127.0.0.1:OTHER"])
        self.check(["*", "!127.0.0.1"], attempts, twin=["*", "![::1]"])

    @unittest.skipUnless(socket_helper.IPV6_ENABLED, "no IPv6")
    def test_ipv6(self):
        with socket.socket(socket.AF_INET6) as server:
            server.bind(("::1", 0))
            server.listen()
            port = server.getsockname()[1]
            attempts = {
                text: f"send({text!r}, {port}, name, socket.AF_INET6)"
                for text in ("::1", "0:0::1", "::")}
            found = self.outcomes(["localhost:PORT"], attempts)
            self.assertEqual(set(found.values()), {"AccessDenied"})
            found = self.outcomes([f"localhost:{port}"], attempts)
            self.assertEqual(set(found.values()), {"ran"})
            found = self.outcomes(["[::]/1"], {"::1": attempts["::1"]})
            self.assertEqual(set(found.values()), {"ran"})

    def test_liars(self):
        # What Python code says of an object is not asked.
        code = """if True:
            class Liar(%s):
                def __eq__(self, other): return True
                def __hash__(self): return hash("127.0.0.1")
                def __str__(self): return "127.0.0.1"
                def __len__(self): return 9
                def __iter__(self): return iter(("127.0.0.1", PORT))
                def __getitem__(self, i): return ("127.0.0.1", PORT)[i]
                def __index__(self): return PORT
                __int__ = __index__
                def encode(self, *args): return b"127.0.0.1"
                def __buffer__(self, flags): return memoryview(b"127.0.0.1")
            host, port = "127.0.0.2", OTHER
            address = (%s)
            with socket.socket() as sock:
                sock.connect(address)
                sock.sendall(name.encode())
            """
        attempts = {
            "str": code % ("str", "Liar('127.1'), port"),
            "bytes": code % ("bytes", "Liar(b'127.1'), port"),
            "bytearray": code % ("bytearray", "Liar(b'127.1'), port"),
            "tuple": code % ("tuple", "Liar(('127.1', port))"),
            "int": code % ("int", "'127.1', Liar(port)"),
        }
        self.check(["127.0.0.1:PORT"], attempts, twin=["127.0.0.1:OTHER"])

    def test_changed_between_check_and_use(self):
        # The port is converted after the host: it may change what stands
        # there, and answers differently each time.
        attempts = {
            "port": """if True:
                ports = [OTHER, PORT, PORT]
                class Port:
                    def __index__(self):
                        return ports.pop(0)
                with socket.socket() as sock:
                    sock.connect(("127.0.0.1", Port()))
                    sock.sendall(name.encode())
                """,
        }
        self.check(["127.0.0.2", "127.0.0.1:PORT"], attempts,
                   twin=["127.0.0.1:OTHER"])
        code = """if True:
            host = bytearray(b"{}")
            class Port:
                def __index__(self):
                    host[:] = b"{}"
                    return OTHER
            send(host, Port(), name)
            """
        found = self.outcomes(["127.0.0.2"], {
            "granted first": code.format("127.0.0.2", "127.0.0.1"),
            "granted then": code.format("127.0.0.1", "127.0.0.2")})
        self.assertEqual(found, {"granted first": "ConnectionRefusedError",
                                 "granted then": "AccessDenied"})
        self.assertEqual(self.arrived(), set())

    def test_host_that_is_resized(self):
        # It is looked up without the GIL.
        self.check_allowed(["localhost"], {"resized": """if True:
            host = bytearray(b"localhost")
            class Port:
                def __index__(self):
                    host.extend(bytes(100_000))
                    del host[:]
                    return PORT
            send(host, Port(), name)
            """})


class NameTests(NetTestCase):

    def test_asking_is_telling(self):
        # The question is refused, not only the connection.
        attempts = {
            "getaddrinfo": "socket.getaddrinfo('a.invalid', 80)",
            "getaddrinfo bytes": "socket.getaddrinfo(b'A.Invalid.', 80)",
            "getaddrinfo idna": "socket.getaddrinfo('\uff41.invalid', 80)",
            "gethostbyname": "socket.gethostbyname('a.invalid')",
            "gethostbyname_ex": "socket.gethostbyname_ex('a.invalid')",
            "gethostbyaddr": "socket.gethostbyaddr('a.invalid')",
            "connect": "socket.socket().connect(('a.invalid', 80))",
            "connect_ex": "socket.socket().connect_ex(('a.invalid', 80))",
            "bind": "socket.socket().bind(('a.invalid', 80))",
            "sendto": "socket.socket(type=socket.SOCK_DGRAM)"
                      ".sendto(b'', ('a.invalid', 80))",
            "sendmsg": "socket.socket(type=socket.SOCK_DGRAM)"
                       ".sendmsg([b''], [], 0, ('a.invalid', 80))",
        }
        for net in ["b.invalid"], ["*.a.invalid"], ["*", "!a.invalid"]:
            found = self.outcomes(net, attempts)
            self.assertEqual(found, dict.fromkeys(attempts, "AccessDenied"))
        for net in ["a.invalid:80"], ["*.invalid"], ["*", "!a.invalid:81"]:
            found = self.outcomes(net, attempts)
            self.assertNotIn("AccessDenied", found.values())

    def test_addresses_looked_up(self):
        attempts = {
            "getnameinfo": "socket.getnameinfo(('127.0.0.9', 80), 0)",
            "gethostbyaddr": "socket.gethostbyaddr('127.0.0.9')",
        }
        found = self.outcomes(["127.0.0.1"], attempts)
        self.assertEqual(found, dict.fromkeys(attempts, "AccessDenied"))
        found = self.outcomes(["127.0.0.9:1"], attempts)
        self.assertNotIn("AccessDenied", found.values())

    def test_without_a_host(self):
        attempts = {
            "own address": "socket.getaddrinfo(None, 80)",
            "an address": "socket.getaddrinfo('10.1', 80)",
            "own name": "socket.gethostname()",
            "own name looked up": "socket.getfqdn()",
            "service": "socket.getservbyport(80)",
            "socket": "socket.socket().close()",
            "pair": "socket.socketpair()",
        }
        found = self.outcomes(["a.invalid"], attempts)
        self.assertNotIn("AccessDenied", found.values())

    def test_name_covers_what_it_gave(self):
        name = self.local_name()
        by_name = {"by name": f"send({name!r}, PORT, name)"}
        by_address = {"by address": "send('127.0.0.1', PORT, name)"}
        self.check_allowed([f"{name}:PORT"], by_name)
        self.check_allowed([f"{name.upper()}.:PORT"], by_name)
        # Nobody has asked yet.
        self.check([f"{name}:PORT"], by_address)
        # It has asked itself; somebody else has.
        for before in (
                f"import socket; socket.getaddrinfo({name!r}, 1)",
                f"import socket; socket.gethostbyname({name!r})",
                f"import socket; socket.gethostbyname_ex({name!r})",
                f"import socket; socket.getaddrinfo({name.upper()!r}, 1)"):
            with self.subTest(before):
                self.check_allowed([f"{name}:PORT"], by_address,
                                   before=before)
        self.check([f"{name}:OTHER"], by_address,
                   before=f"import socket; socket.gethostbyname({name!r})")

    def test_exclusion_wins_over_names(self):
        name = self.local_name()
        attempts = {"by name": f"send({name!r}, PORT, name)"}
        self.check([name, "!127.0.0.1"], attempts, twin=[name, "!127.0.0.2"])
        # And an excluded name excludes the address that it gave.
        self.check(["*", f"!{name}"],
                   {"by address": "send('127.0.0.1', PORT, name)"},
                   before=f"import socket; socket.gethostbyname({name!r})",
                   twin=["*", "!other.invalid"])

    def test_names_of_answers_do_not_count(self):
        # 127.0.0.1 says that it is called localhost, or anything else.
        name = self.local_name()
        self.check([f"{name}:PORT"],
                   {"by address": "send('127.0.0.1', PORT, name)"},
                   before="import socket; socket.gethostbyaddr('127.0.0.1');"
                          "socket.getnameinfo(('127.0.0.1', 1), 0)")


class KnownTests(NetTestCase):
    """A thread remembers what it was allowed to reach: that, and nothing
    else."""

    def after(self, net, attempts, between=""):
        """How attempts end when the granted address was reached often."""
        first = {str(i): "send('127.0.0.1', PORT, name)" for i in range(3)}
        before = f"dep.run({list(first.items())!r}, {self.ports!r})"
        policy = {"$permissions": {"dep": {"net": self.spell(net)},
                                   "__main__": True}}
        self.listener.take(), self.other.take()
        result = self.judge(policy, f"import dep, importpolicy\n{before}\n"
                            f"{between}\n"
                            f"dep.run({list(attempts.items())!r}, "
                            f"{self.ports!r})")
        self.assertEqual(result.code, 0, result)
        found = [ast.literal_eval(line) for line in result.out.splitlines()]
        self.assertEqual({kind for _, kind, _ in found[:3]}, {"ran"})
        return {kind for _, kind, _ in found[3:]}

    def test_after_what_is_granted(self):
        attempts = {"port": "send('127.0.0.1', OTHER, name)",
                    "sent": "socket.socket(type=socket.SOCK_DGRAM).sendto("
                            "b'x', ('127.0.0.1', OTHER))",
                    "bound": "socket.socket().bind(('127.0.0.2', 0))",
                    "address": "socket.socket(type=socket.SOCK_DGRAM)"
                               ".connect(('127.0.0.2', PORT))"}
        self.assertEqual(self.after(["127.0.0.1:PORT"], attempts),
                         {"AccessDenied"})
        self.assertEqual(self.after(["127.0.0.0/8"], attempts), {"ran"})
        self.assertEqual(self.after(True, attempts), {"ran"})

    def test_until_it_is_taken_away(self):
        again = {"again": "send('127.0.0.1', PORT, name)"}
        for net in ["127.0.0.1:PORT"], True:
            with self.subTest(net):
                self.assertEqual(self.after(
                    net, again, "importpolicy.drop('net', principal='dep')"),
                    {"AccessDenied"})
                self.assertEqual(self.after(net, again), {"ran"})

    def test_until_an_excluded_name_gives_it(self):
        name = self.local_name()
        again = {"again": "send('127.0.0.1', PORT, name)"}
        asked = f"import socket; socket.gethostbyname({name!r})"
        self.assertEqual(self.after(["*", f"!{name}"], again, asked),
                         {"AccessDenied"})
        self.assertEqual(self.after(["*", "!other.invalid"], again, asked),
                         {"ran"})


class AgainTests(NetTestCase):
    """One frame reaches the same address again and again; in between,
    something changes."""

    deps = {"dep": DEPENDENCY + """
    def down(n, function, *args):
        return down(n - 1, function, *args) if n else function(*args)

    def reach(port):
        with socket.socket(type=socket.SOCK_DGRAM) as sock:
            sock.sendto(b"x", ("127.0.0.1", port))

    def again(port, steps):
        global PORT
        PORT = port
        sock = socket.socket(type=socket.SOCK_DGRAM)
        kinds = []
        with sock:
            for step in [None, None, *steps]:
                try:
                    if step is not None:
                        step(lambda: sock.sendto(b"x", ("127.0.0.1", port)))
                    sock.sendto(b"x", ("127.0.0.1", port))
                except Exception as error:
                    kinds.append(type(error).__name__)
                else:
                    kinds.append("ran")
        print(*kinds)
    """, "evil": """
    import socket

    def call(function):
        function()

    def reach(port):
        with socket.socket(type=socket.SOCK_DGRAM) as sock:
            sock.sendto(b"x", ("127.0.0.1", port))
    """}

    def again(self, step, expected, net=["127.0.0.1"], depth=6):
        policy = {"$permissions": {"dep": {"net": net}, "evil": {},
                                   "__main__": True}, "$default": "deny"}
        with DatagramListener() as listener:
            result = self.judge(policy, f"""
                import dep, evil, importpolicy, os, socket, threading
                {step}
                dep.down({depth}, dep.again, {listener.port}, [step] * 2)
                """.replace("                ", ""))
            self.assertEqual(result.code, 0, result)
            self.assertEqual(result.out.split(), ["ran"] * 2 + expected,
                             result)
            return len(listener.take())

    def test_nothing(self):
        self.assertEqual(self.again("def step(send): pass", ["ran"] * 2), 4)
        self.assertEqual(self.again("def step(send): send()", ["ran"] * 2), 6)

    def test_drop(self):
        for net in ["127.0.0.1"], True:
            self.assertEqual(self.again(
                "def step(send): importpolicy.drop('net', principal='dep')",
                ["AccessDenied"] * 2, net), 2)
            self.assertEqual(self.again(
                "def step(send): importpolicy.drop('net', principal='evil')",
                ["ran"] * 2, net), 4)

    def test_permit(self):
        permit = """
def step(send):
    with importpolicy.permit({}):
        send()
    """
        self.assertEqual(self.again(permit.format("net=False"),
                                    ["AccessDenied"] * 2), 2)
        self.assertEqual(self.again(permit.format("read=False"),
                                    ["ran"] * 2), 6)

    def test_manager(self):
        step = """
import secman
def step(send):
    manager = secman.SecurityManager()
    manager.set_permission(secman.GenericPermission(True))
    manager.set_permission(secman.SecurityPermission(True))
    manager.set_permission(secman.Permission("socket.sendto", {}))
    secman.add_manager(manager)
    """
        self.assertEqual(self.again(step.format(False),
                                    ["AccessDenied"] * 2), 2)
        self.assertEqual(self.again(step.format(True), ["ran"] * 2), 4)

    def test_name(self):
        own = self.local_name()
        for name, kind, n in ((own, "AccessDenied", 2),
                              ("other.invalid", "ran", 4)):
            self.assertEqual(self.again(
                f"def step(send): socket.gethostbyname({own!r})",
                [kind] * 2, ["*", f"!{name}"]), n)

    def test_somebody_else(self):
        self.assertEqual(self.again("step = evil.call",
                                    ["AccessDenied"] * 2), 2)
        self.assertEqual(self.again("def step(send): dep.down(0, send)",
                                    ["ran"] * 2), 6)

    def test_thread(self):
        # Of the application's: a thread has to be told for itself.
        step = """
def step(send):
    def run():
        try:
            {}
        except PermissionError:
            refused.append(1)
    refused = []
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if refused:
        raise PermissionError
    """
        self.assertEqual(self.again(step.format("evil.call(send)"),
                                    ["PermissionError"] * 2), 2)
        self.assertEqual(self.again(step.format("send()"), ["ran"] * 2), 6)

    def test_fork(self):
        step = """
def step(send):
    child = os.fork()
    if not child:
        {}
        try:
            dep.down(0, send)
        except PermissionError:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise PermissionError
    """
        # The application's own code forks: its frame ends the walk.
        self.assertEqual(self.again(step.format(
            "importpolicy.drop('net', principal='dep')"),
            ["PermissionError"] * 2), 2)
        self.assertEqual(self.again(step.format("pass"), ["ran"] * 2), 6)

    def test_interpreter(self):
        # It has a thread state of its own, so it is judged anew.
        step = """
import _interpreters, sys
def step(send):
    other = _interpreters.create("legacy")
    found = _interpreters.run_string(other, f'''if 1:
        import sys
        sys.path[:] = {sys.path}
        import %s
        %s.reach({dep.PORT})
        ''')
    _interpreters.destroy(other)
    if found is not None:
        raise PermissionError(found.formatted)
    """
        self.assertEqual(self.again(step % ("evil", "evil"),
                                    ["PermissionError"] * 2), 2)
        self.assertEqual(self.again(step % ("dep", "dep"), ["ran"] * 2), 6)


class KindTests(NetTestCase):

    def test_datagrams(self):
        with DatagramListener() as granted, DatagramListener() as other:
            attempts = {
                "sendto": "sock.sendto(name.encode(), ('127.1', %d))",
                "flags": "sock.sendto(name.encode(), 0, ('127.1', %d))",
                "sendmsg": "sock.sendmsg([name.encode()], [], 0,"
                           " ('127.1', %d))",
                "connect": "sock.connect(('127.1', %d)); "
                           "sock.send(name.encode())",
                "not the peer": "sock.connect(('127.1', {})); "
                                "sock.sendto(name.encode(), ('127.1', %d))"
                                .format(granted.port),
            }
            attempts = {
                name: f"sock = socket.socket(type=socket.SOCK_DGRAM)\n"
                      f"with sock: {code % other.port}"
                for name, code in attempts.items()}
            self.check([f"127.0.0.1:{granted.port}"], attempts,
                       listeners=[granted, other],
                       twin=[f"127.0.0.1:{port}"
                             for port in (granted.port, other.port)])

    def test_fast_open(self):
        if not hasattr(socket, "MSG_FASTOPEN"):
            self.skipTest("no TCP fast open")
        attempts = {"fast open": """if True:
            with socket.socket() as sock:
                try:
                    sock.sendto(name.encode(), socket.MSG_FASTOPEN,
                                ("127.1", OTHER))
                except BrokenPipeError:         # not supported here
                    send("127.1", OTHER, name)
            """}
        self.check(["127.0.0.1:PORT"], attempts)

    def test_unix(self):
        folder = self.enterContext(os_helper.temp_dir(
            tempfile.mkdtemp(prefix="net", dir="/tmp") + "/x"))
        self.addCleanup(os_helper.rmtree, os.path.dirname(folder))
        folder = os.path.realpath(folder)
        real, other = f"{folder}/real", f"{folder}/other"
        os.mkdir(f"{folder}/sub")
        os.symlink(other, f"{folder}/link")
        os.symlink(folder, f"{folder}/sub/up")
        code = """if True:
            os.chdir({folder!r})
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect({path})
                sock.sendall(name.encode())
            """
        attempts = {
            name: code.format(folder=folder, path=path)
            for name, path in {
                "absolute": f"{other!r}", "link": f"'{folder}/link'",
                "relative": "'other'", "bytes": "b'other'",
                "dots": "'sub/../other'", "parent link": "'sub/up/other'",
                "NUL": f"{other!r} + '\\0/../real'",
                "proc": "'/proc/self/cwd/other'"}.items()}
        with UnixListener(real), UnixListener(other) as listener:
            self.check([f"unix:{real}", "*", "unix:@x"], attempts,
                       listeners=[listener], twin=[f"unix:{other}"])
            self.check([f"unix:{folder}/**", f"!unix:{other}"], attempts,
                       listeners=[listener], twin=[f"unix:{folder}/**"])
        found = self.outcomes(
            [f"unix:{folder}/new"],
            {"new": f"socket.socket(socket.AF_UNIX).bind('{folder}/new')",
             "old": f"socket.socket(socket.AF_UNIX).bind('{folder}/old')",
             "by link": f"socket.socket(socket.AF_UNIX)"
                        f".bind('{folder}/sub/up/old')",
             "absent": f"socket.socket(socket.AF_UNIX)"
                       f".connect('{folder}/no/such/../../new')"})
        self.assertEqual(list(found.values()),
                         ["ran"] + ["AccessDenied"] * 3)
        self.assertFalse(os.path.exists(f"{folder}/old"))
        self.assertTrue(os.path.exists(f"{folder}/new"))

    @unittest.skipUnless(os.path.exists("/proc/net/unix"), "Linux only")
    def test_abstract(self):
        base = f"importpolicy-test-{os.getpid()}"
        code = """if True:
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect({address!r})
                sock.sendall(name.encode())
            """
        attempts = {"str": code.format(address=f"\0{base}"),
                    "bytes": code.format(address=f"\0{base}".encode())}
        with UnixListener(f"\0{base}") as listener:
            self.check([f"unix:@{base}x", f"unix:/{base}", "*"], attempts,
                       listeners=[listener], twin=[f"unix:@{base}"])
            self.check([f"unix:@{base[:-1]}*", f"!unix:@{base}"], attempts,
                       listeners=[listener], twin=[f"unix:@{base[:-1]}*"])

    def test_pair_is_free(self):
        code = """if True:
            a, b = socket.socketpair()
            with a, b:
                a.sendall(b"x")
                assert b.recv(1) == b"x"
                asyncio.run(asyncio.sleep(0))
            """
        found = self.outcomes(False, {"pair": code})
        self.assertEqual(found, {"pair": "ran"})

    def test_what_no_target_names(self):
        sockets = {
            "raw": "socket.AF_INET, socket.SOCK_RAW, 1",
            "raw and flags": "socket.AF_INET, socket.SOCK_RAW | 0o2000000, 1",
            "old packet": "socket.AF_INET, 10",
            "sctp": "socket.AF_INET, socket.SOCK_STREAM, 132",
            "sequenced": "socket.AF_INET, socket.SOCK_SEQPACKET",
            "packet": "17, socket.SOCK_DGRAM", "netlink": "16, 3",
            "vsock": "40, 1", "alg": "38, 5", "bluetooth": "31, 1, 3",
        }
        attempts = {name: f"socket.socket({code})"
                    for name, code in sockets.items()}
        found = self.outcomes(["*", "unix:/**", "unix:@*"], attempts)
        self.assertEqual(found, dict.fromkeys(attempts, "AccessDenied"))
        # What the system then says is its own matter.
        found = self.outcomes(True, attempts)
        self.assertNotIn("AccessDenied", found.values())

    def test_source_route(self):
        # Packets to 127.0.0.1, by way of another host.
        route = bytes([131, 7, 4, 127, 0, 0, 2, 0])
        attempts = {
            "option": f"socket.socket().setsockopt(0, 4, {route!r})",
            "message": f"socket.socket(type=socket.SOCK_DGRAM).sendmsg("
                       f"[b''], [(0, 7, {route!r})], 0, ('127.0.0.1', PORT))",
            "IPv6": "socket.socket().setsockopt(41, 57, bytes(24))",
            "associations": "socket.socket().setsockopt(132, 110, bytes(16))",
        }
        found = self.outcomes(["127.0.0.1:PORT", "*"], attempts)
        self.assertEqual(found, dict.fromkeys(attempts, "AccessDenied"))
        found = self.outcomes(True, attempts)
        self.assertNotIn("AccessDenied", found.values())
        self.check_allowed(["127.0.0.1:PORT"], {"others": """if True:
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY,
                            (1).to_bytes(4, 'little'))
            """}, sends=False)


class ServerTests(NetTestCase):

    def test_bind(self):
        attempts = {
            "all": "socket.socket().bind(('0.0.0.0', 0))",
            "empty": "socket.socket().bind(('', 0))",
            "decimal": "socket.socket().bind(('0', 0))",
            # A socket that was never bound listens everywhere.
            "listen": "socket.socket().listen()",
        }
        self.check(["localhost"], attempts, sends=False, twin=["*:0"])
        self.check(["*:1-65535"], attempts, sends=False, twin=["0.0.0.0:0"])
        # Which makes an OSError of it.
        server = {"server": "socket.create_server(('', 0))"}
        self.assertEqual(self.outcomes(["localhost"], server),
                         {"server": "PermissionError"})
        self.check_allowed(["*:0"], server, sends=False)
        self.check_allowed(["localhost:0"], {
            "localhost": "socket.create_server(('localhost', 0)).accept",
            "address": "socket.create_server(('127.0.0.1', 0)).accept",
            "127.0.0.2": "socket.socket().bind(('127.0.0.2', 0))",
        }, sends=False)

    def test_serve(self):
        code = """if True:
            import socketserver
            class Handler(socketserver.StreamRequestHandler):
                def handle(self):
                    self.wfile.write(self.rfile.readline())
            with socketserver.TCPServer((HOST, 0), Handler) as server:
                thread = threading.Thread(target=server.handle_request)
                thread.start()
                with socket.create_connection(("127.0.0.1",
                                               server.server_address[1])) as s:
                    s.sendall(name.encode() + b"\\n")
                    assert s.recv(100) == name.encode() + b"\\n"
                thread.join()
            """
        self.check_allowed(["localhost"], {"loopback": code}, HOST="127.0.0.1",
                           sends=False)
        self.check(["localhost"], {"everywhere": code}, HOST="0.0.0.0",
                   sends=False)

    def test_socket_of_the_application(self):
        # What it was handed is its own to use.
        self.check_allowed(
            ["a.invalid"], {"handed": "import __main__\n"
                            "with __main__.sock as sock:\n"
                            "    sock.sendall(name.encode())"},
            before=f"import socket; sock = socket.create_connection("
                   f"('127.0.0.1', {self.listener.port}))")


class LibraryTests(NetTestCase):

    def test_asyncio(self):
        attempts = {
            "stream": """if True:
                async def main():
                    reader, writer = await asyncio.open_connection(
                        "localhost", OTHER)
                    writer.write(name.encode())
                    writer.close()
                    await writer.wait_closed()
                asyncio.run(main())
                """,
            "socket": """if True:
                async def main():
                    loop = asyncio.get_running_loop()
                    with socket.socket() as sock:
                        sock.setblocking(False)
                        await loop.sock_connect(sock, ("127.1", OTHER))
                        await loop.sock_sendall(sock, name.encode())
                asyncio.run(main())
                """,
        }
        self.check(["localhost:PORT"], attempts, twin=["localhost:OTHER"])

    def test_http(self):
        attempts = {
            "http.client": """if True:
                import http.client
                connection = http.client.HTTPConnection("localhost", OTHER)
                connection.connect()
                connection.sock.sendall(name.encode())
                connection.close()
                """,
            "smtplib": """if True:
                import smtplib
                client = smtplib.SMTP()
                client.sock = client._get_socket("localhost", OTHER, 5)
                client.sock.sendall(name.encode())
                client.sock.close()
                """,
        }
        self.check(["localhost:PORT"], attempts, twin=["localhost:OTHER"])

    def test_urllib(self):
        code = """if True:
            import urllib.request, urllib.error
            try:
                urllib.request.urlopen(f"http://{HOST}:{OTHER}/", timeout=.1)
            except (TimeoutError, urllib.error.URLError) as error:
                if type(error.args[0]).__name__ == "AccessDenied":
                    raise error.args[0]
            """
        attempts = {"urlopen": code}
        for host in "localhost", "127.1", "2130706433":
            found = self.outcomes(["localhost:PORT"], attempts, HOST=host)
            self.assertEqual(found, {"urlopen": "AccessDenied"}, host)
            self.assertEqual(self.arrived(), set())
            found = self.outcomes(["localhost:OTHER"], attempts, HOST=host)
            self.assertEqual(found, {"urlopen": "ran"})
            text, = self.arrived()
            self.assertIn("GET / HTTP", text)


if __name__ == "__main__":
    unittest.main()
