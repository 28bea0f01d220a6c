"""Does this source hide what it does?

Each sign is one thing that plain code has no reason to do: run what it has
just decoded, spell the name of an operation so that nobody finds it, carry a
program in a literal.  What plain code does as well (a long table, a lazy
import, getattr() with a name) is none.
"""

import ast
import binascii
import re

from importpolicy import _operations
from importpolicy._decode import CODECS, DECODERS, inflate
from importpolicy._text_signs import Sign

_RUNNERS = {"builtins.exec", "builtins.eval", "builtins.compile",
            "types.FunctionType", "types.CodeType", "marshal.loads",
            "code.InteractiveInterpreter().runsource",
            "code.InteractiveInterpreter().runcode", "code.interact"}
_FETCHING = {"socket.connect", "http.client.connect", "ftplib.connect"}
# Plain ways, in which honest code makes text too.
_PLAIN = {"joining", "replacing", "escapes"}
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}\s*")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){32,}")
_ADDRESS = re.compile(r"(?:https?|ftp|wss?)://\S{4,}|(?:\d{1,3}\.){3}\d{1,3}"
                      r"(?::\d+)?")
_CRAWL = {"__bases__", "__base__", "__mro__", "mro"}
_SMALLEST_PROGRAM = 60


def listed(ways):
    return " and ".join(sorted(ways))


