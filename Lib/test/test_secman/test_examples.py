"""The programs in Doc/includes/secman, run as the documentation says."""

import contextlib
import os
import subprocess
import sys
import sysconfig
import unittest
import urllib.error
import urllib.request

from test.test_secman.support import SecmanTestCase

PLACE = os.path.join(sysconfig.get_config_var("srcdir") or "",
                     "Doc", "includes", "secman")


@unittest.skipUnless(os.path.isdir(PLACE), "needs the documentation")
class ExamplesTest(SecmanTestCase):

    def start(self, name, *args, **kwargs):
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith(("PYTHON", "_PYTHON"))}
        return subprocess.Popen(
            [sys.executable, os.path.join(PLACE, name), *args],
            cwd=self.root, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kwargs)

    def test_plugin_host(self):
        plugins = {
            "good": "import json, textwrap\n"
                    "def run(text): return json.dumps(text.upper())",
            "data": "import os\n"
                    "def run(text):\n"
                    "    here = os.path.dirname(__file__)\n"
                    "    with open(os.path.join(here, 'data.txt')) as file:\n"
                    "        return file.read()",
            "thief": "def run(text): return open('../secret').read()",
            "writer": "def run(text): open('mark', 'w')",
            "shell": "import os\ndef run(text): os.system('echo > mark')",
            "network": "import socket\ndef run(text):\n"
                       "    socket.create_connection(('127.0.0.1', 9))",
            "native": "def run(text): import ctypes",
            "freer": "import secman\ndef run(text):\n"
                     "    secman.remove_manager(None or manager())\n"
                     "def manager():\n"
                     "    import gc\n"
                     "    return [o for o in gc.get_objects() if isinstance("
                     "o, secman.SecurityManager)][0]",
            "threads": "import threading\ndef run(text):\n"
                       "    found = []\n"
                       "    def steal():\n"
                       "        try:\n"
                       "            open('mark', 'w')\n"
                       "        except PermissionError as error:\n"
                       "            found.append(error.code)\n"
                       "    thread = threading.Thread(target=steal)\n"
                       "    thread.start()\n"
                       "    thread.join()\n"
                       "    return found[0]",
            "broken": "def run(text): 1/0",
        }
        self.write("secret", "secret")
        self.write("plugins/data.txt", "own data")
        paths = [self.write(f"plugins/{name}.py", text)
                 for name, text in plugins.items()]
        with self.start("plugin_host.py", *paths) as process:
            out, err = process.communicate(timeout=120)
        self.assertEqual(out.splitlines(), [
            'good.py -> "HELLO, WORLD"',
            "data.py -> own data",
            "thief.py !! refused open",
            "writer.py !! refused open",
            "shell.py !! refused os.system",
            "network.py !! refused socket.getaddrinfo",
            "native.py !! refused ctypes.dlopen",
            "freer.py !! refused gc.get_objects",
            "threads.py -> secman",
            "broken.py !! failed: ZeroDivisionError",
        ], err)
        self.assertEqual(process.returncode, 0, err)
        self.assertFalse(os.path.exists(self.path("mark")))

    def get(self, url):
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def test_web_worker(self):
        self.write("www/page.txt", "page")
        self.write("secret", "secret")
        with contextlib.ExitStack() as stack:
            process = stack.enter_context(
                self.start("web_worker.py", "www"))
            stack.callback(process.kill)
            url = process.stdout.readline().strip()
            self.assertEqual(self.get(url + "page.txt"), (200, "page"))
            self.assertEqual(self.get(url + "none.txt"),
                             (404, "not found\n"))
            self.assertEqual(self.get(url + "%2e%2e/secret"),
                             (403, "refused open\n"))
            self.assertEqual(self.get(url + "%2e%2e/%2e%2e/etc/passwd")[0],
                             403)
            self.assertEqual(
                self.get(url + "size?file=x%3Becho%20%3E%20mark"),
                (403, "refused subprocess.Popen\n"))
            self.assertEqual(self.get(url + "page.txt"), (200, "page"))
        self.assertFalse(os.path.exists(self.path("mark")))

    def test_notebook(self):
        os.mkdir(self.path("files"))
        cells = [
            "x = 20\nprint('first')",
            "x * 2 + 2",
            "import statistics\nstatistics.mean([1, 2, 3])",
            "with open('files/table', 'w') as file: file.write('1,2')",
            "import csv\nlist(csv.reader(open('files/table')))",
            "open('elsewhere', 'w')",
            "import subprocess\nsubprocess.run(['true'])",
            "import os\nos.environ['HOME'] = '/'",
            "syntax error",
            "x",
        ]
        with self.start("notebook.py", "files",
                        stdin=subprocess.PIPE) as process:
            out, err = process.communicate("\n%%\n".join(cells), timeout=120)
        self.assertEqual(out.splitlines(), [
            "first", "[2] 42", "[3] 2", "[5] [['1', '2']]",
            "[6] SecurityError: open", "[7] SecurityError: subprocess.Popen",
            "[8] SecurityError: os.putenv",
            "[9] SyntaxError: invalid syntax (<cell>, line 1)", "[10] 20",
        ], err)
        self.assertEqual(process.returncode, 0, err)
        self.assertFalse(os.path.exists(self.path("elsewhere")))


if __name__ == "__main__":
    unittest.main()
