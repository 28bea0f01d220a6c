"""The escape suite: does every attack come to nothing?

One test for each case in attacks/; what a case is stands there.
"""

import concurrent.futures
import importlib.util
import os
import sysconfig
import unittest

from test.test_importpolicy.attacks import cases, runner

CASES = cases.load()


class Attacks(unittest.TestCase):

    whole = False           # All of them will be run.

    @classmethod
    def setUpClass(cls):
        cls.futures = {}
        if cls.whole:
            pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
            cls.addClassCleanup(pool.shutdown, cancel_futures=True)
            cls.futures = {name: pool.submit(runner.run, case)
                           for name, case in CASES.items()}

    def check(self, name):
        case = CASES[name]
        self.assertEqual(list(case.problems()), [])
        for module in case.needs:
            if importlib.util.find_spec(module) is None:
                self.skipTest(f"this needs {module}")
        future = self.futures.get(name)
        if future is None or future.cancel():
            verdict = runner.run(case)
        else:
            verdict = future.result()
        if verdict.text:
            self.fail(verdict.text)
        self.assertEqual(verdict.name, case.expected)


for _name in CASES:
    def _test(self, name=_name):
        self.check(name)
    _test.__name__ = f"test_{_name}"
    _test.__qualname__ = f"Attacks.test_{_name}"
    setattr(Attacks, _test.__name__, _test)


class Documented(unittest.TestCase):

    def test_counts(self):
        root = sysconfig.get_config_var("srcdir") or "."
        path = os.path.join(root, "Doc", "importpolicy", "attacks.rst")
        if not os.path.exists(path):
            self.skipTest("this needs the sources")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(cases.written(text, CASES.values()), text)


def load_tests(loader, tests, pattern):
    """Nobody asked for one of them."""
    Attacks.whole = True
    return tests


if __name__ == "__main__":
    unittest.main()
