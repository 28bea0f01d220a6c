"""report: a page that shows a policy at work."""

import base64
import hashlib
import html.parser
import json
import os
import re
import unittest

from importpolicy import _report_graph, _report_html, _report_log
from importpolicy._report_rows import Row
from importpolicy._report_page import read
from test.test_importpolicy import browser
from test.test_importpolicy.cli_support import CommandTestCase

VOID = {"br", "hr", "input", "link", "meta"}
# What would leave the page, or run.
FORBIDDEN = {"a": {"ping", "target"}, "base": {"href"}, "form": {"action"}}
LOADING = {"src", "srcset", "srcdoc", "xlink:href", "data", "poster",
           "formaction", "style", "background", "manifest"}


class Element:

    def __init__(self, name, attributes, parent):
        self.name = name
        self.attributes = attributes
        self.parent = parent
        self.children = []

    def get(self, name, default=None):
        return self.attributes.get(name, default)

    @property
    def classes(self):
        return self.get("class", "").split()

    @property
    def text(self):
        return "".join(child if isinstance(child, str) else child.text
                       for child in self.children)

    def all(self, name=None, **attributes):
        """Those below it, in order, that have these attributes."""
        for child in self.children:
            if isinstance(child, str):
                continue
            if name in (None, child.name) and all(
                    value in (child.classes if key == "class_"
                              else [child.get(key.replace("_", "-"))])
                    for key, value in attributes.items()):
                yield child
            yield from child.all(name, **attributes)

    def one(self, name=None, **attributes):
        found, = self.all(name, **attributes)
        return found


class Page(html.parser.HTMLParser):
    """The elements of a page, which must close in order."""

    def __init__(self, text):
        super().__init__()
        self.root = self.here = Element("root", {}, None)
        self.feed(text)
        self.close()
        if self.here is not self.root:
            raise AssertionError(f"<{self.here.name}> is not closed")

    def handle_starttag(self, name, attributes):
        element = Element(name, dict(attributes), self.here)
        if len(element.attributes) != len(attributes):
            raise AssertionError(f"<{name}> has an attribute twice")
        self.here.children.append(element)
        if name not in VOID:
            self.here = element

    def handle_endtag(self, name):
        if name != self.here.name:
            raise AssertionError(f"</{name}> closes <{self.here.name}>")
        self.here = self.here.parent

    def handle_data(self, data):
        self.here.children.append(data)


def record(principal, capability, target, time="2025-06-11T15:04:05.000001Z",
           **more):
    """A line of a log."""
    return json.dumps({
        "version": 1, "time": time, "pid": 1, "thread": 1, "kind": "access",
        "what": {"net": "socket.connect", "run": "subprocess.Popen"}.get(
            capability, "open"),
        "capability": capability, "target": target, "principal": principal,
        "principals": [principal],
        "chain": [{"principal": principal, "file": "/x/y.py", "line": 3}],
        "policy": {"file": "/x/policy.json", "line": 1, "key": capability},
        "verdict": "refused"} | more) + "\n"


EVERYTHING = "--log", "log.jsonl", "--against", "old.json"


class ReportTestCase(CommandTestCase):

    made = None
    POLICY = {
        "$default": "deny", "socket": ["outer"], "ctypes": [],
        "$permissions": {
            "__main__": {"read": ["$APP"]},
            "outer": {"net": ["a.example:443", "b.example", "c.example",
                              "!d.example"],
                      "ffi": True, "env": ["X"]},
            "other": {"net": ["*"], "run": False,
                      "http.client.connect": ["a:443"]},
            "gone": {"run": ["git"]},
            "*": {"env": ["DEBUG"]}}}
    OLD = {"$default": "deny", "socket": ["outer"], "ctypes": ["other"],
           "$permissions": {"outer": {"net": ["a.example:443"]}}}
    LOG = (record("inner", "net", "t.example:80")
           + record("inner", "net", "t.example:80",
                    "2025-06-11T18:10:00.000001Z")
           + record("inner", "net", "u.example:80",
                    "2025-06-11T18:30:00.000001Z")
           + record("loner", "run", "curl", verdict="audit")
           + record("nobody.pth", "run", "sh", None))

    def setUp(self):
        super().setUp()
        self.world.distribution("inner", inner="", requires=["core"])
        self.world.distribution("core", core="", _core="")
        self.world.distribution("outer", outer="", requires=["inner"])
        self.world.distribution("other", other="", requires=["inner"])
        self.world.distribution("loner", loner="")
        self.world.modules(loose="import core\n")
        self.world.write("app/main.py", "import outer\nimport other\n")
        self.world.policy(self.POLICY)
        self.world.policy(self.OLD, "app/old.json")
        self.world.write("app/log.jsonl", self.LOG)

    def report(self, *options, status=0, **kwargs):
        self.ends(self.command("report", "-o", "page.html", *options,
                               **kwargs), status)
        return self.read_text("app/page.html")

    def page(self, *options):
        return Page(self.report(*options)).root

    def full(self):
        """The page of all parts of this world, made once: it does not tell
        where the world is."""
        if ReportTestCase.made is None:
            ReportTestCase.made = self.report(*EVERYTHING)
        return ReportTestCase.made


