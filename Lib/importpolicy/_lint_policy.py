"""What the rules of check are given: a policy, what it means, who is there."""

import os

from importpolicy import _principals
from importpolicy._distribution import normal
from importpolicy._findings import Finding

APPLICATION = "__main__"


class Policy:
    """A document, what it means, and what is installed."""

    def __init__(self, document, described):
        self.file = os.path.abspath(document.file)
        self.root = document.root
        self.described = described
        self.directory = os.path.dirname(self.file)
        self.ancestry = _principals.Ancestry(
            [os.path.join(self.directory, path)
             for path in ("", *described["app"])])
        self.direct = _principals.used_directly(
            self.ancestry, [self.directory])
        self.names = {normal(name): name for name in self.ancestry.principals}

    def keys(self):
        """(key node, value node) of module keys."""
        return [(key, value) for key, value in self.root.members
                if not key.value.startswith("$")]

    def directive(self, name, kind):
        node = self.root.get(name)
        return node if node is not None and node.kind == kind else None

    def permissions(self):
        """(principal node, entry node) of "$permissions"."""
        node = self.directive("$permissions", "object")
        return node.members if node else []

    def grants(self):
        """(principal, what node, value node) of each capability."""
        for principal, entry in self.permissions():
            for what, value in entry.members:
                yield principal.value, what, value

    def principals(self):
        """Every node that names a dependency."""
        for _, value in self.keys():
            yield from value.items
        for principal, _ in self.permissions():
            yield principal
        for name in "$hosts", "$loaders":
            node = self.directive(name, "list")
            yield from node.items if node else ()
        node = self.directive("$packages", "object")
        for key, value in node.members if node else ():
            yield key
            yield from value.items

    def finding(self, node, code, level, message, help=None):
        return Finding(code, level, self.file, node.line, node.column,
                       message, help)

    # --- What is in force -------------------------------------------------

    def decision(self, principal, capability):
        """True, False, targets, or None where nothing speaks of it, as the
        whole policy says it, with what it extends."""
        for who in principal, "*":
            if who == "*" and principal == APPLICATION:
                continue
            for name, what, granted, _, _ in self.described["permissions"]:
                if name == who and what in (capability, "*"):
                    return granted
        return False if self.described["default"] == "deny" else None


def listed(names):
    return ", ".join(f'"{name}"' for name in sorted(names))
