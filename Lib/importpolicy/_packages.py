"""What is to be inspected: its files, what it requires, what it is called.

Here wheels, source distributions and directories; what is installed is
_inspect_installed.py.  Files are read and never run; archives are read in
place.
"""

import email.parser
import io
import os
import re
import tarfile
import zipfile
import zlib

from importpolicy._reader import PolicyError

LARGEST = 16 << 20
_SKIPPED = {"__pycache__", ".git", ".hg", ".tox", ".nox", ".venv",
            "node_modules"}
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
        """As much of it as anybody looks at."""
        try:
            if self._read is not None:
                return self._read(most)
            with open(self.path, "rb") as file:
                return file.read(most)
        except (OSError, EOFError, RuntimeError, zipfile.BadZipFile,
                zlib.error) as error:
            raise PolicyError(self.path, f"cannot be read: {error}") from None

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


def walk(directory, base):
    """(name, path) of the files below; names begin with `base`."""
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
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile,
            tarfile.TarError, zlib.error) as error:
        why = str(error).partition(":")[0]
        raise PolicyError(path, f"is no source distribution: {why}") from None
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
                     for name, file in walk(package.path, "")
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
