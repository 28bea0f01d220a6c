"""What is printed or logged acts for whoever put there what writes it."""

import textwrap
import unittest

from test.test_importpolicy.support import JudgementTestCase


class WrittenTestCase(JudgementTestCase):

    # What logs or prints "vault", to whatever evil or good made.
    ways = {
        "log": """
            import logging
            handler = logging.StreamHandler(stream)
            handler.terminator = ""
            logging.raiseExceptions = False
            logging.getLogger().addHandler(handler)
            logging.warning("vault")
            """,
        "library": """
            import argparse
            try:
                argparse.ArgumentParser()._print_message("vault", stream)
            except (ImportError, ValueError):
                pass
            """,
        "print": """
            import sys
            try:
                print("vault", end="", file=stream)
            except (ImportError, ValueError):
                pass
            """,
    }
    deps = {"evil": """
        import types
        class Stream:
            flush = staticmethod(int)
            closed = False
        def put(function):
            stream = Stream()
            stream.write = function
            return stream
        def put_bound(function):
            stream = Stream()
            stream.write = types.MethodType(function, stream)
            return stream
        def put_in_class(function):
            return type("Stream", (Stream,), {"write": function})()
        def get(self, *args):
            import vault
        def got(function):
            class Own(Stream):
                def __getattr__(self, name):
                    return function
            return Own()
        """, "good": """
        def get(*args):
            import vault
        class Stream:
            flush = staticmethod(int)
            def write(self, text):
                import vault
        """}

    def check(self, names, stream):
        """Written to that, it needs exactly these; nothing grants it when
        there are none."""
        names = names.split()
        for way, text in self.ways.items():
            main = (f"import evil, good\nstream = {stream}\n"
                    + textwrap.dedent(text))
            everybody = ["__main__", "evil", "good"]
            policies = [everybody] if not names else [names] + [
                [one for one in everybody if one != left] for left in names]
            for granted in policies:
                with self.subTest(way=way, granted=granted):
                    result = self.judge({"vault": granted}, main)
                    self.assertEqual(result.code, 0, result)
                    self.assertEqual(
                        self.world.marks(),
                        {"vault"} if names and set(names) <= set(granted)
                        else set(), result)


class WriteTest(WrittenTestCase):

    def test_method(self):
        """A method of the object's class shows whose it is."""
        self.check("good", "good.Stream()")

    def test_method_derived(self):
        self.check("good", 'type("Own", (good.Stream,), {})()')

    def test_function(self):
        """So does a function that was put there."""
        for put in "put", "got":
            with self.subTest(put):
                self.check("good", f"evil.{put}(good.get)")

    def test_function_of_another_class(self):
        self.check("good evil", "evil.put_in_class(good.get)")

    def test_function_bound(self):
        self.check("evil", "evil.put_bound(evil.get)")

    def test_bare(self):
        """A function of C does not."""
        for put in "put", "got":
            with self.subTest(put):
                self.check("", f"evil.{put}(__import__)")

    def test_bare_for_all(self):
        """What everybody may do, nobody known may."""
        for way, text in self.ways.items():
            for granted, expected in ("*", {"vault"}), (["evil"], set()):
                result = self.judge({"vault": granted},
                                    "import evil\n"
                                    "stream = evil.put(__import__)\n"
                                    + textwrap.dedent(text))
                self.assertEqual(result.code, 0, result)
                self.assertEqual(self.world.marks(), expected, result)

    def test_partial(self):
        """Nor is it told who stands behind an object of C."""
        self.check("", "evil.put(__import__('functools').partial(good.get))")

    def test_of_the_standard_library(self):
        """Nor behind a function of the standard library."""
        self.check("", "evil.put(__import__('importlib').import_module)")


class LibraryTest(JudgementTestCase):
    """A file of the standard library's opens another on the way."""

    main = """
        import io, logging, tempfile
        if %r == "text":
            stream = inner = tempfile.SpooledTemporaryFile(10, mode="w+")
        else:
            inner = tempfile.SpooledTemporaryFile(10)
            inner.readable = inner.seekable = inner.writable = lambda: True
            stream = io.TextIOWrapper(inner, write_through=True)
        logging.raiseExceptions = False
        logger = logging.getLogger("of_main")
        logger.addHandler(logging.StreamHandler(stream))
        def log():
            logger.warning("more than ten letters")
        %s
        print("rolled" if inner._rolled else "not rolled")
        """

    deps = {"evil": "def call(function):\n    function()\n"
                    "def log(logger):\n    logger.warning(20 * '-')\n"}

    def check(self, kind, call, permissions, expected):
        result = self.judge({"$permissions": permissions},
                            textwrap.dedent(self.main) % (kind, call))
        self.assertEqual(result.code, 0, result)
        self.assertIn(expected, result.out.splitlines(), result)

    def test_allowed(self):
        for kind in "text", "wrapped":
            with self.subTest(kind):
                self.check(kind, "log()", {"evil": {"write": False}},
                           "rolled")
                self.check(kind, "import evil; evil.log(logger)",
                           {"evil": {"write": True}}, "rolled")

    def test_refused(self):
        for kind in "text", "wrapped":
            with self.subTest(kind):
                self.check(kind, "import evil; evil.log(logger)",
                           {"evil": {"write": False}}, "not rolled")


if __name__ == "__main__":
    unittest.main()