class CommandTest(ReportTestCase):

    def test_output(self):
        result = self.ends(self.command("report"), 0)
        self.assertEqual(result.out, "")
        self.assertRegex(result.err, r"wrote report.html: \d+ dependencies")
        written = self.read_text("app/report.html")
        self.assertEqual(self.ends(self.command("report", "-o", "-"), 0).out,
                         written)
        self.assertIn("report.html", os.listdir(self.world.app))

    def test_same_bytes(self):
        first = self.full()
        second = self.report(*EVERYTHING, env={"PYTHONHASHSEED": "2"})
        self.assertEqual(first, second)
        # Only the log's own days are in it.
        self.assertEqual(set(re.findall(r"\b20\d\d-\d\d-\d\d", first)),
                         {"2025-06-11"})

    def test_replaced_whole(self):
        path = self.world.write("app/page.html", "before")
        os.chmod(path, 0o640)
        before = set(os.listdir(self.world.app))
        self.assertTrue(self.report().endswith("</html>\n"))
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o640)
        self.assertEqual(set(os.listdir(self.world.app)), before)

    def test_unusable(self):
        self.world.write("app/broken.json", "{]")
        self.world.write("app/page.html", "before")
        for options in (["missing.json"], ["broken.json"],
                        ["--log", "missing.jsonl"],
                        ["--against", "missing.json"],
                        ["--against", "broken.json"]):
            with self.subTest(options):
                self.assertEqual(self.report(*options, status=2), "before")
        for output in ".", "missing/page.html":
            result = self.ends(self.command("report", "-o", output), 2)
            self.assertNotIn("Traceback", result.err)

    def test_json(self):
        result = self.ends(self.command(
            "report", "--json", "--log", "log.jsonl", "--against",
            "old.json"), 0)
        found = json.loads(result.out)
        inner, = [item for item in found["principals"]
                  if item["name"] == "inner"]
        self.assertEqual(inner["requires"], ["core"])
        self.assertEqual(inner["may"]["net"]["state"], "inherited")
        self.assertEqual(found["denials"][0]["count"], 3)
        self.assertTrue(found["changes"])
        self.assertNotIn("report.html", os.listdir(self.world.app))


