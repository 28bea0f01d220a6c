"""What holds while a manager is in force."""

import json
import os
import subprocess
import sys
import unittest

import secman
from test.test_secman.support import PRELUDE, SecmanTestCase


class PermissionsTest(unittest.TestCase):
    """Of managers that are not in force: they may be looked at here."""

    def manager(self, *permissions):
        manager = secman.SecurityManager()
        for permission in permissions:
            manager.set_permission(permission)
        return manager

    def test_nothing_is_allowed_by_default(self):
        manager = self.manager()
        for event in "open", "import", "secman.add_manager", "mylib.event":
            self.assertIs(manager.is_allowed(event), False)
            self.assertIs(manager.get_permission(event).allow, False)

    def test_event(self):
        manager = self.manager(secman.Permission("os.system", True))
        self.assertIs(manager.is_allowed("os.system", b"true"), True)
        self.assertIs(manager.is_allowed("os.fork"), False)
        self.assertEqual(manager.get_permission("os.system").event,
                         "os.system")

    def test_the_most_specific_decides(self):
        manager = self.manager(
            secman.GenericPermission(True), secman.IOPermission(False),
            secman.FilePermission(True), secman.Permission("open", False))
        allowed = {event: manager.is_allowed(event) for event in
                   ("os.system", "socket.listen", "sqlite3.connect",
                    "os.rmdir", "open")}
        self.assertEqual(allowed, {
            "os.system": True, "socket.listen": False,
            "sqlite3.connect": False, "os.rmdir": True, "open": False})

    def test_order_does_not_matter(self):
        permissions = [secman.GenericPermission(True),
                       secman.IOPermission(False),
                       secman.Permission("open", True)]
        for order in permissions, permissions[::-1]:
            manager = self.manager(*order)
            self.assertTrue(manager.is_allowed("open", "x", "r", 0))
            self.assertFalse(manager.is_allowed("os.rmdir", "x", -1))

    def test_security_is_covered_by_itself_alone(self):
        manager = self.manager(secman.GenericPermission(True))
        self.assertFalse(manager.is_allowed("secman.add_manager"))
        self.assertFalse(manager.is_allowed("sys.addaudithook"))
        manager.set_permission(secman.SecurityPermission(True))
        self.assertTrue(manager.is_allowed("secman.add_manager"))

    def test_events_of_others(self):
        manager = self.manager(secman.Permission("mylib.event", True))
        self.assertTrue(manager.is_allowed("mylib.event", 1))
        self.assertFalse(manager.is_allowed("mylib.other", 1))
        manager.set_permission(secman.GenericPermission(True))
        self.assertTrue(manager.is_allowed("mylib.other", 1))

    def test_replaced(self):
        manager = self.manager(secman.Permission("open", True))
        manager.set_permission(secman.Permission("open", False))
        self.assertFalse(manager.is_allowed("open", "x", "r", 0))
        self.assertEqual(len(manager.permissions()), 1)

    def test_listed(self):
        permissions = (secman.Permission("open", True,
                                         secman.FileTarget("/tmp")),
                       secman.SocketPermission(False))
        self.assertEqual(list(map(repr,
                                  self.manager(*permissions).permissions())),
                         list(map(repr, permissions)))

    def test_by_family(self):
        manager = self.manager(secman.IOPermission(True))
        found = manager.get_permission(secman.FilePermission)
        self.assertEqual((found.event, found.family, found.allow),
                         (None, "io", True))

    def test_fields(self):
        permission = secman.Permission("open", True)
        self.assertIs(type(permission), secman.FilePermission)
        self.assertEqual((permission.event, permission.family,
                          permission.allow, permission.target),
                         ("open", "file", True, ()))
        self.assertEqual(repr(permission), "Permission('open', True)")
        self.assertEqual(repr(secman.FilePermission(False)),
                         "FilePermission(False)")
        with self.assertRaises(AttributeError):
            permission.allow = False

    def test_mistakes(self):
        for error, make in (
            (TypeError, lambda: secman.Permission("open", 1)),
            (TypeError, lambda: secman.Permission("open")),
            (TypeError, lambda: secman.Permission(True)),
            (TypeError, lambda: secman.Permission("open", True, "/tmp")),
            (ValueError, lambda: secman.Permission("open", True, [])),
            (ValueError, lambda: secman.SocketPermission("open", True)),
            (ValueError, lambda: secman.Permission(
                "open", True, secman.HostTarget("x"))),
            (ValueError, lambda: secman.Permission(
                "mylib.event", True, secman.FileTarget("/x"))),
            (ValueError, lambda: secman.FileTarget("/x", mode="a")),
            (ValueError, lambda: secman.FileTarget("")),
            (ValueError, lambda: secman.FileTarget("$NOWHERE/x")),
            (ValueError, lambda: secman.HostTarget("!x")),
            (ValueError, lambda: secman.HostTarget("http://x/")),
            (TypeError, lambda: secman.FileTarget()),
            (TypeError, lambda: secman.CodeTarget(1)),
            (TypeError, lambda: secman.CodeTarget()),
            (TypeError, secman.SecurityManagerBase),
            (TypeError, secman.Target),
            (TypeError, lambda: secman.add_manager(object())),
            (ValueError, lambda: secman.add_manager(self.manager(), 12345)),
            (ValueError, lambda: secman.remove_manager(self.manager())),
            (TypeError, lambda: self.manager().set_permission("open")),
            (ValueError, lambda: secman.SecurityManager.preset("nobody")),
        ):
            with self.subTest(make=make), self.assertRaises(error):
                make()

    def test_types_are_immutable(self):
        for name in secman.__all__:
            cls = getattr(secman, name)
            if isinstance(cls, type):
                with self.subTest(name=name), self.assertRaises(TypeError):
                    cls.on_file = cls.dispatch_audit = None


