"""Where policies come from, what makes a start end, what children get.

Each test starts interpreters and looks at what they could do: PROBE prints
the names of those modules, of five that nobody needs, that it could not
import.  So a policy that refuses one of them shows whether it is in force.
"""

import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import threading
import unittest
import zipfile

from test import support
from test.support import os_helper
from test.test_importpolicy.support import LIBRARY, mark_of

MODULES = ("colorsys", "sched", "netrc", "stringprep", "tabnanny")
PROBE = textwrap.dedent(f"""\
    for _name in {MODULES!r}:
        try:
            __import__(_name)
        except ImportError:
            print(_name)
    """)
NOT_JSON = "{]\n"
NOT_JSON_SAYS = (':1:2: "]" does not close the object that begins at line 1, '
                 'column 1; write "}"')
BASE = os.path.realpath(sys._base_executable)
VARIABLE = "_PYTHON_IMPORTPOLICY"


def refuse(*modules, **directives):
    return json.dumps({module: [] for module in modules}
                      | {"$" + key: value
                         for key, value in directives.items()})


class SetupTestCase(unittest.TestCase):

    def setUp(self):
        self.root = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(os_helper.rmtree, self.root)
        self.cwd = self.mkdir("cwd")

    def path(self, *names):
        return os.path.join(self.root, *names)

    def mkdir(self, *names):
        path = self.path(*names)
        os.makedirs(path, exist_ok=True)
        return path

    def write(self, name, text=PROBE):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return path

    def environment(self, **extra):
        env = {key: value for key, value in os.environ.items()
               if not key.startswith(("PYTHON", "_PYTHON"))}
        return env | {"PYTHONDONTWRITEBYTECODE": "1",
                      "HOME": self.root} | extra

    def run_python(self, *args, env={}, python=sys.executable, **kwargs):
        kwargs = {"cwd": self.cwd, "stdin": subprocess.DEVNULL} | kwargs
        if "input" in kwargs:
            del kwargs["stdin"]
        return subprocess.run([python, *args], env=self.environment(**env),
                              capture_output=True, encoding="utf-8",
                              errors="backslashreplace",
                              timeout=support.SHORT_TIMEOUT, **kwargs)

    def check(self, expected, *args, **kwargs):
        """Run PROBE: exactly these modules are refused."""
        process = self.run_python(*args, **kwargs)
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertEqual(set(process.stdout.split()), set(expected.split()),
                         process.stderr)
        return process

    def check_fatal(self, message, *args, **kwargs):
        """One line, status 2, nothing has run."""
        process = self.run_python(*args, **kwargs)
        self.assertEqual(process.stderr, message + "\n")
        self.assertEqual(process.stdout, "")
        self.assertEqual(process.returncode, 2)
        return process

    def make_venv(self, name="venv", home=None, keys="", python=BASE):
        """A virtual environment without pip; its executable."""
        bin = self.mkdir(name, "bin")
        self.mkdir(name, "lib", LIBRARY, "site-packages")
        executable = os.path.join(bin, "python")
        os.symlink(python, executable)
        self.write(f"{name}/pyvenv.cfg", textwrap.dedent(f"""\
            home = {home or os.path.dirname(python)}
            include-system-site-packages = false
            """) + keys)
        return executable

    def make_library(self):
        """An installation, "base", of the library under test; a PYTHONHOME.

        getpath looks upwards from an executable for the library, and
        separately for lib-dynload, so that two links are enough.
        """
        stdlib = os.path.dirname(os.__file__)
        dynload = os.path.join(stdlib, "lib-dynload")
        if sysconfig.is_python_build():
            with open(os.path.join(os.path.dirname(BASE),
                                   "pybuilddir.txt")) as file:
                dynload = os.path.join(os.path.dirname(BASE), file.read())
        os.symlink(dynload, os.path.join(self.mkdir("lib", LIBRARY),
                                         "lib-dynload"))
        os.symlink(stdlib, os.path.join(self.mkdir("base", "lib"), LIBRARY))
        return self.path("base") + ":" + self.root

    def install(self, name, text, venv="venv"):
        return self.write(f"{venv}/lib/{LIBRARY}/site-packages/{name}", text)


