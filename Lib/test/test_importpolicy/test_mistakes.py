"""Mistakes that everybody makes, mended by doing what the message says.

Each is made in a world of its own.  What came on standard error is pinned by
golden/mistakes/NAME.txt.  The last line of it that proposes something is done
to the letter, by functions that know nothing but the few forms that a proposal
has; then nothing may be refused any more.
"""

import base64
import hashlib
import importlib.util
import json
import os
import re
import unittest

from test.support import os_helper
from test.test_importpolicy.support import JudgementTestCase, Listener

GOLDEN = os.path.join(os.path.dirname(__file__), "golden", "mistakes")

_JSON = json.JSONDecoder()


# --- Doing what is said ---------------------------------------------------

def _string(text):
    return _JSON.raw_decode(text)


def _member(text):
    """`"key": value` at the beginning: the key, the value, and the rest."""
    key, end = _string(text)
    value, more = _JSON.raw_decode(text[end:].removeprefix(": "))
    return key, value, text[end:].removeprefix(": ")[more:]


def _add(policy, text):
    """add "key": value [to "$permissions" | to the entry of ...], or
    add "item" to the list of ..."""
    first, end = _string(text)
    if text[end:].startswith(": "):
        key, value, rest = _member(text)
        where, rest = _where(policy, rest)
        assert key not in where, (key, where)
        where[key] = value
        return rest
    listed = re.match(r' to the list of ("[^"]*") of ("[^"]*") in '
                      r'"\$permissions"', text[end:])
    if listed:
        what, who = map(json.loads, listed.groups())
        policy["$permissions"][who][what].append(first)
    else:
        listed = re.match(r' to the list of ("[^"]*")', text[end:])
        policy[json.loads(listed[1])].append(first)
    return text[end + listed.end():]


def _where(policy, rest):
    entry = re.match(r' (?:to|in) the entry of ("[^"]*") in "\$permissions"',
                     rest)
    if entry:
        return (policy["$permissions"][json.loads(entry[1])],
                rest[entry.end():])
    if rest.startswith(' to "$permissions"'):
        return policy["$permissions"], rest.removeprefix(' to "$permissions"')
    return policy, rest


def _write(policy, text):
    key, value, rest = _member(text)
    where, rest = _where(policy, rest)
    assert key in where, (key, where)
    where[key] = value
    return rest


def _rename(policy, text):
    names = re.match(r'("[^"]*") in "\$permissions" to ("[^"]*")', text)
    old, new = map(json.loads, names.groups())
    entries = policy["$permissions"]
    policy["$permissions"] = {new if name == old else name: entry
                              for name, entry in entries.items()}
    return text[names.end():]


def follow(policy, proposal):
    """Do what "to allow it, ..." says; what is behind it are reasons."""
    text = proposal
    for done in range(9):
        verb, _, text = text.partition(" ")
        text = {"add": _add, "write": _write,
                "rename": _rename}[verb](policy, text)
        if not text.startswith(" and "):
            assert not text or text[0] in ";,", text
            return
        text = text.removeprefix(" and ")


def replace(source, message):
    """FILE:LINE:COLUMN: "is" ...; write "what" (or: did you mean "what"?)."""
    place = re.search(r':(\d+):(\d+): ("[^"]*") .*?; '
                      r'(?:write|did you mean) ("[^"]*")', message)
    line, column = int(place[1]), int(place[2])
    lines = source.splitlines(keepends=True)
    before, at = lines[line - 1][:column - 1], lines[line - 1][column - 1:]
    assert at.startswith(place[3]), (at, place[3])
    lines[line - 1] = before + place[4] + at.removeprefix(place[3])
    return "".join(lines)


# --- The mistakes ---------------------------------------------------------

