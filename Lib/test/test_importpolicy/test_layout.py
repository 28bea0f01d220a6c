"""Is everything that compiled extensions and debuggers know where it was?

Extension modules have sizes and offsets of the structures below compiled into
them, and py-spy reads them in another process's memory.  The numbers are those
of an unchanged CPython of the same series, on 64 bit, with the GIL and without
Py_DEBUG.
"""

import json
import os
import struct
import subprocess
import sys
import sysconfig
import time
import types
import unittest
import weakref

from test import support
from test.support import import_helper
from test.test_importpolicy.support import (
    JudgementTestCase, World, installed, run_installed)

SERIES = sys.version_info[:2]

# (basicsize, itemsize) of each type.
SIZES = {
    (3, 13): {
        object: (16, 0), type: (928, 40), int: (24, 4), float: (24, 0),
        str: (64, 0), bytes: (33, 1), bytearray: (56, 0), list: (40, 0),
        tuple: (24, 8), dict: (48, 0), set: (200, 0), slice: (40, 0),
        range: (48, 0), memoryview: (144, 8), property: (64, 0),
        classmethod: (32, 0), staticmethod: (32, 0), super: (40, 0),
        BaseException: (72, 0), OSError: (112, 0), ImportError: (104, 0),
        StopIteration: (80, 0), SyntaxError: (136, 0), SystemExit: (80, 0),
        AttributeError: (88, 0), NameError: (80, 0),
        types.FunctionType: (144, 0), types.CodeType: (200, 2),
        types.FrameType: (136, 8), types.GeneratorType: (144, 8),
        types.CoroutineType: (144, 8), types.AsyncGeneratorType: (144, 8),
        types.ModuleType: (56, 0), types.MethodType: (48, 0),
        types.BuiltinFunctionType: (56, 0), types.TracebackType: (40, 0),
        types.CellType: (24, 0), types.MappingProxyType: (24, 0),
        types.SimpleNamespace: (24, 0), types.GenericAlias: (64, 0),
        types.GetSetDescriptorType: (48, 0), types.CapsuleType: (64, 0),
        types.MemberDescriptorType: (48, 0), weakref.ref: (64, 0),
    },
}

# Offsets in PyCodeObject: of pointers, of ints, and of the rest.
CODE = {
    (3, 13): {
        "co_consts": 24, "co_names": 32, "co_exceptiontable": 40,
        "co_filename": 112, "co_name": 120, "co_qualname": 128,
        "co_linetable": 136,
        "int": {"co_flags": 48, "co_argcount": 52, "co_posonlyargcount": 56,
                "co_kwonlyargcount": 60, "co_stacksize": 64,
                "co_firstlineno": 68, "co_nlocals": 80},
        "_co_principal": 188, "co_extra": 192, "_co_code_adaptive": 200,
    },
}
# PyThreadState.interp and .current_frame; in _PyInterpreterFrame.
FRAMES = {
    (3, 13): {"interp": 16, "current_frame": 72, "f_executable": 0,
              "previous": 8, "f_globals": 24, "f_builtins": 32,
              "localsplus": 72},
}

usual = unittest.skipUnless(
    SERIES in SIZES and struct.calcsize("P") == 8
    and not support.Py_GIL_DISABLED and not hasattr(sys, "gettotalrefcount"),
    "no numbers for this kind of build")


def peek(address, size=8):
    import ctypes
    return int.from_bytes(ctypes.string_at(address, size), sys.byteorder)


