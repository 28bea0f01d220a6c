"""Who is there, and what may each of them do?

What a report shows, without its looks.  A row is a principal: the
application, everyone who has no entry, and each distribution with the names
that it is imported by.  A column is a thing that may be granted.  Whether it
is, the interpreter itself is asked (see _ask.py); the entries that make it so
are found in what the policy says.
"""

import os

from importpolicy import _ask, _principals
from importpolicy._lint_grants import why_wide
from importpolicy._principals import APPLICATION
from importpolicy._risk import (
    CAPABILITIES, ORDER, capability_of, level, of_module, weight)

EVERYONE = "*"
# A name that no dependency can have: what holds for those without an entry.
_NOBODY = "<everyone>"
ALLOWED = ("own", "inherited", "everyone", "free")


class Row:
    """A principal.  `names` are what its code is imported by, the first the
    one that it is called; `requires` and `optional` are indices of rows."""

    def __init__(self, kind, names, distribution=None, version=None):
        self.kind = kind
        self.names = names
        self.distribution = distribution
        self.version = version
        self.index = None
        self.requires = []
        self.optional = []
        self.required_by = []
        self.is_direct = False
        self.cells = []

    @property
    def name(self):
        return self.names[0] if self.names else self.distribution

    @property
    def title(self):
        return {"application": "the application",
                "everyone": "everyone else"}.get(self.kind, self.name)


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
    """`state` is one of ALLOWED, or "refused"; `depends` tells that it is on
    some targets only."""

    def __init__(self, row, column, state, depends, sources):
        self.row = row
        self.column = column
        self.state = state
        self.depends = depends
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
    """One entry that grants something: to whom, and who rides on it."""

    def __init__(self, source, what, capability, kind, row, riders):
        self.source = source
        self.what = what
        self.capability = capability
        self.kind = kind
        self.row = row
        self.riders = riders

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
        self.ancestry = _principals.Ancestry()
        self.directory = os.path.dirname(os.path.abspath(file))
        self.direct = _principals.used_directly(self.ancestry,
                                                [self.directory])
        self._covered = {}
        self.entries = {}
        for who, what, granted, path, line in self.policy["permissions"]:
            self.entries.setdefault(who, {})[what] = Source(
                who, granted, path, line)
        self.rows = self._rows(named)
        self.by_name = {name: row for row in self.rows for name in row.names}
        self._link()
        self.columns = self._columns()
        self._judge()
        self.grants = sorted(self._grants(), key=lambda grant: (
            weight(grant.capability), grant.source.principal, grant.what))

    # --- Who --------------------------------------------------------------

    def _rows(self, named):
        rows = [Row("application", [APPLICATION]), Row("everyone", [EVERYONE])]
        said = set(self.entries) - {APPLICATION, EVERYONE}
        for _, _, names in self.policy["rules"].values():
            said.update(name for name in names
                        if name not in (EVERYONE, APPLICATION))
        known = set()
        for distribution, version, names in sorted(self.ancestry.installed):
            known.update(names)
            rows += [Row("dependency", names, distribution, version)
                     for names in _split(distribution, names, said)]
        loose = self.ancestry.unowned() - known
        for name in sorted(loose | said | set(named)):
            if name not in known and name != EVERYONE and name != APPLICATION:
                kind = "loose" if name in loose \
                    or self.ancestry.principal_of(name) == name else "absent"
                rows.append(Row(kind, [name]))
        for index, row in enumerate(rows):
            row.index = index
        return rows

    def _link(self):
        """Who requires whom, as far as both are here."""
        by_distribution = {}
        for row in self.rows:
            if row.distribution:
                by_distribution.setdefault(row.distribution, []).append(row)
        for row in self.rows:
            row.is_direct = not self.direct.isdisjoint(row.names)
            plain, optional = self._required(row, by_distribution)
            row.requires = sorted(plain - {row.index})
            row.optional = sorted(optional - plain - {row.index})
        application = self.rows[0]
        application.requires = [row.index for row in self.rows
                                if row.is_direct]
        for row in self.rows:
            for index in row.requires:
                self.rows[index].required_by.append(row.index)

    def _required(self, row, by_distribution):
        if row.distribution:
            found = self.ancestry.requirements[row.distribution]
            return [{other.index for name in names
                     for other in by_distribution.get(name, ())}
                    for names in (found.plain, found.optional)]
        if row.kind != "loose":
            return set(), set()
        return {self.by_name[name].index
                for name in self.ancestry.imports(row.name)
                if name in self.by_name}, set()

    def covers(self, granted, row):
        """Does what is granted by that name hold for the row as well?"""
        key = granted, row.index
        if key not in self._covered:
            self._covered[key] = self._covers(granted, row)
        return self._covered[key]

    def _covers(self, granted, row):
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
        elif state == "refused" or state == "inherited" \
                and allowed is True \
                and not any(source.granted is True for source in sources):
            state, sources = "free", []
        return Cell(row, column, state, allowed is None, sources)

    def _reason(self, row, column):
        """The entries that speak of it, in the order of the rule."""
        if column.kind == "module":
            own, above, everyone = self._listed(row, column.what)
        else:
            own, above, everyone = self._permitted(row, column)
        if own:
            return "own", own
        if above:
            return "inherited", above
        return ("everyone", everyone) if everyone else ("refused", [])

    def _listed(self, row, key):
        file, line, names = self.policy["rules"][key]
        if names == "*":
            return [], [], [Source("*", True, file, line)]
        own = [name for name in names if name in row.names]
        above = [name for name in names
                 if name not in row.names and self.covers(name, row)]
        return ([Source(name, True, file, line) for name in own],
                [Source(name, True, file, line) for name in above], [])

    def _permitted(self, row, column):
        whats = dict.fromkeys((column.what, column.capability, "*"))
        own = [source for name in row.names
               if (source := self._entry(name, whats))]
        above = [source for name in self.entries if name not in row.names
                 and (source := self._entry(name, whats))
                 and source.granted and self.covers(name, row)]
        everyone = self._entry(EVERYONE, whats) if row.kind == "everyone" \
            or self.entries.keys().isdisjoint(row.names) else None
        if row.kind == "application":
            everyone = None
        if row.kind == "everyone":
            own = []
        return own, above, [everyone] if everyone else []

    def _entry(self, name, whats):
        entry = self.entries.get(name, {})
        return next((entry[what] for what in whats if what in entry), None)

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
        row = self.by_name.get(source.principal)
        riders = [other.index for other in self.rows
                  if other is not row and other.names
                  and any(source.principal == reason.principal
                          and source.line == reason.line
                          and source.file == reason.file
                          for cell in other.cells
                          if cell.state == "inherited"
                          and what in (cell.column.what, "*",
                                       cell.column.capability)
                          for reason in cell.sources)]
        return Grant(source, what, capability, kind, row, riders)


def _split(distribution, names, said):
    """One distribution is one principal; where the policy has entries of
    several of its names, each is looked at by itself."""
    names = sorted(names, key=lambda name: (
        name not in said, _plain(name) != _plain(distribution),
        name.startswith("_"), name))
    several = [name for name in names if name in said]
    if len(several) < 2:
        return [names]
    rest = [name for name in names if name not in said]
    return [[name] for name in several] + ([rest] if rest else [])


def _plain(name):
    return name.replace("_", "-").replace(".", "-").lower()
