"""A dependency sees the environment variables that it was granted.

`client` is granted AWS_REGION.  It tries every road to AWS_SECRET_ACCESS_KEY,
in one program with the application, to which it belongs.  The twin of each is
the same program under a policy that grants the client that name as well.
"""

import json
import os
import unittest
from importlib.util import find_spec

from test.test_importpolicy.support import (
    JudgementTestCase, installed, survives_shortage)

SECRET = "wJalrXUtnFEMI"
REGION = "eu-central-1"
ENVIRON = {"AWS_REGION": REGION, "AWS_SECRET_ACCESS_KEY": SECRET,
           "HOME": "/home/of/the/user", "LC_TIME": "C"}

has_testcapi = find_spec("_testcapi") is not None

# Expressions, each of which shows a secret that may be seen; what begins with
# "*" shows AWS_REGION too.
ROADS = {
    "get": "os.environ.get('AWS_SECRET_ACCESS_KEY')",
    "getenv": "os.getenv('AWS_SECRET_ACCESS_KEY')",
    "getenvb": "os.getenvb(b'AWS_SECRET_ACCESS_KEY')",
    "subscript": "os.environ['AWS_SECRET_ACCESS_KEY']",
    "bytes": "os.environb[b'AWS_SECRET_ACCESS_KEY']",
    "bytes subclass": "os.environb[Bytes(b'AWS_SECRET_ACCESS_KEY')]",
    "str subclass": "os.environ[Str('AWS_SECRET_ACCESS_KEY')]",
    "posix": "posix.environ[b'AWS_SECRET_ACCESS_KEY']",
    "_data": "os.environ._data[b'AWS_SECRET_ACCESS_KEY']",
    "_data of bytes": "os.environb._data.get(b'AWS_SECRET_ACCESS_KEY')",
    "pop": "os.environ.copy().pop('AWS_SECRET_ACCESS_KEY')",
    "unbound": "type(os.environ).get(os.environ, 'AWS_SECRET_ACCESS_KEY')",
    "slot": "type(os.environ).__getitem__(os.environ,"
            " 'AWS_SECRET_ACCESS_KEY')",
    "another class": "os._Environ(posix.environ, str.encode, bytes.decode, "
                     "str.encode, bytes.decode)['AWS_SECRET_ACCESS_KEY']",
    "itemgetter": "operator.itemgetter('AWS_SECRET_ACCESS_KEY')(os.environ)",
    "map": "list(map(os.environ.get, ['AWS_SECRET_ACCESS_KEY']))",
    "partial": "functools.partial(os.getenv, 'AWS_SECRET_ACCESS_KEY')()",
    "ChainMap": "collections.ChainMap({}, os.environ)"
                "['AWS_SECRET_ACCESS_KEY']",
    "string.Template": "string.Template('$AWS_SECRET_ACCESS_KEY')"
                       ".safe_substitute(os.environ).strip('$')",
    "format_map": "'{AWS_SECRET_ACCESS_KEY}'.format_map(os.environ)",
    "percent": "'%(AWS_SECRET_ACCESS_KEY)s' % os.environ",
    "expandvars": "os.path.expandvars('${AWS_SECRET_ACCESS_KEY}')",
    "eval": "eval('AWS_SECRET_ACCESS_KEY', {}, os.environ)",
    "match": "match(os.environ)",
    "thread": "in_thread(os.getenv, 'AWS_SECRET_ACCESS_KEY')",
    "pool": "in_pool(os.getenv, 'AWS_SECRET_ACCESS_KEY')",
    "asyncio": "asyncio.run(asyncio.to_thread(os.getenv, "
               "'AWS_SECRET_ACCESS_KEY'))",
    "another posix": "another_posix().environ",
    "reloaded": "importlib.reload(importlib.import_module('os')).environ",
    "* copy": "os.environ.copy()",
    "* deepcopy": "copy.deepcopy(os.environ)",
    "* copy.copy": "copy.copy(os.environ)",
    "* dict": "dict(os.environ)",
    "* dict of bytes": "dict(os.environb)",
    "* dict of posix": "dict(posix.environ)",
    "* stars": "{**os.environ}",
    "* keywords": "(lambda **kw: kw)(**os.environ)",
    "* or": "os.environ | {}",
    "* ror": "{} | os.environ",
    "* or of bytes": "os.environb | {}",
    "* or a subclass": "os.environ | Dict()",
    "* update": "updated(os.environ)",
    "* repr": "repr(os.environ)",
    "* str": "str(os.environb)",
    "* repr of posix": "repr(posix.environ)",
    "* keys": "[os.environ[key] for key in os.environ.keys()]",
    "* values": "list(os.environ.values())",
    "* items": "list(os.environ.items())",
    "* iteration": "[os.environ[key] for key in os.environ]",
    "* iteration of posix": "[posix.environ[key] for key in posix.environ]",
    "* popitem": "drained(copy.deepcopy(os.environ))",
    "* json": "json.dumps(dict(os.environ))",
    "* pickle": "pickle.dumps(dict(os.environ))",
    "* view of keys": "dict(os.environ.keys().mapping)",
    "* env": "subprocess.check_output(['env'])",
    "* env with a copy":
        "subprocess.check_output(['env'], env=os.environ.copy())",
    "* env with os.environ":
        "subprocess.check_output(['env'], env=os.environ)",
    "* env without fork": "subprocess.check_output(['/usr/bin/env'],"
                          " close_fds=False)",
    "* preexec_fn": "subprocess.check_output(['env'], preexec_fn=int)",
    "* shell": "subprocess.check_output('env', shell=True)",
    "* popen": "os.popen('env').read()",
    "* system": "to_file(lambda: os.system(f'env > {out}'))",
    "* execv": "to_file(lambda: os.execv('/usr/bin/env', ['env']), True)",
    "* execve": "to_file(lambda: os.execve('/usr/bin/env', ['env'], "
                "os.environ), True)",
    "* execvp": "to_file(lambda: os.execvp('env', ['env']), True)",
    "* spawnv": "to_file(lambda: os.spawnv(os.P_WAIT, '/usr/bin/env', "
                "['env']), True)",
    "* posix_spawn": "to_file(lambda: os.waitpid(os.posix_spawn("
                     "'/usr/bin/env', ['env'], None), 0), True)",
    "* posix_spawnp": "to_file(lambda: os.waitpid(os.posix_spawnp('env', "
                      "['env'], os.environ), 0), True)",
    "* another interpreter": "subprocess.check_output([sys.executable, '-c', "
                             "'import os; print(dict(os.environ))'])",
    "* sub-interpreter": "sub_interpreter()",
}
# Roads that lead nowhere, whatever is granted: the dict is not to be had.
CLOSED = {
    "vars": "vars(os.environ)",
    "__dict__": "os.environ.__dict__",
    "dict.get": "dict.get(posix.environ, b'AWS_SECRET_ACCESS_KEY')",
    "dict.items": "list(dict.items(posix.environ))",
    "referents": "gc.get_referents(os.environ, os.environb, posix.environ, "
                 "type(posix.environ))",
    "collected objects": "[o for o in gc.get_objects() if type(o) is dict "
                         "and b'AWS_SECRET_ACCESS_KEY' in o]",
    "referrers": "[o for o in gc.get_referrers(*posix.environ) "
                 "if type(o) is dict and b'HOME' in o]",
    "copied by a module": "importlib.import_module('wsgiref.handlers')"
                          ".BaseHandler.os_environ",
    "pickled": "pickle.dumps(os.environ)",
    "pickled, 0": "pickle.dumps(posix.environ, 0)",
    "__reduce__": "os.environ.__reduce__()",
    "__reduce_ex__": "object.__reduce_ex__(posix.environ, 2)",
    "__getstate__": "object.__getstate__(posix.environ)",
    "__init__": "type(os.environ).__init__(os.environ, {})",
    "__new__": "object.__new__(type(os.environ))",
    "an instance": "type(os.environ)()",
    "a subclass": "type('E', (type(os.environ),), {})",
    "__class__": "setattr(os.environ, '__class__', Dict)",
    "_data=": "setattr(os.environ, '_data', {})",
    "decodevalue=": "setattr(os.environ, 'decodevalue', print)",
    "attribute of the type": "setattr(type(os.environ), 'get', print)",
    "memoryview": "memoryview(posix.environ)",
}
CLIENT = """\
import asyncio, collections, concurrent.futures, copy, functools, gc
import importlib, importlib.machinery, importlib.util, json, operator, os
import pickle, posix, string, subprocess, sys, threading

out = os.path.join(os.path.dirname(__file__), 'out')

class Bytes(bytes):
    def __hash__(self): return hash(b'AWS_SECRET_ACCESS_KEY')
    def __eq__(self, other): return True

class Str(str):
    __hash__ = str.__hash__
    def encode(self, *args): return Bytes(b'HOME')

class Dict(dict):
    def update(self, *args): pass

def match(mapping):
    match mapping:
        case {'AWS_SECRET_ACCESS_KEY': value}:
            return value

def in_thread(function, *args):
    found = []
    thread = threading.Thread(target=lambda: found.append(function(*args)))
    thread.start()
    thread.join()
    return found

def in_pool(function, *args):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return pool.submit(function, *args).result()

def another_posix():
    loader = importlib.machinery.BuiltinImporter
    spec = importlib.util.spec_from_loader('posix', loader)
    import _imp
    module = _imp.create_builtin(spec)
    _imp.exec_builtin(module)
    assert module is not posix
    return module

def updated(mapping):
    new = {}
    new.update(mapping)
    return new

def drained(mapping):
    items = []
    while mapping:
        key = next(iter(mapping))
        items.append((key, mapping[key]))
        mapping = {k: v for k, v in mapping.items() if k != key}
    return items

def to_file(function, fork=False):
    if fork:
        pid = os.fork()
        if not pid:
            fd = os.open(out, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
            os.dup2(fd, 1)
            try:
                function()
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
    else:
        function()
    with open(out) as file:
        return file.read()

def sub_interpreter():
    import _interpreters
    interp = _interpreters.create('legacy')
    _interpreters.run_string(interp, f'''if True:
        import os
        with open({out!r}, 'w') as file:
            print(dict(os.environ), posix.environ, file=file)
        '''.replace('posix.', 'os.'))
    _interpreters.destroy(interp)
    with open(out) as file:
        return file.read()

def look(roads):
    found = {}
    for name, road in roads.items():
        try:
            found[name] = str(eval(road))
        except Exception as exc:
            found[name] = f'{type(exc).__name__}: {exc}'
    return found
"""
MAIN = """\
import json, os, sys
import client
found = client.look(json.loads(sys.argv[1]))
assert os.environ['AWS_SECRET_ACCESS_KEY'] == %r
assert os.environ.copy() == dict(os.environ) == os.environ | {}
print(json.dumps(found))
""" % SECRET


