"""Memory that Python code is lent: policy_lent.c.

What is read and written under a policy is what it is without one; what is
kept of the view afterwards is nobody's memory.  The attacks memory_kept_*,
memory_not_cleared and memory_read_beyond look at that memory.
"""

import unittest

from test.test_importpolicy.support import JudgementTestCase

# Each function prints what stock prints.
MAIN = '''
import array
import codecs
import io
import pickle
import socket


class Raw(io.RawIOBase):
    """Gives what it has, as far as there is room."""

    def __init__(self, data=b"", part=1 << 30):
        self.data, self.part, self.rooms, self.written = data, part, [], b""

    def readable(self):
        return True

    writable = readable

    def readinto(self, buffer):
        self.rooms.append(len(buffer))
        n = min(len(buffer), len(self.data), self.part)
        buffer[:n] = self.data[:n]
        self.data = self.data[n:]
        return n

    def write(self, data):
        assert data.readonly and not data.nbytes > 1 << 30
        self.written += bytes(data)
        return len(data)


DATA = bytes(range(256)) * 1000


def reads():
    assert io.BufferedReader(Raw(DATA)).read() == DATA
    assert io.BufferedReader(Raw(DATA, 77)).read(len(DATA)) == DATA
    reader = io.BufferedReader(Raw(DATA, 10), 100)
    assert reader.read1(1000) == DATA[:10] and reader.peek() == DATA[10:20]
    array = bytearray(len(DATA) - 10)
    assert reader.readinto(array) == len(array) and array == DATA[10:]
    assert reader.read(1) == b""
    assert Raw(DATA).read(5000) == DATA[:5000] and Raw().read(5) == b""
    assert Raw(DATA).readall() == DATA


def writes():
    raw = Raw()
    with io.BufferedWriter(raw, 100) as writer:
        writer.write(DATA)
        writer.write(b"end")
    assert raw.written == DATA + b"end"


def raises():
    class Wrong(Raw):
        def readinto(self, buffer):
            return self.answer

    for Wrong.answer in -1, 1 << 20, "x":
        try:
            io.BufferedReader(Wrong()).read(10)
        except OSError:
            pass
        else:
            raise AssertionError(Wrong.answer)
    Wrong.answer = None
    assert io.BufferedReader(Wrong()).read(10) is None
    assert Wrong().read(10) is None


def of_sockets():
    here, there = socket.socketpair()
    with here, there, there.makefile("rb") as file:
        here.sendall(DATA[:5000])
        assert file.read(5000) == DATA[:5000]
    with open(__file__, "rb") as file, open(__file__) as text:
        assert file.read().decode() == text.read()


def pickles():
    class File:
        def __init__(self, data):
            raw = io.BytesIO(data)
            self.read, self.readline = raw.read, raw.readline
            self.readinto = lambda buffer: raw.readinto(buffer)

    value = [DATA, bytearray(DATA), "text" * 10000]
    data = pickle.dumps(value, 5)
    assert pickle.load(File(data)) == value
    assert pickle.load(io.BytesIO(data)) == value
    assert pickle.load(io.BufferedReader(Raw(data))) == value


def decodes():
    def decode(data, errors="strict"):
        return bytes(data).hex(), len(data)

    info = codecs.CodecInfo(decode, decode, name="hexed")
    codecs.register(lambda name: info if name == "hexed" else None)
    assert b"abc".decode("hexed") == "616263" and str(b"a", "hexed") == "61"
    assert "\\xe4\\u20ac".encode("cp1252").decode("cp1252") == "\\xe4\\u20ac"
    text = array.array("w", "abc")
    assert memoryview(text) != memoryview(array.array("w", "abd"))


for function in (reads, writes, raises, of_sockets, pickles, decodes):
    function()
    print(function.__name__)
'''
NAMES = ["reads", "writes", "raises", "of_sockets", "pickles", "decodes"]


class LentTest(JudgementTestCase):

    def check(self):
        result = self.world.run(MAIN)
        self.assertEqual(result.out.split(), NAMES, result)

    def test_without_a_policy(self):
        self.check()

    def test_under_a_policy(self):
        self.world.policy({"$default": "deny",
                           "$permissions": {"__main__": True}})
        self.check()


if __name__ == "__main__":
    unittest.main()
