"""What opening, listing and asking about files costs, under rules.

Three policies are compared with none: one whose `read` is about somebody
else, one that grants the dependency a directory, and one that grants it ten
thousand more.  Most of what these operations take is spent in the system,
which no count of instructions shows; so they are timed, in turns.
"""

import json
import statistics

PROGRAM = """
import gc, json, os, sys, time
import opener
path, listed = sys.argv[1:3]
repeat, times = int(sys.argv[3]), int(sys.argv[4])
gc.disable()
result = {}
for name, case in opener.CASES.items():
    arguments = (listed if 'listdir' in name else path), times
    best = None
    for _ in range(repeat):
        started = time.perf_counter_ns()
        case(*arguments)
        spent = time.perf_counter_ns() - started
        if best is None or spent < best:
            best = spent
    result[name] = best / times
print(json.dumps(result))
"""

OPENER = """
import os

def opened(path, times):
    for _ in range(times):
        open(path, 'rb', 0).close()

def os_opened(path, times):
    open, close = os.open, os.close
    for _ in range(times):
        close(open(path, os.O_RDONLY))

def listed(path, times):
    for _ in range(times):
        os.listdir(path)

def asked(path, times):
    for _ in range(times):
        os.stat(path)

CASES = {'open and close': opened, 'os.open and os.close': os_opened,
         'os.listdir': listed, 'os.stat': asked}
"""

TARGETS = 10_000


def policies(folder):
    """{name of a row's second half: policy}."""
    more = [f"{folder}/elsewhere/{i}/data" for i in range(TARGETS)]
    return {
        "rules for others": {"other": {"read": [folder]}},
        "1 target": {"opener": {"read": [folder]}},
        f"{TARGETS:,} targets": {"opener": {"read": [*more, folder]}},
    }


class Files:
    """Beside the scene: a file, a directory, a dependency, the policies."""

    def __init__(self, scene):
        self.scene = scene
        self.folder = scene.folder / "files"
        data = self.folder / "data"
        listed = data / "listed"
        listed.mkdir(parents=True)
        for i in range(10):
            (listed / f"file{i}").touch()
        (data / "file").write_text("x", encoding="utf-8")
        (scene.folder / "packages" / "opener.py").write_text(
            OPENER, encoding="utf-8")
        self.program = self.folder / "program.py"
        self.program.write_text(PROGRAM, encoding="utf-8")
        self.paths = str(data / "file"), str(listed)
        self.names = [None]
        for name, permissions in policies(str(data)).items():
            self.names.append(name)
            self.policy(name).write_text(
                json.dumps({"$permissions": permissions}), encoding="utf-8")

    def policy(self, name):
        return self.folder / f"{name.replace(' ', '-')}.json"

    def time(self, build, name, repeat, times):
        """{case: ns}."""
        policy = self.policy(name) if name else None
        out, _ = self.scene.run(build, policy, self.program, *self.paths,
                                str(repeat), str(times))
        return json.loads(out)


def rounds(files, number, repeat, times):
    """[{(build, policy): {case: ns}}], the order changing with each round."""
    result = []
    for i in range(number):
        turns = [("stock", None), *(("ours", name) for name in files.names)]
        result.append({turn: files.time(*turn, repeat, times)
                       for turn in turns[::-1 if i % 2 else 1]})
    return result


def summary(found):
    """{row: {stock, ours: ns; ratio; more: ns}}."""
    rows = {}
    for build, name in found[0]:
        if build == "stock":
            continue
        for case in found[0][build, name]:
            pairs = [(r["stock", None][case], r[build, name][case])
                     for r in found]
            rows[f"{case}, {name or 'no policy'}"] = {
                "stock": statistics.median(a for a, _ in pairs),
                "ours": statistics.median(b for _, b in pairs),
                "ratio": statistics.median(b / a for a, b in pairs),
                "more": statistics.median(b - a for a, b in pairs)}
    return dict(sorted(rows.items(), key=lambda row: row[0].split(",")[0]))
