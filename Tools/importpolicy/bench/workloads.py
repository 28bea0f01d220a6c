"""What is measured, and what it may cost at most: one table.

A workload is a program with its arguments.  What counts is

* of an operation, the difference between two loops of different length;
* of a process, all of it, or what it takes beyond starting and ending.

Goals are ratios to CPython.  Those that are about instructions, or memory,
stand in `counted`; those of operations that spend most of their time in the
system, which no count of instructions sees, in `timed`.
"""

import dataclasses

from bench.links import LINKS

SEEDS = 9                       # where chance is a percent
CHANCY = "json_loads", "logging format", "pathlib", "regex_compile"

PERFORMANCE = {                 # benchmarks of pyperformance: loops, users
    "deltablue": ((1, 6), ()),
    "django_template": ((1, 4), ("django",)),
    "json_loads": ((1, 40), ()),
    "logging simple": ((1, 6), ()),
    "logging format": ((1, 6), ()),
    "logging silent": ((1, 2001), ()),      # short: chance would show
    "pathlib": ((1, 3), ()),
    "regex_compile": ((1, 2), ()),
    "richards": ((1, 3), ()),
    "sqlite_synth": ((1, 4000), ()),
}
MODULES = {"django": "django.db.models, django.http, django.template, "
                     "django.urls, django.views.generic"}
SECTIONS = {
    "process": "Processes",
    "operation": "Operations",
    "depth": "At depths of the stack",
    "threads": "In threads",
    "application": "Programs with packages",
    "pyperformance": "pyperformance",
    "memory": "Memory",
    "runtimes": "Other runtimes",
}


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    section: str
    program: tuple              # "-c", "-m" or a file of programs/, arguments
    times: tuple = None         # two numbers of rounds, the last argument
    repeat: int = 0             # if it times itself: so often
    minus_start: bool = False   # without what `-c pass` takes
    packages: bool = False      # in the environment with packages
    users: tuple = ()           # who is granted something
    seeds: int = 1              # of chance, where it shows: at least so many,
    links: int = 1              # dealt to the links of each build (links.py)
    counted: dict = dataclasses.field(default_factory=dict)
    timed: dict = dataclasses.field(default_factory=dict)

    @property
    def is_counted(self):
        return self.section not in ("threads", "memory")

    @property
    def is_timed(self):
        return self.section != "memory"


def operation(case, times, counted=None, timed=None, depth=10, threads=1,
              section="operation", name=None):
    """One operation of packages/acts.py, at a depth, in threads."""
    return Workload(
        name or case, section, ("operation.py", case, str(depth),
                                str(threads)),
        times, 7, users=("acts",),
        counted={"policy": counted} if counted else {},
        timed={"policy": timed} if timed else {})


def operations():
    many, few, rare = (1000, 5000), (200, 1200), (20, 120)
    yield operation("cached import", many, 1.05)
    yield operation("cached import of a submodule", many)
    yield operation("cached import from", many)
    yield operation("cached import, restricted", many)
    yield operation("open and close", few, timed=1.05)
    yield operation("os.open and os.close", few)
    yield operation("os.listdir", few)
    yield operation("os.stat", few)
    yield operation("socket", few)
    yield operation("connect", rare, timed=1.03)
    yield operation("connect, datagram", few, timed=1.03)
    yield operation("sendto", few)
    yield operation("getaddrinfo", few)
    yield operation("subprocess", (4, 12))
    yield operation("os.environ", many)
    yield operation("compile", few)
    yield operation("exec", many, 1.05)
    yield operation("id", many, 1.02)
    yield operation("sys.audit, unnamed", many, 1.02)
    yield operation("function call", many)
    yield operation("generator", many)
    yield operation("asyncio switch", many)
    yield operation("thread start", rare)
    yield operation("logging, a line", few, 1.01)
    yield operation("loopback GET", (20, 120))
    for depth in 10, 100, 1000:
        for case in "cached import, restricted", "open and close":
            yield operation(
                case, few, depth=depth, section="depth",
                name=f"{case}, depth {depth:,}",
                timed=1.10 if (case, depth) == ("open and close", 1000)
                else None)
    for threads in 1, 8, 64:
        # As many as it takes for starting the threads not to show.
        for case, times in ("function call", 640_000), ("open and close",
                                                        64_000):
            yield operation(case, (0, times), threads=threads,
                            section="threads",
                            name=f"{case}, {threads} threads")


def imported(name, **more):
    return Workload(f"import {name}", "application",
                    ("-c", f"import {MODULES.get(name, name)}"),
                    minus_start=True,
                    packages=True, users=(name,),
                    counted={"no policy": 1.002, "policy": 1.01})


def performance():
    for name, (times, users) in PERFORMANCE.items():
        benchmark, _, argument = name.partition(" ")
        program = (f"bm_{benchmark}/run_benchmark.py", *argument.split(),
                   "--worker", "-w0", "-n1", "-l")
        goals = {"no policy": 1.002}
        if benchmark == "logging":
            goals["policy"] = 1.01
        yield Workload(name, "pyperformance", program, times, packages=True,
                       users=("pyperf", "psutil", *users), counted=goals,
                       seeds=SEEDS if name in CHANCY else 1)


def table():
    """{name: workload}, in the order in which they are shown."""
    both = {"no policy": 1.002, "50 keys": 1.01, "policy": 1.01}
    request = {"no policy": 1.002, "policy": 1.005}
    rows = [
        Workload("start-up", "process", ("-c", "pass"), users=("acts",),
                 links=LINKS, counted=both),
        Workload("200 first imports", "process", ("imports.py",),
                 minus_start=True, users=("acts",), counted=both),
        *operations(),
        *map(imported, ("flask", "django", "pandas")),
        Workload("flask request", "application", ("serve_flask.py",),
                 (10, 110), packages=True, users=("flask",), seeds=LINKS,
                 links=LINKS, counted=request),
        Workload("fastapi request", "application", ("serve_fastapi.py",),
                 (5, 45), packages=True, users=("fastapi", "httpx"),
                 seeds=LINKS, links=LINKS, counted=request),
        Workload("pytest, 300 tests", "application",
                 ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p",
                  "no:anyio", "tests"),
                 minus_start=True, packages=True, users=("pytest",),
                 seeds=LINKS, links=LINKS,
                 counted={"no policy": 1.002, "policy": 1.01}),
        *performance(),
        Workload("resident with pandas, KiB", "memory", ("resident.py",),
                 packages=True, users=("pandas",), links=LINKS,
                 counted={"policy": 1.01}),
    ]
    return {row.name: row for row in rows}


# What is measured if nothing is said: some two minutes.
QUICK = ["start-up", "200 first imports", "cached import", "exec", "id",
         "sys.audit, unnamed", "logging, a line", "function call"]