class ProgramTests(SetupTestCase):
    """policy.json with the program."""

    def test_script(self):
        script = self.write("app/run.py")
        self.check("", script)
        self.write("app/policy.json", refuse("colorsys"))
        self.check("colorsys", script)
        self.check("colorsys", os.path.relpath(script, self.cwd))
        self.check("colorsys", "run.py", cwd=self.path("app"))

    def test_script_not_the_current_directory(self):
        script = self.write("app/run.py")
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check("", script)

    def test_script_isolated(self):
        script = self.write("app/run.py")
        self.write("app/policy.json", refuse("colorsys"))
        for option in "-I", "-E", "-P", "-S", "-s", "-B", "-i", "-Xutf8":
            with self.subTest(option):
                self.check("colorsys", option, script)

    def test_script_behind_a_link(self):
        # As sys.path[0]: the directory of the target, not of the link.
        script = self.write("app/run.py")
        link, chain = self.path("cwd/link.py"), self.path("cwd/chain.py")
        os.symlink(script, link)
        os.symlink("link.py", chain)
        self.write("cwd/policy.json", refuse("sched"))
        self.check("", link)
        self.write("app/policy.json", refuse("colorsys"))
        self.check("colorsys", link)
        self.check("colorsys", chain)
        self.check("colorsys", "chain.py")

    def test_script_in_a_linked_directory(self):
        self.write("app/run.py")
        self.write("app/policy.json", refuse("colorsys"))
        os.symlink("../app", self.path("cwd/app"))
        self.check("colorsys", "app/run.py")

    def test_directory(self):
        self.write("app/__main__.py")
        self.write("policy.json", refuse("sched"))
        self.check("", self.path("app"))
        self.write("app/policy.json", refuse("colorsys"))
        self.check("colorsys", self.path("app"))
        self.check("colorsys", "-I", self.path("app") + "/")

    def test_archive(self):
        for compression in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED:
            with self.subTest(compression):
                archive = self.path(f"app{compression}.pyz")
                self.make_archive(archive, compression)
                self.write("policy.json", refuse("sched"))
                self.check("", archive)
                self.make_archive(archive, compression,
                                  {"policy.json": refuse("colorsys")})
                self.check("colorsys", archive)
                self.check("colorsys", "-I", archive)

    def make_archive(self, path, compression=zipfile.ZIP_STORED, files={},
                     main="__main__.py"):
        with open(path, "wb") as file:
            file.write(b"#!/usr/bin/env python3\n")
            with zipfile.ZipFile(file, "w", compression) as archive:
                for name, text in ({main: PROBE} | files).items():
                    archive.writestr(name, text)

    def test_directory_in_an_archive(self):
        archive = self.path("app.pyz")
        self.make_archive(archive, main="tool/__main__.py",
                          files={"policy.json": refuse("sched")})
        self.check("", archive + "/tool")
        self.make_archive(archive, main="tool/__main__.py",
                          files={"tool/policy.json": refuse("colorsys")})
        self.check("colorsys", archive + "/tool")

    def test_archive_error(self):
        archive = self.path("app.pyz")
        self.make_archive(archive, files={"policy.json": NOT_JSON})
        self.check_fatal(f"{archive}/policy.json{NOT_JSON_SAYS}", archive)

    def test_module(self):
        self.write("cwd/probe.py")
        self.check("", "-m", "probe")
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check("colorsys", "-m", "probe")
        self.check("colorsys", "-E", "-m", "probe")

    def test_module_isolated(self):
        self.write("cwd/policy.json", refuse("colorsys"))
        python = self.make_venv()
        self.install("probe.py", PROBE)
        self.check("colorsys", "-m", "probe", python=python)
        self.check("", "-P", "-m", "probe", python=python)
        self.check("", "-I", "-m", "probe", python=python)

    def test_command(self):
        self.check("", "-c", PROBE)
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check("colorsys", "-c", PROBE)
        self.check("colorsys", "-E", "-c", PROBE)
        self.check("", "-I", "-c", PROBE)
        self.check("", "-P", "-c", PROBE)
        self.check("", "-c", PROBE, env={"PYTHONSAFEPATH": "1"})

    def test_standard_input(self):
        self.check("", input=PROBE)
        self.check("", "-", input=PROBE)
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check("colorsys", input=PROBE)
        self.check("colorsys", "-", input=PROBE)
        self.check("", "-I", input=PROBE)

    def test_standard_input_by_name(self):
        # A pipe is no place.  /dev/stdin that is a file has the file's.
        self.write("cwd/policy.json", refuse("colorsys"))
        script = self.write("app/run.py")
        self.write("app/policy.json", refuse("sched"))
        self.check("colorsys", "/dev/stdin", input=PROBE)
        with open(script) as file:
            self.check("sched", "/dev/stdin", stdin=file)

    def test_interactive(self):
        code = f"exec({PROBE!r})\n"
        self.check("", "-i", "-q", input=code)
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check("colorsys", "-i", "-q", input=code)
        self.check("", "-I", "-i", "-q", input=code)

    @unittest.skipUnless(hasattr(os, "openpty"), "needs os.openpty()")
    def test_terminal(self):
        self.assertNotIn("ImportDenied", self.talk("import colorsys"))
        self.write("cwd/policy.json", refuse("colorsys"))
        self.assertIn("ImportDenied", self.talk("import colorsys"))

    def talk(self, line):
        """Type a line into the REPL on a terminal; what is seen there."""
        master, slave = os.openpty()
        env = self.environment(TERM="dumb", PYTHON_BASIC_REPL="1")
        with subprocess.Popen([sys.executable, "-q"], cwd=self.cwd, env=env,
                              stdin=slave, stdout=slave, stderr=slave,
                              start_new_session=True) as process:
            os.close(slave)
            os.write(master, line.encode() + b"\nexit()\n")
            seen = b""
            with contextlib.suppress(OSError):      # EIO: it has ended
                while data := os.read(master, 4096):
                    seen += data
            process.wait(support.SHORT_TIMEOUT)
        os.close(master)
        return seen.decode(errors="replace")

    def test_scripts_of_the_environment(self):
        # They are commands: the project is where one stands.
        python = self.make_venv()
        command = self.write("venv/bin/tool")
        self.write("venv/bin/policy.json", refuse("sched"))
        self.check("", command, python=python)
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check("colorsys", command, python=python)
        self.check("", "-I", command, python=python)
        self.check("", "-P", command, python=python)
        # Another interpreter takes it for a script like any other.
        self.check("sched", command)

    def test_scripts_of_the_environment_behind_a_link(self):
        python = self.make_venv()
        os.symlink(self.write("venv/bin/tool"), self.path("cwd/tool"))
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check("colorsys", self.path("cwd/tool"), python=python)

    def test_scripts_of_the_user(self):
        command = self.write(".local/bin/tool")
        self.write(".local/bin/policy.json", refuse("sched"))
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check("colorsys", command)
        self.check("sched", command, env={"HOME": "/"})
        other = self.write("base/bin/tool")
        self.check("colorsys", other,
                   env={"PYTHONUSERBASE": self.path("base")})
        self.check("", other)

    def test_pip(self):
        # pip itself would be elsewhere; that it is main is what counts.
        self.write("cwd/policy.json", refuse("colorsys"))
        for name in "pip", "ensurepip", "venv", "pipx", "wheel":
            self.write(f"cwd/{name}.py")
        self.write("cwd/pip/__init__.py", "")
        self.write("cwd/pip/__main__.py")
        for name in "pip", "pip.__main__", "ensurepip", "venv":
            with self.subTest(name):
                self.check("", "-m", name)
        for name in "pipx", "wheel":
            with self.subTest(name):
                self.check("colorsys", "-m", name)

    def test_pip_script(self):
        python = self.make_venv()
        self.write("cwd/policy.json", refuse("colorsys"))
        for name in "pip", "pip3", "pip3.13":
            with self.subTest(name):
                self.check("", self.write(f"venv/bin/{name}"), python=python)
        for name in "pipx", "pip-audit", "pip.py", "pi":
            with self.subTest(name):
                self.check("colorsys", self.write(f"venv/bin/{name}"),
                           python=python)

    def test_pip_elsewhere(self):
        # Only the environment's own pip is pip.
        self.write("app/policy.json", refuse("colorsys"))
        self.check("colorsys", self.write("app/pip"))

    def test_pip_is_under_the_others(self):
        self.write("cwd/pip.py")
        policy = self.write("p.json", refuse("sched"))
        self.write("venv.json", refuse("netrc"))
        python = self.make_venv(keys="importpolicy = ../venv.json\n")
        self.check("sched netrc", "-m", "pip", python=python,
                   env={"PYTHONPOLICY": policy})

    def test_no_current_directory(self):
        # Without a name it cannot hold a policy either.
        gone = self.mkdir("gone")
        code = (f"import os, subprocess, sys; os.rmdir({gone!r}); sys.exit("
                "subprocess.run([sys.executable, '-c', 'print(1)'])"
                ".returncode)")
        process = self.run_python("-c", code, cwd=gone)
        self.assertEqual((process.returncode, process.stdout), (0, "1\n"))


