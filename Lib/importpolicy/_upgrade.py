"""What does another version of a package do that this one did not?

Both are inspected, from their files alone, and compared use by use: not by
line, which moves, but by what is used, on which target, and when.
"""

import contextlib
import os
import re
from typing import NamedTuple

from importpolicy import (
    _diff_formats, _distribution, _draft, _fetch, _inspect, _inspection,
    _out, _risk)
from importpolicy._reader import PolicyError

RULES = {
    "uses": "A capability is newly used.",
    "also-uses": "A capability is used in another way.",
    "reaches": "Something else is reached.",
    "imported": "It is done when it is imported, and was not.",
    "requires": "Another distribution is newly required.",
    "native": "There is new native code.",
    "starts": "There is new code that runs by itself.",
    "hides": "There are new signs that something is hidden.",
    "unreadable": "There is something new that cannot be looked into.",
    "taken": "Something is not done any more.",
}
WORDS = _diff_formats.Words(
    title="newly:", taken="no longer:", heading="Upgrade",
    noun="new thing that it does", plural="new things that they do",
    column="Newly", lost="done no more")
_RANKS = ("error", "warning", "note")
# Names of bundled libraries end in what they were built from.
_BUILD = re.compile(r"-[0-9a-f]{6,}(?=\.)|\.(?:cpython|cp|abi)[^.]*|[.\d]+$")


class Change(NamedTuple):
    """As that of diff: something that is newly done, or no longer."""
    code: str
    principal: str
    what: str
    message: str
    capability: str | None
    level: str
    file: str | None = None
    line: int | None = None

    @property
    def granted(self):
        return self.code != "taken"

    @property
    def risk(self):
        return _risk.CAPABILITIES.get(self.capability) if self.granted \
            else None

    @property
    def weight(self):
        return _RANKS.index(self.level), _risk.weight(self.capability)


def _level(capability):
    weight = _risk.weight(capability)
    if weight <= _risk.ORDER.index("patch"):
        return "error"
    return "warning" if weight <= _risk.ORDER.index("env") else "note"


class _Side:
    """One version: its uses, by what they are."""

    def __init__(self, package):
        self.package = package
        self.report = _inspection.inspect(package)
        self.uses = {}          # capability: {what: {target: Found}}
        self.at_import = {}     # what: Found
        for found in self.report.uses:
            use = found.what
            if found.in_tests:
                continue
            self.uses.setdefault(use.capability, {}).setdefault(
                use.what, {}).setdefault(use.target, found)
            if use.when == "import" and use.called:
                self.at_import.setdefault((use.capability, use.what), found)
        self.requires = {}
        for text in package.requires:
            if "extra" not in text.partition(";")[2]:
                name, *_ = _distribution.requirement(text) or (None,)
                self.requires[name] = text


def _name(what):
    return what.removeprefix("builtins.")


def _uses(who, old, new):
    for capability, whats in new.uses.items():
        before = old.uses.get(capability)
        if before is None:
            names = sorted({f"{_name(what)} {target}" if target
                            else _name(what)
                            for what, targets in whats.items()
                            for target in targets})
            found = next(iter(next(iter(whats.values())).values()))
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            yield _change("uses", who, capability, f"uses {capability}: "
                          f"{', '.join(names[:3])}{more}", found,
                          _level(capability))
            continue
        known = {target for targets in before.values() for target in targets}
        for what, targets in sorted(whats.items()):
            fresh = sorted((target, found) for target, found
                           in targets.items() if target
                           and target not in known)
            for target, found in fresh:
                level = min(_level(capability), "warning")
                yield _change("reaches", who, capability, "uses "
                              f"{_name(what)} on {target}", found, level)
            if what not in before and not fresh:
                yield _change("also-uses", who, capability, "uses "
                              f"{_name(what)}, and {capability} in other "
                              "ways before", next(iter(targets.values())),
                              "note")


