"""What cases are there, and what do their headers say?

The headers are read and not run.  This file needs nothing but the standard
library of Python 3.9, for Tools/overlay/check counts with it, too.
"""

import ast
import os

CATEGORIES = ("forging", "borrowed", "deferred", "callable", "ways out",
              "tampering", "races", "swallowing")
REACHES = ("net", "read", "write", "run")

# The names of a header, with what they are when they are absent.
HEADER = {
    "CATEGORY": None,
    # What is tried: to send bytes to a listener, to tell what a canary holds,
    # to write a file, to run a program.
    "REACH": None,
    # Under which policies: "allow" restricts only what the reaches need,
    # "baseline" also what that preset does, and "deny" is "$default": "deny".
    "POLICIES": ("allow", "deny"),
    # Why the contract does not promise this: the effect happens then.
    "BEYOND": None,
    # Why no refusal is logged: because the attack comes to nothing otherwise.
    "SILENT": None,
    # Permissions for evil, beside none under "deny" and most under "allow".
    "GRANT": None,
    # More of the policies: directives and keys that are set in them.
    "POLICY": None,
    # Modules that not every build has: without one of them it is not run.
    "NEEDS": (),
    # Both packages are distributions, and the policy has a lock of them.
    "LOCKED": False,
    # It knows how CPython usually lays out memory: elsewhere it is tried, too,
    # but nothing need happen without a policy.
    "MEMORY": False,
    # How often the application is started, one after the other.
    "RUNS": 1,
    # Environment variables, and options of the interpreter.
    "ENV": {},
    "OPTIONS": (),
}


class Case:

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)
        with open(os.path.join(path, "__init__.py"), "rb") as file:
            tree = ast.parse(file.read())
        self.title = (ast.get_docstring(tree) or "").partition("\n")[0]
        header = dict(HEADER)
        for node in tree.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and (
                    getattr(node.targets[0], "id", None) in HEADER):
                header[node.targets[0].id] = ast.literal_eval(node.value)
        for key, value in header.items():
            setattr(self, key.lower(), value)
        if isinstance(self.policies, str):
            self.policies = (self.policies,)
        if os.path.exists(os.path.join(path, "policy.json")):
            self.policies = ("own",)
        self.expected = "held" if self.beyond is None else "beyond"

    def problems(self):
        """What is wrong with the header."""
        if not self.title:
            yield "has no docstring that says what is tried"
        if self.category not in CATEGORIES:
            yield "has no CATEGORY"
        if self.reach not in REACHES:
            yield "has no REACH"
        if not set(self.policies) <= {"allow", "baseline", "deny", "own"}:
            yield "names a policy that there is not"
        for reason in self.beyond, self.silent:
            if reason is not None and not str(reason).strip().endswith("."):
                yield "gives a reason that is no sentence"


def load(directory=None):
    """All cases, by name."""
    directory = directory or os.path.dirname(os.path.abspath(__file__))
    paths = (os.path.join(directory, name)
             for name in sorted(os.listdir(directory))
             if not name.startswith(("_", ".")))
    return {os.path.basename(path): Case(path) for path in paths
            if os.path.exists(os.path.join(path, "__init__.py"))}


def counts(cases, verdict=lambda case: case.expected):
    """{category: {verdict: number}}, and "all"."""
    table = {category: {} for category in (*CATEGORIES, "all")}
    for case in cases:
        for row in case.category, "all":
            row = table.setdefault(row, {})
            row[verdict(case)] = row.get(verdict(case), 0) + 1
    return table


def document(cases):
    """The table of Doc/importpolicy/attacks.rst."""
    line = " ".join(("=" * 12, "=" * 6, "=" * 6))
    rows = [line, "category     held   beyond", line]
    for category, row in counts(cases).items():
        rows.append(f"{category:12} {row.get('held', 0):<6} "
                    f"{row.get('beyond', 0)}")
    return "\n".join([*rows, line])


def beyond(cases):
    """The list there: what is beyond the contract, and why."""
    items = []
    for case in cases:
        if case.beyond is not None:
            text = f"* ``{case.name}``: {case.title}  {case.beyond.strip()}"
            line = ""
            for word in text.split():
                if line and len(line) + len(word) > 77:
                    items.append(line)
                    line = " "
                line += (" " if line else "") + word
            items.append(line)
    return "\n".join(items)


def written(text, cases):
    """The document with the table and the list as they should be."""
    for name, part in (("counts", document(cases)), ("beyond", beyond(cases))):
        begin, end = f".. {name}-begin\n", f".. {name}-end\n"
        head, found, rest = text.partition(begin)
        _, closed, tail = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"there is no place for the {name}")
        text = f"{head}{begin}\n{part}\n\n{end}{tail}"
    return text