def policy(*names, **others):
    return {"$log": "-",
            "$permissions": {"client": {"env": list(names)}} | others}


class EnvironTestCase(JudgementTestCase):

    deps = {"client": CLIENT}

    def look(self, roads, *names):
        self.world.policy(policy(*names))
        self.world.write("app/main.py", MAIN)
        result = self.world.start("main.py", json.dumps(roads), env=ENVIRON)
        self.assertEqual(result.code, 0, result)
        return json.loads(result.out.splitlines()[-1]), result

    def python(self, main, permissions, client="", **env):
        """What a program prints, and what is said on standard error."""
        self.world.policy({"$log": "-", "$permissions": permissions})
        self.world.modules(client="import os, subprocess\n" + client)
        result = self.world.run("import os, client\n" + main,
                                env=ENVIRON | env)
        self.assertEqual(result.code, 0, result)
        return result


class RoadsTest(EnvironTestCase):

    def test_not_granted(self):
        found, result = self.look(ROADS | CLOSED, "AWS_REGION")
        for name, text in found.items():
            with self.subTest(name):
                self.assertNotIn(SECRET, text)
                self.assertNotIn("AWS_SECRET_ACCESS_KEY=", text)
                if name.startswith("*"):
                    self.assertIn(REGION, text)
                    self.assertIn("/home/of/the/user", text)
        self.assertIn("AWS_SECRET_ACCESS_KEY", result.err)
        self.assertNotIn(SECRET, result.err)

    def test_granted(self):
        found, result = self.look(ROADS, "AWS_REGION",
                                  "AWS_SECRET_ACCESS_KEY")
        for name, text in found.items():
            with self.subTest(name):
                self.assertIn(SECRET, text)
        self.assertNotIn("AWS_SECRET_ACCESS_KEY", result.err)

    def test_granted_by_a_glob(self):
        found, _ = self.look({"get": ROADS["get"]}, "AWS_*")
        self.assertEqual(found["get"], SECRET)

    def test_excluded(self):
        found, _ = self.look(
            {"get": ROADS["get"], "region": "os.getenv('AWS_REGION')"},
            "AWS_*", "!AWS_SECRET_*")
        self.assertEqual(found, {"get": "None", "region": REGION})

    def test_nothing_granted(self):
        found, _ = self.look({
            "region": "os.getenv('AWS_REGION')",
            "time": "os.getenv('LC_TIME')",
            "home": "os.path.expanduser('~/x')",
            "which": "__import__('shutil').which('sh')",
            "len": "len(os.environ) == len(list(os.environ))",
            "in": "'AWS_REGION' in os.environ, 'HOME' in os.environ"})
        self.assertEqual(found.pop("which")[-3:], "/sh")
        self.assertEqual(found, {
            "region": "None", "time": "C", "home": "/home/of/the/user/x",
            "len": "True", "in": "(False, True)"})


