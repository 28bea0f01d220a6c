"""The operations: each function does one of them as many times as it is told.

This is a dependency, so its frames are what has to be looked at.  Where an
operation is hardly more than the loop around it, the loop holds ten of them.
Modules are imported where they are used: what a case does not need would have
to be loaded, and counted, for each.
"""

import os
import sys
from os import environ

DATA = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data")
FILE = os.path.join(DATA, "file")
LISTED = os.path.join(DATA, "listed")
LOCAL = "127.0.0.1"
SOURCE = "def f(x):\n    return [y + 1 for y in x if y]\n"


def imported(times):
    for _ in range(times // 10):
        import json; import json; import json; import json; import json
        import json; import json; import json; import json; import json


def submodule(times):
    for _ in range(times // 10):
        import json.decoder; import json.decoder; import json.decoder
        import json.decoder; import json.decoder; import json.decoder
        import json.decoder; import json.decoder; import json.decoder
        import json.decoder


def imported_from(times):
    for _ in range(times // 10):
        from json import decoder; from json import decoder
        from json import decoder; from json import decoder
        from json import decoder; from json import decoder
        from json import decoder; from json import decoder
        from json import decoder; from json import decoder


def restricted(times):
    for _ in range(times // 10):
        import select; import select; import select; import select
        import select; import select; import select; import select
        import select; import select


def opened(times):
    for _ in range(times):
        open(FILE, "rb", 0).close()


def os_opened(times):
    open, close, flags = os.open, os.close, os.O_RDONLY
    for _ in range(times):
        close(open(FILE, flags))


def listed(times):
    listdir = os.listdir
    for _ in range(times):
        listdir(LISTED)


def asked(times):
    stat = os.stat
    for _ in range(times):
        stat(FILE)


def made_socket(times):
    import socket
    for _ in range(times):
        socket.socket().close()


def connected(times):
    import socket
    with socket.create_server((LOCAL, 0)) as server:
        address = server.getsockname()
        for _ in range(times):
            with socket.socket() as client:
                client.connect(address)
                server.accept()[0].close()


def connected_datagram(times):
    import socket
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        connect, address = client.connect, (LOCAL, 9)
        for _ in range(times):
            connect(address)


def sent(times):
    import socket
    with (socket.socket(type=socket.SOCK_DGRAM) as receiver,
          socket.socket(type=socket.SOCK_DGRAM) as sender):
        receiver.bind((LOCAL, 0))
        address, sendto = receiver.getsockname(), sender.sendto
        for _ in range(times):
            sendto(b"", address)


def resolved(times):
    import socket
    for _ in range(times):
        socket.getaddrinfo(LOCAL, 80)


def fetched(times):
    """A GET over loopback, answered by a thread of this process."""
    import http.client
    import socket
    import threading
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def serve():
        for _ in range(times):
            connection = server.accept()[0]
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    with socket.create_server((LOCAL, 0), backlog=8) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        port = server.getsockname()[1]
        for _ in range(times):
            client = http.client.HTTPConnection(LOCAL, port)
            client.request("GET", "/")
            client.getresponse().read()
            client.close()
        thread.join()


def started(times):
    import subprocess
    for _ in range(times):
        subprocess.run(["true"])


def variable(times):
    for _ in range(times // 10):
        environ["BENCH"]; environ["BENCH"]; environ["BENCH"]
        environ["BENCH"]; environ["BENCH"]; environ["BENCH"]
        environ["BENCH"]; environ["BENCH"]; environ["BENCH"]
        environ["BENCH"]


def compiled(times):
    for _ in range(times):
        compile(SOURCE, "bench", "exec")


def executed(times):
    code, namespace = compile("None", "bench", "exec"), {}
    for _ in range(times):
        exec(code, namespace)


def identified(times):
    for _ in range(times // 10):
        id(1); id(1); id(1); id(1); id(1); id(1); id(1); id(1); id(1); id(1)


def unnamed(times):
    audit = sys.audit
    for _ in range(times):
        audit("bench.event", 1)


def called(times):
    def f(x):
        return x
    for _ in range(times // 10):
        f(1); f(1); f(1); f(1); f(1); f(1); f(1); f(1); f(1); f(1)


def generated(times):
    def numbers():
        for i in range(times):
            yield i
    for _ in numbers():
        pass


def switched(times):
    import asyncio
    async def switch():
        for _ in range(times):
            await asyncio.sleep(0)
    asyncio.run(switch())


def joined_thread(times):
    import threading
    def nothing():
        pass
    for _ in range(times):
        thread = threading.Thread(target=nothing)
        thread.start()
        thread.join()


def logged(times):
    import io
    import logging
    logger = logging.getLogger("bench")
    logger.propagate = False
    logger.handlers[:] = [logging.StreamHandler(io.StringIO())]
    for _ in range(times):
        logger.warning("something happened")


def descend(depth, function, times):
    """`depth` frames of this file, and then the function."""
    if depth > 1:
        return descend(depth - 1, function, times)
    return function(times)


CASES = {
    "cached import": imported,
    "cached import of a submodule": submodule,
    "cached import from": imported_from,
    "cached import, restricted": restricted,
    "open and close": opened,
    "os.open and os.close": os_opened,
    "os.listdir": listed,
    "os.stat": asked,
    "socket": made_socket,
    "connect": connected,
    "connect, datagram": connected_datagram,
    "sendto": sent,
    "getaddrinfo": resolved,
    "loopback GET": fetched,
    "subprocess": started,
    "os.environ": variable,
    "compile": compiled,
    "exec": executed,
    "id": identified,
    "sys.audit, unnamed": unnamed,
    "function call": called,
    "generator": generated,
    "asyncio switch": switched,
    "thread start": joined_thread,
    "logging, a line": logged,
}
