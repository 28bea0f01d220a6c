"""How links are sampled where instructions are counted (Tools/importpolicy).

The builds are two trees here whose make "links" by writing down what it was
given, and cachegrind is whoever answers in its place.
"""

import importlib.util
import os
import pathlib
import shutil
import tempfile
import types
import unittest
from unittest import mock

from test.support import import_helper
from test.test_importpolicy.standalone import root

TOOLS = next((folder for above in ((), ("..", ".."))
              if (folder := pathlib.Path(root(), *above, "Tools",
                                         "importpolicy")).is_dir()), None)

MAKEFILE = """
CC = ./compile
BUILDPYTHON = python
$(BUILDPYTHON): main.o
\t$(LINKCC) -o $@ main.o
main.o:
\techo more than a link was made; false
"""
COMPILE = """#!/bin/sh
# -s SOURCE -o TARGET main.o
cat "$2" >"$4"
"""


def setUpModule():
    if TOOLS is None:
        raise unittest.SkipTest("this needs the sources")
    unittest.enterModuleContext(import_helper.DirsOnSysPath(str(TOOLS)))
    unittest.enterModuleContext(import_helper.isolated_modules())
    global instructions, links, results, scenes, Workload
    from bench import instructions, links, results
    from bench import scene as scenes
    from bench.workloads import Workload


def workload(**more):
    return Workload("start-up", "process", ("-c", "pass"), **more)


