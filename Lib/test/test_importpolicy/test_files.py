"""What may a dependency read and write?

The attacks are functions of a dependency that is granted one directory.  Each
runs under a policy that does not hold what it is after, and under one that
does: refused and without effect there, done here.
"""

import contextlib
import json
import os
import subprocess
import sys
import textwrap
import unittest

from test.support import os_helper
from test.test_importpolicy import support

CANARY = "canary-of-the-secret"

# In front of every dependency: where things are.
PRELUDE = """
    import os
    ROOT = {root!r}
    DATA, SECRET = ROOT + "/data", ROOT + "/secret"
    HIDDEN = SECRET + "/s"
    def content(fd):
        if not isinstance(fd, int):
            with fd:
                data = fd.read()
        else:
            data = os.read(fd, 100)
            os.close(fd)
        return data if isinstance(data, str) else data.decode()
    """

# The application tries every case, puts everything back in between, and says
# what came of each: the value or exception, and what was changed where.
MAIN = """
    import json, os, shutil, sys
    import dep
    ROOT = {root!r}
    def snapshot(top):
        found = []
        for folder, dirs, files in os.walk(top):
            for name in dirs + files:
                path = os.path.join(folder, name)
                status = os.lstat(path)
                text = (os.readlink(path) if os.path.islink(path) else
                        open(path, "rb").read().hex()
                        if os.path.isfile(path) else "")
                found.append((path, text, status.st_mode, status.st_size,
                              status.st_mtime_ns))
        return sorted(found)
    def restore():
        for name in "data", "secret":
            shutil.rmtree(ROOT + "/" + name, ignore_errors=True)
            shutil.copytree(ROOT + "/original/" + name, ROOT + "/" + name,
                            symlinks=True)
    results = {{}}
    for name, case in sorted(dep.CASES.items()):
        restore()
        secret, data = snapshot(ROOT + "/secret"), snapshot(ROOT + "/data")
        os.chdir(ROOT)
        try:
            value = case()
            if not isinstance(value, (str, int, list, type(None))):
                value = repr(value)
        except Exception as error:
            value = [type(error).__name__, str(error)]
        os.chdir(ROOT)
        results[name] = dict(
            value=value, secret=snapshot(ROOT + "/secret") != secret,
            data=snapshot(ROOT + "/data") != data)
    print("RESULTS", json.dumps(results))
    """


class FileTestCase(support.JudgementTestCase):

    def setUp(self):
        super().setUp()
        world = self.world
        world.write("original/secret/s", CANARY)
        world.write("original/data/d", "fine")
        world.write("original/data/sub/e", "fine too")
        os.symlink("../secret/s", world.path("original/data/link"))
        os.symlink("../secret", world.path("original/data/dirlink"))
        os.symlink("../secret/new", world.path("original/data/dangling"))
        for name in "data", "secret":
            os.mkdir(world.path(name))
        self.data, self.secret = world.path("data"), world.path("secret")

    def permissions(self, **permissions):
        return {"$permissions": {"dep": permissions}}

    def dependency(self, text):
        self.world.modules(dep=textwrap.dedent(
            PRELUDE.format(root=self.world.root)) + textwrap.dedent(text))

    def outcomes(self, policy, cases=None, **kwargs):
        """Run the cases of the dependency; their outcomes by name."""
        self.world.policy(policy)
        result = self.world.run(
            textwrap.dedent(MAIN.format(root=self.world.root)), **kwargs)
        self.assertEqual(result.code, 0, result)
        line, = (line for line in result.out.splitlines()
                 if line.startswith("RESULTS "))
        return json.loads(line.removeprefix("RESULTS "))

    def assertDenied(self, outcome, name):
        self.assertIsInstance(outcome["value"], list, (name, outcome))
        self.assertEqual(outcome["value"][0], "AccessDenied", (name, outcome))


