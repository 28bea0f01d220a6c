"""What is a policy file, and what does the error for any other file say?

The loader runs before there is an interpreter, in C: Python/policy_load.c and
what it stands on.  Here it is asked through _importpolicy.parse(), which does
nothing else.  What an interpreter does with the answer is tested elsewhere.

The fixtures are named after their verdict.  y_NAME.json is accepted; for
n_NAME.json, n_NAME.txt holds code:line:column and, on its second line, the
sentence.  json/ holds what is right or wrong as JSON, policies/ the rest.
"""

import json
import os
import random
import textwrap
import time
import unittest
from test import support
from test.support import import_helper
from test.support.script_helper import assert_python_ok

_importpolicy = import_helper.import_module('_importpolicy')

HERE = os.path.dirname(__file__)

# What the JSON parser may find wrong, and what the loader may.
JSON_CODES = {
    'bad-escape', 'bad-number', 'bad-quote', 'bad-string', 'bad-token',
    'bad-utf8', 'bad-word', 'byte-order-mark', 'comment', 'duplicate-key',
    'lone-surrogate', 'missing-comma', 'nul', 'too-deep', 'trailing-comma',
    'trailing-data', 'truncated',
}
POLICY_CODES = {
    'bad-host', 'bad-name', 'bad-path', 'bad-target', 'bad-type',
    'bad-value', 'bad-version', 'empty-name', 'no-policy', 'not-a-list',
    'reserved-name', 'star-in-list', 'too-long', 'unknown-capability',
    'unknown-directive', 'unknown-event',
}
MAX_DEPTH = 32
MAX_FILE = 64 * 1024 * 1024


def parse(text, filename='policy.json'):
    if isinstance(text, str):
        text = text.encode()
    return _importpolicy.parse(filename, text)


def fixtures(folder):
    """All fixtures of a folder: (name, text, expected or None)."""
    folder = os.path.join(HERE, folder)
    for entry in sorted(os.listdir(folder)):
        name, extension = os.path.splitext(entry)
        if extension != '.json':
            continue
        with open(os.path.join(folder, entry), 'rb') as file:
            text = file.read()
        expected = None
        if name.startswith('n_'):
            path = os.path.join(folder, name + '.txt')
            with open(path, encoding='utf-8') as file:
                expected = file.read()
        yield name, text, expected


class FixtureTests(unittest.TestCase):

    def check_folder(self, folder, codes):
        found = set()
        accepted = 0
        for name, text, expected in fixtures(folder):
            with self.subTest(fixture=f'{folder}/{name}'):
                self.assertIn(name[:2], ('y_', 'n_'))
                result = parse(text)
                if expected is None:
                    self.assertIsNone(result)
                    accepted += 1
                    continue
                self.assertIsNotNone(result)
                code, line, column, message = result
                prefix = f'policy.json:{line}:{column}: '
                self.assertEqual(message[:len(prefix)], prefix)
                self.assertEqual(
                    f'{code}:{line}:{column}\n{message[len(prefix):]}\n',
                    expected)
                found.add(code)
        # Every error that can happen is shown by a file here.
        self.assertGreaterEqual(found, codes)
        self.assertLessEqual(found, JSON_CODES | POLICY_CODES)
        self.assertGreater(accepted, 5)

    def test_json(self):
        self.check_folder('json', JSON_CODES)

    def test_policies(self):
        self.check_folder('policies', POLICY_CODES)

    def test_no_stray_files(self):
        for folder in 'json', 'policies':
            names = os.listdir(os.path.join(HERE, folder))
            for name in names:
                stem, extension = os.path.splitext(name)
                with self.subTest(file=f'{folder}/{name}'):
                    self.assertIn(extension, ('.json', '.txt'))
                    self.assertIn(stem + '.json', names)
                    self.assertEqual(stem + '.txt' in names,
                                     stem.startswith('n_'))


