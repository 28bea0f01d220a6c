"""From what a run has reached to what a policy should say.

What a run reached is this run's: a temporary file with a random name, one of
500 files in a directory, a port that the system chose.  The same program on
another machine, or tomorrow, reaches others.  So lists are generalised, each
kind in its way, and never further than to what a reader would have written.
"""

import functools
import os
import re
import sys

# So many files in one directory are the directory.
MANY = 4

# Events that reach the names in a directory, and not what lies in it.
LISTINGS = ("os.listdir", "os.scandir")

# Nobody means all of these when he means some files in them.
_BROAD = {"/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/media",
          "/mnt", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys",
          "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/share",
          "/var", "/var/lib", "/var/log", "$HOME", "$HOME/.cache",
          "$HOME/.config", "$HOME/.local", "$HOME/.local/share", "$PREFIX"}

_CGROUP = "/sys/fs/cgroup"
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_PORT_RANGE = "/proc/sys/net/ipv4/ip_local_port_range"


# --- Paths ------------------------------------------------------------------

def _parent(path):
    return path.rpartition("/")[0] or "/"


def is_below(path, directory):
    return path.startswith(directory.rstrip("/") + "/")


def _one_path(path):
    """What stands for this path alone, on every machine."""
    if path == "$TMP" or is_below(path, "$TMP"):
        return "$TMP"
    if is_below(path, _CGROUP):
        return _CGROUP                  # how much memory may it use?
    if match := re.match(r"(/.*/share/locale)/", path):
        return match[1]                 # whatever the language
    if match := re.fullmatch(r"/proc/\d+(?:/task/\d+)?(/.*)?", path):
        return "/proc/*" + (match[1] or "")
    if re.fullmatch(r"/dev/(pts/\d+|tty\d+)", path):
        return re.sub(r"\d+$", "*", path)
    return _escape(path)


def _escape(path):
    """A name with a wildcard in it is matched by the wildcard."""
    return path.replace("[", "?").replace("]", "?") \
               .replace("{", "?").replace("}", "?")


def passing(path):
    """What stands for a file that was written and is gone: process numbers
    and random parts of its name are others next time."""
    parent, slash, name = path.rpartition("/")
    return parent + slash + re.sub(
        r"[0-9a-f]{8,}|(?<=tmp)[a-z0-9_]{8}|[0-9]{3,}", "*", name)


def _drop_covered(paths):
    """Those that no other one holds."""
    return {path for path in paths
            if not any(other != path and is_below(path, other)
                       and "*" not in other for other in paths)}


def _merge(parent, children, writes):
    """Many entries of one directory: the directory, or those of one kind.
    Who writes several files beside the program does not mean its code."""
    if parent not in _BROAD and not (writes and parent == "$APP"):
        return {parent}
    kinds = {}
    for child in children:
        kinds.setdefault(os.path.splitext(child)[1], set()).add(child)
    merged = set()
    for suffix, files in kinds.items():
        if suffix and len(files) >= MANY:
            merged.add(f"{parent.rstrip('/')}/*{suffix}")
        else:
            merged |= files
    return merged


def paths(reached, writes=False):
    """The fewest targets for a set of paths."""
    found = _drop_covered({_one_path(path) for path in reached})
    found -= {path for path in found if "**" not in path
              and "/**/" + path.rpartition("/")[2] in found}
    while True:
        parents = {}
        for path in found:
            if path.startswith(("/", "$")) and "*" not in path \
                    and "/" in path.lstrip("/"):
                parents.setdefault(_parent(path), set()).add(path)
        merged = set(found)
        for parent, children in parents.items():
            if len(children) >= MANY:
                merged = merged - children | _merge(parent, children,
                                                    writes)
        merged = _drop_covered(merged)
        if merged == found:
            return found
        found = merged


def is_broad(path):
    """Is it more than anybody means who names it?"""
    return path == "$APP" or path in _BROAD