class ReadTests(FileTestCase):

    def test_ways_to_a_file(self):
        self.dependency(f"""
            import pathlib, io, mmap, shutil, sys
            class Liar(os.PathLike):
                def __init__(self, *answers):
                    self.answers = list(answers)
                def __fspath__(self):
                    if len(self.answers) > 1:
                        return self.answers.pop(0)
                    return self.answers[0]
            class Text(str):
                def __fspath__(self):
                    return DATA + "/d"
                def __str__(self):
                    return DATA + "/d"
                __repr__ = __str__
                def encode(self, *args):
                    return os.fsencode(DATA + "/d")
                def startswith(self, *args):
                    return True
                def __eq__(self, other):
                    return True
                def __hash__(self):
                    return hash(DATA + "/d")
            class Bytes(bytes):
                def __fspath__(self):
                    return DATA.encode() + b"/d"
                def decode(self, *args):
                    return DATA + "/d"
            class Flags(int):
                def __index__(self):
                    return os.O_WRONLY
                __int__ = __and__ = __index__
            def in_data(path):
                fd = os.open(DATA, os.O_RDONLY)
                try:
                    return content(os.open(path, os.O_RDONLY, dir_fd=fd))
                finally:
                    os.close(fd)
            def here(path):
                os.chdir(DATA)
                return content(open(path))
            def opener(path, flags):
                return os.open(HIDDEN, flags)
            def linked():
                os.symlink(HIDDEN, DATA + "/mine")
                return content(open(DATA + "/mine"))
            def copied():
                shutil.copy(HIDDEN, DATA + "/copy")
                return content(open(DATA + "/copy"))
            def mapped():
                fd = os.open(HIDDEN, os.O_RDONLY)
                with mmap.mmap(fd, 0, prot=mmap.PROT_READ) as memory:
                    return memory[:].decode()
            def read_held():
                fd = os.open(HIDDEN, os.O_PATH)
                try:
                    return content(open(f"/proc/self/fd/{{fd}}"))
                finally:
                    os.close(fd)
            def hard():
                os.link(HIDDEN, DATA + "/hard")
                return content(open(DATA + "/hard"))
            def moved():
                os.rename(HIDDEN, DATA + "/moved")
                return content(open(DATA + "/moved"))
            def moved_directory():
                os.rename(SECRET, DATA + "/moved")
                return content(open(DATA + "/moved/s"))
            CASES = dict(
                plain=lambda: content(open(HIDDEN)),
                os_open=lambda: content(os.open(HIDDEN, os.O_RDONLY)),
                fileio=lambda: content(io.FileIO(HIDDEN)),
                open_code=lambda: content(io.open_code(HIDDEN)),
                as_bytes=lambda: content(open(HIDDEN.encode())),
                pathlib=lambda: pathlib.Path(HIDDEN).read_text(),
                dots=lambda: content(open(DATA + "/../secret/s")),
                dots_in_link=lambda: content(
                    open(DATA + "/dirlink/../secret/s")),
                slashes=lambda: content(open("/" + HIDDEN + "")),
                dot=lambda: content(open(SECRET + "/./s")),
                through_link=lambda: content(open(DATA + "/link")),
                through_directory=lambda: content(open(DATA + "/dirlink/s")),
                link_os_open=lambda: content(
                    os.open(DATA + "/link", os.O_RDONLY)),
                relative=lambda: here("../secret/s"),
                relative_link=lambda: here("link"),
                dir_fd=lambda: in_data("../secret/s"),
                dir_fd_link=lambda: in_data("dirlink/s"),
                dir_fd_absolute=lambda: in_data(HIDDEN),
                proc_cwd=lambda: content(open("/proc/self/cwd/secret/s")),
                proc_root=lambda: content(open("/proc/self/root" + HIDDEN)),
                proc_thread=lambda: content(
                    open("/proc/thread-self/cwd/secret/s")),
                proc_fd=read_held,
                proc_dots=lambda: content(
                    open("/proc/self/../self/cwd/secret/s")),
                flags_bool=lambda: content(os.open(HIDDEN, False)),
                flags_subclass=lambda: content(os.open(HIDDEN, Flags(0))),
                o_path=lambda: os.close(os.open(HIDDEN, os.O_PATH)) or
                    content(open(HIDDEN)),
                liar=lambda: content(open(Liar(DATA + "/d", HIDDEN))),
                liar_twice=lambda: content(
                    open(Liar(HIDDEN, DATA + "/d", DATA + "/d"))),
                liar_os_open=lambda: content(
                    os.open(Liar(HIDDEN, DATA + "/d"), os.O_RDONLY)),
                text=lambda: content(open(Text(HIDDEN))),
                text_os_open=lambda: content(
                    os.open(Text(HIDDEN), os.O_RDONLY)),
                bytes_subclass=lambda: content(open(Bytes(HIDDEN.encode()))),
                opener=lambda: content(open(DATA + "/d", opener=opener)),
                by_link_of_mine=linked, by_copy=copied, by_mmap=mapped,
                by_hard_link=hard, by_rename=moved,
                by_rename_of_directory=moved_directory,
                read_and_write=lambda: content(open(HIDDEN, "r+")),
            )
            """)
        lies = {"liar"}             # opens what it said first: not the secret
        narrow = self.outcomes(self.permissions(read=[self.data],
                                                write=[self.data]))
        wide = self.outcomes(self.permissions(
            read=[self.data, self.secret], write=[self.data, self.secret]))
        for name, outcome in narrow.items():
            with self.subTest(name):
                self.assertNotIn(CANARY, json.dumps(outcome["value"]))
                self.assertFalse(outcome["secret"], outcome)
                if name not in ("flags_subclass",) and name not in lies \
                        and name != "liar_twice":
                    self.assertDenied(outcome, name)
        for name, outcome in wide.items():
            with self.subTest("twin of " + name):
                if name in ("liar", "liar_twice", "flags_subclass"):
                    continue
                self.assertEqual(outcome["value"], CANARY, name)

    def test_what_is_granted(self):
        self.dependency("""
            import io, pathlib, zipfile, tempfile
            def zipped():
                with zipfile.ZipFile(DATA + "/x.zip", "w") as archive:
                    archive.writestr("d", "fine")
                with zipfile.ZipFile(DATA + "/x.zip") as archive:
                    return archive.read("d").decode()
            def temporary():
                with tempfile.TemporaryFile("w+", dir=DATA) as file:
                    file.write("fine")
                    file.seek(0)
                    return file.read()
            def by_descriptor():
                fd = os.open(DATA + "/d", os.O_RDONLY)
                try:
                    return content(open(f"/proc/self/fd/{fd}"))
                finally:
                    os.close(fd)
            def pipe():
                r, w = os.pipe()
                os.write(w, b"fine")
                os.close(w)
                try:
                    return content(open(f"/dev/fd/{r}"))
                finally:
                    os.close(r)
            def named_badly():
                name = os.fsencode(DATA) + b"/\\xff\\xfe"
                with open(name, "w") as file:
                    file.write("fine")
                with open(os.fsdecode(name)) as file:
                    return file.read()
            def in_directory():
                fd = os.open(DATA, os.O_RDONLY)
                try:
                    return content(os.open("sub/../d", os.O_RDONLY,
                                           dir_fd=fd))
                finally:
                    os.close(fd)
            CASES = dict(
                plain=lambda: content(open(DATA + "/d")),
                link_to_myself=lambda: content(
                    open("/proc/self/cwd/data/d")),
                relative=lambda: content(open("data/d")),
                dots=lambda: content(open(DATA + "/sub/../d")),
                slashes=lambda: content(open(DATA + "//d")),
                slash_at_the_end=lambda: os.listdir(DATA + "/sub/") and
                    "fine",
                pathlib=lambda: pathlib.Path(DATA, "d").read_text(),
                zipped=zipped, temporary=temporary,
                by_descriptor=by_descriptor, pipe=pipe,
                named_badly=named_badly, in_directory=in_directory,
            )
            """)
        outcomes = self.outcomes(self.permissions(read=[self.data],
                                                  write=[self.data]))
        for name, outcome in outcomes.items():
            with self.subTest(name):
                self.assertEqual(outcome["value"], "fine")

    def test_errors_are_those_of_the_system(self):
        self.dependency("""
            CASES = dict(
                absent=lambda: open(DATA + "/absent"),
                absent_directory=lambda: open(DATA + "/absent/../d"),
                empty=lambda: open(""),
                long=lambda: open(DATA + "/" + "x" * 5000),
                not_a_directory=lambda: open(DATA + "/d/"),
                exists=lambda: open(DATA + "/d", "x"),
                link_exists=lambda: open(DATA + "/link", "x"),
                no_follow=lambda: os.open(DATA + "/link", os.O_NOFOLLOW),
                directory=lambda: open(DATA),
            )
            """)
        outcomes = self.outcomes(self.permissions(read=[self.data],
                                                  write=[self.data]))
        for name, error in (
                ("absent", "FileNotFoundError"),
                ("absent_directory", "FileNotFoundError"),
                ("empty", "FileNotFoundError"), ("long", "OSError"),
                ("not_a_directory", "NotADirectoryError"),
                ("exists", "FileExistsError"),
                ("link_exists", "FileExistsError"),
                ("no_follow", "OSError"), ("directory", "IsADirectoryError")):
            with self.subTest(name):
                self.assertEqual(outcomes[name]["value"][0], error)

    def test_readable_to_all(self):
        self.dependency("""
            import json, ssl, zoneinfo
            def length(path):
                with open(path, "rb") as file:
                    return len(file.read(10)) >= 0 and "fine"
            def absent(path):
                try:
                    os.stat(path)
                except FileNotFoundError:
                    return "fine"
            CASES = dict(
                stdlib=lambda: length(json.__file__),
                dependency=lambda: length(__file__),
                null=lambda: length("/dev/null"),
                random=lambda: length("/dev/urandom"),
                write_null=lambda: open("/dev/null", "w").write("x") and
                    "fine",
                translations=lambda: absent("/usr/local/share/locale/x.mo"),
                types=lambda: absent("/usr/local/lib/netscape/mime.types"),
            )
            for name in ("/usr/share/zoneinfo/UTC", "/etc/localtime",
                         "/etc/ssl/certs"):
                if os.path.isfile(name):
                    CASES[name] = lambda name=name: length(name)
            REFUSED = ("/etc/passwd", "/proc/self/maps", "/dev/zero",
                       "/nowhere/mime.types", "/etc/mime.types2")
            for name in REFUSED:
                CASES[name] = lambda name=name: length(name)
            CASES["stdlib/a"] = lambda: open(json.__file__, "a")
            """)
        outcomes = self.outcomes(self.permissions(read=[], write=[]))
        for name, outcome in outcomes.items():
            with self.subTest(name):
                if name in ("/etc/passwd", "/proc/self/maps", "/dev/zero",
                            "/nowhere/mime.types", "/etc/mime.types2",
                            "stdlib/a"):
                    self.assertDenied(outcome, name)
                else:
                    self.assertEqual(outcome["value"], "fine")

    def test_application_inside_a_directory_of_dependencies(self):
        """What lies in it is the application's, and not for all."""
        world = self.world
        world.write("deps/project/config", CANARY)
        world.write("deps/project/policy.json", json.dumps(
            self.permissions(read=[])))
        self.dependency("""
            def run():
                print(content(open(ROOT + "/deps/project/config")))
            """)
        script = world.write("deps/project/main.py", "import dep; dep.run()")
        result = world.start(script)
        # A script inside a directory of dependencies is one of them; then
        # nothing is refused.  Either way the secret needs a grant.
        if CANARY in result.out:
            self.assertEqual(result.code, 0, result)
        else:
            self.assertRefused(result, "dep", effect=None)

    def test_directories_above_what_is_granted(self):
        """They may be asked for, or no path could be made canonical."""
        self.dependency("""
            import pathlib
            CASES = dict(
                realpath=lambda: os.path.basename(
                    os.path.realpath(DATA + "/sub/../d")),
                resolve=lambda: pathlib.Path(DATA, "d").resolve().name,
                exists=lambda: os.path.exists(ROOT) and "d",
                list=lambda: os.listdir(ROOT),
                open=lambda: os.close(os.open(ROOT, os.O_RDONLY)),
                beside=lambda: str(os.stat(SECRET)),
                below=lambda: str(os.lstat(HIDDEN)),
                passwd=lambda: str(os.stat("/etc/passwd")),
                home=lambda: str(os.stat("/home")))
            """)
        outcomes = self.outcomes(self.permissions(read=[self.data]))
        for name in "realpath", "resolve", "exists":
            with self.subTest(name):
                self.assertEqual(outcomes[name]["value"], "d")
        for name in "list", "open", "beside", "below", "passwd", "home":
            with self.subTest(name):
                self.assertDenied(outcomes[name], name)

    def test_directories_above_what_all_may_read(self):
        """And those of the application: to ask, not to list."""
        app = self.world.app
        self.world.write("app/secret", CANARY)
        self.dependency(f"""
            APP = {app!r}
            CASES = dict(
                zones=lambda: os.path.realpath("/usr/share/zoneinfo") and "d",
                app=lambda: os.path.realpath(APP) and os.lstat(APP) and "d",
                list_zones=lambda: os.listdir("/usr/share"),
                list_app=lambda: os.listdir(APP),
                in_app=lambda: str(os.lstat(APP + "/secret")),
                secret=lambda: content(open(APP + "/secret")))
            """)
        outcomes = self.outcomes(self.permissions(read=[]))
        for name in "zones", "app":
            with self.subTest(name):
                self.assertEqual(outcomes[name]["value"], "d")
        for name in "list_zones", "list_app", "in_app", "secret":
            with self.subTest(name):
                self.assertDenied(outcomes[name], name)

    def test_archives_on_the_path(self):
        """One that is not there is asked for as well; another one is not."""
        self.dependency("""
            import sys, zipfile
            def absent(function, path):
                try:
                    function(path)
                except FileNotFoundError:
                    return "fine"
            path, = (path for path in sys.path if path.endswith(".zip"))
            CASES = dict(
                stat=lambda: absent(os.stat, path),
                list=lambda: absent(os.listdir, path),
                open=lambda: absent(zipfile.ZipFile, path),
                beside=lambda: absent(open, path[:-3] + "tar"),
                write=lambda: open(path, "wb"))
            """)
        outcomes = self.outcomes(self.permissions(read=[], write=[]))
        for name in "stat", "list", "open":
            with self.subTest(name):
                self.assertEqual(outcomes[name]["value"], "fine")
        for name in "beside", "write":
            with self.subTest(name):
                self.assertDenied(outcomes[name], name)

    def test_functions_of_the_import_system(self):
        """What it looks at for an import is free, and is asked first; what
        somebody has its functions look at is not."""
        self.dependency("""
            import importlib._bootstrap_external as external
            def after_imports(look):
                for name in "colorsys", "nothing_that_is_there":
                    try:
                        __import__(name)
                    except ModuleNotFoundError:
                        pass
                return look()
            CASES = dict(
                stat=lambda: after_imports(
                    lambda: [str(external._path_stat(HIDDEN))] and ["s"]),
                data=lambda: after_imports(
                    lambda: [external.FileLoader("x", HIDDEN).get_data(
                        HIDDEN)] and ["s"]),
            )
            """)
        narrow = self.outcomes(self.permissions(read=[self.data]))
        wide = self.outcomes(self.permissions(read=[self.data, self.secret]))
        for name, outcome in narrow.items():
            with self.subTest(name):
                self.assertDenied(outcome, name)
        for name, outcome in wide.items():
            with self.subTest("twin of " + name):
                self.assertEqual(outcome["value"], ["s"])

    def test_asking_and_listing(self):
        self.dependency("""
            import glob, pathlib
            CASES = dict(
                listdir=lambda: os.listdir(SECRET),
                scandir=lambda: [e.name for e in os.scandir(SECRET)],
                walk=lambda: [f for *_, fs in os.walk(
                    SECRET, onerror=raise_) for f in fs],
                through_link=lambda: os.listdir(DATA + "/dirlink"),
                by_descriptor=by_descriptor,
                stat=lambda: [str(os.stat(HIDDEN).st_size)] and ["s"],
                stat_link=lambda: [str(os.stat(DATA + "/link"))] and ["s"],
                access=lambda: os.access(HIDDEN, os.R_OK) and ["s"],
                chdir=lambda: os.listdir(
                    os.chdir(SECRET) or os.curdir),
            )
            """.replace("CASES", """def raise_(error):
                raise error
            def by_descriptor():
                fd = os.open(SECRET, os.O_RDONLY)
                try:
                    return os.listdir(fd)
                finally:
                    os.close(fd)
            CASES"""))
        narrow = self.outcomes(self.permissions(read=[self.data]))
        wide = self.outcomes(self.permissions(read=[self.data, self.secret]))
        for name, outcome in narrow.items():
            with self.subTest(name):
                self.assertDenied(outcome, name)
        for name, outcome in wide.items():
            with self.subTest("twin of " + name):
                self.assertEqual(outcome["value"], ["s"])


