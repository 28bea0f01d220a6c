"""The reader of policy files that keeps their form, and edits.

Good and bad files are those that the parser of the interpreter is tested
with, so the three who read policies (it, this reader, and the JSON Schema)
are held to one corpus.
"""

import glob
import json
import os
import unittest

import _importpolicy
from importpolicy import _edit, _reader, _schema
from test.test_importpolicy.support import installed

HERE = os.path.dirname(__file__)
CORPUS = sorted(glob.glob(os.path.join(HERE, "json", "*.json"))
                + glob.glob(os.path.join(HERE, "policies", "*.json")))


def data_of(file):
    with open(file, "rb") as stream:
        return stream.read()


def is_extending(error):
    """Nothing is wrong but that another file could not be read."""
    return error is not None and error[0] == "no-policy"


class CorpusTest(unittest.TestCase):

    def test_same_verdict(self):
        for file in CORPUS:
            data = data_of(file)
            error = _importpolicy.parse(file, data)
            with self.subTest(os.path.basename(file)):
                if error is None or is_extending(error):
                    self.assertEqual(_reader.Document(file, data).extends,
                                     error is not None)
                    continue
                with self.assertRaises(_reader.PolicyError) as raised:
                    _reader.Document(file, data)
                found = raised.exception
                self.assertEqual((found.code, found.line, found.column),
                                 error[:3])
                self.assertEqual(str(found), error[3])

    def test_same_values(self):
        good = 0
        for file in CORPUS:
            data = data_of(file)
            if _importpolicy.parse(file, data) is not None:
                continue
            good += 1
            with self.subTest(os.path.basename(file)):
                document = _reader.Document(file, data)
                self.assertEqual(document.root.plain(), json.loads(data))
        self.assertGreater(good, 20)

    def test_places(self):
        # Where a node says that it stands, there is what it means.
        for file in CORPUS:
            data = data_of(file)
            if _importpolicy.parse(file, data) is not None:
                continue
            document = _reader.Document(file, data)
            lines = document.text.split("\n")
            with self.subTest(os.path.basename(file)):
                for node in self.nodes(document.root):
                    text = document.text[node.start:node.end]
                    self.assertEqual(json.loads(text), node.plain())
                    rest = "\n".join([lines[node.line - 1][node.column - 1:],
                                      *lines[node.line:]])
                    self.assertTrue(rest.startswith(text))

    def nodes(self, node):
        yield node
        for key, value in node.members:
            yield key
            yield from self.nodes(value)
        for item in node.items:
            yield from self.nodes(item)

    def test_same_places_as_the_interpreter(self):
        # An unknown name is put where a good one stands, anywhere in a
        # policy; the parser's error points to it as the reader does.
        text = ('{"socket":\n  ["é", "BAD-1"],\n'
                '"$hosts": ["BAD-2"], "$permissions": {\n"BAD-3":'
                ' true, "x": {"net": ["h", "BAD 4"]}}, "$packages": {"p":\n'
                '["q",\t"BAD-5"]}}')
        for bad in "BAD-1", "BAD-2", "BAD-3", "BAD 4", "BAD-5":
            one = text
            for other in "BAD-1", "BAD-2", "BAD-3", "BAD 4", "BAD-5":
                if other != bad:
                    one = one.replace(other, other[:3] + "_" + other[4:])
            error = _importpolicy.parse("p", one.encode())
            with self.subTest(bad):
                node, = (node for node in self.nodes(_reader.parse(one))
                         if node.value == bad)
                self.assertEqual(error[1:3], (node.line, node.column))