def is_above(path, targets):
    """Is it a directory above a target?  Looking there is free then."""
    return any(is_below(target, path) for target in targets)


# --- Hosts ------------------------------------------------------------------

def _split(host):
    """Host and port, or None for the port."""
    name, colon, port = host.rpartition(":")
    if not colon or not port.isdigit() or host.endswith("]"):
        return host, None
    return name, int(port)


def lets_choose(reached):
    """Does it let the system choose a port on this machine?"""
    return any(_split(host) == (name, 0) for host in reached
               for name in (*_LOCAL, "0.0.0.0", "[::]"))


@functools.cache
def _first_chosen():
    """The lowest port that the system gives away by itself."""
    try:
        with open(_PORT_RANGE, encoding="ascii") as file:
            return int(file.read().split()[0])
    except (OSError, ValueError, IndexError):
        return 32768


def hosts(reached, chosen):
    """Hosts with their ports.  Where the program lets the system choose a
    port on this machine and uses one that the system may have chosen, every
    port of it is meant; who only asks for one needs no more than that."""
    found = {}
    for host in reached:
        if host.startswith("unix:"):
            found.setdefault(_unix(host), set())
            continue
        name, port = _split(host)
        if name in _LOCAL and chosen and port and port >= _first_chosen():
            name, port = "localhost", -1
        found.setdefault(name, set()).add(port)
    return {target for name, ports in found.items()
            for target in _ports(name, ports)} - _superfluous(found)


def _unix(host):
    path = host.removeprefix("unix:")
    if path.startswith("@"):
        return re.sub(r"(\d+|[0-9a-f]{8,})", "*", host, count=1) \
            .partition("*")[0] + ("*" if re.search(r"\d", path) else "")
    return "unix:" + _one_path(path)


def _ports(name, ports):
    """A name alone stands for each port of it."""
    if not ports:
        return {name}
    if -1 in ports or len(ports - {None}) >= MANY:
        return {name}
    if ports == {None}:
        return {name}
    return {f"{name}:{port}" for port in ports if port is not None}


def _superfluous(found):
    """Names of this machine that are covered where an address of it is."""
    local = [name for name in _LOCAL if found.get(name, {None}) != {None}]
    extra = set()
    if local:
        extra |= {name for name in _LOCAL if found.get(name) == {None}}
    here = found.get("localhost", set())
    for name in _LOCAL[1:]:
        if -1 in here:
            extra |= _ports(name, found.get(name, {None}))
        else:
            extra |= {f"{name}:{port}" for port in here & found.get(name,
                                                                    set())}
    return extra


# --- The rest ---------------------------------------------------------------

def _leads_to(path, other):
    try:
        return os.path.realpath(path) == other
    except OSError:
        return False


@functools.cache
def program(path, written):
    """By name where the PATH finds it; this Python by its place, which is the
    same on every machine."""
    python = os.path.realpath(sys.executable)
    if path == python:
        for name in "python", "python3", os.path.basename(python):
            if _leads_to(os.path.join(sys.prefix, "bin", name), python):
                return f"$PREFIX/bin/{name}"
    return _escape(written) if "/" in written else written


def modules(reached, principals):
    """Native code by the package that it lies in."""
    found = set()
    for name in reached:
        holders = [principal for principal in principals
                   if name.startswith(principal + ".")]
        if "/" in name or ".so" in name or not name.replace(".", "_") \
                .isidentifier():
            found.add(name)
        else:
            found.add(max(holders, key=len, default=name.partition(".")[0]))
    return found


def generalise(capability, reached, principals=(), chosen=False):
    """The targets of a policy for what was reached.  `chosen`: somebody in
    this run had the system choose a port."""
    match capability:
        case "read" | "write":
            return paths(reached, capability == "write")
        case "net":
            return hosts(reached, chosen)
        case "ffi":
            return modules(reached, principals)
        case "env":
            return {"*"} if "*" in reached else set(reached)
    return set(reached)
