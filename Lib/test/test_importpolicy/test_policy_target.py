"""Does a list of targets hold what is reached?

policy_target.c is asked through ctypes: names, patterns, exclusions, and
which of them is asked for which capability.  What paths and hosts are has
tests of its own.
"""

import ctypes
import fnmatch
import json
import os
import random
import time
import unittest

from test.support import import_helper
from test.test_importpolicy import standalone

import_helper.import_module('ctypes')

CAPABILITIES = ('net', 'read', 'write', 'run', 'env', 'ffi', 'patch', 'sys',
                'code', 'introspect')
NO_CAPABILITY = 15


class Place(ctypes.Structure):
    _fields_ = [('name', ctypes.c_char_p), ('path', ctypes.c_char_p)]


def number(capability):
    if capability is None:
        return NO_CAPABILITY
    return CAPABILITIES.index(capability)


class TargetTests(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        library = cls.library = standalone.library(cls)
        library._PyPolicyTargets_Compile.restype = ctypes.c_void_p
        library._PyPolicyTargets_Match.restype = ctypes.c_bool
        library._PyPolicyCapability_Name.restype = ctypes.c_char_p

    def check(self, capability, text):
        """None, or the code and the sentence of an error."""
        code = ctypes.create_string_buffer(32)
        what = ctypes.create_string_buffer(standalone.MAX_WHAT)
        text = text.encode()
        if self.library._PyPolicyTarget_Check(
                number(capability), text, ctypes.c_size_t(len(text)), code,
                what) == 0:
            return None
        return code.value.decode(), what.value.decode()

    def compile(self, capability, texts, places=()):
        encoded = [text.encode() for text in texts]
        named = [Place(name.encode(), path.encode()) for name, path in places]
        targets = ctypes.c_void_p(self.library._PyPolicyTargets_Compile(
            number(capability), (ctypes.c_char_p * len(encoded))(*encoded),
            ctypes.c_size_t(len(encoded)), (Place * len(named))(*named),
            ctypes.c_size_t(len(named))))
        self.addCleanup(self.library._PyPolicyTargets_Free, targets)
        return targets

    def target(self, text, program=None, package=None, names=()):
        text = text if text is None else text.encode()
        encoded = [name.encode() for name in names]
        return standalone.Target(
            text=text, len=len(text or b''), port=-1,
            program=program and program.encode(),
            package=package and package.encode(),
            names=(ctypes.c_char_p * len(names))(*encoded),
            n_names=len(names))

    def holds(self, capability, texts, text, program=None, package=None,
              names=()):
        for one in texts:
            self.assertIsNone(self.check(capability, one), one)
        target = self.target(text, program, package, names)
        return self.library._PyPolicyTargets_Match(
            self.compile(capability, texts), ctypes.byref(target))

    def check_all(self, capability, texts, yes, no):
        for text in yes:
            self.assertTrue(self.holds(capability, texts, text),
                            (texts, text))
        for text in no:
            self.assertFalse(self.holds(capability, texts, text),
                             (texts, text))

    def test_capabilities(self):
        for i, name in enumerate(CAPABILITIES):
            self.assertEqual(self.library._PyPolicyCapability_Name(i),
                             name.encode())
            self.assertEqual(self.library._PyPolicyCapability_Named(
                name.encode(), ctypes.c_size_t(len(name))), i)
        self.assertIsNone(self.library._PyPolicyCapability_Name(
            NO_CAPABILITY))
        for name in b'', b'ne', b'nett', b'open', b'NET':
            self.assertEqual(self.library._PyPolicyCapability_Named(
                name, ctypes.c_size_t(len(name))), NO_CAPABILITY)

    def test_environment(self):
        self.check_all('env', ['HOME', 'AWS_*', 'X?'],
                       ['HOME', 'AWS_', 'AWS_REGION', 'X1', 'X\u00e9'],
                       ['HOM', 'HOMES', 'home', 'AWS', 'XAWS_Y', 'X', 'X12',
                        'HOME.X', ''])
        self.check_all('env', ['AWS_*', '!AWS_SECRET*'], ['AWS_REGION'],
                       ['AWS_SECRET', 'AWS_SECRET_ACCESS_KEY', 'HOME'])

    def test_modules(self):
        for capability in 'ffi', 'patch':
            self.check_all(capability, ['numpy', 'a.b', 'x*.y'],
                           ['numpy', 'numpy.core', 'numpy.core._x', 'a.b',
                            'a.b.c', 'x.y', 'xa.b.y'],
                           ['numpyx', 'numpy_core', 'a', 'a.bc', 'a.c', 'num',
                            'x.y.z', 'xy', '', 'numpy/core'])
            self.check_all(capability, ['numpy', '!numpy.random'],
                           ['numpy', 'numpy.core'],
                           ['numpy.random', 'numpy.random.x'])

    def test_a_path_has_no_name(self):
        # Whatever a file is called, it may lie where anybody put it.
        self.check_all('ffi', ['numpy', 'lib*', 'libc.so.6'],
                       ['numpy.x', 'libc.so.6', 'libx.so'],
                       ['/tmp/libc.so.6', 'numpy./../../tmp/x', './numpy',
                        '/numpy', 'lib/x', '/tmp/numpy.so'])
        self.check_all('ffi', ['/opt/lib', 'numpy'],
                       ['/opt/lib', '/opt/lib/x.so', 'numpy'],
                       ['/opt/libs/x.so', '/opt', 'opt/lib'])
        # But the exclusion of a name holds for every file of that name.
        self.check_all('ffi', ['!libssl.so.3'], ['libc.so.6', '/x/libc.so.6'],
                       ['libssl.so.3', '/x/libssl.so.3'])

    def test_programs(self):
        def runs(texts, text, program=None):
            return self.holds('run', texts, text, program)
        # By name: only the one on the PATH.
        self.assertTrue(runs(['git'], '/usr/bin/git', 'git'))
        self.assertTrue(runs(['python3'], '/usr/bin/python3.11', 'python3'))
        self.assertFalse(runs(['git'], '/tmp/git'))
        self.assertFalse(runs(['git'], '/usr/bin/git-shell', 'git-shell'))
        self.assertTrue(runs(['git-*'], '/usr/bin/git-shell', 'git-shell'))
        # By path.
        self.assertTrue(runs(['/usr/bin/git'], '/usr/bin/git', 'git'))
        self.assertTrue(runs(['/usr/lib/git-core'], '/usr/lib/git-core/x'))
        self.assertFalse(runs(['/usr/bin/git'], '/usr/local/bin/git', 'git'))
        # By whatever else it is called.
        dash = lambda texts: self.holds(
            'run', texts, '/usr/bin/dash', names=['sh', '/bin/sh'])
        for texts in ['sh'], ['s?'], ['/bin/sh'], ['/bin'], ['/usr/bin']:
            self.assertTrue(dash(texts), texts)
            self.assertFalse(dash(['/usr/**', *map('!{}'.format, texts)]),
                             texts)
        for texts in ['dash'], ['bash'], ['/sbin'], ['bin']:
            self.assertFalse(dash(texts), texts)
        # Excluded is what bears the name, wherever it lies.
        self.assertFalse(runs(['/usr/bin', '!sh'], '/usr/bin/sh', 'sh'))
        self.assertFalse(runs(['!sh'], '/tmp/sh'))
        self.assertFalse(runs(['!sh'], '/usr/bin/dash', 'sh'))
        self.assertTrue(runs(['!sh'], '/usr/bin/dash'))
        self.assertFalse(runs(['!/usr/bin'], '/usr/bin/dash', 'sh'))

    def test_places(self):
        targets = self.compile('run', ['$APP/bin', '$PKG'],
                               [('$APP', '/srv/app')])
        match = self.library._PyPolicyTargets_Match
        for text, package, expected in (
                ('/srv/app/bin/x', None, True), ('/srv/app/x', None, False),
                ('/site/p/x', '/site/p', True), ('/site/q', '/site/p', False)):
            self.assertEqual(match(targets, ctypes.byref(
                self.target(text, package=package))), expected)

    def test_baseline(self):
        # What the preset keeps dependencies from writing, and nothing else.
        name = os.path.join(os.path.dirname(os.__file__), 'importpolicy',
                            'presets', 'baseline.json')
        with open(name, encoding='utf-8') as file:
            texts = json.load(file)['$permissions']['*']['write']
        for text in texts:
            self.assertIsNone(self.check('write', text), text)
        targets = self.compile('write', texts, [
            ('$APP', '/opt/app'), ('$HOME', '/home/x'),
            ('$PREFIX', '/opt/app/.venv'), ('$TMP', '/tmp')])
        for path in ('/opt/app/data.db', '/opt/app/data/x.json', '/tmp/x.py',
                     '/opt/app/notes.txt', '/home/x/data', '/srv/x',
                     '/home/x/.cache/p/x.pyc', '/home/x/.config/p/x.toml',
                     '/usr/src/x', '/var/lib/p/x', '/dev/null',
                     '/home/x/.local/share/p', '/opt/app/policy.txt'):
            self.assertTrue(self.library._PyPolicyTargets_Match(
                targets, ctypes.byref(self.target(path))), path)
        for path in ('/opt/app/main.py', '/opt/app/a/b/c.py',
                     '/opt/app/policy.json', '/opt/app/policy.lock.json',
                     '/opt/app/a/__pycache__/x.cpython-313.pyc',
                     '/opt/app/a/x.so', '/opt/app/.git/hooks/pre-commit',
                     '/opt/app/.venv/lib/python3.13/site-packages/x.py',
                     '/opt/app/.venv/lib/python3.13/site-packages/x.txt',
                     '/opt/app/.venv/pyvenv.cfg', '/opt/app/.venv/bin/x',
                     '/opt/app/other/site-packages/x.pth',
                     '/home/x/.local/lib/python3.13/site-packages/x.py',
                     '/home/x/.bashrc', '/home/x/.ssh/authorized_keys',
                     '/home/x/.zshenv', '/home/x/.config/autostart/x',
                     '/etc/ld.so.preload', '/usr/bin/x', '/usr/lib/x',
                     '/proc/1/mem', '/var/spool/cron/crontabs/x'):
            self.assertFalse(self.library._PyPolicyTargets_Match(
                targets, ctypes.byref(self.target(path))), path)

    def test_events(self):
        self.check_all('sys', ['os.kill', 'signal.*'],
                       ['os.kill', 'signal.signal', 'signal.'],
                       ['os.killpg', 'os', 'os.kill.x', 'signal', 'sys.exit'])
        self.check_all(None, ['anything at all'.replace(' ', '-')],
                       ['anything-at-all'], ['anything'])

    def test_exclusions(self):
        # They win wherever they stand; alone they mean everything else.
        self.check_all('env', ['!A', '*', '!B?'], ['C', 'AA', 'B'],
                       ['A', 'B1'])
        self.check_all('env', ['!A'], ['B', 'AA'], ['A'])
        self.check_all('env', ['A', '!A'], [], ['A', 'B'])
        self.check_all('env', ['*', '!*'], [], ['A', ''])
        self.check_all('env', [], [], ['A', ''])

    def test_nothing_to_name(self):
        for texts in ['A'], ['!A'], ['A', '!B'], ['*']:
            self.assertTrue(self.holds('env', texts, None))
        for capability, text in ('net', 'x.org'), ('read', '/x'):
            self.assertTrue(self.library._PyPolicyTargets_Match(
                self.compile(capability, [text]),
                ctypes.byref(self.target(None))))
        # An empty list grants nothing.
        self.assertFalse(self.holds('env', [], None))

    def test_paths_are_asked(self):
        for capability in 'read', 'write':
            self.check_all(capability, ['/srv', '!/srv/secret'],
                           ['/srv', '/srv/x'],
                           ['/srv/secret', '/srv/secret/x', '/etc'])

    def test_hosts_are_asked(self):
        self.check_all('net', ['example.com', '!example.org'],
                       ['example.com'], ['example.org', 'example.net'])

    def test_refused(self):
        for capability, text, code in (
                ('env', '', 'empty-name'), ('env', '!', 'empty-name'),
                ('env', 'A=B', 'bad-target'), ('env', '!A=B', 'bad-target'),
                ('env', 'A B', 'bad-target'), ('env', 'A\n', 'bad-target'),
                ('env', '!!A', 'bad-target'), ('env', 'A[BC]*', 'bad-target'),
                ('env', 'x' * 4097, 'too-long'),
                ('ffi', 'a-b', 'bad-target'), ('ffi', '.a', 'bad-target'),
                ('ffi', 'a.', 'bad-target'), ('ffi', 'a..b', 'bad-target'),
                ('ffi', './a.so', 'bad-path'), ('ffi', '$X/a', 'bad-path'),
                ('patch', 'a:b', 'bad-target'),
                ('patch', 'a-b.so', 'bad-target'),
                ('run', 'git status', 'bad-target'),
                ('run', 'bin/git', 'bad-path'),
                ('sys', 'os.kill()', 'bad-target'),
                ('sys', '.kill', 'bad-target'),
                ('read', 'x', 'bad-path'), ('read', '!x', 'bad-path'),
                ('net', 'http://x', 'bad-host')):
            with self.subTest(capability=capability, text=text[:20]):
                result = self.check(capability, text)
                self.assertIsNotNone(result)
                self.assertEqual(result[0], code)
                self.assertTrue(result[1].isprintable())
        for capability, text in (
                ('env', 'A.B-C'), ('ffi', 'libgtk-3.so.0'), ('ffi', '*'),
                ('ffi', '$PKG'), ('run', '['), ('run', 'g++'),
                ('run', 'clang++-*'), ('sys', '*'), ('patch', 'm\u00fcsli')):
            self.assertIsNone(self.check(capability, text), text)

    def test_model(self):
        """Lists of names and patterns at random."""
        source = random.Random(2)
        letters = 'ab.*?'
        word = lambda letters: ''.join(source.choices(
            letters, k=source.randrange(1, 6)))

        def one(text, name, tree):
            if set(text) & set('*?'):
                return fnmatch.fnmatchcase(name, text)
            return name == text or (tree and name.startswith(text + '.'))

        for _ in range(4000):
            capability = source.choice(['env', 'patch', 'sys', 'ffi'])
            texts = [source.choice(['', '', '!']) + word(letters)
                     for _ in range(source.randrange(1, 5))]
            texts = [text for text in texts
                     if self.check(capability, text) is None]
            name = word('ab.')
            tree = capability in ('patch', 'ffi')
            into = [text for text in texts if text[0] != '!']
            out = [text[1:] for text in texts if text[0] == '!']
            expected = bool(texts) and (
                not into or any(one(text, name, tree) for text in into)
            ) and not any(one(text, name, tree) for text in out)
            self.assertEqual(self.holds(capability, texts, name), expected,
                             (capability, texts, name))

    def test_patterns_do_not_explode(self):
        targets = self.compile('env', ['*a' * 1000 + 'b'])
        target = self.target('a' * 4000)
        start = time.perf_counter()
        self.assertFalse(self.library._PyPolicyTargets_Match(
            targets, ctypes.byref(target)))
        self.assertLess(time.perf_counter() - start, 1)

    def test_cost_does_not_grow(self):
        def seconds(n):
            targets = self.compile('env', [f'NAME_{i}' for i in range(n)])
            target = ctypes.byref(self.target('NAME_0'))
            match = self.library._PyPolicyTargets_Match
            best = float('inf')
            for _ in range(5):
                start = time.perf_counter()
                for _ in range(2000):
                    match(targets, target)
                best = min(best, time.perf_counter() - start)
            return best
        self.assertLess(seconds(10_000), seconds(1) * 3 + .01)


if __name__ == '__main__':
    unittest.main()
