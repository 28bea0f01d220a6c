"""What may each of them do, and why?

What a report shows, without its looks.  A row is a principal, a column a
thing that may be granted.  Whether it is, the interpreter itself is asked
(see _ask.py); the entries that make it so are found in what the policy says.
"""

import functools
import os

from importpolicy import _ask, _principals
from importpolicy._lint_grants import why_wide
from importpolicy._principals import APPLICATION
from importpolicy._report_rows import EVERYONE, find_rows, link_rows
from importpolicy._risk import (
    CAPABILITIES, ORDER, capability_of, level, of_module, weight)

# A name that no dependency can have: what holds for those without an entry.
_NOBODY = "<everyone>"
ALLOWED = ("own", "inherited", "everyone", "free")


class Column:

    def __init__(self, kind, what):
        self.kind = kind
        self.what = what
        self.capability = of_module(what) if kind == "module" \
            else capability_of(what)
        self.level = level(self.capability)


class Source:
    """An entry that is why: whose, what it grants, and where it stands."""

    def __init__(self, principal, granted, file, line):
        self.principal = principal
        self.granted = granted
        self.file = file
        self.line = line or None


class Cell:
    """`state` is one of ALLOWED, or "refused"; `sources` are why."""

    def __init__(self, row, column, state, sources):
        self.row = row
        self.column = column
        self.state = state
        self.sources = sources

    @property
    def targets(self):
        """Those of all sources, or None when there is no list."""
        if any(source.granted is True for source in self.sources) \
                or not self.sources:
            return None
        return sorted({target for source in self.sources
                       for target in source.granted or ()})

    @property
    def is_allowed(self):
        return self.state in ALLOWED

    @property
    def is_risky(self):
        """Can it lead to everything, or is it wider than it should be?"""
        if not self.is_allowed or self.row.kind == "application":
            return False
        return is_risky(self.column.kind, self.column.capability,
                        self.targets)


def is_risky(kind, capability, targets):
    """Targets of None are all of it; a module has none."""
    loud = level(capability)
    return loud == "error" or loud == "warning" and kind != "module" and (
        targets is None
        or any(why_wide(capability, target) for target in targets))


class Grant:
    """One entry that grants something: to whom, and how many inherit it."""

    def __init__(self, source, what, capability, kind, row, heirs):
        self.source = source
        self.what = what
        self.capability = capability
        self.kind = kind
        self.row = row
        self.heirs = heirs

    @property
    def targets(self):
        granted = self.source.granted
        return None if granted is True else list(granted)

    @property
    def level(self):
        return level(self.capability)

    @property
    def is_risky(self):
        return self.source.principal != APPLICATION \
            and is_risky(self.kind, self.capability, self.targets)


class World:
    """A policy, and the environment that it is for."""

    def __init__(self, file, named=()):
        self.file = file
        self.policy = _ask.describe(file)
        self.directory = os.path.dirname(os.path.realpath(file))
        self.ancestry = _principals.Ancestry(
            [os.path.join(self.directory, path)
             for path in ("", *self.policy["app"])])
        self.covers = functools.cache(self._covers)
        self.entries = {}
        for who, what, granted, path, line in self.policy["permissions"]:
            self.entries.setdefault(who, {})[what] = Source(
                who, granted, path, line)
        self.rows = find_rows(self.ancestry, self._said(), named)
        link_rows(self.rows, self.ancestry, self._direct())
        self.by_name = {name: row for row in self.rows for name in row.names}
        self.columns = self._columns()
        self._judge()
        self.grants = sorted(self._grants(), key=lambda grant: (
            weight(grant.capability), grant.source.principal, grant.what))

    # --- Who --------------------------------------------------------------

    def _said(self):
        """The names that entries have."""
        said = set(self.entries)
        for _, _, names in self.policy["rules"].values():
            said.update(names)
        return said

    def _direct(self):
        return _principals.used_directly(self.ancestry, [self.directory])

    def _covers(self, granted, row):
        """Does what is granted by that name hold for the row as well?"""
        if granted in (EVERYONE, APPLICATION) \
                or row.kind in ("application", "everyone"):
            return False
        listed = self.policy["packages"].get(granted)
        if listed is not None:
            return not set(listed).isdisjoint(row.names)
        return any(self.ancestry.is_ancestor(granted, name)
                   for name in row.names)

    # --- What -------------------------------------------------------------

    def _columns(self):
        events = {what for entry in self.entries.values() for what in entry
                  if what not in CAPABILITIES and what != "*"}
        return [*(Column("capability", what) for what in ORDER),
                *(Column("event", what) for what in sorted(events)),
                *(Column("module", what) for what in sorted(
                    self.policy["rules"], key=lambda key: (
                        key.startswith("builtins."), key)))]

    def _judge(self):
        shown = [row for row in self.rows if row.names]
        questions = [[_NOBODY if row.kind == "everyone" else row.name,
                      column.what, None]
                     for row in shown for column in self.columns]
        answers = iter(_ask.details(self.file, questions))
        for row in shown:
            row.cells = [self._cell(row, column, next(answers))
                         for column in self.columns]

    def _cell(self, row, column, answer):
        allowed = answer.get("answer", False)
        state, sources = self._reason(row, column)
        if allowed is False:
            sources = [source for source in sources
                       if source.principal in row.names] \
                if state == "own" else []
            state = "refused"
        elif state == "refused" or state == "inherited" and allowed is True \
                and not any(source.granted is True for source in sources):
            # All of it, which none of these entries says.
            state, sources = "free", []
        return Cell(row, column, state, sources)

    def _reason(self, row, column):
        """The entries that speak of it, in the order of the rule."""
        said = self._speaking(column)
        own = [source for source in said if source.principal in row.names]
        if own and row.kind != "everyone":
            return "own", own
        above = [source for source in said if source.granted
                 and self.covers(source.principal, row)]
        if above:
            return "inherited", above
        everyone = [source for source in said
                    if source.principal == EVERYONE]
        if everyone and (column.kind == "module" or self._is_anyone(row)):
            return "everyone", everyone
        return "refused", []

    def _is_anyone(self, row):
        """Does the entry of everyone else speak of it?"""
        return row.kind == "everyone" or row.kind != "application" \
            and self.entries.keys().isdisjoint(row.names)

    def _speaking(self, column):
        """Of each principal the entry that speaks of this, if any."""
        if column.kind == "module":
            file, line, names = self.policy["rules"][column.what]
            return [Source(name, True, file, line) for name in names]
        found = []
        for entry in self.entries.values():
            for what in column.what, column.capability, "*":
                if what in entry:
                    found.append(entry[what])
                    break
        return found

    # --- The entries that grant something ---------------------------------

    def _grants(self):
        for who, entry in self.entries.items():
            for what, source in entry.items():
                if source.granted:
                    yield self._grant(source, what, capability_of(what),
                                      "permission")
        for key, (file, line, names) in self.policy["rules"].items():
            for name in names:
                yield self._grant(Source(name, True, file, line), key,
                                  of_module(key), "module")

    def _grant(self, source, what, capability, kind):
        heirs = sum(any(self._is_because(cell, source, what)
                        for cell in row.cells) for row in self.rows)
        return Grant(source, what, capability, kind,
                     self.by_name.get(source.principal), heirs)

    @staticmethod
    def _is_because(cell, source, what):
        """Is the cell inherited because of this entry?"""
        return cell.state == "inherited" \
            and what in (cell.column.what, cell.column.capability, "*") \
            and any((reason.principal, reason.file, reason.line)
                    == (source.principal, source.file, source.line)
                    for reason in cell.sources)