@usual
class LayoutTest(unittest.TestCase):

    def test_types(self):
        for cls, sizes in SIZES[SERIES].items():
            with self.subTest(cls):
                self.assertEqual((cls.__basicsize__, cls.__itemsize__), sizes)

    def test_code_object(self):
        import_helper.import_module("ctypes")
        offsets = CODE[SERIES]

        def function(a, b=2, /, c=3, *, d=4):
            "A function that has some of everything."
            try:
                return [a, b, c, d, len]
            finally:
                pass

        code = function.__code__
        address = id(code)
        for name, offset in offsets.items():
            if name.startswith("co_") and name != "co_extra":
                with self.subTest(name):
                    self.assertEqual(peek(address + offset),
                                     id(getattr(code, name)))
        for name, offset in offsets["int"].items():
            with self.subTest(name):
                self.assertEqual(peek(address + offset, 4),
                                 getattr(code, name))
        adaptive = code._co_code_adaptive
        self.assertEqual(sys.getsizeof(code),
                         offsets["_co_code_adaptive"] + len(adaptive))
        at = address + offsets["_co_code_adaptive"]
        self.assertEqual(bytes(peek(at + i, 1) for i in range(len(adaptive))),
                         adaptive)

    def test_nothing_is_written_without_a_policy(self):
        import_helper.import_module("ctypes")
        self.assertEqual(
            peek(id(peek.__code__) + CODE[SERIES]["_co_principal"], 4), 0)

    def test_frame(self):
        ctypes = import_helper.import_module("ctypes")
        offsets = FRAMES[SERIES]

        def function(first):
            get = ctypes.pythonapi.PyThreadState_Get
            get.restype = ctypes.c_void_p
            # In C alone: each Python call would be the current frame itself.
            frame = ctypes.c_void_p.from_address(
                get() + offsets["current_frame"]).value
            self.assertNotEqual(peek(get() + offsets["interp"]), 0)
            for name, value in (("f_executable", function.__code__),
                                ("f_globals", globals()),
                                ("localsplus", first)):
                with self.subTest(name):
                    self.assertEqual(peek(frame + offsets[name]), id(value))
            outer = peek(frame + offsets["previous"])
            return peek(outer + offsets["f_executable"])

        self.assertEqual(function(object()), id(sys._getframe().f_code))

    def test_names_of_files(self):
        # What decides whether a wheel fits.
        self.assertEqual(sys.implementation.cache_tag,
                         "cpython-%d%d" % SERIES)
        self.assertEqual(sys.abiflags, "")
        self.assertTrue(sysconfig.get_config_var("EXT_SUFFIX").startswith(
            ".cpython-%d%d-" % SERIES))


SET = (1 << 21) - 1             # pycore_principal.h; above it are flags


class UnderPolicyTest(JudgementTestCase):

    @usual
    def test_the_hole_and_its_neighbours(self):
        import_helper.import_module("ctypes")
        offsets = CODE[SERIES]
        self.world.modules(good="def function(): pass")
        result = self.judge({"vault": []}, f"""
            import ctypes, good, json, sys
            def peek(code, offset, size=8):
                return int.from_bytes(ctypes.string_at(id(code) + offset,
                                                       size), sys.byteorder)
            def own(): pass
            for function in own, json.loads, good.function:
                code = function.__code__
                print(peek(code, {offsets["_co_principal"]}, 4) & {SET},
                      peek(code, {offsets["co_extra"]}),
                      code._co_code_adaptive[:2] == ctypes.string_at(
                          id(code) + {offsets["_co_code_adaptive"]}, 2))
            """)
        self.assertEqual(result.code, 0, result)
        rows = [line.split() for line in result.out.splitlines()]
        self.assertEqual(rows[0], ["1", "0", "True"])
        self.assertEqual(rows[1], ["0", "0", "True"])
        self.assertGreater(int(rows[2][0]), 2)
        self.assertEqual(rows[2][1:], ["0", "True"])

    def test_code_reads_as_ever(self):
        # Nothing of it shows: equality, hash, marshal, the attributes.
        self.world.modules(good="def function(a): return a")
        result = self.judge({"vault": []}, """
            import good, marshal
            def function(a): return a
            own, others = function.__code__, good.function.__code__
            own = own.replace(co_filename=others.co_filename,
                              co_firstlineno=others.co_firstlineno)
            print(own == others, hash(own) == hash(others),
                  marshal.loads(marshal.dumps(own)) == others,
                  any("principal" in name for name in dir(own)))
            """)
        self.assertEqual(result.out.split(), ["True"] * 3 + ["False"], result)

    def test_faulthandler_and_current_frames(self):
        # The marks on the stack show nowhere.
        result = self.judge({"vault": []}, """
            import asyncio, faulthandler, sys, threading, traceback
            from concurrent.futures import ThreadPoolExecutor
            def here():
                faulthandler.dump_traceback(all_threads=False)
                frames = sys._current_frames()[threading.get_ident()]
                names = [f.name for f in traceback.extract_stack(frames)]
                print(names)
                depth, frame = 0, sys._getframe()
                while frame is not None:
                    frame, depth = frame.f_back, depth + 1
                assert depth == len(names), (depth, names)
            async def main():
                here()
                loop = asyncio.get_running_loop()
                loop.call_soon(here)
                await loop.run_in_executor(None, here)
            asyncio.run(main())
            """)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.out.count("'here']"), 3)
        self.assertEqual(result.err.count(" in here\n"), 3)
        self.assertNotIn("<", result.err.replace("<frozen ", "")
                         .replace("(most recent call first)", "")
                         .replace("<module>", ""))


