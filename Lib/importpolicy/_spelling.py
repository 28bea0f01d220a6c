"""One spelling for what has many: names in full, as the tables have them."""

import builtins

_BUILTINS = frozenset(dir(builtins))
# Modules by other names, and what one of these is reached through.
_ALIASES = {"posix": "os", "nt": "os", "posixpath": "os.path",
            "ntpath": "os.path", "_socket": "socket", "_io": "io",
            "_ctypes": "ctypes", "__builtin__": "builtins", "_os": "os",
            "_sys": "sys", "_subprocess": "subprocess"}
_FOUND_ANYWHERE = {"os", "sys", "subprocess", "socket", "builtins", "shutil",
                   "ctypes", "importlib", "posix", "pty"}
_PATHS = {"pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePath",
          "pathlib.PurePosixPath"}
_STILL_PATHS = {"parent", "resolve", "absolute", "expanduser", "joinpath",
                "with_suffix", "with_name", "with_stem", "relative_to",
                "home", "cwd", "rename", "replace", "readlink"}
IMPORTERS = {"builtins.__import__", "importlib.import_module",
             "importlib.__import__", "importlib._bootstrap._gcd_import"}


def is_builtin(name):
    return name in _BUILTINS


def holds_names(name):
    return name in ("sys.modules", "builtins", "globals()") \
        or name.endswith(".__dict__")


def member(base, name):
    if "()" not in base and name.lstrip("_") in _FOUND_ANYWHERE \
            and base not in ("asyncio", "multiprocessing", name):
        return canonical(name)
    if base == "pathlib.Path()" and name in ("parent",):
        return base
    return canonical(f"{base}.{name}")


def canonical(name):
    top, dot, rest = name.partition(".")
    if top in _ALIASES:
        name = _ALIASES[top] + dot + rest
    if not name.startswith("pathlib."):
        return name
    for path in _PATHS:
        if name.startswith(path):
            name = "pathlib.Path" + name.removeprefix(path)
    base, _, method = name.removesuffix("()").rpartition(".")
    if name.endswith("()") and base.startswith("pathlib.Path") \
            and method in _STILL_PATHS:
        return "pathlib.Path()"
    return name


def item(base, key):
    """What stands under a key of something that holds names."""
    if base == "sys.modules":
        return canonical(key)
    if base in ("builtins", "builtins.__dict__"):
        return f"builtins.{key}"
    return member(base.removesuffix(".__dict__"), key)
