"""A dependency that is granted everything, with the doors that real ones have.

work() is what it is there for; its effect is looked for after each attack.
"""

from good.settings import FILE, HOST, OWN, PORT, REACH

hooks = []                  # called by fire()
encode = str.encode         # what a library has in its globals


def work():
    {"net": send, "read": show, "write": store, "run": start}[REACH]()


def send(data="good", port=None):
    """Send data to its own port, or to another one."""
    import socket
    with socket.create_connection((HOST, port or PORT), 10) as connection:
        connection.sendall(encode(data))


def show(path=None):
    import os
    with open(path or OWN) as file:
        os.write(1, encode(file.read()))


def store(path=None):
    with open(path or FILE, "w") as file:
        file.write("good")


def start(command=None):
    import os
    os.system(command or f"echo good > {FILE}")


def call(function, *args, **kwargs):
    return function(*args, **kwargs)


def evaluate(text, names=None):
    return eval(text, {} if names is None else names)


def execute(text, names=None):
    exec(text, {} if names is None else names)


def fire():
    for hook in hooks:
        hook()


class Client:
    """A class to derive from: send() calls prepare() first."""

    def prepare(self):
        return "good"

    def send(self):
        data = self.prepare()
        if REACH == "net":
            send(data)
        else:
            work()


class Job:

    def __init__(self, command):
        self.command = command

    def run(self):
        start(self.command)
