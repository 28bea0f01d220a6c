"""The import system's own function for .pth files is called directly."""
CATEGORY = "forging"
REACH = "net"
POLICY = {"socket": ["good", "hook.pth"]}
POLICIES = "allow"

from . import payload


def attack():
    from copy import _imp
    if not _imp.has_policy():
        return payload.act()
    line = _imp.load_pth_line(payload.DEPS + "/hook.pth",
                              payload.SOURCE)
    exec(line)
