"""Permissions that name targets: what the operation really reaches counts."""

import os
import shutil
import socket
import unittest

from test.test_secman.support import SecmanTestCase

# Managers that allow everything but what the test is about.
REST = "GenericPermission(True), "


class FileTest(SecmanTestCase):

    def setUp(self):
        super().setUp()
        for name in "in/a", "out/b":
            self.write(name, name)
        os.symlink("../out/b", self.path("in", "link"))
        os.symlink("../in/a", self.path("out", "back"))
        os.symlink("../out", self.path("in", "dir"))

    def test_paths(self):
        self.assertTold(f"""
            manage({REST} FilePermission(True, FileTarget("in")))
            for path in ("in/a", "in/../in/a", "out/../in/a", "out/back",
                         "in/b", "out/b", "in/link", "in/dir/b",
                         "in/../out/b", "inside"):
                attempt(path, lambda: open(path, "r+").close())
            """, "in/a done", "in/../in/a done", "out/../in/a done",
            "out/back done",
            "in/b failed FileNotFoundError [Errno 2] No such file or "
            "directory: 'in/b'", "out/b refused", "in/link refused",
            "in/dir/b refused", "in/../out/b refused", "inside refused")

    def test_target_behind_a_link(self):
        self.assertTold(f"""
            manage({REST} FilePermission(True, FileTarget("in/dir")))
            attempt("out/b", lambda: open("out/b").close())
            attempt("in/dir/b", lambda: open("in/dir/b").close())
            attempt("in/a", lambda: open("in/a").close())
            """, "out/b done", "in/dir/b done", "in/a refused")

    def test_globs_and_refusals(self):
        self.assertTold(f"""
            root = os.getcwd()
            manage({REST} FilePermission(True, FileTarget(root)),
                   FilePermission(False, [FileTarget(root + "/*/b"),
                                          FileTarget(root + "/secret")]))
            attempt("in/a", lambda: open("in/a").close())
            attempt("out/b", lambda: open("out/b").close())
            attempt("secret", lambda: open("secret", "w").close())
            attempt("below", os.mkdir, "secret/x")
            """, "in/a done", "out/b refused", "secret refused",
            "below refused")

    def test_only_refusals(self):
        # The others are the next level's: here the family's.
        self.assertTold(f"""
            manage({REST} FilePermission(True), Permission(
                "open", False, FileTarget("out")))
            attempt("in/a", lambda: open("in/a").close())
            attempt("out/b", lambda: open("out/b").close())
            attempt("rmdir", os.rmdir, "out/nowhere")
            """, "in/a done", "out/b refused",
            "rmdir failed FileNotFoundError [Errno 2] No such file or "
            "directory: 'out/nowhere'")

    def test_modes(self):
        self.assertTold(f"""
            manage({REST} FilePermission(True, [
                FileTarget("in", mode="r"), FileTarget("out", mode="w")]))
            for path, mode in (("in/a", "r"), ("in/a", "a"), ("in/a", "r+"),
                               ("out/b", "r"), ("out/b", "a"),
                               ("out/b", "r+")):
                attempt(path + " " + mode,
                        lambda: open(path, mode).close())
            attempt("stat", os.stat, "in/a")
            attempt("chmod", os.chmod, "in/a", 0o600)
            attempt("fd", lambda: os.fdopen(os.dup(1), "w").close())
            """, "in/a r done", "in/a a refused", "in/a r+ refused",
            "out/b r refused", "out/b a done", "out/b r+ refused",
            "stat done", "chmod refused", "fd done")

    def test_both_ends(self):
        self.assertTold(f"""
            manage({REST} FilePermission(True, FileTarget("in")))
            attempt("out to in", os.rename, "out/b", "in/b")
            attempt("in to out", os.rename, "in/a", "out/a")
            attempt("link", os.link, "out/b", "in/b")
            attempt("symlink", os.symlink, "../out/b", "in/new")
            attempt("within", os.rename, "in/a", "in/c")
            attempt("back", os.rename, "in/c", "in/a")
            """, "out to in refused", "in to out refused", "link refused",
            "symlink refused", "within done", "back done")

    def test_directories(self):
        self.assertTold(f"""
            directory = os.open("out", os.O_RDONLY)
            manage({REST} FilePermission(True, FileTarget("in")))
            attempt("list", os.listdir, "out")
            attempt("scan", os.scandir, "out")
            attempt("dir_fd", os.open, "b", os.O_RDONLY, dir_fd=directory)
            attempt("stat", os.stat, "b", dir_fd=directory)
            attempt("fd", os.listdir, directory)
            attempt("in", os.listdir, "in")
            os.chdir("out")
            attempt("here", os.listdir)
            attempt("b", open, "b")
            """, "list refused", "scan refused", "dir_fd refused",
            "stat refused", "fd refused", "in done", "here refused",
            "b refused")

    def test_open_file(self):
        self.assertTold(f"""
            file = open("in/a", "r+")
            os.link("in/a", "out/same")
            manage({REST} FilePermission(True, FileTarget(file=file)))
            attempt("a", lambda: open("in/a").close())
            attempt("same", lambda: open("out/same").close())
            attempt("other", lambda: open("out/b").close())
            attempt("truncate", os.truncate, file.fileno(), 2)
            attempt("remove", os.remove, "in/a")
            file.close()
            """, "a done", "same done", "other refused", "truncate done",
            "remove done")

    def test_replaced_in_between(self):
        # What was judged is what is opened, whatever others do meanwhile.
        result = self.run_program(f"""
            import itertools, shutil
            os.mkdir("swap")
            with open("swap/x", "w") as file:
                file.write("inside")
            with open("out/x", "w") as file:
                file.write("outside")
            permission = FilePermission(True, FileTarget("swap"))
            stop = False
            def swap():
                root = os.getcwd()
                while not stop:
                    os.rename("swap", "kept")
                    os.symlink("out", "swap")
                    os.remove("swap")
                    os.rename("kept", "swap")
            thread = threading.Thread(target=swap)
            thread.start()
            def restricted():
                manage({REST} permission, thread=threading.get_ident())
                found = set()
                for i in range(3000):
                    try:
                        with open("swap/x") as file:
                            found.add(file.read())
                    except OSError as error:
                        pass
                tell(sorted(found - {{"inside"}}))
            other = threading.Thread(target=restricted)
            other.start()
            other.join()
            stop = True
            thread.join()
            """)
        self.assertEqual(result.lines, ["[]"], result.stderr)

    def test_arguments_of_classes(self):
        self.assertTold(f"""
            class Text(str):
                def __str__(self): return "in/a"
                __repr__ = __fspath__ = encode = __str__
            class Path:
                n = 0
                def __fspath__(self):
                    self.n += 1
                    return "in/a" if self.n > 1 else "out/b"
            manage({REST} FilePermission(True, FileTarget("in")))
            attempt("str", lambda: open(Text("out/b")).close())
            attempt("path", lambda: open(Path()).close())
            attempt("os.open", os.open, Path(), os.O_RDONLY)
            attempt("raised", sys.audit, "os.rmdir", Path(), -1)
            """, "str refused", "path refused", "os.open refused",
            "raised refused")

    def test_sqlite(self):
        self.assertTold(f"""
            import sqlite3
            before = sqlite3.connect(":memory:")
            manage({REST} FilePermission(True, FileTarget("in")),
                   SQLite3Permission(True, FileTarget("in")))
            attempt("memory", sqlite3.connect, ":memory:")
            attempt("in", sqlite3.connect, "in/db")
            attempt("out", sqlite3.connect, "out/db")
            attempt("attach", before.execute, "ATTACH 'out/db' AS x")
            attempt("attach in", before.execute, "ATTACH 'in/db' AS x")
            """, "memory done", "in done", "out refused", "attach refused",
            "attach in done")
        self.assertFalse(os.path.exists(self.path("out/db")))

    def test_extension_modules(self):
        from test.test_importpolicy.support import copy_extension
        if not copy_extension("_bisect", self.path("out"), "_bisect"):
            self.skipTest("no extension modules in this build")
        self.assertTold(f"""
            from importlib.machinery import ExtensionFileLoader
            import glob, importlib.util
            path = glob.glob("out/_bisect*")[0]
            manage({REST} Permission("import", True, FileTarget("in")))
            def load():
                spec = importlib.util.spec_from_file_location(
                    "_bisect", path,
                    loader=ExtensionFileLoader("_bisect", path))
                importlib.util.module_from_spec(spec)
            attempt("extension", load)
            import colorsys
            """, "extension refused")

    def test_places(self):
        self.assertTold(f"""
            manage({REST} FilePermission(True, [FileTarget("$TMP/x"),
                                                FileTarget("$HOME")]))
            attempt("tmp", os.stat, os.environ["TMPDIR"] + "/x")
            attempt("home", os.stat, os.environ["HOME"])
            attempt("out", os.stat, "out/b")
            """, *(["tmp failed FileNotFoundError [Errno 2] No such file or "
                    f"directory: '{self.path('out')}/x'", "home done",
                    "out refused"]),
            TMPDIR=self.path("out"), HOME=self.path("in"))


