"""A notebook's kernel: cells run one after the other, in a restricted thread.

    python notebook.py DIRECTORY < CELLS

Cells are divided by lines "%%".  They share their variables, may compute and
use the files of one directory.  The host, in the main thread, is free, and
writes down what came of each.
"""

import ast
import contextlib
import io
import os
import queue
import sys
import threading

import secman


class Kernel(threading.Thread):

    def __init__(self, directory):
        super().__init__(daemon=True)
        self.cells = queue.SimpleQueue()
        self.results = queue.SimpleQueue()
        self.variables = {"__name__": "__notebook__"}
        self.manager = secman.SecurityManager.preset("untrusted")
        self.manager.set_permission(secman.FilePermission(
            True, secman.FileTarget(directory)))

    def run(self):
        secman.add_manager(self.manager, self.ident)
        while (cell := self.cells.get()) is not None:
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                value = self.execute(cell)
            self.results.put((output.getvalue(), value))

    def execute(self, cell):
        """As the prompt does: the value of a last expression is shown."""
        try:
            tree = ast.parse(cell, "<cell>")
            last = None
            if tree.body and isinstance(tree.body[-1], ast.Expr):
                last = ast.Expression(tree.body.pop().value)
            exec(compile(tree, "<cell>", "exec"), self.variables)
            if last is None:
                return None
            value = eval(compile(last, "<cell>", "eval"), self.variables)
            return None if value is None else repr(value)
        except secman.SecurityError as error:
            return f"SecurityError: {error.event}"
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    def ask(self, cell):
        self.cells.put(cell)
        return self.results.get(timeout=60)


def main(directory):
    kernel = Kernel(os.path.abspath(directory))
    kernel.start()
    for number, cell in enumerate(sys.stdin.read().split("%%\n"), 1):
        output, value = kernel.ask(cell)
        sys.stdout.write(output)
        if value is not None:
            print(f"[{number}] {value}")


if __name__ == "__main__":
    main(*sys.argv[1:])
