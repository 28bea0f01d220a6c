"""What a refusal looks like: exceptions, messages, logs."""

import json
import os
import re
import tempfile
import unittest
from test.test_importpolicy.support import Scene

GOLDEN = os.path.join(os.path.dirname(__file__), "golden")

# Run an expression or a statement and show the refusal that comes of it.
SHOW = """
import importpolicy
def show(action):
    try:
        action()
    except importpolicy.SecurityError as error:
        print(type(error).__name__)
        print(error)
    else:
        print("allowed")
"""


class DenialTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.scene = Scene(directory.name)

    def run_scene(self, text, *options, **kwargs):
        done = self.scene.run(text, *options, **kwargs)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def first_lines(self, stderr):
        return [line for line in stderr.splitlines()
                if line.startswith("importpolicy: ")]


class MessageTest(DenialTest):
    """Wording, pinned by golden/denial_NAME.txt: standard output, then what
    came on standard error.  IMPORTPOLICY_GOLDEN=write writes them anew."""

    maxDiff = None

    def check(self, name, text):
        done = self.run_scene(text)
        found = done.stdout + "--- standard error\n" + done.stderr
        path = os.path.join(GOLDEN, f"denial_{name}.txt")
        if os.environ.get("IMPORTPOLICY_GOLDEN") == "write":
            with open(path, "w", encoding="utf-8") as file:
                file.write(found)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(found, file.read())

    def test_dependency(self):
        self.scene.policy({"socket": ["requests"]})
        self.scene.module("httpx", "import socket\n")
        self.check("dependency", SHOW + "show(lambda: __import__('httpx'))\n")

    def test_on_behalf(self):
        # The user knows requests, so that is what he is told to grant.
        self.scene.policy({"socket": []})
        self.scene.distribution("urllib3", "import socket\n")
        self.scene.distribution("requests", "\nimport urllib3\n", ["urllib3"])
        self.check("on_behalf", SHOW + "show(lambda: __import__('requests'))")

    def test_on_behalf_undeclared(self):
        # Granting `other` would not cover `helper`, so it is not proposed.
        self.scene.policy({"socket": ["requests"]})
        self.scene.distribution("helper", "import socket\n")
        self.scene.distribution("other", "import helper\n")
        self.check("on_behalf_undeclared",
                   SHOW + "show(lambda: __import__('other'))\n")

    def test_by_way(self):
        # A stranger calls a package that is granted.
        self.scene.policy({"socket": ["requests"]})
        self.scene.module("requests", "def get():\n    import socket\n")
        self.scene.module("evil", "import requests\n"
                                  "def run():\n    requests.get()\n")
        self.check("by_way", SHOW + """
import evil, requests
show(requests.get)
show(evil.run)
""")

    def test_application(self):
        self.scene.policy({"socket": ["requests"]})
        self.check("application", SHOW + """
def connect():
    import socket
show(connect)
""")

    def test_nobody(self):
        self.scene.policy('{\n    "ctypes": []\n}\n')
        self.check("nobody", SHOW + "show(lambda: __import__('ctypes'))\n")

    def test_implementation(self):
        self.scene.policy({"socket": []})
        self.scene.module("evil", "import _socket\n")
        self.check("implementation",
                   SHOW + "show(lambda: __import__('evil'))\n")

    def test_event(self):
        self.scene.policy({"socket": ["requests"]})
        self.scene.module("requests", "import socket\n")
        self.scene.module("evil", "import requests\n"
                                  "def run():\n"
                                  "    return requests.socket.socket()\n")
        self.check("event", SHOW + "import evil\nshow(evil.run)\n")

    def test_several(self):
        self.scene.policy({"socket": ["requests"]})
        self.scene.module("one", "def run(f):\n    f()\n")
        self.scene.module("two", "import one\n"
                                 "def run():\n    one.run(connect)\n"
                                 "def connect():\n    import socket\n")
        self.check("several", SHOW + "import two\nshow(two.run)\n")

    def test_long_list(self):
        self.scene.policy({"socket": [f"package{i}" for i in range(50)]})
        self.scene.module("httpx", "import socket\n")
        self.check("long_list", SHOW + "show(lambda: __import__('httpx'))\n")

    def test_long_chain(self):
        self.scene.policy({"socket": []})
        self.scene.distribution("p0", "def run():\n    import socket\n")
        for i in range(1, 20):
            self.scene.distribution(f"p{i}", f"import p{i - 1}\n"
                                    f"def run():\n    p{i - 1}.run()\n",
                                    [f"p{i - 1}"])
        self.check("long_chain", SHOW + "import p19\nshow(p19.run)\n")

    def test_joint(self):
        # Borrowed code belongs to its maker and to the borrower.
        self.scene.policy({"socket": ["requests"]})
        self.scene.module("requests", "def get():\n    import socket\n")
        self.scene.module("evil", """\
            import requests
            run = type(requests.get)(requests.get.__code__, {})
            """)
        self.check("joint", SHOW + "import evil\nshow(evil.run)\n")

    def test_inherited(self):
        # A thread without a single frame of the one who started it.
        self.scene.policy({"socket": ["requests"]})
        self.scene.module("evil", """\
            from concurrent.futures import Future
            import _thread
            def run(f):
                future = Future()
                _thread.start_new_thread(f, (future,))
                return future.result()
            """)
        self.scene.module("requests", """\
            def get(future):
                try:
                    import socket
                except BaseException as error:
                    future.set_exception(error)
                else:
                    future.set_result(None)
            """)
        self.check("inherited", SHOW + """
import evil, requests
show(lambda: evil.run(requests.get))
""")

    def test_unknown(self):
        # Nobody started this thread that the interpreter knows of.
        try:
            import _testcapi  # noqa: F401
        except ImportError:
            self.skipTest("needs _testcapi")
        self.scene.policy({"socket": ["native"]})
        self.scene.module("native", """\
            import _testcapi
            def load():
                try:
                    import socket
                except ImportError as error:
                    caught.append(error)
            def run():
                _testcapi.call_in_temporary_c_thread(load)
                raise caught.pop()
            caught = []
            """)
        self.check("unknown", SHOW + "import native\nshow(native.run)\n")

    def test_hostile_names(self):
        # Nothing moves the cursor, turns the text round or looks like
        # another name; what is proposed still names the right package.
        evil = "r\u0435quests\u202e"
        self.scene.policy({"socket": ["requests"]})
        self.scene.module(evil, "import socket\n")
        self.check("hostile_names",
                   SHOW + f"show(lambda: __import__({ascii(evil)}))\n")

    def test_hostile_file_name(self):
        # co_filename is chosen by whoever compiles; the principal is not.
        self.scene.policy({"socket": ["requests"]})
        self.scene.module("evil", r"""
            def run(path):
                text = "\n\n\nimport socket"
                exec(compile(text, path, "exec"), {})
            """)
        self.check("hostile_file_name", SHOW + r"""
import evil, os
deps = os.path.dirname(evil.__file__)
show(lambda: evil.run(deps + "/requests/api.py"))
show(lambda: evil.run(__file__))
show(lambda: evil.run("\x1b[2J\n\u202e\udcff"))
show(lambda: evil.run("begin" + "\u20ac" * 100 + "end"))
""")