class JudgementTest(EnvironTestCase):

    def test_stranger_spoils_it(self):
        # A granted package, called by a stranger, sees what both may see.
        self.world.modules(good="import os\ndef get(name):\n"
                                "    return os.environ.get(name)\n")
        client = "import good\ndef get():\n    return good.get('AWS_REGION')"
        main = "import good\nprint(good.get('AWS_REGION'), client.get())"
        granted = {"good": {"env": ["AWS_*"]}, "client": {"env": False}}
        self.assertEqual(self.python(main, granted, client).out,
                         f"{REGION} None\n")
        granted["client"] = {"env": ["AWS_REGION"]}
        self.assertEqual(self.python(main, granted, client).out,
                         f"{REGION} {REGION}\n")

    def test_application_under_default_deny(self):
        self.world.policy({"$default": "deny"})
        main = "import os\nprint(os.environ.get('AWS_REGION'), " \
               "'AWS_REGION' in dict(os.environ), 'HOME' in os.environ)"
        self.assertEqual(self.world.run(main, env=ENVIRON).out,
                         "None False True\n")
        self.world.policy({"$default": "deny", "$permissions":
                           {"__main__": {"env": ["AWS_REGION"]}}})
        self.assertEqual(self.world.run(main, env=ENVIRON).out,
                         f"{REGION} True True\n")

    def test_decoder_cannot_be_planted(self):
        # What the application reads goes through nothing of a stranger's.
        client = """
seen = []
def spy(value, *args):
    seen.append(value)
    return value.decode() if isinstance(value, bytes) else value
for target in os.environ, type(os.environ), os._Environ:
    for name in 'decodevalue', 'decodekey', '_data':
        try:
            setattr(target, name, spy)
        except (AttributeError, TypeError):
            pass
"""
        main = "os.environ['AWS_SECRET_ACCESS_KEY'], dict(os.environ)\n" \
               "print(client.seen, os.environ['AWS_REGION'])"
        result = self.python(main, {"client": {"env": False, "patch": True}},
                             client)
        self.assertEqual(result.out, f"[] {REGION}\n")

    def test_names_alone(self):
        # Where an entry decides which those are, nothing is said.
        client = "def names(): return sorted(os.environ), len(os.environ)"
        main = "import client\n" \
               "found, n = client.names(); assert n == len(found)\n" \
               "print([n for n in found if n.startswith('AWS_R')])"
        self.world.modules(client="import os\n" + client)
        for entry, seen, said in (({"env": ["AWS_REGION"]}, ["AWS_REGION"],
                                   False),
                                  ({"env": []}, [], False),
                                  ({"env": False}, [], False),
                                  ({"read": True}, [], True)):
            with self.subTest(entry):
                self.world.policy({"$default": "deny",
                                   "$permissions": {"client": entry}})
                result = self.world.run(main, env=ENVIRON)
                self.assertEqual(result.out, f"{seen}\n")
                self.assertEqual("env permission for *" in result.err, said)

    def test_names_and_more(self):
        for what in ("items()", "keys()", "copy()"):
            with self.subTest(what):
                result = self.python(
                    "client.look()", {"client": {"env": []}},
                    f"def look(): return len(os.environ), os.environ.{what}")
                self.assertIn("env permission for *", result.err)

    def test_logged_once_for_each_name(self):
        client = "def get(name):\n    return os.environ.get(name)"
        main = "for name in 'AWS_REGION AWS_REGION AWS_SECRET_ACCESS_KEY " \
               "NOT_SET'.split():\n    client.get(name)"
        result = self.python(main, {"client": {"env": False}}, client)
        logged = [json.loads(line)["target"]
                  for line in result.err.splitlines() if line[0] == "{"]
        self.assertEqual(logged, ["AWS_REGION", "AWS_SECRET_ACCESS_KEY"])
        self.assertEqual(result.err.count("importpolicy:"), 1, result)
        self.assertNotIn("NOT_SET", result.err)
        self.assertNotIn(SECRET, result.err)

    def test_kinds(self):
        """With a policy that has nothing to say, all is as without one."""
        main = """
import collections.abc, posix
assert isinstance(os.environ, collections.abc.MutableMapping)
assert isinstance(os.environ, os._Environ)
assert isinstance(os.environb, os._Environ)
assert os.environ._data is posix.environ is os.environb._data
for bad in 1, b'HOME', None:
    for look in os.environ.__getitem__, os.environ.get, os.getenv, \\
            os.environ.__contains__:
        try:
            look(bad)
        except TypeError as exc:
            assert 'str expected' in str(exc), exc
        else:
            raise AssertionError(look)
for key, value in ('', 'x'), ('a=b', 'x'), ('a\\0', 'x'), ('a', '\\0'):
    try:
        os.environ[key] = value
    except (OSError, ValueError):
        pass
    else:
        raise AssertionError(key)
try:
    os.environ['NOT_SET']
except KeyError as exc:
    assert exc.args == ('NOT_SET',) and exc.__suppress_context__
assert 1 not in posix.environ and b'HOME' in posix.environ
os.environ['a'] = '1'
assert os.environ.pop('a') == '1' and os.environ.pop('a', 2) == 2
assert os.environ.setdefault('a', '3') == os.environ.setdefault('a', '4')
os.environ.update({'b': '5'}, c='6')
os.environ.update([('d', '7')])
os.environ |= {'e': '8'}
assert [os.environ[k] for k in 'abcde'] == list('35678')
assert os.environb[b'e'] == b'8' == posix.environ[b'e']
posix.environ[b'f'] = b'9'
assert os.environ['f'] == '9'
assert not os.environ != dict(os.environ) and os.environ == os.environ
assert os.environ != {} and os.environ != 1 and os.environ.keys() >= {'a'}
assert len(os.environ) == len(os.environb) == len(list(posix.environ))
os.environ['u\\udce4'] = '\\udcff'
assert os.environb[b'u\\xe4'] == b'\\xff'
assert b'u\\xe4=\\xff' in subprocess.check_output(['env'])
assert repr(os.environ).startswith("environ({'")
os.environ.clear()
assert not os.environ and not dict(os.environb)
assert b'PATH' not in subprocess.check_output(['/usr/bin/env'])
"""
        self.python("import subprocess" + main, {"client": {"env": False}})
        # ... and this program is right about CPython.
        result = self.world.start("-X", "importpolicy=off", "-I", "-c",
                                  "import os, subprocess" + main,
                                  env=ENVIRON, cwd=self.world.deps)
        self.assertEqual(result.code, 0, result)


