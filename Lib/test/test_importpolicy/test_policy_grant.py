"""What does "$permissions" say about somebody and something?

policy_grant.c is asked through ctypes, and held against a model of it over
policies made at random, some of which extend others.
"""

import ctypes
import json
import random
import time
import unittest

from test.support import import_helper
from test.test_importpolicy import standalone

import_helper.import_module('ctypes')

NOTHING, ALL, TARGETS = range(3)
CAPABILITIES = ('net', 'read', 'write', 'run', 'env', 'ffi', 'patch', 'sys',
                'code', 'introspect')
NO_CAPABILITY = 15


class Grant(ctypes.Structure):
    _fields_ = [('principal', ctypes.c_char_p), ('what', ctypes.c_char_p),
                ('kind', ctypes.c_int), ('capability', ctypes.c_int),
                ('n_targets', ctypes.c_uint32),
                ('targets', ctypes.POINTER(ctypes.c_char_p)),
                ('index', ctypes.c_uint32), ('line', ctypes.c_int),
                ('column', ctypes.c_int), ('filename', ctypes.c_char_p),
                ('policy', ctypes.c_void_p)]


class Error(ctypes.Structure):
    _fields_ = [('code', ctypes.c_char * 32), ('line', ctypes.c_int),
                ('column', ctypes.c_int), ('message', ctypes.c_char_p)]


class Extended(ctypes.Structure):
    _fields_ = [('filename', ctypes.c_void_p), ('text', ctypes.c_void_p),
                ('len', ctypes.c_size_t), ('id', ctypes.c_uint64 * 2)]


READ = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p,
                        ctypes.c_char_p, ctypes.POINTER(Extended),
                        ctypes.POINTER(ctypes.c_char),
                        ctypes.POINTER(ctypes.c_char))


class Extender(ctypes.Structure):
    _fields_ = [('read', READ), ('arg', ctypes.c_void_p),
                ('id', ctypes.c_uint64 * 2)]


def extender(files):
    """Finds texts in a dict, by their names."""
    libc = ctypes.CDLL(None)
    libc.strdup.restype = ctypes.c_void_p
    names = sorted(files)

    def read(arg, origin, name, found, code, what):
        name = name.decode()
        if name not in files:
            for i, byte in enumerate(b'there is none\0'):
                what[i] = byte
            return -1
        found.contents.filename = libc.strdup(name.encode())
        found.contents.text = libc.strdup(files[name].encode())
        found.contents.len = len(files[name].encode())
        found.contents.id[0] = 2 + names.index(name)
        return 0

    return Extender(READ(read), None, (ctypes.c_uint64 * 2)(1, 0))


def value_of(grant):
    if grant.kind == TARGETS:
        return [grant.targets[i].decode() for i in range(grant.n_targets)]
    return grant.kind == ALL


class Policy:

    def __init__(self, library, text, files={}):
        self.library = library
        if not isinstance(text, str):
            text = json.dumps(text)
        error = Error()
        self.extender = extender({
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in files.items()})
        self.policy = library._PyPolicy_Parse(
            b'policy.json', text.encode(),
            ctypes.c_size_t(len(text.encode())),
            ctypes.byref(self.extender), ctypes.byref(error))
        self.error = None
        if not self.policy:
            self.error = (error.code.decode(), error.line, error.column,
                          error.message.decode())
        self.policy = ctypes.c_void_p(self.policy)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.library._PyPolicy_Free(self.policy)

    def __getattr__(self, name):
        function = getattr(self.library, '_PyPolicy_' + name)

        def call(*args):
            return function(self.policy, *(
                arg.encode() if isinstance(arg, str) else arg
                for arg in args))
        return call

    def grant(self, principal, what, capability=None):
        """(file, value) of what is found, or None."""
        return self.found(self.GrantOfEvent(principal, what, capability))

    def everyone(self, principal, what, capability=None):
        return self.found(self.EventGrantToEveryone(principal, what,
                                                    capability))

    def found(self, grant):
        if not grant:
            return None
        grant = grant.contents
        return grant.filename.decode(), value_of(grant)

    def passed_down(self, what):
        grants = ctypes.POINTER(ctypes.POINTER(Grant))()
        n = self.GrantsOf(what, ctypes.byref(grants))
        return sorted((grants[i].contents.filename.decode(),
                       grants[i].contents.principal.decode())
                      for i in range(n))


