"""Which files does readline read and write, and who has to be covered?

readline prints the lines of its settings that it does not understand."""

import importlib.util
import os
import unittest

from test.test_importpolicy.support import JudgementTestCase


@unittest.skipUnless(importlib.util.find_spec("readline"), "needs readline")
class ReadlineTest(JudgementTestCase):

    secret = "5ec2e7"

    def setUp(self):
        super().setUp()
        for name in "home", "private":
            self.world.write(f"{name}/empty", "")
        self.home = self.world.path("home")
        self.hidden = self.world.write("private/hidden", self.secret + "\n")

    def run_evil(self, text, granted=True, **env):
        """evil may read and write home/, and private/ where granted."""
        paths = [self.home] + [self.world.path("private")] * granted
        self.world.modules(evil="import os\n" + text)
        return self.judge(
            {"$permissions": {"evil": {"read": paths, "write": paths,
                                       "env": True}}},
            "import evil\nprint('done')", env={"HOME": self.home} | env)

    def check(self, text, **env):
        """What is hidden is shown where it is granted, and else nothing."""
        result = self.run_evil(text, **env)
        self.assertEqual(result.code, 0, result)
        self.assertIn(self.secret, result.err, result)
        result = self.run_evil(text, granted=False, **env)
        self.assertNotIn(self.secret, result.err + result.out, result)
        self.assertIn("evil", result.err, result)
        return result

    def test_included(self):
        settings = self.world.write("home/settings",
                                    f" $Include {self.home}/more\n")
        self.world.write("home/more", f"set bell-style none\n"
                                      f"$include {self.hidden}\n")
        self.check(f"import readline\nreadline.read_init_file({settings!r})")

    def test_included_by_itself(self):
        settings = self.world.write("home/settings",
                                    f"$include {self.home}/settings\n")
        result = self.run_evil("import readline\n"
                               f"readline.read_init_file({settings!r})",
                               granted=False)
        self.assertEqual(result.code, 1, result)
        self.assertIn("OSError", result.err)

    def test_default(self):
        """The one of last time is meant."""
        settings = self.world.write("home/settings", "set bell-style none\n")
        self.check("import readline\n"
                   f"path = {settings!r}\n"
                   "readline.read_init_file(path)\n"
                   f"os.symlink({self.hidden!r}, path + '.link')\n"
                   "os.replace(path + '.link', path)\n"
                   "readline.read_init_file()")

    def test_environment(self):
        self.check("import readline\nreadline.read_init_file()",
                   INPUTRC=self.hidden)

    def test_begins(self):
        """Without its settings it can be imported all the same."""
        self.world.write("home/.inputrc", f"$include {self.hidden}\n")
        result = self.check("import readline")
        self.assertEqual(result.out, "done\n", result)
        self.assertEqual(result.code, 0, result)

    def test_history(self):
        """Where none is named, it is the one in the home directory."""
        os.symlink(self.hidden, self.world.path("home/.history"))
        text = ("import readline\nreadline.read_history_file()\n"
                "os.write(2, readline.get_history_item(1).encode())")
        self.check(text)
        for call in "write_history_file()", "append_history_file(1)":
            result = self.run_evil(f"import readline\nreadline.{call}", False)
            self.assertEqual(result.code, 1, result)
            result = self.run_evil(f"import readline\nreadline.{call}")
            self.assertEqual(result.code, 0, result)


if __name__ == "__main__":
    unittest.main()