class MessageTests(unittest.TestCase):

    def test_file_line_column(self):
        result = parse('{"socket": [],\n "$hots": []}', '/srv/app/policy.json')
        self.assertEqual(result, (
            'unknown-directive', 2, 2, '/srv/app/policy.json:2:2: "$hots" is '
            'no directive; did you mean "$hosts"?'))

    def test_one_visible_line(self):
        # Whatever the file holds, its message neither breaks the line nor
        # hides or reorders a part of it.
        hidden = ('\t\n\r\x1b\x7f\x85\xa0\xad\u061c\u200b\u200e\u2028\u202e'
                  '\u2066\ufeff\ue000\U000e0041')
        for c in hidden:
            units = c.encode('utf-16-be').hex()
            escape = ''.join('\\u' + units[i:i + 4]
                             for i in range(0, len(units), 4))
            for form in c, escape:
                for text in (f'{{"a{form}b": []}}', f'{{"$a{form}b": []}}',
                             f'{{"a": ["{form}"]}}', f'{{"$mode": "{form}"}}',
                             f'{{"{form}": 1, "{form}": 2}}'):
                    with self.subTest(text=ascii(text)):
                        result = parse(text)
                        self.assertIsNotNone(result)
                        code, line, column, message = result
                        self.assertTrue(message.isprintable(), ascii(message))
                        self.assertNotIn(c, message)
                        if code in POLICY_CODES or code == 'duplicate-key':
                            self.assertIn(escape, message)

    def test_file_name_is_escaped(self):
        message = parse('[]', 'a\n\u202e\x1b.json')[3]
        self.assertTrue(message.startswith(
            r'a\u000a\u202e\u001b.json:1:1: a policy is'), message)

    @unittest.skipUnless(os.name == 'posix', 'names are bytes there')
    def test_file_name_that_is_not_utf8(self):
        name = os.fsdecode(b'caf\xe9/policy.json')
        if os.fsencode(name) != b'caf\xe9/policy.json':
            self.skipTest('the file system encoding does not round-trip')
        message = parse('[]', name)[3]
        self.assertTrue(message.startswith(r'caf\xe9/policy.json:1:1: '),
                        ascii(message))

    def test_long_file_name(self):
        name = '/very-long' * 400 + '/policy.json'
        self.assertTrue(parse('[]', name)[3].startswith(name + ':1:1: '))

    def test_long_text_is_cut(self):
        for text in ('{"%s": []}' % ('a-' * 2000),
                     '{"$%s": []}' % ('\u202e' * 4000),
                     '{"a": "%s"}' % ('"\\\\' * 10).replace('"', '\\"'),
                     '{"$mode": "%s"}' % ('\U0001f600' * 4000)):
            with self.subTest(text=ascii(text[:30])):
                self.assertLess(len(parse(text)[3].encode()), 700)


class PrefixTests(unittest.TestCase):

    def whole(self):
        return dict((name, text) for name, text, _ in fixtures('policies')
                    )['y_forms']

    def check_error(self, text, result):
        code, line, column, message = result
        self.assertIn(code, JSON_CODES | POLICY_CODES)
        lines = text.split(b'\n')
        self.assertLessEqual(1, line)
        self.assertLessEqual(line, len(lines))
        self.assertLessEqual(1, column)
        self.assertLessEqual(column, len(lines[line - 1]) + 1)
        self.assertTrue(message.startswith(f'policy.json:{line}:{column}: '))
        self.assertTrue(message.isprintable(), ascii(message))

    def test_truncated_anywhere(self):
        whole = self.whole()
        self.assertIsNone(parse(whole))
        for n in range(len(whole.rstrip())):
            text = whole[:n]
            result = parse(text)
            self.assertIsNotNone(result, text)
            self.check_error(text, result)
            # Words and numbers that are cut look like others.
            self.assertIn(result[0], ('truncated', 'bad-word'), text)

    def test_damaged_anywhere(self):
        whole = self.whole()
        for n in range(len(whole)):
            for byte in b'\0\n",]}x\\\x80\xff':
                text = bytearray(whole)
                text[n] = byte
                text = bytes(text)
                result = parse(text)
                if result is not None:
                    self.check_error(text, result)


class Refused(Exception):
    pass


def reference(text):
    """Does the json module accept it, and does it break none of our rules?"""
    def pairs(items):
        keys = [key for key, value in items]
        if len(set(keys)) != len(keys):
            raise Refused('duplicate-key')
        for key in keys:
            string(key)
        return dict(items)

    def string(value):
        if '\0' in value:
            raise Refused('nul')
        if any('\ud800' <= c <= '\udfff' for c in value):
            raise Refused('lone-surrogate')

    def constant(value):
        raise Refused('bad-word')

    def walk(value, depth):
        if isinstance(value, str):
            string(value)
        elif isinstance(value, (list, dict)):
            if depth == MAX_DEPTH:
                raise Refused('too-deep')
            if isinstance(value, dict):
                value = value.values()
            for item in value:
                walk(item, depth + 1)

    try:
        walk(json.loads(text.decode('utf-8'), object_pairs_hook=pairs,
                        parse_int=len, parse_float=len,
                        parse_constant=constant), 0)
    except (ValueError, Refused, RecursionError):
        return False
    return True


