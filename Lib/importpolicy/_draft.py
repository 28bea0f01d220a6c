"""A first policy for a package, from what its sources can reach.

It is wider than what a program needs, which only running it tells (learn),
and it leaves out what would make it worthless: programs and libraries whose
names the sources do not tell, and changing what is somebody else's.  These
are named in its comment, for a reader to decide.
"""

from importpolicy import _out
from importpolicy._lint_grants import SHELLS
from importpolicy._risk import ORDER

# Granted as a whole where a target is not known.
_OPEN = {"net", "read", "write", "env"}
_FREE = {"code", "introspect"}
_WHEN = {"import", "call", "start"}
_MOST_PLACES = 3


def principal(package):
    """The name by which a policy knows it."""
    plain = package.name.lower().replace("-", "_")
    names = [name for name in package.principals if not name.startswith("_")]
    for name in names:
        if name.lower() in (plain, plain.removeprefix("python_"),
                            plain.removeprefix("py")):
            return name
    return (names or list(package.principals) or [plain])[0]


def native_modules(report):
    """The top-level names that its native code is found under."""
    tops = set()
    for found in report.native:
        if found.what.message == "an extension module":
            first = found.file.name.removeprefix("src/").partition("/")[0]
            tops.add(first.partition(".")[0])
    return tops


def _entry(reports):
    """(what is granted, what is left out)"""
    granted, left = {}, {}
    for report in reports:
        for found in report.uses:
            use = found.what
            if use.capability in _FREE or found.in_tests \
                    or use.when not in _WHEN:
                continue
            target = use.event if use.capability == "sys" else use.target
            if target is None or use.capability in ("patch", "ffi") \
                    or use.capability == "run" and target in SHELLS:
                if use.capability in _OPEN:
                    granted[use.capability] = True
                else:
                    left.setdefault(use.capability, []).append(found)
            elif granted.get(use.capability) is not True:
                granted.setdefault(use.capability, set()).add(target)
        if tops := native_modules(report):
            granted.setdefault("ffi", set()).update(tops)
    return {what: granted[what] if granted[what] is True
            else sorted(granted[what]) for what in ORDER if what in granted}, \
        left


def draft(inspected):
    """The policy for [(package, [report of it and of what it needs])]."""
    comment = ["Drafted by inspect: what the sources can reach.  A program "
               "needs less, which", "learn finds out."]
    permissions = {}
    for package, reports in inspected:
        name = principal(package)
        entry, left = _entry(reports)
        permissions[name] = entry
        for what in ORDER:
            if what not in left:
                continue
            places = list(dict.fromkeys(
                f"{found.what.what} at {found.place}"
                for found in left[what]))
            more = len(places) - _MOST_PLACES
            comment.append(
                f"{name}: {what} is left out: "
                + ", ".join(places[:_MOST_PLACES])
                + (f" and {_out.count(more, 'more place')}" if more > 0
                   else ""))
    return {"$comment": comment, "$extends": ["builtin:strict"],
            "$permissions": permissions}
