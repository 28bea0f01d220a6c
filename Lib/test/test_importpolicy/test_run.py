"""A dependency starts the programs that it was granted.

`cli` is granted `git`, and tries to have something else run, or git itself by
other roads.  Each attack is shown to work under a policy that grants the cli
everything: the same program then leaves its mark.
"""

import os
import shutil
import sys
import textwrap
import unittest

from test.test_importpolicy.support import APPLICATION, JudgementTestCase

CLI = """\
import asyncio, multiprocessing, os, pty, signal, subprocess, sys, tempfile
import _posixsubprocess

def fork(function, *args):
    pid = os.fork()
    if not pid:
        try:
            function(*args)
        except OSError as exc:
            print(exc, file=sys.stderr)
        finally:
            os._exit(1)
    os.waitpid(pid, 0)

def wait(pid):
    os.waitpid(pid, 0)

def fork_exec(paths, argv, cwd=None, env=None, preexec=None):
    r, w = os.pipe()
    pid = _posixsubprocess.fork_exec(
        argv, [os.fsencode(path) for path in paths], True, (w,), cwd, env,
        -1, -1, -1, -1, -1, -1, r, w, False, False, -1, None, None, None, -1,
        preexec, False)
    os.close(w)
    os.waitpid(pid, 0)
    return os.read(r, 1000)

async def spawn(argv):
    process = await asyncio.create_subprocess_exec(*argv)
    await process.wait()

"""