class Generator:
    """JSON texts, right and wrong, the same ones in every run."""

    characters = ('abc"\\/\b\n\t\x7f\x80\u00e9\u07ff\u0800\u20ac\ud7ff\ue000'
                  '\uffff\U00010000\U0010ffff \'{}[]:,$0')
    pieces = [piece.encode() for piece in (
        '{ } [ ] : , " \\ \\u \\ud83d \\ude00 \\u0000 true false null True '
        'NaN Infinity - + . 0 1 e E 9 // # \' a \n \t \x0b \x00 \xe9 \u20ac '
        '\U0001f600 \ufeff ,] ,} "a":1 {} [] ""').split(' ')]
    pieces += [b'\x80', b'\xc0\xaf', b'\xe0\x80\xaf', b'\xed\xa0\x80', b' ',
               b'\xf4\x90\x80\x80', b'\xff', b'\xf0\x9f\x98', b'\x1f', b'']

    def __init__(self, seed):
        self.random = random.Random(seed)

    def space(self):
        return ''.join(self.random.choices(' \n\r\t', k=self.random.choice(
            (0, 0, 0, 1, 2))))

    def letters(self):
        return self.random.choices(self.characters,
                                   k=self.random.randrange(6))

    def escape(self, c):
        """One of the ways in which JSON can spell a character."""
        plain = c if c >= ' ' and c not in '"\\' else None
        units = c.encode('utf-16-be').hex()
        coded = ''.join('\\u' + units[i:i + 4]
                        for i in range(0, len(units), 4))
        if self.random.random() < 0.5:
            coded = ''.join(x.upper() if x != 'u' else x for x in coded)
        short = {'"': '\\"', '\\': '\\\\', '/': '\\/', '\b': '\\b',
                 '\n': '\\n', '\t': '\\t'}.get(c)
        return self.random.choice([x for x in (plain, coded, short) if x])

    def spell(self, letters):
        return '"%s"' % ''.join(map(self.escape, letters))

    def number(self):
        r = self.random
        return (r.choice(('', '-')) +
                r.choice(('0', '1', '12', '9' * 50)) +
                r.choice(('', '', '.0', '.125')) +
                r.choice(('', '', 'e1', 'E+10', 'e-999999')))

    def value(self, depth):
        kind = self.random.randrange(10 if depth > 0 else 6)
        if kind < 4:
            return self.spell(self.letters())
        if kind == 4:
            return self.number()
        if kind == 5:
            return self.random.choice(('true', 'false', 'null'))
        items = [self.value(depth - 1)
                 for _ in range(self.random.randrange(4))]
        if kind < 8:
            return self.container('[]', items)
        return self.container('{}', [
            self.spell(self.letters()) + self.space() + ':' + self.space() +
            item for item in items])

    def container(self, brackets, items):
        sep = self.space() + ',' + self.space()
        return (brackets[0] + self.space() + sep.join(items) + self.space() +
                brackets[1])

    def text(self):
        return (self.space() + self.value(4) + self.space()).encode()

    def damage(self, text):
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            start = self.random.randrange(len(text) + 1)
            end = min(start + self.random.choice((0, 0, 1, 1, 2, 5)),
                      len(text))
            text = text[:start] + self.random.choice(self.pieces) + text[end:]
        return text


class DifferentialTests(unittest.TestCase):
    """The parser against the json module, which it must not outbid."""

    def accepts(self, text):
        result = parse(text)
        return result is None or result[0] not in JSON_CODES

    def test_right_texts(self):
        generator = Generator(1)
        accepted = 0
        for _ in range(3000):
            text = generator.text()
            expected = reference(text)
            self.assertEqual(self.accepts(text), expected, text)
            accepted += expected
        self.assertGreater(accepted, 2000)

    def test_damaged_texts(self):
        generator = Generator(2)
        accepted = 0
        for _ in range(20000):
            text = generator.damage(generator.text())
            expected = reference(text)
            self.assertEqual(self.accepts(text), expected, text)
            accepted += expected
        self.assertGreater(accepted, 1000)
        self.assertLess(accepted, 19000)

    def test_nesting(self):
        for depth in 1, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 1000:
            for text in (b'[' * depth + b']' * depth,
                         b'{"a":' * depth + b'1' + b'}' * depth):
                with self.subTest(depth=depth, text=text[:5]):
                    self.assertEqual(self.accepts(text), reference(text))

    def test_unescaping(self):
        # Two spellings of one string are the same key, and spellings of two
        # strings are not: that shows what the parser made of them.
        generator = Generator(3)
        for _ in range(2000):
            one = generator.letters()
            other = generator.letters()
            first, second = generator.spell(one), generator.spell(one)
            text = f'{{{first}: 1, {second}: 2}}'
            self.assertEqual(parse(text)[0], 'duplicate-key', ascii(text))
            if one != other:
                text = f'{{{first}: 1, {generator.spell(other)}: 2}}'
                self.assertNotEqual(parse(text)[0], 'duplicate-key',
                                    ascii(text))


