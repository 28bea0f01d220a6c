"""A test module makes code objects and executes them."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = ("baseline", "deny")

from . import payload


def attack():
    import _testcapi
    _testcapi.eval_code_ex(compile(payload.SOURCE, "good.py", "exec"),
                           {"__builtins__": __builtins__})
