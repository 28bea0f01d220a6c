"""Managers for everyday use, written down as permissions.

Each preset is a list of what it says: of events by name, of families by their
class.  The most specific permission decides.
"""

import os
import sys

from _secman import (
    CodeTarget, CPythonPermission, CtypesPermission, DebugPermission,
    FilePermission, FileTarget, FrameTarget, GenericPermission,
    HostTarget, NativePermission, Permission, ProcessPermission,
    ReflectionPermission,
)

# Who the process is, what names mean to it, and the machine's own settings.
IDENTITY = (
    "os.chroot", "os.initgroups", "os.login_tty", "os.setegid", "os.seteuid",
    "os.setgid", "os.setgroups", "os.setns", "os.setregid", "os.setresgid",
    "os.setresuid", "os.setreuid", "os.setuid", "os.unshare",
    "socket.sethostname", "time.clock_settime",
)

# Addresses become objects, and counts of references are changed.
OBJECTS = ("ctypes.PyObj_FromPtr", "ctypes.reference")

# Code from raw parts, which the interpreter does not check.
RAW_CODE = ("code.__new__", "marshal.load", "marshal.loads")

# Others may connect.
SERVING = ("socket.bind", "socket.listen", "socket.accept")

LOADING = ("sqlite3.enable_load_extension", "sqlite3.load_extension")

# What the process keeps for itself, and what threads and timers need.
HARMLESS_PROCESS = (
    "os.register_at_fork", "_multiprocessing.SemLock",
    "_multiprocessing.sem_unlink", "signal.pthread_sigmask",
    "signal.set_wakeup_fd", "signal.signal",
)

# What ordinary modules do while they are imported and run, and what reaches
# nothing outside of the process.  (Only the main thread can set handlers of
# signals, and they run there.)
COMPUTING = (
    "_thread.start_joinable_thread", "_thread.start_new_thread",
    "array.__new__", "builtins.id", "codecs.register_error", "exec",
    "function.__new__", "marshal.dumps", "object.__delattr__",
    "object.__setattr__", "os.register_at_fork",
    "pickle.find_class", "signal.set_wakeup_fd", "signal.signal",
    "sys._getframemodulename", "sys.excepthook",
    "sys.set_asyncgen_hook_finalizer", "sys.set_asyncgen_hook_firstiter",
    "sys.unraisablehook", "time.sleep",
)


def _events(names, allow):
    return [Permission(name, allow) for name in names]


def _linked(root):
    """Where the extension modules of a build tree really are."""
    if not os.path.basename(root).startswith("lib.linux"):
        return ()
    return {os.path.dirname(os.path.realpath(os.path.join(root, name)))
            for name in os.listdir(root)}


def _readable(path):
    """Where modules and their data are."""
    roots = [sys.prefix, sys.base_prefix, sys.exec_prefix,
             os.path.dirname(os.__file__)]
    if hasattr(sys, "_stdlib_dir") and sys._stdlib_dir:
        roots.append(sys._stdlib_dir)
    roots += sys.path if path is None else path
    roots += [target for root in roots for target in _linked(root)]
    return [FileTarget(os.path.abspath(root), mode="r")
            for root in dict.fromkeys(roots)
            if not {"*", "?", "$"} & set(os.path.abspath(root))]


def _application(path):
    return [
        GenericPermission(True),
        *_events(IDENTITY + OBJECTS, False),
        Permission("sys.addaudithook", True),
    ]


def _library(path):
    return [
        GenericPermission(True),
        *_events(IDENTITY + RAW_CODE + SERVING + LOADING, False),
        ProcessPermission(False),
        *_events(HARMLESS_PROCESS, True),
        NativePermission(False), CtypesPermission(False),
        CPythonPermission(False),
        DebugPermission(False),
        *_events(("sys.excepthook", "sys.unraisablehook"), True),
        ReflectionPermission(False),
        *_events(("builtins.id", "object.__delattr__", "object.__getattr__",
                  "object.__setattr__", "sys._getframe",
                  "sys._getframemodulename"), True),
        FilePermission(True, [FileTarget("/", mode="r"),
                              FileTarget("$TMP"), FileTarget(os.devnull)]),
    ]


def _untrusted(path):
    readable = _readable(path)
    library = os.path.join(os.path.dirname(os.__file__), "*")
    return [
        *_events(COMPUTING, True),
        # Frames lead to those who called; modules of the library look at
        # their own, and nobody gets code that says it is theirs.
        Permission("object.__getattr__", True, [
            CodeTarget(filename="*"), FrameTarget(filename=library)]),
        Permission("sys._getframe", True, FrameTarget(filename=library)),
        Permission("compile", True),
        Permission("compile", False, CodeTarget(filename=library)),
        Permission("import", True, readable),
        # An object that reaches nobody: what binds, connects or sends has
        # events of its own.  Other families and raw ones no host covers.
        Permission("socket.__new__", True, HostTarget("localhost")),
        FilePermission(True, [*readable, FileTarget(os.devnull),
                              FileTarget("/dev/urandom", mode="r")]),
    ]


PRESETS = {
    "application": _application,
    "library": _library,
    "untrusted": _untrusted,
}


def make(cls, name, /, *, verbose=False, path=None):
    """For SecurityManager.preset()."""
    if name not in PRESETS:
        raise ValueError(f"no preset {name!r}; there are "
                         + ", ".join(map(repr, PRESETS)))
    manager = cls(verbose=verbose)
    for permission in PRESETS[name](path):
        manager.set_permission(permission)
    return manager
