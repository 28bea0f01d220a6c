#!/usr/bin/env python3
"""What does judging the network cost?

    python3 Tools/importpolicy/bench/network.py --stock DIR --ours DIR

Connecting over loopback, asking for an address, sending and receiving, as
processes of the two builds that take turns: the median over rounds of their
ratio and of their difference.  Ours runs without a policy, with a grant
without targets, with one target, and with 10,000.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

PROGRAM = """
import json, sys
import dependency
print(json.dumps(dependency.measure(int(sys.argv[1]))))
"""
DEPENDENCY = """
import gc, socket, time

def connect(times):
    for _ in range(times):
        sock = socket.socket()
        sock.connect(address)
        sock.close()
        server.accept()[0].close()

def connect_datagram(times):
    for _ in range(times):
        datagram.connect(address)

def getaddrinfo(times):
    for _ in range(times):
        socket.getaddrinfo("127.0.0.1", 80)

def send(times):
    for _ in range(times):
        a.send(b"x")
        b.recv(1)

def sendto(times):
    for _ in range(times):
        sender.sendto(b"", sink)

server = socket.create_server(("127.0.0.1", 0))
address = server.getsockname()
datagram = socket.socket(type=socket.SOCK_DGRAM)
sender = socket.socket(type=socket.SOCK_DGRAM)
receiver = socket.socket(type=socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
sink = receiver.getsockname()
a, b = socket.socketpair()
CASES = {"connect and accept": connect, "connect, datagram": connect_datagram,
         "getaddrinfo": getaddrinfo, "send and receive": send,
         "sendto": sendto}

def measure(times):
    gc.disable()
    found = {}
    for name, case in CASES.items():
        case(times)
        best = None
        for _ in range(9):
            started = time.perf_counter_ns()
            case(times)
            spent = (time.perf_counter_ns() - started) / times
            best = spent if best is None else min(best, spent)
        found[name] = best
    return found
"""
MANY = [f"host{i}.example.com:443" for i in range(9998)]
POLICIES = {
    "no policy": None,
    "true": {"dependency": {"net": True}},
    "1 target": {"dependency": {"net": ["localhost"]}},
    "10,000 targets": {"dependency": {"net": MANY + ["localhost", "!a.b"]}},
}


def run(python, folder, policy, times):
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                   "PYTHONHASHSEED": "0", "PYTHONPATH": str(folder / "deps")}
    if policy is not None:
        environment["PYTHONPOLICY"] = str(policy)
    done = subprocess.run(
        [python, "-P", "-s", str(folder / "app" / "main.py"), str(times)],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, cwd=folder)
    if done.returncode != 0:
        raise SystemExit(f"network: {python} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--stock", required=True)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--times", type=int, default=500)
    options = parser.parse_args()
    stock, ours = (os.path.join(os.path.abspath(path), "python")
                   for path in (options.stock, options.ours))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in "app", "deps":
            (folder / name).mkdir()
        (folder / "app" / "main.py").write_text(PROGRAM, encoding="utf-8")
        (folder / "deps" / "dependency.py").write_text(DEPENDENCY,
                                                       encoding="utf-8")
        paths = {}
        for i, (name, permissions) in enumerate(POLICIES.items()):
            paths[name] = None
            if permissions is not None:
                paths[name] = folder / f"policy{i}.json"
                paths[name].write_text(json.dumps(
                    {"$permissions": permissions}), encoding="utf-8")
        pairs = {}
        for i in range(options.rounds):
            for name, policy in list(paths.items())[::-1 if i % 2 else 1]:
                before = run(stock, folder, policy, options.times)
                after = run(ours, folder, policy, options.times)
                for case in before:
                    pairs.setdefault((case, name), []).append(
                        (before[case], after[case]))
    for (case, name), found in sorted(pairs.items()):
        ratio = statistics.median(b / a for a, b in found)
        more = statistics.median(b - a for a, b in found)
        print(f"{case:20} {name:16} {found[0][0]:9.0f} ns  x{ratio:.3f} "
              f"{more:+8.0f} ns")


if __name__ == "__main__":
    main()
