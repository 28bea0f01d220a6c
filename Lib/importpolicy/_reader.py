"""Read a policy file with the place of everything in it.

Whether a file is a policy, and what is wrong with it if not, the interpreter
itself is asked: there is one parser of policies, and it is the one that
enforces them.  What it has accepted is then read once more here, for what
enforcing does not need: where each value begins and ends in the text, so that
a tool can point at it, and change it without touching what stands around it.
"""

import os

import _importpolicy

# From the parser, when nothing but another file is missing.
_NEEDS_FILES = "no other file can be read here"
_SPACE = " \t\r\n"
_WORDS = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n",
            "r": "\r", "t": "\t"}


def policy_in(path):
    """The policy that is meant by a policy's name or its directory's."""
    return os.path.join(path, "policy.json") if os.path.isdir(path) else path


class PolicyError(Exception):
    """A file that is no policy: what is wrong, and where."""

    def __init__(self, file, message, *, code="unreadable", line=None,
                 column=None):
        super().__init__(message)
        self.file = file
        self.message = message
        self.code = code
        self.line = line
        self.column = column

    def __str__(self):
        if self.line is None:
            return f"{self.file}: {self.message}"
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class Node:
    """One value: its kind, what it means, and where it stands.

    `items` of a list are nodes; `members` of an object are pairs of nodes, in
    the order of the file.  `start` and `end` are offsets in the text.
    """

    __slots__ = ("kind", "value", "start", "end", "line", "column", "items",
                 "members")

    def __init__(self, kind, start, line, column):
        self.kind = kind
        self.start = start
        self.line = line
        self.column = column
        self.value = None
        self.items = []
        self.members = []

    def get(self, name):
        """The value of a key, or None."""
        for key, value in self.members:
            if key.value == name:
                return value
        return None

    def key(self, name):
        """The key itself, or None."""
        for key, _ in self.members:
            if key.value == name:
                return key
        return None

    def plain(self):
        """The value as json.loads() would give it."""
        if self.kind == "object":
            return {key.value: value.plain() for key, value in self.members}
        if self.kind == "list":
            return [item.plain() for item in self.items]
        return self.value


class _Reader:
    """Of text that is known to be JSON."""

    def __init__(self, text):
        self.text = text
        self.at = 0
        self.line = 1
        self.line_start = 0

    def skip(self):
        text, at = self.text, self.at
        while at < len(text) and text[at] in _SPACE:
            if text[at] == "\n":
                self.line += 1
                self.line_start = at + 1
            at += 1
        self.at = at

    def new(self, kind):
        return Node(kind, self.at, self.line, self.at - self.line_start + 1)

    def value(self):
        self.skip()
        first = self.text[self.at]
        if first == "{":
            node = self.object()
        elif first == "[":
            node = self.list()
        elif first == '"':
            node = self.string()
        elif first in _WORDS:
            word, value = _WORDS[first]
            node = self.new(word)
            node.value = value
            self.at += len(word)
        else:
            node = self.number()
        node.end = self.at
        return node

    def object(self):
        node = self.new("object")
        self.at += 1
        while not self.closes("}"):
            key = self.value()
            self.skip()
            self.at += 1                # the colon
            node.members.append((key, self.value()))
        return node

    def list(self):
        node = self.new("list")
        self.at += 1
        while not self.closes("]"):
            node.items.append(self.value())
        return node

    def closes(self, closer):
        """Move over a comma, or over what closes."""
        self.skip()
        found = self.text[self.at]
        if found == ",":
            self.at += 1
            return False
        self.at += found == closer
        return found == closer

    def string(self):
        node = self.new("string")
        text, at, parts = self.text, self.at + 1, []
        while text[at] != '"':
            if text[at] != "\\":
                parts.append(text[at])
                at += 1
            elif text[at + 1] == "u":
                parts.append(chr(int(text[at + 2:at + 6], 16)))
                at += 6
            else:
                parts.append(_ESCAPES[text[at + 1]])
                at += 2
        value = "".join(parts)
        # Two escapes may be one character.
        node.value = value.encode("utf-16", "surrogatepass").decode("utf-16")
        self.at = at + 1
        return node

    def number(self):
        node = self.new("number")
        text, at = self.text, self.at
        while at < len(text) and text[at] in "+-.0123456789eE":
            at += 1
        digits = text[self.at:at]
        node.value = int(digits) if digits.lstrip("-").isdigit() \
            else float(digits)
        self.at = at
        return node


def parse(text):
    """The root node of a text that is a policy."""
    return _Reader(text).value()


def check(file, data):
    """Raise PolicyError unless the bytes are those of a policy; true when it
    extends others, which have not been read then."""
    error = _importpolicy.parse(file, data)
    if error is None:
        return False
    code, line, column, message = error
    place = f":{line}:{column}: "
    message = message.partition(place)[2] or message
    if code == "no-policy" and message.startswith(_NEEDS_FILES):
        return True
    raise PolicyError(file, message, code=code, line=line, column=column)


class Document:
    """A policy file: its text, and its nodes."""

    def __init__(self, file, data):
        self.file = file
        self.extends = check(file, data)
        self.text = data.decode()
        self.root = parse(self.text)

    def update(self, text):
        """Take another text; it must be a policy too."""
        self.extends = check(self.file, text.encode())
        self.text = text
        self.root = parse(text)

    def save(self):
        """Replace the file, whole or not at all."""
        write_file(self.file, self.text)


def write_file(file, text):
    """Replace a file, whole or not at all; its mode and a link to it stay."""
    file = os.path.realpath(file)
    if os.path.exists(file) and not os.path.isfile(file):
        raise PolicyError(file, "is no regular file")
    temporary = f"{file}.{os.getpid()}.new"
    try:
        with open(temporary, "x", encoding="utf-8", newline="") as stream:
            stream.write(text)
        if os.path.exists(file):
            os.chmod(temporary, os.stat(file).st_mode & 0o7777)
        os.replace(temporary, file)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def read(file):
    """The document of a file; PolicyError when it is none."""
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except OSError as exception:
        raise PolicyError(
            file, f"cannot be read: {exception.strerror}") from None
    return Document(file, data)
