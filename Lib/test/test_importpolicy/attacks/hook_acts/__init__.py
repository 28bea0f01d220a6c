"""An audit hook acts while another one's access is judged."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "allow"

import sys

from . import payload


def attack():
    def hook(event, args):
        if event == "socket.connect" and done:
            done.pop()
            payload.act()
    done = [1]
    sys.addaudithook(hook)


def after():
    payload.act()
