"""What does an installed distribution say of itself?

Its dist-info directory is read as the interpreter reads it: RECORD by lines,
each a row of its own.
"""

import csv
import email.parser
import functools
import json
import os
import re
import urllib.parse

INFO = ".dist-info"
_REQUIREMENT = re.compile(
    r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^]]*)\])?"
    r"(?:\s*@\s*\S+|[^;]*?)\s*(?:;\s*(.*?)\s*)?$")
MODULE = re.compile(r"\.(py|pyc|so|pth)$")


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement(text):
    """(name, its extras, marker) of a line of Requires-Dist, names in normal
    form, or None."""
    match = _REQUIREMENT.match(" ".join(text.split()))
    if match is None:
        return None
    extras = sorted(normal(extra.strip())
                    for extra in (match[2] or "").split(",") if extra.strip())
    return normal(match[1]), extras, match[3] or ""


def editable(direct_url):
    """The project's directory, if this direct_url.json is an editable
    install's."""
    try:
        found = json.loads(direct_url or "null")
        if found["dir_info"]["editable"] is True:
            return urllib.parse.unquote(
                urllib.parse.urlsplit(found["url"]).path)
    except (ValueError, TypeError, KeyError):
        pass
    return None


def read_row(line):
    """[path, hash or "", size or ""] of one line (bytes) of a RECORD; a
    ValueError says what is wrong with it."""
    try:
        row = next(csv.reader([line.removesuffix(b"\r").decode()],
                              strict=True))
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except csv.Error:
        row = []
    if len(row) != 3 or "\0" in row[0]:
        raise ValueError("is not PATH,HASH,SIZE")
    return row


class Distribution:
    """One dist-info directory."""

    def __init__(self, root, directory):
        self.root = root
        self.directory = directory
        stem, _, self.version = directory.removesuffix(INFO).rpartition("-")
        self.name = normal(stem)

    def path(self, name):
        return os.path.join(self.root, self.directory, name)

    def read(self, name, mode="r"):
        encoding = None if "b" in mode else "utf-8"
        try:
            with open(self.path(name), mode, encoding=encoding) as file:
                return file.read()
        except (OSError, UnicodeDecodeError):
            return None

    @functools.cached_property
    def _record(self):
        """The rows of RECORD, and (line, what is wrong with it) of the first
        that is none, or None."""
        rows, damage = [], None
        lines = (self.read("RECORD", "rb") or b"").split(b"\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                rows.append(read_row(line))
            except ValueError as error:
                damage = damage or (number, str(error))
        return rows, damage

    @property
    def rows(self):
        return self._record[0]

    @property
    def damage(self):
        return self._record[1]

    @functools.cached_property
    def editable(self):
        """The project's directory, if it is an editable install."""
        return editable(self.read("direct_url.json"))

    @functools.cached_property
    def metadata(self):
        return email.parser.HeaderParser().parsestr(
            self.read("METADATA") or "")

    def modules(self):
        return [row for row in self.rows if MODULE.search(row[0])
                and "__pycache__" not in row[0].split("/")
                and not row[0].startswith(("/", "../"))]

    def why_not(self):
        """Why it cannot be locked, or None."""
        if self.read("RECORD", "rb") is None:
            return "it has no RECORD"
        if self.editable is not None:
            return None
        for path, digest, _ in self.modules():
            if not re.fullmatch(r"sha256=[A-Za-z0-9_-]{43}", digest):
                return f"its RECORD has no SHA-256 of {path}"
        return None

    def opened(self):
        """The packages in the directories that an editable install's .pth
        file opens."""
        found = set()
        project = os.path.realpath(self.editable)
        for path, _, _ in self.rows:
            if "/" in path or not path.endswith(".pth"):
                continue
            try:
                with open(os.path.join(self.root, path)) as file:
                    lines = file.read().splitlines()
            except (OSError, UnicodeDecodeError):
                continue
            for line in lines:
                if line and not line.startswith(("#", "import ", "import\t")):
                    real = os.path.realpath(os.path.join(self.root, line))
                    if os.path.commonpath([real, project]) == project:
                        found |= _packages_in(real)
        return found


def _packages_in(directory, prefix="", depth=4):
    """What can be imported from a directory; below namespaces, what they
    hold."""
    found = set()
    try:
        entries = sorted(os.scandir(directory), key=lambda e: e.name)
    except OSError:
        return found
    for entry in entries:
        stem, dot, _ = entry.name.partition(".")
        if not stem.isidentifier() or stem == "__pycache__":
            continue
        if entry.is_dir():
            if any(os.path.exists(os.path.join(entry.path, "__init__" + end))
                   for end in (".py", ".pyc", ".so")):
                found.add(prefix + stem)
            elif depth and not dot:
                found |= _packages_in(entry.path, f"{prefix}{stem}.",
                                      depth - 1)
        elif entry.name.endswith((".py", ".so")) \
                and stem not in ("setup", "__init__"):
            found.add(prefix + stem)
    return found
