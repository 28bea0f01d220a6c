"""The rule as the interpreter has it, against the rule as a model says it.

Random worlds (distributions that require each other, packages of none,
namespaces, policies) and in each of them random stacks, built of real calls
between real packages: threads, work items, tasks, module bodies, code that
belongs to two, callables that one makes and another calls.  At the end of
each stands one access.  See differential/model.py for what is expected.

IMPORTPOLICY_CASES says how many; `make test-full` asks for 100,000.
"""

import os
import random
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

from test.support import os_helper
from test.test_importpolicy.differential import compare, model, paper, world
from test.test_importpolicy.support import installed, warm_up

CASES = int(os.environ.get("IMPORTPOLICY_CASES", "0"))


class DifferentialTest(unittest.TestCase):

    def setUp(self):
        warm_up()
        root = tempfile.mkdtemp()
        self.addCleanup(os_helper.rmtree, root)
        self.scene = world.Scene(root)

    def test_by_chance(self):
        n = CASES or 2500
        self.assertEqual(compare.by_chance(self.scene, n, "seed"), n)

    def test_hypothesis(self):
        site = installed(self, "hypothesis")
        n = CASES or 1000
        completed = subprocess.run(
            [sys.executable, "-X", "importpolicy=off", compare.__file__,
             "--hypothesis", str(n)],
            env=os.environ | {"PYTHONPATH": site}, capture_output=True,
            encoding="utf-8", stdin=subprocess.DEVNULL)
        self.assertEqual(completed.returncode, 0,
                         completed.stdout + completed.stderr)
        self.assertIn("no difference", completed.stdout)

    def check_notices(self, change):
        # A rule that is only slightly another one is noticed.
        with change, self.assertRaises(compare.Different):
            compare.by_chance(self.scene, 4000, "seed")

    def test_notices_ancestors(self):
        self.check_notices(mock.patch.object(
            model.Model, "required", lambda self, dist, *rest:
            set(self.dists[dist]["tops"])))

    def test_notices_acting(self):
        class First(model.Acting):
            def __init__(self, stack):
                super().__init__(stack)
                self.plain = set(sorted(self.plain)[:2])
        self.check_notices(mock.patch.object(model, "Acting", First))

    def test_notices_inheritance(self):
        self.check_notices(mock.patch.object(
            model.Acting, "inherited", lambda self: frozenset()))

    def test_notices_bodies(self):
        real = paper.walk

        def walk(*args):
            stack = real(*args)
            return stack and tuple(
                ("frame" if kind == "body" else kind, who)
                for kind, who in stack)
        self.check_notices(mock.patch.object(paper, "walk", walk))

    def test_notices_walk(self):
        class Ordinary(model.Acting):
            def __init__(self, stack):
                super().__init__(stack)
                self.beyond = set()
        self.check_notices(mock.patch.object(model, "Acting", Ordinary))

    def test_both_verdicts(self):
        # Neither answer is rare, so that agreement means something.
        verdicts = []
        for i in range(4):
            source = random.Random(i)
            made = compare.cases.world(source, self.scene.root)
            plans = [compare.cases.plan(source, self.scene.root)
                     for _ in range(100)]
            verdicts += self.scene.run(made, plans)
        self.assertEqual(set(verdicts), {True, False})
        self.assertGreater(min(map(verdicts.count, (True, False))), 80)


if __name__ == "__main__":
    unittest.main()
