"""What is a sign that a source hides something; and those in how it is
written, before anybody parses it."""

import re
import unicodedata
from typing import NamedTuple

from importpolicy import _operations

RULES = {
    "decoded-code": "What is run has been decoded first.",
    "decoded-command": "A command that is run has been decoded first.",
    "fetched-code": "What is run comes from the network.",
    "hidden-code": "A literal holds a program.",
    "hidden-name": "The name of an operation is put together or encoded.",
    "hidden-address": "An address is encoded.",
    "roundabout": "An operation is reached in a way that hides it.",
    "bidirectional": "Characters turn the direction of writing, so that the "
                     "source reads otherwise than it runs.",
    "invisible": "The source has many characters that cannot be seen.",
    "disguised-name": "A name is written in characters that only look like "
                      "it.",
    "out-of-sight": "Code stands far to the right of an empty line.",
    "long-line": "A line is too long to be read.",
}
_NOTES = {"long-line"}
_FAR = 120
_LONG = 20_000
_MANY_INVISIBLE = 8
_BIDI = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
_BIDI_ENDS = "\u202c\u2069"
_INVISIBLE = re.compile(
    "[\u200b\u200c\u200d\u2060-\u2064\u180e\ufe00-\ufe0f"
    "\U000e0000-\U000e01ef]{%d,}" % _MANY_INVISIBLE)
_WIDE_NAME = re.compile(r"[^\W\d]\w*")


class Sign(NamedTuple):
    line: int
    code: str
    message: str

    @property
    def level(self):
        return "note" if self.code in _NOTES else "error"


def of_text(text):
    """Signs in how a source is written."""
    found = []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if len(line) > _FAR:
            found += _of_long(number, line)
    if not text.isascii():
        found += _of_characters(lines)
    return found


def _of_long(number, line):
    gap = re.search(r"\S[ \t]*;[ \t]{%d,}[^\s#]" % _FAR, line)
    if gap or re.match(r"[ \t]{%d,}(?:import|exec|eval|from|__import__)\b"
                       % (2 * _FAR), line):
        yield Sign(number, "out-of-sight",
                   f"{line.strip()[-60:]!r} stands far to the right")
    if len(line) > _LONG:
        yield Sign(number, "long-line", f"a line of {len(line)} characters")


def _of_characters(lines):
    for number, line in enumerate(lines, 1):
        if line.isascii():
            continue
        level = 0
        for character in line:
            level += (character in _BIDI) - (character in _BIDI_ENDS)
        if level > 0:
            yield Sign(number, "bidirectional", "turns the direction of "
                       "writing and does not turn it back")
        if _INVISIBLE.search(line):
            yield Sign(number, "invisible", "many characters that cannot be "
                       "seen")
        for match in _WIDE_NAME.finditer(line):
            name = match[0]
            if not name.isascii():
                plain = unicodedata.normalize("NFKC", name)
                if plain != name and (plain in _operations.modules()
                                      or _operations.find(
                                          "builtins." + plain)):
                    yield Sign(number, "disguised-name",
                               f"{name!a} reads as {plain}")
