"""What the standard library finds in tables that anybody can write."""

import textwrap
import unittest

from test.test_importpolicy.support import JudgementTestCase


class FoundTest(JudgementTestCase):

    # Where evil puts a function, and what the application does then; "vault"
    # is the argument of the function, or its first one.
    ways = {
        "pattern": ("re._cache2[str, '[a-z]+', 0] = re._cache["
                    "str, '[a-z]+', 0] = types.SimpleNamespace("
                    "match=function)",
                    "re.match('[a-z]+', 'vault')"),
        "copier": ("copy._copy_dispatch[Text] = function",
                   "copy.copy(evil.Text('vault'))"),
        "filter": ("logging.setLogRecordFactory(record);"
                   "logging.getLogger().addFilter(function)",
                   "logging.warning('text')"),
        "scanner": ("json._default_decoder.scan_once = function",
                    "json.loads('vault')"),
    }
    evil = """
        import copy, json, logging, re, types
        class Text(str):
            getMessage = lambda self: "text"
        def record(*args, **kwargs):
            text = Text("vault")
            vars(text).update(vars(logging.LogRecord(*args, **kwargs)))
            return text
        def own(name, *args):
            import vault
        def put(function):
            {}
        """

    def check(self, expected, function, granted, ways=ways):
        for way in ways:
            put, call = self.ways[way]
            with self.subTest(way):
                self.world.modules(
                    evil=textwrap.dedent(self.evil).format(put),
                    good="def get(*args):\n    import vault\n")
                self.judge({"vault": granted}, textwrap.dedent(f"""
                    import copy, json, logging, re
                    import evil, good
                    def own(*args):
                        import vault
                    evil.put({function})
                    try:
                        {call}
                    except Exception as e:
                        print(type(e).__name__)
                    """))
                self.assertEqual(self.world.marks(),
                                 {"vault"} if expected else set())

    def test_shown(self):
        """A function shows whose it is, or that it is the application's."""
        self.check(True, "evil.own", ["evil"])
        self.check(False, "evil.own", ["__main__", "good"])
        self.check(True, "good.get", ["good"])
        self.check(True, "own", ["__main__"])

    def test_of_c(self):
        """One of C is nobody's that is known."""
        ways = "pattern", "copier", "filter"
        self.check(False, "__import__", ["__main__", "evil", "good"], ways)
        self.check(True, "__import__", "*", ways)

    def test_of_the_library(self):
        """So is one of the standard library."""
        ways = "pattern", "copier", "filter"
        function = "__import__('importlib').import_module"
        self.check(False, function, ["__main__", "evil", "good"], ways)
        self.check(True, function, "*", ways)


class OwnTest(JudgementTestCase):
    """What the standard library calls of its own, and of others' objects."""

    def check(self, main, granted, deps="class Empty:\n    pass\n"):
        self.world.modules(good=textwrap.dedent(deps))
        result = self.judge({"vault": granted}, main)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(self.world.marks(), {"vault"}, result)

    def test_copied(self):
        self.check("import copy, good\ncopy.deepcopy([good.Own()])\n",
                   ["good"], """
            class Own:
                def __deepcopy__(self, memo):
                    import vault
            """)

    def test_reduced(self):
        self.check("import copy, good\ncopy.copy(good.Own())\n", ["good"], """
            class Own:
                def __reduce_ex__(self, protocol):
                    import vault
                    return "text"
            """)

    def test_reconstructed(self):
        self.check("import copy, good\ncopy.copy(good.Own())\n"
                   "copy.deepcopy(good.Own())\n", ["good"], """
            class Own:
                def __reduce_ex__(self, protocol):
                    return make, ()
            def make():
                import vault
            """)

    def test_made_later(self):
        """What a copy is made of acts for the same as before."""
        self.check("import copy, functools, good\n"
                   "copy.copy(functools.partial(good.get))()\n"
                   "copy.deepcopy(functools.partial(good.get))()\n",
                   ["good"], "def get():\n    import vault\n")

    def test_logged(self):
        self.check("import logging, good\n"
                   "logging.getLogger().addHandler(good.Own())\n"
                   "logging.warning('text')\n", ["good"], """
            import logging
            class Own(logging.Handler):
                def emit(self, record):
                    import vault
            """)

    def test_handler_of_the_library(self):
        self.check("import logging.handlers\n"
                   "class Own(logging.handlers.MemoryHandler):\n"
                   "    def flush(self):\n        import vault\n"
                   "logging.getLogger().addHandler(Own(1))\n"
                   "logging.warning('text')\n", ["__main__"])

    def test_replaced(self):
        self.check("import re, good\nre.sub('a', good.get, 'a')\n", ["good"],
                   "def get(match):\n    import vault\n    return ''\n")

    def test_hook(self):
        self.check("import json, good\n"
                   "json.loads('{}', object_hook=good.get)\n", ["good"],
                   "def get(o):\n    import vault\n")

    def test_default(self):
        self.check("import json, good\n"
                   "json.dumps(object(), default=good.get)\n", ["good"],
                   "def get(o):\n    import vault\n")


class WarningTest(JudgementTestCase):

    def test_call_that_warns(self):
        """What calls what it finds may warn of how it is called, with the
        line that is the application's own."""
        result = self.judge({"$default": "deny"}, """
            import re
            re.sub("a", "b", "a", 1)
            """, "-W", "always")
        self.assertEqual(result.code, 0, result)
        self.assertIn("DeprecationWarning", result.err)
        self.assertIn('  re.sub("a", "b", "a", 1)', result.err)
        self.assertIsNone(result.denied, result)


if __name__ == "__main__":
    unittest.main()
