"""Grants that never match, that make others moot, or that are wide."""

import os
import sys

from importpolicy import _risk
from importpolicy._events import EVENTS
from importpolicy._lint_policy import APPLICATION, listed

# What may be wide without anybody noticing.
_WIDE_PATHS = {"/", "/etc", "/home", "/root", "/usr", "/var", "$HOME",
               "$PREFIX", "/**", "**"}
SHELLS = {"sh", "bash", "dash", "zsh", "env", "xargs", "busybox", "python",
           "python3", "perl", "ruby", "node", "awk", "find", "sudo", "ssh"}


# --- What can never match ---------------------------------------------------

def _twice(nodes):
    seen = {}
    for node in nodes:
        if node.value in seen:
            yield node, seen[node.value]
        else:
            seen[node.value] = node


def check_duplicates(policy):
    lists = [value for _, value in policy.keys()]
    lists += [value for _, _, value in policy.grants()]
    lists += [node for name in ("$hosts", "$loaders", "$app")
              if (node := policy.directive(name, "list"))]
    for value in lists:
        for node, first in _twice(value.items):
            yield policy.finding(
                node, "duplicate-name", "warning",
                f'"{node.value}" stands here again, first at line '
                f"{first.line}", "remove it")


def check_targets(policy):
    for principal, what, value in policy.grants():
        targets = [item.value for item in value.items]
        for item in value.items:
            excluded = "!" + item.value in targets
            if item.value.startswith("!"):
                continue
            if excluded:
                yield policy.finding(
                    item, "never-matches", "error",
                    f'"{item.value}" is granted and excluded; what is '
                    "excluded wins", "remove one of the two")
            if what.value == "env" and item.value.startswith("$"):
                yield policy.finding(
                    item, "never-matches", "error",
                    f'no environment variable is called "{item.value}"',
                    f'write its name alone, "{item.value[1:]}"')
            holder = next((other for other in targets
                           if other != item.value
                           and holds(what.value, other, item.value)), None)
            if holder:
                yield policy.finding(
                    item, "never-matches", "warning",
                    f'"{item.value}" is held by "{holder}" already',
                    "remove it")
        if value.kind == "list" and not targets:
            yield policy.finding(
                what, "never-matches", "note",
                f'an empty list grants no "{what.value}" to {principal}',
                "write false, which says so")


def holds(what, holder, target):
    """Plainly, without wildcards but a "*" alone."""
    if any(sign in target for sign in "*?"):
        return False
    if what in ("read", "write"):
        return not any(sign in holder for sign in "*?!") \
            and target.startswith(holder.rstrip("/") + "/")
    if what == "net":
        return holder == "*" or target.rpartition(":")[0] == holder
    return holder == "*"


def check_packages(policy):
    """Grants of a shorter key that a longer one hides."""
    rules = {key.value: value for key, value in policy.keys()}
    for key, value in policy.keys():
        parts = key.value.split(".")
        for n in range(1, len(parts)):
            outer = rules.get(".".join(parts[:n]))
            if outer is None or outer.kind != "list" or value.kind != "list":
                continue
            here = {item.value for item in value.items}
            there = {item.value for item in outer.items}
            if here - there:
                yield policy.finding(
                    key, "never-matches", "warning",
                    f"{listed(here - there)} may import \"{key.value}\" but "
                    f"not \"{'.'.join(parts[:n])}\", which is imported first",
                    f"list it under \"{'.'.join(parts[:n])}\" as well, or "
                    "remove it here")


# --- Holes ------------------------------------------------------------------

_MOOT = {"ffi": "native code can do what the process can",
         "run": "a program knows no rule",
         "patch": "what changes others can act as them"}


def _open(decision):
    return decision is None or decision is True \
        or (isinstance(decision, (list, tuple)) and "*" in decision)


def check_holes(policy):
    """A module that is restricted while the same can be had otherwise."""
    restricted = [(key, value) for key, value in policy.keys()
                  if value.kind == "list"
                  and _risk.of_module(key.value) is not None]
    names = {item.value for _, value in policy.keys()
             for item in value.items}
    outsiders = "*"
    for key, value in restricted[:1]:
        for capability, why in _MOOT.items():
            if capability == "run" and policy.root.get("subprocess"):
                continue
            if not _open(policy.decision(outsiders, capability)):
                continue
            yield policy.finding(
                key, "moot-rule", "warning",
                f'"{key.value}" is restricted, and everyone who is not '
                f'listed is free in "{capability}": {why}',
                'add "$extends": ["builtin:baseline"]')
            break
    names |= {principal.value for principal, _ in policy.permissions()}
    for name in sorted(names - {APPLICATION, "*"}):
        denied = [capability for capability in ("net", "read", "write", "env")
                  if not _open(policy.decision(name, capability))]
        wide = [capability for capability in ("ffi", "run")
                if policy.decision(name, capability) is True]
        for capability in wide if denied else ():
            yield _moot_grant(policy, name, capability, denied)


def _moot_grant(policy, name, capability, denied):
    node = next((what for who, what, _ in policy.grants()
                 if who == name and what.value == capability), policy.root)
    return policy.finding(
        node, "moot-rule", "warning",
        f'{name} is free in "{capability}", which makes its limits in '
        f"{listed(denied)} moot: {_MOOT[capability]}",
        "write what it needs as a list")


_MODULES_WITH_EVENTS = {event.name.rpartition(".")[0] for event in EVENTS}


def check_events(policy):
    """Restricted by name, and nothing else to be had."""
    for key, value in policy.keys():
        name = key.value
        top = name.partition(".")[0]
        if value.kind != "list" or name.startswith("builtins.") \
                or name not in sys.stdlib_module_names:
            continue
        if name in _MODULES_WITH_EVENTS or top in _MODULES_WITH_EVENTS \
                or top.lstrip("_") in _MODULES_WITH_EVENTS:
            continue
        yield policy.finding(
            key, "no-events", "note",
            f'"{name}" raises no audit events: who is not listed cannot '
            "import it, but can use what somebody hands to him")


# --- Width ------------------------------------------------------------------

def check_width(policy):
    for principal, what, value in policy.grants():
        if value.kind == "true" and principal != APPLICATION \
                and what.value in ("net", "write", "run", "env", "ffi",
                                   "patch", "read"):
            yield policy.finding(
                what, "wide-grant", "warning" if what.value in _MOOT
                else "note",
                f'{principal} is granted all of "{what.value}": '
                f"{_risk.CAPABILITIES[what.value]}",
                "write a list of what it needs")
        for item in value.items:
            why = why_wide(what.value, item.value)
            if why:
                yield policy.finding(
                    item, "wide-grant", "warning",
                    f'"{item.value}" is wide for "{what.value}" of '
                    f"{principal}: {why}", "write what it needs")
    for principal, entry in policy.permissions():
        if entry.kind == "true" and principal.value != APPLICATION:
            yield policy.finding(
                principal, "wide-grant", "warning",
                f"{principal.value} is granted everything",
                "write what it needs")


def why_wide(what, target):
    if what in ("read", "write"):
        if target in _WIDE_PATHS or target.rstrip("/*") in _WIDE_PATHS:
            return "it holds far more than one program's files"
        if what == "write" and target in ("$APP", "$APP/**"):
            return "it holds the application's own code"
    elif what == "run" and os.path.basename(target) in SHELLS:
        return "it runs whatever it is told"
    elif what == "net" and target == "*":
        return "every host"
    elif what == "env" and target == "*":
        return "secrets are kept in environment variables"
    elif target == "*":
        return "everything"
    return None