class CompiledTest(SecmanTestCase):
    """Compiled files are part of an import, unless they may be forged."""

    TEXT = """
        import importlib.util, importlib._bootstrap_external as external
        def forge(source):
            # Bytecode that says something else than its source.
            stat = os.stat(source)
            with open(importlib.util.cache_from_source(source),
                      "wb") as file:
                file.write(external._code_to_timestamp_pyc(
                    compile("text = 'forged'", source, "exec"),
                    stat.st_mtime, stat.st_size))
        sys.path.insert(0, "in")
        os.mkdir("in/__pycache__")
        forge("in/victim.py")
        os.link("in/__pycache__/victim.cpython-%d%d.pyc"
                % sys.version_info[:2], "in/bare.pyc")
        manage(*(eval(text) for text in sys.argv[1:]))
        import victim
        tell(victim.text)
        def bare():
            import bare
            tell(bare.text)
        attempt("bare", bare)
        """

    def told(self, *permissions):
        self.write("in/victim.py", "text = 'genuine'\n")
        result = self.run_program(self.TEXT, *permissions)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.lines

    def test_writable(self):
        self.assertEqual(self.told(
            "GenericPermission(True)", "Permission('marshal.loads', False)"),
            ["genuine", "bare refused"])

    def test_writable_by_target(self):
        self.assertEqual(self.told(
            "GenericPermission(True)", "Permission('marshal.loads', False)",
            "FilePermission(True, [FileTarget('in'), FileTarget('/', "
            "mode='r')])"),
            ["genuine", "bare refused"])

    def test_not_writable(self):
        self.assertEqual(self.told(
            "GenericPermission(True)", "Permission('marshal.loads', False)",
            "FilePermission(True, FileTarget('/', mode='r'))"),
            ["forged", "forged", "bare done"])

    def test_permitted(self):
        self.assertEqual(self.told("GenericPermission(True)"),
                         ["forged", "forged", "bare done"])


