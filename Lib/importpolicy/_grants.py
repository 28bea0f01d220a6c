"""From many accesses to the fewest grants that cover them.

An access is covered when every dependency that acts in it is: by an entry of
its own, or by one of an ancestor.  Several sets of grants would do.  The one
that is chosen names dependencies that the application itself uses, so that
its reader knows the names, and grants each of them what it and those that it
brings along have reached, and nothing else.

An entry of a dependency's own is final for that capability.  So whoever gets
one gets all that he needs in it, even what an ancestor was granted.
"""

import copy
import os

from importpolicy import _targets
from importpolicy._events import EVENTS
from importpolicy._principals import APPLICATION
from importpolicy._targets import LISTINGS

CAPABILITIES = ("net", "read", "write", "run", "env", "ffi", "patch", "sys",
                "code", "introspect")
_TARGETLESS = {"code", "introspect"}
_EVENTS = {event.name: event for event in EVENTS}

# Programs that call everyone, and those that rebuild others' code.
HOSTS = ("_pytest", "billiard", "celery", "gunicorn", "hypercorn", "kombu",
         "pluggy", "pytest", "uvicorn", "waitress")
LOADERS = ("_pytest",)


class Grants:
    """What a policy is to say: rules of modules, and permissions.

    `modules` maps keys to names, `permissions` (principal, what) to targets
    or true; `hosts` are those that have to be passed over; `trusted` tells
    that the application may do everything.  `open` are the records that no
    grant can cover.  `listings` are {principal: {event: targets}} of the
    directories that were listed; `wide` is {principal: targets} that "read"
    would have, if not for entries of these events.
    """

    def __init__(self):
        self.modules = {}
        self.permissions = {}
        self.hosts = set()
        self.trusted = False
        self.open = []
        self.listings = {}
        self.wide = {}

    def principals(self):
        names = {principal for principal, _ in self.permissions}
        return sorted(names, key=lambda name: (name != APPLICATION, name))

    def entry(self, principal):
        """The value of one key of "$permissions"."""
        whats = [what for name, what in self.permissions if name == principal]
        whats.sort(key=_order)
        return {what: self.permissions[principal, what] for what in whats}

    def to_be_added(self, is_there=lambda principal, what: False):
        """As additions to a policy that is there.  In one of these a new entry
        of an event would take away what "read" grants already."""
        for principal, targets in self.wide.items():
            events = [event for event in LISTINGS
                      if (principal, event) in self.permissions]
            if not all(is_there(principal, event) for event in events):
                for event in events:
                    del self.permissions[principal, event]
                self.permissions[principal, "read"] = targets
        self.wide = {}
        return self

    def policy(self, extra=None):
        """All of it, as the contents of a new file."""
        policy = {"$default": "deny"} | (extra or {})
        if self.hosts:
            policy["$hosts"] = sorted(self.hosts)
        for key in sorted(self.modules):
            policy[key] = _by_name(self.modules[key])
        permissions = {APPLICATION: True} if self.trusted else {}
        permissions |= {name: self.entry(name)
                        for name in self.principals()}
        if permissions:
            policy["$permissions"] = permissions
        return policy


def _order(what):
    known = what in CAPABILITIES
    return not known, CAPABILITIES.index(what) if known else what


def _by_name(names):
    return sorted(names, key=lambda name: (name != APPLICATION, name))


