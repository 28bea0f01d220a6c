"""What the standard library finds in tables that anybody can write."""

import importlib.util
import textwrap
import unittest

from test.test_importpolicy.support import JudgementTestCase

has_sqlite3 = importlib.util.find_spec("_sqlite3") is not None


class FoundTest(JudgementTestCase):

    # Where evil puts a function, and what the application does then; "vault"
    # is the argument of the function, or its first one.
    ways = {
        "pattern": ("re._cache2[str, '[a-z]+', 0] = re._cache["
                    "str, '[a-z]+', 0] = types.SimpleNamespace("
                    "match=function)",
                    "re.match('[a-z]+', 'vault')"),
        "copier": ("copy._copy_dispatch[Text] = function",
                   "copy.copy(evil.Text('vault'))"),
        "filter": ("logging.setLogRecordFactory(record);"
                   "logging.getLogger().addFilter(function)",
                   "logging.warning('text')"),
        "scanner": ("json._default_decoder.scan_once = function",
                    "json.loads('vault')"),
        "loader": ("sys.meta_path.insert(0, Finder(function))",
                   "import fancy"),
        "logger": ("logging.setLogRecordFactory(record);"
                   "logging.getLogger().handle = function",
                   "logging.warning('text')"),
        "style": ("logging.setLogRecordFactory(record);"
                  "logging.basicConfig();"
                  "formatter = logging.root.handlers[0].formatter;"
                  "formatter._style.format = function",
                  "logging.warning('text')"),
        "mail": ("vars(email.policy.compat32)['header_fetch_parse'] ="
                 " function",
                 "email.message_from_string('vault: text')['vault']"),
        "settings": ("settings.read_string('[own]\\n');"
                     "settings.optionxform = function",
                     "evil.settings.get('own', 'vault')"),
        "queue": ("queue = types.SimpleNamespace(put_nowait=function);"
                  "handler = logging.handlers.QueueHandler(queue);"
                  "handler.prepare = lambda record: 'vault';"
                  "logging.getLogger().addHandler(handler)",
                  "logging.warning('text')"),
        "rotator": ("rotating.rotator = function",
                    "evil.rotating.rotate('vault', 'text')"),
        "writer": ("writer.encode = function",
                   "evil.writer.write('vault')"),
        "debugger": ("sys.breakpointhook = function",
                     "breakpoint('vault')"),
    }
    of_c = ("pattern", "copier", "filter", "loader", "logger", "style",
            "settings", "queue", "rotator", "writer", "debugger")
    evil = """
        import codecs, configparser, copy, email.policy, io, json, os, re
        import logging.handlers, sys, types
        rotating = logging.handlers.RotatingFileHandler(os.devnull,
                                                        delay=True)
        writer = codecs.getwriter("latin-1")(io.BytesIO())
        settings = configparser.ConfigParser()
        from importlib.machinery import ModuleSpec
        class Loader:
            create_module = lambda self, spec: Text("vault")
        class Finder:
            def __init__(self, function):
                self.function = function
            def find_spec(self, name, path=None, target=None):
                if name == "fancy":
                    loader = Loader()
                    loader.exec_module = self.function
                    return ModuleSpec(name, loader)
        class Text(str):
            getMessage = lambda self: "text"
        def record(*args, **kwargs):
            text = Text("vault")
            vars(text).update(vars(logging.LogRecord(*args, **kwargs)))
            return text
        def own(name, *args):
            import vault
        def put(function):
            {}
        """

    def check(self, expected, function, granted, ways=ways):
        for way in ways:
            put, call = self.ways[way]
            with self.subTest(way):
                self.world.modules(
                    evil=textwrap.dedent(self.evil).format(put),
                    good="def get(*args):\n    import vault\n")
                self.judge({"vault": granted}, textwrap.dedent(f"""
                    import copy, email, json, logging, re
                    import evil, good
                    def own(*args):
                        import vault
                    evil.put({function})
                    try:
                        {call}
                    except Exception as e:
                        print(type(e).__name__)
                    """))
                self.assertEqual(self.world.marks(),
                                 {"vault"} if expected else set())

    def test_shown(self):
        """A function shows whose it is, or that it is the application's."""
        self.check(True, "evil.own", ["evil"])
        self.check(False, "evil.own", ["__main__", "good"])
        self.check(True, "good.get", ["good"])
        self.check(True, "own", ["__main__"])

    def test_of_c(self):
        """One of C is nobody's that is known."""
        self.check(False, "__import__", ["__main__", "evil", "good"],
                   self.of_c)
        self.check(True, "__import__", "*", self.of_c)

    def test_of_the_library(self):
        """So is one of the standard library."""
        ways = self.of_c
        function = "__import__('importlib').import_module"
        self.check(False, function, ["__main__", "evil", "good"], ways)
        self.check(True, function, "*", ways)


