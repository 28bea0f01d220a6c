"""The frame of python -m importpolicy: what holds for every command."""

import json
import os
import pty
import unittest

from importpolicy import _cli
from test.test_importpolicy.cli_support import CommandTestCase

COMMANDS = [name for name, _, _ in _cli.COMMANDS]


class FrameTest(CommandTestCase):

    def test_overview(self):
        result = self.ends(self.command("--help"), 0)
        self.golden("help", result.out)
        self.assertEqual(self.ends(self.command(), 2).out, result.out)

    def test_help(self):
        for name in COMMANDS:
            with self.subTest(name):
                result = self.ends(self.command(name, "--help"), 0)
                self.assertRegex(result.out, "(?m)^examples?:\n  python -m ")
                self.assertIn("--json", result.out)
                self.assertLess(max(map(len, result.out.splitlines())), 80)
                self.golden(f"help_{name}", result.out)

    def test_unknown(self):
        result = self.ends(self.command("lern"), 2)
        self.assertEqual(result.out, "")
        self.assertIn("invalid choice: 'lern'", result.err)
        result = self.ends(self.command("check", "--lern"), 2)
        self.assertIn("--lern", result.err)

    def test_works_where_the_policy_is_broken(self):
        # It could not be mended otherwise.
        self.world.policy("{]")
        result = self.ends(self.command("check", "--json"), 1)
        finding, = json.loads(result.out)["findings"]
        self.assertEqual((finding["code"], finding["line"]),
                         ("bad-token", 1))
        self.world.policy({"$default": "deny"})
        self.ends(self.command("schema"), 0)

    def test_under_another_policy(self):
        # One that was named holds.
        other = self.world.policy({"builtins.open": []}, "other.json")
        result = self.ends(self.world.start(
            "-X", f"importpolicy={other}", "-m", "importpolicy", "schema"), 2)
        self.assertIn("in the way", result.err)
        self.assertNotIn("Traceback", result.err)

    def test_unreadable(self):
        for arguments in (["check", "missing.json"],
                          ["diff", "missing.json", "missing.json"],
                          ["explain", "-p", "missing.json", "a", "socket"],
                          ["merge", "missing.jsonl"],
                          ["learn", "missing.py"], ["learn"]):
            with self.subTest(arguments):
                result = self.ends(self.command(*arguments), 2)
                self.assertEqual(result.out, "")
                self.assertRegex(result.err, "^importpolicy: .*\n$")

    def run_on_terminal(self, *arguments, **env):
        leader, follower = pty.openpty()
        self.addCleanup(os.close, leader)
        self.world.spawn("-m", "importpolicy", *arguments,
                         capture_output=False, stdout=follower,
                         stderr=follower, env={"TERM": "xterm"} | env)
        os.close(follower)
        data = b""
        try:
            while part := os.read(leader, 65536):
                data += part
        except OSError:
            pass                # nobody writes to it any more
        return data.decode()

    def test_colour(self):
        self.world.policy({"$permissions": {"vault": {"run": ["sh"]}}})
        self.assertNotIn("\033", self.command("check").out)
        self.assertIn("\033", self.run_on_terminal("check"))
        self.assertNotIn("\033", self.run_on_terminal("check", NO_COLOR="1"))

    def test_hostile_names(self):
        # Nothing in a file turns the terminal's text around.
        self.world.policy('{"$comment": "\\u202e", '
                          '"$hosts": ["a\u00e9\u0301b"]}')
        result = self.command("check")
        self.assertTrue(result.out.isprintable() or "\n" in result.out)
        self.assertNotIn("\u202e", result.out)


if __name__ == "__main__":
    unittest.main()