class NamedTests(SetupTestCase):
    """-X importpolicy, PYTHONPOLICY, pyvenv.cfg, the installation."""

    def setUp(self):
        super().setUp()
        self.one = self.write("one.json", refuse("colorsys"))
        self.two = self.write("two.json", refuse("sched"))

    def test_option(self):
        self.check("colorsys", "-X", f"importpolicy={self.one}", "-c", PROBE)
        self.check("colorsys", "-X", "importpolicy=../one.json", "-c", PROBE)
        self.check("colorsys sched", "-X", f"importpolicy={self.one}",
                   "-X", f"importpolicy={self.two}", "-c", PROBE)
        self.check("colorsys", "-I", "-X", f"importpolicy={self.one}",
                   "-c", PROBE)

    def test_variable(self):
        env = {"PYTHONPOLICY": self.one}
        self.check("colorsys", "-c", PROBE, env=env)
        for option in "-E", "-I", "-P", "-S":
            with self.subTest(option):
                self.check("colorsys", option, "-c", PROBE, env=env)
        self.check("colorsys", "-c", PROBE,
                   env={"PYTHONPOLICY": "../one.json"})
        self.check("", "-c", PROBE, env={"PYTHONPOLICY": ""})

    def test_all_apply(self):
        self.write("app/policy.json", refuse("netrc"))
        script = self.write("app/run.py")
        self.write("venv/policy.json", refuse("tabnanny"))
        python = self.make_venv(keys="importpolicy = policy.json\n")
        self.check("colorsys sched netrc tabnanny",
                   "-X", f"importpolicy={self.one}", script, python=python,
                   env={"PYTHONPOLICY": self.two})

    def test_each_must_allow(self):
        self.write("one.json", json.dumps({"colorsys": ["__main__"]}))
        self.check("", "-X", f"importpolicy={self.one}", "-c", PROBE)
        self.write("two.json", json.dumps({"colorsys": ["requests"]}))
        self.check("colorsys", "-X", f"importpolicy={self.one}", "-c", PROBE,
                   env={"PYTHONPOLICY": self.two})

    def test_off(self):
        off = ["-X", "importpolicy=off"]
        self.write("cwd/policy.json", refuse("netrc"))
        self.write("venv/policy.json", refuse("tabnanny"))
        python = self.make_venv(keys="importpolicy = policy.json\n")
        run = ["-c", PROBE]
        self.check("netrc tabnanny", *run, python=python)
        self.check("", *off, *run, python=python)
        self.check("colorsys", *off, *run, python=python,
                   env={"PYTHONPOLICY": self.one})
        self.check("sched", *off, "-X", f"importpolicy={self.two}", *run,
                   python=python)
        self.check("sched", "-X", f"importpolicy={self.two}", *off, *run,
                   python=python)

    def test_off_script(self):
        script = self.write("app/run.py")
        self.write("app/policy.json", refuse("netrc"))
        self.check("", "-X", "importpolicy=off", script)
        self.check("netrc", script)

    def test_off_is_for_the_command_line(self):
        message = ("PYTHONPOLICY: names a file; write -X importpolicy=off on "
                   "the command line, or PYTHONPOLICY=./off for a file of "
                   "that name")
        self.check_fatal(message, "-c", PROBE, env={"PYTHONPOLICY": "off"})
        self.write("cwd/off", refuse("colorsys"))
        self.check("colorsys", "-c", PROBE, env={"PYTHONPOLICY": "./off"})
        self.check("colorsys", "-X", "importpolicy=./off", "-c", PROBE)

    def test_option_without_a_file(self):
        message = ("-X importpolicy: a file is missing; write -X "
                   "importpolicy=FILE, or -X importpolicy=off")
        self.check_fatal(message, "-X", "importpolicy", "-c", PROBE)
        self.check_fatal(message, "-X", "importpolicy=", "-c", PROBE)
        # Other options are other options.
        self.check("", "-X", "importpolicyx", "-X", "importpolic=1",
                   "-c", PROBE)

    def test_missing(self):
        missing = self.path("missing.json")
        self.check_fatal(
            f"{missing}: there is no such file, but -X importpolicy names it",
            "-X", f"importpolicy={missing}", "-c", PROBE)
        self.check_fatal(
            f"{missing}: there is no such file, but PYTHONPOLICY names it",
            "-I", "-c", PROBE, env={"PYTHONPOLICY": missing})
        self.check_fatal(
            f"{self.one}/x: there is no such file, but PYTHONPOLICY names it",
            "-c", PROBE, env={"PYTHONPOLICY": f"{self.one}/x"})

    def policies(self, *args, **kwargs):
        code = ("import _importpolicy as p; "
                "[print(d['file'], d['origin'], d['sha256'], sep='|') "
                "for d in p.policies()]")
        process = self.run_python(*args, "-c", code, **kwargs)
        self.assertEqual(process.returncode, 0, process.stderr)
        return [line.split("|") for line in process.stdout.splitlines()]

    def test_origins_and_order(self):
        text = refuse("netrc")
        paths = [self.write("cwd/policy.json", text),
                 self.write("venv/policy.json", text)]
        python = self.make_venv(keys="importpolicy = policy.json\n")
        found = self.policies("-X", f"importpolicy={self.one}", python=python,
                              env={"PYTHONPOLICY": self.two})
        self.assertEqual([entry[:2] for entry in found], [
            [self.one, "-X importpolicy"],
            [self.two, "PYTHONPOLICY"],
            [paths[0], "in the current directory"],
            [paths[1], "pyvenv.cfg"],
        ])
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.assertEqual([entry[2] for entry in found[2:]], [digest] * 2)

    def test_same_file_counts_once(self):
        self.write("cwd/policy.json", refuse("netrc"))
        os.symlink("cwd", self.path("other"))
        os.symlink("policy.json", self.path("cwd/again.json"))
        found = self.policies("-X", "importpolicy=policy.json",
                              "-X", "importpolicy=again.json",
                              "-X", f"importpolicy={self.path('other')}"
                                    "/policy.json",
                              env={"PYTHONPOLICY": "./policy.json"})
        self.assertEqual([entry[:2] for entry in found],
                         [[self.path("cwd/policy.json"), "-X importpolicy"]])
        self.assertEqual(len(self.policies(
            "-X", f"importpolicy={self.one}")), 2)

    def test_digest(self):
        for size in 2, 55, 56, 63, 64, 65, 119, 120, 128, 5000:
            with self.subTest(size):
                text = "{}" + " " * (size - 2)
                self.write("one.json", text)
                found = self.policies(env={"PYTHONPOLICY": self.one})
                self.assertEqual(found[0][2],
                                 hashlib.sha256(text.encode()).hexdigest())

    def test_environment(self):
        python = self.make_venv(keys="importpolicy = rules/p.json\n")
        self.write("venv/rules/p.json", refuse("colorsys"))
        for option in "-I", "-E", "-S", "-B":
            with self.subTest(option):
                self.check("colorsys", option, "-c", PROBE, python=python)
        self.check("colorsys", self.write("app/run.py"), python=python)
        self.check("", "-c", PROBE)
        self.check("", "-c", PROBE, python=self.make_venv("plain"))

    def test_environment_spelling(self):
        for i, line in enumerate(("IMPORTPOLICY=../one.json",
                                  "\timportPolicy  = ../one.json \t",
                                  f"importpolicy = {self.one}\r",
                                  "a = b\rimportpolicy = ../one.json")):
            with self.subTest(line):
                python = self.make_venv(f"v{i}", keys=line + "\n")
                self.check("colorsys", "-c", PROBE, python=python)
        python = self.make_venv("not", keys="importpolicyx = ../one.json\n"
                                            "# importpolicy = ../one.json\n"
                                            "importpolicy\n")
        self.check("", "-c", PROBE, python=python)

    def test_environment_twice(self):
        python = self.make_venv(keys="importpolicy = ../one.json\n"
                                     "importpolicy = ../two.json\n")
        self.check("colorsys sched", "-c", PROBE, python=python)

    def test_environment_missing(self):
        python = self.make_venv(keys="importpolicy = p.json\n")
        cfg = self.path("venv/pyvenv.cfg")
        self.check_fatal(
            f"{self.path('venv/p.json')}: there is no such file, but "
            f"{cfg}:3 names it", "-c", PROBE, python=python)
        self.check("", "-X", "importpolicy=off", "-c", PROBE, python=python)
        python = self.make_venv("empty", keys="importpolicy =\n")
        self.check_fatal(
            f"{self.path('empty/pyvenv.cfg')}: line 3: importpolicy needs a "
            "file; write importpolicy = FILE, or remove the line",
            "-c", PROBE, python=python)

    def make_installation(self):
        """A virtual environment whose base prefix is ours."""
        self.make_library()
        return self.make_venv(home=self.mkdir("base", "bin"))

    def test_installation(self):
        python = self.make_installation()
        process = self.run_python("-c", "import sys, math; "
                                  "print(sys.base_prefix)", python=python)
        self.assertEqual(process.stdout, self.path("base\n"), process.stderr)
        self.check("", "-c", PROBE, python=python)
        self.write("base/etc/python/policy.json", refuse("colorsys"))
        script = self.write("app/run.py")
        for args in (["-c", PROBE], ["-I", "-c", PROBE], [script],
                     ["-X", "importpolicy=off", "-c", PROBE],
                     ["-X", "importpolicy=off", "-I", "-S", script]):
            with self.subTest(args):
                self.check("colorsys", *args, python=python)
        self.write("cwd/pip.py")
        self.check("colorsys", "-m", "pip", python=python)

    def test_installation_origin(self):
        python = self.make_installation()
        policy = self.write("base/etc/python/policy.json", refuse("colorsys"))
        self.assertEqual([entry[:2] for entry in self.policies(python=python)],
                         [[policy, "the installation"]])

    def test_installation_error(self):
        python = self.make_installation()
        policy = self.mkdir("base/etc/python/policy.json")
        self.check_fatal(f"{policy}: is a directory, and must be a regular "
                         "file", "-X", "importpolicy=off", "-c", PROBE,
                         python=python)


