"""Which functions of a source run when it is imported?

Those that its body calls, and those that these call: as far as it can be seen
which they are, by their names, as methods of a class of the same source, and
as what a thread is started with.
"""

import ast

from importpolicy._scopes import class_of

# These run what they are given, sooner or later.
_STARTERS = {"threading.Thread", "threading.Timer", "atexit.register",
             "_thread.start_new_thread", "multiprocessing.Process"}


class Calls:
    """Who calls whom; functions are known by their scopes."""

    def __init__(self, names, when):
        self._names = names
        self._when = when
        self._entered = {}      # function, or None for the module: functions

    def reached(self):
        """The functions that the body of the module enters."""
        reached, todo = set(), [None]
        while todo:
            for function in self._entered.get(todo.pop(), ()):
                if function not in reached:
                    reached.add(function)
                    todo.append(function)
        return reached

    def follow(self, node, scope):
        """Note which functions of this source a call enters."""
        if scope.function is None and scope.when != self._when:
            return
        entered = self._entered.setdefault(scope.function, set())
        entered.update(self._defined(node.func, scope))
        if not node.args and not node.keywords:
            return
        if _STARTERS & set(self._names.resolve(node.func, scope)):
            for arg in (*node.args, *(word.value for word in node.keywords)):
                entered.update(self._defined(arg, scope))

    def _defined(self, node, scope):
        """The functions of this source that calling it would enter."""
        if isinstance(node, ast.Lambda):
            return [self._names.lambdas[node]]
        if isinstance(node, ast.Name):
            entries = self._names.entries(node.id, scope) or ()
        elif isinstance(node, ast.Attribute):
            entries = self._methods(node, scope)
        else:
            return []
        found = []
        for kind, value, _ in entries:
            if kind == "def":
                found.append(value)
            elif kind == "class":
                for name in "__init__", "__new__", "__post_init__":
                    found += [inner for kind, inner, _
                              in value.bindings.get(name, ())
                              if kind == "def"]
        return found

    def _methods(self, node, scope):
        base = node.value
        if isinstance(base, ast.Call):
            base = base.func
        if not isinstance(base, ast.Name):
            return ()
        if base.id in ("self", "cls"):
            owner = class_of(scope)
            return owner.bindings.get(node.attr, ()) if owner else ()
        for kind, value, where in self._names.entries(base.id, scope) or ():
            if kind == "value" and isinstance(value, ast.Call) \
                    and isinstance(value.func, ast.Name):
                inner = self._names.entries(value.func.id, where) or ()
                kind, value, _ = inner[0] if inner else (None, None, None)
            if kind == "class":
                return value.bindings.get(node.attr, ())
        return ()
