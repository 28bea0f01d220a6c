"""The importpolicy package and the binding below it."""

import copy
import json
import os
import pickle
import subprocess
import sys
import tempfile
import unittest

import _importpolicy
import importpolicy
from test.test_importpolicy.support import Scene


class ClassTest(unittest.TestCase):
    """The exceptions as classes; real refusals are in test_policy_denial."""

    def test_bases(self):
        self.assertEqual(importpolicy.SecurityError.__bases__, (Exception,))
        self.assertEqual(importpolicy.ImportDenied.__bases__,
                         (importpolicy.SecurityError, ModuleNotFoundError))
        self.assertEqual(importpolicy.AccessDenied.__bases__,
                         (importpolicy.SecurityError, PermissionError))

    def test_names(self):
        for name in "SecurityError", "ImportDenied", "AccessDenied":
            cls = getattr(importpolicy, name)
            self.assertEqual(cls.__module__, "importpolicy")
            self.assertEqual(cls.__qualname__, name)
            self.assertTrue(cls.__doc__)

    def test_made_by_hand(self):
        error = importpolicy.ImportDenied("text", name="socket")
        self.assertEqual((str(error), error.name, error.path),
                         ("text", "socket", None))
        for name in "principal", "module", "policy", "line", "code":
            self.assertIsNone(getattr(error, name))
        self.assertEqual(error.chain, ())
        error = importpolicy.AccessDenied(13, "text")
        self.assertEqual((str(error), error.errno), ("text", 13))
        self.assertIsNone(error.event)
        self.assertIsNone(error.target)
        self.assertEqual(str(importpolicy.AccessDenied("text")), "text")
        self.assertEqual(str(importpolicy.AccessDenied()), "")

    def test_pickle_and_copy(self):
        error = importpolicy.ImportDenied("text", name="socket")
        error.chain = (("a", "b", 1),)
        access = importpolicy.AccessDenied(13, "text")
        access.event = "socket.bind"
        plain = importpolicy.SecurityError("text")
        for original in error, access, plain:
            others = [copy.copy(original), copy.deepcopy(original)]
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                text = pickle.dumps(original, protocol)
                others.append(pickle.loads(text))
            for other in others:
                self.assertIs(type(other), type(original))
                self.assertEqual(str(other), "text")
                self.assertEqual(vars(other), vars(original))
        self.assertEqual(copy.copy(error).name, "socket")

    def test_classes_cannot_be_changed(self):
        for cls in (importpolicy.SecurityError, importpolicy.ImportDenied,
                    importpolicy.AccessDenied):
            with self.assertRaises(TypeError):
                cls.__init__ = None
            with self.assertRaises(TypeError):
                cls.principal = "other"

    def test_subclass(self):
        class Mine(importpolicy.AccessDenied):
            pass
        self.assertIsInstance(Mine(1, "x"), PermissionError)
        self.assertEqual(str(Mine(1, "x")), "x")


class RecordTest(unittest.TestCase):

    def test_read_only(self):
        rule = importpolicy.Rule(key="socket", file="f", line=1,
                                 principals=("a",))
        with self.assertRaises(AttributeError):
            rule.line = 2
        with self.assertRaises(AttributeError):
            rule.other = 2
        with self.assertRaises(AttributeError):
            del rule.line
        self.assertEqual(repr(rule),
                         "Rule(key='socket', file='f', line=1, "
                         "principals=('a',))")

    def test_fields(self):
        with self.assertRaises(TypeError):
            importpolicy.Rule(key="socket")
        with self.assertRaises(TypeError):
            importpolicy.Rule(key="s", file="f", line=1, principals=(),
                              more=1)

    def test_equality(self):
        def make(line):
            return importpolicy.Rule(key="s", file="f", line=line,
                                     principals="*")
        self.assertEqual(make(1), make(1))
        self.assertNotEqual(make(1), make(2))
        self.assertNotEqual(make(1), "s")


