"""The smallest programs that raise each audit event.

PROGRAMS maps an event to the body of a function, which a dependency runs.  It
takes `p`, a module of the application in which whatever the body needs is
ready (PREPARE), so that it raises its own event first.

Where the event is raised to nobody, the body really happens: those in UNSAFE
are then left out.  All others do nothing that outlives the process, or fail.
"""

# Run by the application.  `p.path` is an empty directory.
PREPARE = r"""
import _codecs, _ctypes, _imp, _interpreters, _multiprocessing
import _posixsubprocess, _thread, _posixshmem, array, asyncio, atexit, codecs
import concurrent.futures, ctypes, ensurepip, faulthandler, fcntl, ftplib, gc
import glob, http.client, imaplib, inspect, io, marshal, mmap, os, pathlib
import pdb, pickle, poplib, pty, resource, runpy, shutil, signal, smtplib
import socket, sqlite3, ssl, string, subprocess, sys, syslog, tempfile
import threading, time, types, urllib.request, webbrowser
import importlib.util, multiprocessing.synchronize, secman

path = sys.argv[1]
def at(name):
    return os.path.join(path, name)

null = open(os.devnull, "r+b", 0)
fd = null.fileno()
nowhere = at("missing/nowhere")
for name in "file", "other":
    open(at(name), "w").close()
os.mkdir(at("directory"))
os.symlink("file", at("link"))
entry = next(entry for entry in os.scandir(path) if entry.name == "file")

stream = socket.socket()
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
bound = socket.socket()
bound.bind(("127.0.0.1", 0))
address = "127.0.0.1", 1                # nobody listens there

ftp, smtp, http_connection = (ftplib.FTP(), smtplib.SMTP(),
                              http.client.HTTPConnection("127.0.0.1", 1))
ftp.sock = smtp.sock = http_connection.sock = object()
imap = imaplib.IMAP4.__new__(imaplib.IMAP4)
pop = poplib.POP3.__new__(poplib.POP3)
pop._debugging = 0
limits = resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE)
browser = webbrowser.GenericBrowser(sys.executable)

library = ctypes.CDLL(None)
function = library.getpid
number = ctypes.c_long()
where = ctypes.addressof(number)
blank = ctypes.create_string_buffer(8192)       # a thread's that has ended
no_thread = ctypes.addressof(blank)
pointer = ctypes.pointer(number)
address_of_function = ctypes.cast(function, ctypes.c_void_p).value

connection = sqlite3.connect(":memory:")
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
extension = importlib.util.find_spec("extension_of_somebody")
hostname = socket.gethostname()
manager = secman.SecurityManager()
permission = secman.Permission("open", True)
statement = compile("1", "<string>", "eval")
marshalled = marshal.dumps(1)
expression = "1"

def plain(argument=1):
    yield argument

def other(argument=1):
    yield argument

code = other.__code__

class Noisy:
    def __del__(self):
        raise ValueError
"""