class HostTest(SecmanTestCase):

    def setUp(self):
        super().setUp()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.server.close)
        self.port = self.server.getsockname()[1]

    def told(self, target, text, *expected):
        return self.assertTold(f"""
            import socket
            port = {self.port}
            def connect(host, port=port):
                with socket.socket() as s:
                    s.connect((host, port))
            manage({REST} SocketPermission(True, {target}))
            """ + text, *expected)

    def test_addresses(self):
        self.told(f"HostTarget('127.0.0.1:{self.port}')", """
            attempt("address", connect, "127.0.0.1")
            attempt("decimal", connect, "2130706433")
            attempt("other port", connect, "127.0.0.1", 1)
            attempt("other", connect, "127.0.0.2")
            attempt("everyone", connect, "0.0.0.0")
            """, "address done", "decimal done", "other port refused",
            "other refused", "everyone done")

    def test_names(self):
        self.told(f"HostTarget('localhost:{self.port}')", """
            attempt("name", connect, "localhost")
            attempt("resolve", socket.getaddrinfo, "localhost", 80)
            attempt("other", socket.getaddrinfo, "example.invalid", 80)
            attempt("connect", connect, "example.invalid")
            attempt("create", lambda: socket.create_connection(
                ("localhost", port)).close())
            """, "name done", "resolve done", "other refused",
            "connect refused", "create done")

    def test_serving(self):
        self.told("[HostTarget('127.0.0.1:0'), HostTarget('127.0.0.1:1')]",
                  """
            with socket.socket() as s:
                attempt("bind", s.bind, ("127.0.0.1", 0))
                attempt("listen", s.listen)
            with socket.socket() as s:
                attempt("everywhere", s.bind, ("0.0.0.0", 0))
                attempt("listen", s.listen)
            """, "bind done", "listen done", "everywhere refused",
            "listen refused")

    def test_datagrams(self):
        self.told("HostTarget('127.0.0.1')", """
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                attempt("sendto", s.sendto, b"", ("127.0.0.1", 9))
                attempt("other", s.sendto, b"", ("127.0.0.2", 9))
                attempt("sendmsg", s.sendmsg, [b""], [], 0,
                        ("127.0.0.2", 9))
            """, "sendto done", "other refused", "sendmsg refused")

    def test_unix(self):
        self.told("HostTarget('unix:" + self.path("ok") + "')", """
            with socket.socket(socket.AF_UNIX) as s:
                attempt("bind", s.bind, "no")
                attempt("abstract", s.bind, "\\0name")
                attempt("bind", s.bind, "ok")
            """, "bind refused", "abstract refused", "bind done")

    def test_other_sockets(self):
        self.told("HostTarget('127.0.0.1')", """
            attempt("raw", socket.socket, socket.AF_INET, socket.SOCK_RAW)
            attempt("netlink", socket.socket, 16, socket.SOCK_RAW)
            attempt("stream", lambda: socket.socket().close())
            """, "raw refused", "netlink refused", "stream done")

    def test_modules(self):
        self.assertTold(f"""
            import ftplib, http.client, smtplib
            manage({REST} NetworkPermission(True, HostTarget("*.example")))
            for module in "http.client", "ftplib", "smtplib":
                for host in "x.example", "x.invalid":
                    attempt(module + " " + host, sys.audit,
                            module + ".connect", None, host, 80)
            """, *(f"{module} {host}" for module in
                   ("http.client", "ftplib", "smtplib")
                   for host in ("x.example done", "x.invalid refused")))

    def test_refused(self):
        self.told("[HostTarget('*:1'), HostTarget('127.0.0.0/8')]), "
                  "SocketPermission(False, HostTarget('127.0.0.3')", """
            attempt("address", connect, "127.0.0.1")
            attempt("excluded", connect, "127.0.0.3")
            """, "address done", "excluded refused")