class ContentTest(ReportTestCase):

    def cell(self, page, who, what):
        table = page.one("table", id="matrix")
        _, second = table.one("thead").all("tr")
        heads = [head.text for head in second.all("th")]
        row, = [row for row in table.one("tbody").all("tr")
                if next(row.all("a")).text == who]
        return list(row.all("td"))[heads.index(what)]

    def test_matrix(self):
        page = self.page()
        for who, what, state in [
                ("the application", "read", "own"),
                ("the application", "net", "no"),
                ("the application", "code", "free"),
                ("outer", "net", "own"), ("outer", "ffi", "own"),
                ("inner", "net", "inherited"), ("core", "ffi", "inherited"),
                ("outer", "socket", "own"), ("inner", "socket", "inherited"),
                ("other", "socket", "no"), ("other", "run", "no"),
                ("other", "http.client.connect", "own"),
                ("gone", "run", "own"),
                ("loner", "env", "everyone"), ("loner", "net", "no"),
                ("loose", "env", "everyone"), ("outer", "ctypes", "no"),
                ("everyone else", "env", "everyone")]:
            with self.subTest(who=who, what=what):
                self.assertEqual(
                    self.cell(page, who, what).classes[0], state)
        cell = self.cell(page, "inner", "net")
        self.assertIn("via outer, other", cell.text)
        self.assertIn("inherited", next(cell.all("i")).text)
        self.assertIn("risky", cell.classes)        # from other: "*"
        # What does not fit into the cell stands with the principal.
        self.assertIn("+2 more", self.cell(page, "outer", "net").text)
        row = next(row for row in page.all("details", class_="who")
                   if row.one("summary").text.startswith("outer"))
        for target in self.POLICY["$permissions"]["outer"]["net"]:
            self.assertIn(target, row.text)

    def test_as_the_interpreter_judges(self):
        result = self.ends(self.command("report", "--json"), 0)
        asked = [(item["name"], what, what in item["may"])
                 for item in json.loads(result.out)["principals"]
                 if item["name"] not in ("*", None)
                 for what in ("net", "ffi", "run", "env", "code", "socket",
                              "ctypes", "http.client.connect")]
        answers = self.world.run(f"""
            import importpolicy
            for who, what, _ in {asked!r}:
                verdict = importpolicy.query(who, what)
                print(verdict.allowed or verdict.depends)
            """)
        self.assertEqual([str(allowed) for _, _, allowed in asked],
                         answers.out.split(), answers)

    def test_free(self):
        # Without "$default" everything is free that no entry names.
        self.world.policy({"$permissions": {"outer": {"net": ["a"]}}})
        page = self.page()
        self.assertEqual(self.cell(page, "loner", "ffi").classes[0], "free")
        self.assertIn("risky", self.cell(page, "loner", "ffi").classes)
        self.assertEqual(self.cell(page, "inner", "net").classes[0], "free")

    def test_packages(self):
        self.world.policy(self.POLICY | {"$packages": {"outer": []}})
        page = self.page()
        self.assertNotIn("via outer", self.cell(page, "inner", "net").text)
        self.assertEqual(self.cell(page, "inner", "ffi").classes[0], "no")

    def test_own_directory(self):
        # What lies beside the policy is the application's.
        self.world.distribution("own", own="", where="app/vendor")
        path = os.pathsep.join([self.world.deps,
                                self.world.path("app", "vendor")])
        page = Page(self.report(env={"PYTHONPATH": path})).root
        names = [row.one("bdi").text for row in page.all("summary")
                 if row.parent.classes]
        self.assertIn("outer", names)
        self.assertNotIn("own", names)

    def test_grants(self):
        table = self.page().one("table", id="grants")
        rows = [[cell.text for cell in row.children]
                for row in table.one("tbody").all("tr")]
        self.assertEqual(rows[0][:4], ["high", "outer", "ffi", "everything"])
        self.assertEqual(rows[0][4], "it can load native code, which can do "
                                     "what the process can")
        self.assertEqual(rows[0][5], "2")           # inner and core
        self.assertIn(["medium", "outer", "import socket", ""],
                      [row[:4] for row in rows])
        self.assertEqual([row[0] for row in rows],
                         sorted([row[0] for row in rows],
                                key=["high", "medium", "low"].index))

    def test_graph_is_list(self):
        page = self.page()
        edges = {tuple(path.get("data-e").split())
                 for path in page.one("svg", id="graph").all("path")}
        nodes = {node.get("data-i")
                 for node in page.one("svg", id="graph").all("a")}
        tree = page.one("ul", id="tree")
        pairs = {(item.parent.parent.get("data-i"), item.get("data-i"))
                 for item in tree.all("li") if item.parent is not tree}
        self.assertEqual(edges, pairs)
        self.assertEqual(nodes, {item.get("data-i")
                                 for item in tree.all("li")})
        names = {node.get("data-i"): node.one("text").text
                 for node in page.one("svg", id="graph").all("a")}
        self.assertEqual(
            {(names[one], names[other]) for one, other in edges},
            {("the application", "outer"), ("the application", "other"),
             ("outer", "inner"), ("other", "inner"), ("inner", "core"),
             ("loose", "core")})
        # What a node shows to the eye it says as well.
        for node in page.one("svg", id="graph").all("a"):
            label = node.get("aria-label")
            self.assertEqual(label, node.one("title").text)
            for state, verb in (("own", "granted "),
                                ("inherited", "inherits ")):
                self.assertEqual(
                    any(state in dot.classes for dot in node.all("circle")),
                    verb in label, label)

    def test_nearest(self):
        """Who is required by several is told in full near to the top."""
        self.world.write("app/main.py", "import outer, inner\n")
        tree = self.page().one("ul", id="tree")
        inner, outer = next(tree.children[0].all("ul")).children
        self.assertEqual([next(item.all("a")).text
                          for item in (inner, outer)], ["inner", "outer"])
        self.assertEqual([link.text for link in inner.all("a")],
                         ["inner", "core"])
        self.assertEqual([link.text for link in outer.all("a")],
                         ["outer", "inner"])
        self.assertIn("told elsewhere", outer.text)

    def test_lookalike(self):
        self.world.policy(self.POLICY | {"ctypes": ["\u043eut\u0435r"]})
        page = self.page()
        row, = [row for row in page.one("table", id="matrix").all("tr")
                if "not ASCII" in row.text]
        self.assertIn("\u043eut\u0435r", row.text)
        self.assertIn(r"'\u043eut\u0435r'", page.text)

    def test_denials(self):
        page = Page(self.full()).root
        lanes = {lane.get("data-g"): [int(bar.get("data-n"))
                                      for bar in lane.all("rect")]
                 for lane in page.one("svg", id="chart").all("g")
                 if lane.get("data-g")}
        rows = list(page.one("table", id="denials").one("tbody").all("tr"))
        self.assertEqual([[cell.text for cell in row.children][:5]
                          for row in rows],
                         [["3", "inner", "net", "refused",
                           "t.example:80\N{MULTIPLICATION SIGN}2 "
                           "u.example:80 "],
                          ["1", "loner", "run", "would be refused", "curl "],
                          ["1", "nobody.pth", "run", "refused", "sh "]])
        self.assertEqual(lanes, {"0": [1, 1, 1], "1": [1], "2": []})
        spans = page.one("table", id="spans")
        columns = list(zip(*[[int(cell.text or 0) for cell in row.all("td")]
                             for row in spans.one("tbody").all("tr")]))
        self.assertEqual([[n for n in column if n] for column in columns],
                         [*lanes.values(), [2, 1, 1]])
        self.assertIn("1 record without a time", page.text)
        self.assertIn("5 denials", page.one("ul", class_="tiles").text)
        # And with whom it was.
        inner = next(row for row in page.all("details", class_="who")
                     if row.one("summary").text.startswith("inner"))
        self.assertIn("3 denials", inner.text)

    def test_changes(self):
        page = Page(self.full()).root
        said = [row.children[3].text for row in
                page.one("table", id="changes").one("tbody").all("tr")]
        result = self.command("diff", "--json", "old.json", "policy.json")
        self.assertEqual(said, [change["message"] for change
                                in json.loads(result.out)["changes"]])
        self.assertTrue(said)
        self.assertNotIn('id="s-changes"', self.report())


