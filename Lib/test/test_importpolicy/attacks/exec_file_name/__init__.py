"""exec of code that is said to come from a granted package's file."""
CATEGORY = "forging"
REACH = "net"

from . import payload


def attack():
    import good
    exec(compile(payload.SOURCE, good.__file__, "exec"),
         {"__name__": "good", "__file__": good.__file__})
