"""What is installed here, written down beside the policy?

The lock pins what a policy names: for each distribution its version, a digest
of its RECORD, the packages that are it, and what it requires.  The
interpreter enforces it; what the digest is of, and which package is whose, it
is asked itself (_importpolicy), so that both mean the same.
"""

import json
import os

from importpolicy import _findings, _installed, _lock_diff, _out
from importpolicy._findings import Finding
from importpolicy._principals import dependency_roots
from importpolicy._reader import PolicyError, policy_in

DESCRIPTION = """\
Write policy.lock.json beside the policy: which distributions are installed in
this environment, which packages they bring, what they require, and a digest
of their files.  With a lock beside its policy the interpreter lets a
dependency have its grants only as long as it is what was locked.

With --check nothing is written: what is installed is compared with the lock,
and each file with the hash that its distribution's RECORD has.  The exit
status is 1 when something differs.
"""

EXAMPLE = """\
examples:
  python -m importpolicy lock
  python -m importpolicy lock --check deploy/policy.json

Use the python of the application's own environment.  What a lock does not
hold (egg-info, distributions without RECORD, plain directories) is told, and
has no grants while the lock is in force.
"""

NAME = "policy.lock.json"
COMMENT = "Written by python -m importpolicy lock: review what changes."

RULES = _lock_diff.RULES | {
    "changed-file": "A file is not what its distribution's RECORD says.",
    "missing-file": "A file that RECORD lists is not there.",
    "unlisted-file": "A module that no distribution lists.",
    "damaged-record": "A RECORD has a line that cannot be read.",
    "contested-file": "A file that two distributions claim.",
    "unlocked": "Something that is installed cannot be locked.",
}


def add_arguments(parser):
    parser.add_argument("policy", nargs="?", default=".",
                        metavar="POLICY", type=policy_in,
                        help="a policy, or its directory (default: .)")
    parser.add_argument("--check", action="store_true",
                        help="compare, and write nothing")
    _findings.add_format(parser)


# --- The file ---------------------------------------------------------------

def place(policy):
    """Where the lock of a policy lies."""
    if not os.path.isfile(policy):
        raise PolicyError(policy, "there is no such policy, and a lock does "
                                  "nothing without one")
    return os.path.join(os.path.dirname(policy), NAME)


def _list(names, indent):
    if len(names) < 2:
        return json.dumps(names, ensure_ascii=False)
    lines = ",\n".join(f"{indent}  {json.dumps(name, ensure_ascii=False)}"
                       for name in names)
    return f"[\n{lines}\n{indent}]"


def dumps(entries):
    """The same bytes for the same entries: one thing a line, sorted."""
    blocks = []
    for name in sorted(entries):
        members = [f'      "{key}": ' + (
            _list(value, "      ") if isinstance(value, list)
            else json.dumps(value, ensure_ascii=False))
            for key, value in entries[name].items()]
        blocks.append(f'    {json.dumps(name)}: {{\n'
                      + ",\n".join(members) + "\n    }")
    body = "{\n" + ",\n".join(blocks) + "\n  }" if blocks else "{}"
    return (f'{{\n  "$version": 1,\n  "$comment": {json.dumps(COMMENT)},\n'
            f'  "distributions": {body}\n}}\n')


def _look(lock):
    """What is installed for the application that the lock lies beside."""
    return _installed.Installed(dependency_roots([os.path.dirname(lock)]))


# --- Commands ---------------------------------------------------------------

def _unlocked(installed):
    return [Finding("unlocked", "note", where, None, None,
                    f"{what} cannot be locked: {why}",
                    "what is not in the lock has no grants")
            for what, where, why in installed.unlocked]


def _damaged(installed, code="damaged-record"):
    for name, one in installed.damaged.items():
        line, what = one.damage
        yield Finding(code, "error", one.path("RECORD"), line, None,
                      f"{name} cannot be locked: line {line} of its RECORD "
                      f"{what}",
                      f"install {name} again, then python -m importpolicy "
                      "lock")


def _contested(installed):
    for name, entry in installed.entries.items():
        for file in entry.get("contested", ()):
            yield Finding(
                "contested-file", "warning",
                os.path.join(installed.roots_of[name], file), None, None,
                f"{name} and another distribution claim it, so it belongs to "
                "neither")


def _files(installed):
    for name, path, code in installed.changed_files():
        message = f"{name}: the file is not what RECORD says" \
            if code == "changed-file" else \
            f"{name}: RECORD lists the file, and it is not there"
        yield Finding(code, "error" if code == "changed-file" else "warning",
                      path, None, None, message,
                      f"install {name} again, or find out who changed it"
                      if code == "changed-file" else None)
    for path in installed.unlisted_files():
        yield Finding("unlisted-file", "warning", path, None, None,
                      "no distribution's RECORD lists this module; it has no "
                      "grants")


def stale(lock, code=None, installed=None):
    """What differs between a lock and what is installed, and what of it cannot
    be read, as findings (of that code)."""
    old = _lock_diff.read(lock)
    installed = installed or _look(lock)
    yield from _damaged(installed, code or "damaged-record")
    for change in _lock_diff.changes(old, installed.entries):
        if change.principal in installed.damaged:
            continue                    # that says it all
        yield Finding(code or change.code, "warning", os.path.abspath(lock),
                      old.line(change.principal), None, change.message,
                      "review it, then python -m importpolicy lock")


def _check(args, lock):
    installed = _look(lock)
    if not os.path.exists(lock):
        raise PolicyError(lock, "there is no lock; python -m importpolicy "
                                "lock writes one")
    findings = [*stale(lock, installed=installed), *_contested(installed),
                *_files(installed), *_unlocked(installed)]
    status = _findings.put(findings, args.format, RULES,
                           lock=os.path.abspath(lock))
    if status == _out.FINE and args.format == "text":
        _out.say(f"importpolicy: {_out.shown_path(lock)}: what is installed "
                 "is what is locked", "good")
    return status


def _write(args, lock):
    installed = _look(lock)
    text = dumps(installed.entries)
    old = None
    if os.path.exists(lock):
        try:
            old = _lock_diff.read(lock)
        except PolicyError as error:
            _out.say(f"importpolicy: {error}; it is written anew")
    temporary = f"{lock}.{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(temporary, lock)
    except OSError as error:
        raise PolicyError(lock, f"cannot be written: {error.strerror}")
    changes = _lock_diff.changes(old, installed.entries) if old else []
    findings = [*_contested(installed), *_damaged(installed),
                *_unlocked(installed)]
    if args.format != "text":
        _findings.put(findings, args.format, RULES,
                      lock=os.path.abspath(lock),
                      distributions=len(installed.entries),
                      changes=[change.fields() for change in changes])
        return _out.FINE
    for change in changes:
        _out.say(f"importpolicy: {change.message}")
    for finding in findings:
        _out.say(f"importpolicy: {finding.message}")
    _out.say(f"importpolicy: {_out.shown_path(lock)}: "
             f"{_out.count(len(installed.entries), 'distribution')} locked",
             "good")
    return _out.FINE


def run(args):
    lock = place(args.policy)
    return _check(args, lock) if args.check else _write(args, lock)
