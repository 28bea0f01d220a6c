"""What was found in a package, as data."""

from typing import NamedTuple

_TESTS = {"tests", "test", "testsuite", "conftest.py"}


def is_test(name):
    parts = name.split("/")
    return bool(_TESTS & set(parts)) or parts[-1].startswith("test_")


class Found(NamedTuple):
    """What was found in one file: a Use, an Import, a Sign or a line."""
    file: object
    what: object

    @property
    def line(self):
        return getattr(self.what, "line", None)

    @property
    def in_tests(self):
        return is_test(self.file.name)

    @property
    def place(self):
        return f"{self.file.name}:{self.line}" if self.line \
            else self.file.name


class Part(NamedTuple):
    """Something that is there: why it matters, in words."""
    line: int | None
    code: str
    message: str


class Report:
    """Of one package.  Lists of Found, in the order of the files."""

    def __init__(self, package):
        self.package = package
        self.sources = 0
        self.uses = []
        self.imports = []
        self.signs = []
        self.dynamic = []
        self.native = []        # Part
        self.start = []
        self.opaque = []

    def take(self, file, source):
        self.uses += [Found(file, use) for use in source.uses]
        self.imports += [Found(file, use) for use in source.imports]
        self.signs += [Found(file, sign) for sign in source.signs]
        self.dynamic += [Found(file, Part(line, "dynamic-import", "imports a "
                         "module whose name the text does not tell"))
                         for line in source.dynamic]
