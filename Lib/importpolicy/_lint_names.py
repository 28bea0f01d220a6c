"""Names in a policy that nobody has, or not there."""

import difflib
import importlib.util
import os
import sys

from importpolicy._distribution import normal
from importpolicy._lint_policy import APPLICATION, listed


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
    distribution = policy.names.get(normal(name))
    inside = policy.ancestry.principal_of(name)
    if distribution is not None:
        packages = policy.ancestry.principals[distribution]
        return policy.finding(
            node, "distribution-name", "error",
            f'"{name}" is the name of a distribution, which is installed as '
            f"{listed(packages) or 'no package'}",
            f"write {listed(packages)}" if packages else None)
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
    near = near_name(name, policy.ancestry.owner)
    return policy.finding(
        node, "unknown-principal", "warning",
        f'no dependency is called "{name}" in this environment',
        f'did you mean "{near}"?' if near else None)


def near_name(name, names):
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
            f"{listed(above)}",
            f'a grant to "{above[0]}" covers it, and is one that outlives a '
            "change of its dependencies")


def module_exists(name):
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
        if not module_exists(name):
            near = near_name(name, sys.stdlib_module_names)
            yield policy.finding(
                key, "unknown-module", "warning",
                f'there is no module "{name}" in this environment',
                f'did you mean "{near}"?' if near else None)
