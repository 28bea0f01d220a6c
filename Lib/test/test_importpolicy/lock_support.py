"""Distributions with hashes in their RECORD, and locks of them."""

import base64
import hashlib
import json
import os

from importpolicy import _installed, _lock
from test.support import os_helper
from test.test_importpolicy.cli_support import CommandTestCase


def row(path, text):
    data = text.encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"{path},sha256={digest.rstrip(b'=').decode()},{len(data)}\n"


class LockTestCase(CommandTestCase):

    policy = {"vault": ["good"]}

    def setUp(self):
        super().setUp()
        # What the key guards: whoever imports it has got there.
        self.install("vault", {"vault.py": self.world.mark("vault")})

    def info(self, name, version="1"):
        return f"deps/{name}-{version}.dist-info"

    def install(self, name, files, requires=(), version="1", extra="",
                installed=""):
        """Install it as pip would: all files with their hashes.  `extra` is
        more of RECORD that the release has, `installed` more that only the
        installer writes."""
        info = f"{name}-{version}.dist-info"
        metadata = "".join([f"Metadata-Version: 2.1\nName: {name}\n"
                            f"Version: {version}\n",
                            *(f"Requires-Dist: {one}\n" for one in requires)])
        files = files | {f"{info}/METADATA": metadata}
        for path, text in files.items():
            with open(self.made(path), "w", newline="\n") as file:
                file.write(text)
        with open(self.made(f"{info}/RECORD"), "w", newline="\n") as file:
            file.write("".join(row(*item) for item in files.items()) + extra
                       + installed + f"{info}/RECORD,,\n")

    def made(self, path):
        """The path in deps, with its directory."""
        path = self.world.path("deps", path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def remove(self, name, version="1", *files):
        os_helper.rmtree(self.world.path(self.info(name, version)))
        for file in files:
            os.unlink(self.world.path("deps", file))

    def package(self, name, body="import vault", **kwargs):
        self.install(name, {f"{name}/__init__.py": body + "\n"}, **kwargs)

    def lock(self, policy=None, path="app"):
        """Write the policy, and the lock beside it as the command would."""
        self.world.policy(policy or self.policy, f"{path}/policy.json")
        installed = _installed.Installed([self.world.site or self.world.deps])
        self.world.write(f"{path}/policy.lock.json",
                         _lock.dumps(installed.entries))
        return installed

    def locking(self, *arguments, **kwargs):
        """The command, without the policy that it is about."""
        return self.world.start("-X", "importpolicy=off", "-m",
                                "importpolicy", "lock", *arguments,
                                env={"TMPDIR": self.tmp, "HOME": self.home},
                                **kwargs)

    def entries(self, path="app/policy.lock.json"):
        return self.read_policy(path)["distributions"]

    def edit_lock(self, edit, path="app/policy.lock.json"):
        lock = self.read_policy(path)
        edit(lock["distributions"])
        self.world.write(path, json.dumps(lock))

    # --- What comes of it -------------------------------------------------

    def program(self, main, *options, **kwargs):
        self.world.forget()
        env = {"HOME": self.home, "XDG_CACHE_HOME": None,
               "PYTHONDONTWRITEBYTECODE": None} | kwargs.pop("env", {})
        return self.world.run(main, *options, env=env, **kwargs)

    def works(self, main="import good", *options, **kwargs):
        result = self.program(main, *options, **kwargs)
        self.assertRan(result)
        return result

    def loses(self, who, why, main="import good", *options, **kwargs):
        """It is refused, as that principal, and for that reason."""
        result = self.program(main, *options, **kwargs)
        self.assertRefused(result, who)
        self.assertIn(why, " ".join(result.err.split()), result)
        return result
