"""Which hosts does a list of `net` targets hold?

policy_target_host.c and its table are compiled alone, and held against what
they should say and, for networks, against the module ipaddress.
"""

import ctypes
import ipaddress
import os
import random
import shutil
import subprocess
import sysconfig
import tempfile
import time
import unittest

from test import support
from test.test_importpolicy.standalone import Target

SOURCES = ("policy_target_address.c", "policy_target_host.c",
           "policy_target_hosts.c", "policy_target_path.c",
           "policy_target_path_check.c", "policy_target_path_table.c",
           "policy_target_glob.c", "policy_text.c")


def compile_library(folder):
    """The C files as a shared library; None where that cannot be done."""
    root = sysconfig.get_config_var("srcdir") or "."
    sources = [os.path.join(root, "Python", name) for name in SOURCES]
    compiler = (sysconfig.get_config_var("CC") or "cc").split()
    compiler = [word for word in compiler if word != "ccache"]
    if not os.path.exists(sources[0]) or not shutil.which(compiler[0]):
        return None
    library = os.path.join(folder, "hosts.so")
    subprocess.run(
        [*compiler, "-std=c11", "-O2", "-shared", "-fPIC", "-Wl,-Bsymbolic",
         "-DPOLICY_STANDALONE", "-D_GNU_SOURCE", "-DNDEBUG",
         "-I", os.path.join(root, "Include", "internal"), *sources,
         "-o", library], check=True)
    result = ctypes.CDLL(library)
    result._PyPolicyHosts_Compile.restype = ctypes.c_void_p
    result._PyPolicyHosts_Match.restype = ctypes.c_bool
    result._PyPolicyHosts_Exclude.restype = ctypes.c_bool
    return result