class Base(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        library = cls.library = standalone.library(cls)
        library._PyPolicy_Parse.restype = ctypes.c_void_p
        for name in ('GrantOf', 'GrantOfEvent', 'GrantToEveryone',
                     'EventGrantToEveryone', 'GrantAt'):
            getattr(library, '_PyPolicy_' + name).restype = \
                ctypes.POINTER(Grant)
        for name in 'Filename', 'LayerAt', 'EntryAt', 'Log', 'LogFile', \
                    'AppFile':
            getattr(library, '_PyPolicy_' + name).restype = ctypes.c_char_p
        for name in ('DefaultDeny', 'NamesEvents', 'NamesEvent', 'IsLoader',
                     'IsHost', 'IsAudit', 'Packages'):
            getattr(library, '_PyPolicy_' + name).restype = ctypes.c_bool

    def policy(self, value, files={}):
        policy = Policy(self.library, value, files)
        self.addCleanup(policy.__exit__)
        self.assertIsNone(policy.error)
        return policy

    def permissions(self, value, **files):
        return self.policy({'$permissions': value} if not files else
                           {'$permissions': value, '$extends': list(files)},
                           {name: {'$permissions': text}
                            for name, text in files.items()})


class GrantTests(Base):

    def test_values(self):
        policy = self.permissions({'a': {
            'net': True, 'read': False, 'run': ['git', '!sh'], 'env': [],
            'socket.connect': ['example.com']}})
        mine = lambda value: ('policy.json', value)
        self.assertEqual(policy.grant('a', 'net'), mine(True))
        self.assertEqual(policy.grant('a', 'read'), mine(False))
        self.assertEqual(policy.grant('a', 'run'), mine(['git', '!sh']))
        # An empty list grants nothing.
        self.assertEqual(policy.grant('a', 'env'), mine(False))
        self.assertEqual(policy.grant('a', 'socket.connect'),
                         mine(['example.com']))
        for who, what in ('a', 'write'), ('b', 'net'), ('*', 'net'), \
                         ('', 'net'), ('a', ''), ('a', '*'), ('ab', 'net'):
            self.assertIsNone(policy.grant(who, what), (who, what))

    def test_place(self):
        policy = self.policy(
            '{"$permissions": {\n "a": {"net": true,\n  "run": []},\n'
            ' "b": true}}')
        grants = [policy.GrantAt(i).contents
                  for i in range(policy.CountGrants())]
        self.assertEqual(
            [(g.principal, g.what, g.line, g.column, g.index, g.capability)
             for g in grants],
            [(b'a', b'net', 2, 8, 0, CAPABILITIES.index('net')),
             (b'a', b'run', 3, 3, 1, CAPABILITIES.index('run')),
             (b'b', b'*', 4, 2, 2, NO_CAPABILITY)])
        for grant in grants:
            self.assertEqual(grant.policy, policy.policy.value)
        self.assertFalse(policy.GrantAt(3))

    def test_whole(self):
        policy = self.permissions({'a': True, '__main__': True})
        for who in 'a', '__main__':
            for what in 'net', 'code', 'socket.connect', 'no.such':
                self.assertEqual(policy.grant(who, what),
                                 ('policy.json', True))
        self.assertEqual(policy.Capabilities(), 0)
        self.assertFalse(policy.NamesEvents())

    def test_namespaces(self):
        policy = self.permissions({
            'google.cloud': {'net': True, 'run': False},
            'google.cloud.storage': {'run': True},
            'google': {'env': True},
            '/opt/x': {'net': True}, 'x.pth': {'net': True}})
        mine = lambda value: ('policy.json', value)
        self.assertEqual(policy.grant('google.cloud.storage', 'run'),
                         mine(True))
        self.assertEqual(policy.grant('google.cloud.sql', 'run'), mine(False))
        # What the closest one does not name, the next one may.
        self.assertEqual(policy.grant('google.cloud.storage', 'net'),
                         mine(True))
        self.assertEqual(policy.grant('google.cloud.storage', 'env'),
                         mine(True))
        self.assertIsNone(policy.grant('google.api', 'net'))
        self.assertIsNone(policy.grant('googles', 'env'))
        # Neither paths nor lines of a .pth file lie in namespaces.
        self.assertIsNone(policy.grant('/opt/x.y', 'net'))
        self.assertIsNone(policy.grant('google.pth', 'env'))
        self.assertIsNone(policy.grant('x.pth.y', 'net'))
        self.assertEqual(policy.grant('x.pth', 'net'), mine(True))

    def test_everyone(self):
        policy = self.permissions({
            '*': {'net': False, 'socket.bind': True}, 'a': {'run': True},
            'b.c': {}, '__main__': {}})
        mine = lambda value: ('policy.json', value)
        self.assertEqual(policy.everyone('x', 'net'), mine(False))
        self.assertIsNone(policy.everyone('x', 'run'))
        # Who has an entry, whatever it names, does not count.
        self.assertIsNone(policy.everyone('a', 'net'))
        self.assertIsNone(policy.everyone('b.c', 'net'))
        self.assertIsNone(policy.everyone('b.c.d', 'net'))
        self.assertEqual(policy.everyone('b.d', 'net'), mine(False))
        self.assertIsNone(policy.everyone('__main__', 'net'))
        self.assertEqual(policy.everyone('x', 'socket.bind', 'net'),
                         mine(True))
        # A package of that name is somebody.
        self.assertIsNone(policy.grant('*', 'net'))
        self.assertEqual(policy.everyone('*', 'net'), mine(False))

    def test_layers(self):
        policy = self.permissions(
            {'a': {'net': ['x'], 'run': []}, '*': {'ffi': True}},
            base={'a': {'net': True, 'env': True, 'socket.connect': True},
                  'b': True, '*': {'ffi': False, 'run': False}})
        self.assertEqual(policy.grant('a', 'net'), ('policy.json', ['x']))
        self.assertEqual(policy.grant('a', 'run'), ('policy.json', False))
        self.assertEqual(policy.grant('a', 'env'), ('base', True))
        self.assertEqual(policy.grant('b', 'env'), ('base', True))
        # An event's name decides before its capability, but not across
        # files: what the policy itself says about net is what holds.
        self.assertEqual(policy.grant('a', 'socket.connect', 'net'),
                         ('policy.json', ['x']))
        self.assertEqual(policy.grant('a', 'socket.connect'), ('base', True))
        # "*" of each layer, for those who have no entry in that layer.
        self.assertEqual(policy.everyone('x', 'ffi'), ('policy.json', True))
        self.assertEqual(policy.everyone('x', 'run'), ('base', False))
        self.assertIsNone(policy.everyone('a', 'ffi'))
        self.assertEqual(policy.everyone('b', 'ffi'), ('policy.json', True))
        self.assertIsNone(policy.everyone('b', 'run'))

    def test_passed_down(self):
        policy = self.permissions(
            {'a': {'net': ['x'], 'run': False}, 'b': True, '*': {'net': True},
             '__main__': {'net': True}, 'e': {'net': []}},
            base={'a': {'net': True, 'run': True, 'env': True},
                  'b': {'net': True}, 'c': True, 'd': {'net': True},
                  'e': True})
        self.assertEqual(policy.passed_down('net'),
                         [('base', 'c'), ('base', 'd'),
                          ('policy.json', 'a'), ('policy.json', 'b')])
        self.assertEqual(policy.passed_down('run'),
                         [('base', 'c'), ('base', 'e'), ('policy.json', 'b')])
        self.assertEqual(policy.passed_down('env'),
                         [('base', 'a'), ('base', 'c'), ('base', 'e'),
                          ('policy.json', 'b')])
        # What nobody names.
        for what in 'sys', 'no.such':
            self.assertEqual(policy.passed_down(what),
                             [('base', 'c'), ('base', 'e'),
                              ('policy.json', 'b')])

    def test_what_is_named(self):
        bits = lambda *names: sum(1 << CAPABILITIES.index(name)
                                  for name in names)
        policy = self.permissions({'a': {'net': True, 'os.kill': False},
                                   '*': {'code': False}})
        self.assertEqual(policy.Capabilities(), bits('net', 'code'))
        self.assertTrue(policy.NamesEvents())
        self.assertTrue(policy.NamesEvent('os.kill'))
        for other in 'net', 'os.killpg', 'os', '*', '':
            self.assertFalse(policy.NamesEvent(other))
        self.assertFalse(policy.DefaultDeny())
        policy = self.policy({'$default': 'deny'})
        self.assertTrue(policy.DefaultDeny())
        self.assertEqual(policy.Capabilities(), bits(
            'net', 'read', 'write', 'run', 'env', 'ffi', 'patch', 'sys'))
        self.assertFalse(policy.NamesEvents())
        self.assertEqual(self.policy({}).Capabilities(), 0)
        self.assertEqual(self.policy({}).passed_down('net'), [])

    def test_loaders(self):
        policy = self.policy({'$loaders': ['_pytest', 'google.cloud'],
                              '$hosts': ['gunicorn']})
        for name in '_pytest', 'google.cloud', 'google.cloud.storage':
            self.assertTrue(policy.IsLoader(name))
        for name in 'gunicorn', 'google', 'pytest', '_pytest.pth':
            self.assertFalse(policy.IsLoader(name))
        self.assertFalse(policy.IsHost('_pytest'))
        self.assertFalse(self.policy({}).IsLoader('_pytest'))


class ExtendsTests(Base):

    def error(self, value, **files):
        policy = Policy(self.library, value, files)
        self.addCleanup(policy.__exit__)
        self.assertIsNotNone(policy.error)
        return policy.error

    def layers(self, policy):
        names = []
        while (name := policy.LayerAt(len(names))) is not None:
            names.append(name.decode())
        return names

    def test_order(self):
        policy = self.policy({'$extends': ['a', 'b']}, {
            'a': {'$extends': ['c', 'd']}, 'b': {'$extends': ['d', 'e']},
            'c': {}, 'd': {}, 'e': {}})
        # Each with its own behind it; a second time says nothing new.
        self.assertEqual(self.layers(policy),
                         ['policy.json', 'a', 'c', 'd', 'b', 'e'])
        self.assertEqual(policy.Filename(), b'policy.json')

    def test_own_wins_as_a_whole(self):
        base = {'$hosts': ['a'], '$loaders': ['b'], '$mode': 'audit',
                '$log': 'x.jsonl', '$default': 'deny', '$app': ['y']}
        policy = self.policy({'$extends': ['base']}, {'base': base})
        self.assertTrue(policy.IsHost('a') and policy.IsLoader('b'))
        self.assertTrue(policy.IsAudit() and policy.DefaultDeny())
        self.assertEqual(policy.Log(None), b'x.jsonl')
        self.assertEqual(policy.LogFile(), b'base')
        self.assertEqual(policy.AppFile(), b'base')
        own = {'$hosts': ['c'], '$loaders': [], '$mode': 'enforce',
               '$log': '-', '$default': 'allow', '$app': []}
        policy = self.policy(own | {'$extends': ['base']}, {'base': base})
        self.assertTrue(policy.IsHost('c'))
        self.assertFalse(policy.IsHost('a') or policy.IsLoader('b'))
        self.assertFalse(policy.IsAudit() or policy.DefaultDeny())
        self.assertEqual(policy.Log(None), b'-')
        self.assertEqual(policy.LogFile(), b'policy.json')
        self.assertEqual(policy.AppFile(), b'policy.json')
        # The first of two that are extended wins over the second.
        policy = self.policy({'$extends': ['own', 'base']},
                             {'base': base, 'own': own})
        self.assertFalse(policy.IsAudit() or policy.IsHost('a'))
        quiet = ctypes.c_bool()
        policy = self.policy({'$log': False, '$extends': ['base']},
                             {'base': base})
        self.assertIsNone(policy.Log(ctypes.byref(quiet)))
        self.assertTrue(quiet)

    def test_own_wins_by_key(self):
        policy = self.policy(
            {'socket': ['a'], '$packages': {'a': ['b']},
             '$extends': ['base']},
            {'base': {'socket': '*', 'ssl': [], '$packages': {'a': [],
                                                              'c': ['d']}}})
        self.assertEqual(policy.CountRules(), 2)
        n = ctypes.c_uint32()
        names = ctypes.POINTER(ctypes.c_char_p)()
        for key, expected in ('a', [b'b']), ('c', [b'd']):
            self.assertTrue(policy.Packages(key, ctypes.byref(n),
                                            ctypes.byref(names)))
            self.assertEqual(names[:n.value], expected)
        self.assertFalse(policy.Packages('d', ctypes.byref(n),
                                         ctypes.byref(names)))

    def test_errors_are_where_they_stand(self):
        self.assertEqual(
            self.error({'$extends': ['a']}, a='{\n "$hots": []}'),
            ('unknown-directive', 2, 2, 'a:2:2: "$hots" is no directive; did '
             'you mean "$hosts"?'))
        self.assertEqual(
            self.error({'$extends': ['a']}, a='{"socket": [],}')[3][:7],
            'a:1:14:')
        self.assertEqual(
            self.error('{"$extends": ["a",\n "b"]}', a={}),
            ('no-policy', 2, 2, 'policy.json:2:2: there is none'))
        # The policy's own come first.
        self.assertEqual(self.error('{"$extends": ["a"], "$hots": []}')[0],
                         'unknown-directive')

    def test_circles(self):
        self.assertEqual(
            self.error({'$extends': ['a']}, a='{"$extends": ["b"]}',
                       b='{\n"$extends": ["a"]}'),
            ('extends-itself', 2, 14, 'b:2:14: a policy extends itself: '
             'a -> b -> a; remove "a" here'))
        self.assertEqual(
            self.error({'$extends': ['a']}, a='{"$extends": ["a"]}')[3],
            'a:1:15: a policy extends itself: a -> a; remove "a" here')
        # A long way round is cut, not lost.
        files = {f'{i:03}' + 'x' * 60: {'$extends': [f'{i + 1:03}' + 'x' * 60]}
                 for i in range(30)}
        files['030' + 'x' * 60] = {'$extends': ['000' + 'x' * 60]}
        code, _, _, message = self.error({'$extends': [min(files)]}, **files)
        self.assertEqual(code, 'extends-itself')
        self.assertIn('extends itself: 000xxx', message)
        self.assertTrue(message.isprintable())

    def test_too_many(self):
        def chain(n):
            files = {str(i): {'$extends': [str(i + 1)]} for i in range(n)}
            files[str(n)] = {}
            return files
        policy = self.policy({'$extends': ['0']}, chain(62))
        self.assertEqual(len(self.layers(policy)), 64)
        self.assertEqual(self.error({'$extends': ['0']}, **chain(63))[0],
                         'too-many-files')
        names = [str(i) for i in range(64)]
        self.assertEqual(self.error({'$extends': names},
                                    **dict.fromkeys(names, {}))[0],
                         'too-many-files')


class ModelTests(Base):
    """Policies at random, against what the documentation says."""

    principals = ['a', 'a.b', 'a.b.c', 'd', 'a.pth', '/a', '/a/b', 'e.f']
    whats = ['net', 'run', 'env', 'code', 'open', 'socket.connect']

    def names_of(self, principal):
        """The names that may stand for somebody, the closest first."""
        names = [principal]
        if principal[0] != '/' and not principal.endswith('.pth'):
            while '.' in principal:
                principal = principal.rpartition('.')[0]
                names.append(principal)
        return names

    def answer(self, entry, event, capability):
        if entry is True:
            return True
        for what in event, capability:
            if what in entry:
                value = entry[what]
                return False if value == [] else value
        return None

    def grant(self, layers, principal, event, capability):
        for file, layer in layers:
            for name in self.names_of(principal):
                if name in layer:
                    value = self.answer(layer[name], event, capability)
                    if value is not None:
                        return file, value
        return None

    def everyone(self, layers, principal, event, capability):
        for file, layer in layers:
            if '*' in layer and layer.keys().isdisjoint(
                    self.names_of(principal)):
                value = self.answer(layer['*'], event, capability)
                if value is not None:
                    return file, value
        return None

    def passed_down(self, layers, what):
        found = []
        for file, layer in layers:
            for name in layer.keys() - {'*', '__main__'}:
                value = self.answer(layer[name], what, None)
                if value and self.grant([(file, {name: layer[name]})], name,
                                        what, None) == \
                        self.grant(layers, name, what, None):
                    found.append((file, name))
        return sorted(found)

    def layer(self, source):
        def value(what):
            kinds = [True, False]
            if what != 'code':
                kinds += [[], ['x'], ['x', '!y']]
            return source.choice(kinds)

        def entry():
            if source.random() < .15:
                return True
            return {what: value(what)
                    for what in source.sample(self.whats,
                                              source.randrange(4))}
        return {name: entry() for name in source.sample(
            self.principals + ['*', '__main__'], source.randrange(8))}

    def test_model(self):
        source = random.Random(1)
        for _ in range(300):
            files = [(name, self.layer(source)) for name in
                     ('policy.json', 'one', 'two')[:source.randrange(1, 4)]]
            policy = self.permissions(files[0][1], **dict(files[1:]))
            for principal in self.principals + ['__main__', 'e', 'e.f.g']:
                for event, capability in (
                        ('net', None), ('code', None), ('socket.connect',
                        'net'), ('open', 'run'), ('env', None)):
                    args = principal, event, capability
                    self.assertEqual(policy.grant(*args),
                                     self.grant(files, *args), (files, args))
                    if principal != '__main__':
                        self.assertEqual(policy.everyone(*args),
                                         self.everyone(files, *args),
                                         (files, args))
            for what in self.whats + ['sys']:
                self.assertEqual(policy.passed_down(what),
                                 self.passed_down(files, what), (files, what))


class SizeTests(Base):

    def seconds(self, policy, principal):
        best = float('inf')
        encoded = principal.encode(), b'net'
        function = self.library._PyPolicy_GrantOf
        for _ in range(5):
            start = time.perf_counter()
            for _ in range(2000):
                function(policy.policy, *encoded)
            best = min(best, time.perf_counter() - start)
        return best

    def test_cost_does_not_grow(self):
        one = self.permissions({'d1': {'net': True}})
        many = self.permissions({f'd{i}': {'net': [f'h{j}' for j in range(3)]}
                                 for i in range(10_000)})
        self.assertLess(self.seconds(many, 'd1'),
                        self.seconds(one, 'd1') * 3 + .01)
        self.assertEqual(many.CountGrants(), 10_000)
        self.assertEqual(len(many.passed_down('net')), 10_000)


if __name__ == '__main__':
    unittest.main()
