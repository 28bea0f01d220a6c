"""explain: one question, or what a log holds."""

import json
import os
import unittest

from test.test_importpolicy.cli_support import CommandTestCase


class ExplainTest(CommandTestCase):

    POLICY = """\
{
    "socket": ["outer"],
    "xml": "*",
    "builtins.open": [],
    "$permissions": {
        "outer": {"net": ["example.com:443"]},
        "loner": {"net": false},
        "*": {"net": false, "run": ["git"]}
    }
}
"""

    def setUp(self):
        super().setUp()
        self.world.distribution("inner", inner="def note(n): open(n, 'w')")
        self.world.distribution("outer", requires=["inner"],
                                outer="import inner\nnote = inner.note")
        self.world.distribution("loner", loner="")
        self.world.policy(self.POLICY)

    def explain(self, *question, allowed):
        result = self.ends(self.command("explain", *question),
                           0 if allowed else 1)
        return result.out

    def test_questions(self):
        for name, question, allowed in [
                ("listed", ("outer", "socket"), True),
                ("inherits", ("inner", "socket"), True),
                ("not_listed", ("loner", "_socket"), False),
                ("application", ("__main__", "socket"), False),
                ("everyone", ("loner", "xml.sax"), True),
                ("free", ("loner", "json"), True),
                ("builtin", ("outer", "builtins.open"), False),
                ("target", ("inner", "net", "example.com:443"), True),
                ("other_target", ("outer", "net", "example.com:80"), False),
                ("final", ("loner", "net", "example.com:443"), False),
                ("star", ("stranger", "run", "git"), True),
                ("star_no", ("stranger", "net", "example.com"), False),
                ("depends", ("outer", "net"), False),
                ("event", ("inner", "socket.connect", "example.com:443"),
                 True)]:
            with self.subTest(name):
                self.golden(f"explain_{name}",
                            self.explain(*question, allowed=allowed))

    def test_mistyped(self):
        # Whatever is no capability and no event is taken for a module.
        for what, said in [("socket.conect", 'did you mean "socket.connect"?'),
                           ("wirte", 'did you mean "write"?'),
                           ("no_such_thing", "no module"),
                           ("xml.sax", None), ("_socket", None),
                           ("outer", None), ("net", None)]:
            with self.subTest(what):
                err = self.command("explain", "outer", what).err
                self.assertEqual("note: there is no module" in err,
                                 said is not None, err)
                self.assertIn(said or "", err)

    def test_as_query(self):
        # What it says is what the interpreter does.
        for who in "outer", "inner", "loner", "__main__":
            for what in "socket", "net", "run", "builtins.open":
                result = self.command("explain", "--json", who, what)
                found = json.loads(result.out)
                asked = self.world.run(f"""
                    import importpolicy
                    print(bool(importpolicy.query({who!r}, {what!r})))
                    """)
                self.assertEqual(str(found["allowed"]), asked.out.strip(),
                                 (who, what, asked))
                self.assertEqual(result.code, 1 - found["allowed"])

    def test_json(self):
        result = self.command("explain", "--json", "inner", "socket")
        found = json.loads(result.out)
        self.assertEqual((found["allowed"], found["ancestor"], found["line"]),
                         (True, "outer", 2))
        self.assertEqual(found["steps"][1]["line"], 2)

    def test_unusable(self):
        for arguments in (["outer"], ["outer", "net", "http://x"],
                          ["--log", "missing.jsonl"],
                          ["-p", "missing.json", "outer", "net"]):
            with self.subTest(arguments):
                self.ends(self.command("explain", *arguments), 2)
        os.unlink(self.world.path("app/policy.json"))
        result = self.ends(self.command("explain", "outer", "net"), 2)
        self.assertIn("no policy is in force", result.err)


class LogTest(CommandTestCase):

    POLICY = ('{ "$log": "log.jsonl", "$default": "deny",\n'
              '  "$permissions": {\n'
              '      "outer": {"write": ["$APP/a"]}\n'
              '  },\n'
              '  "chest": []  }\n')

    def setUp(self):
        super().setUp()
        self.world.distribution("inner", inner="""if 1:
            def note(name):
                open(name, 'w').close()
            """)
        self.world.distribution("outer", requires=["inner"], outer="""if 1:
            import inner
            def note(name):
                inner.note(name)
            def take():
                import chest
            """)
        self.world.modules(chest="VALUE = 1")
        self.world.policy(self.POLICY)
        self.result = self.world.run("""
            import outer
            for action in (lambda: outer.note("a"), lambda: outer.note("b"),
                           lambda: outer.note("c"), outer.take, outer.take):
                try:
                    action()
                except Exception:
                    pass
            """)

    def test_groups(self):
        result = self.ends(self.command("explain", "--log", "log.jsonl"), 1)
        self.golden("explain_log", result.out)
        self.assertEqual(self.read_text(), self.POLICY)

    def test_json(self):
        result = self.ends(self.command("explain", "--log", "log.jsonl",
                                        "--json"), 1)
        found = json.loads(result.out)
        self.assertEqual(found["denials"], 4)
        self.assertEqual(
            found["edits"],
            ['"chest": add "outer"',
             '"$permissions": "outer": "write": ["$APP/b", "$APP/c"]'])

    def test_apply(self):
        self.ends(self.command("explain", "--log", "log.jsonl", "--apply"), 0)
        self.assertEqual(self.read_text(), self.POLICY.replace(
            '["$APP/a"]', '["$APP/a", "$APP/b", "$APP/c"]').replace(
            '"chest": []', '"chest": ["outer"]'))
        os.unlink(self.world.path("app/log.jsonl"))
        again = self.world.start("main.py")
        self.assertEqual((again.code, again.err), (0, ""), again)
        self.assertFalse(os.path.exists(self.world.path("app/log.jsonl")))

    def test_in_vain(self):
        # What is excluded stays excluded, and that is said.
        self.world.policy(self.POLICY.replace('["$APP/a"]',
                                              '["$APP/a", "!$APP/b"]'))
        result = self.ends(self.command("explain", "--log", "log.jsonl",
                                        "--apply"), 1)
        self.assertIn("still refused: outer: write $APP/b", result.err)
        self.assertNotIn("$APP/c;", result.err)

    def test_nothing_left(self):
        os.rename(self.world.path("app/log.jsonl"),
                  self.world.path("old.jsonl"))
        log = self.world.path("old.jsonl")
        self.ends(self.command("explain", "--log", log, "--apply"), 0)
        result = self.ends(self.command("explain", "--log", log), 0)
        self.assertIn("allows all of it by now", result.err)


if __name__ == "__main__":
    unittest.main()