class ParseTest(unittest.TestCase):

    def test_good(self):
        self.assertIsNone(_importpolicy.parse("f", b'{"socket": ["a"]}'))

    def test_bad(self):
        code, line, column, message = _importpolicy.parse("f", b'{\n "a": 1}')
        self.assertIsInstance(code, str)
        self.assertEqual((line, column), (2, 7))
        self.assertTrue(message.startswith("f:2:7: "), message)

    def test_file_name(self):
        error = _importpolicy.parse(b"/\xff/f", b"")
        self.assertIn("f:1:1", error[3])

    def test_wrong_arguments(self):
        for args in (), ("f",), ("f", "text"), (1, b""), ("a\0b", b""):
            with self.assertRaises((TypeError, ValueError)):
                _importpolicy.parse(*args)


class DistributionTest(unittest.TestCase):

    def test_map(self):
        with tempfile.TemporaryDirectory() as root:
            scene = Scene(root)
            scene.distribution("requests", "", ["urllib3"])
            scene.distribution("urllib3", "")
            scene.module("loose", "")
            found = _importpolicy.distributions([scene.deps])
            self.assertEqual(sorted(found), [
                ("requests", "1", ("requests",)),
                ("urllib3", "1", ("urllib3",))])
            owner = _importpolicy.owner
            self.assertEqual(owner([scene.deps], "urllib3"), "urllib3")
            self.assertIsNone(owner([scene.deps], "loose"))
            self.assertIsNone(owner([], "urllib3"))
            path = _importpolicy.requirement_path
            self.assertEqual(path([scene.deps], "requests", "urllib3"),
                             ("requests", "urllib3"))
            self.assertEqual(path([scene.deps], "urllib3", "requests"), ())

    def test_requirements(self):
        with tempfile.TemporaryDirectory() as root:
            scene = Scene(root)
            scene.distribution("a", "", ["b", "e; extra == 'x'", "absent"])
            scene.distribution("b", "", ["c", "d; extra == 'x'"])
            for name in "cde":
                scene.distribution(name, "", ["a"] if name == "e" else [])
            found = _importpolicy.requirements([scene.deps])
            self.assertEqual(found, (
                ("a", {"b"}, {"e"}, {"b", "c", "e"}),
                ("b", {"c"}, {"d"}, {"c", "d"}),
                ("c", set(), set(), set()),
                ("d", set(), set(), set()),
                ("e", {"a"}, set(), {"a", "b", "c"})))
            # One by one it is the same.
            for name, _, _, covered in found:
                for other in "abcde":
                    self.assertEqual(other == name or other in covered, bool(
                        _importpolicy.requirement_path([scene.deps], name,
                                                       other)))
            self.assertEqual(_importpolicy.requirements([]), ())

    def test_wrong_arguments(self):
        for args in (), (1,), ([1],), (["a\0b"],):
            with self.assertRaises((TypeError, ValueError)):
                _importpolicy.distributions(*args)
            with self.assertRaises((TypeError, ValueError)):
                _importpolicy.requirements(*args)


class NoPolicyTest(unittest.TestCase):

    def setUp(self):
        if _importpolicy.policies():
            self.skipTest("the tests run under a policy")

    def test_no_policy(self):
        self.assertIsNone(importpolicy.policy())
        self.assertEqual(_importpolicy.policies(), ())
        self.assertEqual(_importpolicy.acting(), ())

    def test_everything_is_allowed(self):
        verdict = importpolicy.query("requests", "socket")
        self.assertTrue(verdict)
        self.assertIsNone(verdict.policy)
        self.assertEqual(verdict.reason, "no policy speaks of it")


