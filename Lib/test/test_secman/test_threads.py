"""Managers of one thread, of its children, of interpreters and of forks."""

import os
import tempfile
import unittest

from test.support import check_sanitizer, os_helper
from test.test_secman.support import SecmanTestCase


class ThreadTest(SecmanTestCase):

    def test_one_thread(self):
        self.assertTold("""
            def restricted():
                manage(thread=threading.get_ident())
                attempt("inside", open, "mark", "w")
            thread = threading.Thread(target=restricted)
            thread.start()
            thread.join()
            attempt("outside", open, "mark", "w")
            """, "inside refused", "outside done")

    def test_another_thread(self):
        self.assertTold("""
            go, ready = threading.Event(), threading.Event()
            def restricted():
                ready.set()
                go.wait()
                attempt("inside", open, "mark", "w")
            thread = threading.Thread(target=restricted)
            thread.start()
            ready.wait()
            manager = manage(thread=thread.ident)
            go.set()
            thread.join()
            attempt("outside", open, "mark", "w")
            """, "inside refused", "outside done")

    def test_both(self):
        self.assertTold("""
            manage(FilePermission(True), SecurityPermission(True),
                   GenericPermission(True), ProcessPermission(False))
            def restricted():
                manage(ProcessPermission(True), FilePermission(True,
                                                  FileTarget("/dev/null")),
                       thread=threading.get_ident())
                error = attempt("file", open, "mark", "w")
                tell(error)
                attempt("null", lambda: open("/dev/null").close())
                error = attempt("process", os.chdir, "/")
                tell(error)
            thread = threading.Thread(target=restricted)
            thread.start()
            thread.join()
            attempt("outside", open, "mark", "w")
            """, "file refused",
            f"secman: open('{self.path('mark')}') is refused by the manager "
            "of this thread: the permission for the family 'file' does not "
            "name this", "null done", "process refused",
            "secman: os.chdir('/') is refused by the manager of all threads: "
            "the permission for the family 'process' says no",
            "outside done")

    def test_inherited(self):
        self.assertTold("""
            import _thread, concurrent.futures.thread
            def restricted():
                manage(GenericPermission(True), FilePermission(False),
                       thread=threading.get_ident())
                child = threading.Thread(target=grandchild)
                child.start()
                child.join()
                with concurrent.futures.ThreadPoolExecutor(1) as pool:
                    pool.submit(attempt, "pool", open, "mark", "w").result()
                done = _thread.allocate_lock()
                done.acquire()
                def plain():
                    attempt("plain", open, "mark", "w")
                    done.release()
                _thread.start_new_thread(plain, ())
                done.acquire()
            def grandchild():
                attempt("child", open, "mark", "w")
                thread = threading.Thread(
                    target=attempt, args=("grandchild", open, "mark", "w"))
                thread.start()
                thread.join()
            thread = threading.Thread(target=restricted)
            thread.start()
            thread.join()
            attempt("outside", open, "mark", "w")
            """, "child refused", "grandchild refused", "pool refused",
            "plain refused", "outside done")

    def test_child_keeps_it(self):
        # What the parent's thread loses later, the child's does not.
        self.assertTold("""
            go = threading.Event()
            def child():
                go.wait()
                attempt("child", open, "mark", "w")
            def restricted():
                manager = manage(
                    SecurityPermission(True), GenericPermission(True),
                    FilePermission(False), thread=threading.get_ident())
                thread = threading.Thread(target=child)
                thread.start()
                remove_manager(manager, threading.get_ident())
                attempt("parent", open, "mark", "w")
                go.set()
                thread.join()
            thread = threading.Thread(target=restricted)
            thread.start()
            thread.join()
            """, "parent done", "child refused")

    @unittest.skipIf(check_sanitizer(address=True),
                     "AddressSanitizer keeps what is given back")
    def test_gone_with_the_thread(self):
        # 10,000 threads, each with a manager of its own that a class of its
        # own decides for, and children: nothing is left.
        result = self.run_program("""
            import gc, weakref, resource
            managers = weakref.WeakSet()
            class Manager(SecurityManager):
                def on_file(self, permission, args):
                    return False
            def child():
                try:
                    open("mark", "w")
                except SecurityError:
                    return
                tell("child was free")
            def restricted(i):
                manager = (Manager if i % 2 else SecurityManager)()
                for permission in permissions:
                    manager.set_permission(permission)
                if i % 2:
                    managers.add(manager)
                add_manager(manager, threading.get_ident())
                child()
                if i % 100 == 0:
                    thread = threading.Thread(target=child)
                    thread.start()
                    thread.join()
            permissions = [
                GenericPermission(True), SecurityPermission(True),
                FilePermission(False),
                Permission("open", False, [FileTarget("/x"),
                                           FileTarget(os.devnull)])]
            def run(n):
                for i in range(n):
                    thread = threading.Thread(target=restricted, args=(i,))
                    thread.start()
                    thread.join()
                    del thread
                gc.collect()
            def size():
                with open("/proc/self/statm") as file:
                    return int(file.read().split()[1]) * 4096
            run(2000)
            before = size()
            run(10000)
            tell(len(managers), size() - before < 2 << 20)
            attempt("outside", open, "mark", "w")
            """, timeout=240)
        self.assertEqual(result.lines, ["0 True", "outside done"],
                         result.stderr)

    def test_cleared_while_managed(self):
        # What a thread leaves behind is still judged when it goes.
        self.assertTold("""
            class Late:
                def __del__(self):
                    attempt("late", open, "mark", "w")
            class Manager(SecurityManager):
                def on_file(self, permission, args):
                    return False
            local = threading.local()
            def restricted():
                local.late = Late()
                manager = Manager()
                manager.late = Late()
                manager.set_permission(GenericPermission(True))
                manager.set_permission(FilePermission(False))
                add_manager(manager, threading.get_ident())
            thread = threading.Thread(target=restricted)
            thread.start()
            thread.join()
            """, "late refused", "late refused")