class WriteTests(FileTestCase):

    def test_ways_to_change(self):
        self.dependency("""
            import shutil, pathlib
            def write(path, mode="w"):
                with open(path, mode) as file:
                    file.write("changed")
            def write_fd(path, flags, dir_fd=None):
                fd = os.open(path, flags, dir_fd=dir_fd)
                try:
                    os.write(fd, b"changed")
                finally:
                    os.close(fd)
            def in_data(function):
                fd = os.open(DATA, os.O_RDONLY)
                try:
                    return function(fd)
                finally:
                    os.close(fd)
            D = DATA + "/d"
            CASES = dict(
                plain=lambda: write(HIDDEN), append=lambda: write(HIDDEN, "a"),
                update=lambda: write(HIDDEN, "r+"),
                exclusive=lambda: write(SECRET + "/new", "x"),
                new=lambda: write(SECRET + "/new"),
                dangling=lambda: write(DATA + "/dangling"),
                link=lambda: write(DATA + "/link"),
                through=lambda: write(DATA + "/dirlink/new"),
                truncated=lambda: os.close(os.open(
                    HIDDEN, os.O_RDONLY | os.O_TRUNC)),
                created=lambda: os.close(os.open(
                    SECRET + "/new", os.O_RDONLY | os.O_CREAT)),
                bool_flags=lambda: write_fd(HIDDEN, True),
                dir_fd=lambda: in_data(lambda fd: write_fd(
                    "../secret/s", os.O_WRONLY, fd)),
                mkdir=lambda: os.mkdir(SECRET + "/new"),
                mkdir_through=lambda: os.mkdir(DATA + "/dirlink/new"),
                mkdir_dir_fd=lambda: in_data(
                    lambda fd: os.mkdir("../secret/new", dir_fd=fd)),
                remove=lambda: os.remove(HIDDEN),
                unlink_through=lambda: os.unlink(DATA + "/dirlink/s"),
                rename_away=lambda: os.rename(HIDDEN, DATA + "/s"),
                rename_over=lambda: os.rename(D, HIDDEN),
                rename_in=lambda: os.rename(D, SECRET + "/d"),
                rename_dir_fd=lambda: in_data(lambda fd: os.rename(
                    "d", "../secret/d", src_dir_fd=fd, dst_dir_fd=fd)),
                replace=lambda: os.replace(D, HIDDEN),
                link_in=lambda: os.link(D, SECRET + "/d"),
                link_out=lambda: os.link(HIDDEN, DATA + "/s"),
                symlink_in=lambda: os.symlink(D, SECRET + "/d"),
                symlink_out=lambda: os.symlink(HIDDEN, DATA + "/new"),
                symlink_relative=lambda: os.symlink("../secret/s",
                                                    DATA + "/new"),
                symlink_deep=lambda: os.symlink("../../secret/s",
                                                DATA + "/sub/new"),
                truncate=lambda: os.truncate(HIDDEN, 0),
                truncate_link=lambda: os.truncate(DATA + "/link", 0),
                chmod=lambda: os.chmod(HIDDEN, 0o600),
                chmod_link=lambda: os.chmod(DATA + "/link", 0o600),
                utime=lambda: os.utime(HIDDEN, (1, 1)),
                chown=lambda: os.chown(DATA + "/link", -1, -1),
                mkfifo=lambda: os.mkfifo(SECRET + "/new"),
                mknod=lambda: os.mknod(SECRET + "/new"),
                copy=lambda: shutil.copy(D, SECRET + "/new") and None,
                move=lambda: shutil.move(D, SECRET) and None,
                rmtree=lambda: shutil.rmtree(SECRET),
                copytree=lambda: shutil.copytree(DATA, SECRET + "/tree",
                                                 symlinks=True) and None,
                pathlib=lambda: pathlib.Path(HIDDEN).write_text("x") and None,
                tmpfile=lambda: os.close(os.open(
                    SECRET, os.O_TMPFILE | os.O_WRONLY)),
            )
            """)
        quiet = {"chown", "tmpfile"}    # change nothing that can be seen
        narrow = self.outcomes(self.permissions(write=[self.data]))
        wide = self.outcomes(self.permissions(
            write=[self.data, self.secret]))
        for name, outcome in narrow.items():
            with self.subTest(name):
                self.assertDenied(outcome, name)
                self.assertFalse(outcome["secret"], outcome)
        for name, outcome in wide.items():
            with self.subTest("twin of " + name):
                self.assertIsNone(outcome["value"])
                if name not in quiet:
                    self.assertTrue(outcome["secret"] or outcome["data"])

    def test_what_is_granted(self):
        self.dependency("""
            import shutil, sqlite3, tempfile
            def work():
                os.mkdir(DATA + "/new")
                with open(DATA + "/new/x", "w") as file:
                    file.write("x")
                os.rename(DATA + "/new/x", DATA + "/new/y")
                os.symlink("y", DATA + "/new/z")
                os.link(DATA + "/new/y", DATA + "/new/h")
                os.chmod(DATA + "/new/z", 0o644)
                os.replace(DATA + "/new/h", DATA + "/d")
                os.truncate(DATA + "/d", 0)
                os.utime(DATA + "/d")
                shutil.copytree(DATA + "/new", DATA + "/copy")
                shutil.move(DATA + "/copy", DATA + "/moved")
                shutil.rmtree(DATA + "/moved")
                with tempfile.TemporaryDirectory(dir=DATA) as folder:
                    with tempfile.NamedTemporaryFile(dir=folder) as file:
                        file.write(b"x")
                os.makedirs(DATA + "/a/b/c", exist_ok=True)
                os.makedirs(DATA + "/a/b/c", exist_ok=True)
                os.removedirs(DATA + "/a/b/c")
                with sqlite3.connect(DATA + "/x.db") as db:
                    db.execute("create table t (x)")
                db.close()
                return "fine"
            CASES = dict(work=work)
            """)
        outcome = self.outcomes(self.permissions(
            write=[self.data], read=[self.data]))["work"]
        self.assertEqual(outcome["value"], "fine")

    def test_reading_only(self):
        """What may be read may not for that be written, nor the reverse."""
        self.dependency("""
            CASES = dict(
                read=lambda: content(open(DATA + "/d")),
                write=lambda: open(DATA + "/d", "w").close(),
                both=lambda: open(DATA + "/d", "r+").close(),
                append=lambda: open(DATA + "/d", "a").close(),
                new=lambda: os.mknod(DATA + "/new"),
            )
            """)
        reader = self.outcomes(self.permissions(read=[self.data], write=[]))
        writer = self.outcomes(self.permissions(read=[], write=[self.data]))
        for name, read, write in (("read", 1, 0), ("write", 0, 1),
                                  ("both", 0, 0), ("append", 0, 1),
                                  ("new", 0, 1)):
            for outcomes, allowed in (reader, read), (writer, write):
                with self.subTest(name, allowed=allowed):
                    if allowed:
                        self.assertIn(outcomes[name]["value"],
                                      (None, "fine"))
                    else:
                        self.assertDenied(outcomes[name], name)

    def test_exclusions(self):
        """What is excluded does not move out with what is around it."""
        self.dependency("""
            CASES = dict(
                read=lambda: content(open(DATA + "/sub/e")),
                around=lambda: os.rename(DATA, ROOT + "/data2"),
                inside=lambda: os.rename(DATA + "/sub", DATA + "/sub2"),
                other=lambda: content(open(DATA + "/d")),
            )
            """)
        root = self.world.root
        outcomes = self.outcomes(self.permissions(
            read=[root, "!" + self.data + "/sub/e"],
            write=[root, "!" + self.data + "/sub/e"]))
        for name in "read", "around", "inside":
            with self.subTest(name):
                self.assertDenied(outcomes[name], name)
        self.assertEqual(outcomes["other"]["value"], "fine")
        outcomes = self.outcomes(self.permissions(
            read=[root], write=[root]))
        self.assertEqual(outcomes["read"]["value"], "fine too")
        self.assertIsNone(outcomes["inside"]["value"])


