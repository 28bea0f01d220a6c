"""What was registered acts for whoever registered it (atexit)."""

import unittest
from test.test_importpolicy.support import JudgementTestCase


class AtexitTest(JudgementTestCase):

    deps = {
        "good": "def get():\n    import vault\n",
        "evil": """
            import atexit
            def plant():
                atexit.register(__import__, "vault")
            def send(function):
                atexit.register(function)
            """,
    }

    def exits(self, policy, main):
        """What the program has left when it is gone."""
        result = self.judge(policy, main)
        self.assertEqual(result.code, 0, result)
        return self.world.marks()

    def test_callable_without_a_frame(self):
        main = "import evil; evil.plant()"
        self.assertEqual(self.exits({"vault": ["__main__"]}, main), set())
        self.assertEqual(self.exits({"vault": ["evil"]}, main), {"vault"})

    def test_function_of_another(self):
        main = "import evil, good; evil.send(good.get)"
        self.assertEqual(self.exits({"vault": ["good"]}, main), set())
        self.assertEqual(self.exits({"vault": ["good", "evil"]}, main),
                         {"vault"})

    def test_application(self):
        main = "import atexit, good; atexit.register(good.get)"
        self.assertEqual(self.exits({"vault": ["__main__"]}, main), set())
        self.assertEqual(self.exits({"vault": ["good"]}, main), {"vault"})


if __name__ == "__main__":
    unittest.main()
