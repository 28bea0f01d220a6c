"""Which names does a source bind, where, and what is done with them?

One walk over the tree makes the scopes, with what each name is bound to, and
notes all that has to be looked at once they are all there: imports, calls,
attributes, subscripts and names.
"""

import ast

from importpolicy._spelling import canonical


class Scope:
    """Of a module, a class or a function; `when` its code runs."""

    __slots__ = ("bindings", "parent", "kind", "when", "function", "returns",
                 "elsewhere", "stars")

    def __init__(self, parent, kind, when):
        self.bindings = {}
        self.parent = parent
        self.kind = kind
        self.when = when
        self.function = self if kind == "function" else \
            parent.function if parent else None
        self.returns = []
        self.elsewhere = {}     # names that are another scope's: global
        self.stars = []

    def at(self, when):
        """The same, for statements that run at another time."""
        other = Scope(self.parent, self.kind, when)
        for name in "bindings", "function", "returns", "elsewhere", "stars":
            setattr(other, name, getattr(self, name))
        return other

    def bind(self, name, kind, value, scope=None):
        owner = self.elsewhere.get(name, self)
        owner.bindings.setdefault(name, []).append((kind, value, scope))


class Scopes:
    """The scopes of one tree.

    `nodes` are (node, scope) of calls, attributes, subscripts, comparisons
    and names; `literals` of long ones; `imports`
    (module, name in full, line, scope); `bound` all names that
    stand for something known.
    """

    def __init__(self, tree, when="import"):
        self.module = Scope(None, "module", when)
        self.nodes = []
        self.imports = []
        self.bound = set()
        self.literals = []
        self.lambdas = {}
        self._build(tree)

    def _build(self, tree):
        stack = [(tree, self.module)]
        while stack:
            node, scope = stack.pop()
            enter = _ENTER.get(type(node))
            inner = enter(self, node, scope) if enter else \
                _below(node, scope)
            stack.extend(reversed(inner))

    def _import(self, node, scope):
        for alias in node.names:
            self.imports.append((alias.name, alias.name, node.lineno, scope))
            self._bind_name(scope, alias.asname or alias.name.split(".")[0],
                            alias.name if alias.asname
                            else alias.name.split(".")[0])
        return []

    def _import_from(self, node, scope):
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                scope.stars.append(module)
                self.imports.append((module, module, node.lineno, scope))
                continue
            full = module + ("" if module.endswith(".") else ".") + alias.name
            self.imports.append((module, full, node.lineno, scope))
            self._bind_name(scope, alias.asname or alias.name, full)
        return []

    def _bind_name(self, scope, name, full):
        self.bound.add(name)
        scope.bind(name, "name", canonical(full))

    def _assign(self, node, scope):
        value = node.value
        targets = node.targets if isinstance(node, ast.Assign) \
            else [node.target]
        for target in targets:
            self._bind_target(target, value, scope)
        if isinstance(node, ast.AnnAssign) and isinstance(
                node.target, ast.Name):
            scope.bind(node.target.id, "of", node.annotation, scope)
            self.bound.add(node.target.id)
            return [(part, scope) for part in (node.target, value) if part]
        return [(child, scope) for child in (*targets, value) if child]

    def _bind_target(self, target, value, scope):
        if isinstance(target, (ast.Tuple, ast.List)):
            items = value.elts if isinstance(value, (ast.Tuple, ast.List)) \
                and len(value.elts) == len(target.elts) \
                else [None] * len(target.elts)
            for inner, item in zip(target.elts, items, strict=True):
                self._bind_target(inner, item, scope)
        elif isinstance(target, ast.Starred):
            self._bind_target(target.value, None, scope)
        elif isinstance(target, ast.Name):
            self.bound.add(target.id)
            scope.bind(target.id, "value" if value else "other", value, scope)
        elif isinstance(target, ast.Attribute) and value \
                and isinstance(target.value, ast.Name) \
                and target.value.id == "self":
            owner = class_of(scope)
            if owner:
                owner.bind("self." + target.attr, "value", value, scope)

    def _change(self, node, scope):
        if isinstance(node.target, ast.Name):
            scope.bind(node.target.id, "other", None)
            scope.bind(node.target.id, "value", node.value, scope)
        return [(node.target, scope), (node.value, scope)]

    def _for(self, node, scope):
        self._bind_target(node.target, None, scope)
        return _below(node, scope)

    def _with(self, node, scope):
        for item in node.items:
            if item.optional_vars is not None:
                self._bind_target(item.optional_vars, item.context_expr,
                                  scope)
        return _below(node, scope)

    def _handler(self, node, scope):
        if node.name:
            scope.bind(node.name, "other", None)
        return _below(node, scope)

    def _global(self, node, scope):
        owner = self.module if isinstance(node, ast.Global) \
            else scope.parent or self.module
        scope.elsewhere.update(dict.fromkeys(node.names, owner))
        return []

    def _function(self, node, scope):
        inner = Scope(scope, "function", "call")
        args = node.args
        for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs,
                    args.vararg, args.kwarg):
            if arg is not None:
                inner.bind(arg.arg, "of" if arg.annotation else "other",
                           arg.annotation, scope)
        children = [(part, scope) for part in (*args.defaults,
                                               *args.kw_defaults) if part]
        if isinstance(node, ast.Lambda):
            inner.returns.append((node.body, inner))
            self.lambdas[node] = inner
            return children + [(node.body, inner)]
        scope.bind(node.name, "def", inner)
        self.bound.add(node.name)
        annotations = [arg.annotation for arg in ast.walk(args)
                       if isinstance(arg, ast.arg) and arg.annotation]
        children += [(part, scope) for part in (*annotations, node.returns)
                     if part and _has_call(part)]
        for part in node.decorator_list:
            children.append((part, scope))
            self.nodes.append((ast.Call(
                part, [], [], lineno=part.lineno), scope))
        return children + [(part, inner) for part in node.body]

    def _class(self, node, scope):
        inner = Scope(scope, "class", scope.when)
        scope.bind(node.name, "class", inner)
        self.bound.add(node.name)
        outside = (*node.decorator_list, *node.bases, *node.keywords)
        return [(part, scope) for part in outside] \
            + [(part, inner) for part in node.body]

    def _return(self, node, scope):
        if node.value is None:
            return []
        if scope.function:
            scope.function.returns.append((node.value, scope))
        return [(node.value, scope)]

    def _if(self, node, scope):
        when = _condition(node.test)
        inner = scope.at(when) if when and scope.kind == "module" else scope
        body = [] if when == "never" else node.body
        return [(node.test, scope), *((part, inner) for part in body),
                *((part, scope) for part in node.orelse)]

    # --- What is looked at --------------------------------------------------

    def _look(self, node, scope):
        self.nodes.append((node, scope))
        return _below(node, scope)

    def _attribute(self, node, scope):
        self.nodes.append((node, scope))
        while isinstance(node, ast.Attribute):
            node = node.value
        return [] if isinstance(node, ast.Name) else [(node, scope)]

    def _name(self, node, scope):
        self.nodes.append((node, scope))
        return []

    def _constant(self, node, scope):
        if isinstance(node.value, (str, bytes)) and len(node.value) > 59:
            self.literals.append((node, scope))
        return []


