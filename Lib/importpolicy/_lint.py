"""What in a policy that is well formed is probably not what was meant?

Each rule is a function that is given a Policy below and yields findings.  A
rule has a code, which stays the same, and a section in the documentation.
"""

import importlib.util
import os
import re
import sys

from importpolicy import _principals, _risk
from importpolicy._events import EVENTS
from importpolicy._findings import Finding

APPLICATION = "__main__"

RULES = {
    "unknown-module": "A key names a module that is not there.",
    "unknown-principal": "A name that nothing installed has.",
    "distribution-name": "The name of a distribution where that of a package "
                         "is meant.",
    "sub-dependency": "A dependency that the application does not import "
                      "itself.",
    "never-matches": "An entry that can never match.",
    "duplicate-name": "A name or a target that stands there twice.",
    "moot-rule": "A rule that another grant makes moot.",
    "no-events": "A module that raises no audit events.",
    "wide-grant": "A grant that is wider than it needs to be.",
    "missing-application": "The application is not listed.",
    "no-reason": "Trust that is given without a reason.",
    "audit-mode": "Nothing is refused.",
    "no-effect": "The policy restricts nothing.",
}

# What may be wide without anybody noticing.
_WIDE_PATHS = {"/", "/etc", "/home", "/root", "/usr", "/var", "$HOME",
               "$PREFIX", "/**", "**"}
_SHELLS = {"sh", "bash", "dash", "zsh", "env", "xargs", "busybox", "python",
           "python3", "perl", "ruby", "node", "awk", "find", "sudo", "ssh"}


class Policy:
    """A document, what it means, and what is installed."""

    def __init__(self, document, described):
        self.file = os.path.abspath(document.file)
        self.root = document.root
        self.described = described
        self.ancestry = _principals.Ancestry()
        self.directory = os.path.dirname(self.file)
        self.direct = _principals.used_directly(
            self.ancestry, [self.directory])
        self.names = {_normal(name): name for name in self.ancestry.principals}

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


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _listed(names):
    return ", ".join(f'"{name}"' for name in sorted(names))


# --- Names ------------------------------------------------------------------

def _special(name):
    return name in ("*", APPLICATION) or name.startswith("/") \
        or name.endswith(".pth")


def check_principals(policy):
    seen = set()
    hosts = policy.directive("$hosts", "list")
    quiet = {id(node) for node in (hosts.items if hosts else ())}
    loaders = policy.directive("$loaders", "list")
    quiet |= {id(node) for node in (loaders.items if loaders else ())}
    for node in policy.principals():
        name = node.value
        if _special(name) or name in seen or id(node) in quiet:
            continue
        seen.add(name)
        owner = policy.ancestry.owner
        if name in owner or any(other.startswith(name + ".")
                                for other in owner) \
                or policy.ancestry.principal_of(name) == name:
            yield from _sub_dependency(policy, node)
            continue
        yield _unknown(policy, node)


def _unknown(policy, node):
    name = node.value
    distribution = policy.names.get(_normal(name))
    inside = policy.ancestry.principal_of(name)
    if distribution is not None:
        packages = policy.ancestry.principals[distribution]
        return policy.finding(
            node, "distribution-name", "error",
            f'"{name}" is the name of a distribution, which is installed as '
            f"{_listed(packages) or 'no package'}",
            f"write {_listed(packages)}" if packages else None)
    if inside is not None:
        return policy.finding(
            node, "unknown-principal", "error",
            f'"{name}" is a part of the dependency "{inside}", and has no '
            "entry of its own", f'write "{inside}"')
    if name in sys.stdlib_module_names:
        return policy.finding(
            node, "unknown-principal", "error",
            f'"{name}" is a module of the standard library, which acts for '
            "whoever calls it", "write who calls it")
    if os.path.exists(os.path.join(policy.directory, name + ".py")) \
            or os.path.isdir(os.path.join(policy.directory, name)):
        return policy.finding(
            node, "unknown-principal", "error",
            f'"{name}" lies beside the policy and belongs to the application',
            f'write "{APPLICATION}"')
    near = _near(name, policy.ancestry.owner)
    return policy.finding(
        node, "unknown-principal", "warning",
        f'no dependency is called "{name}" in this environment',
        f'did you mean "{near}"?' if near else None)


