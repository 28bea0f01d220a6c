"""runpy's own function runs code under a granted name and file."""
CATEGORY = "forging"
REACH = "net"

import runpy

from . import payload


def attack():
    import good
    code = compile(payload.SOURCE, good.__file__, "exec")
    runpy._run_module_code(code, mod_name="good", mod_spec=good.__spec__,
                           script_name=good.__file__)
