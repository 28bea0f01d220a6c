"""Who is there: the application, its dependencies, and who else is named?

A row is a principal: the application, everyone who has no entry, and each
distribution with the names that it is imported by; also what is installed
and of no distribution, and who is named by the policy or a log and is not
here.
"""

from importpolicy._principals import APPLICATION

EVERYONE = "*"


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


def find_rows(ancestry, said, named):
    """`said` are the names that the policy has, `named` those of a log."""
    rows = [Row("application", [APPLICATION]), Row("everyone", [EVERYONE])]
    known = {APPLICATION, EVERYONE}
    for distribution, version, names in sorted(ancestry.installed):
        known.update(names)
        rows += [Row("dependency", names, distribution, version)
                 for names in _split(distribution, names, said)]
    loose = ancestry.unowned()
    for name in sorted((loose | said | set(named)) - known):
        # A log's names are not to be trusted with what is read.
        is_here = name in loose or (
            name in said and ancestry.principal_of(name) == name)
        rows.append(Row("loose" if is_here else "absent", [name]))
    for index, row in enumerate(rows):
        row.index = index
    return rows


def link_rows(rows, ancestry, direct):
    """Tell each whom it requires; `direct` is what the application
    imports."""
    by_name = {name: row for row in rows for name in row.names}
    by_distribution = {}
    for row in rows:
        by_distribution.setdefault(row.distribution, []).append(row)

    def of(distributions):
        return {row.index for name in distributions
                for row in by_distribution.get(name, ())}

    for row in rows:
        row.is_direct = not direct.isdisjoint(row.names)
        plain, optional = set(), set()
        if row.distribution:
            found = ancestry.requirements[row.distribution]
            plain, optional = of(found.plain), of(found.optional)
        elif row.kind == "loose":
            plain = {by_name[name].index for name
                     in ancestry.imports(row.name) if name in by_name}
        elif row.kind == "application":
            plain = {by_name[name].index for name in direct
                     if name in by_name}
        row.requires = sorted(plain - {row.index})
        row.optional = sorted(optional - plain - {row.index})
    for row in rows:
        for index in row.requires:
            rows[index].required_by.append(row.index)


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
