"""What does a name in a source stand for?

Nothing is imported: "from os import system as s" is read, and `s` stands for
"os.system" in that scope and below it.  What a call returns is the name that
was called with "()": a variable that was assigned socket.socket() stands for
"socket.socket()", and its method is "socket.socket().connect".

A name may stand for several things, where it is bound more than once.  The
order of statements is not looked at.
"""

import ast

from importpolicy._fold import Folder
from importpolicy._scopes import Scopes, class_of
from importpolicy._spelling import (
    IMPORTERS, canonical, holds_names, is_builtin, item, member)

_DEEPEST = 14
_MOST = 4


class Names(Scopes):
    """The scopes of one tree, and what the names in them stand for."""

    def __init__(self, tree, when="import"):
        super().__init__(tree, when)
        self._cache = {}
        self.folder = Folder(self.expression, self.resolve)

    def entries(self, name, scope):
        """The bindings of a name, or None where there are none."""
        scope = scope.elsewhere.get(name, scope)
        first = True
        while scope is not None:
            if (first or scope.kind != "class") and name in scope.bindings:
                return scope.bindings[name]
            first = False
            scope = scope.parent
        return None

    def expression(self, node, scope):
        """What a name was assigned, when that was once: (node, scope)."""
        entries = self.entries(node.id, scope)
        if entries and len(entries) == 1 and entries[0][0] == "value":
            return entries[0][1:]
        return None

    def resolve(self, node, scope, depth=0):
        """Names in full, canonical; none where it is not known."""
        if depth > _DEEPEST or node is None:
            return ()
        method = _RESOLVE.get(type(node))
        return method(self, node, scope, depth + 1)[:_MOST] if method else ()

    def _of_name(self, node, scope, depth):
        entries = self.entries(node.id, scope)
        if entries is None:
            return self._outside(node.id, scope)
        key = id(entries)
        if key not in self._cache:
            self._cache[key] = ()       # while it is being found
            found = []
            for kind, value, where in entries[:2 * _MOST]:
                found += self._of_binding(kind, value, where, depth)
            self._cache[key] = tuple(dict.fromkeys(found))
        return self._cache[key]

    def _of_binding(self, kind, value, scope, depth):
        if kind == "name":
            return [value]
        if kind == "value":
            return self.resolve(value, scope, depth)
        if kind == "of":
            if isinstance(value, ast.BinOp):
                value = value.left
            if isinstance(value, (ast.Name, ast.Attribute)):
                return [canonical(name + "()") for name
                        in self.resolve(value, scope, depth)]
        return []

    def _outside(self, name, scope):
        while scope is not None:
            for star in scope.stars:
                if not star.startswith("."):
                    return (f"{canonical(star)}.{name}",
                            f"builtins.{name}")
            scope = scope.parent
        if name == "__builtins__":
            return ("builtins",)
        return (f"builtins.{name}",) if is_builtin(name) else ()

    def _of_attribute(self, node, scope, depth):
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            owner = class_of(scope)
            entries = owner and owner.bindings.get("self." + node.attr)
            found = [name for entry in (entries or ())[:_MOST]
                     for name in self._of_binding(*entry, depth)]
            return tuple(dict.fromkeys(found))
        return tuple(member(base, node.attr) for base
                     in self.resolve(node.value, scope, depth))

    def _of_subscript(self, node, scope, depth):
        bases = self.resolve(node.value, scope, depth)
        if not any(holds_names(base) for base in bases):
            return ()
        key = self.folder.text(node.slice, scope)
        if key is None:
            return ()
        return tuple(self._item(base, key.value) for base in bases
                     if holds_names(base))

    def _item(self, base, key):
        if base != "globals()":
            return item(base, key)
        found = self._of_name(ast.Name(key), self.module, 1)
        return found[0] if found else f"builtins.{key}"

    def _of_call(self, node, scope, depth):
        found = []
        for name in self.resolve(node.func, scope, depth):
            found += self._of_result(name, node, scope, depth)
        return tuple(found)

    def _of_result(self, name, node, scope, depth):
        args = node.args
        if name in IMPORTERS:
            text = args and self.folder.text(args[0], scope)
            if not text or text.value.startswith("."):
                return []
            whole = name == "importlib.import_module" or len(args) > 3 \
                or any(word.arg == "fromlist" for word in node.keywords)
            return [canonical(text.value if whole
                               else text.value.partition(".")[0])]
        if name in ("builtins.getattr", "builtins.vars",
                    "functools.partial") and args:
            bases = self.resolve(args[0], scope, depth)
            if name == "functools.partial":
                return bases
            if name == "builtins.vars":
                return [base + ".__dict__" for base in bases]
            text = len(args) > 1 and self.folder.text(args[1], scope)
            return [member(base, text.value) for base in bases] \
                if text else []
        if name in ("builtins.globals", "builtins.locals"):
            return ["globals()"]
        base, _, method = name.rpartition(".")
        if args and (method == "__getattribute__" or holds_names(base)
                     and method in ("get", "__getitem__", "pop")):
            text = self.folder.text(args[0], scope)
            if text and method == "__getattribute__":
                return [member(base, text.value)]
            return [self._item(base, text.value)] if text else []
        return [canonical(name + "()")]

    def _of_operator(self, node, scope, depth):
        if isinstance(node.op, ast.Div):
            return self.resolve(node.left, scope, depth)
        return ()

    def _of_either(self, node, scope, depth):
        parts = node.values if isinstance(node, ast.BoolOp) \
            else (node.body, node.orelse)
        return tuple(name for part in parts
                     for name in self.resolve(part, scope, depth))

    def _of_value(self, node, scope, depth):
        return self.resolve(node.value, scope, depth)


_RESOLVE = {
    ast.Name: Names._of_name, ast.Attribute: Names._of_attribute,
    ast.Subscript: Names._of_subscript, ast.Call: Names._of_call,
    ast.BinOp: Names._of_operator, ast.IfExp: Names._of_either,
    ast.BoolOp: Names._of_either, ast.Await: Names._of_value,
    ast.NamedExpr: Names._of_value, ast.Starred: Names._of_value,
}
