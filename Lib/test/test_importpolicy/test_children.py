"""What a dependency starts acts as that dependency, to its end.

Each way to start an interpreter is tried by `evil`, whose child imports
`vault`: that takes evil's grant, whatever environment and options the child
is given, and whatever the child itself is.  The same by the application takes
the application's.
"""

import os
import sys
import textwrap
import unittest

from test.support import has_fork_support
from test.test_importpolicy.support import APPLICATION, JudgementTestCase

# Statements that start the program `argv` with the environment `env`.
WAYS = {
    "subprocess": "subprocess.run(argv)",
    "empty environment": "subprocess.run(argv, env={})",
    "environment": "subprocess.run(argv, env={'PATH': os.defpath, 'A': 'b'})",
    "forged environment":
        "subprocess.run(argv, env={'_PYTHON_IMPORTPOLICY': ''})",
    "forged twice":
        "os.environ['_PYTHON_IMPORTPOLICY'] = '{}'\nsubprocess.run(argv)",
    "removed": "os.environ.pop('_PYTHON_IMPORTPOLICY', None)\n"
               "subprocess.run(argv)",
    "cleared": "os.environ.clear()\nsubprocess.run(argv)",
    "Popen": "subprocess.Popen(argv, close_fds=False).wait()",
    "vfork off": "subprocess._USE_VFORK = False\nsubprocess.run(argv)",
    "posix_spawn inside": "subprocess._USE_POSIX_SPAWN = True\n"
                          "subprocess.run(argv, close_fds=False)",
    "preexec": "subprocess.run(argv, preexec_fn=int)",
    "new session": "subprocess.run(argv, start_new_session=True)",
    "shell": "subprocess.run(shlex.join(argv), shell=True, env={})",
    "system": "os.system(shlex.join(argv))",
    "popen": "os.popen(shlex.join(argv)).close()",
    "posix_spawn": "os.waitpid(os.posix_spawn(argv[0], argv, {}), 0)",
    "posix_spawnp":
        "os.waitpid(os.posix_spawnp(argv[0], argv, os.environ), 0)",
    "spawnv": "os.spawnv(os.P_WAIT, argv[0], argv)",
    "spawnve": "os.spawnve(os.P_WAIT, argv[0], argv, {})",
    "execv": "fork() or os.execv(argv[0], argv)",
    "execve": "fork() or os.execve(argv[0], argv, {})",
    "execvp": "fork() or os.execvp(argv[0], argv)",
    "execvpe": "fork() or os.execvpe(argv[0], argv, {})",
    "execve of a file descriptor":
        "fork() or os.execve(os.open(argv[0], os.O_RDONLY), argv, {})",
    "asyncio": "asyncio.run(spawn(argv))",
    "in a thread": "t = threading.Thread(target=subprocess.run, args=[argv])\n"
                   "t.start(); t.join()",
}
STARTER = """\
import asyncio, os, shlex, subprocess, sys, threading

def fork():
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
    return pid

async def spawn(argv):
    process = await asyncio.create_subprocess_exec(*argv, env={{}})
    await process.wait()

def call(function, *args):
    return function(*args)

def start(argv):
{}
"""


class ChildTestCase(JudgementTestCase):

    def setUp(self):
        if not has_fork_support or os.name != "posix":
            self.skipTest("needs fork")
        super().setUp()
        self.text = f"import sys; sys.path.append({self.world.deps!r})\n"
        self.world.modules(good="def get():\n    import vault\n")

    def argv(self, text="import vault", options=()):
        return [sys.executable, *options, "-c", self.text + text]

    def write(self, name, way="subprocess.run(argv)"):
        self.world.write(f"deps/{name}.py",
                         STARTER.format(textwrap.indent(way, "    ")))

    def check(self, names, main, *options, also=None, **kwargs):
        names = names.split()
        policy = {"vault": names} | (also or {})
        result = self.judge(policy, main, *options, **kwargs)
        self.assertEqual(self.world.marks(), {"vault"}, result)
        for left_out in names:
            # What else is granted does not help: not the application's, for
            # whose code the child's own may be taken.
            policy["vault"] = [name for name in [*names, APPLICATION]
                               if name != left_out]
            with self.subTest(refused=left_out):
                result = self.judge(policy, main, *options, **kwargs)
                self.assertEqual(self.world.marks(), set(), result)
                self.assertIn("may not import vault", result.err)
                self.assertIn(f"importpolicy: {left_out}", result.err)


