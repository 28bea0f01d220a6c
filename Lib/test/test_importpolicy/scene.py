"""An application with dependencies, on disk, to be run in a child.

A policy cannot be taken off again, so nothing about one can be tested in the
process of the tests.  A scene is a directory:

    app/main.py  app/policy.json    the application and its policy
    deps/NAME/ or deps/NAME.py      dependencies, on PYTHONPATH
    deps/NAME-1.dist-info/          ... of which some are distributions
"""

import json
import os
import subprocess
import sys
import textwrap


class Scene:

    def __init__(self, root, policy=None):
        self.root = os.path.realpath(root)
        self.app = os.path.join(self.root, "app")
        self.deps = os.path.join(self.root, "deps")
        os.mkdir(self.app)
        os.mkdir(self.deps)
        if policy is not None:
            self.policy(policy)

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))
        return path

    def policy(self, policy):
        text = policy if isinstance(policy, str) else json.dumps(policy)
        return self.write("app/policy.json", text)

    def module(self, name, text):
        """A dependency that is one file, of no distribution."""
        return self.write(f"deps/{name}.py", text)

    def distribution(self, name, text, requires=()):
        """A dependency that is a package, with its metadata."""
        self.write(f"deps/{name}/__init__.py", text)
        info = f"deps/{name}-1.dist-info"
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1"]
        lines += [f"Requires-Dist: {other}" for other in requires]
        self.write(f"{info}/METADATA", "\n".join(lines) + "\n")
        self.write(f"{info}/RECORD", f"{name}/__init__.py,,\n"
                                     f"{name}-1.dist-info/METADATA,,\n"
                                     f"{name}-1.dist-info/RECORD,,\n")

    def run(self, text, *options, env=(), **kwargs):
        """Run the application; its CompletedProcess, with text output."""
        self.write("app/main.py", text)
        return self.start(*options, os.path.join(self.app, "main.py"),
                          env=env, **kwargs)

    def start(self, *arguments, env=(), **kwargs):
        environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith("PYTHON")
        }
        environment |= {"PYTHONPATH": self.deps, "PYTHONIOENCODING": "utf-8",
                        "PYTHONDONTWRITEBYTECODE": "1"} | dict(env)
        defaults = {"stdin": subprocess.DEVNULL, "capture_output": True,
                    "encoding": "utf-8", "errors": "backslashreplace",
                    "timeout": 120}
        return subprocess.run([sys.executable, *arguments], env=environment,
                              cwd=self.root, **(defaults | kwargs))
