"""The rule, once more, in Python: who is acting, and are they all covered?

It says so as the documentation does, with sets and loops and without regard
for speed, so that what the interpreter judges can be compared with it.
relatives.py knows who passes grants down to whom, access.py what the entries
of a policy hold, and paper.py follows a plan as actor.py does.

A stack is a tuple of entries, outermost first: pairs of a kind and a set of
names.  The kinds are "base" (what a thread has inherited), "stop" (the base
of a segment of its own), "mark" (who built what has no frame of his), "frame"
and "body".  The application's frames hold {"__main__"}.
"""

if __package__:
    from .relatives import APPLICATION, Relatives, names
else:
    from relatives import APPLICATION, Relatives, names

DENIED_BY_DEFAULT = {"net", "read", "write", "run", "env", "ffi", "patch",
                     "sys"}


class Acting:
    """From the innermost frame outwards, to the application or to a base.
    Behind the application: those beyond, whom a strict policy asks about."""

    def __init__(self, stack):
        self.plain, self.beyond, self.inner = set(), set(), frozenset()
        found = self.plain
        for kind, who in reversed(stack):
            if kind in ("frame", "body") and not self.plain \
                    and found is self.plain:
                self.inner = who - {APPLICATION}
            for name in who - {APPLICATION}:
                (self.beyond if name[0] == "~" else found).add(
                    name.removeprefix("~"))
            if APPLICATION in who:
                found = self.beyond
            if kind in ("base", "stop", "body"):
                break

    def inherited(self):
        """As it is kept where something is made that runs later."""
        return frozenset(self.plain | {"~" + name for name in self.beyond})


class Model(Relatives):

    def allows(self, stack, access):
        """Every policy has to, for all who are acting, by each of its lists
        that speak of the access, and by its permissions."""
        acting = Acting(stack)
        return all(self.allows_by(policy, acting, access)
                   for policy in self.policies)

    def allows_by(self, policy, acting, access):
        for items in access.lists(policy):
            if not access.is_own(acting.inner) and not all(
                    self.is_listed(policy, who, items)
                    for who in self.judged(policy, acting)):
                return False
        return access.capability is None or all(
            self.is_granted(policy, who, access)
            for who in self.judged(policy, acting))

    def judged(self, policy, acting):
        """All who act but the hosts that are not innermost; when nobody acts,
        the application."""
        def but_hosts(found):
            return {who for who in found if who in acting.inner
                    or not any(names(host, name)
                               for host in policy.get("$hosts", [])
                               for name in self.one(who))}
        strict = policy.get("$walk") == "strict"
        return (but_hosts(acting.plain) or acting.plain or {APPLICATION}) | (
            but_hosts(acting.beyond) if strict else set())

    def is_listed(self, policy, who, items):
        """Is it on the list, or below somebody who is?"""
        if items == "*":
            return True
        if who == APPLICATION:
            return (APPLICATION in items or policy.get(
                "$permissions", {}).get(APPLICATION) is True)
        return any(who in self.below(policy, g) | set(self.one(g))
                   for g in self.ancestors
                   if any(names(item, g) for item in items))

    def is_granted(self, policy, who, access):
        """Its own word is final; else what it has from above is enough, else
        what is said of everybody without an entry, else the default."""
        said = [access.said_of(policy, name) for name in self.one(who)]
        said = [value for value in said if value is not None]
        if said:
            return access.holds(said[0])
        if who != APPLICATION:
            if any(access.holds(access.said_of(policy, g))
                   and who in self.below(policy, g) for g in self.ancestors):
                return True
            everyone = access.said_of_everyone(policy, self.one(who))
            if everyone is not None:
                return access.holds(everyone)
        return not (policy.get("$default") == "deny"
                    and access.capability in DENIED_BY_DEFAULT)
