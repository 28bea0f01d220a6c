"""What does this policy say?  The interpreter itself is asked.

A policy cannot be put in force and taken off again, so an interpreter is
started under it, which answers questions: the very functions that judge
answer, with what it extends, with the metadata that is installed here.
"""

import json
import os
import subprocess
import sys
import tempfile

from importpolicy._events import EVENTS
from importpolicy._reader import PolicyError
from importpolicy._targets import LISTINGS

_KNOWN = {event.name for event in EVENTS}

_PROGRAM = """\
import sys
sys.path[:1] = []
import json
import _importpolicy
asked = json.load(sys.stdin)
answers = []
for who, what, target in asked["questions"]:
    try:
        kind, answer, file, line, key, ancestor, fixed = \\
            _importpolicy.query(who, what, target)
        answers.append({"kind": kind, "answer": answer, "file": file,
                        "line": line, "key": key, "ancestor": ancestor,
                        "fixed": fixed,
                        "unlocked": _importpolicy.why_untrusted(who)})
    except (ValueError, TypeError) as error:
        answers.append({"error": str(error)})
json.dump({"answers": answers, "policies": _importpolicy.policies(),
           "acting": _importpolicy.acting()}, sys.stdout)
"""


def _start(file, questions):
    """What the interpreter says, as it says it."""
    directory = os.path.dirname(os.path.abspath(file)) if file \
        else os.getcwd()
    options = ["-X", f"importpolicy={os.path.abspath(file)}",
               "-X", "importpolicy=off"] if file else []
    environment = {name: value for name, value in os.environ.items()
                   if not (name == "PYTHONPOLICY" and file)}
    result = subprocess.run(
        [sys.executable, *options, "-S", "-c", _PROGRAM], cwd=directory,
        env=environment, input=json.dumps({"questions": questions}),
        capture_output=True, encoding="utf-8", errors="surrogateescape")
    if result.returncode:
        raise _error(file, result.stderr)
    return json.loads(result.stdout)


def _error(file, text):
    """What an interpreter said that did not start."""
    text = text.strip().splitlines()[-1] if text.strip() else "cannot be asked"
    head, found, message = text.partition(": ")
    place = head.rsplit(":", 2)
    if found and len(place) == 3 and place[1].isdigit() \
            and place[2].isdigit():
        return PolicyError(place[0], message, code="cannot-start",
                           line=int(place[1]), column=int(place[2]))
    return PolicyError(file, text)


def details(file, questions):
    """An answer for each (principal, what, target): a dict as above."""
    return _start(file, [list(question) for question in questions])["answers"]


def ask(file, questions):
    """True or False for each (principal, what, target).  What reaches nothing
    that a target could name is covered by a grant on any."""
    return [answer.get("answer") is True
            or (target is None and answer.get("answer", False) is None)
            for (_, _, target), answer
            in zip(questions, details(file, questions), strict=True)]


def unlocked(file, names):
    """Those of the names that a lock in force denies their grants, and why."""
    names = sorted(names)
    answers = details(file, [(name, "net", None) for name in names])
    return {name: answer["unlocked"] for name, answer
            in zip(names, answers, strict=True) if answer.get("unlocked")}


def describe(file):
    """The policy as it is in force, with all that it extends: a dict, see
    _importpolicy.policies()."""
    real = os.path.realpath(file)
    for policy in _start(file, [])["policies"]:
        if os.path.realpath(policy["file"]) == real:
            return policy
    raise PolicyError(file, "is not in force where it was named")


def in_force():
    """All policies that a program here would be under."""
    return _start(None, [])["policies"]


def question(record):
    """What a record of a log asks, as (what, target)."""
    if record.is_module:
        return record.event, None
    if record.target is None and record.event in _KNOWN:
        return record.event, None
    # More is free to who only asks what is there, and to list may be granted
    # by itself.
    if record.what == "read" and (record.looks
                                  or record.event in LISTINGS):
        return record.event, record.target
    return record.what, record.target


def holds(what, target, records):
    """Does a list of this target alone hold what one of the records reached?
    Asked of a policy that says nothing else."""
    with tempfile.TemporaryDirectory(prefix="importpolicy-") as directory:
        file = os.path.join(directory, "policy.json")
        policy = {"$default": "deny", "$app": [os.getcwd()],
                  "$permissions": {"__main__": {what: [target]}}}
        with open(file, "w") as stream:
            json.dump(policy, stream)
        asked = {("__main__", *question(record)) for record in records
                 if record.target is not None}
        return any(ask(file, sorted(asked)))
