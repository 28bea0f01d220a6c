"""Does the policy do what it says, on real packages?

    show.py DIR

Tools/quickstart has made DIR/venv, with requests and httpx in it.  Each scene
runs a small application from Tools/demo/app in a folder of its own below DIR,
against an HTTP server on the loopback interface, and checks what came out: at
the application, and at the server.  Exit status 0 if all was as announced.
"""

import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
GREETING = "good morning from the server"
PRICES = [["item", "price"], ["tea", "2.50"], ["coffee", "3.20"]]
SECRET = "aws_secret_access_key = a secret of this demonstration"
POLICY = {"socket": ["requests"]}
OPEN_POLICY = {"socket": ["requests", "__main__"]}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers two questions, and takes whatever is posted."""

    def do_GET(self):
        self.server.seen.append(f"GET {self.path}")
        self.answer(json.dumps(PRICES) if self.path == "/prices" else GREETING)

    def do_POST(self):
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size).decode()
        self.server.seen.append(f"POST {self.path}: {body.strip()}")
        self.answer("thanks")

    def answer(self, text):
        try:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())
        except ConnectionError:
            pass                # A thief does not wait for thanks.

    def log_message(self, *args):
        pass


class Stage:
    """The server, the virtual environment, and what went wrong so far."""

    def __init__(self, directory):
        self.directory = directory
        self.python = directory / "venv" / "bin" / "python"
        self.home = directory / "home"
        self.wrong = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.server.seen = []
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()
        self.url = "http://127.0.0.1:%d" % self.server.server_port

    def run(self, name, policy):
        """Run app/NAME under a policy (None: none); print and return it."""
        folder = self.directory / name.removesuffix(".py")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(HERE / "app" / name, folder)
        if policy is not None:
            (folder / "policy.json").write_text(json.dumps(policy) + "\n")
        print("   policy.json:", json.dumps(policy) if policy else "none")
        self.server.seen.clear()
        # No variable of the user's that leads elsewhere, such as a proxy's.
        environ = {key: value for key, value in os.environ.items()
                   if not key.lower().endswith("_proxy")
                   and not key.startswith("PYTHON")}
        environ |= {"HOME": str(self.home), "DEMO_SERVER": self.url}
        print(f"   $ python {name}")
        try:
            done = subprocess.run(
                [str(self.python), name], cwd=folder, env=environ, text=True,
                capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
        except subprocess.TimeoutExpired:
            sys.exit(f"demo: {name} did not come to an end in two minutes")
        self.show(done)
        return done

    def show(self, done):
        # Of tracebacks, only what the last one ends in is for this reader.
        before, found, trace = done.stderr.rpartition("Traceback (most")
        if found:
            before = before.partition("Traceback (most")[0]
            lines = trace.splitlines()[1:]
            while lines and lines[0].startswith(" "):
                del lines[0]
            trace = "\n".join(["(traceback)", *lines])
        for line in (done.stdout + before + trace).splitlines():
            print("   |", line)

    def expect(self, what, truth):
        print(f"   {'ok' if truth else 'NOT SO'}: {what}")
        if not truth:
            self.wrong.append(what)

    def posted(self):
        return [line for line in self.server.seen if line.startswith("POST")]


def granted(stage):
    print("\n1. A dependency that the policy grants: requests fetches.")
    done = stage.run("fetch.py", POLICY)
    stage.expect("it printed the server's greeting",
                 done.returncode == 0 and GREETING in done.stdout)
    stage.expect("the server was asked once",
                 stage.server.seen == ["GET /greeting"])


def refused(stage):
    print("\n2. A dependency that it does not: httpx is refused.")
    done = stage.run("stranger.py", POLICY)
    stage.expect("it ended in an error that names the policy",
                 done.returncode == 1 and "Denied" in done.stderr
                 and "policy.json" in done.stderr)
    stage.expect("the server was not asked", not stage.server.seen)


def application(stage):
    print("\n3. The application itself needs listing like anyone.")
    done = stage.run("own.py", POLICY)
    stage.expect("it is refused",
                 done.returncode == 1 and "ImportDenied" in done.stderr
                 and not stage.server.seen)
    print("   Now listed, as __main__:")
    done = stage.run("own.py", OPEN_POLICY)
    stage.expect("it fetches",
                 done.returncode == 0 and GREETING in done.stdout)


def unprotected(stage):
    print("\n4. A malicious package, and no policy: prettytab makes tables, "
          "and posts\n   ~/.aws/credentials when it is imported. The "
          "application works; so does the theft.")
    done = stage.run("report.py", None)
    print("   the server received:", stage.posted()[:1])
    stage.expect("the application printed its table",
                 done.returncode == 0 and "coffee" in done.stdout)
    stage.expect("the secret was stolen", any(SECRET in line
                                              for line in stage.posted()))


def protected(stage):
    print("\n5. The same, under the policy: it tries urllib, then requests "
          "(which is granted,\n   but not to a stranger), then _socket.")
    done = stage.run("report.py", POLICY)
    print("   the server received:", stage.posted())
    stage.expect("the application printed its table",
                 done.returncode == 0 and "coffee" in done.stdout)
    stage.expect("the server was sent nothing", not stage.posted())
    stage.expect("the refusal was reported on standard error",
                 "prettytab" in done.stderr)


def main(directory):
    stage = Stage(pathlib.Path(directory).resolve())
    credentials = stage.home / ".aws" / "credentials"
    credentials.parent.mkdir(parents=True, exist_ok=True)
    credentials.write_text(SECRET + "\n")
    subprocess.run(
        [str(stage.python), "-m", "pip", "install", "-q", "--no-deps",
         "--disable-pip-version-check", "--force-reinstall",
         str(HERE / "prettytab")], check=True)
    for scene in granted, refused, application, unprotected, protected:
        scene(stage)
    print()
    if stage.wrong:
        print(f"demo: {len(stage.wrong)} outcomes were not as announced:",
              "; ".join(stage.wrong))
        return 1
    print("demo: all as announced; look around in", stage.directory)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
