"""learn and merge: from a run to the least policy that it needs."""

import json
import os
import shutil
import socket
import textwrap
import unittest

from test.support import os_helper
from test.test_importpolicy.cli_support import CommandTestCase
from test.test_importpolicy.support import World, installed


class LearnTestCase(CommandTestCase):

    def learn(self, main, *options, status=0, program=(), **kwargs):
        """What is learned from a run of the text as the script."""
        script = self.world.write("app/main.py", main)
        result = self.ends(
            self.command("learn", "--force", *options, script, *program,
                         **kwargs), status)
        self.said = result
        return self.read_policy()

    def permissions(self, main, *options, **kwargs):
        policy = self.learn(main, *options, **kwargs)
        self.assertEqual(policy["$default"], "deny")
        return policy.get("$permissions", {})


class LearnTest(LearnTestCase):

    def test_nothing(self):
        self.assertEqual(self.learn("print('hello')"), {"$default": "deny"})
        self.assertEqual(self.said.out, "hello\n")
        # Neither what auditing says nor a trace of how it was done.
        self.assertNotIn("audit", self.said.err)
        self.assertEqual(os.listdir(self.tmp), [])

    def test_program_is_itself(self):
        main = """
            import sys
            print(sys.argv[1:], sys.stdin.read(), sys.flags.isolated)
            print("to standard error", file=sys.stderr)
            print("importpolicy: audit", file=sys.stderr)
            sys.stderr.write("no end of line")
            sys.exit(3)
            """
        self.learn(main, status=1, program=["-o", "x", "-m"], stdin=None,
                   input="typed")
        self.assertEqual(self.said.out, "['-o', 'x', '-m'] typed 0\n")
        self.assertIn("to standard error\nimportpolicy: audit\nno end of line",
                      self.said.err)
        self.assertIn("ended with status 3", self.said.err)

    def test_environment(self):
        # The policy is handed on, and nothing else is changed.
        self.learn("import os; print(os.environ.get('A'), os.getcwd())",
                   env={"A": "b"})
        self.assertEqual(self.said.out, f"b {self.world.app}\n")

    def test_files(self):
        self.world.write("app/in.txt", "x")
        main = """
            open("in.txt").read()
            open("out.txt", "w").close()
            """
        self.assertEqual(self.permissions(main), {"__main__": {
            "read": ["$APP/in.txt"], "write": ["$APP/out.txt"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_many_files(self):
        for n in range(500):
            self.world.write(f"app/data/{n % 3}/{n}.csv")
        main = """
            import os
            for directory, _, names in os.walk("data"):
                for name in names:
                    open(os.path.join(directory, name)).close()
            for n in range(10):
                open(f"out-{n}.txt", "w").close()
            """
        self.assertEqual(self.permissions(main), {"__main__": {
            "read": ["$APP/data"], "write": ["$APP/*.txt"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_temporary_files(self):
        main = """
            import tempfile
            with tempfile.TemporaryDirectory() as directory:
                open(directory + "/x", "w").close()
            """
        first = self.permissions(main)
        self.assertEqual(first, {"__main__": {
            "read": ["$TMP"], "write": ["$TMP"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_file_that_is_renamed(self):
        main = """
            import os
            name = f".state-{os.getpid():05}-{os.urandom(8).hex()}.tmp"
            open(name, "w").close()
            os.rename(name, "state-2024")
            """
        self.assertEqual(self.permissions(main), {"__main__": {
            "read": ["$APP/.state-*-*.tmp"],
            "write": ["$APP/.state-*-*.tmp", "$APP/state-2024"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_home(self):
        main = """
            import os
            open(os.path.expanduser("~/.rc"), "w").close()
            """
        self.assertEqual(self.permissions(main), {"__main__": {
            "write": ["$HOME/.rc"]}})

    def test_network(self):
        main = """
            import socket
            server = socket.create_server(("127.0.0.1", PORT))
            client = socket.create_connection(("localhost", PORT))
            """
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        permissions = self.permissions(main.replace("PORT", str(port)))
        self.assertEqual(permissions, {"__main__": {
            "net": [f"localhost:{port}"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_port_of_the_system(self):
        main = """
            import socket
            server = socket.create_server(("127.0.0.1", 0))
            client = socket.create_connection(server.getsockname())
            """
        self.assertEqual(self.permissions(main), {"__main__": {
            "net": ["localhost"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_port_that_is_only_asked_for(self):
        # As urllib3 does, to find out whether there is IPv6.
        main = """
            import socket
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
            server = socket.create_server(("127.0.0.1", PORT))
            client = socket.create_connection(("127.0.0.1", PORT))
            """
        for port in range(2000, 3000):
            with socket.socket() as taken:
                if taken.connect_ex(("127.0.0.1", port)) != 0:
                    break
        permissions = self.permissions(main.replace("PORT", str(port)))
        self.assertEqual(permissions, {"__main__": {
            "net": ["127.0.0.1:0", f"127.0.0.1:{port}"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_directory_that_is_made(self):
        # The next time it is there, and that is asked.
        for target, read in [("out", "$APP/out"),
                             (self.home + "/deep/out", "$HOME/deep/out")]:
            main = f"import os; os.makedirs({target!r}, exist_ok=True)"
            with self.subTest(target):
                self.assertEqual(self.permissions(main)["__main__"]["read"],
                                 [read])
                for _ in range(2):
                    result, refused = self.refusals(self.read_policy(),
                                                    "main.py")
                    self.assertEqual((result.code, refused), (0, []), result)
        # Not for one that nobody finds again.
        self.assertEqual(self.permissions("""
            import os
            os.mkdir("out/gone")
            os.rmdir("out/gone")
            """), {"__main__": {"write": ["$APP/out/gone"]}})

    def test_tables_of_types(self):
        # Where the system has them, all may read them.
        self.assertEqual(self.learn("import mimetypes; mimetypes.init()"),
                         {"$default": "deny"})
        self.assertNotIn("cannot be granted", self.said.err)

    def test_directory_that_is_only_listed(self):
        # Its names are not what lies in it.
        self.world.write("app/secret", "x")
        self.world.write("app/plugins/one.txt", "x")
        self.world.distribution("lister", lister="""if 1:
            import os
            def listed(*names):
                for name in names:
                    os.listdir(name)
            def content(name):
                return open(name).read()
            """)
        wide = {"lister": {"read": ["$APP"]}}
        for main, permissions in [
                ("listed('.')", {"lister": {"os.listdir": ["$APP"]}}),
                ("listed('.', 'plugins')",
                 {"lister": {"os.listdir": ["$APP"]}}),
                ("listed('plugins')", {"lister": {"read": ["$APP/plugins"]}}),
                ("listed('.'), content('secret')", wide)]:
            with self.subTest(main):
                policy = self.learn(f"from lister import *\n{main}")
                self.assertEqual(policy["$permissions"], permissions)
                self.check_least(policy, "main.py")
        # Beside other entries, it goes where these are.
        script = self.world.write("app/main.py",
                                  "import lister; lister.listed('.')")
        for old, new in [
                ({"read": ["$APP/plugins"]},
                 {"read": ["$APP/plugins", "$APP"]}),
                ({"os.listdir": ["$APP/plugins"]},
                 {"os.listdir": ["$APP/plugins", "$APP"]})]:
            with self.subTest(old):
                self.world.policy({"$default": "deny",
                                   "$permissions": {"lister": old}})
                self.ends(self.command("learn", "--merge", script), 0)
                self.assertEqual(self.read_policy()["$permissions"],
                                 {"lister": new})

    def test_socket_without_a_host(self):
        main = "import socket; socket.socket()"
        self.assertEqual(self.permissions(main), {"__main__": {
            "socket.__new__": True}})
        self.check_least(self.read_policy(), "main.py")

    def test_programs(self):
        self.world.write("bin/tool", "#!/bin/sh\necho $1\n")
        os.chmod(self.world.path("bin/tool"), 0o755)
        path = f"{self.world.path('bin')}:{os.environ['PATH']}"
        main = """
            import subprocess
            subprocess.run(["tool", "done"], check=True)
            """
        permissions = self.permissions(main, env={"PATH": path})
        self.assertEqual(permissions, {"__main__": {"run": ["tool"]}})
        self.check_least(self.read_policy(), "main.py", env={"PATH": path})

    def test_environment_variables(self):
        main = """
            import os
            os.environ.get("NAMED"), os.environ.get("NOT_SET")
            """
        self.assertEqual(self.permissions(main, env={"NAMED": "1"}),
                         {"__main__": {"env": ["NAMED"]}})
        self.check_least(self.read_policy(), "main.py", env={"NAMED": "1"})

    def test_variable_of_an_interpreter(self):
        # It takes two capabilities, and so two records of one target.
        main = """
            import os, subprocess, sys
            os.environ["PYTHONHASHSEED"] = "1"
            subprocess.run([sys.executable, "-c", ""])
            """
        learned = self.permissions(main)["__main__"]
        self.assertEqual(learned["env"], ["PYTHONHASHSEED"])
        self.assertEqual(learned["ffi"], ["PYTHONHASHSEED"])
        self.check_least(self.read_policy(), "main.py")

    def test_all_environment_variables(self):
        for text in "os.environ.copy()", "dict(os.environ)":
            with self.subTest(text):
                permissions = self.permissions(f"import os; {text}",
                                               env={"NAMED": "1"})
                self.assertEqual(permissions, {"__main__": {"env": ["*"]}})
                self.assertIn("all environment variables", self.said.err)

    def test_names_of_variables(self):
        # As urllib looks for proxies: by name, and then for one of them.
        main = """
            import os
            print([os.environ[n] for n in os.environ if n.endswith("_proxy")])
            """
        for env, expected in (({"a_proxy": "1", "OTHER": "2"}, ["a_proxy"]),
                              ({"OTHER": "2"}, [])):
            with self.subTest(expected):
                self.assertEqual(self.permissions(main, env=env),
                                 {"__main__": {"env": expected}})
                self.assertNotIn("all environment", self.said.err)
                learned = self.read_policy()
                result = self.check_least(learned, "main.py", env=env)
                self.assertEqual(result.out, f"{['1'] * len(expected)}\n")
                self.ends(self.command("learn", "--merge", "main.py",
                                       env=env), 0)
                self.assertEqual(self.read_policy(), learned)

    def test_names_and_values_of_variables(self):
        permissions = self.permissions(
            "import os; len(os.environ), os.environ.items()",
            env={"OTHER": "2"})
        self.assertEqual(permissions, {"__main__": {"env": ["*"]}})

    def test_signals(self):
        main = """
            import os, signal
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
            os.kill(os.getpid(), signal.SIGUSR1)
            """
        self.assertEqual(self.permissions(main), {"__main__": {
            "sys": ["os.kill", "signal.signal"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_all_children(self):
        main = """
            import os, subprocess, sys, threading
            def note(name):
                open(name, "w").close()
            thread = threading.Thread(target=note, args=["thread"])
            thread.start()
            thread.join()
            if os.fork() == 0:
                note("fork")
                os._exit(0)
            os.wait()
            subprocess.run([sys.executable, "-c",
                            "open('child', 'w').close()"], check=True)
            """
        self.world.make_venv()
        self.assertEqual(self.permissions(main), {"__main__": {
            "write": ["$APP/child", "$APP/fork", "$APP/thread"],
            "run": ["$PREFIX/bin/python"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_multiprocessing(self):
        main = """
            import multiprocessing, sys
            def work(n):
                open(f"out{n}", "w").close()
            if __name__ == "__main__":
                context = multiprocessing.get_context(sys.argv[1])
                # Whether terminate() has somebody to kill is a race.
                pool = context.Pool(2)
                pool.map(work, range(2))
                pool.close()
                pool.join()
            """
        self.world.make_venv()
        for method in "spawn", "forkserver", "fork":
            with self.subTest(method):
                # One that was there would hold in children that look for it.
                self.world.policy({"$default": "deny"})
                permissions = self.permissions(main, program=[method])
                entry = permissions["__main__"]
                self.assertEqual([path for path in entry["write"]
                                  if path.startswith("$APP")],
                                 ["$APP/out0", "$APP/out1"])
                result, said = self.refusals(self.read_policy(), "main.py",
                                             method)
                self.assertEqual((result.code, said), (0, []), result)

    def test_module(self):
        self.world.write("app/package/__init__.py")
        self.world.write("app/package/main.py",
                         "open('out', 'w').close()\nimport sys\n"
                         "print(sys.argv[1:])")
        result = self.ends(self.command("learn", "-m", "package.main", "-o"),
                           0)
        self.assertEqual(result.out, "['-o']\n")
        self.assertEqual(self.read_policy()["$permissions"],
                         {"__main__": {"write": ["$APP/out"]}})

    def test_standard_output(self):
        script = self.world.write("app/main.py", "print('hello')")
        result = self.ends(self.command("learn", "-o", "-", script), 0)
        self.assertEqual(json.loads(result.out), {"$default": "deny"})
        self.assertIn("hello", result.err)
        self.assertFalse(os.path.exists(self.world.path("app/policy.json")))

    def test_json(self):
        self.learn("open('out', 'w').close(); print('hello')", "--json")
        summary = json.loads(self.said.out)
        self.assertEqual(summary["permissions"],
                         {"__main__": {"write": ["$APP/out"]}})
        self.assertEqual(summary["status"], 0)
        self.assertIn("hello", self.said.err)

    def test_does_not_replace(self):
        script = self.world.write("app/main.py", "print('ran')")
        before = '{"$default": "allow"}'
        self.world.policy(before)
        result = self.ends(self.command("learn", script), 2)
        self.assertEqual(result.out, "")
        self.assertIn("--merge", result.err)
        self.assertEqual(self.read_text(), before)

    def test_trusted_application(self):
        self.world.modules(gap="open('gap.txt', 'w').close()")
        self.assertEqual(
            self.permissions("import gap; open('x', 'w').close()",
                             "--trust-application"),
            {"__main__": True, "gap": {"write": ["$APP/gap.txt"]}})

    def test_imports(self):
        self.world.modules(gap="import subprocess")
        policy = self.learn("import gap, socket", "--imports")
        self.assertEqual(policy, {"$default": "deny",
                                  "socket": ["__main__"],
                                  "subprocess": ["gap"]})
        self.check_least(policy, "main.py")


class MinimizeTest(LearnTestCase):

    def test_left_out(self):
        self.world.modules(gap="""
            import os
            def note(name):
                open(name, "w").close()
            def look():
                return os.path.exists("absent") or os.environ.get("NAMED")
            """)
        main = """
            import gap
            gap.look()
            gap.note("a")
            open("b", "w").close()
            print("done")
            """
        env = {"NAMED": "1"}
        self.assertEqual(self.permissions(main, "--minimize", env=env), {
            "__main__": {"write": ["$APP/b"]},
            "gap": {"write": ["$APP/a"]}})
        self.assertIn("not needed: gap: env", self.said.err)
        policy = self.read_policy()
        for less, what in self.smaller(policy):
            with self.subTest(without=what):
                result, _ = self.refusals(less, "main.py", env=env)
                self.assertNotEqual(result.code, 0)
        result, _ = self.refusals(policy, "main.py", env=env)
        self.assertEqual((result.code, result.out), (0, "done\n"))

    def test_output_counts(self):
        main = """
            import os
            print(os.environ.get("NAMED"))
            """
        self.assertEqual(
            self.permissions(main, "--minimize", env={"NAMED": "1"}),
            {"__main__": {"env": ["NAMED"]}})


class RecordTest(LearnTestCase):
    """What a log says for those who learn from it."""

    def records(self, main, **policy):
        self.world.policy({"$mode": "audit", "$default": "deny",
                           "$log": "log.jsonl"} | policy)
        result = self.world.run(main, env={"HOME": self.home, "NAMED": "1",
                                           "TMPDIR": self.tmp})
        self.assertEqual(result.code, 0, result)
        with open(self.world.path("app/log.jsonl")) as file:
            return [json.loads(line) for line in file]

    def written(self, main, **policy):
        return list(dict.fromkeys(
            (record["what"], record.get("written"))
            for record in self.records(main, **policy)))

    def test_written(self):
        self.assertEqual(self.written("""
            import os
            for name in "x", os.path.expanduser("~/x"), os.environ["TMPDIR"]:
                os.access(name, os.F_OK)
            os.access("/nowhere", os.F_OK)
            """), [("os.access", "$APP/x"), ("os.access", "$HOME/x"),
                   ("os.access", "$TMP"), ("os.access", None)])

    def test_looks(self):
        found = [(record["what"], record.get("looks", False))
                 for record in self.records("""
            import os
            open("log.jsonl").close()
            os.stat("log.jsonl")
            """)]
        self.assertIn(("open", False), found)
        self.assertIn(("os.stat", True), found)

    def test_never(self):
        self.world.modules(gap="""
            try:
                open("policy.json", "a").close()
            except OSError:
                pass
            """)
        record, = (record for record in self.records("import gap")
                   if record["principal"] == "gap")
        self.assertTrue(record["never"])

    def test_extension_modules(self):
        # Which may be granted by file or by name, and are by neither.
        from test.test_importpolicy.support import copy_extension
        if not copy_extension("_bisect", self.world.deps, "_bisect2"):
            self.skipTest("_bisect is no file")
        self.world.modules(gap="""
            try:
                import _bisect2
            except ImportError:
                pass
            """)
        found = {(record["what"], record.get("capability"), record["target"])
                 for record in self.records("import gap")}
        self.assertIn(("import", "ffi", "_bisect2"), found)

    def test_whole_environment(self):
        for text in "dict(os.environ)", "os.environ.copy()", \
                    "list(os.environb.items())":
            with self.subTest(text):
                records = self.records(f"import os; {text}")
                self.assertIn("*", [record["target"] for record in records])
                os.unlink(self.world.path("app/log.jsonl"))
        self.assertNotIn("*", [record["target"] for record in self.records(
            "import os; os.environ['NAMED']")])


class DependencyTest(LearnTestCase):
    """To whom is it granted?"""

    def setUp(self):
        super().setUp()
        write = "def note(name): open(name, 'w').close()\n"
        self.world.distribution("inner", inner=write)
        self.world.distribution(
            "outer", requires=["inner"],
            outer=write + "import inner\n"
            "def deep(name): inner.note(name)\n")
        self.world.distribution("stranger", stranger="""if 1:
            def call(function, *arguments):
                function(*arguments)
            """)

    def test_top_level(self):
        main = """
            import outer
            outer.note("a")
            outer.deep("b")
            """
        self.assertEqual(self.permissions(main), {"outer": {
            "write": ["$APP/a", "$APP/b"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_used_both(self):
        main = """
            import inner, outer
            outer.deep("a")
            inner.note("b")
            """
        self.assertEqual(self.permissions(main), {
            "inner": {"write": ["$APP/a", "$APP/b"]},
            "outer": {"write": ["$APP/a"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_only_beside(self):
        # It is imported and never acts but for the other.
        main = """
            import inner, outer
            outer.deep("a")
            """
        self.assertEqual(self.permissions(main),
                         {"outer": {"write": ["$APP/a"]}})

    def test_stranger(self):
        main = """
            import outer, stranger
            stranger.call(outer.deep, "a")
            """
        self.assertEqual(self.permissions(main), {
            "outer": {"write": ["$APP/a"]},
            "stranger": {"write": ["$APP/a"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_different_companies(self):
        # Once each with another one: all are seen, not the first alone.
        self.world.distribution("second", second="""if 1:
            def call(function, *arguments):
                function(*arguments)
            """)
        main = """
            import os, outer, second, stranger
            stranger.call(os.environ.get, "NAMED")
            second.call(os.environ.get, "NAMED")
            outer.note("a")
            stranger.call(outer.note, "a")
            second.call(outer.note, "a")
            """
        self.assertEqual(self.permissions(main, env={"NAMED": "1"}), {
            "outer": {"write": ["$APP/a"]},
            "second": {"write": ["$APP/a"], "env": ["NAMED"]},
            "stranger": {"write": ["$APP/a"], "env": ["NAMED"]}})
        self.check_least(self.read_policy(), "main.py", env={"NAMED": "1"})

    def test_of_no_distribution(self):
        self.world.modules(low="def note(name): open(name, 'w').close()",
                           high="import low\nnote = low.note")
        main = """
            import high
            high.note("a")
            """
        self.assertEqual(self.permissions(main),
                         {"high": {"write": ["$APP/a"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_at_import(self):
        self.world.distribution("eager", eager="open('a', 'w').close()")
        self.world.distribution("lazy", requires=["eager"],
                                lazy="import eager")
        self.assertEqual(self.permissions("import lazy"),
                         {"lazy": {"write": ["$APP/a"]}})
        self.check_least(self.read_policy(), "main.py")

    def test_hosts(self):
        self.world.distribution("gunicorn", gunicorn="""if 1:
            def serve(function, *arguments):
                function(*arguments)
            """)
        main = """
            import gunicorn, outer
            gunicorn.serve(outer.note, "a")
            """
        policy = self.learn(main)
        self.assertEqual(policy, {
            "$default": "deny", "$hosts": ["gunicorn"],
            "$permissions": {"outer": {"write": ["$APP/a"]}}})
        self.check_least(policy, "main.py")

    def test_what_nobody_may(self):
        main = """
            import outer
            try:
                outer.note("policy.json")
            except PermissionError:
                pass
            """
        self.world.policy({})
        self.permissions(main)
        self.assertIn("cannot be granted" if "outer: open" in self.said.err
                      else "wrote", self.said.err)


class TwoMachinesTest(LearnTestCase):

    MAIN = """
        import os, socket, subprocess, sys, tempfile, outer
        outer.note(os.path.expanduser("~/.outer/cache"))
        outer.note("beside")
        with tempfile.NamedTemporaryFile("w"):
            pass
        subprocess.run([sys.executable, "-c", "open('child', 'w').close()"])
        server = socket.create_server(("localhost", 0))
        socket.create_connection(server.getsockname()).close()
        open(f"/proc/{os.getpid()}/status").close()
        # Looked for in the directories above as well, however many.
        directory = os.getcwd()
        while directory != "/":
            os.path.exists(os.path.join(directory, "settings.ini"))
            directory = os.path.dirname(directory)
        """

    def machine(self, name):
        root = self.world.path(name)
        os.makedirs(root)
        world = World(root)
        world.distribution("outer", outer="def note(name):\n"
                           "    open(name, 'w').close()\n")
        os.makedirs(world.path("me", ".outer"))
        os.mkdir(world.path("scratch"))
        world.make_venv()
        script = world.write("app/main.py", textwrap.dedent(self.MAIN))
        env = {"HOME": world.path("me"), "TMPDIR": world.path("scratch"),
               "USER": name}
        result = world.start("-m", "importpolicy", "learn", script, env=env,
                             cwd=world.app)
        self.assertEqual(result.code, 0, result)
        with open(world.path("app/policy.json"), "rb") as file:
            return file.read()

    def test_same_bytes(self):
        one = self.machine("one")
        self.assertEqual(one, self.machine("another/and/deeper"))
        self.assertIn(b"$HOME/.outer/cache", one)
        self.assertIn(b'"/**/settings.ini"', one)
        self.assertNotIn(self.world.root.encode(), one)


class MergeTest(LearnTestCase):

    OLD = ('{ "$comment": "mine",\n'
           '  "$default": "deny",\n'
           '  "$permissions": {\n'
           '    "__main__": {"write": ["$APP/a"]} }\n'
           '}\n')

    def test_keeps_form(self):
        script = self.world.write("app/main.py", """if 1:
            import sys
            for name in sys.argv[1:]:
                open(name, "w").close()
            """)
        self.world.policy(self.OLD)
        self.ends(self.command("learn", "--merge", script, "a"), 0)
        self.assertEqual(self.read_text(), self.OLD)
        self.ends(self.command("learn", "--merge", script, "a", "b"), 0)
        self.assertEqual(self.read_text(),
                         self.OLD.replace('"$APP/a"', '"$APP/a", "$APP/b"'))

    def test_what_is_covered_stays(self):
        # A wider grant that is there holds what was learned.
        script = self.world.write("app/main.py", "open('a/b', 'w').close()")
        os.mkdir(self.world.path("app/a"))
        self.world.policy(self.OLD)
        self.ends(self.command("learn", "--merge", script), 0)
        self.assertEqual(self.read_text(), self.OLD)

    def test_again(self):
        # What has no target is covered by what the first run has taught, and
        # is not by nothing.
        main = """if 1:
            import ctypes, os, socket, subprocess
            server = socket.create_server(("127.0.0.1", 0))
            client = socket.create_connection(server.getsockname())
            server.accept()
            subprocess.run(["true"], check=True)
            os.environ["NAMED"] = "1"
            open(os.path.realpath("deep/down/file")).close()
            os.path.realpath("/usr/share/zoneinfo")
            """
        self.world.write("app/deep/down/file", "x")
        script = self.world.write("app/main.py", main)
        self.ends(self.command("learn", script), 0)
        text = self.read_text()
        self.ends(self.command("learn", "--merge", script), 0)
        self.assertEqual(self.read_text(), text)
        policy = self.read_policy()
        del policy["$permissions"]["__main__"]["net"]
        policy["$permissions"]["__main__"]["run"] = []
        self.world.policy(policy)
        self.ends(self.command("learn", "--merge", script), 0)
        entry = self.read_policy()["$permissions"]["__main__"]
        self.assertEqual(entry["net"], ["localhost"])
        self.assertEqual(entry["run"], ["true"])

    def test_prune(self):
        script = self.world.write("app/main.py", "open('a', 'w').close()")
        text = ('{"$default": "deny",\n'
                ' "socket": ["__main__"],\n'
                ' "$permissions": {"__main__": {"write": ["$APP/a",\n'
                '  "$APP/b"],\n'
                '  "net": ["localhost"]}}}')
        self.world.policy(text)
        result = self.ends(self.command("learn", "--prune", script), 1)
        self.assertEqual(result.out.splitlines(), [
            'policy.json:2:13: not used: "socket": "__main__"',
            "policy.json:4:3: not used: __main__: write $APP/b",
            "policy.json:5:3: not used: __main__: net"])
        self.assertEqual(self.read_text(), text)
        result = self.ends(self.command("learn", "--prune", "--json",
                                        script), 1)
        self.assertEqual(len(json.loads(result.out)["unused"]), 3)
        self.world.policy(self.OLD)
        self.ends(self.command("learn", "--prune", script), 0)

    def test_logs(self):
        logs = []
        for name in "one", "two":
            world = World(self.make(name))
            world.policy({"$mode": "audit", "$default": "deny",
                          "$log": "log.jsonl"})
            world.run(f"open('common', 'w'); open('{name}', 'w')")
            logs.append(world.path("app/log.jsonl"))
        with open(logs[0], "a") as file:
            file.write('{"version": 1, "time": "cut off')
        result = self.ends(self.command("merge", *logs), 0)
        self.assertEqual(json.loads(result.out)["$permissions"], {
            "__main__": {"write": ["$APP/common", "$APP/one", "$APP/two"]}})
        self.assertIn("1 line cannot be read", result.err)
        # Into a policy that is there.
        self.world.policy(self.OLD)
        self.ends(self.command("merge", "-o", "policy.json", *logs), 0)
        self.assertIn('["$APP/a", "$APP/common", "$APP/one", "$APP/two"]',
                      self.read_text())

    def make(self, name):
        path = self.world.path(name)
        os.mkdir(path)
        return path

    def test_kept_log(self):
        script = self.world.write("app/main.py", "open('a', 'w').close()")
        log = self.world.path("kept.jsonl")
        for name in "-", "other.json":
            self.ends(self.command("learn", "--log", log, "-o", name, script),
                      0)
        result = self.ends(self.command("merge", log), 0)
        self.assertEqual(json.loads(result.out)["$permissions"],
                         {"__main__": {"write": ["$APP/a"]}})


class RealTestCase(LearnTestCase):
    """With packages from PyPI.  An environment of our own is made for each
    test of that one, so that places are those of a user."""

    needed = ()

    def setUp(self):
        for name in self.needed:
            installed(self, name)
        super().setUp()
        installed(self, "requests")
        self.world.python = os.environ["IMPORTPOLICY_TEST_VENV"]

    def learn(self, main, *options, **kwargs):
        kwargs["env"] = {"PYTHONPATH": None} | kwargs.get("env", {})
        return super().learn(main, *options, **kwargs)

    def check_least(self, policy, *arguments, **kwargs):
        kwargs["env"] = {"PYTHONPATH": None} | kwargs.get("env", {})
        return super().check_least(policy, *arguments, **kwargs)


class RealTest(RealTestCase):

    def test_requests(self):
        main = """
            import http.server, threading, requests
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.end_headers()
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}/"
            print(requests.get(url).status_code)
            """
        policy = self.learn(main)
        permissions = policy["$permissions"]
        # By the names that the application knows.
        self.assertEqual(sorted(permissions), ["__main__", "requests"])
        self.assertEqual(permissions["__main__"], {"net": ["127.0.0.1:0"]})
        self.assertEqual(permissions["requests"]["net"], ["localhost"])
        self.assertEqual(permissions["requests"]["read"],
                         ["$HOME/.netrc", "$HOME/_netrc"])
        result = self.check_least(policy, "main.py")
        self.assertEqual(result.out, "200\n")

    def test_server_and_client(self):
        for name in "flask", "httpx":
            installed(self, name)
        main = """
            import asyncio, flask, httpx, threading
            from werkzeug.serving import make_server
            app = flask.Flask(__name__)
            @app.get("/")
            def index():
                return flask.render_template_string("hello {{ 1 + 1 }}")
            server = make_server("127.0.0.1", 0, app)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            async def main():
                async with httpx.AsyncClient() as client:
                    url = f"http://localhost:{server.server_port}/"
                    print((await client.get(url)).text)
            asyncio.run(main())
            """
        policy = self.learn(main)
        permissions = policy["$permissions"]
        self.assertEqual(permissions["httpx"]["net"], ["localhost"])
        self.assertEqual(permissions["werkzeug"]["net"], ["127.0.0.1:0"])
        self.assertLess(permissions.keys(),
                        {"__main__", "flask", "httpx", "werkzeug", "click"})
        result = self.check_least(policy, "main.py")
        self.assertEqual(result.out, "hello 2\n")

    def test_pytest(self):
        installed(self, "pytest")
        self.world.write("app/test_it.py", """
            def test_write(tmp_path):
                (tmp_path / "x").write_text("1")
                open("out.txt", "w").close()
            """)
        env = {"PYTHONPATH": None}
        arguments = ("-m", "pytest", "-q", "-s", "test_it.py")
        result = self.ends(self.command("learn", *arguments, env=env), 0)
        self.assertIn("1 passed", result.out)
        policy = self.read_policy()
        self.assertEqual(policy["$permissions"]["__main__"],
                         {"write": ["$APP/out.txt", "$TMP"]})
        self.assertEqual(policy["$loaders"], ["_pytest"])
        result, said = self.refusals(policy, *arguments, env=env)
        self.assertEqual((result.code, said), (0, []), result)

    @unittest.skipUnless(shutil.which("git"), "needs git")
    def test_command_line_tool_with_git(self):
        installed(self, "click")
        main = """
            import subprocess, click
            @click.command()
            @click.argument("directory")
            def main(directory):
                subprocess.run(["git", "init", "-q", directory], check=True)
                open(f"{directory}/file", "w").close()
                click.echo("made " + directory)
            main()
            """
        policy = self.learn(main, program=["made"])
        self.assertEqual(policy["$permissions"]["__main__"], {
            "write": ["$APP/made/file"], "run": ["git"]})
        # It looks for translations of its messages, in some locales.
        self.assertLessEqual({path.rpartition("/")[2] for path in
                              policy["$permissions"].get("click", {}).get(
                                  "read", [])}, {"locale"})
        result = self.check_least(policy, "main.py", "made")
        self.assertEqual(result.out, "made made\n")

    def test_sqlite(self):
        main = """
            import sqlite3
            db = sqlite3.connect("x.db")
            db.execute("create table if not exists t (a)")
            db.execute("attach 'y.db' as y")
            db.execute("create table if not exists y.t (a)")
            """
        policy = self.learn(main)
        self.assertEqual(policy["$permissions"], {"__main__": {
            "read": ["$APP/x.db", "$APP/y.db"],
            "write": ["$APP/x.db", "$APP/y.db"]}})
        self.check_least(policy, "main.py")


class PandasTest(RealTestCase):

    needed = ["pandas"]

    def test_csv(self):
        self.world.write("app/in.csv", "a,b\n1,2\n3,4\n")
        main = """
            import pandas
            table = pandas.read_csv("in.csv")
            table["c"] = table.a + table.b
            table.to_csv("out.csv")
            print(table.c.sum())
            """
        policy = self.learn(main)
        entry = policy["$permissions"].pop("pandas")
        self.assertEqual(policy["$permissions"], {})
        self.assertEqual(entry["ffi"], ["numpy", "pandas"])
        self.assertEqual(entry["write"], ["$APP/out.csv"])
        self.assertIn("$APP/in.csv", entry["read"])
        policy["$permissions"]["pandas"] = entry
        result = self.check_least(policy, "main.py")
        self.assertEqual(result.out, "10\n")


if __name__ == "__main__":
    unittest.main()