class AsEverTest(JudgementTestCase):
    """What calls them does what it is meant to."""

    def check(self, out, program):
        result = self.judge(
            {"$default": "deny",
             "$permissions": {"__main__": {"write": True, "read": True,
                                           "patch": True, "net": True,
                                           "sys": True}}},
            f"root = {self.world.path('')!r}\n" + textwrap.dedent(program))
        self.assertIsNone(result.denied, result)
        self.assertEqual(result.out.split(), out, result)

    def test_rotated(self):
        self.check(["log", "log.1"], """
            import logging.handlers, os
            os.mkdir(root + "/logs")
            handler = logging.handlers.RotatingFileHandler(
                root + "/logs/log", maxBytes=1, backupCount=1)
            logging.root.addHandler(handler)
            logging.warning("one")
            logging.warning("two")
            print(*sorted(os.listdir(root + "/logs")))
            """)

    def test_coded(self):
        self.check(["text", "text", "text"], """
            import codecs, os
            path = root + "/text"
            for name in "latin-1", "utf-16", "cp1252":
                with open(path, "wb") as raw:
                    codecs.EncodedFile(raw, "utf-8", name).write(b"text")
                with codecs.open(path, "r", name) as file:
                    print(file.read())
            """)

    def test_debugger(self):
        for hook in "sys.breakpointhook", "pdb.set_trace":
            self.check(["42"], f"""
                import io, os, pdb, sys
                sys.breakpointhook = {hook}
                told = sys.stdout
                sys.stdin = io.StringIO("print(6 * 7)\\nc\\n")
                sys.stdout = io.StringIO()
                breakpoint()
                sys.stdout, said = told, sys.stdout.getvalue()
                print("42" if "42" in said else said)
                """)

    def test_converted(self):
        self.check(["text", "[1]", "text"], """
            import argparse, json, pathlib
            path = root + "/text"
            parser = argparse.ArgumentParser()
            parser.register("type", "opened", open)
            parser.add_argument("write", type=argparse.FileType("w"))
            parser.add_argument("data", type=json.loads)
            parser.add_argument("path", type=pathlib.Path)
            parser.add_argument("read", type="opened")
            taken = parser.parse_args([path, "[1]", "text", path])
            taken.write.write("text")
            taken.write.close()
            print(taken.path, taken.data, taken.read.read())
            """)

    def test_cleaned_up(self):
        self.check(["one", "three", "two", "four", "five"], """
            import asyncio, os, unittest
            paths = [root + "/" + name for name in
                     ("one", "two", "three", "four", "five")]
            for path in paths:
                open(path, "w").close()
            class Within:
                async def __aenter__(self):
                    pass
                async def __aexit__(self, *args):
                    os.remove(paths[2])
                    print("three")
            class Tests(unittest.IsolatedAsyncioTestCase):
                async def test(self):
                    await self.enterAsyncContext(Within())
                    self.addCleanup(print, "one")
                    self.addCleanup(os.remove, paths[0])
                    self.addAsyncCleanup(asyncio.sleep, 0)
            class Others(unittest.TestCase):
                @classmethod
                def setUpClass(cls):
                    cls.addClassCleanup(print, "four")
                    cls.addClassCleanup(os.remove, paths[3])
                def test(self):
                    self.addCleanup(print, "two")
                    self.addCleanup(os.remove, paths[1])
            def setUpModule():
                unittest.addModuleCleanup(print, "five")
                unittest.addModuleCleanup(os.remove, paths[4])
            suite = unittest.TestSuite([Tests("test"), Others("test")])
            result = unittest.TestResult()
            suite.run(result)
            for failed in result.errors:
                print(*failed)
            assert not any(map(os.path.exists, paths))
            """)


    def test_meant_by_classes(self):
        self.check(["context", "four", "one", "three", "two"], """
            import _threading_local, asyncio, contextlib, copy, dataclasses
            import os, tempfile, threading, typing, unittest
            root += "/own/"
            os.mkdir(root)
            @dataclasses.dataclass
            class Path:
                path: str
                def __post_init__(self):
                    os.mkdir(root + self.path)
            copy.replace(Path("one"), path="two")
            class Protocol(typing.Protocol):
                pass
            class Worker(Protocol, threading.Thread):
                def run(self):
                    os.mkdir(root + "three")
                    local.path
            class Local(_threading_local.local):
                def __init__(self, path):
                    self.path = path
                    os.makedirs(root + path, exist_ok=True)
            local = Local("four")
            os.rmdir(root + "four")
            worker = Worker()
            worker.start()
            worker.join()
            with contextlib.ExitStack() as stack:
                name = stack.enter_context(
                    tempfile.TemporaryDirectory(dir=root))
                file = stack.enter_context(open(name + "/file", "w"))
                print("context", file=stack.enter_context(
                    contextlib.redirect_stdout(file)) and file)
                file.flush()
                text = open(name + "/file").read()
            print(text)
            class Tests(unittest.TestCase):
                def test(self):
                    self.enterContext(tempfile.TemporaryDirectory(dir=root))
            result = unittest.TestResult()
            Tests("test").run(result)
            for failed in result.errors:
                print(*failed)
            async def within():
                async with contextlib.AsyncExitStack() as stack:
                    await stack.enter_async_context(asyncio.timeout(10))
            asyncio.run(within())
            print(*sorted(os.listdir(root)))
            """)


