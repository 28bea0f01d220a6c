"""The rule, once more, in Python.

Who is acting, and are they all covered?  This says it as the documentation
does, with sets and loops and without regard for speed, so that what the
interpreter judges can be compared with it.  The rule is in Acting and Model,
some hundred lines; Access says what lists and targets hold.  It is given a
world, as cases.py makes them, and follows a plan as actor.py does, but on
paper.

A stack is a tuple of entries, outermost first: pairs of a kind and a set of
names.  The kinds are "base" (what a thread has inherited), "stop" (the base
of a segment of its own), "mark" (who built a callable that has no frame),
"frame" and "body".  The application's frames hold {"__main__"}.
"""

from fnmatch import fnmatchcase

APPLICATION = "__main__"
DENIED_BY_DEFAULT = {"net", "read", "write", "run", "env", "ffi", "patch",
                     "sys"}


def names(name, principal):
    """Does a name in a policy name this principal?"""
    return principal == name or principal.startswith(name + ".")


def joint(*owners):
    """Who code belongs to that several have a part in."""
    return frozenset(owners) - {APPLICATION} or frozenset({APPLICATION})


# --- Who is acting? -------------------------------------------------------

class Acting:

    def __init__(self, stack):
        self.plain, self.beyond, self.inner = set(), set(), frozenset()
        found = self.plain
        for kind, who in reversed(stack):
            if kind in ("frame", "body") and not self.plain and \
                    found is self.plain:
                self.inner = who - {APPLICATION}
            for name in who - {APPLICATION}:
                if name.startswith("~"):
                    self.beyond.add(name[1:])
                else:
                    found.add(name)
            if APPLICATION in who:
                found = self.beyond
            if kind in ("base", "stop", "body"):
                break

    def inherited(self):
        """As it is kept where something is made that runs later."""
        return frozenset(self.plain | {"~" + name for name in self.beyond})


# --- Who is covered? ------------------------------------------------------