class FailureTests(SetupTestCase):
    """One line, exit status 2, before anything of the user's has run."""

    def setUp(self):
        super().setUp()
        self.policy = self.path("cwd/policy.json")
        self.marker = self.path("marker")
        self.touch = f"open({self.marker!r}, 'w')"

    def check_refused(self, what, python=sys.executable):
        self.check_fatal(f"{self.policy}: {what}", "-c", self.touch,
                         python=python)
        self.assertFalse(os.path.exists(self.marker))

    def check_allowed(self, python=sys.executable):
        process = self.run_python("-c", self.touch, python=python)
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertTrue(os.path.exists(self.marker))

    def test_twin(self):
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check_allowed()

    def test_syntax(self):
        self.write("cwd/policy.json", NOT_JSON)
        self.check_fatal(self.policy + NOT_JSON_SAYS, "-c", self.touch)
        self.assertFalse(os.path.exists(self.marker))

    def test_before_pth_lines_and_customization(self):
        python = self.make_venv()
        for name in "x.pth", "sitecustomize.py":
            self.install(name, f"import sys; {self.touch}\n")
            with self.subTest(name):
                self.write("cwd/policy.json", NOT_JSON)
                self.assertEqual(
                    self.run_python("-c", "1", python=python).returncode, 2)
                self.assertFalse(os.path.exists(self.marker))
                self.write("cwd/policy.json", "{}")
                self.assertEqual(
                    self.run_python("-c", "1", python=python).returncode, 0)
                self.assertTrue(os.path.exists(self.marker))
                os.unlink(self.marker)
            os.unlink(self.path("venv", "lib", LIBRARY, "site-packages", name))

    def test_in_force_for_pth_lines(self):
        python = self.make_venv()
        self.install("x.pth", f"import colorsys; {self.touch}\n")
        self.run_python("-c", "1", python=python)
        self.assertTrue(os.path.exists(self.marker))
        os.unlink(self.marker)
        self.write("cwd/policy.json", refuse("colorsys"))
        process = self.run_python("-c", "print(1)", python=python)
        self.assertEqual(process.stdout, "1\n")
        self.assertFalse(os.path.exists(self.marker))

    def test_first_error_wins(self):
        self.write("cwd/policy.json", NOT_JSON)
        missing = self.path("missing.json")
        self.check_fatal(
            f"{missing}: there is no such file, but PYTHONPOLICY names it",
            "-c", self.touch, env={"PYTHONPOLICY": missing})

    def test_directory(self):
        os.mkdir(self.policy)
        self.check_refused("is a directory, and must be a regular file")

    def test_pipe(self):
        os.mkfifo(self.policy)
        self.check_refused("is a pipe, and must be a regular file")

    def test_pipe_behind_a_link(self):
        os.mkfifo(self.path("pipe"))
        os.symlink("../pipe", self.policy)
        self.check_refused("is a pipe, and must be a regular file")

    def test_device(self):
        os.symlink("/dev/null", self.policy)
        self.check_refused("is a device, and must be a regular file")

    def test_socket(self):
        with socket.socket(socket.AF_UNIX) as sock:
            with os_helper.change_cwd(self.cwd):
                sock.bind("policy.json")
            self.check_refused("is a socket, and must be a regular file")

    def test_dangling_link(self):
        os.symlink("nowhere.json", self.policy)
        self.check_refused("is a symbolic link that leads nowhere; remove "
                           "it, or put the file where it points")
        self.write("cwd/nowhere.json", refuse("colorsys"))
        self.check_allowed()

    def test_link_in_a_circle(self):
        os.symlink("policy.json", self.policy)
        self.check_refused("cannot be read: Too many levels of symbolic "
                           "links")

    def test_link_through_a_file(self):
        self.write("cwd/file", "")
        os.symlink("file/policy.json", self.policy)
        self.check_refused("is a symbolic link that leads nowhere; remove "
                           "it, or put the file where it points")

    def test_too_large(self):
        limit = 64 * 1024 * 1024
        self.write("cwd/policy.json", "{}")
        os.truncate(self.policy, limit + 1)
        self.check_refused(f"is larger than {limit} bytes")

    def test_many_entries(self):
        names = {f"nobody{i}": ["a", "b"] for i in range(100_000)}
        self.write("cwd/policy.json", json.dumps(names | {"colorsys": []}))
        self.check("colorsys", "-c", PROBE)

    def test_empty(self):
        self.write("cwd/policy.json", "")
        process = self.run_python("-c", self.touch)
        self.assertTrue(process.stderr.startswith(f"{self.policy}:1:1: "))
        self.assertEqual(process.returncode, 2)

    def test_name_of_the_file(self):
        # It cannot break the line, nor pass for another one.
        name = "a\nb.json: fine\u202e\t.json"
        self.write(name, NOT_JSON)
        shown = self.path(r"a\u000ab.json: fine\u202e\u0009.json")
        self.check_fatal(shown + NOT_JSON_SAYS, "-X",
                         f"importpolicy=../{name}", "-c", self.touch)
        shown = self.path(r"cwd/c\u000ad")
        self.check_fatal(f"{shown}: there is no such file, but PYTHONPOLICY "
                         "names it", "-c", self.touch,
                         env={"PYTHONPOLICY": "c\nd"})

    def test_lock(self):
        lock = self.write("cwd/policy.lock.json", "{}")
        self.check_allowed()                    # no policy, no lock
        os.unlink(self.marker)
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check_fatal(f'{lock}:1:1: the lock has no "$version"; write the '
                         "lock anew with `python -m importpolicy lock`", "-c",
                         self.touch)
        os.unlink(lock)
        self.check_allowed()

    def unprivileged(self):
        """Options for subprocess: somebody to whom permissions apply."""
        if os.geteuid() != 0:
            return {}
        # The test runner's own directory for temporary files is closed to
        # others.
        with support.swap_attr(tempfile, "tempdir", "/tmp"):
            self.setUp()
        os.chmod(self.root, 0o755)
        os.chmod(self.cwd, 0o777)
        kwargs = {"user": 65534, "group": 65534, "extra_groups": []}
        process = subprocess.run([sys.executable, "-I", "-c", "pass"],
                                 cwd="/", **kwargs)
        if process.returncode != 0:
            self.skipTest("other users cannot run this interpreter")
        return kwargs

    def test_unreadable(self):
        who = self.unprivileged()
        self.write("cwd/policy.json", refuse("colorsys"))
        os.chmod(self.policy, 0o644)
        self.check("colorsys", "-c", PROBE, **who)
        os.chmod(self.policy, 0)
        self.check_fatal(f"{self.policy}: cannot be read: Permission denied",
                         "-c", self.touch, **who)

    def test_unreadable_directory(self):
        # Whether a policy is there cannot be told, so there may be one.
        who = self.unprivileged()
        policy = self.write("hidden/p.json", refuse("colorsys"))
        link = self.path("cwd/policy.json")
        os.symlink(policy, link)
        os.chmod(self.path("hidden"), 0)
        self.addCleanup(os.chmod, self.path("hidden"), 0o700)
        self.check_fatal(f"{link}: cannot be read: Permission denied",
                         "-c", self.touch, **who)
        os.chmod(self.path("hidden"), 0o755)
        self.check("colorsys", "-c", PROBE, **who)

    def test_unsearchable_directory(self):
        who = self.unprivileged()
        closed = self.path("closed")
        os.mkdir(closed, 0o700)
        self.check_fatal(
            f"{closed}/policy.json: cannot be looked for, since a directory "
            "on the way may not be searched; start in another one, or with "
            "-P where there is none", "-c", self.touch, cwd=closed, **who)
        self.check("", "-P", "-c", PROBE, cwd=closed, **who)
        os.chmod(closed, 0o711)
        self.check("", "-c", PROBE, cwd=closed, **who)

    def test_replaced_while_read(self):
        # Whatever the moment, it is one text or the other.
        texts = [refuse("colorsys", comment="x" * 100_000),
                 refuse("sched", comment="y" * 300_000)]
        self.write("cwd/policy.json", texts[0])
        stop = threading.Event()

        def replace():
            i = 0
            while not stop.is_set():
                i += 1
                os.replace(self.write("cwd/new", texts[i % 2]), self.policy)

        thread = threading.Thread(target=replace)
        thread.start()
        try:
            for _ in range(20):
                process = self.run_python("-c", PROBE)
                if process.returncode == 2:
                    self.assertEqual(
                        process.stderr, f"{self.policy}: changes while it is "
                        "being read; start again when it is finished\n")
                else:
                    self.assertIn(process.stdout, ("colorsys\n", "sched\n"))
        finally:
            stop.set()
            thread.join()

    def shim(self, body):
        """A library that does something whenever a policy has been read."""
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None or not sys.platform.startswith("linux"):
            self.skipTest("needs a C compiler and LD_PRELOAD")
        source = self.write("shim.c", textwrap.dedent("""\
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <fcntl.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>
            ssize_t read(int fd, void *buffer, size_t n)
            {
                static ssize_t (*real)(int, void *, size_t);
                static int count;
                char name[64], file[4096] = "";
                real = dlsym(RTLD_NEXT, "read");
                ssize_t result = real(fd, buffer, n);
                snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
                if (readlink(name, file, sizeof(file) - 1) > 0
                    && strcmp(file, getenv("SHIM_FILE")) == 0)
                {
                    count++;
                    int out;
                    (void)out;
                    BODY
                }
                return result;
            }
            """).replace("BODY", body))
        library = self.path("shim.so")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source,
                        "-ldl"], check=True)
        return {"LD_PRELOAD": library, "SHIM_FILE": self.policy,
                "SHIM_NEW": self.path("new.json")}

    def test_changed_in_place_while_read(self):
        env = self.shim("out = open(file, O_WRONLY | O_APPEND);"
                        'if (count < 3) (void)!write(out, " ", 1);'
                        "close(out);")
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check("colorsys", "-c", PROBE, env=env)
        self.assertEqual(os.path.getsize(self.policy),
                         len(refuse("colorsys")) + 2)

    def test_changing_all_the_time(self):
        env = self.shim("out = open(file, O_WRONLY | O_APPEND);"
                        '(void)!write(out, " ", 1); close(out);')
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check_fatal(f"{self.policy}: changes while it is being read; "
                         "start again when it is finished", "-c", self.touch,
                         env=env)

    def test_same_size_other_text_while_read(self):
        env = self.shim('if (count == 1) { out = open(file, O_WRONLY);'
                        '(void)!write(out, "{\\"sched\\"", 8); close(out); }')
        self.write("cwd/policy.json", refuse("netrc"))
        self.check("sched", "-c", PROBE, env=env)

    def test_exchanged_while_read(self):
        env = self.shim('if (count == 1) rename(getenv("SHIM_NEW"), file);')
        self.write("cwd/policy.json", refuse("colorsys"))
        self.write("new.json", refuse("sched"))
        self.check("sched", "-c", PROBE, env=env)

    def test_exchanged_for_a_pipe_while_read(self):
        env = self.shim('if (count == 1) rename(getenv("SHIM_NEW"), file);')
        self.write("cwd/policy.json", refuse("colorsys"))
        os.mkfifo(self.path("new.json"))
        self.check_fatal(f"{self.policy}: is a pipe, and must be a regular "
                         "file", "-c", self.touch, env=env)

    def test_removed_while_read(self):
        env = self.shim("unlink(file);")
        self.write("cwd/policy.json", refuse("colorsys"))
        # It was there, and then certainly was not.
        self.check("", "-c", PROBE, env=env)
        self.write("cwd/policy.json", refuse("colorsys"))
        self.check_fatal(f"{self.policy}: there is no such file, but "
                         "PYTHONPOLICY names it", "-c", self.touch,
                         env=env | {"PYTHONPOLICY": "policy.json"})