class HostTargetTests(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.library = compile_library(folder)
        if cls.library is None:
            raise unittest.SkipTest("no compiler, or no source")

    def check(self, text):
        """(code, sentence), or None for a good target."""
        text = text.encode()
        code = ctypes.create_string_buffer(32)
        what = ctypes.create_string_buffer(1024)
        if self.library._PyPolicyHost_Check(text, ctypes.c_size_t(len(text)),
                                            code, what) == 0:
            return None
        return code.value.decode(), what.value.decode()

    def list_of(self, *targets):
        for target in targets:
            self.assertIsNone(self.check(target), target)
        texts = [target.encode() for target in targets]
        compiled = ctypes.c_void_p(self.library._PyPolicyHosts_Compile(
            (ctypes.c_char_p * len(texts))(*texts),
            ctypes.c_size_t(len(texts)), None, ctypes.c_size_t(0)))
        self.assertIsNotNone(compiled.value)
        self.addCleanup(self.library._PyPolicyHosts_Free, compiled)
        return compiled

    def target(self, host, port=-1, names=()):
        """As the interpreter would describe it: an address if it is one."""
        target = Target(port=port)
        text = host.encode()
        target.address_len = self.library._PyPolicyAddress_Read(
            text, ctypes.c_size_t(len(text)), target.address)
        if not target.address_len:
            target.text, target.len = text, len(text)
        names = [name.encode() for name in names]
        target.names = (ctypes.c_char_p * (len(names) + 1))(*names)
        target.n_names = len(names)
        return target

    def holds(self, compiled, *args, **kwargs):
        return self.library._PyPolicyHosts_Match(
            compiled, ctypes.byref(self.target(*args, **kwargs)))

    def excludes(self, compiled, *args, **kwargs):
        return self.library._PyPolicyHosts_Exclude(
            compiled, ctypes.byref(self.target(*args, **kwargs)))

    def assertHolds(self, target, *reached):
        compiled = self.list_of(target)
        for host, port in reached:
            self.assertTrue(self.holds(compiled, host, port),
                            f"{target}: {host} {port}")

    def assertLeavesOut(self, target, *reached):
        compiled = self.list_of(target)
        for host, port in reached:
            self.assertFalse(self.holds(compiled, host, port),
                             f"{target}: {host} {port}")

    # --- what is held -------------------------------------------------------

    def test_name(self):
        self.assertHolds("api.example.com", ("api.example.com", 443),
                         ("api.example.com", 0), ("api.example.com", -1))
        self.assertHolds("API.Example.COM.", ("api.example.com", 443))
        self.assertLeavesOut("api.example.com", ("example.com", 443),
                             ("x.api.example.com", 443), ("api", 443),
                             ("api.example.com.evil.org", 443))

    def test_port(self):
        self.assertHolds("example.com:443", ("example.com", 443),
                         ("example.com", -1))
        self.assertLeavesOut("example.com:443", ("example.com", 80),
                             ("example.com", 0), ("example.org", -1))
        self.assertHolds("example.com:8000-8009", ("example.com", 8000),
                         ("example.com", 8009), ("example.com", -1))
        self.assertLeavesOut("example.com:8000-8009", ("example.com", 7999),
                             ("example.com", 8010))
        self.assertHolds("localhost:0", ("127.0.0.1", 0))
        self.assertLeavesOut("localhost:0", ("127.0.0.1", 1))

    def test_domain(self):
        self.assertHolds("*.example.com:443", ("www.example.com", 443),
                         ("a.b.example.com", 443))
        self.assertLeavesOut("*.example.com:443", ("example.com", 443),
                             ("wwwexample.com", 443), (".example.com", 443),
                             ("www.example.com", 80),
                             ("www.example.com.org", 443))

    def test_everything_is_hosts_only(self):
        self.assertHolds("*", ("example.com", 1), ("1.2.3.4", 1), ("::", 1))
        self.assertHolds("*:443", ("example.com", 443), ("1.2.3.4", -1))
        self.assertLeavesOut("*:443", ("example.com", 80))
        self.assertLeavesOut("*", ("unix:/run/x", -1), ("unix:@x", -1),
                             ("family:AF_VSOCK", -1))

    def test_every_spelling_of_an_address(self):
        for text in ("127.0.0.1", "127.1", "127.0.1", "2130706433",
                     "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001",
                     "0X7F.0x0.0.01", "::ffff:127.0.0.1", "::FFFF:7f00:1",
                     "0:0:0:0:0:ffff:127.0.0.1", "::ffff:127.0.0.1%lo"):
            with self.subTest(text):
                self.assertHolds("127.0.0.1:80", (text, 80))
                self.assertLeavesOut("127.0.0.1:80", (text, 81))
        for text in ("127.0.0.2", "127.2", "127.0.0.1.1", "::127.0.0.1",
                     "127.0.0.1x", " 127.0.0.1", "127.0.0.256", ""):
            with self.subTest(text):
                self.assertLeavesOut("127.0.0.1:80", (text, 80))

    def test_v6(self):
        self.assertHolds("[2001:db8::1]:80", ("2001:db8::1", 80),
                         ("2001:DB8:0:0::1", 80), ("2001:db8::1%eth0", 80))
        self.assertHolds("[2001:db8::]/32", ("2001:db8:ffff::", 80))
        self.assertLeavesOut("[2001:db8::]/32:443", ("2001:db9::", 443),
                             ("2001:db8::", 80))
        # A network of IPv6 holds no IPv4 address in disguise.
        self.assertLeavesOut("[::]/0", ("::ffff:10.0.0.1", 80))

    def test_localhost(self):
        self.assertHolds("localhost:80", ("localhost", 80), ("::1", 80),
                         ("127.0.0.1", 80), ("127.0.0.2", 80))
        self.assertLeavesOut("localhost:80", ("127.0.0.1", 81), ("::", 80),
                             ("0.0.0.0", 80), ("128.0.0.1", 80))
        # Its name may be resolved by whom one of its addresses is granted.
        self.assertHolds("127.0.0.1:80", ("localhost", -1))
        self.assertHolds("[::1]:80", ("localhost", -1))
        self.assertLeavesOut("127.0.0.2:80", ("localhost", -1))

    def test_names_of_an_address(self):
        compiled = self.list_of("*.example.com:443", "other.org")
        for names, port, held in ((["x.example.com"], 443, True),
                                  (["a.b", "x.example.com"], 443, True),
                                  (["x.example.com"], 80, False),
                                  (["other.org"], 80, True),
                                  (["a.b"], 443, False), ([], 443, False)):
            with self.subTest(names=names, port=port):
                self.assertEqual(
                    self.holds(compiled, "1.2.3.4", port, names), held)

    def test_unix(self):
        self.assertHolds("unix:/run/x.sock", ("unix:/run/x.sock", -1))
        self.assertLeavesOut("unix:/run/x.sock", ("unix:/run/y.sock", -1),
                             ("unix:@/run/x.sock", -1))
        self.assertHolds("unix:/run/*.sock", ("unix:/run/y.sock", -1))
        self.assertHolds("unix:@x", ("unix:@x", -1))
        self.assertLeavesOut("unix:@x", ("unix:@xy", -1), ("unix:/x", -1),
                             ("unix:@", -1), ("x", -1))
        self.assertHolds("unix:@x*", ("unix:@xy", -1))
        self.assertLeavesOut("unix:@x*", ("unix:@yx", -1))

    def test_exclusion(self):
        compiled = self.list_of("a.org", "b.org:25", "169.254.169.254",
                                "*.c.org", "localhost")
        for host, port, names, excluded in (
                ("a.org", -1, [], True), ("a.org", 443, [], True),
                # To be resolved for another port.
                ("b.org", -1, [], False), ("b.org", 25, [], True),
                ("b.org", 443, [], False), ("x.c.org", -1, [], True),
                ("169.254.169.254", 80, ["fine.org"], True),
                ("169.254.169.253", 80, ["fine.org"], False),
                ("1.2.3.4", 80, ["fine.org", "a.org"], True),
                ("64:ff9b::169.254.169.254", 80, [], True),
                ("::169.254.169.254", 80, [], True),
                ("2002:a9fe:a9fe::1", 80, [], True),
                ("2001:db8::1", 80, [], False),
                ("localhost", -1, [], True), ("127.9.9.9", 80, [], True),
                # Raw sockets and the like might reach it.
                ("type:3", -1, [], True), ("unix:/run/x", -1, [], False)):
            with self.subTest(host=host, port=port):
                self.assertEqual(
                    self.excludes(compiled, host, port, names), excluded)

    # --- what may be written ------------------------------------------------

    def test_good(self):
        for text in ("example.com", "EXAMPLE.com.:443", "a_b-c.d", "localhost",
                     "*", "*:443", "*.example.com", "*.xn--p1ai:443-444",
                     "10.0.0.0/8:5432", "0.0.0.0/0", "0.0.0.0:80", "[::]",
                     "[::1]:80", "[2001:db8::]/32:443", "[FE80::]/10",
                     "unix:/run/x", "unix:$TMP/x", "unix:@x", "unix:@x*"):
            with self.subTest(text):
                self.assertIsNone(self.check(text))

    def test_bad(self):
        for text, code, advice in (
                ("", "bad-host", '"example.com:443"'),
                ("127.1", "bad-host", 'write "127.0.0.1"'),
                ("127.1:80", "bad-host", 'write "127.0.0.1:80"'),
                ("0x7f000001:80", "bad-host", 'write "127.0.0.1:80"'),
                ("010.0.0.1", "bad-host", 'write "8.0.0.1"'),
                ("2130706433", "bad-host", 'write "127.0.0.1"'),
                ("127.0.0.1.", "bad-host", '"10.0.0.1"'),
                ("256.0.0.1", "bad-host", '"10.0.0.1"'),
                ("10.0.0.1/8:80", "bad-host", 'write "10.0.0.0/8:80"'),
                ("10.0.0.0/33", "bad-host", "up to 32"),
                ("10.0.0.0/08", "bad-host", "up to 32"),
                ("10/8", "bad-host", 'write "0.0.0.10"'),
                ("*.0.0.1", "bad-host", '"10.0.0.0/8"'),
                ("::1", "bad-host", '"[::1]:80"'),
                ("::1:80", "bad-host", '"[::1]:80"'),
                ("2001:db8::/32", "bad-host", "in brackets"),
                ("[2001:db8::/32]:443", "bad-host", '"[2001:db8::]/32:443"'),
                ("[2001:db8::1]/32", "bad-host", 'write "[2001:db8::]/32"'),
                ("[::ffff:1.2.3.4]:80", "bad-host", 'write "1.2.3.4:80"'),
                ("[127.0.0.1]", "bad-host", '"[::1]:80"'),
                ("[fe80::1%eth0]", "bad-host", 'without "%"'),
                ("[::1", "bad-host", "closing bracket"),
                ("[::1]80", "bad-host", "65535"),
                ("https://example.com/", "bad-host", '"example.com:443"'),
                ("http://example.com/x", "bad-host", '"example.com:80"'),
                ("https://a.b:8443/x", "bad-host", '"a.b:8443"'),
                ("example.com/x", "bad-host", 'write "example.com"'),
                ("me@example.com", "bad-host", "without scheme, user"),
                ("exa mple.com", "bad-host", "no name"),
                ("a..b", "bad-host", "no name"),
                (".a", "bad-host", "no name"),
                ("a" * 64 + ".com", "bad-host", "no name"),
                ("a." * 127 + "a", "bad-host", "no name"),
                ("*example.com", "bad-host", '"*.example.com"'),
                ("www.*.com", "bad-host", '"*.example.com"'),
                ("b\xfccher.example", "bad-host", "xn--"),
                ("db.localhost:80", "bad-host", 'write "localhost:80"'),
                ("example.com:", "bad-host", "a number"),
                ("example.com:*", "bad-host", "the host alone"),
                ("example.com:https", "bad-host", ":443"),
                ("example.com:0443", "bad-host", "a number"),
                ("example.com:65536", "bad-host", "65535"),
                ("example.com:9-8", "bad-host", "a number"),
                ("example.com:8-", "bad-host", "a number"),
                ("example.com:-8", "bad-host", "a number"),
                ("unix:x", "bad-host", '"unix:/run/x.sock"'),
                ("unix:", "bad-host", '"unix:/run/x.sock"'),
                ("unix:@", "bad-host", '"unix:/run/x.sock"')):
            with self.subTest(text):
                found = self.check(text)
                self.assertIsNotNone(found)
                self.assertEqual(found[0], code)
                self.assertIn(advice, found[1])

    def test_quoted_safely(self):
        code, what = self.check("a\u202eb\n")
        self.assertTrue(what.isascii() and what.isprintable(), what)

    # --- many ---------------------------------------------------------------

    def test_networks_against_a_model(self):
        choose = random.Random(1)
        for n in range(300):
            size = choose.choice((32, 128))
            texts, networks = [], []
            for _ in range(choose.randrange(1, 6)):
                bits = choose.randrange(size + 1)
                number = choose.getrandbits(4) << choose.randrange(size - 4)
                number &= ~((1 << (size - bits)) - 1)
                kind = ipaddress.IPv4Address if size == 32 \
                    else ipaddress.IPv6Address
                address = kind(number)
                networks.append(ipaddress.ip_network((address, bits)))
                text = f"{address}" if size == 32 else f"[{address}]"
                texts.append(f"{text}/{bits}")
            if any(self.check(text) for text in texts):
                continue            # ::ffff:0:0 and the like
            compiled = self.list_of(*texts)
            for _ in range(50):
                number = choose.getrandbits(4) << choose.randrange(size - 4)
                address = kind(number)
                if getattr(address, "ipv4_mapped", None):
                    continue
                self.assertEqual(
                    self.holds(compiled, str(address), 80),
                    any(address in network for network in networks),
                    f"{texts}: {address}")

    def seconds(self, compiled, target):
        best = 1e9
        for _ in range(5):
            start = time.perf_counter()
            for _ in range(2000):
                self.library._PyPolicyHosts_Match(compiled, target)
            best = min(best, time.perf_counter() - start)
        return best

    @support.requires_resource("cpu")
    def test_exact_targets_do_not_add_up(self):
        texts = [f"host{i}.example.com:443" for i in range(5000)]
        texts += [f"10.1.{i >> 8}.{i & 255}:80" for i in range(2500)]
        texts += [f"same.example.com:{i}" for i in range(2500)]
        many = self.list_of(*texts)
        for text, host, port in ((texts[0], "host0.example.com", 443),
                                 (texts[5000], "10.1.0.0", 80),
                                 (texts[-1], "same.example.com", 2499)):
            one = self.list_of(text)
            self.assertTrue(self.holds(many, host, port))
            self.assertFalse(self.holds(many, host, 9999))
            target = ctypes.byref(self.target(host, port))
            self.assertLess(self.seconds(many, target),
                            self.seconds(one, target) * 3)


if __name__ == "__main__":
    unittest.main()