class Signs:
    """Of one tree, as its scanner goes along."""

    def __init__(self, scanner):
        self.scanner = scanner
        self.names = scanner.names
        self.fold = scanner.fold
        self._running = set()

    def add(self, line, code, message):
        sign = Sign(line, code, message)
        if sign not in self.scanner.found.signs:
            self.scanner.found.signs.append(sign)

    # --- How did it come about? ---------------------------------------------

    def ways(self, node, scope, depth=0):
        """By which decodings a value came about, as far as can be seen."""
        found = set()
        if depth > 8 or node is None:
            return found
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                found |= self._ways_of_call(inner, scope, depth)
            elif isinstance(inner, ast.Name) and isinstance(inner.ctx,
                                                            ast.Load):
                found |= self._ways_of_name(inner, scope, depth)
            elif isinstance(inner, ast.Slice) and isinstance(
                    inner.step, ast.UnaryOp) and inner.lower is None:
                found.add("reversing")
            elif isinstance(inner, ast.BitXor):
                found.add("xor")
        return found

    def _ways_of_call(self, node, scope, depth):
        found = set()
        for name in self.names.resolve(node.func, scope):
            if DECODERS.get(name):
                found.add(DECODERS[name])
            operation = self.scanner.operation(name)
            if operation and operation.event in _FETCHING:
                found.add("the network")
        method = getattr(node.func, "attr", None)
        if method == "decrypt":
            found.add("decryption")
        codec = method == "decode" and node.args \
            and self.fold.text(node.args[-1], scope)
        if codec and CODECS.get(codec.value.lower()):
            found.add(CODECS[codec.value.lower()])
        return found

    def _ways_of_name(self, node, scope, depth):
        entries = self.names.entries(node.id, scope)
        if not entries or id(entries) in self._running:
            return set()
        self._running.add(id(entries))
        found = set()
        for kind, value, where in entries[:6]:
            if kind == "value":
                found |= self.ways(value, where, depth + 1)
            elif kind == "def":
                for part, inner in value.returns[:6]:
                    found |= self.ways(part, inner, depth + 1)
        self._running.discard(id(entries))
        return found

    # --- Calls --------------------------------------------------------------

    def call(self, names, node, scope):
        first = node.args[0] if node.args else None
        for name in names:
            if name in _RUNNERS:
                self._run(name, first, node, scope)
            elif name in DECODERS:
                self._decoder(node, scope)
            elif name in ("builtins.getattr", "builtins.__import__",
                          "importlib.import_module",
                          "importlib.__import__"):
                self._by_name(name, node, scope)
            elif (operation := self.scanner.operation(name)) \
                    and operation.capability == "run":
                self._command(operation, first, node, scope)
        if not names and isinstance(node.func, ast.Attribute) \
                and node.func.attr in ("decode", "fromhex"):
            self._decoder(node, scope)

    def _run(self, name, first, node, scope):
        short = name.removeprefix("builtins.")
        if first is None:
            return
        folded = self.fold.fold(first, scope)
        ways = self.ways(first, scope)
        if folded:
            ways |= folded.ways
        fetched = "the network" in ways
        ways -= _PLAIN | {"the network"}
        if fetched:
            self.add(node.lineno, "fetched-code",
                     f"{short}() of what comes from the network")
        if ways and (folded or ways - {"single characters", "reversing"}):
            self.add(node.lineno, "decoded-code",
                     f"{short}() of what was made by {listed(ways)}")
        if folded and isinstance(folded.value, (str, bytes)) \
                and name != "marshal.loads":
            text = folded.value if isinstance(folded.value, str) \
                else folded.value.decode("utf-8", "replace")
            self.scanner.nested(text, node.lineno, scope)

    def _command(self, operation, first, node, scope):
        if first is None:
            return
        folded = self.fold.fold(first, scope)
        ways = self.ways(first, scope) - _PLAIN - {"the network"}
        ways |= (folded.ways if folded else set()) - _PLAIN
        ways -= {"reversing", "single characters"} if not folded else set()
        if ways:
            self.add(node.lineno, "decoded-command",
                     f"{operation.name}() of what was made by {listed(ways)}")

    def _decoder(self, node, scope):
        """A constant that is decoded: to what?"""
        folded = self.fold.fold(node, scope)
        if not folded or not folded.ways - _PLAIN:
            return
        value = folded.value
        if isinstance(value, bytes):
            value = _as_text(value)
        if not isinstance(value, str):
            return
        if _ADDRESS.fullmatch(value.strip()):
            self.add(node.lineno, "hidden-address",
                     f"{listed(folded.ways - _PLAIN)} hides the address "
                     f"{value.strip()[:80]}")
        elif len(value) >= _SMALLEST_PROGRAM:
            self._program(value, node.lineno, scope)

    def _by_name(self, function, node, scope):
        """getattr(os, "sys" + "tem"), __import__("s" + "ocket")"""
        short = function.rpartition(".")[2]
        at = 1 if short == "getattr" else 0
        if len(node.args) <= at:
            return
        folded = self.fold.text(node.args[at], scope)
        if folded is None:
            return
        if at:
            operation = self.scanner.operation_of(node, scope)
            what = operation and operation.name
            base = node.args[0]
            if operation and isinstance(base, ast.Call) and any(
                    name in ("builtins.__import__", "importlib.import_module")
                    for name in self.names.resolve(base.func, scope)):
                self.add(node.lineno, "roundabout",
                         f"getattr() of an import gives {what}")
        else:
            top = folded.value.partition(".")[0]
            what = folded.value if top in _operations.modules() \
                or top == "builtins" else None
        if what and folded.ways:
            self.add(node.lineno, "hidden-name",
                     f"{short}() of a name that is made by "
                     f"{listed(folded.ways)}: {what}")

    # --- Other nodes --------------------------------------------------------

    def attribute(self, node):
        """().__class__.__base__.__subclasses__"""
        if node.attr != "__subclasses__":
            return
        inner = node.value
        while isinstance(inner, (ast.Attribute, ast.Subscript, ast.Call)):
            if isinstance(inner, ast.Attribute) and inner.attr in _CRAWL:
                self.add(node.lineno, "roundabout",
                         "looks through all classes that there are, from "
                         f"{inner.attr}")
                return
            inner = inner.func if isinstance(inner, ast.Call) \
                else inner.value

    def subscript(self, bases, operation, node, scope):
        """os.__dict__["system"], f.__globals__["os"]"""
        folded = self.fold.text(node.slice, scope)
        if operation and any(base.endswith(".__dict__") or base == "builtins"
                             for base in bases):
            self.add(node.lineno, "roundabout",
                     f"{operation.name} out of a dictionary of names")
        elif folded and isinstance(node.value, ast.Attribute) \
                and node.value.attr == "__globals__" \
                and folded.value in ("os", "sys", "builtins", "__builtins__",
                                     "subprocess", "socket"):
            self.add(node.lineno, "roundabout",
                     f"{folded.value} out of the names of a function")
        if folded and folded.ways and "sys.modules" in bases \
                and folded.value in _operations.modules():
            self.add(node.lineno, "hidden-name",
                     "sys.modules[...] of a name that is made by "
                     f"{listed(folded.ways)}: {folded.value}")

    # --- Literals -----------------------------------------------------------

    def literal(self, value, line, scope):
        """A long one: is there a program in it?"""
        data = value.encode("utf-8", "replace") if isinstance(value, str) \
            else value
        for decoded in _decodings(data):
            text = _as_text(decoded)
            if text and self._program(text, line, scope):
                return

    def _program(self, text, line, scope):
        source = self.scanner.nested(text, None, scope)
        if source is None or not (source.uses or source.signs):
            return False
        what = sorted({use.what for use in source.uses})
        self.add(line, "hidden-code", "a literal that is decoded holds a "
                 f"program, which uses {', '.join(what[:6]) or 'more such'}")
        self.scanner.include(source, line, scope)
        return True


def _as_text(data):
    """What it says; bytes that are compressed say it when they are not."""
    if data[:2] in (b"x\x9c", b"x\xda", b"x\x01", b"\x1f\x8b"):
        try:
            data = inflate(data)
        except Exception:
            return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _decodings(data):
    if _HEX.fullmatch(data):
        yield binascii.unhexlify(data)
    if _BASE64.fullmatch(data):
        plain = data.strip().translate(bytes.maketrans(b"-_", b"+/"))
        try:
            yield binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
        except binascii.Error:
            return