class ProtectedTests(FileTestCase):

    def test_policy_is_never_written(self):
        self.dependency("""
            APP = ROOT + "/app"
            POLICY = APP + "/policy.json"
            def write(path):
                with open(path, "r+") as file:
                    file.write("{}")
            def hard():
                os.link(POLICY, DATA + "/hard")
                write(DATA + "/hard")
            def soft():
                os.symlink(APP, DATA + "/soft")
                write(DATA + "/soft/policy.json")
            CASES = dict(
                write=lambda: write(POLICY), hard=hard, soft=soft,
                remove=lambda: os.remove(POLICY),
                over=lambda: os.rename(DATA + "/d", POLICY),
                away=lambda: os.rename(POLICY, DATA + "/policy"),
                directory=lambda: os.rename(APP, ROOT + "/app2"),
                truncate=lambda: os.truncate(POLICY, 0),
                chmod=lambda: os.chmod(POLICY, 0o777),
                lock=lambda: os.mknod(APP + "/policy.lock.json"),
                link=lambda: os.symlink(DATA + "/d",
                                        APP + "/policy.lock.json"),
                other=lambda: os.mknod(APP + "/new"),
            )
            """)
        for permissions in {"write": True, "read": True}, {}, \
                {"write": [self.world.root]}:
            with self.subTest(permissions):
                if os.path.exists(self.world.path("app/new")):
                    os.remove(self.world.path("app/new"))
                outcomes = self.outcomes(self.permissions(**permissions))
                self.assertIsNone(outcomes.pop("other")["value"])
                for name, outcome in outcomes.items():
                    self.assertDenied(outcome, name)
                with open(self.world.path("app/policy.json")) as file:
                    self.assertEqual(json.load(file),
                                     self.permissions(**permissions))

    def test_configuration_of_an_environment_is_never_written(self):
        # Neither the one that is there, nor one that would be found before
        # it or beside it at the next start.
        self.world.modules(dep="""
            import os
            def create(path):
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
            def attack(root):
                for name, call in dict(
                        own=lambda: create(root + "/venv/pyvenv.cfg"),
                        link=lambda: os.symlink(
                            root + "/x", root + "/venv/bin/pyvenv.cfg"),
                        new=lambda: create(root + "/venv/bin/pyvenv.cfg"),
                        rename=lambda: os.rename(
                            root + "/x", root + "/venv/pyvenv.cfg"),
                        remove=lambda: os.remove(root + "/venv/pyvenv.cfg"),
                        other=lambda: create(root + "/venv/bin/other"),
                        beside=lambda: create(root + "/pyvenv.cfg"),
                        above=lambda: os.rename(root + "/venv", root + "/v"),
                        ).items():
                    try:
                        call()
                        print(name, end=" ")
                    except PermissionError:
                        pass
                print()
            """)
        self.world.write("x", "")
        self.world.write("app/main.py", f"""
            import dep
            dep.attack({self.world.root!r})
            """)
        python = self.world.path("venv/bin/python")
        os.makedirs(os.path.dirname(python))
        os.symlink(sys.executable, python)
        self.world.write("venv/pyvenv.cfg",
                         f"home = {os.path.dirname(sys.executable)}\n")
        for policy, done in ((self.permissions(write=True), "other beside"),
                             (None, "own link new rename remove other beside "
                             "above")):
            if policy is not None:
                self.world.policy(policy)
            else:
                os.remove(self.world.path("app/policy.json"))
            result = subprocess.run(
                [python, self.world.path("app/main.py")],
                env=self.world.environment(), text=True, capture_output=True)
            self.assertEqual(result.stdout.strip(), done, result)

    def test_application_may(self):
        self.world.policy(self.permissions(write=True))
        result = self.world.run("""
            import os
            path = os.path.join(os.path.dirname(__file__), "policy.json")
            with open(path, "r+") as file:
                file.write("{}")
            os.remove(path)
            """)
        self.assertEqual(result.code, 0, result)

    @unittest.skipUnless(os.path.exists("/proc/self/environ"), "needs /proc")
    def test_environment_and_memory(self):
        self.dependency("""
            def read(path):
                with open(path, "rb", 0) as file:
                    file.read(0)
            CASES = {path: lambda path=path: read(path) for path in (
                "/proc/self/environ", f"/proc/{os.getpid()}/environ",
                "/proc/thread-self/environ", "/proc/self/root/proc/self/"
                "environ", f"/proc/self/task/{os.getpid()}/environ")}
            CASES["memory"] = lambda: read("/proc/self/mem")
            """)
        for env in [], ["HOME", "AWS_*"]:
            outcomes = self.outcomes(self.permissions(
                read=True, env=env, ffi=[]))
            for name, outcome in outcomes.items():
                with self.subTest(name, env=env):
                    self.assertDenied(outcome, name)
        outcomes = self.outcomes(self.permissions(read=True, env=True,
                                                  ffi=True))
        for name, outcome in outcomes.items():
            with self.subTest("twin of " + name):
                self.assertIsNone(outcome["value"])