class InterpreterTest(SecmanTestCase):

    def test_sub_interpreters(self):
        self.assertTold("""
            import _interpreters
            code = '''if True:
                try:
                    open("mark", "w")
                except PermissionError as error:
                    text = type(error).__name__, error.code
                else:
                    text = "done"
                import os
                os.write(1, repr(text).encode() + b"\\\\n")
                '''
            before = _interpreters.create()
            manage(GenericPermission(True), FilePermission(False),
                   Permission("os.stat", True), Permission("os.listdir", True),
                   FilePermission(True, FileTarget("/", mode="r")))
            after = _interpreters.create()
            for interpreter in before, after:
                _interpreters.run_string(interpreter, code)
            """, "('AccessDenied', 'secman')", "('AccessDenied', 'secman')")

    def test_of_a_restricted_thread(self):
        self.assertTold("""
            import _interpreters
            code = '''if True:
                try:
                    open("mark", "w")
                except PermissionError as error:
                    text = type(error).__name__, error.code
                else:
                    text = "done"
                import os
                os.write(1, repr(text).encode() + b"\\\\n")
                '''
            def run():
                interpreter = _interpreters.create()
                _interpreters.run_string(interpreter, code)
            def restricted():
                manage(GenericPermission(True), FilePermission(
                    True, FileTarget("/", mode="r")),
                    thread=threading.get_ident())
                run()
            thread = threading.Thread(target=restricted)
            thread.start()
            thread.join()
            run()
            """, "('AccessDenied', 'secman')", "'done'")

    def test_run_by_a_restricted_thread(self):
        self.assertTold("""
            import _interpreters
            interpreter = _interpreters.create()
            code = '''if True:
                import os
                try:
                    open("mark", "w")
                except PermissionError as error:
                    os.write(1, error.code.encode() + b"\\\\n")
                else:
                    os.write(1, b"done\\\\n")
                '''
            def restricted():
                manage(GenericPermission(True), FilePermission(
                    True, FileTarget("/", mode="r")),
                    thread=threading.get_ident())
                _interpreters.run_string(interpreter, code)
            thread = threading.Thread(target=restricted)
            thread.start()
            thread.join()
            _interpreters.run_string(interpreter, code)
            """, "secman", "done")

    def test_creation_is_refused(self):
        self.assertTold("""
            import _interpreters
            manage()
            attempt("create", _interpreters.create)
            """, "create refused")

    def test_class_of_another_interpreter(self):
        self.assertTold("""
            import _interpreters
            class Manager(SecurityManager):
                def on_file(self, permission, args):
                    return True
            manager = Manager()
            manager.set_permission(GenericPermission(True))
            interpreter = _interpreters.create()
            add_manager(manager)
            open("mark", "w").close()
            _interpreters.run_string(interpreter, '''if True:
                import os
                try:
                    open("mark")
                except PermissionError as error:
                    os.write(1, str(error).encode() + b"\\\\n")
                ''')
            """, "secman: open('mark', 'r', 524288) is refused by the manager "
                 "of all threads: its class belongs to another interpreter")


@unittest.skipUnless(hasattr(os, "fork"), "needs fork")
class ForkTest(SecmanTestCase):

    def test_fork(self):
        self.assertTold("""
            manage(Permission("os.fork", True))
            pid = os.fork()
            if not pid:
                try:
                    open("mark", "w")
                except SecurityError:
                    os._exit(7)
                os._exit(0)
            tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """, "7")

    def test_thread_that_forks(self):
        self.assertTold("""
            def restricted():
                manage(Permission("os.fork", True),
                       thread=threading.get_ident())
                pid = os.fork()
                if not pid:
                    try:
                        open("mark", "w")
                    except SecurityError:
                        os._exit(7)
                    os._exit(0)
                tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            thread = threading.Thread(target=restricted)
            thread.start()
            thread.join()
            """, "7")


class PolicyTest(SecmanTestCase):
    """A policy and a manager: each must allow."""

    MAIN = ('error = attempt("read", dependency.read, "/etc/passwd")\n'
            'tell(str(error).partition(":")[0] == "secman", '
            'getattr(error, "code", None))')

    def test_each_must_allow(self):
        # `dependency` is on PYTHONPATH, outside of the application.
        deps = tempfile.mkdtemp()
        self.addCleanup(os_helper.rmtree, deps)
        with open(os.path.join(deps, "dependency.py"), "w") as file:
            file.write("def read(path):\n"
                       "    with open(path) as file:\n"
                       "        return file.read()\n")
        for granted, permitted, told in (
            (True, True, ["read done", "False None"]),
            (True, False, ["read refused", "True secman"]),
            (False, True, ["read refused", "False not-granted"]),
            (False, False, ["read refused", "False not-granted"]),
        ):
            with self.subTest(policy=granted, manager=permitted):
                self.write("policy.json", '{"$permissions": {"__main__": '
                           'true, "dependency": {"read": %s}}}'
                           % ("true" if granted else "false"))
                text = ("import dependency\nmanage(GenericPermission(True), "
                        f"FilePermission({permitted}))\n{self.MAIN}\n")
                result = self.run_program(text, PYTHONPATH=deps)
                self.assertEqual(result.lines, told, result.stderr)
                who = "importpolicy:" in result.stderr
                self.assertEqual(who, not granted)


if __name__ == "__main__":
    unittest.main()
