"""What is measured: programs, a policy, and the places where they lie.

The interpreters run with -P -s in an environment of their own.  That is
what -I does, except that PYTHONHASHSEED holds: under -I strings hash
differently in each process, and the number of instructions varies by some
500 parts per million, which is a quarter of what is to be told apart.
"""

import json
import os
import pathlib
import subprocess

# 40 keys that name what the programs do not use, and ten that are asked all
# the time: six that everyone may import, four that list who may.
UNUSED = """
    airflow antigravity asyncpg audioop boto3 botocore celery cffi clickhouse
    consul cryptography docker elasticsearch etcd3 fabric gevent grpc invoke
    kafka keyring kubernetes ldap3 minio mysql nacl oracledb paramiko pexpect
    pika psutil psycopg pwntools pymongo pyodbc pysftp redis scapy serial
    telnetlib3 zmq
""".split()
EVERYONE = "os shutil tempfile threading urllib http".split()
LISTED = "socket ssl subprocess ctypes".split()

# Public modules in alphabetical order; the program stops behind the one that
# completes 200 modules in sys.modules that were not there before.
IMPORTS = """
import sys
before = len(sys.modules)
for name in '''
    abc argparse array ast asyncio base64 bdb binascii bisect bz2 cProfile
    calendar cmath cmd code codecs codeop collections colorsys compileall
    concurrent.futures configparser contextlib contextvars copy copyreg csv
    ctypes dataclasses datetime decimal difflib dis doctest email.message
    encodings.idna enum fcntl filecmp fileinput fnmatch fractions ftplib
    functools getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac
    html.parser http.client http.server imaplib importlib.metadata inspect
    ipaddress itertools json keyword locale logging.config lzma mailbox
    mimetypes mmap multiprocessing netrc numbers operator optparse pathlib
    pickle pkgutil platform plistlib pprint profile pstats pyclbr queue random
    reprlib sched secrets selectors shelve shlex shutil signal smtplib
    socketserver sqlite3 ssl statistics string subprocess symtable sysconfig
    tarfile tempfile textwrap timeit tomllib trace tracemalloc typing
    unicodedata unittest.mock urllib.request uuid wave weakref
    wsgiref.simple_server xml.dom.minidom xml.etree.ElementTree xml.sax
    xmlrpc.client zipapp zipfile zoneinfo'''.split():
    __import__(name)
    if len(sys.modules) - before >= 200:
        break
else:
    sys.exit('not enough modules')
"""

# A dependency: its frames are on the stack and have to be looked at.
WALKED = """
from os import environ

def variable(times):
    for _ in range(times):
        environ['WALKED']; environ['WALKED']; environ['WALKED']
        environ['WALKED']; environ['WALKED']; environ['WALKED']
        environ['WALKED']; environ['WALKED']; environ['WALKED']
        environ['WALKED']

def free(times):
    for _ in range(times):
        import json; import json; import json; import json; import json
        import json; import json; import json; import json; import json

def submodule(times):
    for _ in range(times):
        import json.decoder; import json.decoder; import json.decoder
        import json.decoder; import json.decoder; import json.decoder
        import json.decoder; import json.decoder; import json.decoder
        import json.decoder

def attribute(times):
    for _ in range(times):
        from json import decoder; from json import decoder
        from json import decoder; from json import decoder
        from json import decoder; from json import decoder
        from json import decoder; from json import decoder
        from json import decoder; from json import decoder

def restricted(times):
    for _ in range(times):
        import socket; import socket; import socket; import socket
        import socket; import socket; import socket; import socket
        import socket; import socket

def descend(depth, function, times):
    if depth > 1:
        return descend(depth - 1, function, times)
    return function(times)
"""

