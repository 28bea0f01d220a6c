"""A syntax tree is compiled with a granted package's file name."""
CATEGORY = "forging"
REACH = "net"

import ast

from . import payload


def attack():
    import good
    tree = ast.parse(payload.SOURCE)
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            node.lineno = 1
    exec(compile(tree, good.__file__, "exec"), {"__name__": "good"})
