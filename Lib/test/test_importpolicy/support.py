"""A small world on disk, and programs that are judged in it.

A policy cannot be taken off again, so each test of the judgement starts an
interpreter.  A World is a directory:

    app/main.py  app/policy.json    the application and its policy
    deps/...                        dependencies, on PYTHONPATH
    venv/                           or installed ones, in a virtual environment
    effects/NAME                    what happened, by World.mark(NAME)

The resource that most tests are about is the module `vault`.  Its body leaves
a mark, so that a test can tell whether the body ran and not only whether an
exception came.  The program is the same each time and only the policy
differs: what is refused under one policy is allowed under another one that
grants a name more.  JudgementTestCase.needs() is that pair as one line.
"""

import _imp
import contextlib
import functools
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import unittest
import venv
import zipfile

from test.support import Py_GIL_DISABLED, os_helper

# The library's directory in an environment or below a prefix, in lib.
LIBRARY = "python%d.%d%s" % (*sys.version_info[:2],
                             "t" if Py_GIL_DISABLED else "")


def mark_of(path, *, key):
    """What a parent hands down of one policy's content, in hexadecimal."""
    with open(path, "rb") as file:
        mark = int.from_bytes(_imp.source_hash(key, file.read()),
                              sys.byteorder)
    return f"{mark:016x}"


# What is reported when the application itself is refused.
APPLICATION = "__main__"

_DENIED = re.compile(r"^(?:importpolicy\.)?(ImportDenied|AccessDenied): "
                     r"(?:\[Errno 13\] )?(.*)$", re.MULTILINE)


class Result:
    """How a program ended: code, out, err, and the last denial if any."""

    def __init__(self, completed):
        self.code = completed.returncode
        self.out = completed.stdout
        self.err = completed.stderr
        denials = _DENIED.findall(self.err)
        self.denied, self.message = denials[-1] if denials else (None, None)

    def __str__(self):
        return f"exit status {self.code}\n{self.out}{self.err}"


class World:

    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.app = self.path("app")
        self.deps = self.path("deps")
        self.python = sys.executable
        self.site = None
        for name in "app", "deps", "effects":
            os.mkdir(self.path(name))
        self.write("deps/vault.py", f"""
            {self.mark("vault")}
            def take():
                return "treasure"
            """)

    def path(self, *names):
        return os.path.join(self.root, *names)

    def write(self, path, text=""):
        """Write a file (str: dedented) below the root; returns its path."""
        path = self.path(path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if isinstance(text, str):
            text = textwrap.dedent(text).encode()
        with open(path, "wb") as file:
            file.write(text)
        return path

    def write_zip(self, path, members):
        """The same for an archive, from names to texts or bytes."""
        path = self.path(path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in members.items():
                if isinstance(text, str):
                    text = textwrap.dedent(text)
                archive.writestr(name, text)
        return path

    def policy(self, policy, path="app/policy.json"):
        """Write a policy; a str is written as it is."""
        text = policy if isinstance(policy, str) else json.dumps(policy)
        return self.write(path, text)

    def modules(self, **texts):
        """Dependencies: one file each, of no distribution."""
        for name, text in texts.items():
            self.write(f"deps/{name}.py", text)

    def distribution(self, name, files=None, requires=(), where=None,
                     extras=(), **texts):
        """An installed distribution: its files, METADATA and RECORD."""
        where = where or ("deps" if self.site is None else self.site)
        files = dict(files or {})
        files |= {f"{key}/__init__.py": text for key, text in texts.items()}
        info = f"{name.replace('-', '_')}-1.dist-info"
        metadata = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1"]
        metadata += [f"Provides-Extra: {extra}" for extra in extras]
        metadata += [f"Requires-Dist: {other}" for other in requires]
        files[f"{info}/METADATA"] = "\n".join(metadata) + "\n"
        files[f"{info}/RECORD"] = "".join(
            f"{file},,\n" for file in [*files, f"{info}/RECORD"])
        for path, text in files.items():
            self.write(os.path.join(where, path), text)

    def make_venv(self):
        """From now on programs run in a virtual environment of their own."""
        venv.create(self.path("venv"), symlinks=True)
        self.python = self.path("venv", "bin", "python")
        self.site = self.path("venv", "lib", LIBRARY, "site-packages")
        return self.site

    # --- Effects ----------------------------------------------------------

    def mark(self, name):
        """A statement, for a program, that leaves a mark."""
        return f"open({self.path('effects', name)!r}, 'w').close()"

    def marks(self):
        return set(os.listdir(self.path("effects")))

    def forget(self):
        os_helper.rmtree(self.path("effects"))
        os.mkdir(self.path("effects"))

    # --- Running ----------------------------------------------------------

    def environment(self, **more):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("PYTHON", "_PYTHON"))}
        environment |= {"PYTHONPATH": self.deps, "PYTHONIOENCODING": "utf-8",
                        "PYTHONDONTWRITEBYTECODE": "1"}
        return {name: value for name, value in (environment | more).items()
                if value is not None}

    def spawn(self, *arguments, env=None, python=None, **kwargs):
        defaults = {"cwd": self.app, "stdin": subprocess.DEVNULL,
                    "capture_output": True, "encoding": "utf-8",
                    "errors": "backslashreplace", "timeout": 60}
        return subprocess.run([python or self.python, *arguments],
                              env=self.environment(**dict(env or {})),
                              **(defaults | kwargs))

    def start(self, *arguments, **kwargs):
        return Result(self.spawn(*arguments, **kwargs))

    def run(self, main, *options, **kwargs):
        """Run the text as the application's script."""
        script = self.write("app/main.py", main)
        return self.start(*options, script, **kwargs)