class TableTest(JudgementTestCase):
    """Where functions are registered: what was put there past that is known
    to be nobody's.  (exec() takes bytes as well as text.)"""

    # How a function is registered, how it is put there, and what calls it.
    ways = {
        "converter": ("sqlite3.register_converter('own', function)",
                      "sqlite3.converters['OWN'] = function",
                      "sqlite3.connect(':memory:', detect_types=2).execute("
                      "\"select ? as 'x [own]'\", (TEXT,)).fetchall()"),
        "adapter": ("sqlite3.register_adapter(evil.Text, function)",
                    "sqlite3.adapters[evil.Text, sqlite3.PrepareProtocol]"
                    " = function",
                    "sqlite3.connect(':memory:').execute("
                    "'select ?', (evil.Text(TEXT, 'utf-8'),))"),
        "encoder": ("encoder = json.JSONEncoder(default=function)",
                    "encoder = json.JSONEncoder();"
                    "encoder.default = function",
                    "encoder.encode(TEXT)"),
        "encoder that goes on": (
            "encoder = json.JSONEncoder(default=function)",
            "encoder = json._default_encoder; encoder.default = function",
            "list(encoder.iterencode(TEXT))"),
        "parser": (
            "encoder = argparse.ArgumentParser();"
            "encoder.add_argument('own', type=function)",
            "encoder = argparse.ArgumentParser();"
            "encoder.add_argument('own').type = function",
            "encoder._get_value(encoder._actions[-1], TEXT)"),
        "parser that has types": (
            "encoder = argparse.ArgumentParser();"
            "encoder.register('type', None, function);"
            "encoder.add_argument('own')",
            "encoder = argparse.ArgumentParser();"
            "encoder._registries['type'][None] = function;"
            "encoder.add_argument('own')",
            "encoder._get_value(encoder._actions[-1], TEXT)"),
        "test": ("encoder = unittest.FunctionTestCase(None);"
                 "encoder.addCleanup(function, b'import vault')",
                 "encoder = unittest.FunctionTestCase(None);"
                 "encoder._cleanups.append((function, [b'import vault'], {}))",
                 "encoder.doCleanups()"),
        "tests": ("unittest.addModuleCleanup(function, b'import vault')",
                  "unittest.case._module_cleanups.append("
                  "(function, [b'import vault'], {}))",
                  "unittest.doModuleCleanups()"),
        "class of tests": (
            "encoder = type('Tests', (unittest.TestCase,), {});"
            "encoder.addClassCleanup(function, b'import vault')",
            "encoder = type('Tests', (unittest.TestCase,), {});"
            "encoder._class_cleanups.append("
            "(function, [b'import vault'], {}))",
            "encoder.doClassCleanups()"),
    }

    def program(self, way, put, function, by_evil):
        """It registers the function, or puts it there."""
        text = "global encoder\n    " + self.ways[way][0 if not put else 1]
        put = ("def put(function):\n"
               "    import argparse, evil, json, sqlite3, unittest\n"
               f"    {text}\n")
        self.world.modules(
            good="def get(*args):\n    import vault\n",
            evil="class Text(str):\n    pass\n"
                 "def own(*args):\n    import vault\n"
                 "class Own:\n    __init__ = own\n" + put)
        return textwrap.dedent(f"""
            import argparse, evil, good, json, sqlite3, unittest
            TEXT = b"import vault"
            def own(*args):
                import vault
            class Own:
                __init__ = own
            {{}}
            {'evil.put' if by_evil else 'put'}({function})
            try:
                if hasattr(evil, "encoder"):
                    encoder = evil.encoder
                {self.ways[way][2]}
            except Exception as e:
                print(type(e).__name__)
            """).format(put)

    def check(self, expected, granted, put, function="exec", by_evil=True):
        if not has_sqlite3:
            self.skipTest("no sqlite3")
        for way in self.ways:
            with self.subTest(way, granted=granted):
                main = self.program(way, put, function, by_evil)
                result = self.judge({"vault": granted}, main)
                self.assertEqual(result.code, 0, result)
                self.assertEqual(self.world.marks(),
                                 {"vault"} if expected else set(), result)

    def test_registered_by_application(self):
        self.check(True, ["__main__"], False, by_evil=False)
        self.check(False, ["evil", "good"], False, by_evil=False)

    def test_registered_by_a_package(self):
        """It acts beside whoever has it called."""
        self.check(True, ["evil"], False)
        self.check(False, ["__main__", "good"], False)

    def test_class(self):
        for by_evil, function, owner in ((False, "Own", "__main__"),
                                         (True, "evil.Own", "evil")):
            self.check(True, [owner], False, function, by_evil)
            self.check(False, ["good"], False, function, by_evil)

    def test_put_there(self):
        self.check(False, ["__main__", "evil", "good"], True)
        self.check(True, "*", True)

    def test_put_there_by_application(self):
        """Nobody can tell."""
        self.check(False, ["__main__", "evil", "good"], True, by_evil=False)

    def test_shown(self):
        for put in False, True:
            self.check(True, ["evil"], put, "evil.own")
            self.check(False, ["__main__", "good"], put, "evil.own")
            self.check(True, ["__main__"], put, "own", by_evil=False)

    def test_of_another(self):
        """Registered, both act; put there, the function shows its owner."""
        self.check(True, ["evil", "good"], False, "good.get")
        self.check(False, ["good"], False, "good.get")
        self.check(True, ["good"], True, "good.get")

    def test_of_sqlite3_itself(self):
        """Its own adapters may say that they are deprecated."""
        if not has_sqlite3:
            self.skipTest("no sqlite3")
        result = self.judge({"$default": "deny"}, """
            import datetime, sqlite3
            database = sqlite3.connect(":memory:")
            database.execute("select ?", (datetime.date(2024, 1, 1),))
            """, "-W", "always")
        self.assertEqual(result.code, 0, result)
        self.assertIn("DeprecationWarning", result.err)
        self.assertIn('  database.execute("select ?", ', result.err)
        self.assertIsNone(result.denied, result)