class StructureTest(ReportTestCase):

    def setUp(self):
        super().setUp()
        self.text = self.full()
        self.root = Page(self.text).root

    def test_contained(self):
        """Nothing is loaded, and nothing else runs."""
        for element in self.root.all():
            for name, value in element.attributes.items():
                self.assertNotIn(name, LOADING, element.name)
                self.assertFalse(name.startswith("on"), (element.name, name))
                self.assertNotIn(name, FORBIDDEN.get(element.name, ()))
                if name == "href":
                    self.assertTrue(value.startswith("#"), value)
        for name in ("link", "iframe", "img", "object", "embed", "base",
                     "image", "use", "video"):
            self.assertEqual(list(self.root.all(name)), [], name)
        style = self.root.one("style").text
        script = self.root.one("script").text
        self.assertNotRegex(style, r"url\(|@import|expression")
        for word in ("fetch(", "XMLHttp", "WebSocket", "import(", "eval(",
                     "innerHTML", "insertAdjacent", "document.write",
                     "localStorage", "sessionStorage", "cookie", "http"):
            self.assertNotIn(word, script)
        policy = self.root.one(
            "meta", http_equiv="Content-Security-Policy").get("content")
        for kind, text in ("style", style), ("script", script):
            digest = base64.b64encode(
                hashlib.sha256(text.encode()).digest()).decode()
            self.assertIn(f"{kind}-src 'sha256-{digest}';", policy)
        self.assertIn("default-src 'none';", policy)
        self.assertNotIn("unsafe", policy)
        # It holds from the first byte that could do anything.
        self.assertLess(self.text.index("Content-Security-Policy"),
                        self.text.index("<style"))

    def test_accessible(self):
        ids = [element.get("id") for element in self.root.all()
               if element.get("id")]
        self.assertEqual(len(ids), len(set(ids)))
        for element in self.root.all():
            if element.name == "a" and element.get("href"):
                self.assertIn(element.get("href")[1:], ids)
            for name in "aria-labelledby", "for":
                if element.get(name):
                    self.assertIn(element.get(name), ids)
            if element.name == "table":
                self.assertTrue(element.one("caption").text)
                self.assertTrue(element.one("thead"))
            if element.name == "th":
                self.assertIn(element.get("scope"),
                              ("row", "col", "colgroup"))
            if element.name in ("input", "select"):
                self.assertEqual(element.parent.name, "label")
            if element.name == "svg":
                self.assertTrue(element.get("aria-label")
                                or element.get("aria-hidden"))
            if "scroll" in element.classes:
                self.assertEqual((element.get("tabindex"),
                                  element.get("role")), ("0", "region"))
                self.assertTrue(element.get("aria-label"))
            if element.get("tabindex"):
                self.assertIn(element.get("tabindex"), ("0", "-1"))
        titles = {element.get("id"): element.text
                  for element in self.root.all()}
        regions = [element.get("aria-label")
                   or titles[element.get("aria-labelledby")]
                   for element in self.root.all()
                   if element.name == "section"
                   or element.get("role") == "region"]
        self.assertEqual(len(regions), len(set(regions)), regions)
        for name in "header", "nav", "main", "aside", "h1":
            self.root.one(name)
        self.assertEqual(self.root.one("html").get("lang"), "en")
        levels = [int(element.name[1]) for element in self.root.all()
                  if re.fullmatch("h[1-6]", element.name)]
        self.assertEqual(levels[0], 1)
        self.assertTrue(all(after <= before + 1 for before, after
                            in zip(levels, levels[1:])))
        status = self.root.one("p", id="counts")
        self.assertEqual((status.get("role"), status.get("aria-live")),
                         ("status", "polite"))
        first = next(self.root.one("body").all("a"))
        self.assertEqual(first.get("href"), "#main")

    def test_without_script(self):
        """What needs the script is not there until it runs."""
        for element in self.root.all(class_="needs-script"):
            self.assertIn("hidden", element.attributes)
        hidden = {element.get("id") or element.name for element
                  in self.root.all() if "hidden" in element.attributes}
        self.assertEqual(hidden, {"theme", "filters", "span", "panel"})