class Model:

    def __init__(self, world):
        self.dists, self.loose = world["dists"], world["loose"]
        self.owner = {top: dist for dist, fields in self.dists.items()
                      for top in fields["tops"]}
        self.principals = [*self.owner, *self.loose]
        self.policies = world["policies"]
        # "$packages" may say whom somebody passes grants to who is not here.
        self.ancestors = {*self.principals, *(
            name for policy in self.policies for items in [
                policy.get("$packages", {}), policy.get("$permissions", {}),
                *(policy[key] for key in policy if key[0] != "$")]
            for name in items)} - {"*", APPLICATION}

    def one(self, who):
        """All names of one distribution are one principal; its own first."""
        tops = (self.dists[self.owner[who]]["tops"] if who in self.owner
                else [])
        return [who, *(top for top in sorted(tops) if top != who)]

    def required(self, dist, extras, seen):
        """The packages that a distribution with these extras requires."""
        if (dist, extras) not in seen:
            seen.add((dist, extras))
            for other, asks, when in self.dists[dist]["requires"]:
                if when is None or when in extras:
                    self.required(other, frozenset(), seen)
                    for ask in asks:
                        self.required(other, frozenset({ask}), seen)
        return {top for dist, _ in seen for top in self.dists[dist]["tops"]}

    def below(self, policy, g):
        """All that the principal g is an ancestor of."""
        for name in self.one(g):
            entry = self.entry(policy.get("$packages", {}), name)
            if entry is not None:
                return {who for who in self.principals
                        if any(names(item, other) for item in entry
                               for other in self.one(who))}
        if g in self.owner:
            extras = frozenset(self.dists[self.owner[g]]["extras"])
            return self.required(self.owner[g], extras, set())
        found, todo = {g}, [g]
        while todo:
            for name in set(self.loose.get(todo.pop(), ())) - found:
                found.add(name)
                if name in self.owner:
                    found |= self.required(self.owner[name], frozenset(),
                                           set())
                else:
                    todo.append(name)
        return found

    @staticmethod
    def entry(entries, who, want=lambda value: True):
        """The value for the longest name that names `who`."""
        found = [name for name in entries
                 if names(name, who) and want(entries[name])]
        return entries[max(found, key=len)] if found else None

    def listed(self, policy, who, items):
        return any(names(item, name) for item in items
                   for name in self.one(who))

    def covered_by_rule(self, policy, who, items):
        if items == "*" or who == APPLICATION:
            entries = policy.get("$permissions", {})
            return (items == "*" or APPLICATION in items
                    or entries.get(APPLICATION) is True)
        return any(
            who in self.below(policy, g) | set(self.one(g))
            for g in self.ancestors if any(names(item, g) for item in items))

    def said_of(self, policy, name, access):
        """What the entry of that name says: of the event, else of the
        capability.  None where none speaks of it."""
        value = self.entry(
            {key: value for key, value
             in policy.get("$permissions", {}).items() if key != "*"},
            name, lambda value: value is True or access.spoken_of(value))
        return access.said_in(value) if isinstance(value, dict) else value

    def own(self, policy, who, access):
        for name in self.one(who):
            value = self.said_of(policy, name, access)
            if value is not None:
                return value
        return None

    def covered_by_grant(self, policy, who, access):
        own = self.own(policy, who, access)
        if own is not None:
            return access.granted(own)
        entries = policy.get("$permissions", {})
        if who != APPLICATION:
            for g in self.ancestors:
                grant = self.said_of(policy, g, access)
                if grant is not None and access.granted(grant) and \
                        who in self.below(policy, g):
                    return True
            everyone = entries.get("*", {})
            if not any(self.entry(entries, name) is not None
                       for name in self.one(who)) and \
                    (everyone is True or access.spoken_of(everyone)):
                return everyone is True or \
                    access.granted(access.said_in(everyone))
        return not (policy.get("$default") == "deny"
                    and access.capability in DENIED_BY_DEFAULT)

    def makers(self, acting, who):
        """Whom code belongs to that is made of a text: all who act, but for
        those whom every policy calls a host."""
        if who == APPLICATION:
            return joint(who)
        return joint(who, *(name for name in acting if name[0] != "~" and not
                            all(any(names(host, name) for host
                                    in policy.get("$hosts", []))
                                for policy in self.policies)))

    # --- The verdict ------------------------------------------------------

    def all_covered(self, policy, acting, covered):
        hosts = policy.get("$hosts", [])

        def judged(found):
            return {who for who in found if who in acting.inner
                    or not self.listed(policy, who, hosts)}

        plain = judged(acting.plain) or acting.plain or {APPLICATION}
        beyond = (judged(acting.beyond) if policy.get("$walk") == "strict"
                  else set())
        return all(map(covered, plain | beyond))

    def allows(self, stack, access):
        acting = Acting(stack)
        for policy in self.policies:
            for items in access.rules(policy):
                if not self.all_covered(policy, acting, lambda who:
                                        self.covered_by_rule(policy, who,
                                                             items)):
                    if not access.is_own(acting.inner):
                        return False
            if access.capability and not self.all_covered(
                    policy, acting, lambda who:
                    self.covered_by_grant(policy, who, access)):
                return False
        return True