class OwnViewTest(EnvironTestCase):

    WRITE = """
def write():
    os.environ['AWS_REGION'] = 'mine'
    os.environ['MINE'] = '1'
    os.environ['PATH'] = os.environ['PATH'] + ':/mine'
    del os.environ['HOME']
def read():
    return [os.environ.get(name) for name in
            ('AWS_REGION', 'MINE', 'HOME')] + [os.environ['PATH'][-5:]]
def child():
    lines = subprocess.check_output(['/usr/bin/env'], text=True).split('\\n')
    return [line for line in lines if line.startswith(
            ('AWS_REGION=', 'MINE=', 'HOME='))]
"""
    MAIN = """
client.write()
print(client.read())
print(sorted(client.child()))
print(os.environ['AWS_REGION'], os.environ.get('MINE'), os.environ['HOME'])
import subprocess
print(b'MINE=' in subprocess.check_output(['env']))
"""

    def test_kept(self):
        result = self.python(self.MAIN, {"client": {"env": False}},
                             self.WRITE)
        self.assertEqual(result.out, "['mine', '1', None, '/mine']\n"
                         "['AWS_REGION=mine', 'MINE=1']\n"
                         f"{REGION} None /home/of/the/user\nFalse\n")

    def test_granted(self):
        result = self.python(self.MAIN.replace("['HOME']", ".get('HOME')"),
                             {"client": {"env": True}}, self.WRITE)
        self.assertEqual(result.out, "['mine', '1', None, '/mine']\n"
                         "['AWS_REGION=mine', 'MINE=1']\n"
                         "mine 1 None\nTrue\n")

    def test_written_before_exec(self):
        client = """
def start():
    return subprocess.check_output(['/usr/bin/env'], preexec_fn=lambda:
                                   os.environ.update(MINE='1'))
"""
        main = "print(client.start().count(b'MINE=1'), " \
               "os.environ.get('MINE'))"
        for granted in False, True:
            result = self.python(main, {"client": {"env": granted}}, client)
            self.assertEqual(result.out, "1 None\n")

    def test_another_does_not_see_it(self):
        self.world.modules(other="import os\ndef read():\n"
                                 "    return os.environ.get('MINE')\n")
        main = "import other\nclient.write()\n" \
               "print(client.read()[1], other.read())"
        none = {"client": {"env": False}, "other": {"env": False}}
        self.assertEqual(self.python(main, none, self.WRITE).out, "1 None\n")
        self.assertEqual(self.python(main, none | {"other": True},
                                     self.WRITE).out, "1 None\n")
        both = {"client": {"env": ["*"]}, "other": {"env": ["MINE"]}}
        self.assertEqual(self.python(main, both, self.WRITE).out, "1 1\n")

    def test_every_way_to_write(self):
        client = """
import posix
def ways():
    os.putenv('A', '1'); yield 'A'
    os.environb[b'B'] = b'1'; yield 'B'
    posix.environ[b'C'] = b'1'; yield 'C'
    os.environ.update(D='1'); yield 'D'
    os.environ.setdefault('E', '1'); yield 'E'
    os.environ |= {'F': '1'}; yield 'F'
    posix.putenv('G', '1'); yield 'G'
def names():
    return [name for name in ways() if os.environ.get(name) == '1']
def removed():
    ways = [lambda: os.environ.pop('LC_TIME'), lambda: os.unsetenv('TZ'),
            lambda: os.environb.__delitem__(b'TERM'),
            lambda: posix.environ.pop(b'LANG'), os.environ.clear]
    for way in ways:
        way()
    return list(os.environ)
"""
        main = "import posix, subprocess\n" \
               "before = dict(os.environ), subprocess.getoutput('env')\n" \
               "print(client.names(), client.removed())\n" \
               "print(before == (dict(os.environ), " \
               "subprocess.getoutput('env')))"
        env = {"TZ": "UTC", "TERM": "dumb", "LANG": "C"}
        result = self.python(main, {"client": {"env": False}}, client, **env)
        self.assertEqual(result.out,
                         "['A', 'B', 'C', 'D', 'E', 'F', 'G'] []\nTrue\n")

    def test_library_that_a_stranger_calls(self):
        # What a stranger has a library write stays with what they do jointly.
        self.world.modules(good="import os\ndef put(k, v):\n"
                                "    os.environ[k] = v\ndef get(k):\n"
                                "    return os.environ.get(k)\n")
        client = "import good\ndef write():\n    good.put('AWS_REGION', 'x')" \
                 "\n    return good.get('AWS_REGION')"
        main = "import good\nprint(client.write(), good.get('AWS_REGION'))"
        granted = {"good": {"env": ["AWS_*"]}, "client": {"env": False}}
        self.assertEqual(self.python(main, granted, client).out,
                         f"x {REGION}\n")


