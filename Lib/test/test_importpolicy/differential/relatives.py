"""Who passes grants down to whom, in a world?

What a distribution requires, what a package
of no distribution imports, and what a policy's "$packages" says instead.  All
names of one distribution are one principal.
"""

APPLICATION = "__main__"


def names(name, principal):
    """Does a name in a policy name this principal?"""
    return principal == name or principal.startswith(name + ".")


def entry(entries, who, want=lambda value: True):
    """The value for the longest name that names `who`."""
    found = [name for name in entries
             if names(name, who) and want(entries[name])]
    return entries[max(found, key=len)] if found else None


class Relatives:

    def __init__(self, world):
        self.policies = world["policies"]
        self.dists, self.loose = world["dists"], world["loose"]
        self.owner = {top: dist for dist, fields in self.dists.items()
                      for top in fields["tops"]}
        self.principals = [*self.owner, *self.loose]
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
            passed = entry(policy.get("$packages", {}), name)
            if passed is not None:
                return {who for who in self.principals
                        if any(names(item, other) for item in passed
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
