"""What is to be inspected: its files, what it requires, what it is called.

An installed distribution or module, a wheel, a source distribution, a
directory, or NAME==VERSION, of which pip fetches the wheel.  Files are read
and never run; archives are read in place.
"""

import contextlib
import email.parser
import functools
import importlib.metadata
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import _importpolicy
from importpolicy import _out
from importpolicy._lint_policy import normal
from importpolicy._reader import PolicyError

LARGEST = 16 << 20
_SKIPPED = {"__pycache__", ".git", ".hg", ".tox", ".nox", ".venv",
            "node_modules"}
_PINNED = re.compile(r"([A-Za-z0-9][\w.-]*)==([\w.!+*-]+)")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)""")
_DATA = re.compile(r"[^/]+\.data/(purelib|platlib|scripts|data|headers)/")


class File:
    """One file of a package: `name` in it, `path` for a reader."""

    __slots__ = ("name", "path", "size", "_read")

    def __init__(self, name, path, size, read=None):
        self.name = name
        self.path = path
        self.size = size
        self._read = read

    def read(self, most=LARGEST + 1):
        if self._read is not None:
            return self._read(most)
        with open(self.path, "rb") as file:
            return file.read(most)

    @property
    def on_disk(self):
        return self._read is None


class Package:
    """`kind`: installed, wheel, source or directory."""

    def __init__(self, name, version, kind, path):
        self.name = name
        self.version = version
        self.kind = kind
        self.path = path
        self.files = []
        self.requires = ()          # as they are written
        self.entry_points = ""
        self.principals = ()        # import names
        self.unlisted = set()       # names that RECORD does not have
        self.needs = []             # other packages that were found for it

    @property
    def label(self):
        return f"{self.name} {self.version}" if self.version else self.name

    def read(self, name):
        """A file's text, or nothing."""
        for file in self.files:
            if file.name == name:
                return file.read().decode("utf-8", "replace")
        return ""


# --- What is installed -------------------------------------------------------

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
            for file, path in _walk(directory, base):
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
        text = dist.read_text("direct_url.json")
        with contextlib.suppress(ValueError, KeyError, TypeError):
            url = json.loads(text)
            if url["dir_info"].get("editable"):
                yield "", url["url"].removeprefix("file://")
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
                found = dict(_walk(base, name))
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
        match = _REQUIREMENT.match(text)
        wanted = _EXTRA.findall(text.partition(";")[2])
        if match and (not wanted or set(map(normal, wanted)) & set(extras)):
            yield normal(match[1]), [normal(extra) for extra in
                                     (match[2] or "").split(",") if extra]


def requirement_name(text):
    match = _REQUIREMENT.match(text)
    return normal(match[1]) if match else None


def _walk(directory, base):
    for parent, directories, names in os.walk(directory):
        directories[:] = sorted(name for name in directories
                                if name not in _SKIPPED)
        below = os.path.relpath(parent, directory)
        head = "/".join(part for part in (base, *below.split(os.sep))
                        if part not in ("", "."))
        for name in sorted(names):
            yield f"{head}/{name}" if head else name, \
                os.path.join(parent, name)


# --- Archives and directories ------------------------------------------------

def _metadata(package, text):
    message = email.parser.HeaderParser().parsestr(text)
    package.name = message["Name"] or package.name
    package.version = message["Version"] or package.version
    package.requires = tuple(message.get_all("Requires-Dist") or ())


def _top_names(package):
    tops = set()
    for file in package.files:
        first, slash, _ = file.name.partition("/")
        if slash and file.name.endswith((".py", ".so", ".pyd")) \
                and not first.endswith((".dist-info", ".data", ".libs")):
            tops.add(first)
        elif not slash and first.endswith((".py", ".so", ".pyd")):
            tops.add(first.partition(".")[0])
    return tuple(sorted(tops - {"setup", "conftest", "tests", "test", "bin",
                                "docs"}))


