"""Which grants does a program do without?

What a run has reached is not all that it needs: it looked for a file that was
not there, or would have taken another way.  So it is run again under the
policy, once for each grant without that grant; when it ends with the same
status and has written the same, the grant is left out for good.
"""

import copy
import json
import os
import subprocess
import sys
import tempfile

from importpolicy import _out

# A program that was refused something may wait for ever.
TIMES_LONGER = 5
LEAST_SECONDS = 20


def _smaller(policy):
    """(policy, what) with one grant less each; whole lists come first."""
    for who, entry in policy.get("$permissions", {}).items():
        for what, targets in entry.items() if entry is not True else ():
            less = copy.deepcopy(policy)
            del less["$permissions"][who][what]
            yield less, f"{who}: {what}"
            if targets is True or len(targets) < 2:
                continue
            for target in targets:
                less = copy.deepcopy(policy)
                less["$permissions"][who][what].remove(target)
                yield less, f"{who}: {what} {target}"


class _Runs:

    def __init__(self, command, directory, application):
        self.command = command
        self.file = os.path.join(directory, "policy.json")
        self.application = application
        self.timeout = None

    def run(self, policy):
        """How it ends: status and output; None when it does not."""
        policy = policy | {"$log": False}
        policy["$app"] = [self.application, *policy.get("$app", ())]
        with open(self.file, "w") as file:
            json.dump(policy, file)
        try:
            done = subprocess.run(
                [sys.executable, "-X", "importpolicy=off", *self.command],
                env=os.environ | {"PYTHONPOLICY": self.file},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, timeout=self.timeout)
        except subprocess.TimeoutExpired:
            return None
        return done.returncode, done.stdout

    def time(self, policy):
        """The same, and from now on no run takes much longer."""
        before = os.times().elapsed
        result = self.run(policy)
        seconds = os.times().elapsed - before
        self.timeout = max(LEAST_SECONDS, seconds * TIMES_LONGER)
        return result


def _clean(policy):
    """Without entries that have become empty."""
    permissions = {who: entry for who, entry
                   in policy.get("$permissions", {}).items() if entry}
    policy = {key: value for key, value in policy.items()
              if key != "$permissions"}
    return policy | ({"$permissions": permissions} if permissions else {})


def minimize(policy, command, application):
    """The policy without what the program does without."""
    with tempfile.TemporaryDirectory(prefix="importpolicy-") as directory:
        runs = _Runs(command, directory, application)
        expected = runs.time(policy)
        again = runs.run(policy)
        if expected is None or again is None or expected[0] != again[0]:
            _out.say("importpolicy: the program does not end the same way "
                     "twice; nothing was left out")
            return policy
        same = (lambda result: result == expected) if expected == again \
            else (lambda result: result and result[0] == expected[0])
        tried = set()
        while True:
            for less, what in _smaller(policy):
                if what in tried:
                    continue
                tried.add(what)
                if same(runs.run(less)):
                    _out.say(f"importpolicy: not needed: {what}")
                    policy = _clean(less)
                    break
            else:
                return policy