class MistakeTests(JudgementTestCase):

    maxDiff = None

    def setUp(self):
        super().setUp()
        world = self.world
        world.distribution("urllib3", {"urllib3/__init__.py": """
            import socket
            def connect(host, port):
                address = socket.getaddrinfo(host, port)[0][4]
                with socket.create_connection(address[:2]) as s:
                    s.sendall(b"hello")
            """})
        world.distribution("requests", {"requests/__init__.py": """
            import urllib3
            def get(host, port):
                urllib3.connect(host, port)
            """}, ["urllib3"])
        world.distribution("PyYAML", {"yaml/__init__.py": """
            def load(path):
                with open(path) as file:
                    return file.read()
            def fetch(host, port):
                import socket
                with socket.create_connection((host, port)):
                    pass
            """, "_yaml/__init__.py": ""})
        world.write("app/settings.toml", "it = 1\n")

    def mend(self, name, policy, main, expected, *, ports=(), **kwargs):
        """Make the mistake, do what is said, and see that it is mended."""
        if not isinstance(policy, str):
            policy = json.dumps(policy)
        self.world.policy(policy)
        result = self.world.run(main, **kwargs)
        told = self.told(result)
        for number, port in enumerate(ports, 1):
            told = told.replace(str(port), f"PORT{number}")
        self.golden(name, told)
        policy = self.follow(policy, result)
        self.world.policy(policy)
        result = self.world.run(main, **kwargs)
        self.assertEqual((result.code, self.told(result)), (0, ""), result)
        self.assertEqual(result.out.strip(), expected)
        return json.loads(policy)

    def told(self, result):
        """What the interpreter says of it, without the traceback."""
        lines = [line for line in result.err.splitlines()
                 if re.match(r"importpolicy|  (?!File )\S|.*policy\.json:\d+"
                             r":\d+: ", line)]
        return "".join(f"{line}\n" for line in lines).replace(
            self.world.root, "ROOT")

    def follow(self, text, result):
        if result.code == 2:
            return replace(text, result.err)
        policy = json.loads(text)
        proposals = re.findall(r"to allow it, (.*)", result.err)
        self.assertTrue(proposals, result)
        follow(policy, proposals[-1])
        return json.dumps(policy)

    def golden(self, name, text):
        path = os.path.join(GOLDEN, f"{name}.txt")
        if os.environ.get("IMPORTPOLICY_GOLDEN") == "write":
            os.makedirs(GOLDEN, exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(text, file.read())

    def test_distribution_name(self):
        with Listener() as server:
            self.mend("distribution_name", {"socket": ["PyYAML"]}, f"""
                import yaml
                yaml.fetch("127.0.0.1", {server.port})
                print("fetched")
                """, "fetched")

    def test_distribution_name_in_permissions(self):
        policy = self.mend(
            "distribution_name_in_permissions",
            {"$default": "deny",
             "$permissions": {"PyYAML": {"read": ["$APP/settings.toml"]}}},
            "import yaml\nprint(yaml.load(__file__[:-7] + 'settings.toml'))",
            "it = 1")
        self.assertEqual(list(policy["$permissions"]), ["yaml"])

    def test_missing_main(self):
        self.mend("missing_main", {"socket": ["requests"]},
                  "import socket\nprint(socket.AF_INET.name)", "AF_INET")

    def test_sub_dependency(self):
        with Listener() as server:
            policy = self.mend("sub_dependency", {"socket": ["urllib3"]}, f"""
                import requests
                requests.get("127.0.0.1", {server.port})
                print("got")
                """, "got")
            self.assertEqual(policy, {"socket": ["urllib3", "requests"]})

    def test_typo(self):
        with Listener() as server:
            policy = self.mend("typo", {"socket": ["reqeusts"]}, f"""
                import requests
                requests.get("127.0.0.1", {server.port})
                print("got")
                """, "got")
            self.assertEqual(policy, {"socket": ["requests"]})

    def test_near_name_that_is_there(self):
        # Two packages of no distribution; neither is a slip of the other.
        self.world.modules(reqeust="import vault", reqests="")
        self.world.policy({"vault": ["reqests"]})
        result = self.world.run("import reqeust")
        self.assertIn('write "vault": ["reqests", "reqeust"]\n', result.err)

    def test_typo_of_directive(self):
        self.mend("typo_of_directive",
                  '{\n    "$permisions": {"yaml": {"read": ["$APP"]}}\n}\n',
                  "import yaml\nprint(yaml.load(__file__[:-7] + "
                  "'settings.toml'))", "it = 1")

    def test_path_without_directory(self):
        self.mend("path_without_directory",
                  '{\n    "$default": "deny",\n    "$permissions": {\n'
                  '        "yaml": {"read": ["settings.toml"]}\n    }\n}\n',
                  "import yaml\nprint(yaml.load(__file__[:-7] + "
                  "'settings.toml'))", "it = 1")

    def test_host_behind_redirect(self):
        # It answers with another name for the same place.
        self.world.distribution("client", {"client/__init__.py": """
            import urllib3
            def get(url, moved):
                for host, port in url, moved:
                    urllib3.connect(host, port)
            """}, ["urllib3"])
        with Listener() as first, Listener() as second:
            policy = self.mend(
                "host_behind_redirect",
                {"$default": "deny", "$permissions": {
                    "client": {"net": [f"127.0.0.1:{first.port}"]}}},
                f"""
                import client
                client.get(("127.0.0.1", {first.port}),
                           ("localhost", {second.port}))
                print("got")
                """, "got", ports=(first.port, second.port))
            self.assertEqual(policy["$permissions"], {"client": {
                "net": [f"127.0.0.1:{first.port}",
                        f"localhost:{second.port}"]}})

    def test_environment_name(self):
        self.world.distribution("client", {"client/__init__.py": """
            import os
            def token():
                return os.environ.get("CLIENT_KEY", "nothing")
            """})
        policy = self.mend(
            "environment_name",
            {"$default": "deny", "$permissions": {
                "client": {"env": ["CLIENT_TOKEN"]}}},
            "import client\nprint(client.token())", "the key",
            env={"CLIENT_KEY": "the key"})
        self.assertEqual(policy["$permissions"]["client"],
                         {"env": ["CLIENT_TOKEN", "CLIENT_KEY"]})

    def test_hosts(self):
        self.world.distribution("celery", {"celery/__init__.py": """
            def serve(task, *arguments):
                return task(*arguments)
            """})
        with Listener() as server:
            policy = self.mend("hosts", {"socket": ["requests"]}, f"""
                import celery, requests
                celery.serve(requests.get, "127.0.0.1", {server.port})
                print("got")
                """, "got")
            self.assertEqual(policy, {"socket": ["requests"],
                                      "$hosts": ["celery"]})

    def test_loaders(self):
        # As pytest does it: the assert statements are rewritten.
        self.world.distribution("pytest", {"_pytest/__init__.py": """
            import sys, types
            def main(path):
                with open(path) as file:
                    code = compile(file.read(), path, "exec")
                module = types.ModuleType("test_it")
                exec(code, vars(module))
                module.test()
            """, "pytest/__init__.py": "from _pytest import main"})
        self.world.write("app/test_it.py", """
            import socket
            def test():
                assert socket.AF_INET
                print("passed")
            """)
        policy = self.mend(
            "loaders", {"socket": ["__main__", "requests"]},
            "import pytest\npytest.main(__file__[:-7] + 'test_it.py')",
            "passed")
        self.assertEqual(policy["$loaders"], ["_pytest"])

    @unittest.skipUnless(importlib.util.find_spec("importpolicy._lock"),
                         "there are no locks yet")
    def test_changed_lock(self):
        # Another version was installed; the message names the commands.
        where = self.world.path("deps")
        def install(version):
            text = f"version = {version}\nimport vault\n"
            info = f"client-{version}.dist-info"
            files = {"client/__init__.py": text, f"{info}/METADATA":
                     "Metadata-Version: 2.1\nName: client\n"
                     f"Version: {version}\n"}
            rows = [f"{path},sha256={self.digest(text)},{len(text)}\n"
                    for path, text in files.items()]
            files[f"{info}/RECORD"] = "".join(rows) + f"{info}/RECORD,,\n"
            for path, text in files.items():
                self.world.write(os.path.join(where, path), text.encode())
        main = "import client\nprint(client.version)"
        install(1)
        self.world.policy({"vault": ["client"]})
        self.assertEqual(self.do("python -m importpolicy lock").returncode, 0)
        self.assertRan(self.world.run(main))
        os_helper.rmtree(os.path.join(where, "client-1.dist-info"))
        install(2)
        result = self.world.run(main)
        self.assertNotEqual(result.code, 0, result)
        self.golden("changed_lock", self.told(result))
        review, lock = re.findall("`(.*?)`", result.err.splitlines()[-1])
        self.assertIn("client==1..2", review)
        self.assertEqual(self.do(lock).returncode, 0)
        result = self.world.run(main)
        self.assertEqual((result.code, result.out, self.told(result)),
                         (0, "2\n", ""), result)

    def do(self, command):
        python, *arguments = command.split()
        self.assertEqual(python, "python")
        return self.world.spawn(*arguments)

    @staticmethod
    def digest(text):
        digest = hashlib.sha256(text.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


if __name__ == "__main__":
    unittest.main()
