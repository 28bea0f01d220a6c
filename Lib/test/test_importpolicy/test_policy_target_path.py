"""Which paths does a list of path targets hold?

policy_target_path.c is compiled alone and held against a model of forty
lines: by examples, and by thousands of random lists and paths.
"""

import ctypes
import os
import random
import re
import shutil
import subprocess
import sysconfig
import tempfile
import time
import unittest

from test import support


class Place(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("path", ctypes.c_char_p)]


SOURCES = ("policy_target_path.c", "policy_target_path_check.c",
           "policy_target_path_table.c", "policy_target_glob.c",
           "policy_text.c")


def compile_library(folder):
    """The C files as a shared library; None where that cannot be done."""
    root = sysconfig.get_config_var("srcdir") or "."
    sources = [os.path.join(root, "Python", name) for name in SOURCES]
    compiler = (sysconfig.get_config_var("CC") or "cc").split()
    compiler = [word for word in compiler if word != "ccache"]
    if not os.path.exists(sources[0]) or not shutil.which(compiler[0]):
        return None
    library = os.path.join(folder, "paths.so")
    subprocess.run(
        [*compiler, "-std=c11", "-O2", "-shared", "-fPIC", "-Wl,-Bsymbolic",
         "-DPOLICY_STANDALONE", "-DNDEBUG",
         "-I", os.path.join(root, "Include", "internal"), *sources,
         "-o", library], check=True)
    result = ctypes.CDLL(library)
    result._PyPolicyPaths_Compile.restype = ctypes.c_void_p
    result._PyPolicyPaths_Match.restype = ctypes.c_bool
    result._PyPolicyPaths_Exclude.restype = ctypes.c_bool
    result._PyPolicyPaths_IsAbove.restype = ctypes.c_bool
    return result


class Paths:
    """A compiled list."""

    def __init__(self, library, texts, places=()):
        self.library = library
        encoded = [os.fsencode(text) for text in texts]
        named = [Place(name.encode(), os.fsencode(path))
                 for name, path in places]
        self.compiled = ctypes.c_void_p(library._PyPolicyPaths_Compile(
            (ctypes.c_char_p * len(encoded))(*encoded),
            ctypes.c_size_t(len(encoded)),
            (Place * len(named))(*named), ctypes.c_size_t(len(named))))

    def holds(self, path, package=None):
        path = os.fsencode(path)
        package = package and os.fsencode(package)
        return self.library._PyPolicyPaths_Match(
            self.compiled, path, ctypes.c_size_t(len(path)),
            ctypes.c_char_p(package))

    def excludes(self, path, package=None, above=False):
        path = os.fsencode(path)
        package = package and os.fsencode(package)
        return self.library._PyPolicyPaths_Exclude(
            self.compiled, path, ctypes.c_size_t(len(path)),
            ctypes.c_char_p(package), ctypes.c_bool(above))

    def is_above(self, path, package=None):
        path = os.fsencode(path)
        package = package and os.fsencode(package)
        return self.library._PyPolicyPaths_IsAbove(
            self.compiled, path, ctypes.c_size_t(len(path)),
            ctypes.c_char_p(package))

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.library._PyPolicyPaths_Free(self.compiled)


# --- the model --------------------------------------------------------------

def translate(target):
    """A target without a place as a regular expression."""
    target = target.removesuffix("/")
    *_, last = target.split("/")
    text = re.escape(target).replace(r"\*", "*").replace(r"\?", "?")
    text = re.sub(r"(?<=/)\*\*+/", "\0", text)
    text = re.sub(r"\*\*+", "\1", text)
    text = text.replace("*", "[^/]*").replace("?", "[^/]")
    text = text.replace("\0", "(?:[^/]*/)*").replace("\1", ".*")
    if not re.search(r"[*?]", last):
        text += "(?:/.*)?"
    return re.compile(text, re.DOTALL)


def model(targets, path, places=(), package=None):
    for target in targets:
        place, slash, rest = target.partition("/")
        heads = [value for name, value in places if name == place]
        if place == "$PKG" and package is not None:
            heads = [package]
        elif not place.startswith("$"):
            heads, rest = [""], target.removeprefix("/")
        for head in heads:
            head = head.removesuffix("/")
            if path != head and not path.startswith(head + "/"):
                continue
            if path == "/" and rest:
                continue
            if not rest or translate("/" + rest).fullmatch(path[len(head):]):
                return True
    return False


# --- tests ------------------------------------------------------------------