class WaysTest(ChildTestCase):

    def test_dependency(self):
        for name, way in WAYS.items():
            self.write("evil", way)
            with self.subTest(name):
                self.check("evil", "import evil\n"
                                   f"evil.start({self.argv()!r})")

    def test_application(self):
        for name in ("subprocess", "empty environment", "new session",
                     "system", "posix_spawn", "execve", "asyncio"):
            way = WAYS[name]
            self.write("evil", way)
            with open(self.world.path("deps", "evil.py")) as file:
                text = file.read()
            with self.subTest(name):
                self.check(APPLICATION, f"{text}\nstart({self.argv()!r})")

    def test_options(self):
        self.write("evil")
        for options in (["-I"], ["-E"], ["-S"], ["-I", "-S", "-E"], ["-P"],
                        ["-X", "importpolicy=off"], ["-O"], ["-s", "-B"]):
            with self.subTest(options):
                argv = self.argv(options=options)
                self.check("evil", f"import evil\nevil.start({argv!r})")

    def test_programs(self):
        self.write("evil")
        script = self.world.write("elsewhere/script.py",
                                  self.text + "import vault")
        package = self.world.write("elsewhere/pack/__main__.py",
                                   self.text + "import vault")
        archive = self.world.write_zip("elsewhere/app.pyz", {
            "__main__.py": self.text + "import vault"})
        inside = self.world.write("app/other.py", self.text + "import vault")
        for argv in ([script], [os.path.dirname(package)], [archive],
                     [inside], ["-I", script]):
            argv = [sys.executable, *argv]
            with self.subTest(argv):
                self.check("evil", f"import evil\nevil.start({argv!r})")

    def test_input(self):
        self.write("evil", "subprocess.run(argv, input=b'import vault')")
        argv = [sys.executable, "-"]
        self.check("evil", f"import evil\nevil.start({argv!r})")

    def test_module(self):
        self.write("evil")
        argv = [sys.executable, "-m", "good"]
        self.world.modules(good="import vault")
        self.check("evil good", f"import evil\nevil.start({argv!r})")


