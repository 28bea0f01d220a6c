"""Which distributions are installed here, and which files are theirs?

What a lock is made of.  Names of distributions, and the packages that are
theirs, are the interpreter's own answers; the rest is read from the dist-info
directories.
"""

import base64
import hashlib
import os

import _importpolicy

from importpolicy._distribution import (
    INFO, MODULE, Distribution, normal, requirement)

_EGG = (".egg-info", ".egg-link")


class Installed:
    """All of an environment: `entries` as a lock has them, `roots_of` each
    the directory it is in; `unlocked` (what, where, why) of the rest, and
    `damaged` (name: distribution) of what has a RECORD that cannot be read."""

    def __init__(self, roots):
        self.roots = roots
        self.entries = {}
        self.roots_of = {}
        self.unlocked = []
        self.damaged = {}
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
        elif entry.endswith(INFO):
            one = Distribution(root, entry)
            if one.name in self._distributions or one.name in self.damaged:
                return                  # hidden by the one before
            if one.damage is not None:
                self.damaged[one.name] = one
                return
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
            name, extras, marker = requirement(text) or (None, (), "")
            if name in self._distributions:
                found.add(name + (f"[{','.join(extras)}]" if extras else "")
                          + (f"; {marker}" if marker else ""))
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
                  for one in (*self._distributions.values(),
                              *self.damaged.values())
                  for path, _, _ in one.rows}
        for root in self.roots:
            for parent, directories, files in os.walk(root):
                directories[:] = sorted(
                    name for name in directories
                    if name.isidentifier() and name != "__pycache__"
                    and os.path.join(parent, name) not in self.roots)
                for name in sorted(files):
                    path = os.path.join(parent, name)
                    if MODULE.search(name) and path not in listed:
                        yield path
