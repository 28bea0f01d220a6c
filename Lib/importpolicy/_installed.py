"""Which distributions are installed here, and which files are theirs?

What a lock is made of.  Names of distributions, and the packages that are
theirs, are the interpreter's own answers; the rest is read from the dist-info
directories.
"""

import base64
import csv
import email.parser
import functools
import hashlib
import json
import os
import re
import urllib.parse

import _importpolicy

from importpolicy._principals import dependency_roots

_INFO, _EGG = ".dist-info", (".egg-info", ".egg-link")
_REQUIREMENT = re.compile(
    r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^]]*)\])?"
    r"(?:\s*@\s*\S+|[^;]*?)\s*(?:;\s*(.*?)\s*)?$")
_MODULE = re.compile(r"\.(py|pyc|so|pth)$")


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class _Distribution:
    """One dist-info directory."""

    def __init__(self, root, directory):
        self.root = root
        self.directory = directory
        stem, _, self.version = directory.removesuffix(_INFO).rpartition("-")
        self.name = normal(stem)

    def read(self, name, mode="r"):
        path = os.path.join(self.root, self.directory, name)
        encoding = None if "b" in mode else "utf-8"
        try:
            with open(path, mode, encoding=encoding) as file:
                return file.read()
        except (OSError, UnicodeDecodeError):
            return None

    @functools.cached_property
    def rows(self):
        """(path, hash or "", size or "") of each line of RECORD."""
        text = self.read("RECORD")
        if text is None:
            return []
        return [(row + ["", ""])[:3] for row in csv.reader(text.splitlines())
                if row]

    @functools.cached_property
    def editable(self):
        """The project's directory, if it is an editable install."""
        try:
            found = json.loads(self.read("direct_url.json") or "null")
            if found["dir_info"]["editable"] is True:
                url = urllib.parse.urlsplit(found["url"])
                return urllib.parse.unquote(url.path)
        except (ValueError, TypeError, KeyError):
            pass
        return None

    @functools.cached_property
    def metadata(self):
        return email.parser.HeaderParser().parsestr(
            self.read("METADATA") or "")

    def modules(self):
        return [row for row in self.rows if _MODULE.search(row[0])
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


class Installed:
    """All of an environment: `entries` as a lock has them, `roots_of` each
    the directory it is in, and `unlocked` (what, where, why) of the rest."""

    def __init__(self, roots=None):
        self.roots = dependency_roots() if roots is None else roots
        self.entries = {}
        self.roots_of = {}
        self.unlocked = []
        self._distributions = {}
        named = {name: (version, principals) for name, version, principals
                 in _importpolicy.distributions(self.roots)}
        for root in self.roots:
            for entry in sorted(os.listdir(root)):
                self._add(root, entry, named)
        claims = self._claims()
        for name, distribution in sorted(self._distributions.items()):
            self.entries[name] = self._entry(distribution, *named[name],
                                             claims)
            self.roots_of[name] = distribution.root

    def _add(self, root, entry, named):
        path = os.path.join(root, entry)
        if entry.endswith(_EGG):
            name = normal(entry.partition("-")[0].removesuffix(".egg-info")
                          .removesuffix(".egg-link"))
            self.unlocked.append((name, path, "it was installed in an older "
                                  "format, without RECORD"))
        elif entry.endswith(_INFO):
            one = _Distribution(root, entry)
            if one.name in self._distributions:
                return                  # hidden by the one before
            why = one.why_not() if one.name in named else \
                "its metadata is damaged, or another distribution's as well"
            if why:
                self.unlocked.append((one.name, path, why))
            else:
                self._distributions[one.name] = one

    def _claims(self):
        """Which files more than one distribution of a directory lists."""
        owners = {}
        for name, one in self._distributions.items():
            for path, _, _ in one.modules():
                owners.setdefault((one.root, path), set()).add(name)
        return {place: names for place, names in owners.items()
                if len(names) > 1}

    def _entry(self, one, version, principals, claims):
        entry = {"version": version}
        # Also modules of names that no statement can import (mypyc's).
        packages = set(principals) | {
            path.partition(".")[0] for path, _, _ in one.modules()
            if "/" not in path and not path.endswith(".pth")
            and not path.partition(".")[0].isidentifier()}
        if one.editable is None:
            entry["record"] = _importpolicy.record_digest(
                one.read("RECORD", "rb"))
        else:
            entry["editable"] = True
            packages |= one.opened()
        entry["packages"] = sorted(packages)
        pth = sorted(path for path, _, _ in one.rows
                     if "/" not in path and path.endswith(".pth"))
        contested = sorted(path for (root, path), names in claims.items()
                           if one.name in names and root == one.root)
        entry |= {"pth": pth} if pth else {}
        entry |= {"contested": contested} if contested else {}
        entry["requires"] = self._requires(one)
        return entry

    def _requires(self, one):
        """What is installed of what it declares: versions do not matter."""
        found = set()
        for text in one.metadata.get_all("Requires-Dist", ()):
            match = _REQUIREMENT.match(" ".join(text.split()))
            if match is None or normal(match[1]) not in self._distributions:
                continue
            extras = sorted(normal(extra.strip())
                            for extra in (match[2] or "").split(",")
                            if extra.strip())
            found.add(normal(match[1])
                      + (f"[{','.join(extras)}]" if extras else "")
                      + (f"; {match[3]}" if match[3] else ""))
        return sorted(found)

    # --- Files --------------------------------------------------------------

    def changed_files(self):
        """(distribution, path, code) of files that are not as RECORD says."""
        for name, one in sorted(self._distributions.items()):
            for path, digest, _ in one.rows:
                kind, _, wanted = digest.partition("=")
                full = os.path.join(one.root, path)
                if kind != "sha256":
                    continue
                try:
                    with open(full, "rb") as file:
                        found = hashlib.file_digest(file, kind).digest()
                except OSError:
                    yield name, os.path.normpath(full), "missing-file"
                    continue
                found = base64.urlsafe_b64encode(found).rstrip(b"=")
                if found.decode() != wanted:
                    yield name, os.path.normpath(full), "changed-file"

    def unlisted_files(self):
        """Modules in the directories of dependencies that nobody lists."""
        listed = {os.path.join(one.root, path)
                  for one in self._distributions.values()
                  for path, _, _ in one.rows}
        for root in self.roots:
            for parent, directories, files in os.walk(root):
                directories[:] = sorted(
                    name for name in directories
                    if name.isidentifier() and name != "__pycache__"
                    and os.path.join(parent, name) not in self.roots)
                for name in sorted(files):
                    path = os.path.join(parent, name)
                    if _MODULE.search(name) and path not in listed:
                        yield path
