"""What the interpreter calls by a special name: whoever has put it there acts.

Classes are made by one package, and their objects are compared by somebody
else; `__import__` is what that calls in the end.
"""

import textwrap
import unittest

from test.test_importpolicy.support import APPLICATION, JudgementTestCase

MAKE = """
    class Giving:
        def __get__(self, object, cls):
            return __import__

    def make(what):
        return type("Name", (str,), what)

    def change(cls, what):
        cls.__lt__ = what

    def own_import(self, other):
        __import__(other)

    def less(one, other):
        return one < other
    """
# What stands for __lt__, called with a name.
SPECIAL = (
    "__import__",
    "__import__.__call__",
    "property(lambda self: __import__)",
    "staticmethod(__import__)",
    "{}.Giving()",
    "{}.own_import",
)


class SpecialTest(JudgementTestCase):

    deps = dict.fromkeys(["good", "evil"], MAKE)

    def compared(self, who, what, compare="{} < {}"):
        made = f"{who}.make({{'__lt__': {what.format(who)}}})('vault')"
        return "import good, evil\n" + compare.format(made, made)

    def test_application_compares(self):
        # What evil is told to make, its class says.
        for what in SPECIAL[:4]:
            with self.subTest(what):
                self.needs("evil", self.compared("evil", what))
        for what in SPECIAL[4:]:
            with self.subTest(what):
                self.needs("good", self.compared("good", what))

    def test_granted_compares(self):
        self.needs("good evil", self.compared("evil", SPECIAL[1],
                                              "good.less({}, {})"))

    def test_of_application(self):
        for what in SPECIAL[:4]:
            with self.subTest(what):
                self.needs(APPLICATION, f"""
                    class Name(str):
                        __lt__ = {what}
                    Name("vault") < Name("vault")
                    """)

    def test_place_of_its_own(self):
        self.world.modules(evil="""
            class Name(str):
                __slots__ = "__lt__",
            def make():
                name = Name("vault")
                name.__lt__ = __import__
                return name
            """)
        self.needs("evil", "import evil\nevil.make() < evil.make()")

    def test_changed(self):
        main = """
            import evil
            class Name(str):
                pass
            evil.change(Name, {})
            Name("vault") < Name("vault")
            """
        self.world.modules(evil="""
            def given(self):
                return __import__
            def change(cls, what):
                cls.__lt__ = what
            """)
        also = {"$permissions": {"evil": {"patch": True}}}
        for what in ("__import__.__call__", "property(evil.given)",
                     "__import__('types').DynamicClassAttribute(evil.given)"):
            with self.subTest(what):
                self.needs("evil", main.format(what), also=also)

    def test_given_by_one_that_changes_the_class(self):
        self.world.modules(evil="""
            class Other(str):
                pass
            class Name(str):
                def given(self):
                    self.__class__ = Other
                    return __import__
                __lt__ = property(given)
            """)
        self.needs("evil", 'import evil\nevil.Name() < evil.Name("vault")')

    def test_written(self):
        """Past the class, into its dictionary."""
        written = """
            import gc
            class Name(str):
                def __lt__(self, other):
                    pass
            gc.get_referents(vars(Name))[0]["__lt__"] = __import__
            Name.changed = True
            """
        compare = "{0}Name('vault') < {0}Name('vault')"
        self.world.modules(evil=written)
        self.needs("evil", "import evil\n" + compare.format("evil."))
        self.needs(APPLICATION, textwrap.dedent(written)
                   + compare.format(""))

    def test_names_that_are_none(self):
        self.world.modules(good="""
            class Key(str):
                pass
            Class = type("Class", (), {
                Key("own"): 1, 2: 3, Key("__len__"): lambda self: 4})
            """)
        self.allowed({"vault": ["good"]}, """
            import good
            assert good.Class.own == 1 and vars(good.Class)[2] == 3
            assert len(good.Class()) == 4
            """, effect=None)

    def test_dynamic_attribute(self):
        self.needs(APPLICATION, """
            import types
            class Name(str):
                __lt__ = types.DynamicClassAttribute(lambda self: __import__)
            Name("vault") < Name("vault")
            """)

    def test_methods_keep_their_kind(self):
        self.world.modules(good="""
            import collections

            class Queue(collections.deque):
                __lshift__ = collections.deque.append
                __str__ = collections.deque.__repr__

            class Number(int):
                __str__ = int.__repr__
                kind = __origin__ = int

            class Text(str):
                class __own__:
                    pass

            class Numbers(list):
                __new__ = list.__new__
                __lt__ = list.__new__
            """)
        self.allowed({"vault": ["good"]}, """
            import good
            queue = good.Queue()
            queue << 1
            assert list(queue) == [1] and str(queue) == "Queue([1])"
            assert str(good.Number(1)) == "1" and good.Number.kind is int
            assert good.Number.__str__ is int.__repr__
            assert isinstance(good.Text.__own__, type)
            assert good.Numbers((1,)) == [1]
            assert good.Numbers.__new__ is list.__new__
            assert good.Numbers.__lt__ is not list.__new__
            """, effect=None)


if __name__ == "__main__":
    unittest.main()
