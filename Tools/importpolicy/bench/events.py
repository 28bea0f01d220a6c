"""What operations cost that a policy allows.

Each is done by a dependency under three policies: one that grants it every
capability without targets and somebody else nothing, one that grants it
targets, and one that names a single event.  Compared with CPython, twice:

the instructions of one operation, from two loops of different length, for
what takes place in the process;

the processor time of one operation, the system's included, of processes of
all builds that take turns: the median of what pairs show.  Opening and the
like spend most of it in the system, and cachegrind has no openat2(), so for
these that is all there is.
"""

import json
import statistics

from bench.instructions import TIMES

PROGRAM = """
import gc, json, sys
from resource import RUSAGE_SELF, getrusage
import acts
def spent():
    usage = getrusage(RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
gc.disable()
names = sys.argv[2].split(';')
repeat = int(sys.argv[3])
if not repeat:
    acts.CASES[names[0]](int(sys.argv[4]))
else:
    result = {}
    for name in names:
        case, best = acts.CASES[name], None
        times = int(sys.argv[4]) // (
            20 if 'logging' in name or 'stream' in name else 1)
        for _ in range(repeat):
            started = spent()
            case(times)
            took = (spent() - started) * 1e9 / times
            best = took if best is None else min(best, took)
        result[name] = best
    print(json.dumps(result))
"""

ACTS = """
import io, logging, os, socket, sys

path = sys.argv[1] + '/file'
listed = sys.argv[1] + '/listed'
code = compile('None', 'bench', 'exec')
datagram = socket.socket(type=socket.SOCK_DGRAM)
address = '127.0.0.1', 9
namespace = {}

def opened(times):
    for _ in range(times):
        open(path, 'rb', 0).close()

def os_opened(times):
    open, close, flags = os.open, os.close, os.O_RDONLY
    for _ in range(times):
        close(open(path, flags))

def listing(times):
    listdir = os.listdir
    for _ in range(times):
        listdir(listed)

def asked(times):
    stat = os.stat
    for _ in range(times):
        stat(path)

def connected(times):
    connect = datagram.connect
    for _ in range(times):
        connect(address)

server = socket.create_server(('127.0.0.1', 0))
served = server.getsockname()

def connected_stream(times):
    for _ in range(times):
        sock = socket.socket()
        sock.connect(served)
        sock.close()
        server.accept()[0].close()

def variable(times):
    environ = os.environ
    for _ in range(times):
        environ['WALKED']

def executed(times):
    for _ in range(times):
        exec(code, namespace)

def identified(times):
    for _ in range(times):
        id(code)

def unnamed(times):
    audit = sys.audit
    for _ in range(times):
        audit('bench.event', 1)

logger = logging.getLogger('bench')
logger.propagate = False
logger.setLevel(logging.WARNING)
handler = logging.StreamHandler(stream=io.StringIO())
logger.addHandler(handler)

def logged(times):
    handler.setStream(io.StringIO())
    for _ in range(times):
        logger.warning('something happened')

def logged_formatted(times):
    handler.setStream(io.StringIO())
    for _ in range(times):
        logger.warning('%s happened %d times', 'something', 3)

def logged_silently(times):
    for _ in range(times):
        logger.debug('something happened')

CASES = {
    'open and close': opened, 'os.open and os.close': os_opened,
    'os.listdir': listing, 'os.stat': asked,
    'connect, datagram': connected, 'connect, stream': connected_stream,
    'os.environ': variable,
    'exec': executed, 'id': identified, 'event that no rule names': unnamed,
    'logging, simple': logged, 'logging, formatted': logged_formatted,
    'logging, silent': logged_silently,
}
"""

IN_SYSTEM = ["open and close", "os.open and os.close", "os.listdir",
             "os.stat", "connect, stream"]
IN_PROCESS = ["connect, datagram", "os.environ", "exec", "id",
              "event that no rule names", "logging, simple",
              "logging, formatted", "logging, silent"]
CAPABILITIES = ["net", "read", "write", "run", "env", "ffi", "patch", "sys",
                "code", "introspect"]


def policies(folder):
    """{name of a row's second half: permissions}."""
    nobody = dict.fromkeys(CAPABILITIES, False)
    everything = dict.fromkeys(CAPABILITIES, True)
    targets = everything | {
        "net": ["127.0.0.1"], "read": [folder], "write": [folder],
        "run": ["git"], "env": ["WALKED"], "ffi": ["numpy"],
        "patch": ["socket"], "sys": ["signal.*"]}
    return {
        "rules": {"acts": everything, "other": nobody},
        "targets": {"acts": targets, "other": nobody},
        "event named": {"acts": {"builtins.id": True},
                        "other": {"builtins.id": False}},
    }


class Events:
    """Beside the scene: files, a dependency, the policies."""

    def __init__(self, scene):
        self.scene = scene
        self.folder = scene.folder / "events"
        listed = self.folder / "data" / "listed"
        listed.mkdir(parents=True)
        for i in range(10):
            (listed / f"file{i}").touch()
        self.data = str(self.folder / "data")
        (self.folder / "data" / "file").write_text("x", encoding="utf-8")
        (scene.folder / "packages" / "acts.py").write_text(
            ACTS, encoding="utf-8")
        self.program = self.folder / "program.py"
        self.program.write_text(PROGRAM, encoding="utf-8")
        self.names = [None]
        for name, permissions in policies(self.data).items():
            self.names.append(name)
            self.policy(name).write_text(
                json.dumps({"$permissions": permissions}), encoding="utf-8")

    def policy(self, name):
        return self.folder / f"{name.replace(' ', '-')}.json"

    def run(self, build, name, cases, repeat, times, before=()):
        policy = self.policy(name) if name else None
        return self.scene.run(build, policy, self.program, self.data,
                              ";".join(cases), str(repeat), str(times),
                              before=before)


def row_of(case, name):
    return f"{case}, {name or 'no policy'}"


def is_wanted(case, name):
    return name != "event named" or case == "id"


def instructions(events, counter):
    """One operation: {row: {build: instructions}}.  CPython reads no policy,
    so one count of it serves for all."""
    def count(build, name, case):
        return [counter.number(lambda before: events.run(
            build, name, [case], 0, times, before)) for times in TIMES]

    rows = {}
    for build in "stock", "ours":       # what is compiled once
        events.run(build, None, IN_PROCESS[:1], 0, 1)
    for case in IN_PROCESS:
        stock = count("stock", None, case)
        for name in events.names:
            if is_wanted(case, name):
                found = {"stock": stock, "ours": count("ours", name, case)}
                rows[row_of(case, name)] = {
                    build: (long - short) / (TIMES[1] - TIMES[0])
                    for build, (short, long) in found.items()}
    return rows


def rounds(events, number, repeat, times):
    """[{(build, policy): {case: ns}}], the order changing with each round."""
    result = []
    for i in range(number):
        turns = [("stock", None), *(("ours", name) for name in events.names)]
        found = {}
        for build, name in turns[::-1 if i % 2 else 1]:
            cases = [case for case in IN_SYSTEM + IN_PROCESS
                     if is_wanted(case, name)]
            out, _ = events.run(build, name, cases, repeat, times)
            found[build, name] = json.loads(out)
        result.append(found)
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
            rows[row_of(case, name)] = {
                "stock": statistics.median(s for s, _ in pairs),
                "ours": statistics.median(o for _, o in pairs),
                "ratio": statistics.median(o / s for s, o in pairs),
                "more": statistics.median(o - s for s, o in pairs)}
    return rows
