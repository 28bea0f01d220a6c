"""Which files are an installed package's, and which others does it need?

As inspect looks at them: also what RECORD does not list, what was installed in
older formats, and what is of no distribution.
"""

import functools
import importlib.metadata
import os
import re

import _importpolicy
from importpolicy._distribution import editable, normal, requirement
from importpolicy._packages import File, Package, walk

_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)""")


class Installed:
    """The distributions that are installed here."""

    def __init__(self, ancestry):
        self.ancestry = ancestry
        self.roots = ancestry.roots

    @functools.cached_property
    def by_name(self):
        found = {}
        for dist in importlib.metadata.distributions(path=self.roots):
            if dist.metadata and dist.metadata["Name"]:
                found.setdefault(normal(dist.metadata["Name"]), dist)
        return found

    def find(self, name):
        """A package by its own name, or that of a distribution."""
        owner = self.ancestry.owner.get(name)
        dist = self.by_name.get(normal(name)) \
            or owner and self.by_name.get(normal(owner))
        if dist is not None:
            return self.package(dist)
        principal = self.ancestry.principal_of(name)
        return self._loose(principal) if principal else None

    def package(self, dist):
        name = dist.metadata["Name"]
        package = Package(name, dist.version, "installed",
                          str(dist.locate_file("")))
        package.requires = tuple(dist.requires or ())
        package.entry_points = dist.read_text("entry_points.txt") or ""
        package.principals = tuple(sorted(
            principal for principal, owner in self.ancestry.owner.items()
            if normal(owner) == normal(name)))
        listed = {str(file).replace(os.sep, "/"): str(dist.locate_file(file))
                  for file in dist.files or ()}
        found = dict(listed)
        for base, directory in self._trees(dist, package):
            for file, path in walk(directory, base):
                if file not in listed:
                    found[file] = path
                    if base and file.endswith((".py", ".so", ".pyd")):
                        package.unlisted.add(file)
        package.files = [File(file, path, os.path.getsize(path))
                         for file, path in sorted(found.items())
                         if os.path.isfile(path)]
        return package

    def _trees(self, dist, package):
        """(name, directory) of what belongs to it, listed or not."""
        project = editable(dist.read_text("direct_url.json"))
        if project is not None:
            yield "", project
            return
        for principal in package.principals:
            parts = principal.split(".")
            for root in self.roots:
                directory = os.path.join(root, *parts)
                if os.path.isdir(directory) and os.path.samefile(
                        root, str(dist.locate_file(""))):
                    yield "/".join(parts), directory

    def _loose(self, principal):
        """A package or module of no distribution."""
        for root in self.roots:
            base = os.path.join(root, *principal.split("."))
            package = Package(principal, None, "installed", base)
            package.principals = (principal,)
            name = principal.replace(".", "/")
            if os.path.isdir(base):
                found = dict(walk(base, name))
            elif os.path.isfile(base + ".py"):
                found = {name + ".py": base + ".py"}
            else:
                continue
            package.files = [File(file, path, os.path.getsize(path))
                             for file, path in sorted(found.items())]
            return package
        return None

    def closure(self, package):
        """The installed packages that it requires, and so on.  Of extras,
        those that a requirement names."""
        found, todo = {normal(package.name): None}, [(package.requires, ())]
        while todo:
            for name, extras in _required(*todo.pop()):
                if name in found or name not in self.by_name:
                    continue
                dist = self.by_name[name]
                # The interpreter's own judgement of markers.
                if package.kind != "installed" \
                        or _importpolicy.requirement_path(
                            self.roots, package.name, dist.metadata["Name"]):
                    found[name] = dist
                    todo.append((dist.requires or (), extras))
        return [self.package(dist) for dist in found.values() if dist]


def _required(requirements, extras):
    """(name, its extras) of what is required with some extras."""
    for text in requirements:
        name, others, marker = requirement(text) or (None, (), "")
        wanted = _EXTRA.findall(marker)
        if name and (not wanted or set(map(normal, wanted)) & set(extras)):
            yield name, others