class _Solver:

    def __init__(self, ancestry, direct, hosts):
        self.ancestry = ancestry
        self.direct = direct
        self.host_names = set(hosts)
        self.applications = set()
        self.chosen = False
        self.gone = set()
        self.grants = Grants()

    # --- Who needs what ---------------------------------------------------

    def judged(self, record):
        """Whom the judgement asks: hosts are left out unless innermost or
        alone."""
        members = set(record.members)
        others = {name for name in members if name not in self.host_names
                  or name in record.inner}
        if others and others != members:
            self.grants.hosts |= members - others
        return others or members

    def grantee(self, principal, record):
        """To whom should that be granted?"""
        if principal == APPLICATION or principal in self.direct:
            return principal
        candidates = [name for name in sorted(self.direct)
                      if self.ancestry.is_ancestor(name, principal)]
        acting = [name for name in candidates if name in record.members]
        if acting or candidates:
            return (acting or candidates)[0]
        for step, _, _ in reversed(record.chain):
            for name in step.split("+"):
                if name in record.members and name != APPLICATION \
                        and name not in self.host_names \
                        and self.ancestry.is_ancestor(name, principal):
                    return name
        return principal

    def collect(self, records):
        """{what: {grantee: {principal: {record}}}} of what can be granted."""
        needs = {}
        self.chosen = _targets.lets_choose(
            {record.target for record in records
             if record.what == "net" and record.target})
        self.gone = {record.written for record in records
                     if record.what == "write" and record.target
                     and not os.path.lexists(record.target)}
        for record in records + self.made_again(records):
            if record.application:
                self.applications.add(record.application)
            if record.never or record.is_unknown:
                self.grants.open.append(record)
                continue
            kind = "module" if record.is_module else "access"
            for principal in self.judged(record):
                needs.setdefault((kind, record.what), {}).setdefault(
                    principal, []).append(record)
        return needs

    def made_again(self, records):
        """A directory that this run has made is there the next time, and the
        same program asks what it is (makedirs() with exist_ok)."""
        found = []
        for record in records:
            if record.event == "os.mkdir" and record.what == "write" \
                    and record.target and record.written not in self.gone \
                    and _targets.passing(record.written) == record.written:
                found.append(copy.copy(record))
                found[-1].what, found[-1].event = "read", "os.stat"
                found[-1].looks = True
        return found

    def solve(self, records):
        for (kind, what), needs in sorted(self.collect(records).items()):
            owners = self.owners(needs, kind == "module")
            if kind == "module":
                self.grants.modules[what] = set(owners)
            else:
                for owner, reached in owners.items():
                    self.permit(owner, what, reached)
        return self.grants

    def owners(self, needs, module):
        """Who gets an entry, with the records that it has to cover."""
        owners = {}
        chosen = {}
        for principal, records in needs.items():
            for record in records:
                name = self.grantee(principal, record)
                chosen.setdefault(name, []).append((principal, record))
        for name, pairs in chosen.items():
            owners[name] = {_key(record): record for _, record in pairs}
        # An own entry is final: what its owner needs must stand in it, and
        # what it brings along, whoever else was chosen for that.
        for name in owners:
            for record in needs.get(name, ()):
                owners[name].setdefault(_key(record), record)
        for name in sorted(owners):
            above = [other for other in owners if other != name
                     and name != APPLICATION
                     and self.ancestry.is_ancestor(other, name)
                     and not (self.ancestry.is_ancestor(name, other)
                              and other > name)
                     and (module or owners[name].keys()
                          <= owners[other].keys())]
            # What acts beside its ancestor alone rides on its grant.
            if above and self._is_beside(needs.get(name, ()), above):
                del owners[name]
        return owners

    def _is_beside(self, records, above):
        """Did it never act without one of these?"""
        return all(any(name in record.members for name in above)
                   for record in records)

    # --- What it is called ------------------------------------------------

    def permit(self, owner, what, reached):
        if what not in CAPABILITIES or what in _TARGETLESS:
            self.grants.permissions[owner, what] = True
            return
        named = {record.target: record for record in reached.values()
                 if record.target is not None and not record.looks}
        if what == "env":
            # An own entry, of whatever names, lets its owner go through all.
            self.grants.permissions[owner, what] = sorted(
                self.targets(owner, what, named))
            return
        # Directories above what is granted may be looked at anyhow.
        looks = {record.target: record for record in reached.values()
                 if record.target is not None and record.looks}
        for path in sorted(looks, key=len, reverse=True):
            if not _targets.is_above(path, named):
                named[path] = looks[path]
        targets = self.targets(owner, what, self.searched(named))
        if targets:
            self.grants.permissions[owner, what] = sorted(targets)
            if what == "read" and owner != APPLICATION:
                self.listed(owner, reached, named)
            return
        # Nothing that a target could name: the events alone.
        for record in reached.values():
            self.grants.permissions[owner, record.event] = True

    def listed(self, owner, reached, named):
        """A directory that is too much to read, such as the application's,
        and was only listed, is granted for that alone."""
        events = {}
        for record in reached.values():
            if record.event in LISTINGS and record.target is not None:
                events.setdefault(record.event, set()).add(record.written)
        if not events:
            return
        self.grants.listings[owner] = {
            event: sorted(self.targets(owner, "read", paths))
            for event, paths in events.items()}
        opened = {record.target for record in reached.values()
                  if record.target is not None and not record.looks
                  and record.event not in LISTINGS}
        only = {path for path, record in named.items()
                if record.event in LISTINGS and path not in opened
                and not _targets.is_above(path, opened)}
        if not any(_targets.is_broad(named[path].written) for path in only):
            return
        written = {named.pop(path).written for path in only}
        permissions = self.grants.permissions
        self.grants.wide[owner] = permissions.pop((owner, "read"))
        targets = self.targets(owner, "read", self.searched(named))
        if targets:
            permissions[owner, "read"] = sorted(targets)
        for event, paths in events.items():
            if paths & written:
                permissions[owner, event] = self.grants.listings[owner][event]

    def searched(self, named):
        """As they are written; but a file that was looked for in the
        application's directory and in those above it is one target, wherever
        the application lies."""
        found = {}
        for path, record in named.items():
            directory, _, name = path.rpartition("/")
            if any(path.startswith("/") and (application + "/").startswith(
                    directory + "/") for application in self.applications):
                found.setdefault(name, set()).add(path)
        walked = {path for paths in found.values() for path in paths
                  if len(paths) > 1}
        return {"/**/" + path.rpartition("/")[2] if path in walked
                else record.written for path, record in named.items()}

    def targets(self, owner, what, reached):
        """Generalised; for a dependency, "$PKG" where it is its own."""
        if what in ("read", "write"):
            reached = {_targets.passing(path) if path in self.gone else path
                       for path in reached}
            if owner != APPLICATION:
                reached = {self.own_place(owner, path) for path in reached}
        return _targets.generalise(what, reached,
                                   self.ancestry.owner.keys() | {owner},
                                   self.chosen)

    def own_place(self, owner, path):
        parts = owner.replace(".", "/")
        for marker in ("/site-packages/", "/dist-packages/"):
            head, found, rest = path.partition(marker + parts)
            if found and (not rest or rest.startswith("/")):
                return "$PKG" + rest
        return path


def _key(record):
    named = record.target is not None and record.event not in LISTINGS
    return record.written, None if named else record.event, record.looks


def solve(records, ancestry, direct, hosts=HOSTS):
    """The grants that cover the records."""
    return _Solver(ancestry, direct, hosts).solve(records)
