"""What a thread was allowed on the network is known, until it is not.

One frame of a dependency does the same again and again: makes a socket, sends
to an address, raises an event of which only a module key speaks.  In between,
something changes.  (test_net.AgainTests does the same for each thread,
process and interpreter.)
"""

import unittest

from test.test_importpolicy import test_net

DEPENDENCY = """
    import _socket

    def again(what, steps):
        sender = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
        host = bytearray(b"127.0.0.1")
        do, *args = {
            "made": (_socket.socket,),
            "sent": (sender.sendto, b"x", ("127.0.0.1", 9)),
            "connected": (sender.connect, (host, 9)),
            "asked": (_socket.gethostname,),
            "accepted": (_socket.socket()._accept,),
        }[what]
        kinds = []
        for step in [None, None, *steps]:
            try:
                if step is not None:
                    step(lambda: do(*args), host)
                do(*args)
            except OSError as error:
                kinds.append("ran" if type(error) in (OSError,
                             ConnectionRefusedError) else
                             type(error).__name__)
            except Exception as error:
                kinds.append(type(error).__name__)
            else:
                kinds.append("ran")
        print(*kinds)

    def make(family, type, protocol=0):
        _socket.socket(family, type, protocol).close()

    def connect(family, address):
        with __import__("socket").socket(family, _socket.SOCK_DGRAM) as sock:
            sock.connect(address)
    """

TARGETS = {"$default": "deny",
           "$permissions": {"dep": {"net": ["127.0.0.1"]}, "evil": {},
                            "__main__": True}}
WHOLE = {"$default": "deny",
         "$permissions": {"dep": {"net": True}, "evil": {}, "__main__": True}}
BOTH = TARGETS | {"socket": ["dep", "__main__"]}
KEY = {"socket": ["dep", "__main__"]}


class KnownTestCase(test_net.NetTestCase):

    deps = {"dep": DEPENDENCY, "evil": """
    def call(function, host):
        function()
    """}

    def again(self, what, policy, step):
        """What is printed, and how it ends: when nothing has happened, twice,
        and when the step was taken before, twice."""
        result = self.judge(policy, f"""
            import dep, evil, importpolicy, sys
            {step}
            dep.again({what!r}, [step] * 2)
            """.replace("            ", ""))
        self.assertEqual(result.code, 0, result)
        return result.out.split()

    def check(self, what, policies, step, twin):
        """Refused after one step, and allowed after the other."""
        for policy in policies:
            with self.subTest(what=what, policy=policy, step=step):
                self.assertEqual(self.again(what, policy, step),
                                 ["ran"] * 2 + ["AccessDenied"] * 2)
                self.assertEqual(self.again(what, policy, twin), ["ran"] * 4)


class ForgottenTests(KnownTestCase):
    """A yes ends when what is in force changes."""

    DROP = "def step(do, host): importpolicy.drop({})"

    def test_drop(self):
        for what in "made", "sent", "connected", "accepted":
            self.check(what, (TARGETS, WHOLE, BOTH),
                       self.DROP.format("'net', principal='dep'"),
                       self.DROP.format("'net', principal='evil'"))

    def test_drop_of_the_module(self):
        for what in "made", "asked", "accepted":
            self.check(what, (KEY, BOTH),
                       self.DROP.format("imports=['socket'], "
                                        "principal='dep'"),
                       self.DROP.format("imports=['socket'], "
                                        "principal='evil'"))

    def test_permit(self):
        step = ("def step(do, host):\n"
                "    with importpolicy.permit({}):\n"
                "        do()\n")
        for what in "made", "connected", "accepted":
            self.check(what, (TARGETS, WHOLE, BOTH),
                       step.format("net=False"),
                       step.format("net=['127.0.0.0/8']"))

    def test_permit_of_imports(self):
        step = ("def step(do, host):\n"
                "    with importpolicy.permit(imports=[{}]):\n"
                "        do()\n")
        for what in "made", "asked", "accepted":
            self.check(what, (KEY, BOTH), step.format("'!socket'"),
                       step.format("'!wave'"))

    def test_manager(self):
        step = ("import secman\n"
                "def step(do, host):\n"
                "    manager = secman.SecurityManager()\n"
                "    manager.set_permission(secman.GenericPermission(True))\n"
                "    manager.set_permission(secman.SecurityPermission(True))\n"
                "    manager.set_permission(\n"
                "        secman.Permission('socket.{}', {}))\n"
                "    secman.add_manager(manager)\n")
        for what, event in (("made", "__new__"), ("connected", "connect"),
                            ("asked", "gethostname"), ("accepted", "accept")):
            self.check(what, (BOTH,), step.format(event, False),
                       step.format(event, True))


