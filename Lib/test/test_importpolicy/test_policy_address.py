"""Is a number from Python code taken for an address?

Each program does what needs native code otherwise: it reads or changes memory
at an address.  It works where `ffi` is free, is refused where it is not, and
what is beside it, with no address in it, works there too.
"""

import unittest

from test.support import import_helper
from test.test_importpolicy.support import JudgementTestCase

import_helper.import_module("fcntl")
import_helper.import_module("_multiprocessing")

# What the dependency has at hand.  look() says what a semaphore at the
# beginning of the buffer counts.
PREPARE = """\
import _multiprocessing, array, fcntl, os, signal, socket, struct, threading
import termios, time

buffer = array.array("I", [7] * 4096)
ADDRESS = buffer.buffer_info()[0]
one, other = socket.socketpair()
other.send(b"123")

class Number:
    def __index__(self):
        return 1 << 30

class Both(Number):
    def __buffer__(self, flags):
        raise BufferError
"""

# {what: (with an address, what is there then, and without one)}
PROGRAMS = {
    "semaphore": (
        "s = _multiprocessing.SemLock._rebuild(ADDRESS, 1, 9, None)\n"
        "s.acquire(False)",
        "buffer[0] == 6",
        "s = _multiprocessing.SemLock(1, 1, 1, '/policy-%d' % os.getpid(),\n"
        "                             False)\n"
        "try:\n"
        "    _multiprocessing.SemLock._rebuild(0, 1, 1, s.name).acquire()\n"
        "finally:\n"
        "    _multiprocessing.sem_unlink(s.name)"),
    "structure of a device": (
        "fcntl.ioctl(one, 0x8912, struct.pack('iP', 4096, ADDRESS))",
        "buffer[0] != 7",
        "got = fcntl.ioctl(one, termios.FIONREAD, bytes(4))\n"
        "assert struct.unpack('i', got) == (3,), got"),
    "bytes of which a device gets a pointer": (
        "fcntl.ioctl(one, 0x8912, bytearray(struct.pack('iP', 4096,\n"
        "                                               ADDRESS)))",
        "buffer[0] != 7",
        "fcntl.ioctl(one, termios.FIONREAD, bytearray(4))"),
    "clock of a thread": (
        "buffer[180] = 7\n"
        "got = {time.pthread_getcpuclockid(ADDRESS + 4 * i)\n"
        "       for i in range(64, 256)}",
        "True",
        "time.pthread_getcpuclockid(threading.get_ident())"),
}

# What is refused, and would end or hurt the process if it were not.
UNSAFE = {
    "integer for a device": "fcntl.ioctl(one, termios.FIONREAD, 1 << 30)",
    "index for a device": "fcntl.ioctl(one, termios.FIONREAD, Number())",
    "no buffer for a device": "fcntl.ioctl(one, termios.FIONREAD, Both())",
    "integer for a file": "fcntl.fcntl(one, fcntl.F_GETLK, 1 << 30)",
    "index for a file": "fcntl.fcntl(one, fcntl.F_GETLK, Number())",
    "signal": "signal.pthread_kill(ADDRESS, 0)",
}

HARMLESS = """\
fcntl.fcntl(one, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
fcntl.fcntl(one, fcntl.F_SETFL, fcntl.fcntl(one, fcntl.F_GETFL))
lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
with open(os.devnull) as file:
    fcntl.fcntl(file, fcntl.F_GETLK, lock)
thread = threading.Thread(target=threading.Event().wait, daemon=True)
thread.start()
for ident in threading.get_ident(), thread.ident:
    signal.pthread_kill(ident, 0)
    time.pthread_getcpuclockid(ident)
"""


class AddressTest(JudgementTestCase):

    def run_program(self, text, ffi):
        self.world.policy({"$permissions": {"evil": {"ffi": ffi}}})
        self.world.modules(evil=PREPARE + text)
        return self.world.run("import evil\nprint('done')")

    def test_address(self):
        for what, (address, effect, beside) in PROGRAMS.items():
            with self.subTest(what):
                text = f"{address}\nassert {effect}"
                result = self.run_program(text, True)
                self.assertIn("done", result.out, result)
                result = self.run_program(
                    f"try:\n{indented(address)}\n"
                    f"finally:\n    assert set(buffer) <= {{7}}", False)
                self.assertIn("evil has no ffi permission", result.err)
                result = self.run_program(beside, False)
                self.assertIn("done", result.out, result)

    def test_unsafe(self):
        for what, text in UNSAFE.items():
            with self.subTest(what):
                result = self.run_program(text, False)
                self.assertIn("evil has no ffi permission", result.err)
                self.assertIn("/address", result.err)

    def test_harmless(self):
        result = self.run_program(HARMLESS, False)
        self.assertIn("done", result.out, result)


class SqlTest(JudgementTestCase):

    def run_sql(self, text, ffi):
        import_helper.import_module("sqlite3")
        self.world.policy({"$permissions": {"evil": {"ffi": ffi}}})
        self.world.modules(evil="import sqlite3\n"
                           "c = sqlite3.connect(':memory:')\n"
                           f"c.{text}\n")
        return self.world.run("import evil\nprint('done')")

    def test_functions(self):
        for text in ("execute('select \"FTS3_tokenizer\"(?)', ('simple',))",
                     "executescript('select fts3_Tokenizer(0)')",
                     "executemany('insert into t values "
                     "(load_extension(?))', [('x',)])"):
            with self.subTest(text):
                result = self.run_sql(text, False)
                self.assertIn("evil has no ffi permission", result.err)
                self.assertIn("sqlite3.native_function", result.err)
                # SQLite has its own opinion of it.
                result = self.run_sql(text, True)
                self.assertNotIn("ffi", result.err)

    def test_named_function(self):
        for ffi, found in ((["load_extension"], False),
                           (["fts3_tokenizer"], True)):
            result = self.run_sql("execute('select fts3_tokenizer(0)')", ffi)
            self.assertEqual("ffi" not in result.err, found, result)

    def test_others(self):
        result = self.run_sql("execute('select upper(?)', ('fts3',))", False)
        self.assertIn("done", result.out, result)


class ReadlineTest(JudgementTestCase):

    def test_files(self):
        import_helper.import_module("readline")
        secret = self.world.write("home/secret", "set canary on\n")
        home = {"HOME": self.world.path("home")}
        for text in (f"read_init_file({secret!r})",
                     "read_init_file('~/secret')",
                     f"parse_and_bind('$include {secret}')",
                     f"parse_and_bind(' $ Include  {secret}')"):
            with self.subTest(text):
                self.world.modules(evil=f"import readline\nreadline.{text}")
                for excluded in True, False:
                    self.world.policy({"$permissions": {"evil": {
                        "read": ["!" + secret] if excluded else True}}})
                    result = self.world.run("import evil", env=home)
                    self.assertEqual("evil has no read" in result.err,
                                     excluded, result)
        self.world.modules(evil="import readline\n"
                           "readline.parse_and_bind('tab: complete')")
        self.world.policy({"$permissions": {"evil": {"read": False}}})
        self.assertEqual(self.world.run("import evil").err, "")


def indented(text):
    return "".join(f"    {line}\n" for line in text.splitlines())


if __name__ == "__main__":
    unittest.main()
