"""The place where it is measured: programs, packages, data, policies, peers,
and how an interpreter is run on them.

The interpreters run with -P -s in an environment of their own.  That is
what -I does, except that PYTHONHASHSEED holds: under -I strings hash
differently in each process, and the number of instructions varies by some
500 parts per million, which is a quarter of what is to be told apart.
(Without -P where programs use packages, as they would be run.)
"""

import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sysconfig

from bench.configurations import CONFIGURATIONS
from bench.links import Links
from bench.policies import keys_alone, policy

HERE = pathlib.Path(__file__).parent
TESTS = 10, 30                  # files, and tests in each


def ballast(seed):
    """Options that mean nothing, whose texts fill the memory before a program
    starts: what collides in the interpreter's caches, whether a pool of memory
    is given back and taken again in each round, and at what addresses the
    pools lie, is chance, which is worth more than what is to be told."""
    chance = random.Random(seed)
    sizes = [chance.randrange(450) for i in range(300 if seed else 0)]
    if seed:
        sizes.append(chance.randrange(33_000, 125_000))     # a mapping
    return [f"-Xballast{i}={'x' * size}" for i, size in enumerate(sizes)]


class Unavailable(Exception):
    """Something that a row needs is not there: the row is skipped."""


def succeeded(done):
    """The completed process."""
    refused = re.search("^importpolicy: .*", done.stderr, re.M)
    if refused:         # the policies allow what the workloads do
        raise Unavailable(refused[0])
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(done.args)} failed:\n"
                          f"{done.stdout}{done.stderr}".strip())
    return done