def wheel(path):
    package = Package(os.path.basename(path), None, "wheel", path)
    try:
        archive = zipfile.ZipFile(path)
        members = [info for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile) as error:
        raise PolicyError(path, f"is no wheel: {error}") from None
    for info in members:
        def read(most, info=info):
            with archive.open(info) as file:
                return file.read(most)
        match = _DATA.match(info.filename)
        name = info.filename
        if match and match[1] in ("purelib", "platlib"):
            name = name.removeprefix(match[0])
        package.files.append(File(name, f"{path}/{info.filename}",
                                  info.file_size, read))
    info = next((file.name.partition("/")[0] for file in package.files
                 if file.name.endswith(".dist-info/METADATA")), None)
    if info is None:
        raise PolicyError(path, "is no wheel: it has no METADATA")
    _metadata(package, package.read(f"{info}/METADATA"))
    package.entry_points = package.read(f"{info}/entry_points.txt")
    package.principals = _top_names(package)
    return package


def archive(path):
    """A source distribution."""
    package = Package(os.path.basename(path), None, "source", path)
    try:
        if path.endswith(".zip"):
            with zipfile.ZipFile(path) as stream:
                members = [(info.filename, stream.open(info).read(LARGEST + 1))
                           for info in stream.infolist() if not info.is_dir()]
        else:
            with tarfile.open(path) as stream:
                members = [(info.name, stream.extractfile(info).read(
                    LARGEST + 1)) for info in stream if info.isfile()]
    except (OSError, zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise PolicyError(path, f"is no source distribution: {error}") \
            from None
    for name, data in members:
        name = name.partition("/")[2] or name
        package.files.append(File(
            name, f"{path}/{name}", len(data),
            lambda most, data=data: io.BytesIO(data).read(most)))
    return _source(package)


def directory(path):
    """A source tree, or whatever lies there."""
    package = Package(os.path.basename(os.path.abspath(path)), None,
                      "directory", os.path.abspath(path))
    package.files = [File(name, file, os.path.getsize(file))
                     for name, file in _walk(package.path, "")
                     if os.path.isfile(file)]
    if not package.files:
        raise PolicyError(path, "is empty")
    return _source(package)


def _source(package):
    for file in package.files:
        if file.name in ("PKG-INFO", "METADATA") \
                or file.name.endswith(".dist-info/METADATA"):
            _metadata(package, file.read().decode("utf-8", "replace"))
            break
    for name in ("src/", ""):
        below = [File(file.name.removeprefix(name), file.path, file.size)
                 for file in package.files if file.name.startswith(name)]
        probe = Package("", None, "", "")
        probe.files = below
        package.principals = _top_names(probe)
        if package.principals:
            break
    package.entry_points = next(
        (file.read().decode("utf-8", "replace") for file in package.files
         if file.name.endswith("entry_points.txt")), "")
    return package


# --- By name ---------------------------------------------------------------

@contextlib.contextmanager
def fetched(name, version):
    """The wheel of a version, fetched by pip into a directory of its own.
    No source distribution: to ask it for its metadata is to run it."""
    with tempfile.TemporaryDirectory(prefix="importpolicy-") as target:
        _out.say(f"importpolicy: pip fetches {name} {version}")
        result = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps",
             "--only-binary", ":all:", "--no-input", "--quiet",
             "--retries", "1", "--disable-pip-version-check", "--dest",
             target,
             f"{name}=={version}"], capture_output=True, encoding="utf-8",
            errors="replace")
        wheels = [file for file in os.listdir(target)
                  if file.endswith(".whl")]
        if result.returncode or not wheels:
            raise PolicyError(f"{name}=={version}",
                              _why_not(result.stderr))
        yield os.path.join(target, wheels[0])


def _why_not(text):
    if "No module named pip" in text:
        return "cannot be fetched: there is no pip here; name a wheel"
    if any(sign in text for sign in ("NewConnectionError", "ConnectionError",
                                     "Temporary failure", "Could not fetch",
                                     "ProxyError", "Network is unreachable")):
        return "cannot be fetched: the package index cannot be reached"
    if "No matching distribution" in text:
        return "cannot be fetched: there is no wheel of it for this machine"
    last = text.strip().splitlines()
    return "cannot be fetched: " + (last[-1] if last else "pip failed")


def pinned(text):
    """(name, version) of NAME==VERSION, or None."""
    match = _PINNED.fullmatch(text)
    return match.groups() if match else None