def _near(name, names):
    import difflib
    found = difflib.get_close_matches(name, names, 1, 0.75)
    return found[0] if found else None


def _sub_dependency(policy, node):
    """A grant to what only came with something else."""
    name = node.value
    if not policy.direct or name in policy.direct:
        return
    above = [other for other in sorted(policy.direct)
             if policy.ancestry.is_ancestor(other, name)]
    if above:
        yield policy.finding(
            node, "sub-dependency", "note",
            f'the application does not import "{name}" itself; it comes with '
            f"{_listed(above)}",
            f'a grant to "{above[0]}" covers it, and is one that outlives a '
            "change of its dependencies")


def _module_exists(name):
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top in sys.builtin_module_names:
        return True
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return False


def check_modules(policy):
    for key, value in policy.keys():
        name = key.value
        if not _module_exists(name):
            near = _near(name, sys.stdlib_module_names)
            yield policy.finding(
                key, "unknown-module", "warning",
                f'there is no module "{name}" in this environment',
                f'did you mean "{near}"?' if near else None)


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
            holder = next((other for other in targets
                           if other != item.value
                           and _holds(what.value, other, item.value)), None)
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


def _holds(what, holder, target):
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
                    f"{_listed(here - there)} may import \"{key.value}\" but "
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
        f"{_listed(denied)} moot: {_MOOT[capability]}",
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
            why = _why_wide(what.value, item.value)
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


def _why_wide(what, target):
    if what in ("read", "write"):
        if target in _WIDE_PATHS or target.rstrip("/*") in _WIDE_PATHS:
            return "it holds far more than one program's files"
        if what == "write" and target in ("$APP", "$APP/**"):
            return "it holds the application's own code"
    elif what == "run" and os.path.basename(target) in _SHELLS:
        return "it runs whatever it is told"
    elif what == "net" and target == "*":
        return "every host"
    elif what == "env" and target == "*":
        return "secrets are kept in environment variables"
    elif target == "*":
        return "everything"
    return None


# --- What is likely to be missing -------------------------------------------

def check_application(policy):
    """Does the application import what it is not listed for?"""
    if any(name == APPLICATION and what == "*" for name, what, granted, _, _
           in policy.described["permissions"]):
        return
    imported = set()
    for file in _principals._sources(policy.directory)[:500]:
        imported |= _principals.imported_names(file)
    for key, value in policy.keys():
        name = key.value
        if value.kind != "list" or not value.items \
                or APPLICATION in [item.value for item in value.items]:
            continue
        if any(other == name or other.startswith(name + ".")
               for other in imported):
            yield policy.finding(
                key, "missing-application", "warning",
                f'the application imports "{name}" itself, and is not listed',
                f'add "{APPLICATION}" to the list')


def check_reasons(policy):
    comment = policy.root.get("$comment")
    text = comment.plain() if comment is not None else ""
    text = text if isinstance(text, str) else "\n".join(text)
    for directive, why in (
            ("$hosts", "is passed over when it is asked who acts"),
            ("$loaders", "may make code that counts as somebody else's")):
        node = policy.directive(directive, "list")
        for item in node.items if node else ():
            if item.value not in text:
                yield policy.finding(
                    item, "no-reason", "note",
                    f"{item.value} {why}, and nothing says what for",
                    f'tell it in "$comment", with the name "{item.value}"')


def check_effect(policy):
    if policy.described["mode"] == "audit":
        node = policy.root.key("$mode") or policy.root
        yield policy.finding(
            node, "audit-mode", "note",
            "the policy is in audit mode: it logs and refuses nothing")
    if not policy.described["rules"] and not policy.described["permissions"] \
            and policy.described["default"] == "allow":
        yield policy.finding(
            policy.root, "no-effect", "warning",
            "the policy restricts nothing",
            'write "$default": "deny", or a key, or extend a preset')


CHECKS = (check_principals, check_modules, check_duplicates, check_targets,
          check_packages, check_holes, check_events, check_width,
          check_application, check_reasons, check_effect)


def lint(document, described):
    policy = Policy(document, described)
    return [finding for check in CHECKS for finding in check(policy)]