class Scene(World):
    """A world whose programs are looked at as they ended, in its root."""

    def __init__(self, root, policy=None):
        super().__init__(root)
        if policy is not None:
            self.policy(policy)

    def module(self, name, text):
        """A dependency that is one file, of no distribution."""
        return self.write(f"deps/{name}.py", text)

    def distribution(self, name, text, requires=()):
        """A dependency that is a package, with its metadata."""
        super().distribution(name, {f"{name}/__init__.py": text}, requires)

    def start(self, *arguments, **kwargs):
        return self.spawn(*arguments, **({"cwd": self.root} | kwargs))


@functools.cache
def warm_up():
    """Have what most children import compiled once; they themselves write
    no compiled files, lest a file that a test rewrites be out of date."""
    subprocess.run([sys.executable, "-c", "import asyncio, concurrent.futures"
                    ".thread, ctypes, dataclasses, http.client, importlib.abc,"
                    " importlib.metadata, importpolicy, inspect, logging."
                    "config, multiprocessing.pool, pickle, pydoc, runpy, "
                    "urllib.request, zipimport"],
                   stdin=subprocess.DEVNULL, capture_output=True)


class JudgementTestCase(unittest.TestCase):

    # The key of the policies that needs() writes, and what each dependency
    # in `deps` holds: one file for each name.
    key = "vault"
    deps = {}

    @classmethod
    def setUpClass(cls):
        warm_up()

    def setUp(self):
        root = tempfile.mkdtemp()
        self.addCleanup(os_helper.rmtree, root)
        self.world = World(root)
        self.world.modules(**self.deps)

    def assertRan(self, result, *, effect="vault"):
        self.assertEqual(result.code, 0, result)
        if effect is not None:
            self.assertIn(effect, self.world.marks(), result)

    def assertRefused(self, result, who, *, what=None, effect="vault",
                      denied=None):
        """The program ended with a denial, and the effect stayed away."""
        self.assertNotEqual(result.code, 0, result)
        self.assertIsNotNone(result.denied, result)
        if denied is not None:
            self.assertEqual(result.denied, denied, result)
        self.assertEqual(self.named(result), who, result)
        if what is not None:
            self.assertIn(what, result.message, result)
        if effect is not None:
            self.assertNotIn(effect, self.world.marks(), result)

    @staticmethod
    def named(result):
        """Whom a message blames."""
        subject = re.split(r",| may not | has no ", result.message,
                           maxsplit=1)[0]
        return subject.removesuffix(" (the application)")

    def judge(self, policy, main, *options, **kwargs):
        """Run a program under a policy, from a clean slate."""
        self.world.policy(policy)
        self.world.forget()
        return self.world.run(main, *options, **kwargs)

    def needs(self, names, main, *options, key=None, also=None, effect="vault",
              every=True, **kwargs):
        """The program gets what it wants exactly when all of the names are
        granted the key: allowed with all, refused, and for that reason, when
        any one of them is left out.  `also` is merged into each policy."""
        key = key or self.key
        names = names.split() if isinstance(names, str) else list(names)
        result = self.judge({key: names} | (also or {}), main, *options,
                            **kwargs)
        self.assertRan(result, effect=effect)
        for left_out in names if every else ():
            granted = [name for name in names if name != left_out]
            with self.subTest(refused=left_out):
                result = self.judge({key: granted} | (also or {}), main,
                                    *options, **kwargs)
                self.assertRefused(result, left_out, effect=effect)
        return result

    def refused(self, who, policy, main, *options, effect="vault",
                denied=None, **kwargs):
        result = self.judge(policy, main, *options, **kwargs)
        self.assertRefused(result, who, effect=effect, denied=denied)
        return result

    def allowed(self, policy, main, *options, effect="vault", **kwargs):
        result = self.judge(policy, main, *options, **kwargs)
        self.assertRan(result, effect=effect)
        return result


