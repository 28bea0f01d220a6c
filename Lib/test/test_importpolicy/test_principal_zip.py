"""What does this member of this archive hold?

Python/principal_zip.c reads members for the loader, and principal_inflate.c
decompresses them.  They are asked directly here, and compared with zipfile
and zipimport: they may refuse what those would read, but where they read
something, it is the same, and what they call no archive is none for zipimport.
"""

import io
import os
import random
import struct
import tempfile
import time
import unittest
import zipfile
import zipimport
from test.support import import_helper

_importpolicy = import_helper.import_module('_importpolicy')
zlib = import_helper.import_module('zlib')

NO_MEMBER = 'has no such member'
UNREADABLE = 'cannot be read'
NOT_A_ZIP = 'is not a zip archive'
DAMAGED = 'is damaged'
AMBIGUOUS = 'has two members of that name'
UNSUPPORTED = 'is encrypted, split'
TOO_LARGE = 'is too large'

TEXT = b'def answer():\n    return 42\n' * 100


def archive(members=None, method=zipfile.ZIP_DEFLATED, **kwargs):
    """The bytes of an archive that zipfile makes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', method, **kwargs) as file:
        for name, data in (members or {'pkg/mod.py': TEXT}).items():
            file.writestr(name, data)
    return buffer.getvalue()


def patched(data, offset, layout, value, after=b''):
    """Change a field, counted from the first `after`."""
    data = bytearray(data)
    struct.pack_into(layout, data, data.index(after) + offset, value)
    return bytes(data)


LOCAL, ENTRY, END = b'PK\3\4', b'PK\1\2', b'PK\5\6'


class ZipTestCase(unittest.TestCase):

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.path = os.path.join(folder, 'a.zip')

    def put(self, data):
        with open(self.path, 'wb') as file:
            file.write(data)

    def read(self, data, member='pkg/mod.py'):
        self.put(data)
        return _importpolicy.archive_member(self.path, member)[0]

    def verdict(self, data, member='pkg/mod.py'):
        """The reason, or the contents."""
        try:
            return self.read(data, member)
        except ValueError as error:
            return str(error)

    def refused(self, reason, data, member='pkg/mod.py'):
        self.assertStartsWith(self.verdict(data, member), reason)

    def assertStartsWith(self, text, start):
        self.assertIsInstance(text, str)
        self.assertEqual(text[:len(start)], start)


class ReadTest(ZipTestCase):

    def test_methods(self):
        for method in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED:
            for size in 0, 1, 2, 100, 65535, 65536, 300_000:
                data = (TEXT * (size // len(TEXT) + 1))[:size]
                with self.subTest(method=method, size=size):
                    packed = archive({'pkg/mod.py': data}, method)
                    self.assertEqual(self.read(packed), data)

    def test_levels(self):
        for level in range(10):
            self.assertEqual(self.read(archive(compresslevel=level)), TEXT)

    def test_members(self):
        members = {f'd{i}/m{i}.py': b'%d' % i for i in range(300)}
        members['d/'] = b''
        members['ünï.py'] = b'x'
        members['n' * 3000 + '.py'] = b'y'
        data = archive(members)
        self.put(data)
        for name, contents in members.items():
            self.assertEqual(
                _importpolicy.archive_member(self.path, name)[0], contents)

    def test_no_such_member(self):
        data = archive({'pkg/mod.py': b'', 'pkg/sub/': b''})
        for name in ('', 'pkg', 'pkg/', 'mod.py', 'pkg/mod', 'pkg/mod.pyc',
                     'pkg/mod.py/', '/pkg/mod.py', './pkg/mod.py',
                     'PKG/mod.py', 'pkg\\mod.py', 'x' * 70_000):
            with self.subTest(name=name[:20]):
                self.refused(NO_MEMBER, data, name)
        self.refused(NO_MEMBER, archive({'a': b''}), 'pkg/mod.py')
        self.refused(NO_MEMBER, b'PK\5\6' + b'\0' * 18)

    def test_time(self):
        info = zipfile.ZipInfo('m.py', (2021, 12, 31, 23, 59, 58))
        with zipfile.ZipFile(self.path, 'w') as file:
            file.writestr(info, b'')
        mtime = _importpolicy.archive_member(self.path, 'm.py')[1]
        self.assertEqual(mtime, time.mktime(
            (2021, 12, 31, 23, 59, 58, -1, -1, -1)))

    def test_something_in_front(self):
        for before in b'#!/usr/bin/env python3\n', b'\0' * 100_000:
            self.assertEqual(self.read(before + archive()), TEXT)

    def test_comment(self):
        for comment in b'x', b'PK\5\6', b'PK\1\2' * 20, b'c' * 65535:
            buffer = io.BytesIO(archive())
            with zipfile.ZipFile(buffer, 'a') as file:
                file.comment = comment
            data = buffer.getvalue()
            with self.subTest(comment=comment[:8]):
                self.assertEqual(self.read(data), TEXT)

    def test_data_descriptor(self):
        class Stream(io.RawIOBase):
            def __init__(self):
                self.data = b''

            def writable(self):
                return True

            def write(self, data):
                self.data += bytes(data)
                return len(data)

        stream = Stream()
        with zipfile.ZipFile(stream, 'w', zipfile.ZIP_DEFLATED) as file:
            file.writestr('pkg/mod.py', TEXT)
        self.assertIn(b'PK\7\x08', stream.data)
        self.assertEqual(self.read(stream.data), TEXT)

    def test_zip64_member(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, 'w') as file:
            with file.open('pkg/mod.py', 'w', force_zip64=True) as member:
                member.write(TEXT)
        self.assertEqual(self.read(buffer.getvalue()), TEXT)

    def zip64(self):
        """An archive all of whose sizes are in their long form."""
        data = archive(method=zipfile.ZIP_STORED)
        at = data.index(ENTRY)
        name = b'pkg/mod.py'
        extra = struct.pack('<HHHHQQQ', 0xcafe, 0, 1, 24, len(TEXT),
                            len(TEXT), 0)
        entry = bytearray(data[at:at + 46])
        struct.pack_into('<LL', entry, 20, 0xffffffff, 0xffffffff)
        struct.pack_into('<H', entry, 30, len(extra))
        struct.pack_into('<L', entry, 42, 0xffffffff)
        directory = bytes(entry) + name + extra
        record = struct.pack('<LQHHLLQQQQ', 0x06064b50, 44, 45, 45, 0, 0, 1,
                             1, len(directory), at)
        locator = struct.pack('<LLQL', 0x07064b50, 0, at + len(directory), 1)
        end = struct.pack('<LHHHHLLH', 0x06054b50, 0, 0, 0xffff, 0xffff,
                          0xffffffff, 0xffffffff, 0)
        return data[:at] + directory + record + locator + end

    def test_zip64_archive(self):
        data = self.zip64()
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            self.assertEqual(file.read('pkg/mod.py'), TEXT)
        self.assertEqual(self.read(data), TEXT)
        self.assertEqual(self.read(b'#!x\n' + data), TEXT)

    def test_zip64_damaged(self):
        data = self.zip64()
        at = data.index(b'PK\6\6')
        for offset, layout, value in (
            (4, '<Q', 1 << 63), (16, '<L', 1), (40, '<Q', 1 << 63),
            (40, '<Q', 0), (48, '<Q', 1 << 40), (48, '<Q', 2**64 - 1),
            (56, '<L', 0),
        ):
            damaged = patched(data, at + offset, layout, value)
            with self.subTest(offset=offset):
                self.assertIsInstance(self.verdict(damaged), str)
        at = data.index(struct.pack('<HH', 1, 24))
        for value in 0, 8, 23, 25, 0xffff:
            self.refused(DAMAGED, patched(data, at + 2, '<H', value))
        for field in range(3):
            for value in 2**32, 2**63, 2**64 - 1:
                self.assertIsInstance(self.verdict(
                    patched(data, at + 4 + 8 * field, '<Q', value)), str)


class RefusalTest(ZipTestCase):

    def test_other_files(self):
        for data in b'', b'PK', b'import this\n', b'\0' * 100, b'P' * 200_000:
            self.refused(NOT_A_ZIP, data)
        os.unlink(self.path)
        for path, reason in ((self.path, UNREADABLE),
                             (os.path.dirname(self.path), NOT_A_ZIP),
                             (self.path + '/x', UNREADABLE)):
            with self.assertRaisesRegex(ValueError, reason):
                _importpolicy.archive_member(path, 'x')
        if hasattr(os, 'mkfifo'):
            os.mkfifo(self.path)
            with self.assertRaisesRegex(ValueError, NOT_A_ZIP):
                _importpolicy.archive_member(self.path, 'x')

    def test_something_behind(self):
        # zipimport would read it, so it must not pass for a plain script.
        for data in archive() + b'\n', archive() + b'x' * 60_000:
            self.assertIn('pkg/mod.py', zipimport._read_directory(
                self.put(data) or self.path))
            self.refused(DAMAGED, data)
        self.refused(NOT_A_ZIP, archive() + b'x' * 70_000)

    def test_script_with_the_mark_in_it(self):
        data = b'mark = "PK\5\6"  # ' + b'x' * 100 + b'\n'
        with self.assertRaises(zipimport.ZipImportError):
            self.put(data)
            zipimport._read_directory(self.path)
        self.refused(NOT_A_ZIP, data)

    def test_encrypted(self):
        for bit in 0x1, 0x40, 0x2000:
            self.refused(UNSUPPORTED,
                         patched(archive(), 8, '<H', bit, after=ENTRY))

    def test_other_methods(self):
        for method in 1, 9, 12, 14, 93, 95, 0xffff:
            self.refused(UNSUPPORTED,
                         patched(archive(), 10, '<H', method, after=ENTRY))

    def test_several_disks(self):
        for offset in 4, 6:
            self.refused(UNSUPPORTED,
                         patched(archive(), offset, '<H', 1, after=END))

    def test_two_of_a_name(self):
        buffer = io.BytesIO(archive({'a': b'', 'pkg/mod.py': b'good'}))
        with (self.assertWarns(UserWarning),
              zipfile.ZipFile(buffer, 'a') as file):
            file.writestr('pkg/mod.py', b'evil')
            file.writestr('b', b'')
        self.refused(AMBIGUOUS, buffer.getvalue())
        self.assertEqual(self.read(buffer.getvalue(), 'b'), b'')

    def test_two_names_for_one(self):
        data = archive()
        at = data.index(LOCAL) + 30
        self.refused(DAMAGED, data[:at] + b'pkg/nod.py' + data[at + 10:])
        self.refused(DAMAGED, patched(data, 26, '<H', 9, after=LOCAL))

    def test_checksum(self):
        for method in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED:
            data = archive(method=method)
            self.refused(DAMAGED, patched(data, 16, '<L', 0, after=ENTRY))
        data = archive(method=zipfile.ZIP_STORED)
        self.refused(DAMAGED, data.replace(b'42', b'43', 1))

    def test_sizes(self):
        for method in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED:
            data = archive(method=method)
            for offset in 20, 24:
                right = struct.unpack_from('<L', data, data.index(ENTRY)
                                           + offset)[0]
                for value in 0, right - 1, right + 1, 100_000_000:
                    self.refused(DAMAGED, patched(data, offset, '<L', value,
                                                  after=ENTRY))
                self.refused(TOO_LARGE, patched(data, offset, '<L', 1 << 30,
                                                after=ENTRY))

    def test_offsets(self):
        data = archive()
        for value in 1, 60, len(data), 1 << 31, 0xfffffffe:
            self.refused(DAMAGED, patched(data, 42, '<L', value, after=ENTRY))
        self.refused(DAMAGED, patched(data, 42, '<L', 0xffffffff,
                                      after=ENTRY))
        for value in len(data), 1 << 31:
            self.refused(NOT_A_ZIP, patched(data, 12, '<L', value, after=END))
            self.refused(NOT_A_ZIP, patched(data, 16, '<L', value, after=END))
        for offset in 28, 30, 32:
            self.assertIsInstance(self.verdict(
                patched(data, offset, '<H', 0xffff, after=ENTRY)), str)
        self.refused(DAMAGED, patched(data, 28, '<H', 0xffff, after=LOCAL))

    def test_truncated(self):
        members = {'pkg/mod.py': TEXT[:100]}
        for method in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED:
            data = archive(members, method)
            for size in range(len(data)):
                self.assertIsInstance(self.verdict(data[:size]), str)

    def test_damaged(self):
        generator = random.Random(5)
        wholes = [archive({'a': b'x', 'pkg/mod.py': TEXT, 'z': b''}, method)
                  for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)]
        for _ in range(1000):
            data = bytearray(generator.choice(wholes))
            for _ in range(generator.randint(1, 3)):
                at = generator.choice([generator.randrange(len(data)),
                                       -generator.randint(1, 120)])
                data[at] = generator.choice([0, 1, 255,
                                             generator.randrange(256)])
            verdict = self.verdict(bytes(data))
            if isinstance(verdict, bytes):
                self.assertEqual(verdict, TEXT)
            try:
                files = zipimport._read_directory(self.path)
            except zipimport.ZipImportError:
                continue
            except (EOFError, OSError, ValueError, UnicodeError):
                continue        # not an importer for it, either
            self.assertNotEqual(verdict, NOT_A_ZIP)
            if verdict == NO_MEMBER:
                self.assertNotIn(os.path.join('pkg', 'mod.py'), files)


class InflateTest(ZipTestCase):
    """Streams of all shapes, in members that are right otherwise."""

    def member(self, stream, data):
        name = b'm'
        crc = zlib.crc32(data)
        head = struct.pack('<HHHHHLLLHH', 20, 0, 8, 0, 0, crc, len(stream),
                           len(data), 1, 0)
        local = LOCAL + head + name + stream
        entry = (ENTRY + struct.pack('<H', 20) + head
                 + struct.pack('<HHHLL', 0, 0, 0, 0, 0) + name)
        return local + entry + END + struct.pack(
            '<HHHHLLH', 0, 0, 1, 1, len(entry), len(local), 0)

    def inflated(self, stream, data):
        return self.verdict(self.member(stream, data), 'm')

    def samples(self):
        generator = random.Random(3)
        yield b''
        yield b'a' * 70_000
        yield bytes(range(256)) * 300
        yield generator.randbytes(70_000)
        yield bytes(generator.choices(b'etaoin shrdlu\n', k=50_000))
        with open(__file__, 'rb') as file:
            yield file.read()
        for size in range(1, 20):
            yield bytes(generator.choices(b'abc', k=size * size))

    def test_streams(self):
        strategies = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED,
                      zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED)
        for data in self.samples():
            for strategy in strategies:
                for level, window in (0, 15), (1, 9), (6, 15), (9, 12):
                    pack = zlib.compressobj(level, zlib.DEFLATED, -window, 8,
                                            strategy)
                    half = len(data) // 2
                    stream = (pack.compress(data[:half])
                              + pack.flush(zlib.Z_FULL_FLUSH)
                              + pack.compress(data[half:]) + pack.flush())
                    self.assertEqual(self.inflated(stream, data), data)

    def test_ends(self):
        data = TEXT
        stream = zlib.compress(data, 9, wbits=-15)
        self.assertEqual(self.inflated(stream, data), data)
        for wrong in (stream[:-1], stream + b'\0', stream[1:], b'',
                      stream + stream):
            self.assertEqual(self.inflated(wrong, data), DAMAGED)
        for wrong in data[:-1], data + b'\n', b'':
            self.assertEqual(self.inflated(stream, wrong), DAMAGED)

    def test_damaged(self):
        generator = random.Random(9)
        good = 0
        for _ in range(1000):
            size = generator.randrange(200)
            data = bytes(generator.choices(b'abcd', k=size))
            stream = bytearray(zlib.compress(data, 9, wbits=-15))
            for _ in range(generator.randint(1, 3)):
                at = generator.randrange(len(stream))
                stream[at] ^= 1 << generator.randrange(8)
            reference = zlib.decompressobj(-15)
            try:
                data = reference.decompress(bytes(stream))
                valid = reference.eof and not reference.unused_data
            except zlib.error:
                valid = False
            good += valid
            self.assertEqual(self.inflated(bytes(stream), data),
                             data if valid else DAMAGED)
        self.assertGreater(good, 50)

    def test_codes_that_are_none(self):
        for stream in (
            b'\x07',                    # a fourth kind of block
            b'\x03',                    # ends within a code
            b'\x01\x01\x00\xff\xff',    # a length that is not confirmed
            b'\x01\x01\x00\xfe\xff',    # a stored byte that is not there
            b'\x4b\x04\x82\x00',        # copies from before the beginning
            b'\xfd\xff' + b'\xff' * 60, # too many symbols
            b'\x05' + b'\0' * 60,       # an empty code
        ):
            with self.subTest(stream=stream[:5]):
                for size in 0, 1, 10, 1000:
                    self.assertEqual(self.inflated(stream, b'\0' * size),
                                     DAMAGED)


if __name__ == '__main__':
    unittest.main()