class OthersTests(KnownTestCase):
    """A yes is that of whoever acted, for what was asked."""

    def test_somebody_else(self):
        for what, policies in (("made", (TARGETS, WHOLE, BOTH, KEY)),
                               ("connected", (TARGETS, WHOLE, BOTH)),
                               ("asked", (KEY, BOTH)),
                               ("accepted", (KEY, WHOLE, BOTH))):
            self.check(what, policies, "step = evil.call",
                       "def step(do, host): do()")

    def test_host_that_changes(self):
        step = ("def step(do, host):\n"
                "    host[:] = b'127.0.0.{}'\n")
        self.check("connected", (TARGETS, BOTH), step.format(2),
                   step.format(1))
        self.assertEqual(self.again("connected", WHOLE, step.format(2)),
                         ["ran"] * 4)

    def judge_after(self, policy, before, code):
        """How it ends, done once, when something else was done often."""
        result = self.judge(policy, f"""
            import dep, _socket as s
            for i in range(3):
                dep.{before}
            try:
                dep.{code}
            except Exception as error:
                print(type(error).__name__)
            else:
                print("ran")
            """)
        self.assertEqual(result.code, 0, result)
        return result.out.strip()

    def test_other_sockets(self):
        usual = "make(s.AF_INET, s.SOCK_STREAM)"
        for other in ("make(s.AF_INET, s.SOCK_RAW)", "make(s.AF_INET, 5)",
                      "make(s.AF_NETLINK, s.SOCK_DGRAM)",
                      "make(s.AF_INET, s.SOCK_STREAM, 132)"):
            for policy in TARGETS, BOTH:
                with self.subTest(other=other, policy=policy):
                    self.assertEqual(self.judge_after(policy, usual, other),
                                     "AccessDenied")
            self.assertIn(self.judge_after(WHOLE, usual, other),
                          ("ran", "PermissionError", "OSError"))
        for other in ("make(s.AF_INET6, s.SOCK_DGRAM)",
                      "make(s.AF_INET, s.SOCK_STREAM | s.SOCK_NONBLOCK)"):
            self.assertIn(self.judge_after(TARGETS, usual, other),
                          ("ran", "OSError"))

    def test_other_families(self):
        usual = "connect(s.AF_INET, ('127.0.0.1', 9))"
        for other in ("connect(s.AF_INET6, ('::1', 9))",
                      "connect(s.AF_INET6, ('::ffff:127.0.0.2', 9))",
                      "connect(s.AF_UNIX, '/127.0.0.1')",
                      "connect(s.AF_UNIX, '\\\\0' * 14)"):
            with self.subTest(other):
                self.assertEqual(self.judge_after(TARGETS, usual, other),
                                 "AccessDenied")
                self.assertNotEqual(self.judge_after(WHOLE, usual, other),
                                    "AccessDenied")
        self.assertIn(
            self.judge_after(TARGETS, usual, "connect(s.AF_INET6, "
                             "('::ffff:127.0.0.1', 9))"), ("ran", "OSError"))


class HookTests(KnownTestCase):
    """Hooks hear of what is known as well."""

    STEP = ("heard = []\n"
            "def hook(event, args):\n"
            "    if event.startswith('socket.'):\n"
            "        {}\n"
            "def step(do, host):\n"
            "    if not heard:\n"
            "        sys.addaudithook(hook)\n"
            "        heard.append('hook')\n")

    def test_heard(self):
        events = {"made": "socket.__new__", "sent": "socket.sendto",
                  "connected": "socket.connect", "asked": "socket.gethostname",
                  "accepted": "socket.accept"}
        for what, event in events.items():
            with self.subTest(what):
                self.assertEqual(
                    self.again(what, BOTH, self.STEP.format("print(event)")),
                    [event] * 2 + ["ran"] * 4)

    def test_refused_by_a_hook(self):
        for what in "made", "sent", "connected", "asked", "accepted":
            for done, kind in ("raise ValueError", "ValueError"), \
                              ("pass", "ran"):
                with self.subTest(what=what, done=done):
                    self.assertEqual(
                        self.again(what, BOTH, self.STEP.format(done)),
                        ["ran"] * 2 + [kind] * 2)


class LogTests(KnownTestCase):

    def test_audit(self):
        """What a policy only logs is heard each time, and never known."""
        policy = BOTH | {"$mode": "audit", "$log": "-", "socket": []}
        events = {"made": "socket.__new__", "asked": "socket.gethostname",
                  "accepted": "socket.accept"}
        for what, event in events.items():
            result = self.judge(policy, f"""
                import dep
                dep.again({what!r}, [lambda do, host: do()])
                """)
            with self.subTest(what):
                self.assertEqual(result.out.split(), ["ran"] * 3, result)
                records = [line for line in result.err.splitlines()
                           if line.startswith("{") and f'"{event}"' in line]
                self.assertGreaterEqual(len(records), 3, result)


if __name__ == "__main__":
    unittest.main()