class RootTests(SetupTestCase):
    """Who is the application, who is a dependency?"""

    APPLICATION_ONLY = json.dumps({"colorsys": ["__main__"]})
    # Imported, it says whether colorsys could be.
    MODULE = ("try:\n"
              "    import colorsys\n"
              "except ImportError:\n"
              "    print('refused')\n"
              "else:\n"
              "    print('allowed')\n")

    def check_module(self, expected, *args, **kwargs):
        process = self.run_python(*args, **kwargs)
        self.assertEqual((process.returncode, process.stdout),
                         (0, expected + "\n"), process.stderr)

    def test_directory_of_the_script(self):
        script = self.write("app/run.py", "import m")
        self.write("app/policy.json", self.APPLICATION_ONLY)
        self.write("app/m.py", self.MODULE)
        self.check_module("allowed", script)

    def test_archive(self):
        archive, link = self.path("app.pyz"), self.path("link.pyz")
        os.symlink("app.pyz", link)
        for policy, expected in ((self.APPLICATION_ONLY, "allowed"),
                                 (json.dumps({"colorsys": ["m"]}), "refused")):
            with zipfile.ZipFile(archive, "w") as file:
                file.writestr("__main__.py", "import m")
                file.writestr("m.py", self.MODULE)
                file.writestr("policy.json", policy)
            for path in archive, link, "../link.pyz":
                with self.subTest(path, policy=policy):
                    self.check_module(expected, path)

    def test_search_path(self):
        script = self.write("app/run.py", "import m")
        self.write("app/policy.json", self.APPLICATION_ONLY)
        self.write("other/m.py", self.MODULE)
        path = {"PYTHONPATH": self.path("other")}
        self.check_module("refused", script, env=path)
        self.write("app/policy.json", json.dumps({"colorsys": ["m"]}))
        self.check_module("allowed", script, env=path)

    def test_search_path_inside_the_application(self):
        script = self.write("app/run.py", "import m")
        self.write("app/policy.json", self.APPLICATION_ONLY)
        self.write("app/src/m.py", self.MODULE)
        self.check_module("allowed", script,
                          env={"PYTHONPATH": self.path("app/src")})

    def test_site_packages_inside_the_application(self):
        script = self.write("app/run.py", "import m")
        self.write("app/policy.json", self.APPLICATION_ONLY)
        self.write("app/lib/site-packages/m.py", self.MODULE)
        path = {"PYTHONPATH": self.path("app/lib/site-packages")}
        self.check_module("refused", script, env=path)
        self.write("app/policy.json", json.dumps({"colorsys": ["m"]}))
        self.check_module("allowed", script, env=path)

    def test_added_later(self):
        # A directory that nobody knew at the start gives no names.
        script = self.write("app/run.py", f"import sys; sys.path.append("
                            f"{self.path('other')!r}); import m")
        self.write("other/m.py", self.MODULE)
        self.write("app/policy.json", json.dumps({"colorsys": ["m"]}))
        self.check_module("refused", script)
        self.write("app/policy.json", json.dumps(
            {"colorsys": [self.path("other/m")]}))
        self.check_module("allowed", script)

    def test_environment(self):
        python = self.make_venv()
        self.install("m.py", self.MODULE)
        script = self.write("app/run.py", "import m")
        self.write("app/policy.json", json.dumps({"colorsys": ["m"]}))
        self.check_module("allowed", script, python=python)
        self.write("app/policy.json", self.APPLICATION_ONLY)
        self.check_module("refused", script, python=python)

    def test_environment_inside_the_application(self):
        python = self.make_venv("app/.venv")
        self.install("m.py", self.MODULE, "app/.venv")
        script = self.write("app/run.py", "import m")
        self.write("app/policy.json", self.APPLICATION_ONLY)
        self.check_module("refused", script, python=python)

    def test_scripts_directory_is_not_the_application(self):
        # Installers put dependencies' files there.
        python = self.make_venv()
        command = self.write("venv/bin/tool", "import m")
        self.write("venv/bin/m.py", self.MODULE)
        self.write("cwd/policy.json", self.APPLICATION_ONLY)
        self.check_module("refused", command, python=python)
        os.unlink(self.path("venv/bin/m.py"))
        self.write("cwd/m.py", self.MODULE)
        self.check_module("allowed", command, python=python,
                          env={"PYTHONPATH": self.cwd})

    def test_user_site(self):
        script = self.write("app/run.py", "import m")
        self.write("app/policy.json", json.dumps({"colorsys": ["m"]}))
        self.write(f"base/lib/{LIBRARY}/site-packages/m.py", self.MODULE)
        env = {"PYTHONUSERBASE": self.path("base")}
        self.check_module("allowed", script, env=env)
        added = self.write("app/added.py", "import sys; sys.path.append("
                           f"{self.path('base/lib', LIBRARY)!r}"
                           "'/site-packages'); import m")
        self.check_module("allowed", added, env=env)
        self.check_module("refused", "-s", added, env=env)
        self.check_module("refused", "-I", added, env=env)

    def test_app(self):
        script = self.write("app/run.py", "import m")
        self.write("shared/m.py", self.MODULE)
        path = {"PYTHONPATH": self.path("shared")}
        for entry in "../shared", self.path("shared"), "../app/../shared/":
            with self.subTest(entry):
                self.write("app/policy.json", json.dumps(
                    {"colorsys": ["__main__"], "$app": [entry]}))
                self.check_module("allowed", script, env=path)
        self.write("app/policy.json", self.APPLICATION_ONLY)
        self.check_module("refused", script, env=path)

    def test_app_of_a_named_policy(self):
        # Relative to the policy; its own directory is nobody's.
        script = self.write("app/run.py", "import m")
        policy = self.write("rules/p.json", json.dumps(
            {"colorsys": ["__main__"], "$app": ["shared"]}))
        self.write("rules/shared/m.py", self.MODULE)
        self.check_module("allowed", script, env={
            "PYTHONPATH": self.path("rules/shared"), "PYTHONPOLICY": policy})
        self.write("rules/m.py", self.MODULE)
        self.check_module("refused", script, env={
            "PYTHONPATH": self.path("rules"), "PYTHONPOLICY": policy})

    def test_app_in_site_packages(self):
        python = self.make_venv()
        self.install("m/__init__.py", self.MODULE)
        script = self.write("app/run.py", "import m")
        self.write("app/policy.json", json.dumps(
            {"colorsys": ["__main__"],
             "$app": [f"../venv/lib/{LIBRARY}/site-packages/m"]}))
        self.check_module("allowed", script, python=python)

    def test_app_errors(self):
        self.write("cwd/file", "")
        policy = self.path("cwd/policy.json")
        directory = ('is not a directory; "$app" names directories, relative '
                     "to the policy's own")
        for entry, what in {
            "missing": directory,
            "file": directory,
            "/": 'is everything; "$app" names the directories of the '
                 'application alone',
            os.path.dirname(os.__file__):
                'is part of the standard library; remove it from "$app"',
            os.path.dirname(json.__file__):
                'is part of the standard library; remove it from "$app"',
        }.items():
            with self.subTest(entry):
                self.write("cwd/policy.json", json.dumps({"$app": [entry]}))
                self.check_fatal(f"{policy}: {json.dumps(entry)} {what}",
                                 "-c", "print(1)")

    def test_inside_the_standard_library(self):
        # Standing there does not make it the application.
        self.write("one.json", self.APPLICATION_ONLY)
        code = ("import _importpolicy, json; print(_importpolicy."
                "principal_of(json.load.__code__))")
        process = self.run_python("-c", code, cwd=os.path.dirname(os.__file__),
                                  env={"PYTHONPOLICY": self.path("one.json")})
        self.assertEqual(process.stdout, "()\n", process.stderr)


