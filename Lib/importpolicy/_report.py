"""A page that shows a policy, the dependencies it is for, and what was
refused."""

import os
import sys

from importpolicy import _merge, _out, _reader

DESCRIPTION = """\
Write one HTML page that shows a policy at work: the application, its
dependencies and theirs as a graph; who may do what, on which targets, and by
which entry; what was refused, when; and what another policy changes.

The page needs nothing but itself: it loads nothing, and keeps nothing.
"""

EXAMPLE = """\
examples:
  python -m importpolicy report
  python -m importpolicy report -o report.html --log refused.jsonl
  git show main:policy.json > old.json
  python -m importpolicy report -o - --against old.json > review.html

The environment that the command runs in is the one that is shown; use the
python of the application's own.
"""


def add_arguments(parser):
    parser.add_argument("policy", nargs="?", default=".", metavar="POLICY",
                        type=_reader.policy_in,
                        help="the policy, or its directory (default: .)")
    parser.add_argument("-o", dest="output", metavar="FILE",
                        default="report.html",
                        help="the page to write, - for standard output "
                             "(default: report.html)")
    parser.add_argument("--log", metavar="LOG", action="append", default=[],
                        help="show what a denial log holds; may be given "
                             "again")
    parser.add_argument("--against", metavar="OLD", type=_reader.policy_in,
                        help="show what changes from another policy to this "
                             "one")
    parser.add_argument("--json", action="store_true",
                        help="print what the page would show, as JSON, and "
                             "write no page")


def run(args):
    # Late: they are much, and --help has no need of them.
    from importpolicy import _report_page
    from importpolicy._report_data import World
    from importpolicy._report_log import Denials
    denials = Denials(_merge.read_all(args.log)) if args.log else None
    named = {name for group in denials.groups for name in group.members} \
        if denials else ()
    world = World(args.policy, named)
    changes = None
    if args.against:
        from importpolicy import _diff
        changes = _diff.diff(args.against, args.policy)
    if args.json:
        _out.put_json(_report_page.data(world, denials, changes))
        return _out.FINE
    text = _report_page.page(world, denials, changes, args.against)
    if args.output == "-":
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return _out.FINE
    try:
        _reader.write_file(args.output, text)
    except OSError as error:
        return _out.fail(f"{args.output}: cannot be written: "
                         f"{error.strerror}")
    _out.say(f"importpolicy: wrote {_out.shown_path(args.output)}: "
             f"{_out.count(len(world.rows) - 2, 'dependency', 'dependencies')}"
             f", {os.path.getsize(args.output) // 1024} KiB")
    return _out.FINE
