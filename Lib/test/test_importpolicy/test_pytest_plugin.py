"""The plugin for pytest, under a real pytest: see support.installed()."""

import os
import re
import xml.etree.ElementTree

from test.test_importpolicy.support import JudgementTestCase, installed

POLICY = {"vault": ["__main__"], "$loaders": ["_pytest"],
          "$hosts": ["_pytest", "execnet", "pluggy", "pytest", "xdist"]}


class PluginTestCase(JudgementTestCase):

    deps = {
        # Swallows it, as libraries do.
        "quiet": """
            def get():
                try:
                    import vault
                except ImportError:
                    return None
                return vault.take()
            """,
        "loud": """
            def get():
                import vault
                return vault.take()
            """,
    }

    def setUp(self):
        self.site = installed(self, "pytest")
        super().setUp()
        self.world.policy(POLICY)

    def pytest(self, text, *options, env=None):
        """Run a file of tests under the plugin."""
        self.world.write("app/test_it.py", text)
        path = os.pathsep.join([self.world.deps, self.site])
        return self.world.start(
            "-m", "pytest", "-p", "importpolicy.pytest", "-p",
            "no:cacheprovider", "--basetemp", self.world.path("tmp"),
            *options, env={
                "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "PYTEST_ADDOPTS": "", "COLUMNS": "200"} | (env or {}))

    def counts(self, result, **expected):
        found = {word.rstrip("s"): int(number) for number, word in re.findall(
            r"(\d+) (passed|failed|errors?)", result.out.splitlines()[-1])}
        self.assertEqual(found, expected, result)


class FixtureTests(PluginTestCase):

    def test_fixture(self):
        result = self.pytest("""
            import loud, pytest, quiet
            def test_denials(importpolicy):
                assert importpolicy.denials == ()
                quiet.get()
                denial, = importpolicy.denials
                assert denial.principal == "quiet"
                assert denial.what == denial.key == "vault"
                assert denial.target is None and denial.refused
                assert denial.line == 1
                assert denial.chain[0][0] == "quiet"
                assert denial.chain[1][:2] == ("__main__", __file__)
                assert denial.edit.startswith('to allow it, write "vault": ')
            def test_swallowed(importpolicy):
                with importpolicy.denied("quiet", "vault") as block:
                    assert quiet.get() is None
                assert block.denials == importpolicy.denials
            def test_raised(importpolicy):
                with importpolicy.denied("loud"):
                    loud.get()
                    raise AssertionError("not reached")
            def test_not_denied(importpolicy):
                with importpolicy.denied("loud", "vault"):
                    quiet.get()
            def test_other_error(importpolicy):
                with importpolicy.denied("quiet"):
                    quiet.get()
                    raise LookupError("another")
            def test_query(importpolicy):
                assert importpolicy.query("__main__", "vault")
                assert not importpolicy.query("quiet", "vault")
                assert importpolicy.policy().sources[0].rules
            def test_permit(importpolicy, tmp_path):
                with importpolicy.permit(write=False):
                    with importpolicy.denied("__main__", "write"):
                        (tmp_path / "file").touch()
                (tmp_path / "file").touch()
            """)
        self.counts(result, passed=5, failed=2)
        self.assertIn("nothing was refused to: loud vault\n"
                      "E         instead: quiet may not import vault",
                      result.out)
        self.assertIn("LookupError: another", result.out)

    def test_marker(self):
        result = self.pytest("""
            import asyncio, loud, pytest, quiet, unittest
            mark = pytest.mark.importpolicy
            @mark(allow=[("__main__", "vault")], deny=[("quiet", "vault")])
            def test_holds():
                quiet.get()
            @mark(allow=[("quiet", "vault")])
            def test_allow():
                raise AssertionError("not reached")
            @mark(deny=[("__main__", "vault")])
            def test_deny():
                raise AssertionError("not reached")
            @mark(permit={"write": False})
            def test_permit(tmp_path):
                with pytest.raises(PermissionError):
                    (tmp_path / "file").touch()
            @mark(permit={"write": False})
            class TestCase(unittest.TestCase):
                def test_permit(self):
                    with self.assertRaises(PermissionError):
                        open(__file__ + ".new", "w")
            def test_left(tmp_path):
                (tmp_path / "file").touch()
            """, "--importpolicy-strict", "-k", "not permit")
        self.counts(result, passed=2, error=2)
        self.assertRegex(result.out, "the policy must allow it: quiet vault\n"
                         r"  but .*policy\.json:1 does not grant 'vault'")
        self.assertIn("the policy must deny it: __main__ vault", result.out)
        result = self.pytest(self.read("app/test_it.py"), "-k",
                             "permit or left")
        self.counts(result, passed=3)

    def read(self, path):
        with open(self.world.path(path), encoding="utf-8") as file:
            return file.read()

    def test_wrong_marker(self):
        result = self.pytest("""
            import pytest
            @pytest.mark.importpolicy(deny=["quiet"])
            def test_it():
                pass
            """)
        self.counts(result, error=1)
        self.assertIn("\nmarker importpolicy: deny is a list of (principal, "
                      "what)", result.out)


class StrictTests(PluginTestCase):

    TESTS = """
        import pytest, quiet
        def test_unnoticed():
            quiet.get()
        def test_expected(importpolicy):
            importpolicy.expect("quiet", "vault")
            quiet.get()
        def test_denied(importpolicy):
            with importpolicy.denied("quiet"):
                quiet.get()
        @pytest.fixture
        def late():
            yield
            quiet.get()
        def test_teardown(late):
            pass
        def test_fine():
            pass
        """

    def test_strict(self):
        result = self.pytest(self.TESTS, "--importpolicy-strict",
                             "--junitxml", self.world.path("it.xml"))
        self.counts(result, passed=4, failed=1, error=1)
        self.assertIn("importpolicy: policy.json (enforce), strict",
                      result.out)
        self.assertIn("refused, and not expected:\n"
                      "  quiet may not import vault (policy.json:1)\n"
                      '    to allow it, write "vault": ["__main__", "quiet"]',
                      result.out)
        tests = xml.etree.ElementTree.parse(self.world.path("it.xml"))
        properties = {case.get("name"): [one.get("value") for one in
                                         case.iter("property")]
                      for case in tests.iter("testcase")}
        said = ["quiet may not import vault (policy.json:1)"]
        self.assertEqual(properties, {
            "test_unnoticed": said, "test_expected": said,
            "test_denied": said, "test_teardown": said, "test_fine": []})

    def test_not_strict(self):
        # The twin; what was refused is told all the same.
        result = self.pytest(self.TESTS)
        self.counts(result, passed=5)
        self.assertIn("= refused by the import policy =", result.out)
        self.assertIn("quiet may not import vault (policy.json:1)\n"
                      "    4 times: test_it.py::test_unnoticed and 3 more\n"
                      '    to allow it, write "vault": ["__main__", "quiet"]',
                      result.out)
        self.assertNotIn("vault", self.world.marks())

    def test_allowed(self):
        self.world.policy(POLICY | {"vault": ["quiet"]})
        result = self.pytest(self.TESTS.replace("with importpolicy.denied"
                                                "(\"quiet\")", "if True"),
                             "--importpolicy-strict")
        self.counts(result, passed=5)
        self.assertNotIn("refused by", result.out)

    def test_setting(self):
        self.world.write("app/pytest.ini",
                         "[pytest]\nimportpolicy_strict = true\n")
        result = self.pytest("import quiet\ndef test_it():\n    quiet.get()\n")
        self.counts(result, failed=1)

    def test_audit(self):
        self.world.policy(POLICY | {"$mode": "audit"})
        result = self.pytest("import quiet\ndef test_it():\n"
                             "    assert quiet.get() == 'treasure'\n",
                             "--importpolicy-strict")
        self.counts(result, failed=1)

    def test_outside(self):
        result = self.pytest("import quiet\nquiet.get()\ndef test_it():\n"
                             "    pass\n", "--importpolicy-strict")
        self.counts(result, passed=1)
        self.assertIn("1 time: outside of tests", result.out)

    def test_no_policy(self):
        os.unlink(self.world.path("app", "policy.json"))
        result = self.pytest("def test_it():\n    pass\n",
                             "--importpolicy-strict")
        self.assertEqual(result.code, 4, result)
        self.assertIn("no policy is in force", result.err)
        result = self.pytest("def test_it(importpolicy):\n"
                             "    assert importpolicy.denials == ()\n")
        self.counts(result, passed=1)

    def test_workers(self):
        installed(self, "xdist")
        result = self.pytest(self.TESTS, "-p", "xdist.plugin", "-n", "2",
                             "--importpolicy-strict")
        self.counts(result, passed=4, failed=1, error=1)
        self.assertIn("    4 times: ", result.out)


if __name__ == "__main__":
    import unittest
    unittest.main()