class ChildTests(SetupTestCase):
    """What interpreters hand to the interpreters that they start."""

    # Start PROBE in one way or another.
    WAYS = {
        "subprocess": "subprocess.run(args)",
        "empty environment": "subprocess.run(args, env={})",
        "other directory": "subprocess.run(args, cwd='/')",
        "copied environment": "subprocess.run(args, env=os.environ.copy())",
        "no vfork": "subprocess.run(args, preexec_fn=lambda: None, env={})",
        "system": "sys.stdout.flush(); os.system(shlex.join(args))",
        "shell": "subprocess.run(shlex.join(args), shell=True)",
        "execv": "sys.stdout.flush(); os.execv(args[0], args)",
        "execve": "sys.stdout.flush(); os.execve(args[0], args, {})",
        "posix_spawn": "os.waitpid(os.posix_spawn(args[0], args, {}), 0)",
        "spawnve": "os.spawnve(os.P_WAIT, args[0], args, {})",
        "popen": "print(os.popen(shlex.join(args)).read())",
        "fork": "os.waitpid(os.fork() or os.execv(args[0], args), 0)",
        "own variable set": f"subprocess.run(args, env={{{VARIABLE!r}: ''}})",
        "own variable removed": f"os.environ.pop({VARIABLE!r}, 0); "
                                f"os.unsetenv({VARIABLE!r}); "
                                "subprocess.run(args)",
    }

    def start(self, way, *args):
        return (f"import os, shlex, subprocess, sys\n"
                f"args = {[sys.executable, *args]!r}\n"
                f"{self.WAYS.get(way, way)}\n")

    def test_ways(self):
        script = self.write("app/run.py", "")
        probe = self.write("probe/probe.py")
        for way in self.WAYS:
            for options in [], ["-I"], ["-E", "-X", "importpolicy=off"]:
                with self.subTest(way, options=options):
                    self.write("app/run.py",
                               self.start(way, *options, probe))
                    self.write("app/policy.json", refuse("colorsys"))
                    self.check("colorsys", script)
                    self.write("app/policy.json", "{}")
                    self.check("", script)
                    os.unlink(self.path("app/policy.json"))
                    self.check("", script)

    def test_all_policies(self):
        script = self.write("app/run.py",
                            self.start("empty environment", "-c", PROBE))
        self.write("app/policy.json", refuse("colorsys"))
        self.write("cwd/policy.json", refuse("sched"))
        one = self.write("one.json", refuse("netrc"))
        two = self.write("two.json", refuse("tabnanny"))
        self.check("colorsys sched netrc tabnanny", "-X",
                   f"importpolicy={one}", script, env={"PYTHONPOLICY": two})

    def test_grandchild(self):
        middle = self.write("app/middle.py",
                            self.start("empty environment", "-I", "-c", PROBE))
        script = self.write("app/run.py", self.start("execve", "-I", middle))
        self.write("app/policy.json", refuse("colorsys"))
        self.check("colorsys", script)

    def test_through_another_program(self):
        script = self.write("app/run.py", self.start(
            "subprocess.run(['/bin/sh', '-c', shlex.join(args)], env={})",
            "-I", "-c", PROBE))
        self.write("app/policy.json", refuse("colorsys"))
        self.check("colorsys", script)

    def test_multiprocessing(self):
        for method in "spawn", "forkserver", "fork":
            with self.subTest(method):
                self.write("app/work.py",
                           f"def work():\n{textwrap.indent(PROBE, '    ')}")
                script = self.write("app/run.py", textwrap.dedent(f"""\
                    import multiprocessing, work
                    if __name__ == '__main__':
                        context = multiprocessing.get_context({method!r})
                        process = context.Process(target=work.work)
                        process.start()
                        process.join()
                    """))
                self.write("app/policy.json", refuse("colorsys"))
                self.check("colorsys", script)
                self.write("app/policy.json", "{}")
                self.check("", script)

    def test_origin(self):
        code = ("import _importpolicy as p; "
                "[print(d['origin']) for d in p.policies()]")
        script = self.write("app/run.py",
                            self.start("empty environment", "-c", code))
        self.write("app/policy.json", refuse("colorsys"))
        process = self.run_python(script)
        self.assertEqual(process.stdout, "inherited: beside the script\n")
        # Found again at its own place, it is still one.
        self.write("app/run.py", self.start("subprocess", "-c", code))
        process = self.run_python("run.py", cwd=self.path("app"))
        self.assertEqual(process.stdout, "inherited: beside the script\n")

    def test_in_an_archive(self):
        archive = self.path("app.pyz")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("__main__.py", self.start("execve", "-c", PROBE))
            file.writestr("policy.json", refuse("colorsys"))
        self.check("colorsys", archive)

    def test_changed_since(self):
        policy = self.path("app/policy.json")
        new = self.write("new.json", refuse("sched"))
        for do, message in {
            f"os.replace({new!r}, {policy!r})":
                "the policy has changed since the interpreter that started "
                "this one read it; start that again",
            f"os.unlink({policy!r})":
                "there is no such file, but the interpreter that started "
                "this one names it",
            "pass": None,
        }.items():
            with self.subTest(do):
                self.write("app/policy.json", refuse("colorsys"))
                script = self.write(
                    "app/run.py", f"import os\n{do}\n"
                    + self.start("sys.exit(subprocess.run(args).returncode)",
                                 "-c", PROBE))
                if message is None:
                    self.check("colorsys", script)
                else:
                    self.check_fatal(f"{policy}: {message}", script)

    def test_application(self):
        # The child knows the parent's application, and adds its own.
        self.write("app/policy.json", json.dumps({"colorsys": ["__main__"]}))
        self.write("app/m.py", RootTests.MODULE)
        code = f"import sys; sys.path.append({self.path('app')!r}); import m"
        script = self.write("app/run.py",
                            self.start("empty environment", "-I", "-c", code))
        process = self.run_python(script)
        self.assertEqual(process.stdout, "allowed\n", process.stderr)

    def test_relative_name(self):
        # A child in another directory still means the same file.
        self.write("cwd/p.json", refuse("colorsys"))
        code = self.start("subprocess.run(args, cwd='/')", "-c", PROBE)
        self.check("colorsys", "-c", code, env={"PYTHONPOLICY": "p.json"})

    def test_starter(self):
        # What a dependency starts acts as that dependency to its end.
        self.write("deps/stranger.py",
                   "import os, shlex, subprocess, sys\n"
                   "def start(args):\n"
                   "    " + self.WAYS["empty environment"] + "\n")
        self.write("app/policy.json", json.dumps({"colorsys": ["__main__"]}))
        child = self.write("app/child.py")
        env = {"PYTHONPATH": self.path("deps")}
        script = self.write("app/run.py", self.start(
            "import stranger; stranger.start(args)", child))
        self.check("colorsys", script, env=env)
        self.write("app/run.py", self.start("import stranger\n"
                                            "subprocess.run(args)", child))
        self.check("", script, env=env)
        # Granted by name, and to its end.
        self.write("app/policy.json", json.dumps(
            {"colorsys": ["__main__", "stranger"]}))
        self.write("app/run.py", self.start(
            "import stranger; stranger.start(args)", child))
        self.check("", script, env=env)
        self.write("app/policy.json", json.dumps({"colorsys": ["__main__"]}))
        self.write("app/child.py", self.start("execve", "-c", PROBE))
        self.check("colorsys", script, env=env)

    def test_starters_are_joined(self):
        deps = {"PYTHONPATH": self.path("deps")}
        for name in "a", "b":
            self.write(f"deps/{name}.py",
                       "import subprocess\ndef start(args):\n"
                       "    subprocess.run(args)\n")
        child = self.write("app/child.py", self.start(
            "import b; b.start(args)", "-c", PROBE))
        script = self.write("app/run.py", self.start(
            "import a; a.start(args)", child))
        for grant, expected in {("a", "b"): "", ("a",): "colorsys",
                                ("b",): "colorsys"}.items():
            with self.subTest(grant):
                self.write("app/policy.json", json.dumps(
                    {"colorsys": ["__main__", *grant]}))
                self.check(expected, script, env=deps)

    def test_odd_paths(self):
        # Bytes that are not UTF-8, or mean something in JSON or on a line.
        for name in b"a\xff\xfe", b'q"\\\n\t', "ü€😀".encode(), b"\xc3":
            with self.subTest(name):
                app = os.fsencode(self.root) + b"/" + name
                os.makedirs(app, exist_ok=True)
                app = os.fsdecode(app)
                with open(f"{app}/policy.json", "w") as file:
                    file.write(refuse("colorsys"))
                with open(f"{app}/run.py", "w") as file:
                    file.write(self.start("empty environment", "-I", "-c",
                                          PROBE))
                for encoding in {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C"}:
                    self.check("colorsys", f"{app}/run.py", env=encoding)

    def test_not_in_os_environ(self):
        self.write("cwd/policy.json", refuse("colorsys"))
        code = (f"import os, posix, sys\n"
                f"print({VARIABLE!r} in os.environ,\n"
                f"      {VARIABLE.encode()!r} in posix.environ)\n")
        process = self.run_python("-c", code)
        self.assertEqual(process.stdout, "False False\n", process.stderr)

    def test_nothing_without_a_policy(self):
        process = self.run_python("-c", "import subprocess; "
                                  "subprocess.run(['/usr/bin/env'], env={})")
        self.assertEqual(process.stdout, "")

    def variable(self, **changes):
        policy = self.write("p.json", refuse("colorsys"))
        entry = {"path": policy, "mark": mark_of(policy, key=7),
                 "origin": "PYTHONPOLICY"}
        return {"version": 2, "key": f"{7:016x}", "policies": [entry],
                "application": [], "principals": []} | changes

    def test_made_by_hand(self):
        # It can only take away.
        value = self.variable(application=[self.cwd], principals=["x"])
        self.check("colorsys", "-c", PROBE,
                   env={VARIABLE: json.dumps(value)})
        value["policies"][0]["origin"] = "in the current directory"
        self.check("colorsys", "-I", "-X", "importpolicy=off", "-c", PROBE,
                   env={VARIABLE: json.dumps(value)})
        policy = self.write("p.json", json.dumps({"colorsys": ["__main__"]}))
        value["policies"][0]["mark"] = mark_of(policy, key=7)
        for principals, expected in {(): "", ("x",): "colorsys",
                                     ("<unknown>",): "colorsys",
                                     ("__main__",): "colorsys",
                                     ("*",): "colorsys"}.items():
            with self.subTest(principals):
                value["principals"] = principals
                self.check(expected, "-c", PROBE,
                           env={VARIABLE: json.dumps(value)})

    def test_malformed(self):
        entry = self.variable()["policies"][0]
        for value in (
            [], 1, self.variable(version=1), self.variable(version="2"),
            self.variable(key=7), self.variable(key="7"),
            self.variable(key="x" * 16),
            self.variable(policies=[]), self.variable(policies={}),
            self.variable(policies=[1]), self.variable(extra=1),
            self.variable(policies=[entry | {"x": 1}]),
            self.variable(policies=[entry | {"mark": entry["mark"][1:]}]),
            self.variable(policies=[entry | {"mark": "G" * 16}]),
            self.variable(policies=[entry | {"origin": "elsewhere"}]),
            self.variable(policies=[entry | {"origin": 1}]),
            self.variable(policies=[entry | {"path": "p.json"}]),
            self.variable(policies=[entry | {"path": "/\u20ac"}]),
            self.variable(policies=[entry | {"path": 1}]),
            self.variable(policies=[entry | {"member": 1}]),
            self.variable(policies=[{"path": entry["path"]}]),
            self.variable(application="/"), self.variable(application=["x"]),
            self.variable(application=[1]), self.variable(principals=None),
            self.variable(principals=[1]), self.variable(principals=[""]),
            self.variable(principals=["\u20ac"]),
        ):
            with self.subTest(value):
                self.check_malformed(json.dumps(value), "the interpreter that "
                                     "started this one writes this variable, "
                                     "and this is not its writing; unset it")
        for text in "", "{", "x", '{"version": 1,}', "{}{}", '"\x00'[:1]:
            with self.subTest(text):
                self.check_malformed(text, "; the interpreter that started "
                                     "this one writes this variable, unset "
                                     "it")
        for key in self.variable():
            value = self.variable()
            del value[key]
            with self.subTest(missing=key):
                self.check_malformed(json.dumps(value), "unset it")

    def check_malformed(self, text, end):
        process = self.run_python("-I", "-c", "print(1)",
                                  env={VARIABLE: text})
        self.assertEqual((process.returncode, process.stdout), (2, ""))
        self.assertRegex(process.stderr, rf"\A{VARIABLE}:\s?1:\d+: .*\n\Z")
        self.assertTrue(process.stderr.endswith(end + "\n"), process.stderr)

    def test_wrong_mark(self):
        for change in "mark", "key":
            value = self.variable()
            if change == "key":
                value["key"] = f"{8:016x}"
            else:
                value["policies"][0]["mark"] = "0" * 16
            with self.subTest(change):
                self.check_fatal(
                    f"{self.path('p.json')}: the policy has changed since "
                    "the interpreter that started this one read it; start "
                    "that again",
                    "-c", PROBE, env={VARIABLE: json.dumps(value)})


class EmbeddingTests(SetupTestCase):
    """Initialised again and again in one process."""

    def setUp(self):
        super().setUp()
        self.build = os.path.dirname(BASE)
        self.testembed = os.path.join(self.build, "Programs", "_testembed")
        if not os.path.exists(self.testembed):
            self.skipTest("needs Programs/_testembed")
        self.policy = self.write("p.json", refuse("colorsys"))

    def embed(self, *args, **env):
        # getpath finds the build from here only.
        return self.run_python(*args, python=self.testembed, cwd=self.build,
                               env=env)

    def test_repeated(self):
        for env in {}, {"PYTHONPOLICY": self.policy}:
            with self.subTest(env):
                process = self.embed(
                    "test_repeated_init_and_subinterpreters", **env)
                self.assertEqual(process.returncode, 0, process.stderr)

    def test_in_force_again(self):
        for env, expected in {(): [],
                              ("PYTHONPOLICY",): ["colorsys"]}.items():
            with self.subTest(env):
                process = self.embed("test_repeated_init_exec", PROBE,
                                     **dict.fromkeys(env, self.policy))
                self.assertEqual(process.returncode, 0, process.stderr)
                loops = process.stderr.count("Loop #")
                self.assertGreater(loops, 1)
                self.assertEqual(process.stdout.split(), expected * loops)

    def test_no_program_no_place(self):
        # The directory where a host happens to stand is none of its own.
        with os_helper.temp_dir() as directory:
            shutil.copy(self.policy, os.path.join(directory, "policy.json"))
            process = self.run_python(
                "test_repeated_init_exec", PROBE, python=self.testembed,
                cwd=directory, env={"PYTHONHOME": self.make_library()})
        self.assertEqual((process.returncode, process.stdout), (0, ""),
                         process.stderr)

    def test_error(self):
        missing = self.path("missing.json")
        process = self.embed("test_repeated_simple_init",
                             PYTHONPOLICY=missing)
        self.assertEqual(process.returncode, 2)
        self.assertIn(f"{missing}: there is no such file, but PYTHONPOLICY "
                      "names it\n", process.stderr)


if __name__ == "__main__":
    unittest.main()
