"""A variable names a library that OpenSSL loads, here or in a child."""
CATEGORY = "ways out"
REACH = "write"
POLICIES = ("baseline", "deny")
GRANT = {"env": True}

import os

from . import payload


def attack():
    path = payload.ROOT + "/tmp/settings"
    os.environ["OPENSSL_CONF"] = path
