"""Which policy does this program need?

It is run in audit mode, where nothing is refused and everything that would be
is logged, under a policy that grants nothing: what the log holds is what the
program needs, all of it from one run, its children's and threads' part
included.  _grants.py makes a policy of it.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

from importpolicy import _ask, _edit, _grants, _out, _reader
from importpolicy._principals import APPLICATION, Ancestry, used_directly
from importpolicy._records import read_log

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

# Modules that make other rules moot or reach out of the process.
SENSITIVE = (
    "_interpreters", "asyncio.subprocess", "cffi", "code",
    "ctypes", "ftplib", "http.client", "http.server", "imaplib", "marshal",
    "mmap", "multiprocessing", "poplib", "pty", "smtplib", "socket",
    "socketserver", "sqlite3", "ssl", "subprocess", "urllib.request",
    "webbrowser", "xmlrpc")

_NOISE = b"importpolicy: audit: "


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


# --- The run ----------------------------------------------------------------

class _Program:
    """What is run: its command line, and where the application lives."""

    def __init__(self, args):
        self.script = None
        if args.module:
            self.command = ["-m", *args.module]
            self.directory = os.getcwd()
        else:
            self.command = args.program
            self.script = os.path.realpath(args.program[0])
            directory = self.script if os.path.isdir(self.script) \
                else os.path.dirname(self.script)
            # Commands that an environment has installed are no projects.
            bin = os.path.realpath(os.path.join(sys.prefix, "bin"))
            self.directory = os.getcwd() if directory == bin else directory
        self.module = args.module[0] if args.module else None

    def used_directly(self, ancestry):
        """The dependencies that the application itself names."""
        files = [self.script] if self.script else []
        direct = used_directly(ancestry, [self.directory], files)
        if self.module:
            principal = ancestry.principal_of(self.module)
            if principal:
                direct.add(principal)
        return direct


def _audit_policy(args, log):
    policy = {"$mode": "audit", "$default": "deny", "$log": log,
              "$hosts": list(_grants.HOSTS),
              "$loaders": list(_grants.LOADERS)}
    if args.imports:
        policy |= {name: [] for name in SENSITIVE}
    if args.trust_application:
        policy["$permissions"] = {APPLICATION: True}
    return policy


class _Stderr(threading.Thread):
    """Passes on what the program says, without what auditing says."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream = stream

    def run(self):
        held, at_start, drop = b"", True, False
        descriptor = self.stream.fileno()
        while data := os.read(descriptor, 65536):
            out = []
            for line in (held + data).splitlines(keepends=True):
                held = b""
                if at_start:
                    drop = line.startswith(_NOISE)
                    if not drop and _NOISE.startswith(line):
                        held = line
                        continue
                at_start = line.endswith(b"\n")
                if not drop:
                    out.append(line)
            self.write(b"".join(out))
        self.write(held)

    def write(self, data):
        if data:
            sys.stderr.buffer.write(data)
            sys.stderr.buffer.flush()


def _run(program, policy, own_output):
    """The exit status of the program under the policy."""
    environment = os.environ | {"PYTHONPOLICY": policy}
    sys.stdout.flush()
    sys.stderr.flush()
    with subprocess.Popen(
            [sys.executable, *subprocess._args_from_interpreter_flags(),
             "-X", "importpolicy=off", *program.command],
            env=environment, stderr=subprocess.PIPE,
            stdout=sys.stderr.fileno() if own_output else None) as process:
        talk = _Stderr(process.stderr)
        talk.start()
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            status = process.wait()
        finally:
            signal.signal(signal.SIGINT, before)
        # A daemon that it left behind may keep the pipe open.
        talk.join(5)
        return status


def _learn(args, program):
    """The records of one run, and its exit status."""
    directory = tempfile.mkdtemp(prefix="importpolicy-")
    try:
        log = os.path.abspath(args.log) if args.log \
            else os.path.join(directory, "log.jsonl")
        policy = os.path.join(directory, "audit.json")
        with open(policy, "w") as file:
            json.dump(_audit_policy(args, log), file)
        # Children of another user write it too.
        with open(log, "a"):
            pass
        skip = os.path.getsize(log)
        status = _run(program, policy, args.json or args.output == "-")
        records, strange = read_log(log)
        if skip:
            records = records[-_lines_after(log, skip):]
        if strange:
            _out.say(f"importpolicy: {strange} lines of the log cannot be "
                     "read")
        # What was done to the log's own directory was done by us.
        return [record for record in records
                if directory not in str(record.target)], status
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _lines_after(log, offset):
    with open(log, "rb") as file:
        file.seek(offset)
        return sum(1 for _ in file) or -(2 ** 31)


