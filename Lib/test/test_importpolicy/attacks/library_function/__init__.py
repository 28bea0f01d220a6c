"""A function of the standard library is replaced."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import textwrap
    before = textwrap.dedent

    def dedent(text):
        textwrap.dedent = before
        payload.act()
        return before(text)
    textwrap.dedent = dedent
