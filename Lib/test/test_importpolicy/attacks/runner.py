"""Does the attack reach what it is after?

run(case) starts the application of a case without a policy, where the effect
must happen, and under each policy, where it must stay away while the granted
dependency goes on working.  Both are looked for from outside: at a listener,
in what was printed, in files.
"""

import contextlib
import importlib.resources
import importlib.util
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import venv

from importpolicy import _installed, _lock
from test.support import Py_GIL_DISABLED, check_sanitizer
from test.test_importpolicy.lock_support import row
from test.test_importpolicy.support import LIBRARY, Listener, warm_up

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 60
ENDLESS = f"no end within {TIMEOUT} seconds\n"
# Objects lie elsewhere, or next to each other in other ways.
OTHER_MEMORY = Py_GIL_DISABLED or check_sanitizer(address=True, memory=True)
# What stands in a case's directory and is not the package's.
APART = ("app.py", "app", "good", "deps", "site", "policy.json",
         "__pycache__")
# What the granted dependency may do: all but native code.
GOOD = dict.fromkeys(("net", "read", "write", "run", "env", "sys", "patch"),
                     True)


class World:
    """What the processes of one run find, and what they leave."""

    def __init__(self, root, case, ports):
        self.case = case
        self.root = os.path.realpath(root)
        self.tokens = {name: secrets.token_hex(16)
                       for name in ("evil", "good")}
        for name in "app", "out", "private", "home", "tmp":
            os.mkdir(self.path(name))
        self.python = sys.executable
        self.deps = self.path("deps")
        self.installed = os.path.isdir(os.path.join(case.path, "site"))
        if self.installed:
            venv.create(self.path("venv"), symlinks=True)
            self.python = self.path("venv/bin/python")
            self.deps = self.path(f"venv/lib/{LIBRARY}/site-packages")
        else:
            os.mkdir(self.deps)
        self.names = {
            "ROOT": self.root, "APP": self.path("app"), "DEPS": self.deps,
            "OUT": self.path("out"), "CANARY": self.path("private/canary"),
            "LOG": self.path("denials.jsonl"), "HOST": "127.0.0.1",
            "PORT": ports["evil"], "GOOD_PORT": ports["good"],
            "PYTHON": self.python,
        }
        self.write("private/canary", self.tokens["evil"])
        self.write("private/own", self.tokens["good"])
        self.write("private/" + self.tokens["evil"], "")
        self.install()

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def install(self):
        """Both packages and the application."""
        case, names = self.case.path, self.names
        evil = os.path.join(self.deps, "evil")
        good = os.path.join(self.deps, "good")
        shutil.copytree(case, evil, ignore=lambda path, found:
                        APART if path == case else ())
        with open(os.path.join(HERE, "_payload.py")) as file:
            text = file.read()
        self.settings(os.path.join(evil, "payload.py"),
                      REACH=self.case.reach, HOST=names["HOST"],
                      PORT=names["PORT"], CANARY=names["CANARY"],
                      TARGET=self.path("out/evil"), ROOT=self.root,
                      DEPS=self.deps, PYTHON=self.python, LIBRARY=LIBRARY,
                      more=text)
        self.copy("_good", good, HERE)
        self.copy("good", good)
        self.settings(os.path.join(good, "settings.py"),
                      REACH=self.case.reach, HOST=names["HOST"],
                      PORT=names["GOOD_PORT"], OWN=self.path("private/own"),
                      FILE=self.path("out/good"))
        self.copy("deps", self.deps)
        self.copy("site", self.deps)
        self.copy("app", self.path("app"))
        script = os.path.join(case, "app.py")
        shutil.copy(script if os.path.exists(script)
                    else os.path.join(HERE, "_app.py"),
                    self.path("app/main.py"))

    def copy(self, name, target, source=None):
        source = os.path.join(source or self.case.path, name)
        if os.path.isdir(source):
            shutil.copytree(source, target, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("__pycache__"))

    def settings(self, name, more="", **values):
        self.write(name, "".join(f"{key} = {value!r}\n"
                                 for key, value in values.items()) + more)

    def fill(self, text):
        """Put what they stand for in the place of @NAME@."""
        return re.sub(r"@([A-Z_]+)@",
                      lambda match: str(self.names[match[1]]), text)

    # --- The policy ---------------------------------------------------------

    def policy(self, kind):
        if kind == "own":
            with open(os.path.join(self.case.path, "policy.json")) as file:
                self.write("app/policy.json", self.fill(file.read()))
        elif kind is not None:
            policy = getattr(self, "policy_" + kind)()
            policy |= json.loads(self.fill(json.dumps(
                self.case.policy or {})))
            self.write("app/policy.json", json.dumps(policy))
        if self.case.locked and kind is not None:
            self.lock()

    def lock(self):
        for name in "evil", "good":
            info = f"{name}-1.dist-info"
            os.mkdir(os.path.join(self.deps, info))
            metadata = f"{info}/METADATA"
            self.write(os.path.join(self.deps, metadata),
                       f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
            rows = []
            for path in [metadata, *(f"{name}/{file}" for file in os.listdir(
                    os.path.join(self.deps, name)) if file.endswith(".py"))]:
                with open(os.path.join(self.deps, path)) as file:
                    rows.append(row(path, file.read()))
            self.write(os.path.join(self.deps, info, "RECORD"),
                       "".join(rows))
        self.write("app/policy.lock.json",
                   _lock.dumps(_installed.Installed([self.deps]).entries))

    def grant(self):
        return json.loads(self.fill(json.dumps(self.case.grant or {})))

    def policy_allow(self, write=()):
        everyone = {"run": False,
                    "read": ["!" + os.path.dirname(self.names["CANARY"])],
                    "write": [*write, "!" + self.names["OUT"]]}
        return {"$log": self.names["LOG"],
                "socket": ["good", "__main__"],
                "$permissions": {"*": everyone, "good": GOOD,
                                 "evil": everyone | self.grant()}}

    def policy_baseline(self):
        """The preset, and what the attack is after.  Its list of writes is
        said again, since an entry of one's own stands in its place."""
        preset = importlib.resources.files("importpolicy").joinpath(
            "presets", "baseline.json").read_text()
        everyone = json.loads(preset)["$permissions"]["*"]
        return self.policy_allow(everyone["write"]) | {
            "$extends": ["builtin:baseline"]}

    def policy_deny(self):
        permissions = {"__main__": True, "good": GOOD}
        if self.case.grant:
            permissions["evil"] = self.grant()
        return {"$log": self.names["LOG"], "$default": "deny",
                "$permissions": permissions}

    # --- Running ------------------------------------------------------------

    def environment(self):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("PYTHON", "_PYTHON", "XDG_"))}
        if not self.installed:
            environment["PYTHONPATH"] = self.deps
        return environment | {
            "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": self.path("home"), "TMPDIR": self.path("tmp")
        } | {name: self.fill(value) for name, value in self.case.env.items()}

    def start(self):
        """Run the application to the end of all that it started."""
        arguments = [self.python, *map(self.fill, self.case.options),
                     self.path("app/main.py")]
        process = subprocess.Popen(
            arguments, cwd=self.names["APP"], env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8",
            errors="backslashreplace", start_new_session=True)
        try:
            # Whoever inherited the pipe has gone when it is at its end.
            text, _ = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            text = ENDLESS
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        return text + f"exit status {process.returncode}\n"

    def denials(self):
        try:
            with open(self.names["LOG"], encoding="utf-8") as file:
                return [json.loads(line) for line in file]
        except (OSError, ValueError):
            return []           # An attack may have been there.

    def left(self, who, listener, output):
        """Did the effect of evil, or good, happen?"""
        if self.case.reach == "net":
            return bool(listener.take())
        if self.case.reach == "read":
            return self.tokens[who] in output
        return os.path.exists(self.path(f"out/{who}"))