class ExceptionTest(DenialTest):

    def test_attributes(self):
        self.scene.policy('{\n"socket": ["requests"]}')
        self.scene.module("requests", "import socket\n")
        self.scene.module("httpx", "import requests\n"
                                   "def load():\n    import socket\n"
                                   "def make():\n"
                                   "    return requests.socket.socket()\n")
        done = self.run_scene("""
            import errno, httpx, importpolicy, os
            here = os.path.dirname(__file__)
            deps = os.path.dirname(httpx.__file__)
            def caught(f):
                try:
                    f()
                except importpolicy.SecurityError as error:
                    assert error.principal == "httpx"
                    assert error.policy == here + "/policy.json"
                    assert error.line == 2
                    assert error.code == "not-granted"
                    return error
            error = caught(httpx.load)
            assert type(error) is importpolicy.ImportDenied
            assert error.module == error.name == "socket"
            assert error.path is None
            assert error.chain[0] == ("httpx", deps + "/httpx.py", 3)
            assert error.chain[1][:2] == ("__main__", __file__), error.chain
            error = caught(httpx.make)
            assert type(error) is importpolicy.AccessDenied
            assert error.event == "socket.__new__"
            assert error.target is None
            assert error.errno == errno.EACCES
            assert error.strerror == str(error)
            print("ok")
            """)
        self.assertEqual(done.stdout, "ok\n")

    def test_codes(self):
        self.scene.policy({"socket": ["requests"], "ctypes": []})
        self.scene.module("evil", "def load():\n    import socket\n")
        done = self.run_scene("""
            import evil
            def code(f):
                try:
                    f()
                except ImportError as error:
                    print(error.code)
            code(evil.load)
            code(lambda: __import__("socket"))
            code(lambda: __import__("ctypes"))
            """)
        self.assertEqual(done.stdout.split(), [
            "not-granted", "application-not-granted", "granted-to-nobody"])

    def test_reads_as_absent(self):
        # Optional imports fall back, and what is granted does not.
        self.scene.policy({"socket": ["requests"], "json": ["requests"]})
        for name in "requests", "httpx":
            self.scene.module(name, """\
                try:
                    import socket
                except ModuleNotFoundError:
                    socket = None
                try:
                    from json import decoder
                except ImportError:
                    decoder = None
                """)
        done = self.run_scene("""
            import httpx, requests
            print(httpx.socket, httpx.decoder)
            print(requests.socket.__name__, requests.decoder.__name__)
            """)
        self.assertEqual(done.stdout,
                         "None None\nsocket json.decoder\n")

    def test_context(self):
        # What was being handled stays visible behind the refusal.
        self.scene.policy({"socket": []})
        done = self.run_scene("""
            try:
                try:
                    1 / 0
                except ZeroDivisionError:
                    import socket
            except ImportError as error:
                print(type(error.__context__).__name__, error.__cause__)
            """)
        self.assertEqual(done.stdout, "ZeroDivisionError None\n")

    def test_pickle_to_another_interpreter(self):
        self.scene.policy({"socket": ["requests"]})
        self.scene.module("requests", "import socket\n")
        dump = """
            import importpolicy, pickle, requests, sys
            def catch(f):
                try:
                    f()
                except importpolicy.SecurityError as error:
                    return error
            errors = [catch(lambda: __import__("socket")),
                      catch(requests.socket.socket)]
            with open(sys.argv[0] + ".pickle", "wb") as file:
                pickle.dump([(e, str(e), vars(e)) for e in errors], file)
            """
        self.run_scene(dump)
        os.unlink(os.path.join(self.scene.app, "policy.json"))
        done = self.scene.start("-c", """if True:
            import importpolicy, pickle, sys
            with open(sys.argv[1], "rb") as file:
                for error, text, attributes in pickle.load(file):
                    assert str(error) == text
                    assert vars(error) == attributes
                    print(type(error).__name__, error.principal)
            """, os.path.join(self.scene.app, "main.py.pickle"))
        self.assertEqual(done.stdout, "ImportDenied __main__\n"
                                      "AccessDenied __main__\n", done.stderr)

    def test_no_foreign_code(self):
        # A str subclass as file name, a replaced sys.stderr, hooks on
        # warnings: none of them runs.
        self.scene.policy({"socket": []})
        self.scene.module("evil", """\
            import sys
            class Name(str):
                def trap(self, *args, **kwargs):
                    print("code of others ran")
                __str__ = __repr__ = __eq__ = __hash__ = trap
                __fspath__ = __format__ = encode = trap
            class Stream:
                def write(self, text):
                    print("stderr", text)
                def flush(self):
                    pass
            def run():
                code = compile("import socket", "x", "exec")
                code = code.replace(co_filename=Name("file.py"))
                sys.stderr = sys.__stderr__ = Stream()
                try:
                    exec(code, {})
                except ImportError as error:
                    return error
            """)
        done = self.run_scene("""
            import evil
            error = evil.run()
            name = error.chain[0][1]
            print(type(name) is str, "file.py" in error.msg)
            """)
        self.assertEqual(done.stdout, "True True\n")
        self.assertEqual(len(self.first_lines(done.stderr)), 1)

    def test_no_memory(self):
        # Each allocation fails in turn: refused all the same.
        try:
            import _testcapi  # noqa: F401
        except ImportError:
            self.skipTest("needs _testcapi")
        # A module that is loaded already, for the import system itself does
        # not survive this everywhere.
        self.scene.policy({"socket": ["requests"], "$log": "log.jsonl"})
        self.scene.module("requests", "import socket\n")
        done = self.run_scene("""
            import _testcapi, requests
            def attempt(first, last):
                _testcapi.set_nomemory(first, last)
                try:
                    import socket
                finally:
                    _testcapi.remove_mem_hooks()
            for last in lambda i: i + 1, lambda i: 0:
                seen = set()
                for i in range(1, 200):
                    try:
                        attempt(i, last(i))
                    except (ImportError, MemoryError) as error:
                        seen.add(type(error).__name__)
                    else:
                        print("allowed", i)
                print(*sorted(seen))
            """)
        self.assertEqual(done.stdout, "ImportDenied MemoryError\n" * 2)


