"""Worlds and plans, by chance.

Each function takes something like random.Random.  The test suite gives it
one with a seed; Hypothesis gives one of its own, which it can shrink.

A world is a dict: `dists` (for each distribution its top-level packages, its
extras and what it requires), `loose` (packages of no distribution, and what
their statements import) and `policies`.  A plan is a list of steps
[who, way, *arguments]; see actor.py.
"""

APPLICATION = "__main__"
PACKAGES = ["p0", "p1", "p2", "p3", "ns.q0", "ns.q1", "ns.sub.q2"]
LOOSE = ["l0", "l1", "ns.l2"]
PRINCIPALS = PACKAGES + LOOSE
# Whom a policy may speak of: some are nobody here.
NAMES = PRINCIPALS + ["ns", "ns.sub", "absent", "ns.absent"]
EXTRAS = ["x", "y"]

KEYS = ["colorsys", "xml", "xml.dom", "vault", "vault.inner", "ftplib",
        "signal", "builtins.ascii"]
OWN_KEYS = ["p0", "p0.leaf", "ns.q0", "ns.q0.leaf", "ns", "ns.sub", "l0"]
IMPORTS = ["colorsys", "xml", "xml.dom", "vault", "vault.inner"]
OWN_IMPORTS = ["p0.leaf", "ns.q0.leaf", "ns.sub.q2.leaf", "l0.leaf"]
EVENTS = {"net": ["ftplib.connect", "poplib.connect"],
          "sys": ["signal.alarm", "os.umask"],
          "introspect": ["gc.get_objects"]}
HOSTS = ["one.invalid", "two.invalid"]
VARIABLES = ["X_ONE", "X_TWO"]


def some(random, items, most=3):
    return random.sample(items, random.randint(0, min(most, len(items))))


def often(random, percent):
    return random.randint(1, 100) <= percent


# --- Worlds ---------------------------------------------------------------

def requirement(random, dists, extras):
    other = random.choice(list(dists))
    return [other, some(random, dists[other]["extras"], 1),
            random.choice(extras) if extras and often(random, 40) else None]


def distributions(random):
    dists = {}
    for package in PACKAGES:
        if dists and often(random, 20):
            random.choice(list(dists.values()))["tops"].append(package)
        else:
            dists[f"dist-{package.replace('.', '-')}"] = {
                "tops": [package], "extras": some(random, EXTRAS, 2)}
    for fields in dists.values():
        fields["requires"] = [
            requirement(random, dists, fields["extras"])
            for _ in range(random.choice([0, 0, 1, 1, 2]))]
    return dists


def targets(random, what, root):
    if what in ("introspect", "gc.get_objects") or often(random, 40):
        return often(random, 70)
    if what in ("net", *EVENTS["net"]):
        items = [*HOSTS, "*", "!one.invalid"]
    elif what in ("sys", *EVENTS["sys"]):
        items = ["signal.alarm", "os.umask", "signal.*", "!os.umask"]
    elif what == "env":
        items = ["X_ONE", "X_*", "*_TWO", "!X_TWO"]
    else:
        items = [f"{root}/data/one", f"{root}/data", f"!{root}/data/two"]
    return some(random, items, 2)


def entry(random, root):
    if often(random, 8):
        return True
    whats = ["net", "sys", "read", "env", "introspect", "ftplib.connect",
             "os.umask"]
    return {what: targets(random, what, root)
            for what in some(random, whats, 3)}


def principals(random, key):
    if often(random, 5) and key not in OWN_KEYS:
        return "*"
    found = some(random, NAMES, 3)
    # The program has to load those who act.
    if key in OWN_KEYS or often(random, 40):
        found.append(APPLICATION)
    return found


def policy(random, root):
    keys = some(random, KEYS, 5) + some(random, OWN_KEYS, 2)
    made = {key: principals(random, key) for key in keys}
    made["$log"] = False
    if often(random, 80):
        entries = {name: entry(random, root)
                   for name in some(random, NAMES, 5)}
        if often(random, 50):
            entries["*"] = entry(random, root)
        made["$permissions"] = entries
    if often(random, 40):
        made["$default"] = "deny"
    if "$default" in made or often(random, 30):
        mine = entry(random, root)
        if mine is not True:
            mine["patch"] = True        # it takes modules out, to load them
        made.setdefault("$permissions", {})[APPLICATION] = mine
    if often(random, 40):
        made["$packages"] = {name: some(random, NAMES, 3)
                             for name in some(random, NAMES, 2)}
    if often(random, 40):
        made["$walk"] = "strict"
    if often(random, 40):
        made["$hosts"] = some(random, NAMES, 2)
    return made


def world(random, root):
    return {"dists": distributions(random),
            "loose": {name: some(random, PRINCIPALS, 2) for name in LOOSE},
            "policies": [policy(random, root) for _ in range(
                random.choice([1, 1, 1, 2]))]}


# --- Plans ----------------------------------------------------------------

PLAIN = ["call", "call", "deep", "deep", "text", "closure", "generator",
         "class", "sort", "reduce", "cache", "manager", "attribute"]
OTHER = ["partial", "joint", "body", "thread", "item", "soon", "task"]
GIVES = ["give partial", "give method", "give map", "give stack",
         "give merge", "give lambda", "give text", "give generator",
         "give weak", "give finalizer", "give future"]
ORDERS = ["order partial", "order method", "order map", "order item"]


def actor(random):
    return (APPLICATION if often(random, 15)
            else random.choice(PRINCIPALS))


def an_access(random, root):
    kind = random.choice(["import", "import", "import", "own", "builtin",
                          "net", "net", "sys", "read", "env", "introspect"])
    match kind:
        case "own":
            return ["import", random.choice(OWN_IMPORTS)]
        case "import":
            return [kind, random.choice(IMPORTS)]
        case "builtin":
            return [kind, "builtins.ascii"]
        case "read":
            return [kind, "os.listdir",
                    f"{root}/data/{random.choice(['one', 'two'])}"]
        case "env":
            return [kind, None, random.choice(VARIABLES)]
        case "net":
            return [kind, random.choice(EVENTS[kind]), random.choice(HOSTS)]
    event = random.choice(EVENTS[kind])
    return [kind, event, event if kind == "sys" else None]


def step(random, ways):
    who, way = actor(random), random.choice(ways)
    return [who, way, actor(random)] if way == "joint" else [who, way]


def steps(random, most):
    return [step(random, PLAIN + OTHER if often(random, 50) else PLAIN)
            for _ in range(random.choice(range(most + 1)))]


def plan(random, root):
    """What is done, and who calls what it hands over (None: nobody)."""
    made, pull = any_plan(random, root)
    seen = set()
    for one, then in zip(every := [*made, *(pull or [])], [*every[1:], None]):
        # A loop does not run in another, nor does a body that is running.
        once = {"soon": "loop", "task": "loop",
                "body": then and then[0]}.get(one[1])
        if once in seen:
            one[1] = "call"
        elif once is not None:
            seen.add(once)
    return made, pull


def any_plan(random, root):
    what = an_access(random, root)
    made = steps(random, 4)
    pull = None
    if often(random, 35):
        pull = [*(s for s in steps(random, 3) if s[1] != "body"),
                [actor(random), "take"]]
        if what[0] == "import" and often(random, 40):
            return [*made, [actor(random), random.choice(ORDERS), None,
                            what]], pull
        made += [step(random, GIVES), *steps(random, 2)]
    way = "by partial" if what[0] == "import" and often(random, 15) \
        else "access"
    return [*made, [actor(random), way, None, what]], pull
