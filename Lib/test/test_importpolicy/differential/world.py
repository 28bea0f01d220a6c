"""A world on disk, and the interpreter that lives in it.

The packages are the same each time.  What differs from world to world, the
metadata of the distributions and the policies, is written anew; so compiled
files serve all of them.
"""

import json
import os
import shutil
import subprocess
import sys

if __package__:
    from . import cases
else:
    import cases

HERE = os.path.dirname(os.path.abspath(__file__))

BODY = """\
import sys
then = sys.modules["channel"].plans.pop()
then[0][0](then)
"""


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


class Scene:

    def __init__(self, root, python=sys.executable):
        self.root = os.path.realpath(root)
        self.python = python
        self.actor = read("actor.py")
        self.write("app/main.py", read("driver.py"))
        self.write("app/actor.py", self.actor)
        self.write("app/appbody.py", BODY)
        for name in "one", "two":
            os.makedirs(os.path.join(self.root, "data", name))
        for name in "__init__", "inner":
            self.write(f"deps/vault/{name}.py")
        for name in cases.PRINCIPALS:
            directory = "deps/" + name.replace(".", "/")
            self.write(f"{directory}/__init__.py", self.actor)
            self.write(f"{directory}/body.py", BODY)
            self.write(f"{directory}/leaf.py")

    def write(self, path, text=""):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def set_up(self, world):
        deps = os.path.join(self.root, "deps")
        for name in os.listdir(deps):
            if name.endswith(".dist-info"):
                shutil.rmtree(os.path.join(deps, name))
        for name, fields in world["dists"].items():
            self.distribution(name, **fields)
        for name, imported in world["loose"].items():
            self.package(name, imported)
        policies = [self.write(f"app/{name}.json", json.dumps(policy))
                    for name, policy in zip(["policy", "second"],
                                            world["policies"])]
        return policies[1:]

    def distribution(self, name, tops, extras, requires):
        info = f"{name.replace('-', '_')}-1.dist-info"
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1"]
        lines += [f"Provides-Extra: {extra}" for extra in extras]
        for other, asks, when in requires:
            asked = f"[{','.join(asks)}]" if asks else ""
            marker = f"; extra == '{when}'" if when else ""
            lines.append(f"Requires-Dist: {other}{asked}{marker}")
        self.write(f"deps/{info}/METADATA", "\n".join(lines) + "\n")
        files = [f"{info}/METADATA", f"{info}/RECORD"]
        for top in tops:
            directory = top.replace(".", "/")
            files += [f"{directory}/{file}.py"
                      for file in ("__init__", "body", "leaf")]
        self.write(f"deps/{info}/RECORD",
                   "".join(f"{file},,\n" for file in files))

    def package(self, name, imported):
        """One of no distribution, whose statements are all it declares."""
        directory = "deps/" + name.replace(".", "/")
        shutil.rmtree(os.path.join(self.root, directory, "__pycache__"),
                      ignore_errors=True)
        statements = "".join(f"    import {other}\n" for other in imported)
        self.write(f"{directory}/__init__.py",
                   f"{self.actor}\n\ndef never():\n    pass\n{statements}")

    def run(self, world, plans):
        """What comes of each plan in that world."""
        more = self.set_up(world)
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("PYTHON", "_PYTHON"))}
        environment |= {"PYTHONPATH": os.path.join(self.root, "deps"),
                        "X_ONE": "1", "X_TWO": "2"}
        options = [f"-Ximportpolicy={path}" for path in more]
        lines = [[cases.APPLICATION, *cases.PRINCIPALS], plans]
        completed = subprocess.run(
            [self.python, *options, os.path.join(self.root, "app/main.py")],
            input="".join(json.dumps(line) + "\n" for line in lines),
            env=environment, capture_output=True, encoding="utf-8",
            errors="backslashreplace", timeout=120)
        if completed.returncode != 0 or not completed.stdout:
            raise RuntimeError(f"exit status {completed.returncode}\n"
                               f"{completed.stdout}{completed.stderr}")
        return json.loads(completed.stdout)