# What leaves a mark by running `sh`, below which nothing is judged.  {script}
# is a shell's script, {sh} a shell, {dir} a directory with a link to it that
# is called git, and a script of that name in {scripts}.
ATTACKS = {
    "system": "os.system({script!r})",
    "shell": "subprocess.run({script!r}, shell=True)",
    "shell=True with git": "subprocess.run('git; ' + {script!r}, shell=True)",
    "shell's executable":
        "subprocess.run({script!r}, shell=True, executable={sh!r})",
    "another program": "subprocess.run([{sh!r}, '-c', {script!r}])",
    "its name": "subprocess.run(['sh', '-c', {script!r}])",
    "executable=": "subprocess.run(['git', '-c', {script!r}], "
                   "executable={sh!r})",
    "PATH": "subprocess.run(['git', '-c', {script!r}], "
            "env={{'PATH': {dir!r}}})",
    "os.environ PATH": "os.environ['PATH'] = {dir!r}\n"
                       "subprocess.run(['git', '-c', {script!r}])",
    "putenv PATH": "os.putenv('PATH', {dir!r})\n"
                   "wait(os.posix_spawnp('git', ['git', '-c', {script!r}], "
                   "{{}}))",
    "a script on PATH": "subprocess.run(['git'], env={{'PATH': {scripts!r}}})",
    "cwd": "subprocess.run(['./git', '-c', {script!r}], cwd={dir!r})",
    "cwd of a script": "subprocess.run(['./git'], cwd={scripts!r})",
    "relative PATH": "subprocess.run(['git', '-c', {script!r}], cwd={dir!r}, "
                     "env={{'PATH': '.'}})",
    "chdir": "os.chdir({dir!r})\nsubprocess.run(['./git', '-c', {script!r}])",
    "a link called git":
        "subprocess.run([{dir!r} + '/git', '-c', {script!r}])",
    "dots": "subprocess.run(['/usr/bin/../..' + {sh!r}, '-c', {script!r}])",
    "bytes": "subprocess.run([{sh!r}.encode(), b'-c', {script!r}])",
    "a copy": "shutil_copy({sh!r}, {dir!r} + '/copy')\n"
              "subprocess.run([{dir!r} + '/copy', '-c', {script!r}])",
    "no executable first": "fork_exec(['/nonexistent/git', {sh!r}], "
                           "['git', '-c', {script!r}])",
    "a second": "fork_exec([{sh!r}, '/usr/bin/git'], "
                "['git', '-c', {script!r}])",
    "preexec_fn": "fork_exec(['./git'], ['git', '-c', {script!r}], "
                  "preexec=lambda: os.chdir({dir!r}))",
    "preexec_fn executes": "subprocess.run(['git', '--version'], preexec_fn="
        "lambda: os.execv({sh!r}, ['sh', '-c', {script!r}]))",
    "/proc/self/cwd": "os.chdir(os.path.dirname(shutil_which('git')))\n"
                      "subprocess.run(['/proc/self/cwd/git', '-c', "
                      "{script!r}], cwd={dir!r})",
    "/proc/self/fd": "fd = os.open({sh!r}, 0)\n"
                     "os.dup2(os.open(shutil_which('git'), 0), 0)\n"
                     "subprocess.run(['/proc/self/fd/0', '-c', {script!r}],"
                     " stdin=fd)",
    "/dev/stdin": "fd = os.open({sh!r}, 0)\n"
                  "os.dup2(os.open(shutil_which('git'), 0), 0)\n"
                  "wait(os.posix_spawn('/dev/stdin', ['git', '-c', "
                  "{script!r}], {{}}, file_actions=["
                  "(os.POSIX_SPAWN_DUP2, fd, 0)]))",
    "execv": "fork(os.execv, {sh!r}, ['git', '-c', {script!r}])",
    "execve": "fork(os.execve, {sh!r}, ['git', '-c', {script!r}], {{}})",
    "execvp": "fork(os.execvp, 'sh', ['git', '-c', {script!r}])",
    "execve of a descriptor": "fork(os.execve, os.open({sh!r}, 0), "
                              "['git', '-c', {script!r}], {{}})",
    "execve of memory": "fd = os.memfd_create('git')\n"
                        "os.write(fd, open({sh!r}, 'rb').read())\n"
                        "fork(os.execve, fd, ['git', '-c', {script!r}], {{}})",
    "spawnv": "os.spawnv(os.P_WAIT, {sh!r}, ['git', '-c', {script!r}])",
    "spawnvp": "os.spawnvp(os.P_WAIT, 'sh', ['git', '-c', {script!r}])",
    "posix_spawn":
        "wait(os.posix_spawn({sh!r}, ['git', '-c', {script!r}], {{}}))",
    "posix_spawnp":
        "wait(os.posix_spawnp('sh', ['git', '-c', {script!r}], {{}}))",
    "popen": "os.popen({script!r}).close()",
    "getoutput": "subprocess.getoutput({script!r})",
    "pty": "pty.spawn([{sh!r}, '-c', {script!r}], lambda fd: b'', "
           "lambda fd: b'')",
    "asyncio": "asyncio.run(spawn([{sh!r}, '-c', {script!r}]))",
    "another interpreter":
        "subprocess.run([sys.executable, '-c', 'import os\\n'"
        " + 'os.system(' + repr({script!r}) + ')'])",
}
# Roads to git itself, each of which leaves git's word in {out}.
ROADS = {
    "run": "subprocess.run(['git', '--version'], stdout=out)",
    "its path": "subprocess.run([git, '--version'], stdout=out)",
    "without fork": "subprocess.run([git, '--version'], stdout=out, "
                    "close_fds=False)",
    "environment": "subprocess.run(['git', '--version'], stdout=out, env={})",
    "PATH": "subprocess.run(['git', '--version'], stdout=out, env={'PATH': "
            "'/nonexistent:' + os.path.dirname(git) + ':/x'})",
    "link": "subprocess.run([dir + '/other', '--version'], stdout=out)",
    "cwd": "subprocess.run(['./git', '--version'], stdout=out, "
           "cwd=os.path.dirname(git))",
    "executable=": "subprocess.run(['x', '--version'], stdout=out, "
                   "executable=git)",
    "asyncio": "asyncio.run(spawn_to(out, ['git', '--version']))",
    "preexec_fn": "subprocess.run(['git', '--version'], stdout=out, "
                  "preexec_fn=int)",
    "execvp": "fork(to(out), os.execvp, 'git', ['git', '--version'])",
    "execv": "fork(to(out), os.execv, git, ['git', '--version'])",
    "execve of a descriptor": "fork(to(out), os.execve, os.open(git, 0), "
                              "['git', '--version'], {})",
    "spawnlp": "fork(to(out), os.spawnlp, os.P_WAIT, 'git', 'git', "
               "'--version')",
    "posix_spawn": "wait(os.posix_spawn(git, ['git', '--version'], {}, "
        "file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]))",
    "posix_spawnp": "wait(os.posix_spawnp('git', ['git', '--version'], {}, "
        "file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]))",
}

GIT = shutil.which("git")
SHELL = os.path.realpath("/bin/sh")


