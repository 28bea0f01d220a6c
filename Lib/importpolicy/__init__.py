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


def _check(what, target):
    if not isinstance(what, str):
        raise TypeError(f"what must be a str, not {type(what).__name__}")
    if not all(part.isidentifier()
               for part in what.replace("/", ".", 1).split(".")):
        raise ValueError(
            f"neither a module nor a capability nor an audit event: {what!r}")
    if target is not None and isinstance(target, (list, tuple, set)):
        raise TypeError("target is one target; ask for each of several")


def _reason(principal, answer, where, key, what, ancestor, fixed):
    if fixed:
        return ("everyone may" if answer
                else "no dependency may, whatever is granted")
    if answer is False and (why := _importpolicy.why_untrusted(principal)):
        return why
    if where is None:
        return "no policy speaks of it"
    if answer is None:
        return f"{where} grants some targets of {what!r}"
    if key == "$default":
        return f"{where} denies {what!r} by default"
    if not answer:
        return f"{where} does not grant {what!r}"
    if ancestor:
        return f"{where} grants {what!r} to {ancestor}, an ancestor"
    return f"{where} grants {what!r}"


def query(principal, what, target=None):
    """Would this principal be allowed to do it?

    The principal is a dependency's import name, or "__main__" for the
    application, and is taken to act alone.  `what` is a module, a capability,
    an audit event, or builtins.NAME; a capability or event may have a target.
    Nothing is imported, and no access is made or logged.
    """
    _check(what, target)
    kind, answer, file, line, key, ancestor, fixed = _importpolicy.query(
        principal, what, target)
    where = None
    if file is not None:
        where = f"{file}:{line}" if line else file
    named = key if kind in ("module", "builtin") and key else what
    return Verdict(
        principal=principal, what=what, target=target,
        module=(target or what) if kind == "module" else None,
        allowed=answer is True, depends=answer is None, policy=file,
        line=line or None, key=key, ancestor=ancestor or None,
        reason=_reason(principal, answer, where, key, named, ancestor, fixed))