class SetTest(ChildTestCase):

    def test_all_who_were_acting(self):
        self.write("evil")
        self.write("other")
        self.check("evil other", "import evil, other\n"
                   f"other.call(evil.start, {self.argv()!r})")

    def test_whoever_acts_in_the_child(self):
        self.write("evil")
        argv = self.argv("import good; good.get()")
        self.check("evil good", f"import evil\nevil.start({argv!r})")

    def test_body_in_the_child(self):
        # A segment of its own, but never of another one's process.
        self.write("evil")
        self.world.modules(good="import vault")
        argv = self.argv("import good")
        self.check("evil good", f"import evil\nevil.start({argv!r})")

    def test_grandchild(self):
        self.write("evil")
        inner = self.argv()
        argv = self.argv(f"import subprocess; subprocess.run({inner!r}, "
                         "env={})")
        self.check("evil", f"import evil\nevil.start({argv!r})")

    def test_grandchild_of_another(self):
        self.write("evil")
        self.write("other")
        inner = self.argv()
        argv = self.argv(f"import other; other.start({inner!r})")
        self.check("evil other", f"import evil\nevil.start({argv!r})")

    def test_thread_in_the_child(self):
        self.write("evil")
        argv = self.argv("import threading; t = threading.Thread("
                         "target=__import__, args=['vault']); "
                         "t.start(); t.join()")
        self.check("evil", f"import evil\nevil.start({argv!r})")

    def test_application_of_the_child(self):
        # The parent's application is the child's.
        self.write("evil")
        self.world.write("app/part.py", "import vault")
        argv = self.argv(f"sys.path.append({self.world.app!r}); import part")
        self.check(APPLICATION, f"import subprocess\n"
                                f"subprocess.run({argv!r}, cwd='/')")

    def test_hosts(self):
        self.write("evil")
        self.check("good", "import evil\nevil.start("
                   f"{self.argv('import good; good.get()')!r})",
                   also={"$hosts": ["evil"]})

    def test_host_alone(self):
        self.write("evil")
        argv = self.argv()
        for granted, ran in ((["evil"], True), ([], False),
                             (["evil", "__main__"], True)):
            with self.subTest(granted):
                self.judge({"vault": granted, "$hosts": ["evil"]},
                           f"import evil\nevil.start({argv!r})")
                self.assertEqual("vault" in self.world.marks(), ran)

    def test_path_named_starter(self):
        # A name with all kinds of characters survives the way.
        directory = self.world.path('odd "\\ \u00e9\u4e2d,;= dir')
        os.mkdir(directory)
        path = os.path.join(directory, "evil.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(STARTER.format("    subprocess.run(argv)"))
        main = (f"import sys; sys.path.append({directory!r})\n"
                f"import evil\nevil.start({self.argv()!r})")
        name = path.removesuffix(".py")
        self.judge({"vault": [name]}, main)
        self.assertEqual(self.world.marks(), {"vault"})
        self.judge({"vault": ["evil", "__main__"]}, main)
        self.assertEqual(self.world.marks(), set())


class ForkTest(ChildTestCase):
    """A fork keeps its stack."""

    FORK = """
        import os
        def start(function):
            pid = os.fork()
            if pid:
                os.waitpid(pid, 0)
                return
            try:
                function()
            finally:
                os._exit(0)
        """

    def test_fork(self):
        self.world.modules(evil=self.FORK)
        # It prints nothing of its own: the line of the first refusal tells.
        self.check("evil good", "import evil, good\nevil.start(good.get)")
        self.check(APPLICATION, textwrap.dedent(self.FORK) + textwrap.dedent(
            """
            def get():
                import vault
            start(get)
            """))

    def test_thread_that_forks(self):
        self.world.modules(evil=textwrap.dedent(self.FORK) + textwrap.dedent(
            """
            import threading
            def thread(function):
                t = threading.Thread(target=start, args=[function])
                t.start(); t.join()
            """))
        self.check("evil good", "import warnings\n"
                   "warnings.simplefilter('ignore')\n"
                   "import evil, good\nevil.thread(good.get)")


class SurroundingsTest(ChildTestCase):
    """What the child's environment says is what anybody may have said."""

    def test_starts_without_permissions(self):
        # Start-up changes modules of the standard library, for itself.
        self.write("evil")
        argv = self.argv("print(1); import json; json.loads = 1")
        for patch, code in (True, 0), (False, 1):
            permissions = {APPLICATION: True,
                           "evil": {"run": True, "patch": patch}}
            result = self.judge(
                {"$default": "deny", "$permissions": permissions},
                f"import evil, sys\nsys.exit(evil.start({argv!r}))")
            self.assertEqual(result.out, "1\n", result)
            self.assertEqual("no patch permission for json" in result.err,
                             bool(code), result)

    def test_names_of_the_search_path(self):
        # A directory that only the child's PYTHONPATH names gives no names.
        self.world.write("other/plug.py", "import vault")
        argv = [sys.executable, "-c", self.text + "import plug"]
        program = ("import os, subprocess\n"
                   "subprocess.run({!r}, env=os.environ | "
                   "{{'PYTHONPATH': {!r}}})")
        other = self.world.path("other")
        for granted in "plug", self.world.path("other", "plug"):
            self.judge({"vault": [granted]}, program.format(argv, other))
            self.assertEqual(self.world.marks(),
                             {"vault"} if "/" in granted else set())
        # One that the parent had goes on giving them.
        self.judge({"vault": ["plug"]}, program.format(argv, other),
                   env={"PYTHONPATH": other})
        self.assertEqual(self.world.marks(), {"vault"})


class MultiprocessingTest(ChildTestCase):

    MODULE = """
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        def process(method, function, *args):
            context = multiprocessing.get_context(method)
            process = context.Process(target=function, args=args)
            process.start()
            process.join()
        def pool(method, function, *args):
            context = multiprocessing.get_context(method)
            with context.Pool(1) as pool:
                pool.apply(function, args)
        def executor(method, function, *args):
            context = multiprocessing.get_context(method)
            with ProcessPoolExecutor(1, context) as executor:
                executor.submit(function, *args).result()
        """

    def setUp(self):
        super().setUp()
        self.world.modules(evil=self.MODULE, good=self.MODULE
                           + "\n        def get():\n"
                             "            import vault\n")

    def program(self, text, imports="evil, good"):
        return f"""\
if __name__ == "__main__":
    import warnings
    warnings.simplefilter("ignore")
    import {imports}
{textwrap.indent(textwrap.dedent(text).strip(), "    ")}
"""

    def test_dependency(self):
        for method, way in (("spawn", "process"), ("spawn", "pool"),
                            ("spawn", "executor"), ("fork", "process"),
                            ("fork", "executor"), ("forkserver", "process")):
            with self.subTest(method=method, way=way):
                self.check("evil", self.program(
                    f"evil.{way}({method!r}, __import__, 'vault')"))

    def test_function_of_another(self):
        for method in "spawn", "forkserver", "fork":
            with self.subTest(method):
                self.check("evil good", self.program(
                    f"evil.process({method!r}, good.get)"))

    def test_application(self):
        for method in "spawn", "forkserver", "fork":
            with self.subTest(method):
                self.check(APPLICATION, self.program(f"""
                    import multiprocessing
                    c = multiprocessing.get_context({method!r})
                    p = c.Process(target=__import__, args=["vault"])
                    p.start(); p.join()
                    """))

    def test_function_of_the_application(self):
        for method in "spawn", "forkserver", "fork":
            with self.subTest(method):
                self.check(APPLICATION, """
def get():
    import vault
""" + self.program(f"""
                    import multiprocessing
                    c = multiprocessing.get_context({method!r})
                    p = c.Process(target=get)
                    p.start(); p.join()
                    """))

    def test_server_of_the_application(self):
        # The server was started for another; this child is evil's.
        program = self.program("""
            import multiprocessing
            c = multiprocessing.get_context("forkserver")
            p = c.Process(target=len, args=["x"])
            p.start(); p.join()
            evil.process("forkserver", __import__, "vault")
            """)
        self.judge({"vault": [APPLICATION]}, program)
        self.assertEqual(self.world.marks(), set())
        self.judge({"vault": "*"}, program)
        self.assertEqual(self.world.marks(), {"vault"})


if __name__ == "__main__":
    unittest.main()