class SchemaTest(unittest.TestCase):

    # What cannot be said in a schema: a name's letters are those of
    # identifiers, and 1.0 is 1 to JSON Schema.
    BEYOND = {"n_key_not_a_letter.json", "n_version_float.json"}

    def setUp(self):
        self.site = installed(self, "jsonschema")

    def validator(self):
        import subprocess
        program = """if 1:
            import json, sys
            from jsonschema import Draft202012Validator as Validator
            schema = json.load(open(sys.argv[1]))
            Validator.check_schema(schema)
            validator = Validator(schema)
            for example in schema["examples"]:
                validator.validate(example)
            def leaves(error):
                if error.context:
                    for inner in error.context:
                        yield from leaves(inner)
                yield list(error.absolute_path)
            def constant(name):
                raise ValueError(name)
            found = {}
            for file in json.load(sys.stdin):
                try:
                    value = json.loads(open(file, "rb").read(),
                                       parse_constant=constant)
                except (ValueError, RecursionError):
                    continue
                found[file] = [path for error in validator.iter_errors(value)
                               for path in leaves(error)]
            json.dump(found, sys.stdout)
            """
        done = subprocess.run(
            [os.environ["IMPORTPOLICY_TEST_VENV"], "-c", program,
             _schema.FILE], input=json.dumps(CORPUS), text=True,
            capture_output=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_corpus(self):
        seen = 0
        # What is wrong below the level of values is not a schema's matter.
        syntax = {"duplicate-key", "byte-order-mark", "lone-surrogate",
                  "nul", "bad-utf8", "too-deep"}
        for file, paths in self.validator().items():
            data = data_of(file)
            error = _importpolicy.parse(file, data)
            if error is not None and (error[0] in syntax
                                      or is_extending(error)):
                continue
            name = os.path.basename(file)
            with self.subTest(name):
                if name not in self.BEYOND:
                    self.assertEqual(error is None, paths == [],
                                     (error, paths))
                    seen += 1
                if error is not None and paths:
                    self.check_place(data, error, paths)
        self.assertGreater(seen, 200)

    def check_place(self, data, error, paths):
        """One of the schema's errors is where the interpreter's is: at the
        value, or the key, that its path leads to, or at a key in it."""
        root = _reader.parse(data.decode())
        places = set()
        for path in paths:
            node = root
            for part in path:
                if isinstance(part, int):
                    node = node.items[part]
                    key = None
                else:
                    key, node = next((key, value)
                                     for key, value in node.members
                                     if key.value == part)
                if key is not None:
                    places.add((key.line, key.column))
            places.add((node.line, node.column))
            places |= {(key.line, key.column) for key, _ in node.members}
        self.assertIn(error[1:3], places)


class EditTest(unittest.TestCase):

    def edit(self, text):
        return _edit.Editor(_reader.Document("p.json", text.encode()))

    def check(self, before, change, after):
        editor = self.edit(before)
        change(editor)
        self.assertEqual(editor.document.text, after)

    def test_list_on_one_line(self):
        self.check('{"a":["b"] , "$comment": "x"}',
                   lambda editor: editor.grant_module("a", "c"),
                   '{"a":["b", "c"] , "$comment": "x"}')
        self.check('{"a": []}', lambda editor: editor.grant_module("a", "c"),
                   '{"a": ["c"]}')

    def test_list_of_lines(self):
        self.check('{\n  "a": [\n    "b"\n  ]\n}\n',
                   lambda editor: editor.grant_module("a", "c"),
                   '{\n  "a": [\n    "b",\n    "c"\n  ]\n}\n')

    def test_twice(self):
        self.check('{"a": ["c"]}',
                   lambda editor: editor.grant_module("a", "c"),
                   '{"a": ["c"]}')
        self.check('{"a": "*"}',
                   lambda editor: editor.grant_module("a", "c"),
                   '{"a": "*"}')

    def test_new_key(self):
        self.check('{\n\t"a": []\n}',
                   lambda editor: editor.grant_module("b", "c"),
                   '{\n\t"a": [],\n\t"b": ["c"]\n}')
        self.check("{}", lambda editor: editor.grant_module("b", "c"),
                   '{\n    "b": ["c"]\n}')

    def test_grant(self):
        self.check('{\n  "a": []\n}\n',
                   lambda editor: editor.grant("p", "net", ["h:1"]),
                   '{\n  "a": [],\n  "$permissions": {"p": {"net": '
                   '["h:1"]}}\n}\n')
        before = ('{"$permissions": {\n   "p": {"net": ["h"]},\n'
                  '   "q": true\n}}')
        self.check(before, lambda editor: editor.grant("p", "net", ["i"]),
                   before.replace('["h"]', '["h", "i"]'))
        self.check(before, lambda editor: editor.grant("p", "env", ["A"]),
                   before.replace('["h"]', '["h"], "env": ["A"]'))
        self.check(before, lambda editor: editor.grant("r", "env", True),
                   before.replace("true", 'true,\n   "r": {"env": true}'))
        self.check(before, lambda editor: editor.grant("q", "env", True),
                   before)
        self.check(before, lambda editor: editor.grant("p", "net", True),
                   before.replace('["h"]', "true"))

    def test_false(self):
        self.check('{"$permissions": {"p": {"net": false}}}',
                   lambda editor: editor.grant("p", "net", ["h"]),
                   '{"$permissions": {"p": {"net": ["h"]}}}')

    def test_remove(self):
        text = '{\n "a": ["b", "c"],\n "d": [],\n "e": "*"\n}'
        self.check(text, lambda editor: editor.remove_item(("a",), "b"),
                   text.replace('"b", ', ""))
        self.check(text, lambda editor: editor.remove_item(("a",), "c"),
                   text.replace(', "c"', ""))
        self.check(text, lambda editor: editor.remove_member((), "d"),
                   text.replace(' "d": [],\n', "", 1).replace("\n \"e",
                                                              "\n \"e"))
        self.check(text, lambda editor: editor.remove_member((), "e"),
                   text.replace(',\n "e": "*"', ""))

    def test_long_lines_are_spread(self):
        editor = self.edit('{"$permissions": {"alpha": {"net": ["'
                           'example.com:443"]}}}')
        for n in range(6):
            editor.grant(f"dependency{n}", "net", ["example.com:443"])
        self.assertLess(max(map(len, editor.document.text.splitlines())), 80)

    def test_line_ends(self):
        self.check('{\r\n  "a": [\r\n    "b"\r\n  ]\r\n}\r\n',
                   lambda editor: editor.grant_module("a", "c"),
                   '{\r\n  "a": [\r\n    "b",\r\n    "c"\r\n  ]\r\n}\r\n')

    def test_never_no_policy(self):
        editor = self.edit('{"a": []}')
        with self.assertRaises(_reader.PolicyError):
            editor.grant_module("a", "no name")
        self.assertEqual(editor.document.text, '{"a": []}')

    def test_everything_can_be_added_to(self):
        # In every good file of the corpus, whatever its form.
        for file in CORPUS:
            data = data_of(file)
            if _importpolicy.parse(file, data) is not None:
                continue
            document = _reader.Document(file, data)
            old = document.root.plain()
            with self.subTest(os.path.basename(file)):
                editor = _edit.Editor(document)
                editor.grant("added", "net", ["localhost"])
                editor.grant_module("added.module", "added")
                new = document.root.plain()
                self.assertEqual(new.pop("added.module"), ["added"])
                entry = new["$permissions"].pop("added")
                self.assertEqual(entry, {"net": ["localhost"]})
                if "$permissions" not in old:
                    del new["$permissions"]
                self.assertEqual(new, old)


if __name__ == "__main__":
    unittest.main()
