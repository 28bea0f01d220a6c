"""Which operation is a name in somebody's source?

What an operation may do is said by the table of audit events, and by it
alone.  Most events are called as the function that raises them, and need
nothing here.  For the others SPELLED lists, event by event, the names by which
Python code reaches them: methods by their class, "X.method"; functions of the
standard library that do it for whoever calls them; and ".method", of whatever
object.  "open" has a mode; what has none is under "open r" or "open w".
"""

import functools
from typing import NamedTuple

from importpolicy import _risk
from importpolicy._events import EVENTS


class Operation(NamedTuple):
    name: str           # as it is spelled, in full
    event: str
    capability: str
    is_open: bool       # to read or to write, by a mode or flags


SPELLED = {
    # net
    "socket.__new__": "socket.socket socket.SocketType socket.fromfd "
        "socket.fromshare",
    "socket.connect": "socket.socket.connect socket.socket.connect_ex "
        "socket.create_connection asyncio.open_connection "
        "asyncio.open_unix_connection urllib.request.urlopen "
        "urllib.request.urlretrieve urllib.request.build_opener "
        "urllib.request.URLopener urllib.request.FancyURLopener "
        "urllib2.urlopen xmlrpc.client.ServerProxy "
        "logging.handlers.SocketHandler logging.handlers.DatagramHandler "
        "logging.handlers.SysLogHandler multiprocessing.connection.Client "
        "ssl.get_server_certificate asyncore.dispatcher nntplib.NNTP "
        "telnetlib.Telnet requests.get requests.post requests.put "
        "requests.request requests.Session httpx.get httpx.post httpx.Client "
        "httpx.AsyncClient httpx.request urllib3.PoolManager urllib3.request "
        "aiohttp.ClientSession aiohttp.request websockets.connect "
        "paramiko.SSHClient",
    "socket.bind": "socket.socket.bind socket.create_server "
        "asyncio.start_server asyncio.start_unix_server "
        "socketserver.TCPServer socketserver.UDPServer "
        "socketserver.ThreadingTCPServer socketserver.ThreadingUDPServer "
        "socketserver.UnixStreamServer http.server.HTTPServer "
        "http.server.ThreadingHTTPServer xmlrpc.server.SimpleXMLRPCServer "
        "wsgiref.simple_server.make_server logging.config.listen "
        "multiprocessing.connection.Listener",
    "socket.listen": "socket.socket.listen",
    "socket.accept": "socket.socket.accept",
    "socket.sendto": "socket.socket.sendto",
    "socket.sendmsg": "socket.socket.sendmsg",
    "socket.getaddrinfo": "socket.getfqdn",
    "socket.gethostbyname": "socket.gethostbyname_ex",
    "http.client.connect": "http.client.HTTPConnection "
        "http.client.HTTPSConnection httplib.HTTPConnection "
        "httplib.HTTPSConnection logging.handlers.HTTPHandler",
    "ftplib.connect": "ftplib.FTP ftplib.FTP_TLS",
    "imaplib.open": "imaplib.IMAP4 imaplib.IMAP4_SSL imaplib.IMAP4_stream",
    "poplib.connect": "poplib.POP3 poplib.POP3_SSL",
    "smtplib.connect": "smtplib.SMTP smtplib.SMTP_SSL smtplib.LMTP "
        "logging.handlers.SMTPHandler",
    # read and write
    "open": "io.open io.FileIO codecs.open os.open "
        "pathlib.Path.open gzip.open gzip.GzipFile bz2.open "
        "bz2.BZ2File lzma.open lzma.LZMAFile tarfile.open tarfile.TarFile "
        "tarfile.TarFile.open zipfile.ZipFile zipfile.PyZipFile wave.open",
    "open r": "fileinput.input fileinput.FileInput tokenize.open "
        "linecache.getline linecache.getlines netrc.netrc "
        "configparser.ConfigParser.read configparser.RawConfigParser.read "
        "pathlib.Path.read_text pathlib.Path.read_bytes .read_text "
        ".read_bytes logging.config.fileConfig mimetypes.init filecmp.cmp "
        "importlib.machinery.SourceFileLoader",
    "open w": "pathlib.Path.write_text pathlib.Path.write_bytes "
        "pathlib.Path.touch .write_text .write_bytes logging.FileHandler "
        "logging.handlers.RotatingFileHandler "
        "logging.handlers.TimedRotatingFileHandler "
        "logging.handlers.WatchedFileHandler",
    "os.scandir": "pathlib.Path.iterdir filecmp.dircmp",
    "glob.glob": "glob.iglob",
    "os.stat": "os.path.exists os.path.isfile os.path.isdir os.path.getsize "
        "os.path.getmtime os.path.getatime os.path.getctime os.path.samefile "
        "pathlib.Path.exists pathlib.Path.is_file pathlib.Path.is_dir "
        "pathlib.Path.stat",
    "os.lstat": "os.path.lexists os.path.islink os.path.realpath "
        "os.path.ismount pathlib.Path.lstat pathlib.Path.is_symlink "
        "pathlib.Path.resolve",
    "os.access": "shutil.which",
    "os.readlink": "pathlib.Path.readlink",
    "os.statvfs": "shutil.disk_usage",
    "ssl.load_verify_locations": "ssl.SSLContext.load_verify_locations",
    "ssl.load_cert_chain": "ssl.SSLContext.load_cert_chain",
    "os.mkdir": "os.makedirs pathlib.Path.mkdir",
    "os.rename": "os.renames os.replace pathlib.Path.rename "
        "pathlib.Path.replace",
    "os.rmdir": "os.removedirs pathlib.Path.rmdir",
    "os.remove": "os.unlink pathlib.Path.unlink",
    "os.link": "pathlib.Path.hardlink_to",
    "os.symlink": "pathlib.Path.symlink_to",
    "os.chmod": "os.fchmod os.lchmod pathlib.Path.chmod",
    "os.chown": "os.fchown os.lchown",
    "shutil.copyfile": "shutil.copy shutil.copy2",
    "shutil.unpack_archive": "tarfile.TarFile.extractall "
        "zipfile.ZipFile.extractall",
    "tempfile.mkstemp": "tempfile.NamedTemporaryFile tempfile.TemporaryFile "
        "tempfile.SpooledTemporaryFile tempfile.mktemp",
    "tempfile.mkdtemp": "tempfile.TemporaryDirectory",
    "sqlite3.open": "sqlite3.connect sqlite3.dbapi2.connect",
    "dbm.open": "dbm.gnu.open dbm.ndbm.open dbm.dumb.open dbm.sqlite3.open "
        "shelve.open shelve.DbfilenameShelf",
    "_posixshmem.shm_open": "multiprocessing.shared_memory.SharedMemory",
    # run
    "subprocess.Popen": "subprocess.run subprocess.call "
        "subprocess.check_call subprocess.check_output subprocess.getoutput "
        "subprocess.getstatusoutput asyncio.create_subprocess_exec "
        "asyncio.create_subprocess_shell asyncio.subprocess.Process "
        "platform.processor platform.architecture uuid.getnode "
        "commands.getoutput ctypes.util.find_library",
    "os.system": "os.popen os.popen2",
    "os.exec": "os.execl os.execle os.execlp os.execlpe os.execv os.execve "
        "os.execvp os.execvpe",
    "os.posix_spawn": "os.posix_spawnp os.spawnl os.spawnle os.spawnlp "
        "os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe",
    "os.fork": "multiprocessing.Process multiprocessing.Pool "
        "multiprocessing.Manager multiprocessing.managers.BaseManager "
        "multiprocessing.managers.SyncManager multiprocessing.pool.Pool "
        "multiprocessing.process.BaseProcess "
        "concurrent.futures.ProcessPoolExecutor "
        "concurrent.futures.process.ProcessPoolExecutor",
    "os.forkpty": "pty.fork",
    "webbrowser.open": "webbrowser.open_new webbrowser.open_new_tab "
        "webbrowser.get",
    "ensurepip.bootstrap": "venv.create venv.EnvBuilder",
    # env
    "os.putenv": "os.environ os.environb os.getenv os.getenvb "
        "os.path.expandvars urllib.request.getproxies "
        "urllib.request.getproxies_environment",
    # ffi
    "ctypes.dlopen": "ctypes.CDLL ctypes.PyDLL ctypes.WinDLL ctypes.OleDLL "
        "ctypes.cdll ctypes.pydll ctypes.windll ctypes.oledll "
        "ctypes.LibraryLoader ctypes.pythonapi cffi.FFI",
    "ctypes.cdata": "ctypes.cast ctypes.memmove ctypes.memset",
    "ctypes.call": "ctypes.CFUNCTYPE ctypes.PYFUNCTYPE ctypes.WINFUNCTYPE",
    "ctypes.PyObj_FromPtr": "ctypes.py_object",
    "code.__new__": "types.CodeType",
    "import": "imp.load_dynamic imp.load_module _imp.create_dynamic "
        "importlib.machinery.ExtensionFileLoader",
    "sqlite3.load_extension": ".enable_load_extension .load_extension",
    "_tkinter.create": "tkinter.Tk tkinter.Tcl",
    # patch
    "object.__setattr__": "sys.meta_path sys.path_hooks site.addsitedir",
    # sys
    "os.chdir": "os.fchdir contextlib.chdir",
    "os.unshare": "os.setns",
    "faulthandler.enable": "faulthandler.register",
    # introspect
    "sys._getframe": "inspect.currentframe inspect.stack inspect.trace "
        "inspect.getouterframes inspect.getinnerframes",
    # code
    "compile": "codeop.compile_command",
    "exec": "builtins.eval code.interact code.InteractiveInterpreter "
        "code.InteractiveConsole runpy.run_module runpy.run_path "
        "timeit.timeit timeit.Timer",
}