def _change(code, who, capability, message, found, level):
    return Change(code, who, capability,
                  f"{who} {message} ({found.place})", capability, level,
                  found.file.name, found.line)


def _imported(who, old, new):
    """What happens at import, and did not, or only when called."""
    for (capability, what), found in sorted(new.at_import.items()):
        if (capability, what) not in old.at_import:
            yield _change("imported", who, capability, f"uses {_name(what)} "
                          "when it is imported", found, _level(capability))


def _new(old, new, key):
    """Of two lists of Found, those that the old one does not have."""
    known = {key(found) for found in old}
    return [found for found in new if key(found) not in known]


def _plain(found):
    return _BUILD.sub("", found.file.name.rpartition("/")[2])


def _parts(who, old, new):
    native = _new(old.report.native, new.report.native, _plain)
    for found in native:
        level = "note" if old.report.native else "error"
        yield _change("native", who, "ffi", f"has {found.what.message}",
                      found, level)
    for code, lists in (("starts", "start"), ("hides", "signs"),
                        ("unreadable", "opaque")):
        for found in _new(getattr(old.report, lists),
                          getattr(new.report, lists), lambda found: (
                              found.file.name, found.what.message)):
            if found.what.code == "import":
                continue                # as told by _imported()
            level = _inspect.level(found)
            if found.what.code in ("pth", "start", "install"):
                level = "error"
            yield Change(code, who, None, f"{who}: {found.what.message} "
                         f"({found.place})", None, level, found.file.name,
                         found.line)


def _requirements(who, old, new):
    for name in sorted(new.requires.keys() - old.requires.keys()):
        yield Change("requires", who, None, f"{who} requires "
                     f"{new.requires[name]}, which may do what {who} is "
                     "granted", None, "warning")


def _lost(who, old, new):
    for capability in sorted(old.uses.keys() - new.uses.keys()):
        yield Change("taken", who, capability,
                     f"{who} no longer uses {capability}", capability, "note")
    for name in sorted(old.requires.keys() - new.requires.keys()):
        yield Change("taken", who, None, f"{who} no longer requires {name}",
                     None, "note")


def compare(old, new):
    """The changes from one package to another, the worst first."""
    who = _draft.principal(new)
    old, new = _Side(old), _Side(new)
    changes = [change for find in (_uses, _imported, _parts, _requirements,
                                   _lost)
               for change in find(who, old, new)]
    return sorted(set(changes), key=lambda change: (
        not change.granted, *change.weight, change.message))


# --- The command -------------------------------------------------------------

def _sides(text):
    """NAME==1..2, or two packages with ".." between them."""
    at = text.find("..")
    while at >= 0:
        old, new = text[:at], text[at + 2:]
        pinned = _fetch.pinned(old)
        if pinned and re.match(r"\d", new):
            return old, f"{pinned[0]}=={new}"
        if pinned and _fetch.pinned(new) \
                or os.path.exists(old) and os.path.exists(new):
            return old, new
        at = text.find("..", at + 1)
    raise PolicyError(text, "is no upgrade: write NAME==OLD..NEW, or two "
                      "wheels or directories that are there, OLD..NEW")


def run(args):
    changes, pairs = [], []
    for text in args.upgrade:
        with contextlib.ExitStack() as stack:
            old, new = (_inspect.package(side, None, stack)
                        for side in _sides(text))
            changes += compare(old, new)
            pairs.append({"name": new.name, "old": old.version,
                          "new": new.version})
    match args.format:
        case "json":
            _out.put_json({"upgrades": pairs, "changes": [
                change._asdict() | {"risk": change.risk,
                                    "granted": change.granted}
                for change in changes]})
        case "sarif":
            _diff_formats.put_sarif(changes, None, RULES)
        case "markdown":
            _diff_formats.put_markdown(changes, WORDS)
        case _:
            _diff_formats.put_text(changes, WORDS)
    return _out.FINDINGS if any(change.granted for change in changes) \
        else _out.FINE