@unittest.skipUnless(shutil.which("make"), "there is no make")
class LinkTest(unittest.TestCase):

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(
            tempfile.TemporaryDirectory()))
        self.trees, self.homes = {}, {}
        for build in "stock", "ours":
            tree = self.folder / build
            (tree / "venv" / "bin").mkdir(parents=True)
            (tree / "Makefile").write_text(MAKEFILE, encoding="utf-8")
            (tree / "compile").write_text(COMPILE, encoding="utf-8")
            (tree / "compile").chmod(0o755)
            self.trees[build] = str(tree)
            self.homes[build] = tree / "venv"
        self.before = self.listing()

    def listing(self):
        return sorted(path for tree in self.trees.values()
                      for path in pathlib.Path(tree).rglob("*"))

    def scene(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        return scenes.Scene(folder, self.trees, self.homes)

    def linked(self, scene, build, packages=False):
        path = pathlib.Path(scene.python(build, packages))
        return path, path.read_text(encoding="utf-8")

    def test_same_padding_in_both_builds(self):
        texts = set()
        with self.scene() as scene:
            for scene.link in range(1, 13):
                stock, text = self.linked(scene, "stock")
                ours, same = self.linked(scene, "ours")
                self.assertEqual(text, same)
                self.assertIn(f"[{links.padding(scene.link)}]", text)
                self.assertEqual(stock.name, ours.name)
                self.assertEqual(str(stock.parent), self.trees["stock"])
                texts.add(text)
        self.assertEqual(len(texts), 12)

    def test_same_padding_in_peers(self):
        with self.scene() as scene:
            scene.link = 3
            for name in ("CPython", "CPython, sitecustomize", "C hook",
                         "C hook, preloaded", "Python hooks"):
                self.assertEqual(scene.command(name, workload())[0],
                                 scene.python("stock", False))
            for name in "no policy", "policy", "policy, locked":
                self.assertEqual(scene.command(name, workload())[0],
                                 scene.python("ours", False))

    def test_below_make(self):
        with mock.patch.dict(os.environ, MAKELEVEL="1", MAKEFLAGS="w -- CC=x"):
            with self.scene() as scene:
                scene.link = 1
                self.assertIn("padding", self.linked(scene, "ours")[1])

    def test_first_link_is_the_build(self):
        with self.scene() as scene:
            self.assertEqual(scene.python("ours", False),
                             os.path.join(self.trees["ours"], "python"))
            self.assertEqual(links.padding(0), 0)
            self.assertEqual(self.listing(), self.before)

    def test_environments(self):
        with self.scene() as scene:
            scene.link = 2
            path, text = self.linked(scene, "ours", packages=True)
            self.assertEqual(path.parent, self.homes["ours"] / "bin")
            target = scene.python("ours", False)
            self.assertEqual(os.readlink(path), target)
            self.assertEqual(text, self.linked(scene, "stock")[1])
        self.assertEqual(self.listing(), self.before)

    def test_nothing_is_left(self):
        with self.assertRaises(KeyboardInterrupt), self.scene() as scene:
            for scene.link in 1, 2:
                scene.python("stock", False)
                scene.python("ours", True)
            self.assertEqual(len(self.listing()), len(self.before) + 6)
            raise KeyboardInterrupt
        self.assertEqual(self.listing(), self.before)

    def test_cannot_be_linked(self):
        for text in "#!/bin/sh\necho half >\"$4\"; echo no >&2; exit 1\n", "":
            compiler = pathlib.Path(self.trees["ours"], "compile")
            compiler.write_text(text, encoding="utf-8")
            if not text:
                compiler.unlink()
                self.before.remove(compiler)
            with self.subTest(text), self.scene() as scene:
                scene.link = 1
                for _ in range(2):
                    with self.assertRaisesRegex(scenes.Unavailable,
                                                "ours cannot be linked anew"):
                        scene.python("ours", False)
                scene.python("stock", False)
            self.assertEqual(self.listing(), self.before)


    def test_tree_is_not_to_be_written(self):
        refused = PermissionError(13, "Permission denied", "python-1")
        with (self.scene() as scene,
              mock.patch.object(shutil, "move", side_effect=refused)):
            scene.link = 1
            with self.assertRaisesRegex(scenes.Unavailable, "denied"):
                scene.python("ours", False)
        self.assertEqual(self.listing(), self.before)


class MeanTest(unittest.TestCase):

    COUNTS = {"CPython": [1000, 1000, 1030], "no policy": [1002, 1001, 1000],
              "policy": [1100, 1010, 1010]}

    def setUp(self):
        self.enterContext(mock.patch.object(instructions, "prefix", list))
        self.scene = types.SimpleNamespace(link=0, seed=0, run=self.run_one)
        self.counted = []

    def run_one(self, name, row, *arguments, before=None):
        if before is not None:
            self.counted.append((name, self.scene.link, self.scene.seed))
        count = self.COUNTS[name][self.scene.link] + self.scene.seed ** 2
        return types.SimpleNamespace(stderr=f"==1== I refs:  {count:,}\n")

    def measure(self, row, **more):
        path = TOOLS / "bench.py"
        spec = importlib.util.spec_from_file_location("bench_script", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        found = results.Results({})
        options = {"configurations": ["no policy", "policy"], "count": True,
                   "generations": 9, "times": False, "runs": 1, "seeds": 1,
                   "links": None} | more
        script.Bench(self.scene, found,
                     types.SimpleNamespace(**options)).measure(row)
        return found

    def test_mean_is_reported(self):
        with mock.patch("sys.stderr"):
            found = self.measure(workload(links=3))
        without, policy = found.rows
        self.assertEqual((without["base"], without["value"]), (1010, 1001))
        self.assertEqual((policy["base"], policy["value"]), (1010, 1040))
        self.assertEqual(policy["ratio"], 1040 / 1010)
        self.assertEqual(policy["links"], [1.1, 1.01, 1010 / 1030])
        self.assertEqual(self.counted, [
            (name, link, 0) for name in self.COUNTS for link in range(3)])
        text = results.text(found.json())
        self.assertIn("1.0297", text)
        self.assertIn("policy: the mean of 3 links, 0.9806 to 1.1000.", text)

    def test_one_link(self):
        for row, options in ((workload(), {}),
                             (workload(links=3), {"links": 1})):
            with self.subTest(options), mock.patch("sys.stderr"):
                policy = self.measure(row, **options).rows[1]
                self.assertEqual((policy["base"], policy["value"]),
                                 (1000, 1100))
                self.assertNotIn("links", policy)

    def test_links_of_any_row(self):
        with mock.patch("sys.stderr"):
            policy = self.measure(workload(), links=2).rows[1]
        self.assertEqual(policy["value"], 1055)

    def test_seeds_are_dealt_to_links(self):
        for seeds, links, expected in (
                (5, 1, [1104]),                     # in the middle
                (5, 3, [1104.5, 1018.5, 1014]),     # 0 and 3, 1 and 4, 2
                (2, 3, [1100, 1011, 1010])):        # 0, 1, and none is 0
            with self.subTest(seeds=seeds, links=links):
                counter = instructions.Counter(self.scene, seeds=seeds)
                self.assertEqual(
                    counter.workload("policy", workload(links=links)),
                    expected)

    def test_state_after_a_failure(self):
        counter = instructions.Counter(self.scene, links=4, seeds=2)
        with self.assertRaises(IndexError):     # there are three
            counter.workload("policy", workload())
        self.assertEqual((self.scene.link, self.scene.seed), (0, 0))


if __name__ == "__main__":
    unittest.main()