class LoaderVariablesTest(EnvironTestCase):
    """Variables with which other code is loaded need `ffi` as well."""

    CLIENT = """
def start(**env):
    return subprocess.check_output(['/usr/bin/env'], text=True, env=env)
def put(name, value):
    os.environ[name] = value
    return subprocess.check_output(['/usr/bin/env'], text=True)
"""

    def refuses(self, main, name, **granted):
        self.world.policy({"$permissions": {"client": granted}})
        self.world.modules(client="import os, subprocess\n" + self.CLIENT)
        result = self.world.run("import client\nprint(client." + main + ")",
                                env=ENVIRON)
        self.assertNotEqual(result.code, 0, result)
        self.assertEqual(result.denied, "AccessDenied", result)
        self.assertIn(name, result.message)
        self.assertNotIn("=planted", result.out)

    def test_given(self):
        for name in ("LD_LIBRARY_PATH", "PYTHONSTARTUP", "OPENSSL_CONF",
                     "GCONV_PATH", "BASH_ENV"):
            main = f"start({name}='planted')"
            with self.subTest(name):
                self.refuses(main, name, ffi=False)
                self.refuses(main, name, ffi=["other"])
                for granted in {"ffi": True}, {"ffi": [name]}:
                    result = self.python(f"print(client.{main})",
                                         {"client": granted}, self.CLIENT)
                    self.assertIn(f"{name}=planted", result.out)

    def test_written(self):
        main = "put('LD_LIBRARY_PATH', 'planted')"
        self.refuses(main, "LD_LIBRARY_PATH", ffi=False)
        self.refuses(main, "LD_LIBRARY_PATH", ffi=False, env=True)
        result = self.python(f"print(client.{main})",
                             {"client": {"ffi": True}}, self.CLIENT)
        self.assertIn("LD_LIBRARY_PATH=planted", result.out)

    def test_library_of_the_interpreter(self):
        """OpenSSL reads it when it is loaded."""
        if find_spec("_ssl") is None:
            self.skipTest("needs ssl")
        main = """
client.os.environ.get('PATH')
client.put('OPENSSL_CONF', os.path.abspath('settings'))
"""
        self.world.write("app/settings", "openssl_conf = own\n[own]\n"
                         "providers = them\n[them]\nother = one\n"
                         "[one]\nactivate = 1\nmodule = /nonexistent\n")
        text = """
def put(name, value):
    os.environ[name] = value
    import ssl
    try:
        ssl.create_default_context()
    except ssl.SSLError:
        print("read")
"""
        for granted, expected in (True, "read\n"), (False, ""):
            result = self.python(main, {"client": {"ffi": granted,
                                                   "env": True}}, text)
            self.assertEqual(result.out, expected, result)

    def test_does_not_reach_others(self):
        main = """
try:
    client.put('LD_LIBRARY_PATH', 'planted')
except PermissionError:
    import subprocess
    print(b'=planted' in subprocess.check_output(['env']))
"""
        result = self.python(main, {"client": {"ffi": False, "env": True}},
                             self.CLIENT)
        self.assertEqual(result.out, "False\n")

    def test_passed_on(self):
        # What stands in the environment is not set by whoever passes it on.
        main = "print(client.start(**os.environ))"
        result = self.python(main, {"client": {"ffi": False}}, self.CLIENT,
                             LD_LIBRARY_PATH="/nonexistent")
        self.assertIn("LD_LIBRARY_PATH=/nonexistent", result.out)


