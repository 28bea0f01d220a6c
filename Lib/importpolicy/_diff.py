"""What does the new policy grant that the old one did not?

Both are described by the interpreter, with what they extend; so what counts
is what they mean, and neither the order nor the form.  For each principal and
each thing it could do, what the old one says is compared with the new.
Two locks are compared by _lock_diff.py.
"""

from importpolicy import (
    _ask, _diff_formats, _findings, _lock_diff, _out, _upgrade)
from importpolicy._diff_formats import APPLICATION, subject
from importpolicy._risk import (
    CAPABILITIES, ORDER, capability_of, level, meaning, of_module, weight)
from importpolicy._lint_grants import holds
from importpolicy._reader import PolicyError, policy_in

DESCRIPTION = """\
Say in words, principal by principal, what the policy NEW newly grants, and
what that can lead to; what is most dangerous comes first.  Of two locks
(policy.lock.json), say what is newly installed, required and run.

With --upgrade, what another version of a package newly does, as far as the
files of both tell: pip fetches the wheels, and nothing of them is run.

The exit status is 1 when something is newly granted or done, 0 when not.
"""

EXAMPLE = """\
examples:
  python -m importpolicy diff old.json policy.json
  git show main:policy.json > old.json
  python -m importpolicy diff --format markdown old.json policy.json
  python -m importpolicy diff --upgrade requests==2.31.0..2.32.3
  python -m importpolicy diff --upgrade old.whl..new.whl
"""

RULES = {
    "granted": "Something is newly granted.",
    "unrestricted": "Something is no longer restricted.",
    "trusted": "Somebody is newly trusted.",
    "taken": "Something is taken away.",
}


def add_arguments(parser):
    parser.add_argument("old", metavar="OLD", nargs="?", type=policy_in)
    parser.add_argument("new", metavar="NEW", nargs="?", type=policy_in)
    parser.add_argument("--upgrade", metavar="NAME==OLD..NEW",
                        action="append",
                        help="compare two versions of a package, or two "
                        "wheels or directories, OLD..NEW")
    _findings.add_format(parser, ("text", "markdown", "json", "sarif"))


class Change:
    """One thing that somebody may newly do, or no longer."""

    __slots__ = ("code", "principal", "what", "message", "capability", "file",
                 "line")

    def __init__(self, code, principal, what, message, capability, file=None,
                 line=None):
        self.code = code
        self.principal = principal
        self.what = what
        self.message = message
        self.capability = capability
        self.file = file
        self.line = line or None

    @property
    def granted(self):
        return self.code != "taken"

    @property
    def level(self):
        return level(self.capability) if self.granted else "note"

    @property
    def risk(self):
        return meaning(self.capability) if self.granted else None

    @property
    def weight(self):
        return weight(self.capability)


class _Policy:

    def __init__(self, file):
        self.file = file
        self.described = _ask.describe(file)
        self.rules = self.described["rules"]
        self.permissions = {}
        self.place = {}
        for name, what, granted, path, line in self.described["permissions"]:
            self.permissions.setdefault(name, {})[what] = granted
            self.place[name, what] = path, line

    def decision(self, principal, what):
        """(what is granted, file, line): true, false, a list, or None where
        nothing is said and all is free."""
        entry = self.permissions.get(principal)
        names = [principal] if entry is not None or principal in (
            APPLICATION, "*") else ["*"]
        capability = capability_of(what)
        for name in names:
            entry = self.permissions.get(name, {})
            for key in dict.fromkeys((what, capability, "*")):
                if key in entry:
                    return entry[key], *self.place[name, key]
        if capability in ("code", "introspect") \
                or self.described["default"] == "allow":
            return True, self.described["file"], None
        return False, self.described["file"], None


def _targets(granted):
    """A grant as a set; everything is None."""
    if granted is True:
        return None
    return set() if granted is False else set(granted)


def _new_targets(what, old, new):
    """Targets that the new list has beyond the old."""
    capability = capability_of(what)
    exclusions = {target for target in old if target.startswith("!")}
    found = {target for target in new - old if not target.startswith("!")
             and not any(holds(capability, holder, target)
                         for holder in old)}
    found |= {f"{target[1:]} (no longer excluded)"
              for target in exclusions - new}
    if new and all(target.startswith("!") for target in new) \
            and not (old and exclusions == old):
        found.add("everything but " + ", ".join(
            sorted(target[1:] for target in new)))
    return found


def _compare(principal, what, old, new):
    """Changes from one decision to another."""
    before, _, _ = old.decision(principal, what)
    after, file, line = new.decision(principal, what)
    before, after = _targets(before), _targets(after)
    capability = capability_of(what)
    who = subject(principal)
    if before == after:
        return
    if after is None:
        yield Change("granted", principal, what,
                     f"{who} may use all of {what}", capability, file, line)
    elif before is None:
        kept = ", ".join(sorted(after))
        limit = f"may use {what} on {kept} only" if kept \
            else f"may no longer use {what}"
        yield Change("taken", principal, what, f"{who} {limit}", capability,
                     file, line)
    else:
        found = _new_targets(what, before, after)
        if found:
            yield Change("granted", principal, what,
                         f"{who} may use {what} on "
                         f"{', '.join(sorted(found))}", capability, file,
                         line)
        lost = _new_targets(what, after, before)
        if lost:
            yield Change("taken", principal, what,
                         f"{who} may no longer use {what} on "
                         f"{', '.join(sorted(lost))}", capability, file, line)


