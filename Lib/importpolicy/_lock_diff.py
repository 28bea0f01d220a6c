"""What does one lock have that another did not?

Told as diff tells it: a change is something new that runs with somebody's
grants, or something that is gone.
"""

import json

import _importpolicy

from importpolicy._reader import PolicyError, parse

RULES = {
    "new-distribution": "A distribution is new.",
    "removed-distribution": "A distribution is gone.",
    "new-version": "A distribution has another version.",
    "new-content": "The same version has other files.",
    "new-requirement": "A distribution requires another one.",
    "new-package": "A distribution brings another package.",
    "new-start-file": "A distribution runs code whenever Python starts.",
    "now-editable": "A distribution is installed from a source tree.",
}

_RISKS = {
    "new-distribution": ("warning", "it acts with the grants of whoever "
                         "requires it"),
    "removed-distribution": ("note", None),
    "new-version": ("note", "its code is another: see diff --upgrade"),
    "new-content": ("error", "a release does not change: find out who did"),
    "new-requirement": ("warning", "what is granted to the one covers the "
                        "other"),
    "new-package": ("warning", "it has the grants of its siblings"),
    "new-start-file": ("error", "its lines run before the application, in "
                       "every program"),
    "now-editable": ("warning", "none of its files is locked"),
}


class Lock:
    """A lock that was read: its entries, and where they stand."""

    def __init__(self, file, entries, lines):
        self.file = file
        self.entries = entries
        self._lines = lines

    def line(self, name):
        return self._lines.get(name)


class Change:
    """One difference, with what _diff_formats asks of any."""

    __slots__ = ("code", "principal", "what", "message", "risk", "level",
                 "file", "line")

    def __init__(self, code, principal, message):
        self.code = code
        self.principal = principal
        self.what = None
        self.message = message
        self.level, self.risk = _RISKS[code]
        self.file = self.line = None

    @property
    def granted(self):
        return self.code != "removed-distribution"

    def fields(self):
        return {name: getattr(self, name) for name in
                ("code", "principal", "what", "message", "risk", "level",
                 "granted", "file", "line")}


def is_lock(file):
    """Has the file the form of a lock, in whatever state?"""
    try:
        with open(file, "rb") as stream:
            found = json.loads(stream.read())
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and "distributions" in found


def read(file):
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise PolicyError(file, f"cannot be read: {error.strerror}")
    error = _importpolicy.parse_lock(data)
    if error is not None:
        code, line, column, message = error
        raise PolicyError(file, message, code=code, line=line, column=column)
    node = parse(data.decode()).get("distributions")
    return Lock(file, node.plain(), {key.value: key.line
                                     for key, _ in node.members})


def _names(entry, member):
    return set(entry.get(member, ()))


def _required(text):
    """The name in "requests[socks]; extra == 'x'"."""
    return text.partition(";")[0].partition("[")[0].strip()


def _compare(name, old, new):
    """What an upgrade brings."""
    if old["version"] != new["version"]:
        yield Change("new-version", name,
                     f"{name} {new['version']}, which was {old['version']}")
    elif "record" in new and "record" in old \
            and old["record"] != new["record"]:
        yield Change("new-content", name,
                     f"{name} {new['version']} has other files than it had, "
                     "with the same version")
    if "editable" in new and "editable" not in old:
        yield Change("now-editable", name,
                     f"{name} is installed from a source tree")
    elif "editable" in old and "editable" not in new:
        yield Change("new-content", name,
                     f"{name} was installed from a source tree, and is not "
                     "any more")
    for item in sorted(_names(new, "packages") - _names(old, "packages")):
        yield Change("new-package", name, f"{name} brings the package {item}")
    for item in sorted(_names(new, "pth") - _names(old, "pth")):
        yield Change("new-start-file", name,
                     f"{name} brings {item}, which Python reads when it "
                     "starts")
    before = {_required(text) for text in old["requires"]}
    for item in sorted({_required(text) for text in new["requires"]}
                       - before):
        yield Change("new-requirement", name, f"{name} requires {item}")


def _new(name, entry, entries):
    above = sorted(other for other, one in entries.items()
                   if name in map(_required, one["requires"]))
    yield Change("new-distribution", name,
                 f"{name} {entry['version']} is new"
                 + (f", and comes with {', '.join(above)}" if above else ""))
    for item in entry.get("pth", ()):
        yield Change("new-start-file", name,
                     f"{name} brings {item}, which Python reads when it "
                     "starts")


def changes(old, new):
    """From a Lock (or its entries) to the entries of another."""
    old = old.entries if isinstance(old, Lock) else old
    found = []
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            found.append(Change("removed-distribution", name,
                                f"{name} {old[name]['version']} is not "
                                "installed any more"))
        elif name not in old:
            found += _new(name, new[name], new)
        else:
            found += _compare(name, old[name], new[name])
    return found


def diff(old, new):
    """Between two files: what is new first, and of that the worst."""
    order = ("error", "warning", "note")
    lock = read(new)
    found = changes(read(old), lock.entries)
    for change in found:
        change.file = new
        change.line = lock.line(change.principal)
    return sorted(found, key=lambda change: (
        not change.granted,
        min(order.index(other.level) for other in found
            if other.principal == change.principal),
        change.principal, order.index(change.level), change.message))