class RecentTest(DenialTest):
    """What was refused in this process, for who asks: importpolicy.pytest."""

    def test_recent(self):
        self.scene.policy({"socket": ["requests"], "$log": False})
        self.scene.module("evil", """
            def load():
                try:
                    import socket
                except ImportError:
                    pass
            """)
        done = self.run_scene("""
            import _importpolicy, evil, json, os
            evil.load()                     # nobody has asked yet
            start, records = _importpolicy.denials(1 << 62)
            assert records == []
            assert _importpolicy.denials(0) == (start, [])
            evil.load()
            end, (record,) = _importpolicy.denials(start)
            assert end == start + 1
            record = json.loads(record)
            assert record["principal"] == "evil" and record["what"] == "socket"
            assert record["message"].startswith("evil may not import socket (")
            assert record["edit"] == (
                'to allow it, write "socket": ["requests", "evil"]'), record
            assert _importpolicy.denials(end) == (end, [])
            for _ in range(2000):
                evil.load()
            last, records = _importpolicy.denials(start)
            assert last - end == 2000 and 1000 < len(records) < 2000
            if (pid := os.fork()) == 0:
                evil.load()
                os._exit(len(_importpolicy.denials(last)[1]))
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
            assert _importpolicy.denials(last) == (last, [])
            """)
        self.assertEqual(done.stderr, "")

    def test_hidden(self):
        # A variable that reads as not set is told once, and counted always.
        self.scene.policy({"$permissions": {"evil": {"env": False}}})
        self.scene.module("evil", "import os\n"
                                  "def look():\n    os.environ.get('SECRET')")
        done = self.run_scene("""
            import _importpolicy, evil
            start, _ = _importpolicy.denials(1 << 62)
            evil.look()
            evil.look()
            assert len(_importpolicy.denials(start)[1]) == 2
            """, env={"SECRET": "it"})
        self.assertEqual(len(self.first_lines(done.stderr)), 1)
        self.assertIn('; to allow it, write "env": ["SECRET"] in the entry of '
                      '"evil" in "$permissions"\n', done.stderr)


