"""Programs under a security manager, in interpreters of their own.

A manager that is in force refuses to be taken out again, so each test starts
an interpreter.  The program leaves marks where it had an effect.
"""

import os
import subprocess
import sys
import tempfile
import textwrap
import unittest

from test.support import os_helper

# Begins every program.  `tell` writes one line of the result; `refused` runs
# a function and tells whether it was refused, by whom, or what else happened.
PRELUDE = """\
import os, secman, sys, threading
from secman import *

def tell(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def attempt(name, function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except SecurityError as error:
        tell(name, "refused")
        return error
    except Exception as error:
        tell(name, "failed", type(error).__name__, error)
        return error
    tell(name, "done")

def manage(*permissions, thread=None, verbose=False):
    manager = SecurityManager(verbose=verbose)
    for permission in permissions:
        manager.set_permission(permission)
    add_manager(manager, thread)
    return manager
"""


class SecmanTestCase(unittest.TestCase):

    def setUp(self):
        self.root = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(os_helper.rmtree, self.root)

    def path(self, *names):
        return os.path.join(self.root, *names)

    def write(self, name, text=""):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))
        return path

    def run_program(self, text, *args, options=(), prelude=PRELUDE,
                    timeout=120, **environment):
        """Run it; what it told is in result.lines."""
        script = self.write("program.py", prelude + textwrap.dedent(text))
        inherited = {name: value for name, value in os.environ.items()
                     if not name.startswith(("PYTHON", "_PYTHON"))}
        result = subprocess.run(
            [sys.executable, *options, script, *args], cwd=self.root,
            env=inherited | environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, errors="backslashreplace",
            timeout=timeout)
        result.lines = result.stdout.splitlines()
        return result

    def assertTold(self, text, *expected, **kwargs):
        """The program ends well and tells exactly these lines."""
        result = self.run_program(text, **kwargs)
        self.assertEqual(result.lines, list(expected), result.stderr)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result
