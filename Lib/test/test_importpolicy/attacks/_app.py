"""The application: imports the malicious package, and goes on working."""

import sys


def attempt(name):
    """Call a function of evil's, if it is there."""
    try:
        function = getattr(sys.modules.get("evil"), name, None)
        if function is not None:
            function()
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


try:
    import evil
except BaseException:
    sys.__excepthook__(*sys.exc_info())
attempt("attack")

import good

good.work()
attempt("after")