class DisplayTest(DenialTest):
    """What the interpreter needs to show an exception is nobody's import."""

    TEXT = """
        import evil, sys
        def fail():
            raise LookupError("of", "course")  # a line of source
        {}
        fail()
        """
    KEYS = "io", "traceback", "linecache", "tokenize", "contextlib"

    def check(self, prepare, keys=KEYS):
        self.scene.policy(dict.fromkeys(keys, []))
        done = self.scene.run(self.TEXT.format(prepare))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("# a line of source", done.stderr)
        return done

    def setUp(self):
        super().setUp()
        self.scene.module("evil", """
            met = []
            def find(name, *args):
                if name == "traceback" and not met:
                    met.append(name)
                    import traceback
            """)

    def test_silently(self):
        for keys in self.KEYS, ():
            done = self.check("", keys)
            self.assertEqual(self.first_lines(done.stderr), [])

    def test_without_the_traceback_module(self):
        done = self.check("sys.modules['traceback'] = None")
        self.assertEqual(self.first_lines(done.stderr), [])

    def test_somebody_in_between(self):
        # A finder that the import meets gains nothing from it.
        done = self.check("sys.meta_path.insert(0, __import__('types')."
                          "SimpleNamespace(find_spec=evil.find))")
        self.assertIn("importpolicy: evil may not import traceback",
                      done.stderr)