class TracingTest(JudgementTestCase):
    """Tools that look at the stack while it runs."""

    PROGRAM = """
        import asyncio, sys
        names = []
        async def main():
            loop = asyncio.get_running_loop()
            future = loop.create_future()
            loop.call_soon(future.set_result, 1)
            await future
            await loop.run_in_executor(None, int)
        """

    def test_trace_profile_and_monitoring(self):
        result = self.judge({"vault": []}, self.PROGRAM + """
        import threading
        for set in (sys.settrace, sys.setprofile, threading.settrace):
            set(lambda frame, event, arg: names.append(frame.f_code.co_name))
            asyncio.run(main())
            set(None)
        sys.monitoring.use_tool_id(0, "test")
        sys.monitoring.register_callback(
            0, sys.monitoring.events.PY_START,
            lambda code, offset: names.append(code.co_name))
        sys.monitoring.set_events(0, sys.monitoring.events.PY_START)
        asyncio.run(main())
        print(names.count("main") > 3)
        """)
        self.assertEqual(result.out.strip(), "True", result)

    def test_tracemalloc(self):
        result = self.judge({"vault": []}, self.PROGRAM + """
        import tracemalloc
        tracemalloc.start(20)
        asyncio.run(main())
        print(len(tracemalloc.take_snapshot().traces) > 10)
        """)
        self.assertEqual(result.out.strip(), "True", result)


class InstalledTest(unittest.TestCase):
    """What was built for the stock interpreter runs in this one."""

    programs = {
        "numpy": "import numpy; print(numpy.arange(6).reshape(2, 3).sum())",
        "pydantic_core": "import pydantic_core; print(pydantic_core."
                         "SchemaValidator({'type': 'int'})"
                         ".validate_python('15'))",
        "lxml": "from lxml import etree\n"
                "print(etree.fromstring('<a><b>15</b></a>')[0].text)",
        "cryptography": "from cryptography.fernet import Fernet\n"
                        "f = Fernet(Fernet.generate_key())\n"
                        "print(f.decrypt(f.encrypt(b'15')).decode())",
        "greenlet": "import greenlet\n"
                    "print(greenlet.greenlet(lambda x: x).switch(15))",
    }

    def test_wheels(self):
        for name, program in self.programs.items():
            with self.subTest(name):
                installed(self, name)
                result = run_installed("-c", program)
                self.assertEqual((result.code, result.out.strip()),
                                 (0, "15"), result)

    def test_py_spy(self):
        site = installed(self, "py_spy-*.dist-info", "py-spy")
        spy = os.path.join(os.path.dirname(os.environ[
            "IMPORTPOLICY_TEST_VENV"]), "py-spy")
        self.assertTrue(site)
        with support.os_helper.temp_dir() as root:
            world = World(root)
            world.policy({"vault": []})
            script = world.write("app/main.py", """
                import asyncio, time
                from concurrent.futures import ThreadPoolExecutor
                def wait_in_pool():
                    time.sleep(60)
                async def wait_in_task():
                    print("ready", flush=True)
                    time.sleep(60)
                async def main():
                    asyncio.get_running_loop().run_in_executor(
                        None, wait_in_pool)
                    await asyncio.create_task(wait_in_task())
                asyncio.run(main())
                """)
            with subprocess.Popen([sys.executable, script],
                                  stdout=subprocess.PIPE,
                                  env=world.environment()) as process:
                try:
                    self.assertEqual(process.stdout.readline(), b"ready\n")
                    time.sleep(0.2)
                    dump = subprocess.run(
                        [spy, "dump", "--json", "--pid", str(process.pid)],
                        capture_output=True, text=True, timeout=60)
                finally:
                    process.kill()
        if "ermission" in dump.stderr or "not permitted" in dump.stderr:
            self.skipTest("may not look into another process: " + dump.stderr)
        self.assertEqual(dump.returncode, 0, dump.stderr)
        found = {}
        for thread in json.loads(dump.stdout):
            for frame in thread["frames"]:
                if frame["filename"].endswith("main.py"):
                    found[frame["name"]] = frame["line"]
        self.assertEqual(found, {"wait_in_pool": 5, "wait_in_task": 8,
                                 "<module>": 13})


if __name__ == "__main__":
    unittest.main()