class QueryArgumentTest(unittest.TestCase):

    def test_names(self):
        for what in "", "a..b", "*", "a b", "example.org:443", "$APP":
            with self.subTest(what), self.assertRaises(ValueError):
                importpolicy.query("requests", what)
        with self.assertRaises(TypeError):
            importpolicy.query("requests", 1)
        with self.assertRaises(TypeError):
            importpolicy.query(None, "socket")
        with self.assertRaises(ValueError):
            importpolicy.query("a\0b", "socket")

    def test_targets(self):
        for what, target in (
                ("socket", "example.org"), ("builtins.open", "x"),
                ("code", "x"), ("introspect", "x"), ("net", "10.0.0.0/8"),
                ("net", "*"), ("net", "http://x.org"), ("read", "a\0b"),
                ("import", b"x")):
            with self.subTest(what), self.assertRaises(ValueError):
                importpolicy.query("requests", what, target)
        for what, target in ("read", 1), ("net", ["a", "b"]):
            with self.subTest(what), self.assertRaises(TypeError):
                importpolicy.query("requests", what, target)

    def test_kinds(self):
        for what, target, module in (
                ("socket", None, "socket"), ("os.path", None, "os.path"),
                ("sys", None, None), ("code", None, None),
                ("import", "sys", "sys"), ("os.kill", None, None),
                ("builtins.open", None, None)):
            verdict = importpolicy.query("a", what, target)
            self.assertTrue(verdict)
            self.assertEqual((verdict.what, verdict.target, verdict.module),
                             (what, target, module))


class PolicyTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.scene = Scene(directory.name)

    def output(self, text, *options):
        done = self.scene.run(text, *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_policy(self):
        path = self.scene.policy("""{
            "socket": ["requests", "__main__"],
            "ctypes": [],
            "zlib": "*",
            "$log": "log.jsonl",
            "$app": ["more"]}""")
        os.mkdir(os.path.join(self.scene.app, "more"))
        out = self.output("""
            import hashlib, importpolicy, json
            source = importpolicy.policy().sources[0]
            with open(source.file, "rb") as file:
                print(source.sha256 == hashlib.sha256(file.read()).hexdigest())
            rules = {r.key: [r.line, r.principals]
                     for r in source.rules.values()}
            print(json.dumps([source.file, source.mode, source.log, rules]))
            print(bool(source.origin), len(source.app))
            """)
        first, second, third = out.splitlines()
        self.assertEqual((first, third), ("True", "True 1"))
        file, mode, log, rules = json.loads(second)
        self.assertEqual((file, mode, log), (path, "enforce", "log.jsonl"))
        self.assertEqual(rules, {
            "socket": [2, ["__main__", "requests"]],
            "ctypes": [3, []], "zlib": [4, "*"]})

    def test_two_policies(self):
        # Both are shown, and both must allow.
        self.scene.policy({"socket": ["a", "b"]})
        other = self.scene.write("other.json", '{"socket": ["b"]}')
        out = self.output("""
            import importpolicy
            print(len(importpolicy.policy().sources))
            print(bool(importpolicy.query("a", "socket")),
                  bool(importpolicy.query("b", "socket")))
            print(importpolicy.query("a", "socket").policy)
            """, "-X", f"importpolicy={other}")
        self.assertEqual(out, f"2\nFalse True\n{other}\n")

    def test_permissions(self):
        base = self.scene.write("base.json", json.dumps({
            "$loaders": ["coverage"], "$permissions": {
                "a": {"net": True, "run": []}, "b": {"env": True},
                "*": {"net": True, "ffi": False}}}))
        path = self.scene.policy({
            "$extends": [base], "$default": "deny", "$permissions": {
                "a": {"net": ["example.com:443", "!example.com"]},
                "*": {"net": False}, "b": True, "c": {}}})
        out = self.output("""
            import importpolicy, json
            source, = importpolicy.policy().sources
            print(json.dumps([source.default, source.loaders, source.extends,
                {who: {what: [grant.granted, grant.file, grant.line]
                       for what, grant in entry.items()}
                 for who, entry in source.permissions.items()}]))
            """)
        default, loaders, extends, permissions = json.loads(out)
        self.assertEqual(default, "deny")
        self.assertEqual(loaders, ["coverage"])
        self.assertEqual(extends, [base])
        # What is overridden is not shown.
        self.assertEqual(permissions, {
            "a": {"net": [["example.com:443", "!example.com"], path, 1],
                  "run": [False, base, 1]},
            "*": {"net": [False, path, 1], "ffi": [False, base, 1]},
            "b": {"*": [True, path, 1]},
            "c": {}})

    def test_policy_is_read_only(self):
        self.scene.policy({"socket": ["requests"], "$log": False})
        out = self.output("""
            import importpolicy, operator
            policy = importpolicy.policy()
            source = policy.sources[0]
            def attempt(f):
                try:
                    f()
                except Exception as error:
                    print(type(error).__name__)
                else:
                    print("changed")
            attempt(lambda: setattr(policy, "sources", ()))
            attempt(lambda: source.rules.clear())
            attempt(lambda: operator.setitem(source.rules, "socket", None))
            attempt(lambda: setattr(source.rules["socket"], "line", 0))
            object.__setattr__(source.rules["socket"], "principals", "*")
            print(bool(importpolicy.query("evil", "socket")))
            print(importpolicy.policy().sources[0].rules["socket"].principals)
            attempt(lambda: __import__("socket"))
            """)
        self.assertEqual(out.split(), [
            "AttributeError", "AttributeError", "TypeError",
            "AttributeError", "False", "('requests',)", "ImportDenied"])

    def test_query(self):
        path = self.scene.policy({"socket": ["requests"], "ssl": "*"})
        self.scene.distribution("requests", "", ["urllib3"])
        self.scene.distribution("urllib3", "")
        out = self.output("""
            import importpolicy, json
            for principal, module in (
                    ("requests", "socket"), ("urllib3", "socket"),
                    ("evil", "socket"), ("evil", "_socket"),
                    ("__main__", "socket"), ("evil", "ssl"),
                    ("evil", "zlib")):
                v = importpolicy.query(principal, module)
                print(json.dumps([v.principal, v.module, v.allowed, bool(v),
                                  v.policy, v.line, v.key, v.ancestor]))
            """)
        at = [path, 1, "socket"]
        self.assertEqual([json.loads(x) for x in out.splitlines()], [
            ["requests", "socket", True, True, *at, None],
            ["urllib3", "socket", True, True, *at, "requests"],
            ["evil", "socket", False, False, *at, None],
            ["evil", "_socket", False, False, *at, None],
            ["__main__", "socket", False, False, *at, None],
            ["evil", "ssl", True, True, path, 1, "ssl", None],
            ["evil", "zlib", True, True, None, None, None, None]])

    def test_reason(self):
        path = self.scene.policy({"socket": ["requests"]})
        self.scene.distribution("requests", "", ["urllib3"])
        self.scene.distribution("urllib3", "")
        out = self.output("""
            import importpolicy
            for principal in "requests", "urllib3", "evil":
                print(importpolicy.query(principal, "socket").reason)
            """)
        self.assertEqual(out.splitlines(), [
            f"{path}:1 grants 'socket'",
            f"{path}:1 grants 'socket' to requests, an ancestor",
            f"{path}:1 does not grant 'socket'"])

    def ask(self, questions):
        """[allowed, depends, line, key, ancestor] of each."""
        out = self.output(f"""
            import importpolicy, json
            for question in {questions!r}:
                v = importpolicy.query(*question)
                assert bool(v) == v.allowed, v
                print(json.dumps([v.allowed, v.depends, v.line, v.key,
                                  v.ancestor]))
            """)
        return [json.loads(line) for line in out.splitlines()]

    def check_answers(self, *rows):
        answers = self.ask([row[0] for row in rows])
        for (question, expected), answer in zip(rows, answers, strict=True):
            with self.subTest(question):
                self.assertEqual(answer, expected)

    def test_query_capabilities(self):
        self.scene.policy("""{
          "$permissions": {
            "requests": {"net": ["example.com:443", "10.0.0.0/8", "!10.9.9.9",
                                 "unix:/run/x.sock"],
                         "env": ["AWS_*"],
                         "sys": ["os.kill"]},
            "numpy": true,
            "strict": {"read": ["/srv"], "write": [], "run": ["sh"],
                       "os.kill": true, "signal.alarm": false,
                       "ffi": ["numpy", "/opt"], "code": false},
            "*": {"net": false},
            "__main__": {"net": true}}}
          """)
        self.scene.distribution("requests", "", ["urllib3"])
        self.scene.distribution("urllib3", "")
        yes = lambda line, key, ancestor=None: [True, False, line, key,
                                                ancestor]
        no = lambda line, key: [False, False, line, key, None]
        free = [True, False, None, None, None]
        self.check_answers(
            (("requests", "net"), [False, True, 3, "requests", None]),
            (("requests", "net", "example.com:443"), yes(3, "requests")),
            (("requests", "net", "EXAMPLE.com.:443"), yes(3, "requests")),
            (("requests", "net", "example.com:80"), no(3, "requests")),
            (("requests", "net", "10.1.2.3:80"), yes(3, "requests")),
            (("requests", "net", "10.9.9.9"), no(3, "requests")),
            (("requests", "net", "unix:/run/x.sock"), yes(3, "requests")),
            (("requests", "net", "unix:/run/y.sock"), no(3, "requests")),
            (("urllib3", "net", "example.com:443"),
             yes(3, "requests", "requests")),
            (("urllib3", "net", "example.com:80"), no(3, "requests")),
            (("other", "net"), no(11, "*")),
            (("__main__", "net"), yes(12, "__main__")),
            (("numpy", "run", "/bin/sh"), yes(7, "numpy")),
            (("requests", "env", "AWS_REGION"), yes(5, "requests")),
            (("requests", "env", "SECRET"), no(5, "requests")),
            (("requests", "env", "HOME"), free),
            (("requests", "sys", "os.kill"), yes(6, "requests")),
            (("requests", "sys", "os.nice"), no(6, "requests")),
            (("strict", "os.kill"), yes(9, "strict")),
            (("strict", "sys", "os.kill"), yes(9, "strict")),
            (("strict", "signal.alarm"), no(9, "strict")),
            (("strict", "os.nice"), free),
            (("strict", "read", "/srv/x"), yes(8, "strict")),
            (("strict", "read", "/srv/../etc/passwd"), no(8, "strict")),
            (("strict", "read", os.path.realpath(os.__file__)), free),
            # Who only asks what is there may ask for more.
            (("strict", "os.stat", "/srv/x"), yes(8, "strict")),
            (("strict", "os.stat", "/usr/share"), free),
            (("strict", "os.listdir", "/usr/share"), no(8, "strict")),
            (("strict", "os.stat", "/etc/passwd"), no(8, "strict")),
            (("strict", "write"), no(8, "strict")),
            (("strict", "write", "/dev/null"), free),
            (("strict", "run", "sh"), yes(8, "strict")),
            (("strict", "run", "/bin/sh"), yes(8, "strict")),
            (("strict", "run", "true"), no(8, "strict")),
            (("strict", "ffi", "numpy.core"), yes(10, "strict")),
            (("strict", "ffi", "/opt/x.so"), yes(10, "strict")),
            (("strict", "ffi", "scipy"), no(10, "strict")),
            (("strict", "code"), no(10, "strict")),
            (("strict", "introspect"), free),
            (("other", "read", "/etc/passwd"), free))

    def test_query_default(self):
        path = self.scene.policy({
            "$default": "deny", "socket": ["a"], "builtins.open": ["a"],
            "$permissions": {"a": {"net": True}}})
        self.check_answers(
            (("b", "run"), [False, False, None, "$default", None]),
            (("__main__", "run"), [False, False, None, "$default", None]),
            (("b", "code"), [True, False, None, None, None]),
            # A key for the module and a capability: both.
            (("a", "socket.connect", "x.org:1"), [True, False, 1, "a", None]),
            (("b", "socket.connect", "x.org:1"),
             [False, False, 1, "socket", None]),
            (("a", "builtins.open"), [True, False, 1, "builtins.open", None]),
            (("b", "builtins.open"), [False, False, 1, "builtins.open", None]),
            (("b", "builtins.eval"), [True, False, None, None, None]),
            (("b", "write", path),
             [False, False, None, None, None]))

    def test_query_says_what_happens(self):
        self.scene.policy({"$log": False, "$permissions": {
            "lib": {"read": ["/etc/group"], "env": ["A*"],
                    "run": ["true"]}}})
        self.scene.module("lib", """
            import importpolicy, os, subprocess
            def attempt(what, target, do):
                expected = bool(importpolicy.query("lib", what, target))
                try:
                    do()
                except PermissionError:
                    done = False
                else:
                    done = True
                print(what, target, expected == done, done)
            for path in "/etc/group", "/etc/passwd", "/dev/null":
                attempt("read", path, lambda: open(path).close())
            for name in "true", "sh", "/bin/true", "/bin/sh":
                attempt("run", name, lambda: subprocess.run([name], input=b""))
            """)
        self.assertEqual(self.output("import lib").split("\n")[:-1], [
            f"read {path} True {allowed}" for path, allowed in (
                ("/etc/group", True), ("/etc/passwd", False),
                ("/dev/null", True))] + [
            f"run {name} True {allowed}" for name, allowed in (
                ("true", True), ("sh", False), ("/bin/true", True),
                ("/bin/sh", False))])

    def test_query_makes_no_access(self):
        self.scene.policy({"socket": [], "$log": "log.jsonl"})
        self.output("""
            import importpolicy, sys
            assert not importpolicy.query("evil", "socket")
            assert "socket" not in sys.modules
            """)
        self.assertFalse(
            os.path.exists(os.path.join(self.scene.app, "log.jsonl")))

    def test_principal_of(self):
        self.scene.policy({"socket": []})
        self.scene.module("evil", "def f(): pass\n")
        out = self.output("""
            import evil, json, _importpolicy
            of = _importpolicy.principal_of
            print(of(evil.f.__code__), of(json.loads.__code__),
                  of((lambda: 0).__code__))
            try:
                of("code")
            except TypeError as error:
                print(error)
            """)
        self.assertEqual(out, "('evil',) () ('__main__',)\n"
                              "expected a code object, not str\n")

    def test_acting(self):
        self.scene.policy({"socket": []})
        self.scene.module("one", "def call(f): return f()\n")
        self.scene.module("two", "import one\n"
                                 "def call(f):\n"
                                 "    return one.call(f)\n")
        out = self.output("""
            import two
            from _importpolicy import acting
            print(acting(), sorted(two.call(acting)),
                  two.call(lambda: acting()))
            """)
        self.assertEqual(out, "() ['one', 'two'] ()\n")

    def test_importable_by_anyone(self):
        # Whatever a policy restricts, a refusal can be caught by name.
        restricted = ["os", "io", "types", "collections", "re", "importlib",
                      "json", "enum", "functools"]
        self.scene.policy({name: [] for name in restricted})
        self.scene.module("evil", "import importpolicy\n"
                                  "print(importpolicy.policy() is not None)\n")
        self.assertEqual(self.output("import evil\n"), "True\n")

    def test_import_is_cheap(self):
        text = ("import sys; before = set(sys.modules); import importpolicy;"
                "print(*sorted(set(sys.modules) - before))")
        done = subprocess.run([sys.executable, "-S", "-c", text],
                              capture_output=True, text=True)
        self.assertEqual(done.stdout.split(), [
            "_importpolicy", "importpolicy", "importpolicy._model"])

    def test_subinterpreter(self):
        # Each interpreter has its own classes, of the same name.
        try:
            import _interpreters  # noqa: F401
        except ImportError:
            self.skipTest("needs subinterpreters")
        self.scene.policy({"socket": [], "$log": False})
        out = self.output('''
            import _interpreters
            text = """if True:
                import importpolicy
                try:
                    import socket
                except importpolicy.ImportDenied as error:
                    print(error.code, flush=True)
                """
            interpreter = _interpreters.create()
            failure = _interpreters.run_string(interpreter, text)
            if failure is not None:
                print(failure)
            _interpreters.destroy(interpreter)
            ''')
        self.assertEqual(out, "granted-to-nobody\n")


if __name__ == "__main__":
    unittest.main()
