"""What is the value of this expression, without running it?

Constants, and what becomes of them by operations that have no effect but
their value, such as "soc" + "ket".  Beside each value stands by which ways it
came about: a name that was put together from single characters is the same
name, and says something about who wrote it.

Nothing of what is folded is ever called: operations on numbers, texts and
bytes are done by this file, with limits on size and on their number.
"""

import ast
import base64
import binascii
import codecs
import operator
import zlib

LARGEST = 1 << 20
_DEEPEST = 60
_MOST_STEPS = 50_000

# Functions that make readable what was not, and by which way.
DECODERS = {
    "base64.b64decode": "base64", "base64.standard_b64decode": "base64",
    "base64.urlsafe_b64decode": "base64", "base64.decodebytes": "base64",
    "base64.decodestring": "base64", "base64.b32decode": "base32",
    "base64.b16decode": "hex", "base64.b85decode": "base85",
    "base64.a85decode": "base85", "base64.z85decode": "base85",
    "binascii.a2b_base64": "base64", "binascii.unhexlify": "hex",
    "binascii.a2b_hex": "hex", "builtins.bytes.fromhex": "hex",
    "builtins.bytearray.fromhex": "hex", "zlib.decompress": "compression",
    "gzip.decompress": "compression", "bz2.decompress": "compression",
    "lzma.decompress": "compression", "codecs.decode": None,
    "marshal.loads": "marshal", "builtins.chr": "single characters",
}
# Codecs that turn text into other text.
CODECS = {"rot13": "rot13", "rot_13": "rot13", "rot-13": "rot13",
          "hex": "hex", "hex_codec": "hex", "base64": "base64",
          "base64_codec": "base64", "zlib": "compression",
          "zlib_codec": "compression", "bz2": "compression",
          "unicode_escape": None}
_BINARY = {ast.Add: operator.add, ast.Sub: operator.sub,
           ast.BitXor: operator.xor, ast.BitAnd: operator.and_,
           ast.BitOr: operator.or_, ast.RShift: operator.rshift}
_METHODS = {"lower", "upper", "strip", "lstrip", "rstrip", "swapcase",
            "title", "capitalize", "removeprefix", "removesuffix", "split",
            "replace"}


class Folded:
    """A value, and how it came about."""

    __slots__ = ("value", "ways")

    def __init__(self, value, ways=frozenset()):
        self.value = value
        self.ways = ways


class _Unknown(Exception):
    """Not a constant, or too large a one."""


def _check(values):
    """Texts and numbers alone, and not too much of them together."""
    size = 0
    for value in values:
        if not isinstance(value, (str, bytes, int)):
            raise _Unknown
        size += len(value) if isinstance(value, (str, bytes)) else 20
    if size > LARGEST:
        raise _Unknown
    return values


def inflate(data):
    """At most LARGEST of what was compressed."""
    for window in 15 + 32, -15:
        try:
            return zlib.decompressobj(window).decompress(data, LARGEST)
        except zlib.error:
            continue
    raise _Unknown