class LogTest(DenialTest):

    KEYS = {"version", "time", "pid", "thread", "kind", "what", "target",
            "principal", "principals", "chain", "policy", "verdict"}

    def setUp(self):
        super().setUp()
        self.scene.module("evil", """\
            def load():
                try:
                    import socket
                except ImportError:
                    pass
            """)

    def records(self, name="log.jsonl"):
        with open(os.path.join(self.scene.app, name)) as file:
            return list(map(json.loads, file))

    def test_record(self):
        path = self.scene.policy('{"$log": "log.jsonl",\n "socket": []}')
        done = self.run_scene("""
            import evil, os, threading
            evil.load(); evil.load()
            print(os.getpid(), threading.get_ident())
            """)
        pid, thread = map(int, done.stdout.split())
        first, second = self.records()
        self.assertEqual(first.keys(), self.KEYS)
        moment = first.pop("time")
        self.assertRegex(moment, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertLessEqual(moment, second.pop("time"))
        self.assertEqual(first, second)
        self.assertEqual(first, {
            "version": 1, "pid": pid, "thread": thread, "kind": "import",
            "what": "socket", "target": None,
            "principal": "evil", "principals": ["evil"],
            "chain": [
                {"principal": "evil", "line": 3,
                 "file": os.path.join(self.scene.deps, "evil.py")},
                {"principal": "__main__", "line": 3,
                 "file": os.path.join(self.scene.app, "main.py")}],
            "policy": {"file": path, "line": 2, "key": "socket"},
            "verdict": "refused"})

    def test_event_record(self):
        self.scene.policy({"$log": "log.jsonl", "socket": ["requests"]})
        self.scene.module("requests", "import socket\n")
        self.run_scene("""
            import requests
            try:
                requests.socket.socket()
            except PermissionError:
                pass
            """)
        record, = self.records()
        self.assertEqual((record["kind"], record["what"]),
                         ("event", "socket.__new__"))
        self.assertEqual(record["principals"], ["__main__"])

    def test_application_directory_is_not_current(self):
        # Relative to the policy, whatever the current directory becomes.
        self.scene.policy({"$log": "log.jsonl", "socket": []})
        self.run_scene("""
            import evil, os
            os.chdir("/")
            evil.load()
            """)
        self.assertEqual(len(self.records()), 1)

    def test_swallowed_refusal_is_told_once(self):
        self.scene.policy({"socket": []})
        self.scene.module("other", "import evil\n"
                                   "def load():\n"
                                   "    try:\n        import socket\n"
                                   "    except ImportError:\n        pass\n")
        done = self.run_scene("""
            import evil, other
            for i in range(3):
                evil.load()
                other.load()
            """)
        lines = self.first_lines(done.stderr)
        self.assertEqual(len(lines), 2, done.stderr)
        self.assertIn("evil may not import socket", lines[0])
        self.assertIn("other may not import socket", lines[1])

    def test_false_is_silent(self):
        self.scene.policy({"$log": False, "socket": []})
        done = self.run_scene("import evil; evil.load(); print('on')\n")
        self.assertEqual((done.stdout, done.stderr), ("on\n", ""))

    def test_standard_error(self):
        self.scene.policy({"$log": "-", "socket": []})
        done = self.run_scene("import evil; evil.load(); evil.load()\n")
        lines = done.stderr.splitlines()
        records = [json.loads(x) for x in lines if x.startswith("{")]
        self.assertEqual(len(records), 2)
        self.assertEqual(len(self.first_lines(done.stderr)), 1)

    def test_audit(self):
        # Nothing is refused, everything is told.
        self.scene.policy({"$mode": "audit", "$log": "log.jsonl",
                           "socket": []})
        done = self.run_scene("""
            import evil, sys
            evil.load()
            try:
                raise KeyError
            except KeyError as error:
                import socket
                print(sys.exception() is error)
            s = socket.socket()
            s.close()
            """)
        self.assertEqual(done.stdout, "True\n")
        records = self.records()
        self.assertEqual({r["verdict"] for r in records}, {"audit"})
        self.assertLessEqual(
            {("evil", "socket"), ("__main__", "socket"),
             ("__main__", "socket.__new__")},
            {(r["principal"], r["what"]) for r in records})
        lines = self.first_lines(done.stderr)
        self.assertTrue(lines)
        for line in lines:
            self.assertTrue(line.startswith("importpolicy: audit: "), line)

    def check_bad_log(self, log, why):
        self.scene.policy({"$log": log, "socket": []})
        done = self.run_scene("""
            import evil, sys
            evil.load(); evil.load()
            print("socket" in sys.modules)
            """)
        self.assertEqual(done.stdout, "False\n")
        lines = [x for x in self.first_lines(done.stderr) if "the log" in x]
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertIn(why, lines[0])
        self.assertIn("evil may not import socket", done.stderr)

    def test_log_in_absent_directory(self):
        self.check_bad_log("no/such/log", "No such file")

    def test_log_is_a_link(self):
        target = os.path.join(self.scene.root, "target")
        os.symlink(target, os.path.join(self.scene.app, "log"))
        self.check_bad_log("log", "symbolic link")
        self.assertFalse(os.path.exists(target))

    def test_log_is_a_pipe_without_a_reader(self):
        os.mkfifo(os.path.join(self.scene.app, "log"))
        self.check_bad_log("log", "nobody reads")

    def test_log_is_a_directory(self):
        os.mkdir(os.path.join(self.scene.app, "log"))
        self.check_bad_log("log", "directory")

    def test_closed_standard_error(self):
        # The number 2 may belong to something else by then.
        self.scene.policy({"$log": "-", "socket": []})
        done = self.run_scene("""
            import evil, os
            os.close(2)
            evil.load()
            fd = os.open(__file__ + ".db", os.O_RDWR | os.O_CREAT)
            try:
                import socket
            except ImportError:
                print(fd, os.fstat(fd).st_size)
            """)
        self.assertEqual(done.stdout, "2 0\n")

    def test_full_standard_error(self):
        # Whoever reads the other end may be a thread of this process.
        self.scene.policy({"socket": []})
        done = self.run_scene("""
            import evil, os, threading
            r, w = os.pipe()
            os.set_blocking(w, False)
            try:
                while True:
                    os.write(w, b"x" * 512)
            except BlockingIOError:
                os.set_blocking(w, True)
            ready = threading.Event()
            def read():
                ready.wait()
                os.read(r, 1 << 20)
            reader = threading.Thread(target=read)
            reader.start()
            os.dup2(w, 2)
            ready.set()
            evil.load()
            reader.join()
            print("on")
            """)
        self.assertEqual(done.stdout, "on\n")

    def test_many_processes_do_not_mix(self):
        self.scene.policy({"$log": "log.jsonl", "socket": []})
        self.run_scene("""
            import evil, os
            children = []
            for i in range(4):
                pid = os.fork()
                if pid == 0:
                    for j in range(50):
                        evil.load()
                    os._exit(0)
                children.append(pid)
            for pid in children:
                os.waitpid(pid, 0)
            """)
        records = self.records()
        self.assertEqual(len(records), 200)
        self.assertEqual(len({r["pid"] for r in records}), 4)

    def test_hostile_names_stay_in_their_line(self):
        name = "e\nvil\u2028\x1b"
        self.scene.policy({"$log": "log.jsonl", "socket": []})
        self.scene.module(name, "import socket\n")
        self.run_scene(f"""
            try:
                __import__({ascii(name)})
            except ImportError:
                pass
            """)
        record, = self.records()
        self.assertEqual(record["principal"], name)
        with open(os.path.join(self.scene.app, "log.jsonl"), "rb") as file:
            text = file.read()
        self.assertIsNone(re.search(rb"[^ -~\n]", text))
        self.assertEqual(text.count(b"\n"), 1)


if __name__ == "__main__":
    unittest.main()