# What another event is judged by, or what is no function.
_UNNAMED = {"import", "setopencodehook", "code.__new__", "os.exec",
            "os.spawn", "socket.__new__"}


def _own_name(event):
    """The function that an event is called as."""
    name = event.partition("/")[0]
    if name in _UNNAMED or name.startswith(("object.", "cpython.")):
        return None
    return name if "." in name else "builtins." + name


@functools.cache
def _table():
    events = {event.name: event for event in EVENTS}
    table = {}
    for event in EVENTS:
        if event.capability and (name := _own_name(event.name)):
            table.setdefault(name, event)
    table = {name: Operation(name, event.name, event.capability,
                             event.name == "open")
             for name, event in table.items()}
    for key, names in SPELLED.items():
        event = events[key.partition(" ")[0]]
        capability = {"open r": "read"}.get(key, event.capability)
        for name in names.split():
            table[name] = Operation(name, event.name, capability,
                                    key == "open")
    return table


@functools.cache
def modules():
    """The modules that a use of them can be seen by: of the table of risks,
    and those of the operations."""
    names = {name.partition(".")[0] for name in _table()}
    return frozenset(names | _risk.MODULES.keys()) - {"builtins", ""}


def find(name):
    """The operation of this name, in full; or None."""
    return _table().get(name)


def method(name):
    """One that whatever has a method of this name does."""
    return _table().get("." + name)


def spelled():
    """All names."""
    return _table().keys()