class InForceTest(SecmanTestCase):

    def test_readme(self):
        # As it stands in the documentation.
        self.assertTold("""
            code = compile("tell('executed')", "", "exec")
            import secman
            manager = secman.SecurityManager()
            manager.set_permission(secman.Permission("import", True))
            manager.set_permission(secman.Permission("exec", True))
            secman.add_manager(manager)

            import faulthandler                 # one that is built in
            exec(code)
            attempt("open", open, "mark", "w")
            attempt("system", os.system, "echo > mark")
            """, "executed", "open refused", "system refused")
        self.assertFalse(os.path.exists(self.path("mark")))

    def test_packages_need_files_too(self):
        text = """
            permissions = [Permission("import", True),
                           Permission("exec", True)]
            if len(sys.argv) > 1:
                permissions += [Permission("open", True),
                                Permission("os.listdir", True)]
            manage(*permissions)
            def load():
                import colorsys
            attempt("import", load)
            """
        self.assertTold(text, "import refused")
        result = self.run_program(text, "with")
        self.assertEqual(result.lines, ["import done"], result.stderr)

    def test_manager_stays(self):
        self.assertTold("""
            manager = manage(Permission("open", True))
            other = SecurityManager()
            attempt("remove", remove_manager, manager)
            attempt("add", add_manager, other)
            attempt("add to thread", add_manager, other,
                    threading.get_ident())
            permission = Permission("os.system", True)
            attempt("set", manager.set_permission, permission)
            attempt("get", manager.get_permission, "open")
            attempt("list", manager.permissions)
            attempt("system", os.system, "true")
            """, *(f"{name} refused" for name in (
                "remove", "add", "add to thread", "set", "get", "list",
                "system")))

    def test_permitted_changes(self):
        self.assertTold("""
            manager = manage(*(Permission("secman." + name, True) for name in
                               ("add_manager", "remove_manager",
                                "set_permission", "get_permission")))
            attempt("system", os.system, "true")
            manager.set_permission(Permission("os.system", True))
            attempt("system", os.system, "true")
            tell(len(manager.permissions()))
            other = SecurityManager()
            other.set_permission(SecurityPermission(True))
            add_manager(other)
            attempt("system", os.system, "true")    # each must allow
            remove_manager(other)
            attempt("system", os.system, "true")
            remove_manager(manager)
            attempt("open", open, "mark", "w")
            attempt("remove", remove_manager, manager)
            """, "system refused", "system done", "5", "system refused",
            "system done", "open done",
            "remove failed ValueError this manager is not in force there")

    def test_twice(self):
        self.assertTold("""
            manager = manage(SecurityPermission(True))
            attempt("again", add_manager, manager)
            """, "again failed ValueError this manager is in force there "
                 "already")

    def test_what_python_holds_is_a_handle(self):
        self.assertTold("""
            import gc
            class Manager(SecurityManager):
                pass
            permission = Permission("open", False)
            manager = Manager()
            manager.set_permission(permission)
            manager.set_permission(ReflectionPermission(True))
            add_manager(manager)
            # Everything that leads to it, and all that it leads to.
            for found in gc.get_referrers(manager) + gc.get_referents(
                    manager):
                if isinstance(found, dict) and "permissions" in found:
                    tell("stolen")
            manager.__dict__.clear()
            manager.permissions = {}
            Manager.is_allowed = Manager.dispatch_audit = (
                lambda *args: True)
            Manager.on_file = Manager.on_generic = lambda *args: True
            attempt("init", manager.__init__)
            attempt("open", open, "mark", "w")
            manager.__class__ = type("Other", (SecurityManager,), {})
            del Manager, manager, permission
            gc.collect()
            attempt("open", open, "mark", "w")
            """, "init failed RuntimeError the manager is in force",
            "open refused", "open refused")

    def test_second_module(self):
        self.assertTold("""
            manager = manage(GenericPermission(True))
            del sys.modules["_secman"]
            try:
                import _secman
            except ImportError as error:
                tell(error)
            attempt("add", add_manager, SecurityManager())
            attempt("remove", remove_manager, manager)
            tell(FilePermission(True))
            """, "_secman is loaded already", "add refused",
            "remove refused", "FilePermission(True)")

    def test_held_functions(self):
        # What was looked up before is refused like any other.
        self.assertTold("""
            import ctypes, _posixsubprocess, subprocess
            function = ctypes.CDLL(None).getpid
            popen = subprocess.Popen
            manage()
            attempt("call", function)
            attempt("popen", popen, ["true"])
            attempt("eval", eval, "1")
            """, "call refused", "popen refused", "eval refused")

    def test_exit_status(self):
        for end, status in (("", 0), ("sys.exit(3)", 3),
                            ("raise SystemExit", 0), ("1/0", 1)):
            with self.subTest(end=end):
                result = self.run_program("manage()\ntell('end')\n" + end)
                self.assertEqual(result.lines, ["end"], result.stderr)
                self.assertEqual(result.returncode, status, result.stderr)
                if not end:
                    self.assertEqual(result.stderr, "")

    def test_hooks_cleared(self):
        result = self.run_program("""
            manage(GenericPermission(True), NativePermission(False))
            try:
                sys.audit("cpython._PySys_ClearAuditHooks")
            except BaseException:
                pass
            tell("went on")
            """)
        self.assertEqual(result.lines, [])
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("SecurityError", result.stderr)

    def test_hooks_cleared_when_permitted(self):
        self.assertTold("""
            manage(CPythonPermission(True))
            sys.audit("cpython._PySys_ClearAuditHooks")
            attempt("open", open, "mark", "w")
            """, "open refused")

    def test_until_the_end(self):
        # The manager outlives the hooks.
        result = self.run_program("""
            import atexit
            class Late:
                def __init__(self, name):
                    self.late = open, os.write, SecurityError, name.encode()
                def __del__(self):
                    open, write, error, name = self.late
                    try:
                        open("mark", "w")
                    except error:
                        write(1, name + b" refused\\n")
            atexit.register(attempt, "atexit", open, "mark", "w")
            sys.late = Late("module")
            cycle = Late("cycle")
            cycle.itself = cycle
            manage()
            """)
        self.assertEqual(sorted(result.lines), [
            "atexit refused", "cycle refused", "module refused"],
            result.stderr)
        self.assertEqual(result.returncode, 0)

    def test_exception(self):
        self.assertTold("""
            manage(Permission("import", True, ModuleTarget("json")))
            error = attempt("open", open, "mark", "w")
            tell(error.code, error.event, error.target,
                 isinstance(error, PermissionError))
            try:
                import colorsys
            except ImportError as error:
                tell(error.code, error.event, error.name,
                     isinstance(error, SecurityError))
            """,
            "open refused", "secman open mark True",
            "secman import colorsys True")

    def test_message(self):
        self.assertTold("""
            manage(Permission("open", True, FileTarget("/nowhere")),
                   ProcessPermission(False))
            add = []
            for function in (lambda: open("mark"), lambda: os.system("x"),
                             lambda: os.rmdir("x")):
                try:
                    function()
                except SecurityError as error:
                    tell(error)
            """,
            "secman: open('%s') is refused by the manager of all threads: "
            "the permission for 'open' does not name this"
            % self.path("mark"),
            "secman: os.system('x') is refused by the manager of all "
            "threads: the permission for the family 'process' says no",
            "secman: os.rmdir('x', -1) is refused by the manager of all "
            "threads: no permission covers it")

    def test_verbose(self):
        result = self.run_program("""
            manage(Permission("os.chdir", True), verbose=True)
            os.chdir("/")
            attempt("rmdir", os.rmdir, "x\\n")
            """)
        lines = [line for line in result.stderr.splitlines()
                 if "os." in line]
        self.assertEqual(lines, [
            "secman: process: os.chdir('/'): allowed",
            "secman: file: os.rmdir('x\\u000a', -1): refused: no permission "
            "covers it"], result.stderr)

    def test_addaudithook_is_refused_in_silence(self):
        # As CPython has it.
        self.assertTold("""
            manage()
            sys.addaudithook(lambda *args: tell("hook"))
            attempt("open", open, "mark", "w")
            """, "open refused")

    def test_unraisablehook_is_not_called(self):
        # A refusal has nobody to be raised to: CPython says so on standard
        # error, and what the hook would have done does not happen.
        for permissions, told in (
                ("", []),
                ("Permission('sys.unraisablehook', True)", ["hook"]),
                ("DebugPermission(True), "
                 "Permission('sys.unraisablehook', False)", [])):
            result = self.run_program(f"""
                class Noisy:
                    def __del__(self):
                        raise ValueError
                sys.unraisablehook = lambda unraisable: tell("hook")
                manage({permissions})
                Noisy()
                """)
            self.assertEqual(result.lines, told, result.stderr)
            self.assertEqual("sys.unraisablehook" in result.stderr, not told,
                             result.stderr)
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_prompt_ends(self):
        # Without compile no line can be read, nor the end of the input seen.
        for permissions, told, status in (
                ("", [], 1),
                ("Permission('compile', True), Permission('exec', True), "
                 "Permission('builtins.input', True)", ["next"], 0)):
            result = subprocess.run(
                [sys.executable, "-I", "-q", "-i", "-c", PRELUDE],
                input=f"_ = manage({permissions})\n_ = tell('next')\n",
                capture_output=True, text=True, timeout=60)
            self.assertEqual(result.stdout.split(), told, result.stderr)
            self.assertEqual(result.returncode, status, result.stderr)
            self.assertEqual("a prompt needs the event compile"
                             in result.stderr, status == 1, result.stderr)

    def test_log_of_a_policy(self):
        # What a manager refuses stands in it beside what the policy refuses.
        self.write("policy.json", '{"$log": "log", "colorsys": []}')
        self.assertTold("""
            try:
                import colorsys
            except ImportError:
                pass
            manage(Permission("os.mkdir", True))
            attempt("rmdir", os.rmdir, "x")
            attempt("mkdir", os.mkdir, "d")
            """, "rmdir refused", "mkdir done")
        with open(self.path("log"), encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        self.assertEqual([(record["kind"], record["what"], record["target"],
                           record["principal"], record["verdict"])
                          for record in records],
                         [("import", "colorsys", None, "__main__", "refused"),
                          ("manager", "os.rmdir", "x", "__main__",
                           "refused")])
        self.assertIsNone(records[1]["policy"])
        self.assertIn("is refused by the manager of all threads",
                      records[1]["reason"])

    def test_before_hooks(self):
        self.assertTold("""
            sys.addaudithook(lambda event, args: event == "os.rmdir"
                             and tell("hook", event))
            manage(Permission("os.rmdir", True, FileTarget("x")))
            attempt("rmdir", os.rmdir, "x")
            attempt("rmdir", os.rmdir, "y")
            """, "hook os.rmdir",
            "rmdir failed FileNotFoundError [Errno 2] No such file or "
            "directory: 'x'", "rmdir refused")

    def test_added_events_only_while_in_force(self):
        self.assertTold("""
            seen = []
            sys.addaudithook(lambda event, args: seen.append(event))
            os.stat("/")
            tell("os.stat" in seen)
            manager = manage(SecurityPermission(True), FilePermission(True))
            os.stat("/")
            tell("os.stat" in seen)
            remove_manager(manager)
            seen.clear()
            os.stat("/")
            tell("os.stat" in seen)
            """, "False", "True", "False")

    def test_dynamic_names(self):
        # The name of an event is compared, not only its address.
        self.assertTold("""
            manage(Permission("mylib.a", True), Permission("os.chdir", True))
            for i in range(2000):
                sys.audit("mylib." + chr(97))
                sys.audit("os." + "chdir", "x")
                for name in "mylib.b", "os.rmdir":
                    try:
                        sys.audit("".join(list(name)))
                    except SecurityError:
                        pass
                    else:
                        tell("passed", name)
            """)


class ClassTest(SecmanTestCase):
    """Managers whose class decides."""

    def test_methods(self):
        self.assertTold("""
            class Manager(SecurityManager):
                def on_file(self, permission, args):
                    return args[0].endswith("yes")
                def on_process(self, permission, args):
                    return permission.allow
            manager = Manager()
            manager.set_permission(Permission("os.system", True))
            add_manager(manager)
            attempt("rmdir yes", os.rmdir, "x.yes")
            attempt("rmdir no", os.rmdir, "x.no")
            attempt("system", os.system, "true")
            attempt("chdir", os.chdir, "/")
            attempt("socket", __import__, "socket")
            """,
            "rmdir yes failed FileNotFoundError [Errno 2] No such file or "
            "directory: 'x.yes'", "rmdir no refused", "system done",
            "chdir refused", "socket refused")

    def test_nearest_method(self):
        self.assertTold("""
            class Manager(SecurityManagerBase):
                def on_io(self, permission, args):
                    return permission.family == "file"
            add_manager(Manager())
            attempt("file", os.chmod, "x", 0)
            attempt("socket", sys.audit, "socket.bind")
            attempt("ftp", sys.audit, "ftplib.connect")
            attempt("process", os.chdir, "/")
            """,
            "file failed FileNotFoundError [Errno 2] No such file or "
            "directory: 'x'", "socket refused", "ftp refused",
            "process refused")

    def test_dispatch(self):
        self.assertTold("""
            class Manager(SecurityManagerBase):
                def dispatch_audit(self, event, *args):
                    if event == "os.chdir":
                        return args == ("/",)
                    return super().dispatch_audit(event, *args)
                def on_file(self, permission, args):
                    return True
            add_manager(Manager())
            attempt("chdir /", os.chdir, "/")
            attempt("chdir", os.chdir, "/tmp")
            attempt("file", os.mkdir, "/")
            attempt("other", os.system, "true")
            """, "chdir / done", "chdir refused",
            "file failed FileExistsError [Errno 17] File exists: '/'",
            "other refused")

    def test_only_true_is_a_yes(self):
        self.assertTold("""
            class Other(BaseException):
                pass
            answers = {
                "True": lambda: True, "False": lambda: False,
                "None": lambda: None, "1": lambda: 1,
                "text": lambda: "yes", "error": lambda: 1/0,
                "exit": lambda: sys.exit(), "base": lambda: answers[0],
                "interrupt": lambda: (_ for _ in ()).throw(
                    KeyboardInterrupt),
                "security": lambda: (_ for _ in ()).throw(SecurityError),
            }
            answer = None
            class Manager(SecurityManager):
                def on_process(self, permission, args):
                    return answers[answer]()
            add_manager(Manager())
            for answer in answers:
                attempt(answer, os.chdir, "/")
            """, "True done", *(f"{name} refused" for name in (
                "False", "None", "1", "text", "error", "exit", "base",
                "interrupt", "security")))

    def test_coroutine_is_no_yes(self):
        result = self.run_program("""
            class Manager(SecurityManager):
                async def on_process(self, permission, args):
                    return True
            add_manager(Manager())
            attempt("chdir", os.chdir, "/")
            """)
        self.assertEqual(result.lines, ["chdir refused"], result.stderr)

    def test_traceback_shows_nothing_of_the_manager(self):
        self.assertTold("""
            class Manager(SecurityManager):
                def on_process(self, permission, args):
                    secret = object()
                    raise ValueError(secret)
            add_manager(Manager())
            error = attempt("chdir", os.chdir, "/")
            tell(error)
            tell(error.__cause__, error.__context__)
            traceback, n = error.__traceback__, 0
            while traceback:
                traceback, n = traceback.tb_next, n + 1
            tell(n)
            """, "chdir refused",
            "secman: os.chdir('/') is refused by the manager of all threads: "
            "its class raised an exception (ValueError)", "None None", "1")

    def test_no_reentry(self):
        self.assertTold("""
            calls = []
            class Manager(SecurityManager):
                def on_file(self, permission, args):
                    calls.append(args[0])
                    if args[0] == "/dev/null":
                        open("/dev/zero").close()   # by the permissions
                        return True
                    return False
            manager = Manager()
            manager.set_permission(Permission("open", True,
                                              FileTarget("/dev/zero")))
            add_manager(manager)
            attempt("null", lambda: open("/dev/null").close())
            attempt("zero", lambda: open("/dev/zero").close())
            tell(calls)
            """, "null done", "zero refused", "['/dev/null', '/dev/zero']")

    def test_methods_are_no_door(self):
        # Whoever gets code into a method (a class of his, a finalizer, a
        # C function) is judged by the permissions.
        self.assertTold("""
            import functools, gc
            class Text(str):
                __repr__ = staticmethod(functools.partial(os.mkdir, "stolen1"))
            class Late:
                __del__ = staticmethod(functools.partial(os.mkdir, "stolen2"))
            class Manager(SecurityManager):
                def on_generic(self, permission, args):
                    return False
                def on_file(self, permission, args):
                    if isinstance(args[0], Text):
                        try:
                            repr(args[0])
                        except SecurityError:
                            tell("inside refused")
                        late = Late()
                        del late
                        gc.collect()
                    return permission.event == "os.rmdir"
            add_manager(Manager())
            try:
                os.rmdir(Text("x"))
            except FileNotFoundError:
                tell("rmdir done")
            """, "inside refused", "rmdir done")
        self.assertFalse([name for name in os.listdir(self.root)
                          if name.startswith("stolen")])

    def test_captured(self):
        self.assertTold("""
            class Manager(SecurityManager):
                def on_file(self, permission, args):
                    return False
            manager = Manager()
            add_manager(manager)
            Manager.on_file = lambda *args: True
            manager.on_file = lambda *args: True
            Manager.dispatch_audit = lambda *args: True
            attempt("rmdir", os.rmdir, "x")
            del Manager.on_file
            attempt("rmdir", os.rmdir, "x")
            """, "rmdir refused", "rmdir refused")

    def test_taken_out_while_it_is_asked(self):
        # Whatever its method does, what is judged with is there.  Freed
        # memory is overwritten here, which shows in the verdict.
        self.assertTold("""
            class Manager(SecurityManagerBase):
                def on_code(self, permission, args):
                    remove_manager(self)
                    for _ in range(3):
                        self.set_permission(Permission("open", True))
                    return False
            manager = Manager()
            manager.set_permission(GenericPermission(True))
            manager.set_permission(SecurityPermission(True))
            def replace():
                attempt.__code__.replace(co_name="x")
            add_manager(manager)
            attempt("replace", replace)
            attempt("exec", exec, "tell(1)")
            """, "replace done", "1", "exec done", PYTHONMALLOC="debug")

    def test_is_allowed(self):
        class Manager(secman.SecurityManager):
            def on_file(self, permission, args):
                return args[0] == "yes"
        manager = Manager()
        self.assertTrue(manager.is_allowed("os.rmdir", "yes"))
        self.assertFalse(manager.is_allowed("os.rmdir", "no"))
        self.assertFalse(manager.is_allowed("os.system", "yes"))

    def test_own_init(self):
        class Manager(secman.SecurityManagerBase):
            def __init__(self, name):
                self.name = name
        self.assertEqual(Manager("x").name, "x")


class PresetTest(SecmanTestCase):

    ORDINARY = """
        manager = SecurityManager.preset(sys.argv[1])
        add_manager(manager)
        import argparse, asyncio, base64, collections, concurrent.futures
        import configparser, contextlib, copy, csv, dataclasses, datetime
        import decimal, email, enum, functools, hashlib, heapq, html.parser
        import inspect, io, itertools, json, logging, math, operator, pathlib
        import pickle, pprint, queue, random, re, shlex, statistics, string
        import struct, tempfile, textwrap, traceback, typing, unittest
        import urllib.parse, uuid, warnings, xml.etree.ElementTree, zipfile
        logging.basicConfig(stream=sys.stdout)
        logging.warning("logged")
        sys.stdout.flush()

        @dataclasses.dataclass
        class Point:
            x: int = 1
        Color = enum.Enum("Color", "RED")
        Pair = collections.namedtuple("Pair", "a b")
        assert pickle.loads(pickle.dumps(Point(2))) == Point(2)
        assert json.loads(json.dumps([1])) == [1]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            assert list(pool.map(str, range(3))) == ["0", "1", "2"]
        async def main():
            await asyncio.sleep(0)
            return await asyncio.to_thread(str, 5)
        assert asyncio.run(main()) == "5"
        assert eval("1 + 1") == 2
        tell("ordinary")
        """

    EFFECTS = """
        import ctypes, marshal, socket, subprocess
        function = ctypes.CDLL(None).getpid
        sock = socket.socket()
        manager = SecurityManager.preset(sys.argv[1])
        add_manager(manager)
        attempt("read", lambda: open("/etc/passwd").close())
        attempt("write", lambda: open("mark", "w").close())
        attempt("tmp", lambda: open(os.environ["TMPDIR"] + "/x",
                                    "w").close())
        attempt("list", os.listdir, "/")
        attempt("system", os.system, "true")
        attempt("run", subprocess.run, ["true"])
        attempt("bind", sock.bind, ("127.0.0.1", 0))
        attempt("raw", marshal.loads, b"N")
        attempt("call", function)
        attempt("setuid", os.setuid, os.getuid())
        attempt("change", manager.set_permission, Permission("open", True))
        attempt("trace", sys.settrace, None)
        attempt("frame", sys._getframe)
        """

    def effects(self, name):
        os.mkdir(self.path("tmp"))
        result = self.run_program(self.EFFECTS, name,
                                  TMPDIR=self.path("tmp"))
        self.assertEqual(result.returncode, 0, result.stderr)
        found = [line.split() for line in result.lines]
        return {name for name, verdict, *_ in found if verdict != "refused"}

    def test_ordinary_programs(self):
        for name in "application", "library", "untrusted":
            with self.subTest(preset=name):
                result = self.run_program(self.ORDINARY, name)
                self.assertEqual(result.lines,
                                 ["WARNING:root:logged", "ordinary"],
                                 result.stderr)
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_application(self):
        self.assertEqual(self.effects("application"), {
            "read", "write", "tmp", "list", "system", "run", "bind", "raw",
            "call", "trace", "frame"})

    def test_library(self):
        self.assertEqual(self.effects("library"),
                         {"read", "tmp", "list", "frame"})

    def test_untrusted(self):
        self.assertEqual(self.effects("untrusted"), set())

    def test_forged_names(self):
        # Frames of the library may be looked at; nobody can pretend.
        self.assertTold("""
            library = os.path.dirname(os.__file__) + "/forged.py"
            add_manager(SecurityManager.preset("untrusted"))
            attempt("compile", compile, "1", library, "eval")
            code = compile("1", "<string>", "eval")
            attempt("replace", code.replace, co_filename=library)
            attempt("frame", sys._getframe)
            try:
                1/0
            except ZeroDivisionError as error:
                caught = error
            attempt("traceback", lambda: caught.__traceback__.tb_frame)
            attempt("generator", lambda: (x for x in ()).gi_frame)
            """, "compile refused", "replace refused", "frame refused",
            "traceback refused", "generator refused")


if __name__ == "__main__":
    unittest.main()