# CPython loses exceptions where memory ends, which a build with assertions
# takes for a mistake and ends; and where threads are free, a list without
# memory for its items is freed with items that it never had (PyList_New()).
survives_shortage = unittest.skipIf(
    Py_GIL_DISABLED
    or "-DNDEBUG" not in sysconfig.get_config_var("PY_CFLAGS"),
    "CPython does not survive that in this build")

# CPython 3.13 makes instructions special only where there is the lock.
specializes = unittest.skipIf(Py_GIL_DISABLED,
                              "a free-threaded build has no such instructions")


class Listener:
    """A server on loopback that tells who came and what was sent.

    Nothing answers: connections wait in the queue until they are taken."""

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._socket.setblocking(False)
        self.port = self._socket.getsockname()[1]
        return self

    def __exit__(self, *exc_info):
        self._socket.close()

    def take(self):
        """What each connection since the last time has sent."""
        texts = []
        with contextlib.suppress(BlockingIOError):
            while True:
                connection, _ = self._socket.accept()
                texts.append(b"")
                with connection, contextlib.suppress(ConnectionError):
                    connection.settimeout(10)
                    while data := connection.recv(65536):
                        texts[-1] += data
        return texts


def copy_extension(name, directory, target):
    """Copy an extension module of the standard library to `directory` as
    `target`; None when this build has `name` linked in."""
    import importlib.util
    spec = importlib.util.find_spec(name)
    if spec is None or not (spec.origin or "").endswith(".so"):
        return None
    suffix = os.path.basename(spec.origin).removeprefix(name)
    os.makedirs(directory, exist_ok=True)
    return shutil.copy(spec.origin, os.path.join(directory, target + suffix))


# --- Real packages --------------------------------------------------------

def installed(test, pattern, name=None):
    """The site-packages directory of the environment that the variable
    IMPORTPOLICY_TEST_VENV names by its python, for a package in it; skips
    the test when there is none."""
    python = os.environ.get("IMPORTPOLICY_TEST_VENV")
    if not python:
        test.skipTest("IMPORTPOLICY_TEST_VENV does not name the python of an "
                      "environment with the packages")
    site = os.path.join(
        os.path.dirname(os.path.dirname(os.path.abspath(python))), "lib",
        LIBRARY, "site-packages")
    if not glob.glob(os.path.join(site, pattern)) and \
       not glob.glob(os.path.join(site, pattern + ".*")):
        test.skipTest(f"{name or pattern} is not installed in {site}")
    return site


def run_installed(*arguments, env=None, cwd=None, timeout=120):
    """Run the python of that environment, as World.start() does its own."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("PYTHON", "_PYTHON"))}
    completed = subprocess.run(
        [os.environ["IMPORTPOLICY_TEST_VENV"], *arguments], cwd=cwd,
        env=environment | {"PYTHONIOENCODING": "utf-8"} | (env or {}),
        timeout=timeout, stdin=subprocess.DEVNULL, capture_output=True,
        encoding="utf-8", errors="backslashreplace")
    return Result(completed)