class ArchiveTest(JudgementTestCase):

    def check(self, expected, granted, function):
        self.world.modules(good="def get(*args, **names):\n"
                                "    import vault\n")
        result = self.judge({"vault": granted}, f"""
            import good, os, shutil
            def own(*args, **names):
                import vault
            shutil.register_archive_format("own", {function})
            shutil.register_unpack_format("own", [".own"], {function})
            for act in shutil.unpack_archive, shutil.make_archive:
                try:
                    act("file.own", "own")
                except Exception as e:
                    print(type(e).__name__)
            """)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(self.world.marks(),
                         {"vault"} if expected else set(), result)

    def test_shown(self):
        self.check(True, ["__main__"], "own")
        self.check(True, ["good"], "good.get")
        self.check(False, ["__main__"], "good.get")

    def test_partial(self):
        """It stands for what it calls."""
        self.check(True, ["__main__"], "__import__('functools').partial(own)")

    def test_formats_of_the_library(self):
        """They act for whoever makes an archive, as what looks for them."""
        result = self.judge(
            {"$default": "deny",
             "$permissions": {"__main__": {"write": True, "read": True}}},
            f"""
            import os, shutil
            root = {self.world.path("archives")!r}
            os.makedirs(root + "/in")
            open(root + "/in/file", "w").close()
            for name in "zip", "tar":
                path = shutil.make_archive(root + "/x", name, root + "/in")
                shutil.unpack_archive(path, f"{{root}}/out/{{name}}")
                print(*os.listdir(f"{{root}}/out/{{name}}"))
            """)
        self.assertEqual(result.out.split(), ["file", "file"], result)
        self.assertIsNone(result.denied, result)