class Outcome:
    """One run: what happened, by whom, and what was printed and logged."""

    def __init__(self, world, listeners, output):
        self.output = output
        self.denials = world.denials()
        self.evil, self.good = (
            world.left(who, listeners[who], output)
            for who in ("evil", "good"))

    def __str__(self):
        return self.output + "".join(f"refused: {json.dumps(record)}\n"
                                     for record in self.denials)


def start(case, policy=None):
    """The outcome under a policy, or without one."""
    with contextlib.ExitStack() as stack:
        # Not the temporary directory itself: a case may put it aside.
        root = os.path.join(stack.enter_context(tempfile.TemporaryDirectory(
            ignore_cleanup_errors=True)), "world")
        os.mkdir(root)
        listeners = {who: stack.enter_context(Listener())
                     for who in ("evil", "good")}
        world = World(root, case, {who: listener.port for who, listener
                                   in listeners.items()})
        world.policy(policy)
        output = "".join(world.start() for _ in range(case.runs))
        return Outcome(world, listeners, output)


class Verdict:
    """All runs of a case: "held", "breached" or "beyond"; or "unreal", where
    they tell nothing about the policy.  text says what is wrong."""

    def __init__(self, case):
        self.case = case
        self.name, self.text = "unreal", ""
        for module in case.needs:
            if importlib.util.find_spec(module) is None:
                self.text = f"{self.case.name}: there is no {module}\n"
                return
        outcome = self.outcome(None)
        if not outcome.evil and not (case.memory and OTHER_MEMORY):
            return self.wrong("nothing happens without a policy", outcome)
        for policy in case.policies:
            outcome = self.outcome(policy)
            if outcome.evil and case.beyond is None:
                self.name = "breached"
                self.wrong(f"the attack succeeds under {policy!r}", outcome)
            elif not outcome.evil and case.beyond is not None:
                self.name = "held"
                self.wrong(f"is not beyond the contract under {policy!r}",
                           outcome)
            if not outcome.good:
                self.wrong("the granted dependency does not work under "
                           f"{policy!r}", outcome)
            if (not outcome.evil and case.silent is None
                    and not outcome.denials):
                self.wrong(f"nothing is refused under {policy!r}", outcome)
        if not self.text:
            self.name = case.expected

    def outcome(self, policy):
        outcome = start(self.case, policy)
        if ENDLESS in outcome.output:
            self.wrong(f"does not end under {policy!r}", outcome)
        return outcome

    def wrong(self, text, outcome):
        self.text += f"{self.case.name}: {text}\n{outcome}\n"


def run(case):
    warm_up()
    return Verdict(case)
