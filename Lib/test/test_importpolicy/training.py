"""What should a compiler believe that policies are asked?

    python -m test.test_importpolicy.training

makes a policy, and runs programs under it that do what programs do and are
mostly allowed to.  The build runs this beside upstream's own task when it
records profiles (--enable-optimizations): the code that enforces policies is
else never executed in it, and is compiled as what never is.
"""

import json
import os
import subprocess
import sys
import tempfile
import textwrap

# What a dependency does, each as often as it is told.
DEPENDENCY = """
    import asyncio, logging, os, socket, subprocess, sys, threading
    from contextlib import suppress

    def files(times, data):
        for n in range(times):
            path = os.path.join(data, f"file{n % 10}")
            with open(path, "w") as file:
                file.write("text")
            with open(path) as file:
                file.read()
            os.close(os.open(path, os.O_RDONLY))
            os.stat(path)
            os.path.exists(path + ".none")
            os.listdir(data)
            if n % 3 == 0:
                os.rename(path, path + ".new")
                os.remove(path + ".new")

    def network(times, data):
        with socket.create_server(("127.0.0.1", 0)) as server, \\
                socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            address = server.getsockname()
            for _ in range(times):
                with socket.create_connection(address) as made:
                    server.accept()[0].close()
                datagrams.connect(address)
                socket.getaddrinfo(*address)

    def environment(times, data):
        for _ in range(times):
            os.environ["TRAINING"], os.environ.get("SECRET"), os.getenv("PATH")
            dict(os.environ)

    def imports(times, data):
        for _ in range(times):
            import json, select, socket, os.path
            from json import decoder
            import email.message

    def calls(times, data):
        logger = logging.getLogger("training")
        logger.addHandler(logging.NullHandler())
        for n in range(times):
            exec(compile("x = [1]", "<training>", "exec"), {})
            logger.warning("%s", n)
            sys.audit("training.event", n)
            id(n)
            sorted([2, 1], key=abs), list(map(str, range(3)))

    def programs(times, data):
        for _ in range(times // 50):
            subprocess.run(["true"], check=True)

    def threads(times, data):
        for _ in range(times // 10):
            thread = threading.Thread(target=imports, args=(3, data))
            thread.start()
            thread.join()

    async def switch(times):
        async def step(n):
            await asyncio.sleep(0)
            return n
        for _ in range(times // 10):
            await asyncio.gather(*map(step, range(10)))

    def tasks(times, data):
        asyncio.run(switch(times))

    def refusals(times, data):
        for _ in range(times // 20):
            with suppress(ImportError):
                import ctypes
            with suppress(OSError):
                open("/etc/hostname")

    def deep(n, function, *args):
        return deep(n - 1, function, *args) if n else function(*args)
    """
APPLICATION = """
    import sys
    import acts
    data, times = sys.argv[1], int(sys.argv[2])
    for name in ("files network environment imports calls programs threads "
                 "tasks refusals").split():
        getattr(acts, name)(times, data)
        acts.deep(80, getattr(acts, name), times // 10, data)
    """
# Start-up and first imports are most of what many processes do.
MODULES = ("argparse ast asyncio bz2 collections concurrent.futures csv "
           "ctypes dataclasses datetime decimal difflib email.mime.text enum "
           "fractions gzip html.parser http.server imaplib inspect logging "
           "multiprocessing optparse pathlib pickle pprint random re shelve "
           "shlex shutil smtplib socketserver sqlite3 ssl statistics tarfile "
           "tempfile timeit tomllib traceback typing unittest urllib.request "
           "uuid wave xml.etree.ElementTree xmlrpc.client zipfile").split()


def policy(data):
    """As many people write them: modules, and permissions with targets."""
    users = ["acts", "__main__"]
    result = {"$default": "deny", "socket": users, "select": users,
              "ssl": "*", "subprocess": users, "ctypes": ["__main__"]}
    result |= {f"module{n}": [f"package{n}"] for n in range(20)}
    result["$permissions"] = {
        "__main__": True,
        "acts": {"net": ["127.0.0.1", "*.example.com:443"], "read": [data],
                 "write": [data], "run": ["true"],
                 "env": ["TRAINING", "PATH"], "sys": ["signal.*"]},
    } | {f"package{n}": {"net": [f"host{n}.example.com"],
                         "read": [f"/srv/data{n}"], "env": [f"PACKAGE{n}_*"]}
         for n in range(20)}
    return result


def write(text, *path):
    with open(os.path.join(*path), "w", encoding="utf-8") as file:
        file.write(textwrap.dedent(text))


def main():
    with tempfile.TemporaryDirectory() as folder:
        application, dependencies, data = (
            os.path.join(os.path.realpath(folder), name)
            for name in ("app", "deps", "data"))
        for directory in application, dependencies, data:
            os.mkdir(directory)
        write(DEPENDENCY, dependencies, "acts.py")
        write(APPLICATION, application, "main.py")
        write("".join(f"import {name}\n" for name in MODULES), application,
              "imports.py")
        write(json.dumps(policy(data), indent=4), application, "policy.json")
        environment = os.environ | {"PYTHONPATH": dependencies,
                                    "TRAINING": "1", "SECRET": "1"}
        programs = [["main.py", data, "400"], *[["imports.py"]] * 5]
        for program in programs:
            subprocess.run([sys.executable, *program], cwd=application,
                           env=environment, check=True,
                           stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
