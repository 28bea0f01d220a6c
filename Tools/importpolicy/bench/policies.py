"""The policies that are measured: as many entries as are wanted, of which a
workload's own are a few.

Half of the entries say who may import a module, the other half what somebody
may do, and to what.  Those that only fill are of the same form as the others,
and name modules, packages, hosts and directories that no workload uses.
"""

# Everyone may import these, or those who use them; all are asked often.
EVERYONE = "os shutil tempfile threading urllib http".split()
LISTED = "socket ssl select subprocess ctypes".split()
# Users beside the application, and what they may do.
PERMISSIONS = {
    "acts": {"net": ["127.0.0.1"], "read": ["{data}"], "write": ["{data}"],
             "run": ["true"], "env": ["BENCH", "BENCH_*"],
             "sys": ["signal.*"]},
    "pandas": {"ffi": True, "read": ["{data}"], "env": True, "run": False,
               "patch": True},
    "django": {"env": ["DJANGO_*", "TZ"], "read": ["{data}", "$APP"],
               "patch": True},
    "flask": {"env": ["FLASK_*", "WERKZEUG_*"], "net": False,
              "read": ["{data}", "$APP", "$PREFIX", "/usr/local"],
              "ffi": ["markupsafe"]},
    "fastapi": {"ffi": True, "env": True, "patch": True, "net": ["127.0.0.1"],
                "read": ["$APP", "$PREFIX", "/usr/local"]},
    "httpx": {"env": True, "read": ["$APP"], "net": ["127.0.0.1"]},
    "pytest": {"ffi": True, "env": True, "read": ["/"], "patch": True,
               "write": ["$APP", "$TMP"], "sys": True},
    "pyperf": True,
    "psutil": True,
}
# Directives that a user needs beside its entry.
DIRECTIVES = {
    "pytest": {"$hosts": ["_pytest", "pluggy"],
               "$loaders": ["_pytest"]},
}


def own(users, data):
    """The entries of a workload itself: keys, and permissions."""
    keys = {name: "*" for name in EVERYONE}
    keys |= {name: [*users, "__main__"] for name in LISTED}
    permissions = {"__main__": True}
    for user in users:
        granted = PERMISSIONS[user]
        if granted is not True:
            granted = {capability: [target.format(data=data)
                                    for target in targets]
                       if isinstance(targets, list) else targets
                       for capability, targets in granted.items()}
        permissions[user] = granted
    return keys, permissions


def filling(i):
    """A key and its value, a name and its permissions."""
    if i % 4 == 0:
        who = []
    else:
        who = [f"client{i}", "shared"]
    return f"module{i}", who, f"package{i}", {
        "net": [f"host{i}.example.com:443", f"10.{i % 250}.0.0/16"],
        "read": [f"/srv/data{i}", f"/etc/package{i}.conf"],
        "env": [f"PACKAGE{i}_*"]}


def keys_alone(size, users):
    """A policy that only says who may import what."""
    keys, _ = own(users, None)
    return keys | dict(filling(i)[:2] for i in range(size - len(keys)))


def policy(size, users, data):
    """A policy of `size` entries, or as many as the users need."""
    keys, permissions = own(users, data)
    if size < len(keys) + len(permissions):
        keys = {}
    i = 0
    while len(keys) + len(permissions) < size:
        key, who, name, granted = filling(i)
        permissions[name] = granted
        if len(keys) + len(permissions) < size:
            keys[key] = who
        i += 1
    result = {"$default": "deny", **keys, "$permissions": permissions}
    for user in users:
        result |= DIRECTIVES.get(user, {})
    return result
