"""Many logs, one policy."""

import os
import sys

from importpolicy import _edit, _grants, _out, _reader, _results
from importpolicy._principals import Ancestry, used_directly
from importpolicy._records import read_log

DESCRIPTION = """\
Fold the denial logs of many runs or machines into one policy: what all of
them together need.

A log is what "$log" names, in audit mode or not, or what learn --log has
kept.  Paths below the application's directory, the home directory and the
like are the same in all of them, wherever these were.
"""

EXAMPLE = """\
examples:
  python -m importpolicy merge host1.jsonl host2.jsonl
  python -m importpolicy merge -o policy.json logs/*.jsonl

Without -o the policy is written to standard output.  A policy that is there
is added to; it keeps its order and form.
"""


def add_arguments(parser):
    parser.add_argument("logs", nargs="+", metavar="LOG",
                        help="a log: JSON lines")
    parser.add_argument("-o", dest="output", metavar="FILE",
                        help="the policy to write, or to add to")
    parser.add_argument("--app", metavar="DIR", default=".",
                        help="where the application's source is, which tells "
                             "the dependencies that it uses itself (default: "
                             "the current directory)")
    parser.add_argument("--json", action="store_true",
                        help="say on standard output what was found, as "
                             "JSON")


def read_all(files):
    """The records of all logs."""
    records = []
    for file in files:
        found, strange = read_log(file)
        records += found
        if strange:
            _out.say(f"importpolicy: {_out.shown_path(file)}: "
                     f"{_out.count(strange, 'line')} cannot be read")
    return records


def run(args):
    records = read_all(args.logs)
    ancestry = Ancestry([args.app])
    grants = _grants.solve(records, ancestry,
                           used_directly(ancestry, [args.app]))
    if args.output and os.path.exists(args.output):
        document = _reader.read(args.output)
        changed = _results.merge_into(document, grants)
        document.save()
        _out.say(f"importpolicy: {_out.shown_path(args.output)}: "
                 f"{_out.count(changed, 'entry', 'entries')} added")
    elif args.output:
        _reader.write_file(args.output, _results.new_policy(grants))
        _out.say(f"importpolicy: wrote {_out.shown_path(args.output)}")
    elif not args.json:
        sys.stdout.write(_edit.dumps(grants.policy()) + "\n")
    for note in _results.notes(grants, records):
        _out.say(f"importpolicy: note: {note}")
    if args.json:
        _out.put_json(_results.summary(args.output, grants, records, 0))
    if not records:
        _out.say("importpolicy: the logs hold no denials")
    return _out.FINE
