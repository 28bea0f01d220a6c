"""Which policy does this program need?

It is run in audit mode, where nothing is refused and everything that would be
is logged, under a policy that grants nothing: what the log holds is what the
program needs, all of it from one run, its children's and threads' part
included.  _grants.py makes a policy of it.
"""

import argparse
import os
import sys

from importpolicy import _edit, _grants, _out, _reader
from importpolicy._principals import Ancestry
from importpolicy._results import (
    contents, merge_into, notes, say_refused, summary, uncovered)
from importpolicy._run import Program, observe

DESCRIPTION = """\
Run a program and write the policy that it needs: the least under which the
same run is refused nothing.

The program runs as ever; nothing is refused.  What it does, with its threads
and child processes, is granted to it and to the dependencies that it imports
itself, which answer for those that they bring along.  Paths, hosts and
programs are written so that the policy fits other machines.

Look at what is written before you keep it: what a dependency did is not
always what it should.
"""

EXAMPLE = """\
examples:
  python -m importpolicy learn app.py --port 8000
  python -m importpolicy learn -o policy.json -m mypackage.main
  python -m importpolicy learn --merge app.py another-case
  python -m importpolicy learn --prune app.py

Without -o it is policy.json beside the script, or in the current directory
for -m: where the interpreter looks for it.
"""

def add_arguments(parser):
    parser.add_argument(
        "-o", dest="output", metavar="FILE",
        help="where to write the policy; - for standard output")
    parser.add_argument(
        "--merge", action="store_true",
        help="add to the policy that is there, and keep its order and form")
    parser.add_argument(
        "--force", action="store_true",
        help="replace a policy that is there")
    parser.add_argument(
        "--prune", action="store_true",
        help="change nothing, but name grants of the policy that is there "
             "which this run has not used")
    parser.add_argument(
        "--minimize", action="store_true",
        help="run the program again and again, and leave out what it does "
             "without: refusals that change neither its status nor its "
             "output")
    parser.add_argument(
        "--imports", action="store_true",
        help="also restrict the imports of modules that reach out of the "
             "process (socket, subprocess, ctypes, ...) to who uses them")
    parser.add_argument(
        "--trust-application", action="store_true",
        help='grant the application everything ("__main__": true), and '
             "learn what dependencies need")
    parser.add_argument(
        "--log", metavar="FILE",
        help="keep the log of the run, for merge")
    parser.add_argument(
        "--json", action="store_true",
        help="say on standard output what was learned, as JSON; the "
             "program's own output goes to standard error")
    parser.add_argument(
        "-m", dest="module", nargs=argparse.REMAINDER, metavar="MOD",
        help="run a module, with its arguments")
    parser.add_argument(
        "program", nargs=argparse.REMAINDER, metavar="SCRIPT ARGS...",
        help="run a script, with its arguments")


def _loaders(program):
    names = set()
    main = program.module or os.path.basename(program.script or "")
    if main.partition(".")[0] in ("pytest", "py"):
        names.add("_pytest")
    return names


def _write(args, output, grants, program, known):
    """Write the policy; how much of it was in vain."""
    if args.merge and os.path.exists(output):
        document = _reader.read(output)
        changed = merge_into(document, grants)
        document.save()
        _out.say(f"importpolicy: {_out.shown_path(output)}: "
                 f"{_out.count(changed, 'entry', 'entries')} added")
        return say_refused(known, output)
    policy = contents(grants, _loaders(program))
    if args.minimize:
        from importpolicy._minimize import minimize
        policy = minimize(policy, program.command, program.directory)
    text = _edit.dumps(policy) + "\n"
    if output == "-":
        sys.stdout.write(text)
        return 0
    _reader.write_file(output, text)
    entries = policy.get("$permissions", {})
    number = sum(1 if entry is True else len(entry)
                 for entry in entries.values())
    _out.say(f"importpolicy: wrote {_out.shown_path(output)}: "
             f"{_out.count(len(entries), 'principal')}, "
             f"{_out.count(number, 'permission')}")
    return 0


def run(args):
    if not args.module and not args.program:
        return _out.fail("no program; write learn SCRIPT or learn -m MOD")
    program = Program(args)
    if program.script and not os.path.exists(program.script):
        return _out.fail(f"there is no {args.program[0]}")
    output = args.output or os.path.join(program.directory, "policy.json")
    there = output != "-" and os.path.exists(output)
    if there and not (args.merge or args.force or args.prune):
        return _out.fail(f"{_out.shown_path(output)} is there already; say "
                         "--merge to add to it, --force to replace it")
    if args.minimize and (args.merge or args.prune):
        return _out.fail("--minimize is for a new policy")
    if there and not args.force:
        _reader.read(output)            # say now what is wrong with it
    if args.prune:
        from importpolicy import _prune
        if not there:
            return _out.fail(f"there is no {_out.shown_path(output)} to "
                             "prune")
        records, status = observe(args, program)
        return _prune.report(output, records, status, args.json)
    records, status = observe(args, program)
    ancestry = Ancestry([program.directory])
    known = records
    if args.merge and there:
        known = uncovered(records, output)
    grants = _grants.solve(known, ancestry, program.used_directly(ancestry))
    grants.trusted = args.trust_application
    in_vain = _write(args, output, grants, program, known)
    for note in notes(grants, records):
        _out.say(f"importpolicy: note: {note}")
    if there and any(record.what == "run" and record.written
                     and record.written.startswith("$PREFIX/bin/python")
                     for record in records):
        _out.say("importpolicy: note: Python programs that it started beside "
                 "a policy.json were under that one as well")
    if args.json and output != "-":
        _out.put_json(summary(output, grants, records, status))
    if status != 0:
        _out.say(f"importpolicy: the program ended with status {status}; "
                 "what it did until then was learned")
        return _out.FINDINGS
    return _out.FINDINGS if in_vain else _out.FINE
