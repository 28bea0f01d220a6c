"""Running the commands of `python -m importpolicy` in a world of their own."""

import copy
import json
import os
import re

from test.test_importpolicy.support import JudgementTestCase

GOLDEN = os.path.join(os.path.dirname(__file__), "golden")


class CommandTestCase(JudgementTestCase):

    maxDiff = None

    def setUp(self):
        super().setUp()
        # Elsewhere than the application, which lies in what is usually $TMP.
        self.tmp = self.world.path("tmp")
        self.home = self.world.path("home")
        os.mkdir(self.tmp)
        os.mkdir(self.home)

    def command(self, *arguments, env=None, **kwargs):
        """Run a command in the application's directory."""
        env = {"TMPDIR": self.tmp, "HOME": self.home} | (env or {})
        return self.world.start("-m", "importpolicy", *arguments, env=env,
                                **kwargs)

    def ends(self, result, status):
        self.assertEqual(result.code, status, result)
        return result

    def read_policy(self, path="app/policy.json"):
        with open(self.world.path(path), encoding="utf-8") as file:
            return json.load(file)

    def read_text(self, path="app/policy.json"):
        with open(self.world.path(path), encoding="utf-8") as file:
            return file.read()

    def golden(self, name, text):
        """IMPORTPOLICY_GOLDEN=write writes golden/NAME.txt anew."""
        text = text.replace(self.world.root, "ROOT")
        path = os.path.join(GOLDEN, f"{name}.txt")
        if os.environ.get("IMPORTPOLICY_GOLDEN") == "write":
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(text, file.read())

    # --- What a learned policy must be ------------------------------------

    def refusals(self, policy, *arguments, **kwargs):
        """What a program is refused under a policy, as it was said."""
        self.world.policy(json.dumps(policy))
        env = {"TMPDIR": self.tmp, "HOME": self.home} \
            | kwargs.pop("env", {})
        result = self.world.start(*arguments, env=env, **kwargs)
        return result, re.findall("^importpolicy: (.*)$", result.err,
                                  re.MULTILINE)

    def check_least(self, policy, *arguments, **kwargs):
        """The run is refused nothing; and something, whatever is removed."""
        result, said = self.refusals(policy, *arguments, **kwargs)
        self.assertEqual((result.code, said), (0, []), result)
        for less, what in self.smaller(policy):
            with self.subTest(without=what):
                _, said = self.refusals(less, *arguments, **kwargs)
                self.assertNotEqual(said, [], what)
        self.world.policy(json.dumps(policy))
        return result

    def smaller(self, policy):
        """Each policy with one grant less, and which."""
        for key, names in policy.items():
            if key.startswith("$") and key not in ("$hosts", "$loaders"):
                continue
            for name in names:
                less = copy.deepcopy(policy)
                less[key].remove(name)
                yield less, (key, name)
        for who, entry in policy.get("$permissions", {}).items():
            for what, targets in entry.items():
                for target in targets if isinstance(targets, list) else [0]:
                    less = copy.deepcopy(policy)
                    if target and len(targets) > 1:
                        less["$permissions"][who][what].remove(target)
                    else:
                        del less["$permissions"][who][what]
                    yield less, (who, what, target)