@unittest.skipUnless(GIT, "needs git")
class RunTestCase(JudgementTestCase):

    def setUp(self):
        super().setUp()
        self.dir = self.world.path("bin")
        self.scripts = self.world.path("scripts")
        self.script = f": > {self.world.path('effects', 'ran')}"
        os.mkdir(self.dir)
        os.symlink(SHELL, self.world.path("bin", "git"))
        os.symlink(GIT, self.world.path("bin", "other"))
        self.world.write("scripts/git", f"#!/bin/sh\n{self.script}\n")
        os.chmod(self.world.path("scripts", "git"), 0o755)

    def write(self, attack):
        text = attack.format(script=self.script, sh=SHELL, dir=self.dir,
                             scripts=self.scripts)
        self.world.write("deps/cli.py", CLI
                         + "from shutil import copy as shutil_copy, "
                           "which as shutil_which\n"
                         + "def attack():\n" + textwrap.indent(text, "    "))

    def git(self, run, **others):
        """Grants the cli, which is free in all else."""
        return {"$permissions": {"cli": {"run": run} | others}}


class AttacksTest(RunTestCase):

    MAIN = """\
import cli, subprocess
try:
    cli.attack()
finally:
    # What is granted goes on working, for all in the same run.
    subprocess.run(['sh', '-c', ':'], check=True)
"""

    def test_refused(self):
        for name, attack in ATTACKS.items():
            self.write(attack)
            with self.subTest(name):
                result = self.judge(self.git(["git"]), self.MAIN)
                self.assertEqual(self.world.marks(), set(), result)
                if name != "pty":       # ... where it says so to the terminal
                    self.assertIn("importpolicy: cli ", result.err)

    def test_allowed(self):
        for name, attack in ATTACKS.items():
            self.write(attack)
            with self.subTest(name):
                result = self.judge(self.git(True), self.MAIN)
                self.assertEqual(self.world.marks(), {"ran"}, result)
                self.assertEqual(result.denied, None)

    def test_denial(self):
        self.write("os.system({script!r})")
        result = self.judge(self.git(["git"]), self.MAIN)
        self.assertRefused(result, "cli", what="os.system", effect="ran",
                           denied="AccessDenied")


class RoadsTest(RunTestCase):

    TEXT = """\
def to(out):
    return lambda function, *args: (os.dup2(out.fileno(), 1), function(*args))

_fork = fork
def fork(function, *args):
    _fork(lambda: function(*args))

async def spawn_to(out, argv):
    process = await asyncio.create_subprocess_exec(*argv, stdout=out)
    await process.wait()

def roads(roads, git, dir):
    found = {}
    for name, road in roads.items():
        with tempfile.TemporaryFile('w+') as out:
            try:
                exec(road, globals(), {'out': out, 'git': git, 'dir': dir})
            except Exception as exc:
                found[name] = repr(exc)
            else:
                out.seek(0)
                found[name] = out.read()
    return found
"""
    MAIN = """\
import cli, json, sys
print(json.dumps(cli.roads(*json.loads(sys.argv[1]))))
"""

    def roads(self, policy):
        import json
        self.world.write("deps/cli.py", CLI + self.TEXT)
        self.world.write("app/main.py", self.MAIN)
        self.world.policy(policy)
        result = self.world.start("main.py",
                                  json.dumps([ROADS, GIT, self.dir]))
        self.assertEqual(result.code, 0, result)
        return json.loads(result.out), result

    def test_allowed(self):
        targets = (["git"], [GIT], [os.path.realpath(GIT)],
                   [os.path.dirname(os.path.realpath(GIT))], ["gi?"],
                   ["!sh"], ["*", "!sh", "!/bin/sh"])
        for run in targets:
            found, result = self.roads(self.git(run))
            for name, text in found.items():
                with self.subTest(name, run=run):
                    self.assertIn("git version", text, result)

    def test_refused(self):
        for run in ["hg"], [sys.executable], ["!git"], ["*", f"!{GIT}"], False:
            found, result = self.roads(self.git(run))
            for name, text in found.items():
                with self.subTest(name, run=run):
                    self.assertNotIn("git version", text, result)