@unittest.skipUnless(os.name == "posix", "paths of POSIX")
@support.requires_subprocess()
class PathTests(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.library = compile_library(folder)
        if cls.library is None:
            raise unittest.SkipTest("no compiler, or no sources")

    def list_of(self, *targets, places=()):
        paths = Paths(self.library, targets, places)
        self.addCleanup(paths.__exit__)
        return paths

    def check(self, text):
        code = ctypes.create_string_buffer(32)
        what = ctypes.create_string_buffer(2048)
        text = text.encode()
        if self.library._PyPolicyPath_Check(
                text, ctypes.c_size_t(len(text)), code, what) < 0:
            return what.value.decode()
        return None


class ExampleTests(PathTests):

    def assertHolds(self, target, *paths):
        with Paths(self.library, [target]) as compiled:
            for path in paths:
                with self.subTest(target=target, path=path):
                    self.assertTrue(compiled.holds(path))
                    self.assertTrue(model([target], path))

    def assertLeavesOut(self, target, *paths):
        with Paths(self.library, [target]) as compiled:
            for path in paths:
                with self.subTest(target=target, path=path):
                    self.assertFalse(compiled.holds(path))
                    self.assertFalse(model([target], path))

    def test_directory_covers_what_is_below(self):
        self.assertHolds("/srv/data", "/srv/data", "/srv/data/x",
                         "/srv/data/x/y")
        self.assertLeavesOut("/srv/data", "/srv", "/srv/database", "/",
                             "/x/srv/data", "/srv/dat")
        self.assertHolds("/srv/data/", "/srv/data", "/srv/data/x")
        self.assertHolds("/", "/", "/x", "/x/y")

    def test_star_stops_at_slash(self):
        self.assertHolds("/a/*.txt", "/a/x.txt", "/a/.txt", "/a/.x.txt")
        self.assertLeavesOut("/a/*.txt", "/a/b/x.txt", "/a/x.txt/y", "/a",
                             "/a/x.txt2")
        self.assertLeavesOut("/*", "/", "/a/b")
        self.assertHolds("/*", "/a")
        self.assertHolds("/home/*/data", "/home/x/data", "/home/x/data/y/z")
        self.assertLeavesOut("/home/*/data", "/home/x/y/data", "/home/data",
                             "/home/x/database")

    def test_two_stars_do_not(self):
        self.assertHolds("/a/**", "/a/b", "/a/b/c")
        self.assertLeavesOut("/a/**", "/a", "/ab")
        self.assertHolds("/a/**/b", "/a/b", "/a/x/b", "/a/x/y/b/z")
        self.assertLeavesOut("/a/**/b", "/a/xb", "/ab", "/a/x/bc")
        self.assertHolds("/a/**.py", "/a/x.py", "/a/b/c/x.py")
        self.assertHolds("/**/x", "/x", "/a/x", "/a/b/x/c")
        self.assertHolds("/a/**/**/b", "/a/b", "/a/x/y/b")

    def test_one_character(self):
        self.assertHolds("/a/?", "/a/x", "/a/\xe9", "/a/\U0001f40d",
                         "/a/\udcff")
        self.assertLeavesOut("/a/?", "/a/", "/a/xy", "/a/x/y",
                             "/a/\udcff\udcff")

    def test_undecodable_bytes(self):
        self.assertHolds("/a/*", "/a/\udcff\udce9")
        self.assertHolds("/a", "/a/\udcff")
        self.assertLeavesOut("/a/\xff", "/a/\udcff", "/a/\udcc3")

    def test_places(self):
        places = [("$APP", "/srv/app"), ("$APP", "/srv/lib"),
                  ("$HOME", "/home/x*y"), ("$PREFIX", "/")]
        paths = self.list_of("$APP/data", "$HOME/*.txt", "$TMP",
                             places=places)
        for path in ("/srv/app/data", "/srv/lib/data/x",
                     "/home/x*y/a.txt"):
            self.assertTrue(paths.holds(path), path)
        for path in ("/srv/app", "/home/xzy/a.txt", "/home/x*y", "/tmp",
                     "/tmp/x", "/", "/data"):
            self.assertFalse(paths.holds(path), path)
        self.assertTrue(self.list_of("$PREFIX", places=places).holds("/x"))
        paths = self.list_of("$PREFIX/lib", places=places)
        self.assertTrue(paths.holds("/lib/x"))
        self.assertFalse(paths.holds("/x/lib"))

    def test_place_without_a_path_holds_nothing(self):
        paths = self.list_of("$TMP", "$HOME/x",
                             places=[("$TMP", ""), ("$HOME", "")])
        for path in "/", "/x", "/tmp":
            self.assertFalse(paths.holds(path), path)

    def test_package(self):
        paths = self.list_of("$PKG", "/srv")
        self.assertTrue(paths.holds("/lib/pkg/x", "/lib/pkg"))
        self.assertTrue(paths.holds("/lib/pkg.py", "/lib/pkg.py"))
        self.assertTrue(paths.holds("/srv", "/lib/pkg"))
        self.assertFalse(paths.holds("/lib/pkg2", "/lib/pkg"))
        self.assertFalse(paths.holds("/lib/pkg/x"))
        self.assertFalse(paths.holds("/lib/pkg/x", "/"))
        paths = self.list_of("$PKG/data", "$PKG/*.so")
        self.assertTrue(paths.holds("/l*/pkg/data/x", "/l*/pkg"))
        self.assertTrue(paths.holds("/l*/pkg/_x.so", "/l*/pkg"))
        self.assertFalse(paths.holds("/lib/pkg/_x.so", "/l*/pkg"))
        self.assertFalse(paths.holds("/lib/pkg/x", "/lib/pkg"))
        self.assertFalse(paths.holds("/lib/pkg/a/x.so", "/lib/pkg"))

    def test_not_a_path(self):
        paths = self.list_of("/", "$PKG", "/**")
        for path in "", "x", "host", "./x":
            self.assertFalse(paths.holds(path, "/x"), path)


class AboveTests(PathTests):

    def test_directories_above(self):
        paths = self.list_of("/srv/app/keys", "/data/x/*/keys", "$PKG/x",
                             "$TMP/y", places=[("$TMP", "/var/tmp")])
        for path in ("/", "/srv", "/srv/app", "/data", "/data/x", "/var",
                     "/var/tmp", "/lib", "/lib/pkg"):
            self.assertTrue(paths.is_above(path, "/lib/pkg"), path)
        for path in ("/srv/app/keys", "/srv/ap", "/srv/app/other", "/data/y",
                     "/data/x/y", "/lib/pk", "/lib/pkg/x", "x", "/var/tmp/y"):
            self.assertFalse(paths.is_above(path, "/lib/pkg"), path)

    def test_above_nothing(self):
        for texts in (), ("/",), ("$TMP",):
            paths = self.list_of(*texts)
            self.assertFalse(paths.is_above("/srv"), texts)
        self.assertFalse(self.list_of().is_above("/"))
        self.assertFalse(self.list_of("$PKG").is_above("/lib"))


class ExclusionTests(PathTests):

    def test_globs_exclude_what_is_below(self):
        paths = self.list_of("/srv/.*", "/a/**", "/x/?")
        for path in "/srv/.git", "/srv/.git/config", "/a/b", "/x/y/z":
            self.assertTrue(paths.excludes(path), path)
        for path in "/srv", "/srv/git/.x", "/a", "/x/yy/z":
            self.assertFalse(paths.excludes(path), path)

    def test_what_is_moved_along(self):
        paths = self.list_of("/srv/app/keys", "/data/*/keys", "$PKG/keys")
        package = "/lib/pkg"
        for path in ("/srv/app/keys", "/srv/app", "/srv", "/", "/data",
                     "/data/x", "/data/x/y", "/lib/pkg/keys", "/lib/pkg",
                     "/lib", "(unclear)"):
            self.assertTrue(paths.excludes(path, package, above=True), path)
        for path in "/srv/app/other", "/srv/ap", "/lib/pkg/x", "/lib2":
            self.assertFalse(paths.excludes(path, package, above=True), path)
        for path in "/srv/app", "/srv", "/data", "/lib/pkg":
            self.assertFalse(paths.excludes(path, package), path)

    def test_nothing_is_excluded_by_nothing(self):
        self.assertFalse(self.list_of().excludes("/x", None, above=True))


class CheckTests(PathTests):

    def test_good(self):
        for text in ("/", "/a", "/a/", "/a/b.c", "/a/*", "/a/**/b", "/a?b",
                     "$APP", "$PKG/", "$TMP/x", "$HOME/.cache/*", "$PREFIX",
                     "/a b", "/a/~", "/a/$x", "/\xe9", "/a/...", "/{x}",
                     "/a/]", "/" + "a" * 4095):
            with self.subTest(text=text):
                self.assertIsNone(self.check(text))

    def test_bad(self):
        for text, advice in (
                ("", "is empty"), ("~/x", '"$HOME"'), ("~", '"$HOME"'),
                ("x", '"$APP/'), ("./x", '"$APP/'), ("*", '"$APP/'),
                ("**/x", '"$APP/'), ("file:///x", '"$APP/'),
                ("$app/x", 'mean "$APP"'), ("$TEMP", 'mean "$TMP"'),
                ("$TMPDIR/x", 'mean "$TMP"'),
                ("$HOMEx", 'mean "$HOME"'), ("$USER/x", "$PREFIX or"),
                ("$", "$PREFIX or"), ("//x", "empty component"),
                ("/a//b", "empty component"), ("/a/./b", '".."'),
                ("/a/..", '".."'), ("$TMP/../x", '".."'), ("/.", '".."'),
                ("/a//", "empty component"), ("$TMP//", "empty component"),
                ("/a/[ab]", "classes"), ("/a\\b", "backslash"),
                ("/{a,b}", "alternatives"), ("/x/$HOME/y", "place"),
                ("/" + "a" * 4096, "longer")):
            with self.subTest(text=text):
                self.assertIn(advice, self.check(text) or "accepted")

    def test_quoted_safely(self):
        self.assertNotIn("\n", self.check("x\n\u202e"))


class RandomTests(PathTests):

    def random_path(self, choose, wild):
        pieces = ["a", "b", "ab", "ba", "\xe9", "\udcff"]
        if wild:
            pieces = pieces[:-1] + ["*", "?", "a*", "*b", "**", "a?b",
                                    "**a", "*a*b*", "a**", "***"]
        return "".join("/" + choose(pieces)
                       for _ in range(choose((1, 1, 2, 2, 3, 4))))

    def test_against_the_model(self):
        rng = random.Random(1)
        choose = rng.choice
        seen = {True: 0, False: 0}
        for _ in range(4000):
            places = [(choose(("$APP", "$TMP")), self.random_path(choose, 0))
                      for _ in range(choose((0, 1, 2)))]
            targets = [choose(("", "", "", "$APP", "$TMP", "$PKG"))
                       + self.random_path(choose, 1)
                       for _ in range(choose((0, 1, 2, 5, 9)))]
            package = choose((None, self.random_path(choose, 0)))
            with Paths(self.library, targets, places) as compiled:
                for _ in range(12):
                    path = self.random_path(choose, 0)
                    if package and choose((True, False)):
                        path = package + path
                    expected = model(targets, path, places, package)
                    seen[expected] += 1
                    if compiled.holds(path, package) != expected:
                        self.fail(f"{targets} {places} {package}: "
                                  f"{path} should give {expected}")
        self.assertGreater(min(seen.values()), 2000, seen)

    def test_many_exact_targets(self):
        rng = random.Random(2)
        targets = {"/" + "/".join(rng.choice("abcdefgh") * rng.randint(1, 9)
                                  for _ in range(rng.randint(1, 6)))
                   for _ in range(10000)}
        paths = self.list_of(*targets)
        for target in list(targets)[:500]:
            self.assertTrue(paths.holds(target))
            self.assertTrue(paths.holds(target + "/x"))
            above = [target[:i] for i, c in enumerate(target) if c == "/"]
            self.assertEqual(
                paths.holds(target + "x"),
                any(name in targets for name in [*above, target + "x"]))


class CostTests(PathTests):

    def seconds(self, paths, path, times=300):
        best = 9.0
        for _ in range(5):
            start = time.perf_counter()
            for _ in range(times):
                paths.holds(path)
            best = min(best, time.perf_counter() - start)
        return best / times

    def test_exact_targets_do_not_add_up(self):
        path = "/srv/www/static/images/logo.png"
        one = self.list_of("/srv/www/other")
        many = self.list_of(*(f"/srv/www/other{i}" for i in range(10000)))
        self.assertLess(self.seconds(many, path),
                        self.seconds(one, path) * 2 + 1e-6)

    def test_no_backtracking(self):
        paths = self.list_of("/" + "*a" * 40 + "b", "/**a" * 40 + "/**b")
        self.assertLess(self.seconds(paths, "/" + "a" * 4000, 3), 0.05)
        self.assertLess(self.seconds(paths, "/a" * 2000, 3), 0.05)


if __name__ == "__main__":
    unittest.main()