class ProgramTest(SecmanTestCase):

    def told(self, text, *expected, target="ProgramTarget('true')", **env):
        return self.assertTold(f"""
            import shutil, subprocess
            manage({REST} ProcessPermission(True, {target}),
                   Permission("os.chdir", True))
            """ + text, *expected, **env)

    def test_names(self):
        true = shutil.which("true")
        self.told(f"""
            attempt("name", subprocess.run, ["true"], check=True)
            attempt("path", subprocess.run, [{true!r}], check=True)
            attempt("other", subprocess.run, ["ls"], check=True)
            attempt("shell", subprocess.run, "true", shell=True)
            attempt("system", os.system, "true")
            attempt("spawn", os.posix_spawn, {true!r}, ["true"], {{}})
            attempt("spawn ls", os.posix_spawn, "/bin/ls", ["true"], {{}})
            attempt("exec", os.execv, "/bin/ls", ["true"])
            """, "name done", "path done", "other refused", "shell refused",
            "system refused", "spawn done", "spawn ls refused",
            "exec refused")

    def test_another_of_that_name(self):
        shutil.copy(shutil.which("ls"), self.path("true"))
        self.told("""
            attempt("here", subprocess.run, ["./true"],
                    stdout=subprocess.DEVNULL)
            os.environ["PATH"] = os.getcwd() + ":" + os.environ["PATH"]
            attempt("path", subprocess.run, ["true"],
                    stdout=subprocess.DEVNULL)
            """, "here refused", "path refused")

    def test_executable(self):
        self.told("""
            attempt("executable", subprocess.run, ["true"],
                    executable="/bin/ls")
            attempt("name only", subprocess.run, ["ls"],
                    executable="/bin/true")
            """, "executable refused", "name only done")

    def test_child_environment_is_as_given(self):
        # Without a policy nothing is put into it.
        self.told("""
            result = subprocess.run(["env"], env={"A": "1"},
                                    capture_output=True, text=True)
            tell(result.stdout.strip())
            """, "A=1", target="ProgramTarget('env')")