class PlaceTests(FileTestCase):

    def assertHolds(self, target, path, env=None):
        """The target grants the file, and another file stays refused."""
        self.world.write(path, "fine")
        self.dependency(f"""
            CASES = dict(
                inside=lambda: content(open(ROOT + {"/" + path!r})),
                outside=lambda: content(open(HIDDEN)))
            """)
        outcomes = self.outcomes(self.permissions(read=[target]), env=env)
        self.assertEqual(outcomes["inside"]["value"], "fine")
        self.assertDenied(outcomes["outside"], target)

    def test_places(self):
        path = self.world.path
        for name in "tmp", "home":
            os.mkdir(path(name))
        os.symlink("tmp", path("link"))
        self.assertHolds("$APP", "app/x/y")
        self.assertHolds("$APP/x", "app/x/y")
        self.assertHolds("$TMP", "tmp/x", env={"TMPDIR": path("tmp")})
        self.assertHolds("$TMP/x", "tmp/x", env={"TMPDIR": path("link")})
        self.assertHolds("$HOME/*", "home/x", env={"HOME": path("home")})

    def test_root_is_no_place(self):
        self.dependency("CASES = dict(x=lambda: content(open(HIDDEN)))")
        for target in "$HOME", "$TMP":
            outcomes = self.outcomes(
                self.permissions(read=[target]),
                env={"HOME": "/", "TMPDIR": "/"})
            self.assertDenied(outcomes["x"], target)

    def test_environment_is_looked_at_once(self):
        os.mkdir(self.world.path("tmp"))
        self.dependency("""
            def moved():
                os.environ["TMPDIR"] = os.environ["HOME"] = SECRET
                import tempfile
                tempfile.tempdir = SECRET
                return content(open(HIDDEN))
            CASES = dict(x=moved)
            """)
        outcomes = self.outcomes(self.permissions(read=["$TMP", "$HOME"]),
                                 env={"TMPDIR": self.world.path("tmp")})
        self.assertDenied(outcomes["x"], "moved")

    def test_children_do_not_choose(self):
        """Who starts an interpreter also chooses its environment."""
        os.mkdir(self.world.path("tmp"))
        self.dependency("""
            import subprocess, sys
            def child(**env):
                result = subprocess.run(
                    [sys.executable, "-c", f"print(open({HIDDEN!r}).read())"],
                    env=env, capture_output=True, text=True)
                return [result.stdout.strip(), result.stderr]
            CASES = dict(
                tmp=lambda: child(TMPDIR=SECRET),
                home=lambda: child(HOME=SECRET))
            """)
        env = {"TMPDIR": self.world.path("tmp"),
               "HOME": self.world.path("tmp")}
        outcomes = self.outcomes(
            self.permissions(read=["$TMP", "$HOME"]), env=env)
        for name, outcome in outcomes.items():
            with self.subTest(name):
                self.assertEqual(outcome["value"][0], "")
                self.assertIn("AccessDenied", outcome["value"][1])
        outcomes = self.outcomes(
            self.permissions(read=["$TMP", "$HOME", self.secret]), env=env)
        for name, outcome in outcomes.items():
            with self.subTest("twin of " + name):
                self.assertEqual(outcome["value"][0], CANARY)

    def test_package(self):
        self.world.write("deps/pkg/__init__.py", f"""
            def run(path):
                with open(path, "a") as file:
                    file.write("x")
            """)
        self.world.write("deps/pkg/data/x", "")
        self.world.write("deps/other/x", "")
        self.world.policy({"$permissions": {"pkg": {"write": ["$PKG/data"]}}})
        main = """
            import os, pkg
            pkg.run(os.path.dirname(pkg.__file__) + {path!r})
            """
        result = self.world.run(main.format(path="/data/x"))
        self.assertEqual(result.code, 0, result)
        for path in "/x", "/../other/x":
            result = self.world.run(main.format(path=path))
            self.assertRefused(result, "pkg", effect=None)

    def test_target_that_is_a_link(self):
        """A list may name a file by a link to it."""
        os.symlink("data", self.world.path("alias"))
        self.dependency("""
            CASES = dict(
                by_link=lambda: content(open(ROOT + "/alias/d")),
                by_name=lambda: content(open(DATA + "/d")),
                other=lambda: content(open(HIDDEN)))
            """)
        outcomes = self.outcomes(self.permissions(
            read=[self.world.path("alias")]))
        self.assertEqual(outcomes["by_link"]["value"], "fine")
        self.assertEqual(outcomes["by_name"]["value"], "fine")
        self.assertDenied(outcomes["other"], "other")