@unittest.skipUnless(has_testcapi, "needs _testcapi")
class MemoryTest(EnvironTestCase):

    @survives_shortage
    def test_each_allocation_fails(self):
        client = """
import _testcapi, posix
def calls():
    env = os.environ
    yield lambda: env.get('AWS_REGION')
    yield lambda: env.get('AWS_SECRET_ACCESS_KEY')
    yield lambda: [dict(env), env | {'a': 'b'}, repr(env), env == {}]
    yield lambda: env.update(MINE='1')
    yield lambda: env.pop('MINE')
    yield lambda: posix.environ.copy()
    yield lambda: os.putenv('MINE', '1')
    yield lambda: os.waitpid(os.posix_spawn('/bin/true', ['true'], None), 0)
    yield lambda: os.waitpid(os.posix_spawnp('true', ['true'], env), 0)
def run():
    for call in calls():
        for n in range(1, 150):
            _testcapi.set_nomemory(n, n + 1)
            try:
                found = call()
            except (MemoryError, OSError, KeyError):
                found = None
            finally:
                _testcapi.remove_mem_hooks()
            assert %r not in str(found)
""" % SECRET
        testing = {"ffi": ["_testcapi"]}
        for granted in {"env": ["AWS_REGION"], "run": ["true"]} | testing, \
                       {"env": False} | testing:
            result = self.python("client.run()\nprint('done')",
                                 {"client": granted}, client)
            self.assertEqual(result.out, "done\n")