HOSTILE = [
    "<script>alert(1)</script>", "</script><script>pwned=1</script>",
    '"><img src=x onerror=pwned=1>', "'onmouseover='pwned=1",
    "</title></style></textarea><svg onload=pwned=1>", "<!--", "]]>",
    "&lt;b&gt;&amp;", "{{script}}", "javascript:pwned=1", "a\x00b\x1b[31m\n",
    "abc\u202egnp.exe", "\u2066x\u2069\u200b\u00ad\ufeff", "\ud800",
    "</td></tr></table>", "</text></svg><p>", "x" * 5000, "\u05d0\u05d1",
]


class HostileWorld(ReportTestCase):
    """Names are written by whoever wants to be let in."""

    def hostile_log(self):
        lines = []
        for text in HOSTILE:
            lines.append(record(text, "net", text))
            lines.append(record("inner", "net", text))
            lines.append(record(text, "run", text, kind="import", what=text,
                                chain=[{"principal": text, "file": text,
                                        "line": 1}] * 3,
                                policy={"file": text, "line": 1,
                                        "key": text}))
        return "".join(lines)

    def hostile_world(self):
        self.world.write("app/log.jsonl", self.hostile_log())
        site = "deps/evil-1.dist-info"
        self.world.write(f"{site}/METADATA", (
            "Metadata-Version: 2.1\nName: evil\n"
            "Version: 1\"><script>pwned=1</script>\u202e\n"))
        self.world.write(f"{site}/RECORD", "evil/__init__.py,,\n"
                         "evil-1.dist-info/METADATA,,\n"
                         "evil-1.dist-info/RECORD,,\n")
        self.world.write("deps/evil/__init__.py", "")
        permissions = dict(self.POLICY["$permissions"])
        permissions["outer"] = {"read": ["/<b>\u202e", "/\"'>",
                                         "/</code><script>pwned=1</script>"]}
        permissions["/opt/<script>pwned=1</script>\u202e"] = {"ffi": True}
        self.world.policy(self.POLICY | {"$permissions": permissions})


class HostileTest(HostileWorld):

    def test_escaped(self):
        plain = Page(self.full()).root
        self.hostile_world()
        text = self.report(*EVERYTHING)
        page = Page(text).root
        known = {(element.name, name) for element in plain.all()
                 for name in (None, *element.attributes)}
        found = {(element.name, name) for element in page.all()
                 for name in (None, *element.attributes)}
        self.assertLessEqual(found, known | {("span", "class")})
        self.assertEqual(len(list(page.all("script"))), 1)
        self.assertEqual(len(list(page.all("style"))), 1)
        self.assertEqual(page.one("script").text, plain.one("script").text)
        # Nothing that cannot be seen, and nothing that turns the writing.
        script = read("report.css") + read("report.js")
        body = text.replace(script, "")
        self.assertNotRegex(body, "[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e"
                                  "\u2066-\u2069\u200b\ufeff\u00ad]")
        self.assertIn('<span class="esc">\\u202e</span>', text)
        self.assertIn("5000 characters", text)
        self.assertNotIn("x" * 400, text)
        # Marks are no elements of a drawing: they would end it.
        for drawing in page.all("svg"):
            self.assertLessEqual({element.name for element in drawing.all()},
                                 {"a", "circle", "g", "line", "path", "rect",
                                  "text", "title"})

    def test_strange_lines(self):
        """Lines of another kind are counted and passed over."""
        good = json.loads(record("inner", "net", "t:1"))
        lines = ["[]", "{}", "null", "{]", '"x"', "1" * 5000]
        for field, value in [("principals", "inner"), ("principals", []),
                             ("principals", [1]), ("what", 1), ("what", None),
                             ("target", {}), ("chain", 1),
                             ("chain", [{"principal": 1, "file": None,
                                         "line": 1}]),
                             ("chain", [{"principal": "x", "file": None,
                                         "line": "1"}]),
                             ("policy", []), ("time", 5), ("version", 2),
                             ("verdict", [1]), ("written", 3)]:
            lines.append(json.dumps(good | {field: value}))
        # These are ours, with a time that is none.
        for time in ("", "yesterday", "9999-99-99T99:99:99.0Z",
                     "0001-01-01T00:00:00.0Z", "<b>", None):
            lines.append(json.dumps(good | {"time": time}))
        lines.append(json.dumps(good | {"time": "9999-12-31T23:59:59.9Z"}))
        self.world.write("app/log.jsonl", "\n".join(lines) + "\n")
        result = self.ends(self.command(
            "report", "--json", "--log", "log.jsonl"), 0)
        self.assertIn("20 lines cannot be read", result.err)
        group, = json.loads(result.out)["denials"]
        self.assertEqual((group["count"], group["last"]),
                         (7, "9999-12-31 23:59:59"))
        self.report("--log", "log.jsonl")

    def test_many_kinds(self):
        self.world.write("app/log.jsonl", "".join(
            record(f"p{i}", "net", f"h{i % 3}:{i}") for i in range(1500)))
        page = self.page("--log", "log.jsonl")
        rows = list(page.one("table", id="denials").one("tbody").all("tr"))
        self.assertEqual(len(rows), _report_log.MAX_GROUPS)
        self.assertIn(f"{1500 - len(rows)} kinds that happened less often",
                      page.text)
        self.assertIn("1500 denials", page.text)


