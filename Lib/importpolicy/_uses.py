"""What does this source use, and when?

A use is a mention of an operation by a name that stands for it: called,
handed on or assigned.  The source is parsed and never run.  What cannot be
known from the text (whose method that is, what a variable holds by then) is
not guessed; a module that is imported by a name that only running it would
tell is listed as such.
"""

import ast
import warnings
from typing import NamedTuple

from importpolicy import _operations, _risk, _signs, _static
from importpolicy._names import Names
from importpolicy._spelling import IMPORTERS
from importpolicy._when import Calls

_BUILTIN = {name.removeprefix("builtins.") for name in _operations.spelled()
            if name.startswith("builtins.")} | {"__builtins__"}
_DEEPEST = 3


class Use(NamedTuple):
    """One place in a source.  `when`: "import" with the module, "call" when
    somebody calls it, "main" when it is run as a program, "start" and
    "install" for what starts by itself."""
    line: int
    capability: str
    what: str
    event: str
    target: str | None
    when: str
    called: bool            # or mentioned alone


class Import(NamedTuple):
    line: int
    module: str
    when: str


class Source:
    """What was found in one source."""

    def __init__(self):
        self.uses = []
        self.imports = []
        self.signs = []         # _signs.Sign
        self.dynamic = []       # lines


def scan(text, *, own=(), when="import", depth=0):
    """Look at a source (str or bytes).  SyntaxError, ValueError,
    RecursionError or MemoryError when it is none.  `own` are the top-level
    names of the package that it belongs to."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    return Scanner(tree, own, when, depth).run()


class Scanner:

    def __init__(self, tree, own, when, depth):
        self.names = Names(tree, when)
        self.fold = self.names.folder
        self.when = when
        self.own = frozenset(own)
        self.depth = depth
        self.found = Source()
        self.signs = _signs.Signs(self)
        self._handled = set()   # nodes that were a part of another
        self._uses = []         # (Use, function)
        self._calls = Calls(self.names, when)

    def run(self):
        for module, full, line, scope in self.names.imports:
            self._imported(module, line, scope)
            self._operation_imported(full, line, scope)
        for node, scope in self.names.nodes:
            method = _LOOK.get(type(node))
            if method:
                method(self, node, scope)
        for node, scope in self.names.literals:
            self.signs.literal(node.value, node.lineno, scope)
        self._decide_when()
        self.found.uses.sort(key=lambda use: (use.line, use.what,
                                              use.target or ""))
        self.found.signs.sort()
        return self.found

    def _decide_when(self):
        """A function that the module's body calls runs with it."""
        reached = self._calls.reached()
        found = {}
        for use, function in self._uses:
            if function in reached:
                use = use._replace(when=self.when)
            found[use] = None
        self.found.uses = list(found)

    def add(self, line, capability, what, event, target, scope,
            called=True):
        when = "call" if scope.function else scope.when
        self._uses.append((Use(line, capability, what, event, target, when,
                               called), scope.function))

    def include(self, source, line, scope):
        """What was found in a text that is run here."""
        for use in source.uses:
            self.add(line, use.capability, use.what, use.event, use.target,
                     scope, use.called)
        for inner in source.imports:
            self.found.imports.append(inner._replace(line=line))
        self.found.signs += [sign._replace(line=line)
                             for sign in source.signs]

    def nested(self, text, line, scope):
        """The same, looked for; None when it is no source."""
        if self.depth >= _DEEPEST:
            return None
        try:
            source = scan(text.strip(), own=self.own, depth=self.depth + 1)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        if line:
            self.include(source, line, scope)
        return source

    def _imported(self, module, line, scope):
        if _risk.of_module(module):
            when = "call" if scope.function else scope.when
            self.found.imports.append(Import(line, module, when))

    def _operation_imported(self, full, line, scope):
        """Another module may use it by this one's name."""
        operation = _operations.find(full)
        if operation and scope.kind == "module":
            self.add(line, operation.capability, operation.name,
                     operation.event, None, scope, called=False)

    def operation(self, name):
        """What a name in full does: it, or what it is a member of.  What was
        called already is looked at where that is done."""
        called, _, rest = name.rpartition("()")
        if not rest:
            return None
        parts = name.replace("()", "").split(".")
        least = called.count(".") + 1 if called else 0
        for n in range(len(parts), least, -1):
            if found := _operations.find(".".join(parts[:n])):
                return found
        return None

    def _call(self, node, scope):
        self._calls.follow(node, scope)
        names = self.names.resolve(node.func, scope)
        for name in names:
            if name in IMPORTERS:
                self._importer(node, scope)
            elif name in ("builtins.setattr", "builtins.delattr"):
                self._set_attribute(node, scope)
            elif name in ("builtins.isinstance", "builtins.issubclass",
                          "builtins.hasattr"):
                for arg in node.args:
                    self._handled.update(map(id, ast.walk(arg)))
            elif name in ("builtins.getattr", "functools.partial"):
                if not self._mention(node, scope):
                    continue
            elif operation := self.operation(name):
                self._handled.add(id(node.func))
                capability, target = _static.reach(operation, node, scope,
                                                   self)
                self.add(node.lineno, capability, operation.name,
                         operation.event, target, scope)
        if not names and isinstance(node.func, ast.Attribute) \
                and (operation := _operations.method(node.func.attr)):
            self.add(node.lineno, operation.capability, operation.name,
                     operation.event, None, scope)
        self.signs.call(names, node, scope)

    def _mention(self, node, scope):
        if id(node) in self._handled:
            return self.operation_of(node, scope)
        for name in self.names.resolve(node, scope):
            if operation := self.operation(name):
                capability = "read" if operation.is_open \
                    else operation.capability
                self.add(node.lineno, capability, operation.name,
                         operation.event, None, scope, called=False)
                return operation
        return None

    def operation_of(self, node, scope):
        for name in self.names.resolve(node, scope):
            if operation := self.operation(name):
                return operation
        return None

    def _name(self, node, scope):
        if not isinstance(node.ctx, ast.Load):
            return
        if node.id in self.names.bound or node.id in _BUILTIN:
            self._mention(node, scope)

    def _attribute(self, node, scope):
        self.signs.attribute(node)
        if isinstance(node.ctx, ast.Load):
            self._mention(node, scope)
            return
        if self._is_own(node.value, scope):
            return
        for name in self.names.resolve(node.value, scope):
            self._changed(name, node.attr, node.lineno, scope)

    def _is_own(self, node, scope):
        """Is that, or may it be, a function or class of this source?"""
        entries = self.names.entries(node.id, scope) \
            if isinstance(node, ast.Name) else None
        return any(kind in ("def", "class") for kind, _, _ in entries or ())

    def _changed(self, base, attribute, line, scope):
        """An attribute of somebody else's module or class is set."""
        top = base.partition(".")[0]
        if "()" in base or base.startswith(".") or top in self.own \
                or base == "globals" or not top:
            return
        if top == "builtins" and base != "builtins":
            return
        self.add(line, "patch", f"{base}.{attribute} =",
                 "object.__setattr__", top, scope)

    def _set_attribute(self, node, scope):
        if len(node.args) < 2:
            return
        text = self.fold.text(node.args[1], scope)
        for name in self.names.resolve(node.args[0], scope):
            if not self.operation(name) or _operations.find(name):
                self._changed(name, text.value if text else "*", node.lineno,
                              scope)

    def _subscript(self, node, scope):
        bases = self.names.resolve(node.value, scope)
        if isinstance(node.ctx, ast.Load):
            if self._environment(node.value, node.slice, node, scope):
                return
            operation = self._mention(node, scope)
            self.signs.subscript(bases, operation, node, scope)
            return
        if "sys.modules" in bases:
            self._set_module(node, scope)
        elif not self._environment(node.value, node.slice, node, scope):
            for base in bases:
                if base.endswith(".__dict__") or base == "builtins":
                    self._changed(base.removesuffix(".__dict__"), "*",
                                  node.lineno, scope)

    def _set_module(self, node, scope):
        if any(isinstance(inner, ast.Name) and inner.id == "__name__"
               for inner in ast.walk(node.slice)):
            return
        text = self.fold.text(node.slice, scope)
        name = text.value if text else None
        begins = name
        if name is None and isinstance(node.slice, ast.JoinedStr):
            begins = getattr(node.slice.values[0], "value", None)
        if not isinstance(begins, str) \
                or begins.partition(".")[0] not in self.own:
            self.add(node.lineno, "patch", "sys.modules =",
                     "object.__setattr__", name, scope)

    def _environment(self, value, key, node, scope):
        """Is that a variable of the environment?"""
        for name in self.names.resolve(value, scope):
            operation = _operations.find(name)
            if operation and operation.capability == "env":
                self._handled.add(id(value))
                text = self.fold.text(key, scope)
                self.add(node.lineno, "env", operation.name, operation.event,
                         text.value if text else None, scope)
                return True
        return False

    def _compare(self, node, scope):
        if len(node.ops) == 1 and isinstance(node.ops[0],
                                             (ast.In, ast.NotIn)):
            self._environment(node.comparators[0], node.left, node, scope)

    def _importer(self, node, scope):
        """__import__() and the like."""
        folded = self.fold.text(node.args[0], scope) if node.args else None
        if folded is None:
            self.found.dynamic.append(node.lineno)
        elif not folded.value.startswith("."):
            self._imported(folded.value, node.lineno, scope)


_LOOK = {ast.Call: Scanner._call, ast.Name: Scanner._name,
         ast.Attribute: Scanner._attribute,
         ast.Subscript: Scanner._subscript, ast.Compare: Scanner._compare}