class Access:
    """An import, the call of a builtin, or the use of a capability."""

    def __init__(self, kind, name=None, target=None):
        self.module = name if kind in ("import", "builtin") else None
        self.builtin = kind == "builtin"
        self.event = name if self.module is None else None
        self.capability = kind if self.module is None else None
        self.target = target

    def rules(self, policy):
        """The lists of the module keys that speak of it.  An import is one
        of each package on the way; of the keys that fit the longest wins."""
        keys = [key for key in policy if key[0] != "$"]
        parts = (self.module or (self.event or "").rpartition(".")[0])
        if self.builtin:
            yield from (policy[key] for key in keys if key == parts)
            return
        parts = parts.split(".")
        for n in range(1 if self.module else len(parts), len(parts) + 1):
            whole = ".".join(parts[:n])
            fit = [key for key in keys if names(key, whole)]
            if fit:
                yield policy[max(fit, key=len)]

    def is_own(self, inner):
        """A package imports its own submodule, or where it lies itself."""
        return (self.module is not None and not self.builtin
                and len(inner) == 1
                and any(names(who, self.module) or names(self.module, who)
                        for who in inner))

    def spoken_of(self, entry):
        return entry is not True and bool({self.event, self.capability}
                                          & entry.keys())

    def said_in(self, entry):
        return entry[self.event] if self.event in entry \
            else entry[self.capability]

    def granted(self, value):
        """Does true, false or a list of targets grant it?"""
        if not isinstance(value, list):
            return value
        if any(self.is_in(item[1:]) for item in value if item[0] == "!"):
            return False
        wanted = [item for item in value if item[0] != "!"]
        return (bool(value) and not wanted) or any(map(self.is_in, wanted))

    def is_in(self, item):
        if self.capability == "read":
            return self.target == item or self.target.startswith(item + "/")
        return fnmatchcase(self.target or "", item)


# --- Following a plan -----------------------------------------------------

def frame(*who):
    return ("frame", joint(*who))


START = ("base", frozenset()), frame(APPLICATION)


def perform(model, plan, pull):
    """The verdict that the program has to come to."""
    stack = walk(model, START, plan, pull)
    return stack is not None and model.allows(stack, Access(*plan[-1][3]))


def walk(model, stack, plan, pull):
    """The stack at the end of a plan; None where a part of it is refused."""
    for (who, way, *args), then in zip(plan, [*plan[1:], None]):
        stack += frame(who),
        acting = Acting(stack).inherited()
        if way == "thread":
            stack = ("base", acting),
        elif way in ("item", "soon", "task"):
            stack += ("stop", acting), frame(who)
        elif way in ("partial", "by partial"):
            stack += ("mark", acting),
        elif way == "joint":
            if not model.allows(stack, Access("introspect",
                                              "object.__getattr__")):
                return None     # that is how it gets at the other's code
            stack += frame(who, args[0]), frame(who)
        elif way == "body":
            if not model.allows(stack, Access("import", body_of(then[0]))):
                return None
            stack += ("body", frozenset({then[0]})),
        elif way in GIVEN:
            stack = walk(model, START, pull, None)
            if stack is None:
                return None
            stack += GIVEN[way](acting, who)
        elif way == "give text":
            stack = walk(model, START, pull, None)
            if stack is None:
                return None
            stack += ("frame", model.makers(acting, who)), frame(who)
    return stack


def body_of(who):
    return "appbody" if who == APPLICATION else who + ".body"


# What stands on the stack when that which is handed over is called.
GIVEN = {
    "give partial": lambda acting, who: (("mark", acting),),
    # A bound method: what the application binds, nobody else has built.
    "give stack": lambda acting, who: () if who == APPLICATION
    else (("mark", acting),),
    # What is called in these has a frame, which is all that is to be seen.
    "give method": lambda acting, who: (),
    "give map": lambda acting, who: (),
    "give lambda": lambda acting, who: (frame(who),),
    "give generator": lambda acting, who: (frame(who),),
    "give weak": lambda acting, who: (("stop", acting), frame(who)),
    "give finalizer": lambda acting, who: (("stop", acting),),
    "give future": lambda acting, who: (("stop", acting), frame(who)),
    # The same of a C function, which has no frame either.
    "order partial": lambda acting, who: (("mark", acting),),
    "order method": lambda acting, who: (("mark", acting),),
    "order map": lambda acting, who: (("mark", acting),),
    "order item": lambda acting, who: (("stop", acting),),
}
