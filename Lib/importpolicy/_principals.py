"""Who is whose ancestor, and which dependencies does the application use?

Ancestry is what the interpreter itself makes of the installed metadata.  Code
of no distribution is an ancestor of what it imports with an import statement;
here, where nothing runs, its source is looked at for these.
"""

import ast
import contextlib
import functools
import os
import site
import sys
import sysconfig
import tokenize
import warnings
from typing import NamedTuple

import _importpolicy

APPLICATION = "__main__"
# Directories in an application's that are not its own.
_INSTALLED = {"site-packages", "dist-packages"}
_FOREIGN = _INSTALLED | {"node_modules", "__pycache__"}
_MAX_SOURCES = 5000


def dependency_roots(application=()):
    """The directories that dependencies are installed in, in the order of
    sys.path.  An entry of PYTHONPATH inside of the application's directories
    is how it finds its own parts, unless an installer made it."""
    own = [os.path.realpath(directory) for directory in application]
    library = {os.path.realpath(sysconfig.get_path(name))
               for name in ("stdlib", "platstdlib")}
    installed = {os.path.realpath(path) for path in _site_packages()}
    listed = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    listed = {real for path in listed if path
              if not _is_part(real := os.path.realpath(path), own)}
    roots = []
    for path in sys.path:
        real = os.path.realpath(path)
        if (real in installed or real in listed) and real not in library \
                and os.path.isdir(real) and real not in roots:
            roots.append(real)
    return roots


def _is_part(path, directories):
    return any(os.path.commonpath([path, directory]) == directory
               for directory in directories) \
        and _INSTALLED.isdisjoint(path.split(os.sep))


def _site_packages():
    paths = site.getsitepackages()
    if site.ENABLE_USER_SITE:
        paths.append(site.getusersitepackages())
    return paths


class Requirements(NamedTuple):
    """Names of distributions: what one requires itself, always or for one of
    its extras, and whom a grant to it covers."""

    plain: frozenset
    optional: frozenset
    covered: frozenset


class Ancestry:
    """Of what is installed, for an application in these directories."""

    def __init__(self, application=()):
        self.roots = dependency_roots(application)
        self.owner = {}                 # principal: distribution
        self.principals = {}            # distribution: principals
        self.installed = _importpolicy.distributions(self.roots)
        for name, _, principals in self.installed:
            self.principals.setdefault(name, set()).update(principals)
            for principal in principals:
                self.owner.setdefault(principal, name)
        self._is = functools.cache(self._find)
        self.imports = functools.cache(self._read_imports)

    @functools.cached_property
    def requirements(self):
        """{distribution: what it requires and whom it covers}"""
        return {name: Requirements(*rest) for name, *rest
                in _importpolicy.requirements(self.roots)}

    def is_ancestor(self, granted, principal):
        """Does a grant to the one cover the other?"""
        return granted == principal \
            or principal.startswith(granted + ".") \
            or (APPLICATION not in (granted, principal)
                and self._is(granted, principal))

    def _find(self, granted, principal):
        first, last = self.owner.get(granted), self.owner.get(principal)
        if first is not None:
            return last is not None and (
                first == last or last in self.requirements[first].covered)
        seen, todo = {granted}, [granted]
        while todo:
            name = todo.pop()
            if name in self.owner:
                if self._is(name, principal):
                    return True
                continue
            for other in self.imports(name):
                if other == principal:
                    return True
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return False

    def _read_imports(self, principal):
        """What the source of a package of no distribution imports."""
        names = set()
        parts = principal.split(".")
        for root in self.roots:
            base = os.path.join(root, *parts)
            for file in sources(base) or [base + ".py"]:
                names |= imported_names(file)
        return {other for name in names
                if (other := self.principal_of(name)) not in (None,
                                                              principal)}

    def unowned(self):
        """What lies there and is of no distribution."""
        found = set()
        for root in self.roots:
            with contextlib.suppress(OSError):
                names = {entry.removesuffix(".py")
                         for entry in os.listdir(root)}
                found |= {name for name in names - self.owner.keys()
                          if name.isidentifier() and self._is_real([name])}
        return found

    def principal_of(self, module):
        """The dependency that a module's name belongs to, or None."""
        parts = module.split(".")
        for n in range(1, len(parts) + 1):
            name = ".".join(parts[:n])
            if name in self.owner or self._is_real(parts[:n]):
                return name
        return None

    def _is_real(self, parts):
        for root in self.roots:
            base = os.path.join(root, *parts)
            if os.path.isfile(os.path.join(base, "__init__.py")) \
                    or os.path.isfile(base + ".py"):
                return True
        return False


def sources(directory):
    """The Python files below a directory that are its own."""
    files, seen = [], 0
    for parent, directories, names in os.walk(directory):
        directories[:] = sorted(
            name for name in directories
            if name not in _FOREIGN and not name.startswith(".")
            and not os.path.exists(os.path.join(parent, name, "pyvenv.cfg")))
        files += [os.path.join(parent, name) for name in sorted(names)
                  if name.endswith(".py")]
        seen += 1
        if len(files) > _MAX_SOURCES or seen > _MAX_SOURCES:
            break                       # somebody's home, or the whole disk
    return files


def imported_names(file):
    """The modules that import statements of a file name, in full."""
    names = set()
    try:
        with tokenize.open(file) as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(stream.read(), file)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return names
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.update(f"{node.module}.{alias.name}"
                         for alias in node.names)
    return names


def used_directly(ancestry, directories, files=()):
    """The dependencies that an application's own source imports."""
    names = set()
    for file in [*files, *(file for directory in directories
                           for file in sources(directory))]:
        names |= imported_names(file)
    own = set()
    for name in names:
        principal = ancestry.principal_of(name)
        if principal is not None:
            own.add(principal)
    return own