class GraphTest(unittest.TestCase):

    def draw(self, requires, direct=()):
        rows = [Row("application", ["__main__"])]
        rows += [Row("dependency", [f"d{i}"], f"d{i}")
                 for i in range(1, len(requires))]
        for index, (row, others) in enumerate(zip(rows, requires)):
            row.index = index
            row.requires = list(others)
            row.is_direct = index in direct
        return _report_graph.Graph(rows)

    def check(self, graph):
        places = set()
        for layer in graph.layers:
            heights = sorted(graph.y[index] for index in layer)
            for one, other in zip(heights, heights[1:]):
                self.assertGreaterEqual(other - one, _report_graph.HEIGHT)
        for index, y in graph.y.items():
            places.add((graph.x(index), y))
            self.assertLessEqual(graph.x(index) + _report_graph.WIDTH,
                                 graph.width)
            self.assertLessEqual(y + _report_graph.HEIGHT, graph.height)
        self.assertEqual(len(places), len(graph.rows))

    def test_layers(self):
        graph = self.draw([[1, 2], [3], [1], [], []], direct=(1, 2))
        self.check(graph)
        self.assertEqual([graph.layer[i] for i in range(5)],
                         [0, 2, 1, 3, 1])
        self.assertEqual(graph.lonely, {4})

    def test_circle(self):
        graph = self.draw([[1], [2], [3], [1]], direct=(1,))
        self.check(graph)
        self.assertLess(graph.layer[1], graph.layer[3])

    def test_alone(self):
        self.check(self.draw([[]]))

    def test_large(self):
        requires = [list(range(1, 13))]
        requires += [[other for other in (i * 2, i * 3 + 1, i + 7)
                      if other < 150] for i in range(1, 150)]
        graph = self.draw(requires, direct=range(1, 13))
        self.check(graph)
        again = self.draw(requires, direct=range(1, 13))
        self.assertEqual((graph.y, graph.layer), (again.y, again.layer))
        for one, other in graph.edges:
            self.assertLess(graph.layer[one], graph.layer[other])


class HtmlTest(unittest.TestCase):

    def test_text(self):
        text = _report_html.text
        self.assertEqual(text("<&\"'>"), "&lt;&amp;&quot;&#x27;&gt;")
        # A name that has the letters of a mark looks different.
        self.assertEqual(text("\\u202e"), "\\u202e")
        self.assertEqual(text("\u202e"),
                         '<span class="esc">\\u202e</span>')

    def test_tag(self):
        tag = _report_html.tag
        self.assertEqual(tag("p", "<", tag("b", "x"), None, ["&", tag("i")],
                             class_='"', data_x=False, hidden=True),
                         '<p class="&quot;" hidden>&lt;<b>x</b>&amp;<i></i>'
                         '</p>')
        self.assertEqual(tag("text", "\u202e"), "<text>\\u202e</text>")
        self.assertEqual(tag("a", href="\u202e\n"),
                         '<a href="\\u202e\\u000a"></a>')


# --- Colours ----------------------------------------------------------------

def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


class ContrastTest(unittest.TestCase):
    """WCAG 2 AA, of the colours that stand in the style."""

    # Text, on what.
    TEXT = [*((colour, ground) for colour in ("text", "muted", "link")
              for ground in ("bg", "surface", "raised")),
            *((colour, f"{colour}-bg") for colour in
              ("error", "warning", "note", "mark")),
            *((colour, ground) for colour in ("error", "warning", "note")
              for ground in ("surface", "raised")),
            *(("muted", f"{colour}-bg") for colour in
              ("error", "warning", "note"))]
    # What has to be made out, beside what.
    SIGNS = [(colour, ground) for colour in
             ("control", "focus", "error-line", "warning-line", "note-line")
             for ground in ("bg", "surface", "raised")] + [
             ("error-line", "error-bg")]

    def test_contrast(self):
        colours = dict(re.findall(
            r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)",
            read("report.css")))
        for pairs, least in (self.TEXT, 4.5), (self.SIGNS, 3):
            for one, other in pairs:
                for scheme in 0, 1:
                    with self.subTest(one, on=other, dark=bool(scheme)):
                        self.assertGreaterEqual(contrast(
                            colours[one].split(", ")[scheme],
                            colours[other].split(", ")[scheme]), least)

    def test_no_other_colours(self):
        rules = read("report.css").partition("}")[2]
        self.assertEqual(re.findall("#[0-9a-fA-F]{3,8}\\b", rules), [])


# --- In a browser -----------------------------------------------------------

