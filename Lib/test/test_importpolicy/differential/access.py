"""What is reached: which lists of a policy speak of it, and hold it?"""

from fnmatch import fnmatchcase

if __package__:
    from .relatives import entry, names
else:
    from relatives import entry, names


class Access:
    """An import, the call of a builtin, or the use of a capability."""

    def __init__(self, kind, name=None, target=None):
        self.module = name if kind in ("import", "builtin") else None
        self.builtin = kind == "builtin"
        self.event = name if self.module is None else None
        self.capability = kind if self.module is None else None
        self.target = target

    def lists(self, policy):
        """Those of the module keys that speak of it.  An import is one
        of each package on the way; of the keys that fit the longest wins."""
        keys = [key for key in policy if key[0] != "$"]
        parts = (self.module or (self.event or "").rpartition(".")[0])
        if self.builtin:
            yield from (policy[key] for key in keys if key == parts)
            return
        parts = parts.split(".")
        for n in range(1 if self.module else len(parts), len(parts) + 1):
            whole = ".".join(parts[:n])
            fit = [key for key in keys if names(key, whole)]
            if fit:
                yield policy[max(fit, key=len)]

    def is_own(self, inner):
        """A package imports its own submodule, or where it lies itself."""
        return (self.module is not None and not self.builtin
                and len(inner) == 1
                and any(names(who, self.module) or names(self.module, who)
                        for who in inner))

    def speaks_of(self, value):
        return value is True or bool({self.event, self.capability}
                                     & value.keys())

    def said_in(self, value):
        """What an entry says: of the event, else of the capability."""
        if isinstance(value, dict):
            return value.get(self.event, value.get(self.capability))
        return value

    def said_of(self, policy, name):
        """What the entry of that name says; None where none speaks of it."""
        entries = {key: value for key, value
                   in policy.get("$permissions", {}).items() if key != "*"}
        return self.said_in(entry(entries, name, self.speaks_of))

    def said_of_everyone(self, policy, same):
        """And the one for those who have none, whatever that speaks of."""
        entries = policy.get("$permissions", {})
        if any(entry(entries, name) is not None for name in same):
            return None
        return self.said_in(entries.get("*", {}))

    def holds(self, value):
        """Does true, false or a list of targets (None: nothing) grant it?"""
        if not isinstance(value, list):
            return bool(value)
        if any(self.is_in(item[1:]) for item in value if item[0] == "!"):
            return False
        wanted = [item for item in value if item[0] != "!"]
        return (bool(value) and not wanted) or any(map(self.is_in, wanted))

    def is_in(self, item):
        if self.capability == "read":
            return self.target == item or self.target.startswith(item + "/")
        return fnmatchcase(self.target or "", item)
