"""The files of the policy that need no interpreter, as a shared library.

They are compiled alone, as the fuzzer compiles them, and called with ctypes:
so their tables can be asked about policies that are not in force.
"""

import ctypes
import os
import shutil
import subprocess
import sysconfig
import tempfile
import unittest

MAX_WHAT = 4096             # more than any sentence of theirs


class Target(ctypes.Structure):
    """_PyPolicyTarget."""

    _fields_ = [("text", ctypes.c_char_p), ("len", ctypes.c_size_t),
                ("above", ctypes.c_bool), ("looks", ctypes.c_bool),
                ("within", ctypes.c_void_p),
                ("address_len", ctypes.c_uint8),
                ("address", ctypes.c_uint8 * 16), ("port", ctypes.c_int),
                ("names", ctypes.POINTER(ctypes.c_char_p)),
                ("n_names", ctypes.c_size_t), ("program", ctypes.c_char_p),
                ("package", ctypes.c_char_p)]


def root():
    return sysconfig.get_config_var("srcdir") or "."


def sources():
    """What can be compiled alone: fuzz.sh knows."""
    script = os.path.join(root(), "Tools", "importpolicy", "fuzz.sh")
    if not os.path.exists(script):
        script = os.path.join(root(), "..", "..", "Tools", "importpolicy",
                              "fuzz.sh")
    with open(script, encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    names = text.partition("for name in ")[2].partition(";")[0].split()
    return [os.path.join(root(), "Python", f"{name}.c") for name in names]


def library(test_class):
    """Compile and load it for the tests of a class, or skip them."""
    compiler = [word for word in
                (sysconfig.get_config_var("CC") or "cc").split()
                if word != "ccache"]
    if not shutil.which(compiler[0]):
        raise unittest.SkipTest("there is no compiler")
    try:
        files = sources()
    except OSError:
        raise unittest.SkipTest("this needs the sources") from None
    folder = tempfile.mkdtemp()
    test_class.addClassCleanup(shutil.rmtree, folder)
    name = os.path.join(folder, "policy.so")
    subprocess.run(
        # The interpreter has functions of the same names.
        [*compiler, "-std=c11", "-O1", "-shared", "-fPIC", "-Wl,-Bsymbolic",
         "-DPOLICY_STANDALONE", "-D_GNU_SOURCE",
         "-I", os.path.join(root(), "Include", "internal"), *files,
         "-o", name], check=True)
    return ctypes.CDLL(name)
