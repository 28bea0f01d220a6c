"""What a policy and a verdict are made of, for reading.

Plain records without input or output.  They describe what the interpreter
enforces and have no part in it: changing one by force changes nothing.
Nothing is imported, so that the package can be imported under any policy.
"""


class _Record:
    """Read-only attributes, named by __slots__ and given by keyword."""

    __slots__ = ()

    def __init__(self, /, **fields):
        if fields.keys() != set(self.__slots__):
            names = ", ".join(self.__slots__)
            raise TypeError(f"{type(self).__name__}() takes {names}")
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name, value):
        raise AttributeError(f"{type(self).__name__} objects are read-only")

    def __delattr__(self, name):
        raise AttributeError(f"{type(self).__name__} objects are read-only")

    def _fields(self):
        return {name: getattr(self, name) for name in self.__slots__}

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return self._fields() == other._fields()

    __hash__ = None

    def __repr__(self):
        fields = ", ".join(f"{k}={v!r}" for k, v in self._fields().items())
        return f"{type(self).__qualname__}({fields})"


class Rule(_Record):
    """One module key: `principals` is a tuple of names, or "*"."""

    __slots__ = ("key", "file", "line", "principals")


class Grant(_Record):
    """One value in "$permissions".

    `what` is a capability, an audit event, or "*" for an entry that is true
    as a whole; `granted` is true, false or a tuple of targets.
    """

    __slots__ = ("principal", "what", "granted", "file", "line")


class Source(_Record):
    """One policy as the interpreter read it when it started.

    With "$extends" it is what all its files say together, and `extends` names
    those behind `file`.
    """

    __slots__ = ("file", "origin", "sha256", "lock", "mode", "log", "rules",
                 "hosts", "packages", "app", "loaders", "default", "walk",
                 "extends", "permissions")


class Policy(_Record):
    """All that is in force: every source must allow an access."""

    __slots__ = ("sources",)


class Verdict(_Record):
    """The answer to query(): true when it is allowed.

    `depends` tells that no target was given and only some are granted, which
    is not allowed.  `policy`, `line` and `key` tell which entry decided (None
    when no policy speaks of it; no line for "$default"), `ancestor` on whose
    grant the principal rides (None when on its own, or none), `reason` the
    same as a sentence.  `module` is set for imports.
    """

    __slots__ = ("principal", "what", "target", "module", "allowed",
                 "depends", "policy", "line", "key", "ancestor", "reason")

    def __bool__(self):
        return self.allowed
