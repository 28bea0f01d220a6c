"""What sys says about the interpreter is changed."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "allow"

import sys

from . import payload


def attack():
    sys.warnoptions = sys.orig_argv = sys.argv = []
    sys._base_executable = sys.prefix = sys.base_prefix = "/"
    sys.stdlib_module_names = frozenset(["evil", "payload"])
    payload.act()
