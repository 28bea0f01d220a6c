"""What does a grant mean, and how bad can it get?

The weights order what is told; they are no measure of anything.
"""

CAPABILITIES = {
    "ffi": "it can load native code, which can do what the process can",
    "run": "it can start programs, which know no rule",
    "patch": "it can change what belongs to others, and so act as them",
    "write": "it can change files",
    "net": "it can send what it has read to others",
    "env": "it can read environment variables, where secrets are kept",
    "read": "it can read files",
    "sys": "it can send signals and change the process",
    "introspect": "it can look at others' frames and objects",
    "code": "it can make code from strings, which is its own",
}

# Worst first.
ORDER = tuple(CAPABILITIES)

# What importing a module gives.
MODULES = {
    "ctypes": "ffi", "_ctypes": "ffi", "cffi": "ffi", "marshal": "ffi",
    "mmap": "ffi", "subprocess": "run", "multiprocessing": "run",
    "pty": "run", "os": "run", "posix": "run", "asyncio": "net",
    "socket": "net", "_socket": "net", "ssl": "net", "select": "net",
    "selectors": "net", "socketserver": "net", "http": "net",
    "urllib": "net", "ftplib": "net", "smtplib": "net", "poplib": "net",
    "imaplib": "net", "xmlrpc": "net", "webbrowser": "run",
    "gc": "introspect", "inspect": "introspect", "signal": "sys",
    "resource": "sys", "pickle": "code", "code": "code", "shutil": "write",
    "tempfile": "write", "sqlite3": "write", "shelve": "write", "dbm": "write",
    "pathlib": "read", "glob": "read",
}


def of_module(name):
    """The capability that a module is about, or None."""
    if name.startswith("builtins."):
        return {"open": "write", "eval": "code", "exec": "code",
                "compile": "code", "__import__": "code"}.get(
                    name.removeprefix("builtins."))
    parts = name.split(".")
    for n in range(len(parts), 0, -1):
        if found := MODULES.get(".".join(parts[:n])):
            return found
    return None


def of_event(name):
    from importpolicy._events import EVENTS
    for event in EVENTS:
        if event.name == name:
            return event.capability
    return None


def capability_of(what):
    """Of a capability, an audit event, or "*"."""
    if what in CAPABILITIES or what == "*":
        return what
    return of_event(what)


def weight(capability):
    """0 is worst."""
    if capability == "*":
        return -1
    return ORDER.index(capability) if capability in ORDER else len(ORDER)


def level(capability):
    """How loud to say that it is granted."""
    if weight(capability) <= ORDER.index("patch"):
        return "error"
    return "warning" if weight(capability) <= ORDER.index("env") else "note"


def meaning(capability):
    """What it can lead to, or None."""
    if capability == "*":
        return "it can do whatever the process can"
    return CAPABILITIES.get(capability)