PROGRAMS = {
    # net
    "socket.__new__": "p.socket.socket()",
    "socket.bind": "p.stream.bind(('127.0.0.1', 0))",
    "socket.connect": "p.stream.connect(p.address)",
    "socket.sendto": "p.datagram.sendto(b'', p.address)",
    "socket.sendmsg": "p.datagram.sendmsg([b''], [], 0, p.address)",
    "socket.getaddrinfo": "p.socket.getaddrinfo('127.0.0.1', 80)",
    "socket.gethostbyname": "p.socket.gethostbyname('127.0.0.1')",
    "socket.gethostbyaddr": "p.socket.gethostbyaddr('127.0.0.1')",
    "socket.getnameinfo": "p.socket.getnameinfo(p.address, 3)",
    "socket.gethostname": "p.socket.gethostname()",
    "socket.getservbyname": "p.socket.getservbyname('http', 'tcp')",
    "socket.getservbyport": "p.socket.getservbyport(80, 'tcp')",
    "socket.listen": "p.bound.listen()",
    "socket.accept": "p.bound.settimeout(0); p.bound._accept()",
    "socket.setsockopt": "p.stream.setsockopt(1, 2, 1)",
    "socket.socketpair": "p.socket._socket.socketpair(p.socket.AF_INET)",
    "http.client.connect": "p.http_connection.connect()",
    "http.client.send": "p.http_connection.send(b'')",
    "ftplib.connect": "p.ftp.connect(*p.address)",
    "ftplib.sendcmd": "p.ftp.putline('')",
    "imaplib.open": "p.imap.open(*p.address)",
    "imaplib.send": "p.imap.send(b'')",
    "poplib.connect": "p.poplib.POP3(*p.address)",
    "poplib.putline": "p.pop._putline(b'')",
    "smtplib.connect": "p.smtp.connect(*p.address)",
    "smtplib.send": "p.smtp.send(b'')",
    "urllib.Request": "p.urllib.request.urlopen('http://127.0.0.1:1/')",

    # read
    "os.listdir": "p.os.listdir(p.path)",
    "os.scandir": "p.os.scandir(p.path)",
    "os.getxattr": "p.os.getxattr(p.nowhere, 'user.x')",
    "os.listxattr": "p.os.listxattr(p.nowhere)",
    "os.walk": "next(p.os.walk(p.path))",
    "os.fwalk": "next(p.os.fwalk(p.path))",
    "glob.glob": "p.glob.glob('*', root_dir=p.path)",
    "glob.glob/2": "p.glob.glob('*', root_dir=p.path)",
    "pathlib.Path.glob": "list(p.pathlib.Path(p.path).glob('*'))",
    "pathlib.Path.rglob": "list(p.pathlib.Path(p.path).rglob('*'))",
    "pathlib.Path.walk": "list(p.pathlib.Path(p.path).walk())",
    "os.stat": "p.os.stat(p.nowhere)",
    "os.lstat": "p.entry.stat(follow_symlinks=False)",
    "os.access": "p.os.access(p.nowhere, 0)",
    "os.readlink": "p.os.readlink(p.nowhere)",
    "os.statvfs": "p.os.statvfs(p.path)",
    "os.pathconf": "p.os.pathconf(p.path, 'PC_NAME_MAX')",
    "ssl.load_verify_locations":
        "p.context.load_verify_locations(p.nowhere)",
    "ssl.load_cert_chain": "p.context.load_cert_chain(p.nowhere)",
    "ssl._test_decode_cert": "p.ssl._ssl._test_decode_cert(p.nowhere)",
    "readline.read_init_file": "p.readline.read_init_file(p.nowhere)",
    "readline.read_history_file": "p.readline.read_history_file(p.nowhere)",

    # write
    "open": "open(p.nowhere, 'w')",
    "os.mkdir": "p.os.mkdir(p.nowhere)",
    "os.rename": "p.os.rename(p.nowhere, p.nowhere)",
    "os.rmdir": "p.os.rmdir(p.nowhere)",
    "os.remove": "p.os.remove(p.nowhere)",
    "os.link": "p.os.link(p.nowhere, p.nowhere)",
    "os.symlink": "p.os.symlink('x', p.nowhere)",
    "os.truncate": "p.os.truncate(p.nowhere, 0)",
    "os.chmod": "p.os.chmod(p.nowhere, 0)",
    "os.chown": "p.os.chown(p.nowhere, 0, 0)",
    "os.utime": "p.os.utime(p.nowhere)",
    "os.setxattr": "p.os.setxattr(p.nowhere, 'user.x', b'')",
    "os.removexattr": "p.os.removexattr(p.nowhere, 'user.x')",
    "os.lockf": "p.os.lockf(p.fd, 0, 0)",
    "os.mkfifo": "p.os.mkfifo(p.nowhere)",
    "os.mknod": "p.os.mknod(p.nowhere)",
    "shutil.copyfile": "p.shutil.copyfile(p.nowhere, p.nowhere + '2')",
    "shutil.copymode": "p.shutil.copymode(p.nowhere, p.nowhere + '2')",
    "shutil.copystat": "p.shutil.copystat(p.nowhere, p.nowhere + '2')",
    "shutil.copytree": "p.shutil.copytree(p.nowhere, p.nowhere + '2')",
    "shutil.rmtree": "p.shutil.rmtree(p.nowhere)",
    "shutil.move": "p.shutil.move(p.nowhere, p.nowhere + '2')",
    "shutil.chown": "p.shutil.chown(p.nowhere, 0, 0)",
    "shutil.make_archive": "p.shutil.make_archive(p.nowhere, 'zip', p.path)",
    "shutil.unpack_archive":
        "p.shutil.unpack_archive(p.nowhere, format='zip')",
    "tempfile.mkstemp": "p.tempfile.mkstemp(dir=p.nowhere)",
    "tempfile.mkdtemp": "p.tempfile.mkdtemp(dir=p.nowhere)",
    "sqlite3.open": "p.connection.execute('ATTACH ? AS x', (p.at('db'),))",
    "dbm.open": "p.dbm.open(p.nowhere)",
    "readline.write_history_file": "p.readline.write_history_file(p.nowhere)",
    "readline.append_history_file":
        "p.readline.append_history_file(0, p.nowhere)",
    "_posixshmem.shm_open": "p._posixshmem.shm_open('/a/b', 2)",
    "_posixshmem.shm_unlink": "p._posixshmem.shm_unlink('/a/b')",
    "os.posix_spawn/open":
        "p.os.posix_spawn(p.nowhere, ['x'], {}, file_actions=[\n"
        "    (p.os.POSIX_SPAWN_OPEN, 1, p.nowhere, 65, 0)])",

    # run
    "subprocess.Popen": "p.subprocess.Popen([p.nowhere])",
    "os.system": "p.os.system('exit')",
    "os.exec": "p.os.execv(p.nowhere, ['x'])",
    "os.posix_spawn": "p.os.posix_spawn(p.nowhere, ['x'], {})",
    "os.fork": "p.os.fork()",
    "os.forkpty": "p.os.forkpty()",
    "pty.spawn": "p.pty.spawn(p.nowhere)",
    "webbrowser.open": "p.browser.open('http://127.0.0.1:1/')",
    "ensurepip.bootstrap": "p.ensurepip.bootstrap(root=p.path)",
    "_posixsubprocess.fork_exec":
        "p._posixsubprocess.fork_exec([b'x'], [b'/nowhere'], True, (),\n"
        "    None, None, -1, -1, -1, -1, -1, -1, -1, -1, True, False, -1,\n"
        "    None, None, None, -1, None, False)",
    "os.openpty": "p.os.openpty()",
    "os.posix_openpt": "p.os.posix_openpt(p.os.O_RDWR)",

    # env
    "os.putenv": "p.os.putenv('x', 'y')",
    "os.unsetenv": "p.os.unsetenv('x')",

    # ffi
    "import": "p._imp.create_dynamic(p.extension)",
    "ctypes.dlopen": "p.ctypes.CDLL(None)",
    "ctypes.dlsym": "p.library.getuid",
    "ctypes.dlsym/handle": "p._ctypes.dlsym(p.library._handle, 'getpid')",
    "ctypes.call_function":
        "p._ctypes.call_function(p.address_of_function, ())",
    "ctypes.addressof": "p.ctypes.addressof(p.number)",
    "ctypes.PyObj_FromPtr": "p._ctypes.PyObj_FromPtr(id(p))",
    "ctypes.cdata": "p.ctypes.c_long.from_address(p.where)",
    "ctypes.cdata/buffer": "p.ctypes.c_long.from_buffer(bytearray(8))",
    "ctypes.string_at": "p.ctypes.string_at(b'x', 1)",
    "ctypes.wstring_at": "p.ctypes.wstring_at('x', 1)",
    "ctypes.get_errno": "p.ctypes.get_errno()",
    "ctypes.set_errno": "p.ctypes.set_errno(0)",
    "ctypes.create_string_buffer": "p.ctypes.create_string_buffer(1)",
    "ctypes.create_unicode_buffer": "p.ctypes.create_unicode_buffer(1)",
    "ctypes.call": "p.function()",
    "ctypes.new": "p.ctypes.c_long()",
    "ctypes.pointer": "p.pointer[0]",
    "ctypes.resize": "p.ctypes.resize(p.number, 16)",
    "ctypes.reference": "p._ctypes.Py_INCREF(p)",
    "code.__new__": "type(p.statement)(0, 0, 0, 0, 1, 0, "
                    "p.statement.co_code, p.statement.co_consts, (), (), "
                    "'f', 'n', 'n', 1, b'', b'')",
    "marshal.load": "p.marshal.load(p.io.BytesIO(p.marshalled))",
    "marshal.loads": "p.marshal.loads(p.marshalled)",
    "marshal.dumps": "p.marshal.dumps(1)",
    "sqlite3.enable_load_extension":
        "p.connection.enable_load_extension(False)",
    "sqlite3.load_extension": "p.connection.load_extension(p.nowhere)",
    "sqlite3.native_function":
        "p.connection.execute('select FTS3_Tokenizer(0)')",
    "_tkinter.create": "p._tkinter.create('nowhere:1')",
    "_multiprocessing.SemLock._rebuild":
        "p._multiprocessing.SemLock._rebuild(p.where, 1, 1, None)",
    "fcntl.ioctl/address": "p.fcntl.ioctl(p.fd, 0x8912, bytes(16))",
    "fcntl.fcntl/address": "p.fcntl.fcntl(p.fd, p.fcntl.F_GETLK, 1 << 31)",
    "signal.pthread_kill/address": "p.signal.pthread_kill(p.no_thread, 0)",
    "time.pthread_getcpuclockid/address":
        "p.time.pthread_getcpuclockid(p.no_thread)",

    # patch
    "object.__setattr__": "p.plain.__code__ = p.code",
    "object.__delattr__": "del p.plain.__defaults__",
    "sys.settrace": "p.sys.settrace(None)",
    "sys.setprofile": "p.sys.setprofile(None)",
    "sys.monitoring.register_callback":
        "p.sys.monitoring.register_callback(2, 1, None)",
    "sys.addaudithook": "p.sys.addaudithook(print)",
    "codecs.register": "p.codecs.register(print)",
    "codecs.unregister": "p.codecs.unregister(print)",
    "codecs.register_error": "p.codecs.register_error('x', print)",

    # security managers
    "secman.add_manager": "p.secman.add_manager(p.manager)",
    "secman.remove_manager": "p.secman.remove_manager(p.manager)",
    "secman.set_permission": "p.manager.set_permission(p.permission)",
    "secman.get_permission": "p.manager.permissions()",

    # sys
    "os.kill": "p.os.kill(p.os.getpid(), 0)",
    "os.killpg": "p.os.killpg(p.os.getpgrp(), 0)",
    "os.chdir": "p.os.chdir(p.nowhere)",
    "signal.pthread_kill":
        "p.signal.pthread_kill(p.threading.get_ident(), 0)",
    "resource.setrlimit": "p.resource.setrlimit(*p.limits)",
    "resource.prlimit": "p.resource.prlimit(0, *p.limits)",
    "fcntl.ioctl": "p.fcntl.ioctl(p.fd, 0)",
    "fcntl.fcntl": "p.fcntl.fcntl(p.fd, p.fcntl.F_GETFD)",
    "fcntl.flock": "p.fcntl.flock(p.fd, p.fcntl.LOCK_UN)",
    "fcntl.lockf": "p.fcntl.lockf(p.fd, p.fcntl.LOCK_UN)",
    "socket.sethostname": "p.socket.sethostname(p.hostname)",
    "syslog.openlog": "p.syslog.openlog('x')",
    "syslog.syslog": "p.syslog.syslog('x')",
    "syslog.closelog": "p.syslog.closelog()",
    "syslog.setlogmask": "p.syslog.setlogmask(255)",
    "os.chroot": "p.os.chroot(p.nowhere)",
    "os.umask": "p.os.umask(0o22)",
    "os.abort": "p.os.abort()",
    "os.nice": "p.os.nice(0)",
    "os.setpriority": "p.os.setpriority(-1, 0, 0)",
    "os.sched_setaffinity":
        "p.os.sched_setaffinity(0, p.os.sched_getaffinity(0))",
    "os.sched_setparam": "p.os.sched_setparam(-1, p.os.sched_param(0))",
    "os.sched_setscheduler":
        "p.os.sched_setscheduler(-1, 0, p.os.sched_param(0))",
    "os.setuid": "p.os.setuid(p.os.getuid())",
    "os.setgid": "p.os.setgid(p.os.getgid())",
    "os.seteuid": "p.os.seteuid(p.os.geteuid())",
    "os.setegid": "p.os.setegid(p.os.getegid())",
    "os.setreuid": "p.os.setreuid(-1, -1)",
    "os.setregid": "p.os.setregid(-1, -1)",
    "os.setresuid": "p.os.setresuid(-1, -1, -1)",
    "os.setresgid": "p.os.setresgid(-1, -1, -1)",
    "os.setgroups": "p.os.setgroups(p.os.getgroups())",
    "os.initgroups": "p.os.initgroups('root', p.os.getgid())",
    "os.setsid": "p.os.setsid()",
    "os.setpgid": "p.os.setpgid(0, 0)",
    "os.setpgrp": "p.os.setpgrp()",
    "os.tcsetpgrp": "p.os.tcsetpgrp(p.fd, 1)",
    "os.login_tty": "p.os.login_tty(p.fd)",
    "os.unshare": "p.os.unshare(0)",
    "os.setns": "p.os.setns(p.fd, 0)",
    "os.pidfd_open": "p.os.pidfd_open(p.os.getpid())",
    "signal.signal":
        "p.signal.signal(p.signal.SIGUSR1, p.signal.SIG_DFL)",
    "signal.siginterrupt": "p.signal.siginterrupt(p.signal.SIGUSR1, True)",
    "signal.set_wakeup_fd": "p.signal.set_wakeup_fd(-1)",
    "signal.pthread_sigmask":
        "p.signal.pthread_sigmask(p.signal.SIG_BLOCK, [])",
    "signal.alarm": "p.signal.alarm(0)",
    "signal.setitimer": "p.signal.setitimer(p.signal.ITIMER_REAL, 0)",
    "signal.raise_signal": "p.signal.raise_signal(p.signal.SIGWINCH)",
    "signal.pidfd_send_signal": "p.signal.pidfd_send_signal(p.fd, 0)",
    "_thread.interrupt_main": "p._thread.interrupt_main(p.signal.SIGWINCH)",
    "faulthandler.enable": "p.faulthandler.enable(p.null)",
    "faulthandler.register":
        "p.faulthandler.register(p.signal.SIGUSR2, p.null)",
    "faulthandler.dump_traceback_later":
        "p.faulthandler.dump_traceback_later(1000, file=p.null)",
    "time.clock_settime": "p.time.clock_settime(-1, 0)",
    "sys.activate_stack_trampoline":
        "p.sys.activate_stack_trampoline('none')",
    "_interpreters.create": "p._interpreters.create()",

    # code
    "compile": "compile(p.expression, '<string>', 'eval')",
    "exec": "eval(p.statement)",

    # introspect
    "object.__getattr__": "p.plain.__code__",
    "sys._getframe": "p.sys._getframe()",
    "sys._getframemodulename": "p.sys._getframemodulename()",
    "sys._current_frames": "p.sys._current_frames()",
    "sys._current_exceptions": "p.sys._current_exceptions()",
    "gc.get_objects": "p.gc.get_objects(0)",
    "gc.get_referrers": "p.gc.get_referrers()",
    "gc.get_referents": "p.gc.get_referents()",
    "faulthandler.dump_traceback": "p.faulthandler.dump_traceback(p.null)",

    # nothing
    "array.__new__": "p.array.array('b')",
    "builtins.breakpoint": "breakpoint()",
    "builtins.id": "id(p)",
    "builtins.input": "input()",
    "function.__new__": "p.types.FunctionType(p.statement, {})",
    "mmap.__new__": "p.mmap.mmap(-1, 1)",
    "pdb.Pdb": "p.pdb.Pdb()",
    "pickle.find_class": "p.pickle.loads(b'cos\\ngetpid\\n.')",
    "sqlite3.connect": "p.sqlite3.connect(':memory:')",
    "sqlite3.connect/handle": "p.sqlite3.connect(':memory:')",
    "sys.unraisablehook": "p.Noisy()",
    "sys.set_asyncgen_hook_firstiter":
        "p.sys.set_asyncgen_hooks(firstiter=None)",
    "sys.set_asyncgen_hook_finalizer":
        "p.sys.set_asyncgen_hooks(finalizer=None)",
    "time.sleep": "p.time.sleep(0)",
    "_thread.start_new_thread": "p._thread.start_new_thread(int, ())",
    "_thread.start_joinable_thread": "p._thread.start_joinable_thread(int)",
    "os.memfd_create": "p.os.memfd_create('x')",
    "os.register_at_fork": "p.os.register_at_fork(before=int)",
    "_multiprocessing.SemLock":
        "p._multiprocessing.SemLock(0, 1, 1, '/a/b', True)",
    "_multiprocessing.sem_unlink": "p._multiprocessing.sem_unlink('/a/b')",
}

# What really happens is not for a test.
UNSAFE = {"os.abort", "os.login_tty"}

# Events that no program of a dependency raises, and why.
UNRAISED = {
    "builtins.input/result": "needs a terminal",
    "cpython.PyInterpreterState_Clear": "the hooks are gone by then",
    "cpython.PyInterpreterState_New": "not raised by _interpreters.create",
    "cpython._PySys_ClearAuditHooks": "raised at the end",
    "cpython.run_command": "raised before hooks in Python",
    "cpython.run_file": "raised before hooks in Python",
    "cpython.run_interactivehook": "needs a terminal",
    "cpython.run_module": "raised before hooks in Python",
    "cpython.run_startup": "needs a terminal",
    "cpython.run_stdin": "raised before hooks in Python",
    "setopencodehook": "only C code can",
    "sys.excepthook": "raised at the end",
}
