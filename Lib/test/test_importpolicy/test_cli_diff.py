"""diff: what another policy newly grants, in words."""

import json
import os
import unittest

from test.test_importpolicy.cli_support import CommandTestCase


class DiffTest(CommandTestCase):

    OLD = {"socket": ["outer"], "ctypes": [],
           "$permissions": {"outer": {"net": ["a:443"], "run": ["git"]},
                            "*": {"ffi": False, "run": False}}}

    def diff(self, old, new, *options, status):
        self.world.policy(old, "app/old.json")
        self.world.policy(new, "app/new.json")
        return self.ends(self.command("diff", "old.json", "new.json",
                                      *options), status).out

    def changes(self, old, new, status):
        return json.loads(self.diff(old, new, "--json",
                                    status=status))["changes"]

    def granted(self, new, old=None):
        return [change["message"]
                for change in self.changes(old or self.OLD, new, 1)
                if change["granted"]]

    def test_same(self):
        self.assertEqual(self.diff(self.OLD, self.OLD, status=0),
                         "no difference\n")
        # Neither order nor form nor comments count.
        self.assertEqual(
            self.diff(self.OLD, dict(reversed(self.OLD.items()))
                      | {"$comment": "x"}, status=0), "no difference\n")

    def test_less(self):
        new = self.OLD | {"socket": []}
        change, = self.changes(self.OLD, new, 0)
        self.assertEqual((change["code"], change["granted"]),
                         ("taken", False))

    def test_granted(self):
        permissions = self.OLD["$permissions"]
        for new, message in [
                ({"socket": ["outer", "other"]}, "other may import socket"),
                ({"socket": ["outer", "__main__"]},
                 "the application may import socket"),
                ({"ctypes": "*"}, "everyone may import ctypes"),
                ({"$permissions": permissions | {"outer": {
                    "net": ["a:443", "b:1"], "run": ["git"]}}},
                 "outer may use net on b:1"),
                ({"$permissions": permissions | {"outer": {
                    "net": ["a:443"], "run": True}}},
                 "outer may use all of run"),
                ({"$permissions": permissions | {"outer": True}},
                 "outer may do everything"),
                ({"$permissions": permissions | {"*": {"ffi": False}}},
                 "everyone else may use all of run"),
                ({"$hosts": ["gunicorn"]}, "gunicorn is passed over when it "
                 "is asked who acts"),
                ({"$packages": {"outer": ["x"]}},
                 "who inherits from outer is written down"),
                ({"$mode": "audit"},
                 "nothing is refused any more: audit mode")]:
            with self.subTest(message):
                self.assertEqual(self.granted(self.OLD | new), [message])

    def test_removed_rule(self):
        new = dict(self.OLD)
        del new["ctypes"]
        self.assertEqual(self.granted(new), ["everyone may import ctypes"])

    def test_exclusion(self):
        old = {"$permissions": {"outer": {"net": ["*", "!a"]}}}
        new = {"$permissions": {"outer": {"net": ["*"]}}}
        self.assertEqual(self.granted(new, old), [
            "outer may use net on a (no longer excluded)"])
        self.changes(new, old, 0)

    def test_narrower_target(self):
        old = {"$permissions": {"outer": {"read": ["/srv"]}}}
        new = {"$permissions": {"outer": {"read": ["/srv/data"]}}}
        self.changes(old, new, 0)
        self.assertEqual(self.granted(old, new),
                         ["outer may use read on /srv"])

    def test_default(self):
        messages = self.granted({}, {"$default": "deny"})
        self.assertIn("everyone else may use all of ffi", messages)
        self.assertIn("the application may use all of net", messages)

    def test_extended(self):
        # What a file extends is a part of it.
        self.world.policy({"$permissions": {"*": {"net": False}}},
                          "app/base.json")
        old = {"$extends": ["base.json"]}
        self.assertEqual(self.granted({}, old),
                         ["everyone else may use all of net"])
        self.assertEqual(self.diff(old, {"$permissions": {
            "*": {"net": False}}}, status=0), "no difference\n")

    NEW = {"socket": ["outer", "other"], "xml": [], "ctypes": [],
           "$permissions": {"outer": {"net": ["a:443", "b:1"],
                                      "run": ["git", "hg"]},
                            "other": {"ffi": ["x"], "read": ["/x|y"]},
                            "*": {"ffi": False, "run": False,
                                  "read": False}}}

    def test_worst_first(self):
        changes = self.changes(self.OLD, self.NEW, 1)
        levels = [change["level"] for change in changes]
        self.assertEqual(levels[0], "error")
        self.assertEqual(changes[0]["principal"], "other")

    def test_text(self):
        self.golden("diff", self.diff(self.OLD, self.NEW, status=1))

    def test_markdown(self):
        self.golden("diff_markdown",
                    self.diff(self.OLD, self.NEW, "--format", "markdown",
                              status=1))

    def test_sarif(self):
        log = json.loads(self.diff(self.OLD, self.NEW, "--format", "sarif",
                                   status=1))
        results = log["runs"][0]["results"]
        self.assertTrue(all("granted" == result["ruleId"]
                            for result in results))
        self.assertEqual(results[0]["locations"][0]["physicalLocation"]
                         ["artifactLocation"]["uri"], "new.json")

    def test_broken(self):
        self.world.policy("{]", "app/old.json")
        self.world.policy({}, "app/new.json")
        result = self.ends(self.command("diff", "old.json", "new.json"), 2)
        self.assertIn("old.json:1:2", result.err)


if __name__ == "__main__":
    unittest.main()
