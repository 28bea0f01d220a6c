"""Read the import policy in force, and ask it questions.

A policy is enforced by the interpreter itself, below anything that Python
code can change; this package only shows it.  See the documentation of
importpolicy for the file format and the rule.
"""

import _importpolicy
from _importpolicy import (
    AccessDenied, ImportDenied, SecurityError, drop, permit,
)

from importpolicy._model import Grant, Policy, Rule, Source, Verdict

__all__ = [
    "AccessDenied", "Grant", "ImportDenied", "Policy", "Rule",
    "SecurityError", "Source", "Verdict", "drop", "permit", "policy", "query",
]

_proxy = type(type.__dict__)

# Words for what is no module; those that are modules as well (`code`, `sys`)
# are taken as modules.
_CAPABILITIES = frozenset({
    "env", "ffi", "introspect", "net", "patch", "read", "run", "write",
})


def _permissions(principals, grants):
    permissions = {principal: {} for principal in principals}
    for principal, what, granted, file, line in grants:
        permissions[principal][what] = Grant(
            principal=principal, what=what, granted=granted, file=file,
            line=line)
    return _proxy({principal: _proxy(entry)
                   for principal, entry in permissions.items()})


def _source(fields):
    principals = fields.pop("principals")
    rules = {key: Rule(key=key, file=file, line=line, principals=names)
             for key, (file, line, names) in fields["rules"].items()}
    return Source(**(fields | {
        "rules": _proxy(rules),
        "packages": _proxy(fields["packages"]),
        "permissions": _permissions(principals, fields["permissions"]),
    }))


def policy():
    """The policies in force, read-only; None when there is none."""
    sources = tuple(map(_source, _importpolicy.policies()))
    return Policy(sources=sources) if sources else None


def _check_module(what, target):
    if not isinstance(what, str):
        raise TypeError(f"what must be a str, not {type(what).__name__}")
    unsupported = (
        target is not None
        or what in _CAPABILITIES
        or what.startswith("builtins.")
        or not all(part.isidentifier() for part in what.split("."))
    )
    if unsupported:
        raise ValueError(
            "this version answers for module names only, without a target: "
            f"{what!r}")


def _reason(allowed, where, key, ancestor):
    if where is None:
        return "no policy speaks of it"
    if not allowed:
        return f"{where} does not grant {key!r}"
    if ancestor:
        return f"{where} grants {key!r} to {ancestor}, an ancestor"
    return f"{where} grants {key!r}"


def query(principal, what, target=None):
    """Would this principal be allowed to import the module `what`?

    The principal is a dependency's import name, or "__main__" for the
    application, and is taken to act alone.  Nothing is imported, and no
    access is made or logged.
    """
    _check_module(what, target)
    allowed, file, line, key, why = _importpolicy.query(principal, what)
    ancestor = why or None
    where = None if file is None else f"{file}:{line}"
    return Verdict(
        principal=principal, module=what, allowed=allowed, policy=file,
        line=line, key=key, ancestor=ancestor,
        reason=_reason(allowed, where, key, ancestor))