def _below(node, scope):
    """The children of a node, with their scope."""
    found = []
    for name in node._fields:
        value = getattr(node, name)
        if value.__class__ is list:
            found += [(item, scope) for item in value if item is not None
                      and item.__class__ is not str]
        elif isinstance(value, (ast.expr, ast.stmt)):
            found.append((value, scope))
    return found


def class_of(scope):
    """The innermost class around, or None."""
    while scope is not None and scope.kind != "class":
        scope = scope.parent
    return scope


def _has_call(node):
    return any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def _condition(test):
    """When do the statements below run, if not with the module?"""
    if isinstance(test, (ast.Name, ast.Attribute)) \
            and getattr(test, "id", getattr(test, "attr", 0)) \
            == "TYPE_CHECKING":
        return "never"
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return next(filter(None, map(_condition, test.values)), None)
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) \
            and test.left.id == "__name__" \
            and isinstance(test.ops[0], ast.Eq) \
            and isinstance(test.comparators[0], ast.Constant) \
            and test.comparators[0].value == "__main__":
        return "main"
    return None


_ENTER = {
    ast.Import: Scopes._import, ast.ImportFrom: Scopes._import_from,
    ast.Assign: Scopes._assign, ast.AnnAssign: Scopes._assign,
    ast.NamedExpr: Scopes._assign, ast.AugAssign: Scopes._change,
    ast.For: Scopes._for, ast.AsyncFor: Scopes._for, ast.With: Scopes._with,
    ast.AsyncWith: Scopes._with, ast.ExceptHandler: Scopes._handler,
    ast.Global: Scopes._global, ast.Nonlocal: Scopes._global,
    ast.FunctionDef: Scopes._function, ast.AsyncFunctionDef: Scopes._function,
    ast.Lambda: Scopes._function, ast.ClassDef: Scopes._class,
    ast.Return: Scopes._return, ast.If: Scopes._if, ast.Call: Scopes._look,
    ast.Subscript: Scopes._look, ast.Compare: Scopes._look,
    ast.Attribute: Scopes._attribute, ast.Name: Scopes._name,
    ast.Constant: Scopes._constant,
}