class SizeTests(unittest.TestCase):

    def entries(self, n):
        return json.dumps({f'package_{i}.module': [f'dependency_{i}']
                           for i in range(n)}, indent=1).encode()

    def seconds(self, text):
        best = float('inf')
        for _ in range(3):
            start = time.process_time()
            self.assertIsNone(parse(text))
            best = min(best, time.process_time() - start)
        return best

    def test_many_entries(self):
        ten = self.seconds(self.entries(10_000))
        hundred = self.seconds(self.entries(100_000))
        if support.verbose:
            print(f'10,000 entries: {ten * 1000:.1f} ms, '
                  f'100,000: {hundred * 1000:.1f} ms')
        # Ten times as many take ten times as long; a hundred would be
        # quadratic.
        self.assertLess(hundred, ten * 40 + 0.1)

    def test_many_names_in_one_list(self):
        def text(n):
            return json.dumps(
                {'socket': [f'dependency_{i}' for i in range(n)]}).encode()
        self.assertLess(self.seconds(text(100_000)),
                        self.seconds(text(10_000)) * 40 + 0.1)

    def test_many_permissions(self):
        def text(n):
            return json.dumps({'$permissions': {
                f'dependency_{i}': {'net': [f'host-{i}.org'], 'run': True}
                for i in range(n)}}).encode()
        self.assertLess(self.seconds(text(50_000)),
                        self.seconds(text(5_000)) * 40 + 0.1)

    def test_many_targets(self):
        def text(n):
            return json.dumps({'$permissions': {'a': {
                'read': [f'/srv/{i}' for i in range(n)]}}}).encode()
        self.assertLess(self.seconds(text(100_000)),
                        self.seconds(text(10_000)) * 40 + 0.1)

    def test_everything_by_everyone(self):
        # What ancestors pass down is listed for each capability and event.
        text = json.dumps({'$permissions': {
            **{f'all_{i}': True for i in range(20_000)},
            'some': dict.fromkeys(
                ('net', 'read', 'write', 'run', 'env', 'os.kill', 'open',
                 'socket.connect'), True)}}).encode()
        self.assertLess(self.seconds(text), 2)

    def test_error_behind_many_entries(self):
        text = self.entries(100_000)[:-2] + b',\n "$hots": []\n}'
        code, line, column, message = parse(text)
        self.assertEqual((code, line, column),
                         ('unknown-directive', 300_002, 2))

    def test_duplicate_among_many(self):
        text = (self.entries(100_000)[:-2] +
                b',\n "package_77777.module": []\n}')
        code, line, column, message = parse(text)
        self.assertEqual((code, line, column),
                         ('duplicate-key', 300_002, 2))
        self.assertIn('first at line 233333, column 2;', message)

    def test_too_large(self):
        text = b'{}'.ljust(MAX_FILE)
        self.assertIsNone(parse(text))
        result = parse(text + b' ')
        self.assertEqual(result[:3], ('too-large', 1, 1))
        self.assertIn('67108864 bytes', result[3])

    def test_longest_name(self):
        self.assertIsNone(parse('{"%s": []}' % ('a' * 4096)))
        self.assertIsNone(parse('{"a": ["%s"]}' % ('a' * 4096)))


class MemoryTests(unittest.TestCase):

    def test_each_allocation_may_fail(self):
        import_helper.import_module('_testcapi')
        code = textwrap.dedent('''
            import sys, _importpolicy, _testcapi

            def failures(text, expected):
                """Let one allocation fail after another until none does."""
                n = 0
                while True:
                    _testcapi.set_nomemory(n, n + 1)
                    try:
                        result = _importpolicy.parse('policy.json', text)
                    except MemoryError:
                        n += 1
                    else:
                        break
                    finally:
                        _testcapi.remove_mem_hooks()
                result = result and result[0]
                assert result == expected, (result, expected)
                return n

            policy = b'{"a": ["b"], "$packages": {"c": ["d"]}, "e": "*"}'
            assert failures(policy, None) >= 6
            granted = (b'{"$permissions": {"a": {"net": ["x.org"], '
                       b'"open": false}, "b": true, "*": {"run": []}}}')
            assert failures(granted, None) >= 10
            assert failures(granted.replace(b'"open"', b'"nett"'),
                            'unknown-capability') >= 6
            assert failures(policy.replace(b'$', b'$$'),
                            'unknown-directive') >= 6
            assert failures(policy[:-1], 'truncated') >= 4
            assert failures(policy.replace(b'"e"', b'"a"'),
                            'duplicate-key') >= 4
        ''')
        assert_python_ok('-c', code)


if __name__ == '__main__':
    unittest.main()
