"""What all commands say, and how: data on standard output, talk on standard
error, colour for terminals alone."""

import json
import os
import sys

FINE, FINDINGS, UNUSABLE = 0, 1, 2

_COLOURS = {"error": "31", "warning": "33", "note": "36", "good": "32",
            "bold": "1", "dim": "2"}
# Cc, Cf and the like: nothing that a file says may move the cursor, break a
# line, or turn the direction of writing.
_HIDDEN = ((0x00, 0x1f), (0x7f, 0xa0), (0xad, 0xad), (0x34f, 0x34f),
           (0x61c, 0x61c), (0x180b, 0x180f), (0x200b, 0x200f),
           (0x2028, 0x202e), (0x2060, 0x206f), (0xd800, 0xdfff),
           (0xfe00, 0xfe0f), (0xfeff, 0xfeff), (0xfff0, 0xfffb),
           (0xe0000, 0x10ffff))


def escape(text):
    """The text without what cannot be seen in it."""
    text = str(text)
    if text.isascii() and text.isprintable():
        return text
    parts = []
    for character in text:
        code = ord(character)
        if any(low <= code <= high for low, high in _HIDDEN):
            parts.append(f"\\u{code:04x}" if code < 0x10000
                         else f"\\U{code:08x}")
        else:
            parts.append(character)
    return "".join(parts)


def use_colour(stream):
    """https://no-color.org, and only on a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text, colour, stream=None):
    stream = stream or sys.stdout
    if not use_colour(stream):
        return text
    return f"\033[{_COLOURS[colour]}m{text}\033[0m"


def say(text, colour=None):
    """A line of talk."""
    text = escape(text)
    if colour:
        text = paint(text, colour, sys.stderr)
    print(text, file=sys.stderr, flush=True)


def fail(text):
    """Why a command could not do its work; its exit status."""
    for line in f"importpolicy: {text}".split("\n"):
        say(line)
    return UNUSABLE


def put(text=""):
    """A line of data."""
    print(text)


def put_json(value):
    print(json.dumps(value, indent=2, ensure_ascii=False))


def shown_path(path):
    """Relative where that is shorter."""
    try:
        relative = os.path.relpath(path)
    except ValueError:
        return path
    return relative if len(relative) < len(path) else path


def count(number, word, plural=None):
    return f"{number} {word if number == 1 else plural or word + 's'}"