# --- What comes of it -------------------------------------------------------

def notes(grants, records):
    """What the reader of a learned policy should know."""
    found = []
    for principal in grants.principals():
        entry = grants.entry(principal)
        if entry.get("env") in (["*"], True):
            found.append(f"{principal} looks at all environment variables; "
                         "name those that it needs instead of \"*\"")
    for record in grants.open:
        target = f" {record.target}" if record.target else ""
        who = " + ".join(record.members)
        why = "no dependency may do that, whatever it is granted" \
            if record.never else "nobody can say whom it was for"
        found.append(f"{who}: {record.event}{target} cannot be granted: "
                     f"{why}")
    return list(dict.fromkeys(found))


def merge_into(document, grants):
    """Add the grants to a policy that is there.  How many that were."""
    editor = _edit.Editor(document)
    changed = 0
    for key in sorted(grants.modules):
        for name in sorted(grants.modules[key]):
            changed += editor.grant_module(key, name)
    if grants.trusted:
        changed += editor.grant_all(APPLICATION)
    for principal in grants.principals():
        for what, targets in grants.entry(principal).items():
            changed += editor.grant(principal, what, targets)
    changed += _merge_hosts(editor, grants.hosts)
    return changed


def _merge_hosts(editor, hosts):
    node = editor.find("$hosts")
    if node is None:
        if hosts:
            editor.add_member((), "$hosts", sorted(hosts))
        return len(hosts)
    new = sorted(hosts - {item.value for item in node.items})
    for host in new:
        editor.add_item(("$hosts",), host)
    return len(new)


def contents(grants, loaders=()):
    return grants.policy({"$loaders": sorted(loaders)} if loaders else {})


def new_policy(grants, loaders=()):
    return _edit.dumps(contents(grants, loaders)) + "\n"


def uncovered(records, file):
    """The records that a policy does not cover already.  The policy answers
    itself, in an interpreter that it is in force in."""
    hosts = set(_ask.describe(file)["hosts"])
    asked = [[(name, *_ask.question(record))
              for name in _judged(record, hosts)] for record in records]
    questions = list(dict.fromkeys(
        question for some in asked for question in some))
    answers = dict(zip(questions, _ask.ask(file, questions), strict=True))
    return [record for record, some in zip(records, asked, strict=True)
            if not all(answers[question] for question in some)]


def _judged(record, hosts):
    others = [name for name in record.members
              if name not in hosts or name in record.inner]
    return others or record.members


def say_refused(records, file):
    """What is refused still, now that the policy was added to.  How many."""
    left = [record for record in uncovered(records, file)
            if not record.never and not record.is_unknown]
    for text in dict.fromkeys(
            f"{record.principal}: {record.what} {record.written or ''}"
            for record in left):
        _out.say(f"importpolicy: still refused: {text}; an exclusion, or "
                 "another entry, is in the way")
    return len(left)


def _loaders(program):
    names = set()
    main = program.module or os.path.basename(program.script or "")
    if main.partition(".")[0] in ("pytest", "py"):
        names.add("_pytest")
    return names


def summary(output, grants, records, status):
    return {
        "policy": output,
        "status": status,
        "accesses": len(records),
        "modules": {key: sorted(names)
                    for key, names in sorted(grants.modules.items())},
        "permissions": {name: grants.entry(name)
                        for name in grants.principals()},
        "hosts": sorted(grants.hosts),
        "notes": notes(grants, records),
    }


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
    program = _Program(args)
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
        records, status = _learn(args, program)
        return _prune.report(output, records, status, args.json)
    records, status = _learn(args, program)
    ancestry = Ancestry()
    known = records
    if args.merge and there:
        known = uncovered(records, output)
    grants = _grants.solve(known, ancestry, program.used_directly(ancestry))
    grants.trusted = args.trust_application
    in_vain = _write(args, output, grants, program, known)
    for note in notes(grants, records):
        _out.say(f"importpolicy: note: {note}")
    if args.json and output != "-":
        _out.put_json(summary(output, grants, records, status))
    if status != 0:
        _out.say(f"importpolicy: the program ended with status {status}; "
                 "what it did until then was learned")
        return _out.FINDINGS
    return _out.FINDINGS if in_vain else _out.FINE