class TargetsTest(RunTestCase):

    def check(self, run, attack, ran):
        self.write(attack)
        result = self.judge(self.git(run), "import cli\ncli.attack()")
        self.assertEqual(self.world.marks(), {"ran"} if ran else set(), result)
        self.assertEqual(result.denied is None, ran, result)

    def test_shell(self):
        for attack in ATTACKS["system"], ATTACKS["shell"]:
            for run in ["sh"], ["/bin/sh"], [SHELL]:
                with self.subTest(run=run):
                    self.check(run, attack, True)
            for run in ["sh", "!sh"], ["!/bin/sh"], ["*", f"!{SHELL}"]:
                with self.subTest(run=run):
                    self.check(run, attack, False)

    def test_script(self):
        # It is judged as itself, and not by its interpreter.
        attack = "subprocess.run([{scripts!r} + '/git'])"
        self.check([self.scripts], attack, True)
        self.check([self.scripts + "/git"], attack, True)
        self.check(["sh", "/bin/sh"], attack, False)

    def test_own_package(self):
        self.world.write("deps/cli/__init__.py", CLI + "def attack():\n"
                         "    subprocess.run([os.path.dirname(__file__) + "
                         "'/tool'])\n")
        self.world.write("deps/cli/tool", f"#!/bin/sh\n{self.script}\n")
        os.chmod(self.world.path("deps", "cli", "tool"), 0o755)
        for run, ran in (["$PKG"], True), (["$PKG/tool"], True), \
                        (["git"], False):
            result = self.judge(self.git(run), "import cli\ncli.attack()")
            with self.subTest(run=run):
                self.assertEqual(self.world.marks(),
                                 {"ran"} if ran else set(), result)

    def test_name_is_of_the_path_at_start(self):
        # Even by the application, and for an interpreter that is started.
        child = f"import cli; cli.git({self.script!r})"
        self.world.write("deps/cli.py", CLI + "def git(script):\n"
                         "    subprocess.run(['git', '-c', script])\n")
        main = f"""
import os, subprocess, sys
os.environ['PATH'] = {self.dir!r}
exec({child!r})
"""
        again = f"""
import os, subprocess, sys
subprocess.run([sys.executable, '-c', {child!r}],
               env=os.environ | {{'PATH': {self.dir!r}}})
"""
        for text in main, again:
            result = self.judge(self.git(["git"]), text)
            self.assertEqual(self.world.marks(), set(), result)
            self.assertIn("importpolicy: cli ", result.err)
            result = self.judge(self.git(["git", SHELL]), text)
            self.assertEqual(self.world.marks(), {"ran"}, result)

    def test_fork(self):
        # It starts no program: any grant will do, but none at all.
        attack = "fork(open, {script!r}[4:], 'w')"
        self.check(["git"], attack, True)
        self.check(False, attack, False)

    def test_multiprocessing(self):
        text = CLI + """
def work(path):
    open(path, 'w').close()

def attack(method):
    context = multiprocessing.get_context(method)
    process = context.Process(target=work, args=[%r])
    process.start()
    process.join()
""" % self.world.path("effects", "ran")
        self.world.write("deps/cli.py", text)
        python = os.path.realpath(sys.executable)
        for method, run, ran in (("fork", ["git"], True),
                                 ("spawn", ["git"], False),
                                 ("spawn", [python], True),
                                 ("spawn", [sys.executable], True),
                                 ("forkserver", ["git"], False),
                                 ("forkserver", [python], True)):
            with self.subTest(method, run=run):
                result = self.judge(
                    self.git(run), "if __name__ == '__main__':\n"
                    f"    import cli\n    cli.attack({method!r})")
                self.assertEqual(self.world.marks(),
                                 {"ran"} if ran else set(), result)

    def test_application_under_default_deny(self):
        main = f"import subprocess\nsubprocess.run(['sh', '-c', " \
               f"{self.script!r}])"
        self.refused(APPLICATION, {"$default": "deny"}, main, effect="ran")
        self.allowed({"$default": "deny", "$permissions": {
            "__main__": {"run": ["sh"]}}}, main, effect="ran")

    def test_what_cannot_run_fails_as_ever(self):
        self.world.write("deps/cli.py", CLI + """
def errors():
    for path in 'no such', '/etc/passwd', '/', '/etc/passwd/git', './git':
        for start in subprocess.call, lambda argv: os.posix_spawnp(
                argv[0], argv, {}):
            try:
                start([path])
            except OSError as exc:
                yield type(exc)
    try:
        os.execv('no such', ['git'])
    except OSError as exc:
        yield type(exc)
""")
        main = "import cli\nprint(*(e.__name__ for e in cli.errors()))"
        free = self.judge(self.git(True), main)
        result = self.judge(self.git(["git"]), main)
        self.assertEqual(free.code, 0, free)
        self.assertEqual(result.out, free.out)


if __name__ == "__main__":
    unittest.main()
