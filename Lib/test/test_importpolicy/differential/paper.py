"""A plan, followed on paper: what actor.py does, and what it comes to."""

if __package__:
    from .access import Access
    from .model import Acting
    from .relatives import APPLICATION, names
else:
    from access import Access
    from model import Acting
    from relatives import APPLICATION, names


def joint(*owners):
    """Who code belongs to that several have a part in."""
    return frozenset(owners) - {APPLICATION} or frozenset({APPLICATION})


def makers(model, acting, who):
    """Whom code belongs to that is made of a text: all who act, but for those
    whom every policy calls a host."""
    if who == APPLICATION:
        return joint(who)
    return joint(who, *(name for name in acting if name[0] != "~" and not all(
        any(names(host, name) for host in policy.get("$hosts", []))
        for policy in model.policies)))


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
            if way == "give generator" and asks_beyond(model) \
                    and who != APPLICATION:
                stack += ("mark", acting),
            stack += GIVEN[way](acting, who, then[0] if then else None)
        elif way == "give text":
            stack = walk(model, START, pull, None)
            if stack is None:
                return None
            stack += ("frame", makers(model, acting, who)), frame(who)
    return stack


def asks_beyond(model):
    """Then whoever called it acts in a dependency's generator, too."""
    return any(policy.get("$walk") == "strict" for policy in model.policies)


def body_of(who):
    return "appbody" if who == APPLICATION else who + ".body"


def mark(acting, *_):
    return ("mark", acting),


def mark_beside(acting, who, then):
    """What is built of a function shows its owner: that is enough when he has
    built it, or the application answers for what is called."""
    return () if then in (who, APPLICATION) else (("mark", acting),)


def own_frame(acting, who, then):
    return frame(who),


# What stands on the stack when that which is handed over is called.
GIVEN = {
    "give partial": mark,
    "give method": mark_beside,
    "give map": mark_beside,
    "give merge": mark,
    # A bound method: what the application binds, nobody else has built.
    "give stack": lambda acting, who, then:
        mark_beside(acting, who, then) if who == APPLICATION
        else mark(acting),
    "give lambda": own_frame,
    "give generator": own_frame,
    "give weak": lambda acting, who, then: (("stop", acting), frame(who)),
    "give finalizer": lambda acting, who, then: (("stop", acting),),
    "give future": lambda acting, who, then: (("stop", acting), frame(who)),
    # The same of a C function, which has no frame either.
    "order partial": mark,
    "order method": mark,
    "order map": mark,
    "order item": lambda acting, who, then: (("stop", acting),),
}