class DatabaseTests(FileTestCase):

    def test_sqlite(self):
        try:
            import sqlite3
        except ImportError:
            self.skipTest("needs sqlite3")
        for path in "original/secret/x.db", "original/data/y.db":
            with sqlite3.connect(self.world.path(path)) as db:
                db.execute("create table t (x)")
                db.execute("insert into t values (?)", (CANARY,))
            db.close()
        self.dependency("""
            import sqlite3
            S = SECRET + "/x.db"
            def run(*commands, path=":memory:", **kwargs):
                db = sqlite3.connect(path, **kwargs)
                try:
                    for command in commands:
                        result = db.execute(command).fetchall()
                finally:
                    db.close()
                return result[0][0] if result else "done"
            CASES = dict(
                connect=lambda: run("select x from t", path=S),
                uri=lambda: run("select x from t", path=f"file:{S}?mode=ro",
                                uri=True),
                attach=lambda: run(f"attach '{S}' as s", "select x from s.t"),
                attach_uri=lambda: run(f"attach 'file:{S}' as s",
                                       "select x from s.t", uri=True,
                                       path="file::memory:"),
                vacuum=lambda: run(f"vacuum into '{SECRET}/new.db'",
                                   path=DATA + "/y.db"),
                link=lambda: run("select x from t",
                                 path=DATA + "/dirlink/x.db"),
            )
            """)
        narrow = self.outcomes(self.permissions(read=[self.data],
                                                write=[self.data]))
        wide = self.outcomes(self.permissions(
            read=[self.data, self.secret], write=[self.data, self.secret]))
        for name, outcome in narrow.items():
            with self.subTest(name):
                self.assertNotIn(CANARY, json.dumps(outcome["value"]))
                self.assertFalse(outcome["secret"])
                self.assertIsInstance(outcome["value"], list)
        for name, outcome in wide.items():
            with self.subTest("twin of " + name):
                self.assertIn(outcome["value"], (CANARY, "done"))


