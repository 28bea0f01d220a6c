# The text of every package, and of the application, in the differential test:
# it does what the first step of a plan says, and has the next one done by
# whom the plan names there.
#
# A step is (function, way, ...): the go() of whoever does it, how the next
# one is called, and what that needs.  The last step is an access.

import asyncio
import concurrent.futures
import contextlib
import functools
import heapq
import operator
import os
import sys
import threading
import types
import weakref


def go(plan):
    return WAYS[plan[0][1]](plan, *plan[0][2:])


def call(plan):
    return plan[1][0](plan[1:])


# --- Calls that change nothing about who acts -----------------------------

def text(plan):
    exec("call(plan)", {"call": call, "plan": plan})


def deep(plan, n=25):
    # Far enough for a walk to remember what it found out on the way.
    deep(plan, n - 1) if n else call(plan)


def closure(plan):
    (lambda: [call(plan) for _ in (1,)])()


def generator(plan):
    next(call(plan) for _ in (1,))


def class_body(plan):
    class Body:
        call(plan)


def sort_key(plan):
    sorted([1], key=lambda _: call(plan))


def reduced(plan):
    functools.reduce(lambda *_: call(plan), [1, 2])


def cached(plan):
    functools.lru_cache()(lambda: call(plan))()


def manager(plan):
    @contextlib.contextmanager
    def manage():
        yield
        call(plan)
    with manage():
        pass


def attribute(plan):
    class Body:
        value = property(lambda self: call(plan))
    operator.attrgetter("value")(Body())


# --- Calls that do --------------------------------------------------------

def partial(plan):
    functools.partial(plan[1][0], plan[1:])()


def joint(plan, other):
    try:
        code = other.__code__
    except PermissionError as error:
        sys.modules["channel"].note(error)
    else:
        types.FunctionType(code, globals())([(go, "call"), *plan[1:]])


def body(plan, name):
    channel = sys.modules["channel"]
    channel.plans.append(plan[1:])
    try:
        __import__(name)
    except ImportError as error:
        channel.note(error)


def thread(plan):
    started = threading.Thread(target=plan[1][0], args=(plan[1:],))
    started.start()
    started.join()


def item(plan):
    sys.modules["channel"].pool.submit(call, plan).result()


def soon(plan):
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        loop.call_soon(call, plan)
        loop.call_soon(loop.stop)
        loop.run_forever()


def task(plan):
    async def main():
        call(plan)
    with contextlib.closing(asyncio.new_event_loop()) as loop:
        loop.run_until_complete(main())


# --- What is handed over --------------------------------------------------

class Thing:
    pass


def give_partial(plan):
    return functools.partial(plan[1][0], plan[1:])


def give_method(plan):
    return types.MethodType(plan[1][0], plan[1:])


def give_map(plan):
    return map(plan[1][0], [plan[1:]]).__next__


def give_merge(plan):
    # A generator of the standard library's.
    return heapq.merge([plan[1:]], key=plan[1][0]).__next__


def give_stack(plan):
    stack = contextlib.ExitStack()
    stack.callback(plan[1][0], plan[1:])
    return stack.close


def give_lambda(plan):
    return lambda: call(plan)


def give_text(plan):
    return eval("lambda: call(plan)", {"call": call, "plan": plan})


def give_generator(plan):
    return (call(plan) for _ in (1,)).__next__


def give_weak(plan):
    things = [Thing()]
    things.append(weakref.ref(things[0], lambda _: call(plan)))
    return lambda_free(things)


def give_finalizer(plan):
    things = [Thing()]
    weakref.finalize(things[0], plan[1][0], plan[1:]).atexit = False
    return lambda_free(things)


def lambda_free(things):
    """A way to drop the first without a frame or mark of ours."""
    sys.modules["channel"].things.append(things)
    return "drop"


def give_future(plan):
    future = concurrent.futures.Future()
    future.add_done_callback(lambda _: call(plan))
    sys.modules["channel"].things.append(future)
    return "set"


def order_partial(plan):
    return functools.partial(__import__, plan[0][3][1])


def order_method(plan):
    return types.MethodType(__import__, plan[0][3][1])


def order_map(plan):
    return map(__import__, [plan[0][3][1]]).__next__


def order_item(plan):
    return sys.modules["channel"].pool.submit(
        __import__, plan[0][3][1]).result


def give(make):
    def handing(plan, *_):
        sys.modules["channel"].given.append(make(plan))
    # Its frame is gone when what it made is called.
    return handing


def take(plan):
    channel = sys.modules["channel"]
    given = channel.given.pop()
    try:
        if given == "drop":
            things = channel.things.pop()
            things[0] = None
            channel.dropped()
        elif given == "set":
            channel.things.pop().set_result(None)
        else:
            given()
    except (ImportError, PermissionError) as error:
        channel.note(error)
    else:
        channel.note(None)


# --- Accesses -------------------------------------------------------------

def import_module(name):
    match name:
        case "colorsys":
            import colorsys
        case "xml":
            import xml
        case "xml.dom":
            import xml.dom
        case "vault.inner":
            from vault import inner
        case _:
            __import__(name)


def reach(kind, name=None, target=None):
    match kind:
        case "import":
            import_module(name)
        case "builtin":
            ascii(1)
        case "net":
            sys.audit(name, None, target, 21)
        case "sys" | "introspect":
            sys.audit(name)
        case "read":
            os.listdir(target)
        case "env":
            if target not in os.environ:
                raise PermissionError("AccessDenied")


def access(plan, how, what):
    channel = sys.modules["channel"]
    try:
        reach(*what)
    except (ImportError, PermissionError) as error:
        channel.note(error)
    else:
        channel.note(None)


def by_partial(plan, how, what):
    channel = sys.modules["channel"]
    try:
        functools.partial(__import__, what[1])()
    except (ImportError, PermissionError) as error:
        channel.note(error)
    else:
        channel.note(None)


WAYS = {
    "call": call, "text": text, "deep": deep, "closure": closure,
    "generator": generator, "class": class_body, "sort": sort_key,
    "reduce": reduced,
    "cache": cached, "manager": manager, "attribute": attribute,
    "partial": partial, "joint": joint, "body": body, "thread": thread,
    "item": item, "soon": soon, "task": task, "take": take,
    "access": access, "by partial": by_partial,
    "give partial": give(give_partial), "give method": give(give_method),
    "give map": give(give_map), "give merge": give(give_merge),
    "give stack": give(give_stack),
    "give lambda": give(give_lambda), "give text": give(give_text),
    "give generator": give(give_generator), "give weak": give(give_weak),
    "give finalizer": give(give_finalizer), "give future": give(give_future),
    "order partial": give(order_partial), "order method": give(order_method),
    "order map": give(order_map), "order item": give(order_item),
}
