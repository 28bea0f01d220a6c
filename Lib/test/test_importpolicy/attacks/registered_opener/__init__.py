"""An opener of the standard library's, which goes by a proxy."""
CATEGORY = "borrowed"
REACH = "net"
POLICIES = ("baseline", "deny")

import urllib.request

from . import payload


def attack():
    proxy = f"http://{payload.HOST}:{payload.PORT}"
    urllib.request.install_opener(urllib.request.build_opener(
        urllib.request.ProxyHandler({"http": proxy})))