class KnownTests(FileTestCase):
    """A thread remembers what it was granted: that, and nothing else."""

    WAYS = """
        def after(*paths, mode="r"):
            "What the last gives, when the granted file was opened often."
            for _ in range(3):
                content(open(DATA + "/d"))
                os.listdir(DATA), list(os.scandir(DATA))
            for path in paths:
                value = (os.listdir(path) if mode == "list" else
                         [entry.name for entry in os.scandir(path)]
                         if mode == "scan" else content(open(path, mode)))
            return value
        """

    def test_after_what_is_granted(self):
        self.dependency(self.WAYS + """
        CASES = dict(
            other=lambda: after(HIDDEN),
            through_link=lambda: after(DATA + "/link"),
            through_directory=lambda: after(DATA + "/dirlink/s"),
            upwards=lambda: after(DATA + "/../secret/s"),
            further_upwards=lambda: after(DATA + "/sub/./../../secret/s"),
            twice=lambda: after(DATA + "//../secret/s"),
            excluded=lambda: after(DATA + "/sub/e"),
            listed=lambda: after(SECRET, mode="list"),
            listed_by_link=lambda: after(DATA + "/dirlink", mode="list"),
            listed_upwards=lambda: after(DATA + "/../secret", mode="list"),
            scanned=lambda: after(SECRET, mode="scan"),
            scanned_by_link=lambda: after(DATA + "/dirlink", mode="scan"),
            scanned_excluded=lambda: after(DATA + "/sub", mode="scan"),
            beside=lambda: after(DATA + "/d", ROOT + "/data2/s"),
            )
        """)
        self.world.write("data2/s", CANARY)
        narrow = self.outcomes(self.permissions(
            read=[self.data, f"!{self.data}/sub"]))
        wide = self.outcomes(self.permissions(read=[self.world.root]))
        for name in narrow:
            with self.subTest(name):
                self.assertDenied(narrow[name], name)
            with self.subTest("twin of " + name):
                self.assertIn(wide[name]["value"], (
                    CANARY, "fine too", ["s"], ["e"]))

    def test_writing_is_another_thing(self):
        self.dependency(self.WAYS + """
        def change(path):
            after(DATA + "/d")
            with open(path, "w") as file:
                file.write("changed")
            return "changed"
        CASES = dict(
            granted=lambda: change(DATA + "/d"),
            below=lambda: change(DATA + "/sub/e"),
            )
        """)
        narrow = self.outcomes(self.permissions(
            read=[self.data], write=[self.data + "/sub"]))
        wide = self.outcomes(self.permissions(
            read=[self.data], write=[self.data]))
        self.assertDenied(narrow["granted"], "granted")
        self.assertEqual(narrow["below"]["value"], "changed")
        self.assertEqual(wide["granted"]["value"], "changed")

    def test_policy_below_what_may_be_written(self):
        self.dependency("""
        def change(name):
            for _ in range(3):
                open(ROOT + "/data/d", "a").close()
            with open(ROOT + "/" + name, "a") as file:
                file.write(" ")
            return "changed"
        CASES = dict(policy=lambda: change("app/policy.json"),
                     other=lambda: change("other"))
        """)
        outcomes = self.outcomes(self.permissions(
            read=[self.world.root], write=[self.world.root]))
        self.assertDenied(outcomes["policy"], "policy")
        self.assertEqual(outcomes["other"]["value"], "changed")

    def test_until_it_is_taken_away(self):
        self.dependency(self.WAYS + """
        import importpolicy
        def taken():
            after(DATA + "/d")
            importpolicy.drop("read")
            return after(DATA + "/d")
        def permitted():
            after(DATA + "/d")
            with importpolicy.permit(read=[DATA + "/sub"]):
                try:
                    return after(DATA + "/d")
                except PermissionError:
                    pass
            return "refused, and then " + after(DATA + "/d")
        CASES = dict(a=permitted, b=lambda: after(DATA + "/d"), c=taken)
        """)
        for read in True, [self.data]:
            outcomes = self.outcomes(self.permissions(read=read))
            with self.subTest(read=read):
                self.assertEqual(outcomes["a"]["value"],
                                 "refused, and then fine")
                self.assertEqual(outcomes["b"]["value"], "fine")
                self.assertDenied(outcomes["c"], "c")

    def test_whoever_else_acts(self):
        """It was granted to one; a stranger who calls him, or whom he calls,
        spoils it, and may not himself."""
        self.dependency(self.WAYS + """
        import stranger
        CASES = dict(
            alone=lambda: after(DATA + "/d"),
            called=lambda: (after(DATA + "/d"),
                            stranger.call(after, DATA + "/d"))[1],
            himself=lambda: (after(DATA + "/d"),
                             stranger.read(DATA + "/d"))[1],
            )
        """)
        self.world.modules(stranger="""
            def call(function, *args):
                return function(*args)
            def read(path):
                with open(path) as file:
                    return file.read()
            """)
        narrow = {"$default": "deny", "$permissions": {
            "__main__": True, "dep": {"read": [self.data]},
            "stranger": {"read": [self.secret]}}}
        wide = {"$default": "deny", "$permissions": {
            "__main__": True, "dep": {"read": [self.data]},
            "stranger": {"read": [self.data]}}}
        for name, outcome in self.outcomes(narrow).items():
            with self.subTest(name):
                if name == "alone":
                    self.assertEqual(outcome["value"], "fine")
                else:
                    self.assertDenied(outcome, name)
        for name, outcome in self.outcomes(wide).items():
            with self.subTest("twin of " + name):
                self.assertEqual(outcome["value"], "fine")

    def test_what_is_only_logged_is_logged_each_time(self):
        self.dependency(self.WAYS + """
        CASES = dict(a=lambda: after(HIDDEN), b=lambda: after(HIDDEN))
        """)
        log = self.world.path("log")
        self.outcomes(self.permissions(read=[self.data])
                      | {"$mode": "audit", "$log": log})
        with open(log, encoding="utf-8") as file:
            lines = [line for line in file if "secret/s" in line]
        self.assertEqual(len(lines), 2)


