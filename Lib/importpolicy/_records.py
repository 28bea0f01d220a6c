"""Denial logs, read: what was refused, or would have been.

A log is JSON lines, written by many processes over a long time, perhaps on
another machine.  A line that is none of ours is counted and passed over; a
machine that goes down in the middle of a line does not make a log worthless.
"""

import json

from importpolicy._reader import PolicyError
from importpolicy._targets import program

VERSION = 1


class Record:
    """One access.

    `members` are the dependencies that acted, "__main__" alone for the
    application; `inner` those of the innermost step.  `what` is a capability
    for an access, with the `event` that it was; for a module key it is the
    key.
    """

    __slots__ = ("kind", "what", "event", "target", "written", "members",
                 "inner", "chain", "looks", "never", "verdict", "place",
                 "time", "principal")

    def __init__(self, fields):
        _check(fields)
        self.kind = fields["kind"]
        self.event = fields["what"]
        self.target = fields["target"]
        self.written = fields.get("written", self.target)
        self.members = tuple(fields["principals"])
        self.principal = fields["principal"]
        self.chain = [(step["principal"], step["file"], step["line"])
                      for step in fields["chain"]]
        self.inner = _innermost(self.chain)
        self.looks = fields.get("looks", False)
        self.never = fields.get("never", False)
        self.verdict = fields["verdict"]
        place = fields["policy"]
        self.place = place["file"], place["line"]
        self.time = fields["time"]
        if self.kind == "access":
            # An event without a capability is granted by its own name.
            self.what = fields.get("capability", self.event)
            if self.what == "run" and self.target is not None:
                self.written = program(self.target, self.written)
        else:
            self.what = place["key"]

    @property
    def application(self):
        """The application's directory, where the record tells it."""
        if self.written and self.target and self.written.startswith("$APP/"):
            return self.target.removesuffix(self.written[4:])
        return None

    @property
    def is_module(self):
        return self.kind != "access"

    @property
    def is_unknown(self):
        return any(name.startswith("<") for name in self.members)


_TEXTS = ("kind", "what", "principal", "verdict")
_TEXTS_OR_NOT = ("target", "written", "capability", "time")


def _check(fields):
    """TypeError unless everything is of the kind that it should be: whoever
    can write to the log can write anything."""
    texts = [fields[name] for name in _TEXTS] + list(fields["principals"])
    maybe = [fields.get(name) for name in _TEXTS_OR_NOT]
    numbers = [fields["policy"]["line"]]
    maybe += [fields["policy"][name] for name in ("file", "key")]
    for step in fields["chain"]:
        texts.append(step["principal"])
        maybe.append(step["file"])
        numbers.append(step["line"])
    if not isinstance(fields["principals"], list) \
            or not fields["principals"] \
            or not all(isinstance(value, str) for value in texts) \
            or not all(value is None or isinstance(value, str)
                       for value in maybe) \
            or not all(value is None or type(value) is int
                       for value in numbers):
        raise TypeError("a field of another kind")


def _innermost(chain):
    for principal, _, _ in chain:
        return frozenset(principal.split("+"))
    return frozenset()


def read_log(file):
    """The records of a log, and how many lines of it are none."""
    records, strange = [], 0
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            for line in stream:
                if not line.strip():
                    continue
                try:
                    fields = json.loads(line)
                    if fields["version"] != VERSION:
                        raise ValueError("another version")
                    if fields["kind"] != "manager":     # no policy's matter
                        records.append(Record(fields))
                except (ValueError, KeyError, TypeError, AttributeError,
                        RecursionError):
                    strange += 1
    except OSError as exception:
        raise PolicyError(
            file, f"cannot be read: {exception.strerror}") from None
    return records, strange