class NameTest(SecmanTestCase):

    def test_modules(self):
        for name in "__init__", "good", "bad":
            self.write(f"package/{name}.py")
        self.write("packages.py")
        self.assertTold(f"""
            manage({REST} Permission("import", True, [
                ModuleTarget("package"), ModuleTarget("colorsys")]),
                Permission("import", False, ModuleTarget("package.bad")))
            for name in ("colorsys", "package.good", "package.bad",
                         "packages"):
                try:
                    __import__(name)
                except ImportError as error:
                    tell(name, type(error).__name__)
                else:
                    tell(name, "done")
            """, "colorsys done", "package.good done",
            "package.bad ImportDenied", "packages ImportDenied")

    def test_variables(self):
        self.assertTold(f"""
            manage({REST} ProcessPermission(True, [EnvTarget("MY_*"),
                                                   EnvTarget("TZ")]))
            for name in "MY_NAME", "TZ", "PATH":
                attempt(name, os.putenv, name, "x")
                attempt(name, os.unsetenv, name)
            """, "MY_NAME done", "MY_NAME done", "TZ done", "TZ done",
            "PATH refused", "PATH refused")

    def test_code(self):
        self.assertTold(f"""
            def known(): return 1
            def other(): return 2
            first = compile("1", "first", "eval")
            second = compile("1", "second", "eval")
            third = compile("1", "third", "eval")
            manage({REST} Permission("exec", True, [
                CodeTarget(known), CodeTarget(first),
                CodeTarget(filename="sec*")]),
                Permission("function.__new__", True, CodeTarget(
                    name="known")))
            attempt("known", exec, known.__code__)
            attempt("other", exec, other.__code__)
            attempt("first", eval, first)
            attempt("equal", eval, first.replace())
            attempt("second", eval, second)
            attempt("third", eval, third)
            new = type(known)
            attempt("new known", new, known.__code__, {{}})
            attempt("new other", new, other.__code__, {{}})
            """, "known done", "other refused", "first done",
            "equal refused", "second done", "third refused",
            "new known done", "new other refused")

    def test_compile(self):
        self.assertTold(f"""
            manage({REST} Permission("compile", True, CodeTarget(
                filename="<string>")))
            attempt("string", compile, "1", "<string>", "eval")
            attempt("other", compile, "1", "/x.py", "eval")
            attempt("eval", eval, "1")
            """, "string done", "other refused", "eval done")

    def test_frames(self):
        self.assertTold(f"""
            def mine():
                return sys._getframe()
            def other():
                return sys._getframe()
            manage({REST} Permission("sys._getframe", True, FrameTarget(
                mine)), Permission("object.__getattr__", True, [
                CodeTarget(filename="*"), FrameTarget(name="mine")]))
            attempt("mine", mine)
            attempt("other", other)
            attempt("code", lambda: other.__code__)
            try:
                1/0
            except ZeroDivisionError as error:
                attempt("traceback", lambda: error.__traceback__.tb_frame)
            """, "mine done", "other refused", "code done",
            "traceback refused")


if __name__ == "__main__":
    unittest.main()
