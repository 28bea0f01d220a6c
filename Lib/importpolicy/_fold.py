"""What is the value of this expression, without running it?

Constants, and what becomes of them by operations that have no effect but
their value, such as "soc" + "ket".  Beside each value stands by which ways it
came about: a name that was put together from single characters is the same
name, and says something about who wrote it.

Nothing of what is folded is ever called: operations on numbers, texts and
bytes are done by this file, with limits on size and on their number.
"""

import ast
import operator

from importpolicy._decode import (
    CODECS, DECODERS, LARGEST, Folded, Unknown, by_codec, check, decode)

_DEEPEST = 60
_MOST_STEPS = 50_000

_BINARY = {ast.Add: operator.add, ast.Sub: operator.sub,
           ast.BitXor: operator.xor, ast.BitAnd: operator.and_,
           ast.BitOr: operator.or_, ast.RShift: operator.rshift}
_METHODS = {"lower", "upper", "strip", "lstrip", "rstrip", "swapcase",
            "title", "capitalize", "removeprefix", "removesuffix", "split",
            "replace"}


class Folder:
    """Of the expressions of one text.

    `names(node, scope)` gives what a name stands for when it is one
    expression, as (node, scope), or None; `resolve(node, scope)` the names in
    full of what may be called.
    """

    def __init__(self, names, resolve):
        self._names = names
        self._resolve = resolve
        self._steps = 0
        self._depth = 0
        self._loops = []        # of comprehensions: {name: value}

    def fold(self, node, scope):
        """A Folded, or None."""
        self._ways = set()
        self._depth = 0
        self._loops = []
        try:
            value = self._value(node, scope)
        except (Unknown, ValueError, TypeError, ArithmeticError, IndexError,
                KeyError, AttributeError, LookupError, MemoryError,
                RecursionError):
            return None
        return Folded(value, frozenset(self._ways))

    def text(self, node, scope):
        """The same, when it is a text."""
        folded = self.fold(node, scope)
        return folded if folded and isinstance(folded.value, str) else None

    def _value(self, node, scope):
        self._steps += 1
        self._depth += 1
        if self._steps > _MOST_STEPS or self._depth > _DEEPEST:
            raise Unknown
        method = getattr(self, "_" + type(node).__name__.lower(), None)
        if method is None:
            raise Unknown
        value = method(node, scope)
        if isinstance(value, (str, bytes, list)) and len(value) > LARGEST:
            raise Unknown
        self._depth -= 1
        return value

    def _constant(self, node, scope):
        return node.value

    def _name(self, node, scope):
        for loop in reversed(self._loops):
            if node.id in loop:
                return loop[node.id]
        found = self._names(node, scope)
        if found is None:
            raise Unknown
        return self._value(*found)

    def _list(self, node, scope):
        return [self._value(item, scope) for item in node.elts]

    _tuple = _list

    def _joinedstr(self, node, scope):
        self._ways.add("joining")
        return "".join(map(str, check([self._value(part, scope)
                                        for part in node.values])))

    def _formattedvalue(self, node, scope):
        if node.format_spec is not None or node.conversion != -1:
            raise Unknown
        return self._value(node.value, scope)

    def _binop(self, node, scope):
        left = self._value(node.left, scope)
        right = self._value(node.right, scope)
        match node.op:
            case ast.Mod() if isinstance(left, str):
                self._ways.add("joining")
                if "*" in left or any(map(str.isdigit, left)):
                    raise Unknown          # widths
                return left % tuple(check(right if isinstance(right, list)
                                           else [right]))
            case ast.Mult():
                sizes = [operand if isinstance(operand, int)
                         else len(operand) for operand in (left, right)]
                if abs(sizes[0] * sizes[1]) > LARGEST:
                    raise Unknown
                return left * right
            case ast.Mod() | ast.FloorDiv() if isinstance(right, int):
                return left % right if isinstance(node.op, ast.Mod) \
                    else left // right
        if isinstance(left, (str, bytes)):
            self._ways.add("joining")
        elif isinstance(node.op, ast.BitXor):
            self._ways.add("xor")
        return _BINARY[type(node.op)](left, right)

    def _subscript(self, node, scope):
        value = self._value(node.value, scope)
        if not isinstance(node.slice, ast.Slice):
            return value[self._value(node.slice, scope)]
        parts = [None if part is None else self._value(part, scope)
                 for part in (node.slice.lower, node.slice.upper,
                              node.slice.step)]
        if parts[2] is not None and parts[2] < 0:
            self._ways.add("reversing")
        return value[slice(*parts)]

    def _unaryop(self, node, scope):
        if not isinstance(node.op, ast.USub):
            raise Unknown
        return -self._value(node.operand, scope)

    def _listcomp(self, node, scope):
        loop, = node.generators
        if loop.ifs or loop.is_async or not isinstance(loop.target, ast.Name):
            raise Unknown
        found = []
        for item in self._value(loop.iter, scope):
            self._loops.append({loop.target.id: item})
            found.append(self._value(node.elt, scope))
            self._loops.pop()
        return found

    _generatorexp = _listcomp

    # --- Calls --------------------------------------------------------------

    def _call(self, node, scope):
        names = self._resolve(node.func, scope)
        for name in names:
            if name in DECODERS or name.startswith("builtins."):
                return self._function(name, node, scope)
        if isinstance(node.func, ast.Attribute):
            return self._method(node, scope)
        raise Unknown

    def _function(self, name, node, scope):
        if name == "builtins.map":
            inner, items = node.args
            return [self._function(self._resolve(inner, scope)[0], [item],
                                   scope)
                    for item in self._value(items, scope)]
        args = node if isinstance(node, list) \
            else [self._value(arg, scope) for arg in node.args]
        if name == "codecs.decode":
            return self._decoded(args[0], args[1])
        if name in DECODERS:
            self._ways.add(DECODERS[name])
            return chr(args[0]) if name == "builtins.chr" \
                else decode(name, args[0])
        match name.removeprefix("builtins."), args:
            case "str" | "ascii", [str() as value]:
                return value
            case "str", [bytes() as value, str() as encoding]:
                return self._decoded(value, encoding)
            case "bytes" | "bytearray", [list() as value]:
                self._ways.add("single characters")
                return bytes(value)
            case "bytes" | "bytearray", [bytes() as value]:
                return value
            case "bytes" | "bytearray", [str() as value, str()]:
                return value.encode()
            case "list" | "tuple", [value]:
                return list(value)
            case "reversed", [value]:
                self._ways.add("reversing")
                return list(value)[::-1]
            case "ord", [value]:
                return ord(value)
            case "int", [str() as value, *base] if len(value) < 100:
                return int(value, *base)
            case "len", [value]:
                return len(value)
        raise Unknown

    def _method(self, node, scope):
        value = self._value(node.func.value, scope)
        args = [self._value(arg, scope) for arg in node.args]
        name = node.func.attr
        if name == "join" and isinstance(value, (str, bytes)):
            self._ways.add("joining")
            if len(args[0]) * len(value) > LARGEST:
                raise Unknown
            return value.join(check(args[0]))
        if name == "decode" and isinstance(value, bytes):
            return self._decoded(value, args[0] if args else "utf-8")
        if name == "encode" and isinstance(value, str):
            return value.encode()
        if name == "format" and isinstance(value, str) \
                and not any(sign in value for sign in ":!.["):
            self._ways.add("joining")
            return value.format(*check(args))
        if name not in _METHODS or not isinstance(value, (str, bytes)) \
                or sum(map(len, args)) > 1000 and name == "replace":
            raise Unknown
        if name == "replace":
            self._ways.add("replacing")
            if len(value) * (len(args[1]) + 1) > LARGEST:
                raise Unknown
        return getattr(value, name)(*args)

    def _decoded(self, value, encoding):
        name = encoding.lower()
        if name in CODECS:
            self._ways.add(CODECS[name] or "escapes")
        return by_codec(value, name)