class WithinTest(JudgementTestCase):
    """contextmanager() makes a function of the standard library's of what it
    is given."""

    def check(self, expected, granted, manager):
        self.world.modules(good="""
            def get(name):
                yield __import__(name)
            def enter(self):
                import vault
            """)
        result = self.judge({"vault": granted}, f"""
            import contextlib, good
            def own(name):
                yield __import__(name)
            @contextlib.contextmanager
            def nothing(name):
                yield
            try:
                {manager}
            except Exception as e:
                print(type(e).__name__)
            """)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(self.world.marks(),
                         {"vault"} if expected else set(), result)

    def test_generators(self):
        for owner, function in ("__main__", "own"), ("good", "good.get"):
            manager = (f"with contextlib.contextmanager({function})('vault'):"
                       " pass")
            with self.subTest(owner):
                self.check(True, [owner], manager)
                self.check(False, [], manager)

    def test_decorator(self):
        manager = "contextlib.contextmanager(own)('vault')(len)('text')"
        self.check(True, ["__main__"], manager)
        self.check(False, ["good"], manager)

    def test_of_the_library(self):
        """Its own generators act for whoever had them made."""
        text = ("from xml.etree import ElementTree\n"
                "def write(path):\n"
                "    element = ElementTree.Element('a')\n"
                "    ElementTree.ElementTree(element).write(path)\n")
        self.world.modules(good=text)
        path = self.world.path("effects", "written")
        for owner, before, write in (("__main__", text, "write"),
                                     ("good", "import good\n", "good.write")):
            for granted in True, False:
                with self.subTest(owner, granted=granted):
                    self.judge({"$permissions": {owner: {"write": granted}}},
                               f"{before}{write}({path!r})\n")
                    self.assertEqual(self.world.marks(),
                                     {"written"} if granted else set())

    def test_of_c(self):
        manager = "contextlib.contextmanager(__import__)('vault')"
        self.check(False, ["__main__", "good"], manager)
        self.check(True, "*", manager)

    def test_closures(self):
        """What a closure beside it calls is looked at, too."""
        self.check(False, ["__main__"], "contextlib.contextmanager("
                   "contextlib.ContextDecorator()(__import__))('vault')")
        self.check(False, ["__main__"], "contextlib.contextmanager("
                   "nothing('vault')(__import__))('vault')")
        manager = ("Own = type('Own', (contextlib.ContextDecorator,), {"
                   "'__enter__': {}, '__exit__': lambda *args: None});"
                   "contextlib.contextmanager(Own()(own))('vault')")
        self.check(True, ["good"], manager.replace(
            "{}", "good.enter"))
        self.check(True, ["__main__"], manager.replace(
            "{}", "lambda self: __import__('vault')"))

    def test_of_c_later(self):
        manager = ("it = nothing('vault'); it.func = __import__;"
                   "it(len)('text')")
        self.check(False, ["__main__", "good"], manager)
        self.check(True, "*", manager)


