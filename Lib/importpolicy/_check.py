"""Is this a policy, and does it do what its author thinks?

First the interpreter's own parser is asked; what it refuses is the only
finding then.  What it accepts is looked at by the rules of _lint.py.
"""

import os

from importpolicy import _ask, _findings, _lint, _lock, _out, _reader
from importpolicy._findings import Finding

DESCRIPTION = """\
Look for mistakes in a policy: what the interpreter would refuse to start
with, names that nobody has, entries that can never match, grants that make
other rules moot, and grants that are wider than they look.

Errors and warnings make the exit status 1; notes do not.  A file that cannot
be read makes it 2.
"""

EXAMPLE = """\
examples:
  python -m importpolicy check
  python -m importpolicy check --format sarif policy.json > policy.sarif

Names of dependencies are looked for in the environment that the command runs
in; use the python of the application's own.
"""


def add_arguments(parser):
    parser.add_argument("files", nargs="*", metavar="POLICY",
                        type=_reader.policy_in,
                        help="a policy, or its directory (default: .)")
    _findings.add_format(parser)


def check_file(file):
    """The findings of one file."""
    try:
        document = _reader.read(file)
        described = _ask.describe(file)
    except _reader.PolicyError as error:
        if error.code == "unreadable":
            raise
        return [Finding(error.code, "error", os.path.abspath(error.file),
                        error.line, error.column, error.message)]
    findings = _lint.lint(document, described)
    if described["lock"] is not None:
        findings += _lock.stale(described["lock"], "stale-lock")
    return findings


def run(args):
    files = args.files or ["policy.json"]
    findings = []
    for file in files:
        findings += check_file(file)
    status = _findings.put(findings, args.format, _lint.RULES,
                           files=[os.path.abspath(file) for file in files])
    if not findings and args.format == "text":
        _out.say(f"importpolicy: {', '.join(files)}: nothing found", "good")
    return status