class AuditTests(FileTestCase):
    """What is only logged is logged once, though it is judged when its event
    is raised and again in the directory where it happens."""

    ONCE = {
        "os.mkdir(HIDDEN + 'x')": {("os.mkdir", "write", "sx")},
        "os.rmdir(HIDDEN + 'x')": {("os.rmdir", "write", "sx")},
        "os.remove(HIDDEN)": {("os.remove", "write", "s")},
        "os.chmod(HIDDEN, 0o600)": {("os.chmod", "write", "s")},
        "os.utime(HIDDEN)": {("os.utime", "write", "s")},
        "os.access(HIDDEN, 4)": {("os.access", "read", "s")},
        "os.symlink('s', SECRET + '/l')": {("os.symlink", "write", "s"),
                                           ("os.symlink", "write", "l")},
        "os.rename(HIDDEN, SECRET + '/t')": {("os.rename", "read", "s"),
                                             ("os.rename", "write", "s"),
                                             ("os.rename", "write", "t")},
        "os.link(HIDDEN, SECRET + '/t')": {("os.link", "read", "s"),
                                           ("os.link", "write", "s"),
                                           ("os.link", "write", "t")},
        "open(HIDDEN, 'r+').close()": {("open", "read", "s"),
                                       ("open", "write", "s")},
    }

    def logged(self, policy, **more):
        """{code: what was logged of it}; each is done twice."""
        log = self.world.path("log")
        found = {}
        for code in self.ONCE:
            self.dependency(f"""
                def both():
                    done = []
                    for _ in range(2):
                        try:
                            {code}
                        except OSError as error:
                            done.append(type(error).__name__)
                    return done
                CASES = {{"both": both}}
                """)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(log)
            found[code] = self.outcomes(policy | {"$log": log})["both"]
            with open(log, encoding="utf-8") as file:
                records = [json.loads(line) for line in file]
            found[code]["log"] = [(record["what"], record["capability"],
                                   os.path.basename(record["target"]))
                                  for record in records
                                  if record["principal"] == "dep"]
        return found

    def test_once(self):
        policy = {"$permissions": {"dep": {"read": False, "write": False},
                                   "__main__": True}}
        for code, found in self.logged(policy | {"$mode": "audit"}).items():
            with self.subTest(code):
                self.assertNotIn("AccessDenied", found["value"])
                self.assertEqual(sorted(found["log"]),
                                 sorted([*self.ONCE[code]] * 2))
        for code, found in self.logged(policy).items():
            with self.subTest(code):
                self.assertEqual(found["value"], ["AccessDenied"] * 2)
                self.assertEqual(len(found["log"]), 2)


class RaceTests(FileTestCase):

    def race(self, read):
        """One thread flips a link while another opens what it names; how
        often each content came."""
        self.dependency(f"""
            import threading, time, collections
            flip, stop = DATA + "/flip", []
            os.mkdir(DATA + "/one")
            for name in "s", "fine":
                with open(DATA + "/one/" + name, "w") as file:
                    file.write("fine")
            def flipper():
                targets = [DATA + "/one", SECRET]
                while not stop:
                    for target in targets:
                        try:
                            os.symlink(target, flip + "2")
                            os.replace(flip + "2", flip)
                        except OSError:
                            pass
            def run():
                seen = collections.Counter()
                thread = threading.Thread(target=flipper)
                thread.start()
                end = time.monotonic() + 2
                while time.monotonic() < end:
                    try:
                        seen[{read}] += 1
                    except OSError as error:
                        seen[type(error).__name__] += 1
                stop.append(1)
                thread.join()
                print("SEEN", dict(seen))
            """)

    def run_race(self, policy, links):
        self.world.policy(policy)
        for name in "data", "secret":
            os_helper.rmtree(self.world.path(name))
        self.world.write("data/d", "fine")
        self.world.write("secret/s", CANARY)
        self.world.write("secret/" + CANARY, "")
        # The application, which may do anything, plays the one who moves
        # links: what is tested is the one who opens.
        result = self.world.run(f"""
            import threading, os, sys
            import dep
            if {links}:
                real, dep.flipper = dep.flipper, lambda: None
                def flipper():
                    targets = [dep.DATA + "/one", dep.SECRET]
                    while not dep.stop:
                        for target in targets:
                            os.symlink(target, dep.flip + "2")
                            os.replace(dep.flip + "2", dep.flip)
                threading.Thread(target=flipper).start()
            dep.run()
            """, timeout=60)
        self.assertEqual(result.code, 0, result)
        return result.out

    def test_swapped_between_check_and_use(self):
        for read in ('content(open(flip + "/s"))',
                     'content(os.open(flip + "/s", os.O_RDONLY))',
                     '" ".join(sorted(os.listdir(flip)))',
                     '" ".join(sorted(e.name for e in os.scandir(flip)))'):
            self.race(read)
            out = self.run_race(self.permissions(
                read=[self.data], write=[self.data]), True)
            with self.subTest(read):
                self.assertNotIn(CANARY, out)
                self.assertIn("fine", out)
                self.assertIn("AccessDenied", out)
            out = self.run_race(self.permissions(
                read=[self.data, self.secret], write=[self.data]), True)
            with self.subTest("twin of " + read):
                self.assertIn(CANARY, out)
                self.assertIn("fine", out)


if __name__ == "__main__":
    unittest.main()