class ReceiverTest(JudgementTestCase):
    """What receives data for the application may be anybody's."""

    # How a protocol is connected, to what a text can be sent.
    ways = {
        "stream": ("one, other = socket.socketpair()",
                   "loop.connect_accepted_socket(protocol, one)",
                   "other.send"),
        "datagram": ("one, other = socket.socketpair(type=2)",
                     "loop.create_datagram_endpoint(protocol, sock=one)",
                     "other.send"),
        "pipe": ("one, other = os.pipe()",
                 "loop.connect_read_pipe(protocol, os.fdopen(one, 'rb'))",
                 "lambda data: os.write(other, data)"),
    }

    def check(self, expected, granted, receive):
        self.world.modules(good="""
            def get(*args):
                import vault
            class Own:
                datagram_received = data_received = get
            """)
        for way, (pair, connect, send) in self.ways.items():
            with self.subTest(way, granted=granted):
                result = self.judge({"vault": granted}, f"""
                    import asyncio, good, os, socket, types
                    def own(*args):
                        import vault
                    def protocol():
                        receive = {receive}
                        return types.SimpleNamespace(
                            connection_made=print, connection_lost=print,
                            eof_received=print, data_received=receive,
                            datagram_received=receive)
                    async def main():
                        loop = asyncio.get_running_loop()
                        {pair}
                        await {connect}
                        ({send})(b"import vault")
                        await asyncio.sleep(0.05)
                    asyncio.run(main())
                    """)
                self.assertEqual(result.code, 0, result)
                self.assertEqual(self.world.marks(),
                                 {"vault"} if expected else set(), result)

    def test_shown(self):
        self.check(True, ["__main__"], "own")
        self.check(True, ["good"], "good.get")
        self.check(True, ["good"], "good.Own().data_received")
        self.check(False, ["__main__"], "good.get")

    def test_partial(self):
        self.check(True, ["__main__"], "__import__('functools').partial(own)")

    def test_of_c(self):
        self.check(False, ["__main__", "good"], "exec")
        self.check(True, "*", "exec")

    def test_streams(self):
        """The standard library's own protocols act for nobody but whoever
        waits for what they receive."""
        result = self.judge({"vault": ["__main__"]}, """
            import asyncio, os, socket
            async def main():
                one, other = socket.socketpair()
                reader, writer = await asyncio.open_connection(sock=one)
                other.send(b"vault\\n")
                __import__((await reader.readline()).decode().strip())
                writer.close()
            asyncio.run(main())
            """)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(self.world.marks(), {"vault"}, result)


class MimeTypesTest(JudgementTestCase):

    def check(self, expected, policy, named):
        path = self.world.write("private/secret", "secret/type secretly\n")
        self.world.modules(evil=f"""
            import mimetypes
            class Same(str):
                __hash__ = str.__hash__
                def __eq__(self, other):
                    return True
            mimetypes.knownfiles.append({named})
            """.replace("PATH", repr(path)))
        result = self.judge(policy, f"""
            import evil, mimetypes
            mimetypes.init({[path] if expected else None})
            print(mimetypes.guess_type("file.secretly")[0])
            """)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.out.split()[-1:],
                         ["secret/type" if expected else "None"], result)

    def test_added(self):
        """Everybody finds what is in it, so nobody known has it read."""
        policy = {"$permissions": {"__main__": {"read": True},
                                   "evil": {"read": False}}}
        for named in "PATH", "Same(PATH)", "__import__('pathlib').Path(PATH)":
            with self.subTest(named):
                self.check(False, policy, named)

    def test_given(self):
        policy = {"$permissions": {"__main__": {"read": True},
                                   "evil": {"read": False}}}
        self.check(True, policy, "'/nowhere/mime.types'")

    def test_free(self):
        """Where reading is free, nothing is refused."""
        path = self.world.write("private/secret", "secret/type secretly\n")
        result = self.judge({"$permissions": {"evil": {"net": False}}}, f"""
            import mimetypes
            mimetypes.knownfiles.append({path!r})
            print(mimetypes.guess_type("file.secretly")[0])
            """)
        self.assertEqual(result.out.split(), ["secret/type"], result)


