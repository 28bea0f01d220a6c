"""What does this program reach?  It is run in audit mode, and seen.

The policy that it is run under grants nothing, so that all it does is logged;
nothing is refused.  A policy that lies beside it is left out, and what
auditing says on standard error is taken out of what the program says there.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

from importpolicy import _grants, _out
from importpolicy._principals import APPLICATION, used_directly
from importpolicy._records import read_log

# Modules that make other rules moot or reach out of the process.
SENSITIVE = (
    "_interpreters", "asyncio.subprocess", "cffi", "code",
    "ctypes", "ftplib", "http.client", "http.server", "imaplib", "marshal",
    "mmap", "multiprocessing", "poplib", "pty", "smtplib", "socket",
    "socketserver", "sqlite3", "ssl", "subprocess", "urllib.request",
    "webbrowser", "xmlrpc")

_NOISE = b"importpolicy: audit: "


class Program:
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


def observe(args, program):
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