class Scene:
    """The files below a folder, and how an interpreter is run on them; at its
    end the trees are left as they were."""

    def __init__(self, folder, trees, environments=None):
        """`trees` and `environments` (those with packages; None: there are
        none) are {build: directory}."""
        self.folder = pathlib.Path(folder)
        self.trees = trees
        self.environments = environments
        self.app = self.folder / "app"
        for name in "programs", "packages", "peers":
            shutil.copytree(HERE / name, self.folder / (
                "app" if name == "programs" else name))
        (self.folder / "home").mkdir()
        self.make_data()
        self.make_tests()
        if environments:
            self.copy_benchmarks()
        self.policies = {}
        self.compiled = {}
        self.seed = 0           # of chance, see ballast()
        self.link = 0           # of the interpreters, see links.py
        (self.folder / "links").mkdir()
        self.links = Links(self.folder / "links", trees)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.links.remove()

    def make_data(self):
        self.data = self.folder / "data"
        (self.data / "listed").mkdir(parents=True)
        for i in range(10):
            (self.data / "listed" / f"file{i}").touch()
        (self.data / "file").write_text("x", encoding="utf-8")

    def make_tests(self):
        tests = self.app / "tests"
        tests.mkdir()
        files, number = TESTS
        for i in range(files):
            (tests / f"test_{i}.py").write_text("".join(
                f"def test_{j}():\n    values = list(range({j}))\n"
                f"    assert len(values) == {j}\n\n\n"
                for j in range(number)), encoding="utf-8")

    def copy_benchmarks(self):
        """pyperformance's own scripts, as programs of the application."""
        found = pathlib.Path(self.environments["stock"]).glob(
            "lib/python*/site-packages/pyperformance/data-files/benchmarks/"
            "bm_*")
        for benchmark in found:
            shutil.copytree(benchmark, self.app / benchmark.name)

    def python(self, build, packages):
        if packages and not self.environments:
            raise Unavailable("its packages are not installed (without "
                              "--no-packages they are)")
        try:
            return self.links.python(
                build, self.link,
                self.environments[build] if packages else None)
        except (subprocess.CalledProcessError, OSError) as e:
            raise Unavailable(f"{build} cannot be linked anew: "
                              f"{getattr(e, 'stderr', '').strip() or e}")

    def policy(self, entries, users, keys=False):
        """The file of a policy; it lies in the application."""
        key = entries, users, keys
        if key not in self.policies:
            path = self.app / f"policy-{len(self.policies):03}.json"
            content = keys_alone(entries, users) if keys else \
                policy(entries, users, str(self.data))
            path.write_text(json.dumps(content, indent=1), encoding="utf-8")
            self.policies[key] = path
        return self.policies[key]

    def locked(self, path, build):
        """The same policy with a lock beside it."""
        folder = path.with_suffix("")
        if not folder.exists():
            folder.mkdir()
            shutil.copy(path, folder / "policy.json")
            subprocess.run(
                [self.python(build, bool(self.environments)), "-m",
                 "importpolicy", "lock", folder / "policy.json"],
                cwd=folder, capture_output=True, check=False)
        if not (folder / "policy.lock.json").exists():
            raise Unavailable(f"this build makes no lock")
        return folder / "policy.json"

    def hook(self, preload):
        """The C hook, compiled for CPython."""
        if preload not in self.compiled:
            tree = self.trees["stock"]
            target = (self.folder / "preload.so" if preload else
                      self.folder / "peers/hook/_bench_hook.so")
            compiler = sysconfig.get_config_var("CC").split()
            done = subprocess.run(
                [*compiler, "-shared", "-fPIC", "-O2",
                 *["-DPRELOAD"] * preload, f"-I{tree}", f"-I{tree}/Include",
                 self.folder / "peers/hook.c", "-o", target],
                capture_output=True, text=True)
            if done.returncode != 0:
                raise Unavailable(f"the C hook cannot be compiled: "
                                  f"{done.stderr.strip()}")
            self.compiled[preload] = str(target)
        return self.compiled[preload]

    def environment(self, name, workload):
        """Equal for all builds: CPython reads the policy's variable no more
        than any other, but has it to carry along."""
        configuration = CONFIGURATIONS[name]
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                       "HOME": str(self.folder / "home"),
                       "PYTHONHASHSEED": str(self.seed), "BENCH": "1",
                       # Those of numpy wait for work by counting.
                       "OPENBLAS_NUM_THREADS": "1"}
        path = []
        if workload.program[0] == "operation.py":
            path.append(str(self.folder / "packages"))
        if configuration.peer:
            if configuration.peer == "hook":
                self.hook(False)
            path.insert(0, str(self.folder / "peers" / configuration.peer))
        if path:
            environment["PYTHONPATH"] = os.pathsep.join(path)
        if configuration.preload:
            environment["LD_PRELOAD"] = self.hook(True)
        entries = configuration.entries
        if configuration.peer == "walk":
            entries = 100       # the same entries, enforced by itself
        if entries:
            file = self.policy(entries, workload.users, configuration.keys)
            if configuration.lock:
                file = self.locked(file, configuration.build)
            environment["PYTHONPOLICY"] = str(file)
        return environment

    def command(self, name, workload, *arguments):
        first, *rest = workload.program
        if first not in ("-c", "-m"):
            first = str(self.app / first)
        return [self.python(CONFIGURATIONS[name].build, workload.packages),
                *["-P"] * (not workload.packages), "-s", *ballast(self.seed),
                first, *rest, *arguments]

    def run(self, name, workload, *arguments, before=()):
        """Run it in a configuration; returns what has been completed."""
        command = [*before, *self.command(name, workload, *arguments)]
        done = subprocess.run(
            command, cwd=self.app, env=self.environment(name, workload),
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return succeeded(done)

    @contextlib.contextmanager
    def waiting(self, name, workload):
        """The process, by its number, once it has written its first line; it
        has to end with its standard input."""
        with subprocess.Popen(
                self.command(name, workload), cwd=self.app,
                env=self.environment(name, workload), stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True) as process:
            if process.stdout.readline():
                yield process.pid
            stdout, stderr = process.communicate()
        succeeded(subprocess.CompletedProcess(
            process.args, process.returncode, stdout, stderr))

    def compile(self, imports, start):
        """Write the compiled files of the standard library anew: one that
        was made under another path costs more each time that it is loaded."""
        program = ("import py_compile, runpy, sys\n"
                   f"runpy.run_path({str(self.app / imports)!r})\n"
                   "import http.client, json, select, socket, unittest\n"
                   "for module in list(sys.modules.values()):\n"
                   "    path = getattr(module, '__file__', None) or ''\n"
                   "    if path.endswith('.py'):\n"
                   "        py_compile.compile(path)\n")
        for name in "CPython", "no policy":
            subprocess.run(
                [self.python(CONFIGURATIONS[name].build, False), "-P", "-s",
                 "-c", program], cwd=self.app, check=False,
                env=self.environment(name, start),
                stdin=subprocess.DEVNULL)