class GeneratorTest(JudgementTestCase):

    def test_that_writes(self):
        """A generator of the standard library whose code calls write() acts
        for whoever made it, as all others."""
        self.world.modules(good="""
            import inspect
            from xml.etree import ElementTree
            def make(path):
                return inspect.unwrap(ElementTree._get_writer)(path, "utf-8")
            """)
        path = self.world.path("effects", "written")
        main = f"import good\nfor _ in good.make({path!r}): pass\n"
        for granted in True, False:
            self.judge({"$permissions": {"good": {"write": granted}}}, main)
            self.assertEqual(self.world.marks(),
                             {"written"} if granted else set())


class OwnTest(JudgementTestCase):
    """What the standard library calls of its own, and of others' objects."""

    def check(self, main, granted, deps="class Empty:\n    pass\n"):
        self.world.modules(good=textwrap.dedent(deps))
        result = self.judge({"vault": granted}, main)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(self.world.marks(), {"vault"}, result)

    def test_copied(self):
        self.check("import copy, good\ncopy.deepcopy([good.Own()])\n",
                   ["good"], """
            class Own:
                def __deepcopy__(self, memo):
                    import vault
            """)

    def test_reduced(self):
        self.check("import copy, good\ncopy.copy(good.Own())\n", ["good"], """
            class Own:
                def __reduce_ex__(self, protocol):
                    import vault
                    return "text"
            """)

    def test_reconstructed(self):
        self.check("import copy, good\ncopy.copy(good.Own())\n"
                   "copy.deepcopy(good.Own())\n", ["good"], """
            class Own:
                def __reduce_ex__(self, protocol):
                    return make, ()
            def make():
                import vault
            """)

    def test_made_later(self):
        """What a copy is made of acts for the same as before."""
        self.check("import copy, functools, good\n"
                   "copy.copy(functools.partial(good.get))()\n"
                   "copy.deepcopy(functools.partial(good.get))()\n",
                   ["good"], "def get():\n    import vault\n")

    def test_logged(self):
        self.check("import logging, good\n"
                   "logging.getLogger().addHandler(good.Own())\n"
                   "logging.warning('text')\n", ["good"], """
            import logging
            class Own(logging.Handler):
                def emit(self, record):
                    import vault
            """)

    def test_handler_of_the_library(self):
        self.check("import logging.handlers\n"
                   "class Own(logging.handlers.MemoryHandler):\n"
                   "    def flush(self):\n        import vault\n"
                   "logging.getLogger().addHandler(Own(1))\n"
                   "logging.warning('text')\n", ["__main__"])

    def test_replaced(self):
        self.check("import re, good\nre.sub('a', good.get, 'a')\n", ["good"],
                   "def get(match):\n    import vault\n    return ''\n")

    def test_hook(self):
        self.check("import json, good\n"
                   "json.loads('{}', object_hook=good.get)\n", ["good"],
                   "def get(o):\n    import vault\n")

    def test_default(self):
        self.check("import json, good\n"
                   "json.dumps(object(), default=good.get)\n", ["good"],
                   "def get(o):\n    import vault\n")


class WarningTest(JudgementTestCase):

    def test_call_that_warns(self):
        """What calls what it finds may warn of how it is called, with the
        line that is the application's own."""
        result = self.judge({"$default": "deny"}, """
            import re
            re.sub("a", "b", "a", 1)
            """, "-W", "always")
        self.assertEqual(result.code, 0, result)
        self.assertIn("DeprecationWarning", result.err)
        self.assertIn('  re.sub("a", "b", "a", 1)', result.err)
        self.assertIsNone(result.denied, result)


if __name__ == "__main__":
    unittest.main()