# Prints one JSON object: the best time of each case in ns for one operation.
# With arguments CASE and TIMES it only runs that case so many times.
OPERATIONS = 10
TIMINGS = """
import gc, json, os, sys, time
import socket
import walked

def call(times):
    def f(x):
        return x
    for _ in range(times):
        f(1); f(1); f(1); f(1); f(1); f(1); f(1); f(1); f(1); f(1)

def event(times):
    for _ in range(times):
        id(1); id(1); id(1); id(1); id(1); id(1); id(1); id(1); id(1); id(1)

def at(depth, function):
    return lambda times: walked.descend(depth - 1, function, times)

CASES = {
    'import, unrestricted': at(1, walked.free),
    'import, unrestricted, depth 50': at(50, walked.free),
    'import of a submodule, unrestricted': at(1, walked.submodule),
    'from-import of a module, unrestricted': at(1, walked.attribute),
    'import, restricted, depth 5': at(5, walked.restricted),
    'import, restricted, depth 50': at(50, walked.restricted),
    'os.environ, depth 5': at(5, walked.variable),
    'audit event, unrestricted': event,
    'function call': call,
}

def best(case, repeat, times):
    timer = time.perf_counter_ns
    result = None
    for _ in range(repeat):
        started = timer()
        case(times)
        spent = timer() - started
        if result is None or spent < result:
            result = spent
    return result / times / 10

gc.disable()
if sys.argv[1] == 'time':
    repeat, times = int(sys.argv[2]), int(sys.argv[3])
    result = {}
    for name, case in CASES.items():
        case(times)
        result[name] = best(case, repeat, times)
    print(json.dumps(result))
else:
    CASES[sys.argv[1]](int(sys.argv[2]))
"""
CASES = ["import, unrestricted", "import, unrestricted, depth 50",
         "import of a submodule, unrestricted",
         "from-import of a module, unrestricted",
         "import, restricted, depth 5", "import, restricted, depth 50",
         "os.environ, depth 5", "audit event, unrestricted", "function call"]


def policy():
    """The policy of 50 entries."""
    entries = {key: [] if i % 4 == 0 else [f"client{i}", "shared"]
               for i, key in enumerate(UNUSED)}
    entries.update({key: "*" for key in EVERYONE})
    entries.update({key: ["walked", "__main__"] for key in LISTED})
    assert len(entries) == 50
    entries["$permissions"] = {"walked": {"env": ["WALKED", "WALKED_*"]}}
    return entries


class Scene:
    """The files below a folder, and how an interpreter is run on them."""

    def __init__(self, folder, python):
        self.folder = pathlib.Path(folder)
        self.python = python
        app = self.folder / "app"
        packages = self.folder / "packages"
        app.mkdir()
        packages.mkdir()
        (app / "imports.py").write_text(IMPORTS, encoding="utf-8")
        (app / "timings.py").write_text(TIMINGS, encoding="utf-8")
        (packages / "walked.py").write_text(WALKED, encoding="utf-8")
        self.policy = self.folder / "policy.json"
        self.policy.write_text(json.dumps(policy(), indent=1),
                               encoding="utf-8")

    def environment(self, with_policy, program):
        """`with_policy` is True for that of 50 entries, or a policy's file.
        Equal for stock and ours: a stock build reads the policy's variable
        no more than any other, but has it to carry along."""
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                       "PYTHONHASHSEED": "0", "WALKED": "1"}
        if os.path.basename(program) in ("timings.py", "program.py"):
            environment["PYTHONPATH"] = str(self.folder / "packages")
        if with_policy:
            environment["PYTHONPOLICY"] = str(
                self.policy if with_policy is True else with_policy)
        return environment

    def command(self, build, *arguments):
        """A program is a file below app, or -c with its text."""
        if arguments[0] != "-c":
            arguments = (str(self.folder / "app" / arguments[0]),
                         *arguments[1:])
        return [self.python[build], "-P", "-s", *arguments]

    def run(self, build, with_policy, *arguments, before=()):
        """Run it; returns its standard output and error."""
        done = subprocess.run(
            [*before, *self.command(build, *arguments)], cwd=self.folder,
            env=self.environment(with_policy, arguments[0]),
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"bench: {self.python[build]} failed:\n"
                             f"{done.stdout}{done.stderr}")
        return done.stdout, done.stderr

    def compile(self):
        """Write the compiled files anew: one that was made under another path
        costs more each time that it is loaded."""
        program = ("import py_compile, runpy, sys\n"
                   "runpy.run_path(sys.argv[1])\n"
                   "sys.path.append(sys.argv[2])\n"
                   "import json, socket, walked\n"
                   "for module in list(sys.modules.values()):\n"
                   "    path = getattr(module, '__file__', None) or ''\n"
                   "    if path.endswith('.py'):\n"
                   "        py_compile.compile(path)\n")
        for build in self.python:
            try:
                self.run(build, False, "-c", program,
                         os.fspath(self.folder / "app" / "imports.py"),
                         os.fspath(self.folder / "packages"))
            except SystemExit as e:
                print(f"{e}\nbench: going on with the compiled files as they "
                      f"are")
