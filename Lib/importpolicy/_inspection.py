"""What does a package do, as far as its files tell?

Each file is looked at for itself: Python source by _uses.py, the rest by what
it is.  What cannot be looked into is listed, not left out.
"""

import concurrent.futures
import gc
import os
import re
import tokenize
import unicodedata

from importpolicy import _operations, _startup, _text_signs, _uses
from importpolicy._packages import LARGEST
from importpolicy._parts import Found, Part, Report, is_test
from importpolicy._reader import PolicyError

# Fewer files than these are faster looked at here.
_MANY = 120
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+(.*)", re.MULTILINE)
_WORD = re.compile(r"[^\W\d]\w*")
# Every other test imports these, and what they can do has other names too.
_COMMON = {"contextlib", "io", "logging", "time", "types"}
# What can be reached without one of the modules, and a long literal.
_OTHER = re.compile(
    r"(?<![.\w])(?:%s)\b|\b(?:%s)\b|[A-Za-z0-9+/_]{60}" % (
        "|".join(name.removeprefix("builtins.")
                 for name in _operations.spelled()
                 if name.startswith("builtins.")),
        "|".join(["__import__", "importlib", "builtins", "__builtins__",
                  "__subclasses__", "__globals__", "fromhex", "b64decode",
                  *(name[1:] for name in _operations.spelled()
                    if name.startswith("."))])))
_EXTENSION = re.compile(r"\.(so|pyd|dylib|dll)(\.\d+)*$")
_MAGIC = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe",
          b"\xfe\xed\xfa\xcf")
_SCRIPTS = re.compile(rb"#!.*python")


def inspect(package):
    report = Report(package)
    sources = []
    for file in package.files:
        kind = _kind(file)
        if kind == "source":
            sources.append(file)
        elif kind == "native":
            report.native.append(Found(file, Part(
                None, "native", _what_native(file.name))))
        elif kind == "compiled":
            _look_at_compiled(report, file)
    report.sources = len(sources)
    _startup.look_at(report)
    for file, (source, why) in zip(sources, _all(package, sources),
                                   strict=True):
        if why:
            report.opaque.append(Found(file, Part(None, "unreadable", why)))
        else:
            report.take(file, source)
    _startup.judge(report)
    return report


def _kind(file):
    name = file.name
    if name.endswith((".py", ".pyw")):
        return "source"
    if name.endswith(".pyc"):
        return "compiled"
    if _EXTENSION.search(name):
        return "native"
    base = name.rpartition("/")[2]
    if "." not in base or base.endswith(".exe"):
        try:
            head = file.read(64)
        except PolicyError:
            return None
        if head.startswith(_MAGIC):
            return "native"
        if _SCRIPTS.match(head):
            return "source"
    return None


def _what_native(name):
    parts = name.split("/")
    if any(part.endswith(".libs") or part == ".dylibs" for part in parts) \
            or re.search(r"\.so\.\d|\.dylib$|\.dll$", name) \
            or parts[-1].startswith("lib"):
        return "a library that it brings along"
    if _EXTENSION.search(name):
        return "an extension module"
    return "a program"


def _look_at_compiled(report, file):
    parent, _, base = file.name.rpartition("/")
    if parent.endswith("__pycache__"):
        parent = parent.removesuffix("__pycache__").rstrip("/")
        base = base.partition(".")[0] + ".pyc"
    source = "/".join(filter(None, (parent, base[:-1])))
    if not any(other.name == source for other in report.package.files):
        report.opaque.append(Found(file, Part(
            None, "sourceless", "compiled, without its source")))


# --- Sources -----------------------------------------------------------------

def _all(package, files):
    """(Source, None) or (None, why not) of each file."""
    tasks = [(file.path if file.on_disk else file.read(), package.principals,
              _startup.when(package, file.name), is_test(file.name))
             for file in files]
    if len(tasks) < _MANY or (os.cpu_count() or 1) < 2:
        return list(map(look_at, tasks))
    with concurrent.futures.ProcessPoolExecutor() as pool:
        return list(pool.map(look_at, tasks, chunksize=16))


def look_at(task):
    """Nothing of a tree outlives it, and collecting it costs more than
    keeping it for as long as it takes."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        return _look_at(task)
    finally:
        if enabled:
            gc.enable()


def _look_at(task):
    data, own, when, test = task
    try:
        if isinstance(data, str):
            if os.path.getsize(data) > LARGEST:
                return None, "too large"
            with open(data, "rb") as file:
                data = file.read()
        if len(data) > LARGEST:
            return None, "too large"
        text = _decoded(data)
        if test and not _is_worth(text):
            source = _uses.Source()
        else:
            source = _uses.scan(data, own=own, when=when)
        source.signs += _text_signs.of_text(text)
    except SyntaxError as error:
        return None, f"not Python of this version: {error.msg}, line " \
            f"{error.lineno or 1}"
    except (ValueError, RecursionError, MemoryError, OSError) as error:
        return None, f"cannot be read: {error or type(error).__name__}"
    return source, None


def _decoded(data):
    lines = iter(data.split(b"\n", 2)[:2])
    encoding, _ = tokenize.detect_encoding(
        lambda: next(lines, b"") + b"\n")
    return data.decode(encoding)


def _is_worth(text):
    """Could a test be one that uses something?  Most of a large package are
    its tests, and most of these are not worth parsing."""
    text = unicodedata.normalize("NFKC", text)
    words = set(_WORD.findall(" ".join(_IMPORT.findall(text))))
    return not words.isdisjoint(_operations.modules() - _COMMON) \
        or bool(_OTHER.search(text))