@unittest.skipUnless(browser.find(), "no Chromium is installed")
class BrowserTest(HostileWorld):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = browser.Browser(browser.find())
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        super().setUp()
        self.browser.size(1280, 900)
        self.browser.prefer(prefers_color_scheme="light",
                            prefers_reduced_motion="no-preference")

    def show(self, text=None, scripts=True):
        self.world.write("app/page.html", (text or self.full()).encode())
        self.browser.open("file://" + self.world.path("app", "page.html"),
                          scripts)

    def run_js(self, expression):
        return self.browser.run(expression)

    def visible(self, selector):
        return self.run_js(
            f"[...document.querySelectorAll({selector!r})].filter("
            "e => e.checkVisibility()).length")

    def settle(self):
        self.run_js("new Promise(done => setTimeout(done, 150))")

    def focused(self):
        return self.run_js("document.activeElement.getAttribute('data-i') "
                           "|| document.activeElement.id "
                           "|| document.activeElement.textContent")

    def index(self, name):
        return self.run_js(
            "[...document.querySelectorAll('.node')].find(n => "
            f"n.querySelector('text').textContent === {name!r}).dataset.i")

    def complaints(self):
        return [event for event in self.browser.events
                if event.get("method") in ("Log.entryAdded",
                                           "Runtime.exceptionThrown",
                                           "Runtime.consoleAPICalled")]

    def test_hostile(self):
        self.hostile_world()
        self.show(self.report(*EVERYTHING))
        self.assertEqual(self.run_js("typeof pwned"), "undefined")
        self.assertEqual(self.run_js("document.scripts.length"), 1)
        # As the parser of a browser reads it, too.
        self.assertEqual(self.run_js(
            "document.querySelectorAll('svg span, svg p, img, iframe')"
            ".length"), 0)
        self.assertEqual(self.complaints(), [])
        requests = [event["params"]["request"]["url"]
                    for event in self.browser.events
                    if event.get("method") == "Network.requestWillBeSent"]
        self.assertEqual(requests, [
            "file://" + self.world.path("app", "page.html")])
        # And if something got in, it would not run.
        self.run_js("""{
            try {
                const script = document.createElement('script');
                script.append('pwned = 1');
                document.body.append(script);
            } catch {}
            try { document.body.innerHTML = '<img src=x onerror=pwned=1>' }
            catch {}
            }""")
        self.settle()
        self.assertEqual(self.run_js("typeof pwned"), "undefined")

    def test_keyboard(self):
        self.show()
        self.browser.press("Tab")
        self.assertEqual(self.focused(), "Skip to the content")
        self.assertGreaterEqual(self.run_js(
            "document.activeElement.getBoundingClientRect().left"), 0)
        self.browser.press("Enter", "Tab")
        self.assertTrue(self.run_js(
            "document.getElementById('main').contains("
            "document.activeElement)"))
        # One stop in the graph, and the arrows from there.
        self.assertEqual(self.run_js(
            "document.querySelectorAll('.node[tabindex=\"0\"]').length"), 1)
        self.run_js("document.querySelector('.node').focus()")
        self.assertEqual(self.focused(), self.index("the application"))
        self.browser.press("ArrowRight")
        first = self.focused()
        self.browser.press("ArrowDown")
        second = self.focused()
        self.assertEqual({first, second} & {self.index("outer"),
                                            self.index("other")},
                         {first, second})
        self.browser.press("Home", "ArrowRight", "ArrowRight")
        self.assertEqual(self.focused(), self.index("core"))
        self.browser.press("ArrowLeft")
        self.assertIn(self.focused(), {self.index("inner"),
                                       self.index("loose")})
        self.run_js("document.querySelector('.node').focus()")
        self.assertNotEqual(self.run_js(
            "getComputedStyle(document.activeElement.querySelector('rect'))"
            ".strokeWidth"), "1px")
        # Whom it has to do with stands out.
        self.browser.press("ArrowRight")
        self.assertIn("traced", self.run_js(
            "document.getElementById('graph').className.baseVal"))
        node = self.focused()
        self.browser.press("Enter")
        self.assertEqual(self.focused(), "panel-title")
        self.assertEqual(self.visible("#panel"), 1)
        self.browser.press("Escape")
        self.assertEqual(self.visible("#panel"), 0)
        self.assertEqual(self.focused(), node)

    def test_filters(self):
        self.show()
        every = self.visible("#matrix tbody tr")
        self.run_js("document.getElementById('search').focus()")
        self.browser.press(*"inner")
        self.settle()
        self.assertEqual(self.visible("#matrix tbody tr"), 1)
        self.assertEqual(self.visible("#denials tbody tr"), 1)
        said = self.run_js("document.getElementById('counts').textContent")
        self.assertRegex(said, rf"^1 of {every} principals, 0 of \d+ grants, "
                               r"0 of \d+ changes, 1 of 3 kinds")
        self.browser.press("Escape")
        self.settle()
        self.assertEqual(self.visible("#matrix tbody tr"), every)
        self.assertEqual(self.focused(), "search")
        self.assertEqual(self.run_js("search.value + counts.textContent"),
                         "")

        def choose(name, value):
            self.run_js(f"{{ const e = document.getElementById({name!r});"
                        f"if (e.type === 'checkbox') e.click(); else "
                        f"e.value = {value!r};"
                        "e.dispatchEvent(new Event('input', "
                        "{bubbles: true})) }")
            self.settle()
        choose("what", "run")
        self.assertEqual(self.visible("#matrix thead tr + tr th"), 1)
        self.assertEqual(self.visible("#matrix tbody tr"), every)
        choose("state", "own")
        self.assertEqual(self.visible("#matrix tbody tr"), 1)
        self.assertEqual(self.visible("#grants tbody tr"), 1)
        choose("what", "")
        choose("state", "inherited")
        self.assertEqual(self.visible("#matrix tbody tr"), 2)
        choose("state", "")
        choose("risky", None)
        self.assertEqual(self.visible("#matrix tbody tr"), 5)
        self.assertEqual(self.visible("#denials tbody tr"), 2)
        choose("risky", None)
        choose("principal", self.index("outer"))
        self.assertEqual(self.visible("#matrix tbody tr"), 3)
        self.assertEqual(self.visible(".who"), 3)
        self.assertEqual(self.complaints(), [])

    def test_without_script(self):
        self.show(scripts=False)
        shown = self.run_js("document.body.innerText")
        for text in ("What policy.json allows", "outer", "a.example:443",
                     "t.example:80", "may use all of ffi", "Denials"):
            self.assertIn(text, shown)
        self.assertEqual(self.visible(".needs-script, #panel"), 0)
        every = self.visible("#matrix tbody tr")
        self.assertGreaterEqual(every, 9)
        # A link opens what it leads to.
        self.run_js("document.querySelector('#matrix tbody a').click()")
        self.assertEqual(self.visible(".who[open]"), 1)

    def test_narrow(self):
        for width in 320, 390:
            self.browser.size(width, 800, mobile=True)
            self.show()
            self.assertLessEqual(self.run_js(
                "document.documentElement.scrollWidth"), width)
            # What is wider scrolls by itself.
            self.assertGreater(self.run_js(
                "document.querySelector('#matrix').parentElement.scrollWidth"
                ), width)

    def test_sticky(self):
        self.show()
        places = self.run_js("""{
            const box = document.querySelector('#matrix').parentElement;
            box.style.maxHeight = '140px';
            box.style.width = '500px';
            box.scrollTo(300, 100);
            const at = (e) => e.getBoundingClientRect();
            const head = document.querySelector('#matrix thead th');
            const row = document.querySelector(
                '#matrix tbody tr:last-child th');
            [at(head).top - at(box).top, at(head).left - at(box).left,
             at(row).left - at(box).left];
            }""")
        self.assertEqual([round(place) for place in places], [1, 1, 1])

    def test_preferences(self):
        ground = ("getComputedStyle(document.body).backgroundColor")
        self.show()
        light = self.run_js(ground)
        self.browser.prefer(prefers_color_scheme="dark")
        dark = self.run_js(ground)
        self.assertNotEqual(light, dark)
        # The button wins, one after the other.
        button = "document.getElementById('theme')"
        for title, colour in (("light", light), ("dark", dark),
                              ("automatic", dark)):
            self.run_js(f"{button}.click()")
            self.assertEqual(self.run_js(f"{button}.textContent"),
                             f"Theme: {title}")
            self.assertEqual(self.run_js(ground), colour)
        moves = "getComputedStyle(document.querySelector('.node rect'))" \
                ".transitionDuration"
        self.assertNotEqual(self.run_js(moves), "0s")
        self.browser.prefer(prefers_reduced_motion="reduce")
        self.assertEqual(self.run_js(moves), "0s")

    def test_accessibility_tree(self):
        self.show()
        nodes = self.browser.call("Accessibility.getFullAXTree")["nodes"]
        roles = [node.get("role", {}).get("value") for node in nodes
                 if not node["ignored"]]
        for role in ("banner", "navigation", "search", "main", "status",
                     "table", "rowheader", "columnheader", "caption"):
            self.assertIn(role, {role.lower() for role in roles})
        # Whatever can be used has a name.
        for node in nodes:
            role = node.get("role", {}).get("value")
            if not node["ignored"] and role in (
                    "button", "link", "combobox", "searchbox", "checkbox",
                    "region", "heading"):
                self.assertTrue(node.get("name", {}).get("value"), node)

    def test_print(self):
        self.show()
        self.browser.call("Emulation.setEmulatedMedia", media="print")
        self.addCleanup(self.browser.call, "Emulation.setEmulatedMedia",
                        media="")
        self.assertEqual(self.visible("nav, #filters, #theme"), 0)
        self.assertEqual(self.run_js(
            "getComputedStyle(document.querySelector('.scroll')).overflow"),
            "visible")


if __name__ == "__main__":
    unittest.main()