class InterpretersTest(EnvironTestCase):

    def test_child_of_the_application(self):
        # The child has the same policy, and its code is judged by it.
        main = "import subprocess, sys\n" \
               "print(subprocess.check_output([sys.executable, '-c', " \
               "'import client; print(client.get())'], text=True))"
        client = "def get():\n    return os.environ.get('AWS_REGION')"
        self.assertEqual(self.python(main, {"client": {"env": False}},
                                     client).out, "None\n\n")
        self.assertEqual(self.python(main, {"client": {"env": True}},
                                     client).out, f"{REGION}\n\n")

    def test_variable_of_the_policy(self):
        client = """
def forge():
    os.environ['_PYTHON_IMPORTPOLICY'] = '{}'
    os.putenv('_PYTHON_IMPORTPOLICY', '{}')
    return subprocess.check_output(['env'], text=True)
"""
        main = "print(client.forge().count('_PYTHON_IMPORTPOLICY={\"v'),\n" \
               "      client.forge().count('_PYTHON_IMPORTPOLICY={}'),\n" \
               "      '_PYTHON_IMPORTPOLICY' in os.environ)"
        for granted in True, {"env": False}:
            self.assertEqual(self.python(main, {"client": granted},
                                         client).out, "1 0 False\n")


class RealClientTest(JudgementTestCase):

    def credentials(self, *names):
        installed(self, "boto3")
        self.world.python = os.environ["IMPORTPOLICY_TEST_VENV"]
        result = self.judge({"$permissions": {
            "*": {"env": False}, "boto3": {"env": list(names)}}}, """
            import boto3, os
            session = boto3.Session()
            found = session.get_credentials()
            print(session.region_name, found and found.secret_key)
            print(os.environ["AWS_SECRET_ACCESS_KEY"])
            """, env=ENVIRON | {
                "PYTHONPATH": None, "AWS_DEFAULT_REGION": REGION,
                "AWS_ACCESS_KEY_ID": "id", "HOME": self.world.root,
                "AWS_EC2_METADATA_DISABLED": "true"})
        self.assertEqual(result.code, 0, result)
        return result.out.splitlines()

    def test_boto3(self):
        # What reads the variables is botocore, which boto3 requires.
        seen = "AWS_DEFAULT_REGION", "AWS_EC2_METADATA_DISABLED"
        self.assertEqual(self.credentials(*seen), [f"{REGION} None", SECRET])
        self.assertEqual(self.credentials(*seen, "AWS_ACCESS_KEY_ID",
                                          "AWS_SECRET_ACCESS_KEY"),
                         [f"{REGION} {SECRET}", SECRET])
        self.assertEqual(self.credentials("AWS_*"),
                         [f"{REGION} {SECRET}", SECRET])


if __name__ == "__main__":
    unittest.main()