def _decode(name, value):
    """By one of the DECODERS; without those that take too long a way."""
    text = value.encode() if isinstance(value, str) else bytes(value)
    match name.rpartition(".")[2]:
        case "b64decode" | "standard_b64decode" | "decodebytes" \
                | "decodestring" | "a2b_base64":
            return binascii.a2b_base64(text)
        case "urlsafe_b64decode":
            return base64.urlsafe_b64decode(text)
        case "b32decode":
            return base64.b32decode(text)
        case "b16decode" | "unhexlify" | "a2b_hex":
            return binascii.unhexlify(text)
        case "fromhex":
            return bytes.fromhex(text.decode())
        case "b85decode":
            return base64.b85decode(text)
        case "a85decode":
            return base64.a85decode(text)
        case "decompress" if name.startswith(("zlib.", "gzip.")):
            return inflate(text)
    raise _Unknown


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
        except (_Unknown, ValueError, TypeError, ArithmeticError, IndexError,
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
            raise _Unknown
        method = getattr(self, "_" + type(node).__name__.lower(), None)
        if method is None:
            raise _Unknown
        value = method(node, scope)
        if isinstance(value, (str, bytes, list)) and len(value) > LARGEST:
            raise _Unknown
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
            raise _Unknown
        return self._value(*found)

    def _list(self, node, scope):
        return [self._value(item, scope) for item in node.elts]

    _tuple = _list

    def _joinedstr(self, node, scope):
        self._ways.add("joining")
        return "".join(map(str, _check([self._value(part, scope)
                                        for part in node.values])))

    def _formattedvalue(self, node, scope):
        if node.format_spec is not None or node.conversion != -1:
            raise _Unknown
        return self._value(node.value, scope)

    def _binop(self, node, scope):
        left = self._value(node.left, scope)
        right = self._value(node.right, scope)
        match node.op:
            case ast.Mod() if isinstance(left, str):
                self._ways.add("joining")
                if "*" in left or any(map(str.isdigit, left)):
                    raise _Unknown          # widths
                return left % tuple(_check(right if isinstance(right, list)
                                           else [right]))
            case ast.Mult():
                sizes = [operand if isinstance(operand, int)
                         else len(operand) for operand in (left, right)]
                if abs(sizes[0] * sizes[1]) > LARGEST:
                    raise _Unknown
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
            raise _Unknown
        return -self._value(node.operand, scope)

    def _listcomp(self, node, scope):
        loop, = node.generators
        if loop.ifs or loop.is_async or not isinstance(loop.target, ast.Name):
            raise _Unknown
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
        raise _Unknown

    def _function(self, name, node, scope):
        if name == "builtins.map":
            inner, items = node.args
            return [self._function(self._resolve(inner, scope)[0], [item],
                                   scope)
                    for item in self._value(items, scope)]
        args = node if isinstance(node, list) \
            else [self._value(arg, scope) for arg in node.args]
        if name == "codecs.decode":
            return self._codec(args[0], args[1])
        if name in DECODERS:
            self._ways.add(DECODERS[name])
            return chr(args[0]) if name == "builtins.chr" \
                else _decode(name, args[0])
        match name.removeprefix("builtins."), args:
            case "str" | "ascii", [str() as value]:
                return value
            case "str", [bytes() as value, str() as encoding]:
                return self._codec(value, encoding)
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
        raise _Unknown

    def _method(self, node, scope):
        value = self._value(node.func.value, scope)
        args = [self._value(arg, scope) for arg in node.args]
        name = node.func.attr
        if name == "join" and isinstance(value, (str, bytes)):
            self._ways.add("joining")
            if len(args[0]) * len(value) > LARGEST:
                raise _Unknown
            return value.join(_check(args[0]))
        if name == "decode" and isinstance(value, bytes):
            return self._codec(value, args[0] if args else "utf-8")
        if name == "encode" and isinstance(value, str):
            return value.encode()
        if name == "format" and isinstance(value, str) \
                and not any(sign in value for sign in ":!.["):
            self._ways.add("joining")
            return value.format(*_check(args))
        if name not in _METHODS or not isinstance(value, (str, bytes)) \
                or sum(map(len, args)) > 1000 and name == "replace":
            raise _Unknown
        if name == "replace":
            self._ways.add("replacing")
            if len(value) * (len(args[1]) + 1) > LARGEST:
                raise _Unknown
        return getattr(value, name)(*args)

    def _codec(self, value, encoding):
        name = encoding.lower()
        if name in CODECS:
            self._ways.add(CODECS[name] or "escapes")
            match CODECS[name]:
                case "rot13":
                    return codecs.decode(
                        value if isinstance(value, str) else value.decode(),
                        "rot13")
                case "hex":
                    return binascii.unhexlify(value)
                case "base64":
                    return binascii.a2b_base64(value)
                case None:
                    return value.decode("unicode_escape")
            return inflate(value)
        if name.replace("_", "-") in ("utf-8", "utf8", "ascii", "latin-1",
                                      "latin1"):
            return value.decode(name)
        raise _Unknown
