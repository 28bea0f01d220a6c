"""Virtual environments that are made under a policy."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import venv

from test.support import os_helper

REFUSE = {"colorsys": []}


class VenvTestCase(unittest.TestCase):

    def setUp(self):
        self.root = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(os_helper.rmtree, self.root)
        self.env = self.path("env")

    def path(self, *names):
        return os.path.join(self.root, *names)

    def policy(self, policy, name="policy.json"):
        text = policy if isinstance(policy, str) else json.dumps(policy)
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def python(self, *arguments, python=sys.executable, cwd=None):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("PYTHON", "_PYTHON"))}
        return subprocess.run([python, *arguments], cwd=cwd or self.root,
                              env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, encoding="utf-8",
                              timeout=120)

    def make(self, *arguments, **kwargs):
        return self.python("-m", "venv", "--without-pip", *arguments,
                           **kwargs)

    def made(self, *arguments, **kwargs):
        result = self.make(*arguments, **kwargs)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def lines(self):
        """What pyvenv.cfg names."""
        with open(self.path("env", "pyvenv.cfg"), encoding="utf-8") as file:
            pairs = [line.partition(" = ") for line in file]
        return [value.rstrip("\n") for key, _, value in pairs
                if key == "importpolicy"]

    def check(self, refused):
        """colorsys is refused in the environment, or is not; elsewhere than
        where that was made."""
        os.makedirs(self.path("elsewhere"), exist_ok=True)
        result = self.python("-c", "import colorsys; print(1)",
                             python=self.path("env", "bin", "python"),
                             cwd=self.path("elsewhere"))
        self.assertEqual(result.returncode, int(refused), result.stderr)
        self.assertEqual("may not import colorsys" in result.stderr, refused)

    def fails(self, message, *arguments, **kwargs):
        """One line, and nothing was made."""
        result = self.make(*arguments, **kwargs)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertEqual(result.stderr, f"Error: {message}\n")
        self.assertFalse(os.path.exists(self.path("env", "bin")))


class MakeTests(VenvTestCase):

    def test_policy(self):
        self.policy(REFUSE)
        self.made("--policy", "policy.json", "env")
        self.assertEqual(self.lines(), [self.path("policy.json")])
        self.check(True)

    def test_none(self):
        # The twin, and what it writes is what it wrote ever.
        self.policy(REFUSE)
        self.made("env")
        self.assertEqual(self.lines(), [])
        self.check(False)

    def test_relative(self):
        os.mkdir(self.path("sub"))
        policy = self.policy(REFUSE, "policies/p.json")
        self.made("--policy", "../policies/p.json", "../env",
                  cwd=self.path("sub"))
        self.assertEqual(self.lines(), [policy])
        self.check(True)

    def test_inside(self):
        os.mkdir(self.env)
        policy = self.policy(REFUSE, "env/policy.json")
        self.made("--policy", "env/policy.json", "env")
        self.assertEqual(self.lines(), [policy])
        self.check(True)

    def test_system_site_packages(self):
        # The file is written twice then.
        policy = self.policy(REFUSE)
        self.made("--policy", "policy.json", "--system-site-packages", "env")
        self.assertEqual(self.lines(), [policy])

    def test_several(self):
        policy = self.policy(REFUSE)
        self.made("--policy", "policy.json", "other", "env")
        self.assertEqual(self.lines(), [policy])
        self.env = self.path("other")
        self.assertEqual(self.lines(), [policy])

    def test_builder(self):
        policy = self.policy(REFUSE)
        venv.EnvBuilder(symlinks=True, policy=policy).create(self.env)
        self.assertEqual(self.lines(), [policy])
        venv.create(self.env, clear=True, symlinks=True)
        self.assertEqual(self.lines(), [])
        venv.create(self.env, symlinks=True, policy=policy)
        self.assertEqual(self.lines(), [policy])

    def test_pip(self):
        # It is installed although the policy would not let it be.
        policy = self.policy({"$default": "deny"})
        result = self.python("-m", "venv", "--policy", "policy.json", "env")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.lines(), [policy])
        python = self.path("env", "bin", "python")
        result = self.python("-m", "pip", "--version", python=python)
        self.assertIn("AccessDenied: pip has no", result.stderr)
        result = self.python("-X", "importpolicy=off", "-m", "pip",
                             "--version", python=python)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_help(self):
        result = self.make("--help")
        self.assertIn("--policy FILE", result.stdout)


class KeptTests(VenvTestCase):

    def setUp(self):
        super().setUp()
        self.file = self.policy(REFUSE)
        self.made("--policy", "policy.json", "env")

    def test_upgrade(self):
        self.made("--upgrade", "env")
        self.assertEqual(self.lines(), [self.file])
        self.check(True)

    def test_again(self):
        self.made("env")
        self.assertEqual(self.lines(), [self.file])
        self.check(True)

    def test_as_written(self):
        # Keys by hand: relative to the file, several, in their order.
        with open(self.path("env", "pyvenv.cfg"), "a") as file:
            file.write("ImportPolicy=  ../policies/other.json  \n")
        self.policy({}, "policies/other.json")
        self.made("--upgrade", "env")
        self.assertEqual(self.lines(),
                         [self.file, "../policies/other.json"])
        self.check(True)

    def test_another(self):
        other = self.policy({}, "other.json")
        self.made("--upgrade", "--policy", "other.json", "env")
        self.assertEqual(self.lines(), [other])
        self.check(False)

    def test_clear(self):
        self.made("--clear", "env")
        self.assertEqual(self.lines(), [])
        self.check(False)

    def test_refused(self):
        # What is there stays as it is.
        other = self.policy("{", "other.json")
        result = self.make("--upgrade", "--policy", "other.json", "env")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"Error: {other}:1:", result.stderr)
        self.assertEqual(self.lines(), [self.file])
        self.check(True)


class RefusedTests(VenvTestCase):

    def test_missing(self):
        self.fails(f"{self.path('p.json')}: cannot be read: No such file or "
                   "directory", "--policy", "p.json", "env")

    def test_directory(self):
        self.fails(f"{self.root}: cannot be read: Is a directory",
                   "--policy", ".", "env")

    def test_malformed(self):
        policy = self.policy('{"socket": "requests"}')
        self.fails(f'{policy}:1:12: the value of "socket" is a string; write '
                   'a list: ["requests"]', "--policy", "policy.json", "env")

    def test_what_it_extends(self):
        self.policy({"$extends": ["sub/other.json"]})
        other = self.policy('{"$nope": 1}', "sub/other.json")
        result = self.make("--policy", "policy.json", "env")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"Error: {other}:1:2: ", result.stderr)
        self.assertFalse(os.path.exists(self.env))

    def test_cleared(self):
        os.mkdir(self.env)
        policy = self.policy(REFUSE, "env/policy.json")
        self.fails(f"{policy}: lies in the directory that --clear empties; "
                   "keep it elsewhere",
                   "--clear", "--policy", "env/policy.json", "env")
        self.assertTrue(os.path.exists(policy))

    def test_no_line(self):
        policy = self.policy(REFUSE, "two\nlines.json")
        self.fails(f"{policy!a}: no line of pyvenv.cfg can hold this path; "
                   "give the file another name", "--policy", policy, "env")

    def test_builder(self):
        with self.assertRaisesRegex(ValueError, "p.json: cannot be read"):
            venv.create(self.env, policy=self.path("p.json"))
        self.assertFalse(os.path.exists(self.env))


if __name__ == "__main__":
    unittest.main()
