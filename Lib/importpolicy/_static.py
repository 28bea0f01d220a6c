"""What does a call reach, as far as its arguments say?

The targets are those of a policy: a host, a path, a program, a variable, the
name of a library; None where the text does not tell.
"""

import ast
import re
import shlex
import urllib.parse

_WRITING = re.compile("[wax+]")
_WRITING_FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"}
# Where the mode stands, if not second.
_MODE_AT = {"pathlib.Path.open": 0, "gzip.GzipFile": 1}
_HOST = re.compile(r"(?:[\w-]+\.)*[\w-]+|\[?[0-9a-fA-F:]+\]?")


def reach(operation, node, scope, scanner):
    """(capability, target)"""
    capability = operation.capability
    if operation.is_open:
        writes = _writes(operation.name, node, scope, scanner.fold)
        capability = "write" if writes else "read"
    target = _TARGETS.get(capability)
    return capability, target and target(_first(node), node, scope, scanner)


def _first(node):
    if node.args:
        return node.args[0]
    for word in node.keywords:
        if word.arg in ("args", "file", "path", "host", "address", "url",
                        "key", "name", "filename"):
            return word.value
    return None


def _text(node, scope, fold):
    if node is None:
        return None
    folded = fold.text(node, scope)
    return folded.value if folded else None


def _writes(name, node, scope, fold):
    at = _MODE_AT.get(name, 1)
    mode = node.args[at] if len(node.args) > at else next(
        (word.value for word in node.keywords
         if word.arg in ("mode", "flags")), None)
    if mode is None:
        return any(isinstance(arg, ast.Starred) for arg in node.args)
    if name == "os.open":
        flags = {inner.attr if isinstance(inner, ast.Attribute) else inner.id
                 for inner in ast.walk(mode)
                 if isinstance(inner, (ast.Attribute, ast.Name))}
        return bool(flags & _WRITING_FLAGS) or "O_RDONLY" not in flags
    text = _text(mode, scope, fold)
    return text is None or bool(_WRITING.search(text))


def _path(first, node, scope, scanner):
    path = _text(first, scope, scanner.fold)
    return path if path and path.startswith("/") else None


def _variable(first, node, scope, scanner):
    return _text(first, scope, scanner.fold)


def _program(first, node, scope, scanner):
    if isinstance(first, (ast.List, ast.Tuple)) and first.elts:
        first = first.elts[0]
    if first is None:
        return None
    if "sys.executable" in scanner.names.resolve(first, scope):
        return "$PREFIX/bin/python"
    text = _text(first, scope, scanner.fold)
    if text is None:
        folded = scanner.fold.fold(first, scope)
        if folded and isinstance(folded.value, list) and folded.value \
                and isinstance(folded.value[0], str):
            return folded.value[0] or None
        return None
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    if any(sign in text for sign in ";|&$`<>("):
        return "sh"
    return words[0] if words else None


def _host(first, node, scope, scanner):
    """Of a URL, a pair, or two arguments."""
    port = None
    if isinstance(first, ast.Tuple) and len(first.elts) >= 2:
        host = _text(first.elts[0], scope, scanner.fold)
        port = scanner.fold.fold(first.elts[1], scope)
    else:
        host = _text(first, scope, scanner.fold)
        if host and "://" in host:
            return _of_url(host)
        if len(node.args) > 1:
            port = scanner.fold.fold(node.args[1], scope)
    if not host or not _HOST.fullmatch(host):
        return None
    if port and isinstance(port.value, int):
        return f"{host}:{port.value}"
    return host


def _of_url(url):
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port or {"http": 80, "https": 443,
                              "ftp": 21}.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or not _HOST.fullmatch(parts.hostname):
        return None
    return f"{parts.hostname}:{port}" if port else parts.hostname


_TARGETS = {"read": _path, "write": _path, "env": _variable, "run": _program,
            "net": _host, "ffi": _variable}