def _permissions(old, new):
    names = {"*", APPLICATION} | old.permissions.keys() \
        | new.permissions.keys()
    for principal in sorted(names):
        whats = set(ORDER)
        for policy in old, new:
            for name in principal, "*":
                whats |= policy.permissions.get(name, {}).keys() - {"*"}
        everything = [policy.permissions.get(principal, {}).get("*")
                      for policy in (old, new)]
        if everything[1] is True and not everything[0]:
            file, line = new.place[principal, "*"]
            yield Change("granted", principal, "*",
                         f"{subject(principal)} may do everything", "*",
                         file, line)
            continue
        for what in sorted(whats, key=lambda what: (
                weight(capability_of(what)), what)):
            if not _as_everyone(principal, what, old, new):
                yield from _compare(principal, what, old, new)


def _as_everyone(principal, what, old, new):
    """Is that said of everyone already?"""
    if what not in CAPABILITIES and not any(
            what in policy.permissions.get(name, {})
            for policy in (old, new) for name in (principal, "*")):
        return True
    return principal not in ("*", APPLICATION) and all(
        policy.decision(principal, what)[0] == policy.decision("*", what)[0]
        for policy in (old, new))


def _modules(old, new):
    for key in sorted(old.rules.keys() | new.rules.keys()):
        capability = of_module(key)
        verb = "call" if key.startswith("builtins.") else "import"
        before = old.rules.get(key, (None, None, "*"))[2]
        file, line, after = new.rules.get(key, (new.file, None, "*"))
        if after == "*" and before != "*":
            yield Change("unrestricted", "*", key,
                         f"everyone may {verb} {key}", capability, file, line)
        elif before == "*" and after != "*":
            names = ", ".join(map(subject, after))
            who = f"only {names}" if names else "nobody"
            yield Change("taken", "*", key, f"{who} may {verb} {key}",
                         capability, file, line)
        elif before != "*":
            for name in sorted(set(after) - set(before)):
                yield Change("granted", name, key,
                             f"{subject(name)} may {verb} {key}", capability,
                             file, line)
            for name in sorted(set(before) - set(after)):
                yield Change("taken", name, key,
                             f"{subject(name)} may no longer {verb} {key}",
                             capability, file, line)


def _trust(old, new):
    a, b = old.described, new.described
    for name, what, capability in (
            ("hosts", "is passed over when it is asked who acts", "patch"),
            ("loaders", "may make code that counts as somebody else's",
             "patch"),
            ("app", "holds code of the application", "write")):
        for item in sorted(set(b[name]) - set(a[name])):
            yield Change("trusted", item, "$" + name, f"{item} {what}",
                         capability, b["file"])
        for item in sorted(set(a[name]) - set(b[name])):
            yield Change("taken", item, "$" + name,
                         f"{item} is no longer in ${name}", capability,
                         b["file"])
    if b["mode"] == "audit" and a["mode"] != "audit":
        yield Change("unrestricted", "*", "$mode",
                     "nothing is refused any more: audit mode", "*",
                     b["file"])
    if a["walk"] == "strict" and b["walk"] != "strict":
        yield Change("unrestricted", "*", "$walk",
                     "who has the application called is judged no more", "*",
                     b["file"])
    for name in sorted(a["packages"].keys() | b["packages"].keys()):
        before, after = a["packages"].get(name), b["packages"].get(name)
        if before == after:
            continue
        if after is None or before is None:
            yield Change("trusted", name, "$packages",
                         f"who inherits from {name} is "
                         + ("written down" if before is None
                            else "what the metadata says"), "patch",
                         b["file"])
            continue
        for item in sorted(set(after) - set(before)):
            yield Change("trusted", item, "$packages",
                         f"{item} inherits what {name} is granted", "patch",
                         b["file"])


def diff(old, new):
    """All changes: what is granted first, and the principals to whom the worst
    is."""
    old, new = _Policy(old), _Policy(new)
    changes = [*_trust(old, new), *_modules(old, new),
               *_permissions(old, new)]
    worst = {}
    for change in changes:
        key = change.granted, change.principal
        worst[key] = min(worst.get(key, change.weight), change.weight)
    return sorted(changes, key=lambda change: (
        not change.granted, worst[change.granted, change.principal],
        change.principal, change.weight, change.message))


def _find(args):
    """The changes, what their codes mean, and how they are called."""
    locks = [_lock_diff.is_lock(file) for file in (args.old, args.new)]
    if any(locks) and not all(locks):
        raise PolicyError(args.new if locks[0] else args.old,
                          "is no lock, and the other one is")
    if all(locks):
        return (_lock_diff.diff(args.old, args.new), _lock_diff.RULES,
                _diff_formats.INSTALLED)
    return diff(args.old, args.new), RULES, _diff_formats.GRANTS


def run(args):
    if bool(args.upgrade) == bool(args.new):
        return _out.fail("diff needs two policies, OLD NEW, or --upgrade")
    if args.upgrade:
        return _upgrade.run(args)
    changes, rules, words = _find(args)
    match args.format:
        case "json":
            _out.put_json({
                "old": args.old, "new": args.new,
                "changes": [{name: getattr(change, name) for name in
                             ("code", "principal", "what", "message", "risk",
                              "level", "granted", "file", "line")}
                            for change in changes]})
        case "sarif":
            _diff_formats.put_sarif(changes, args.new, rules)
        case "markdown":
            _diff_formats.put_markdown(changes, words)
        case _:
            _diff_formats.put_text(changes, words)
    return _out.FINDINGS if any(change.granted for change in changes) \
        else _out.FINE
