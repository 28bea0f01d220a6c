"""What in a policy that is well formed is probably not what was meant?

Each rule is a function that is given a Policy and yields findings.  A rule has
a code, which stays the same, and a line in the documentation.
"""

from importpolicy import _principals
from importpolicy._lint_grants import (
    check_duplicates, check_events, check_holes, check_packages,
    check_targets, check_width)
from importpolicy._lint_names import check_modules, check_principals
from importpolicy._lint_policy import APPLICATION, Policy

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
    "stale-lock": "What is installed is not what is locked.",
}


# --- What is likely to be missing -------------------------------------------

def check_application(policy):
    """Does the application import what it is not listed for?"""
    if any(name == APPLICATION and what == "*" for name, what, granted, _, _
           in policy.described["permissions"]):
        return
    imported = set()
    for file in _principals.sources(policy.directory)[:500]:
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
