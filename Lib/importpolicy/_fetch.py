"""Packages that are not here: pip fetches them."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile

from importpolicy import _out
from importpolicy._reader import PolicyError

_PINNED = re.compile(r"([A-Za-z0-9][\w.-]*)==([\w.!+*-]+)")


@contextlib.contextmanager
def fetched(name, version):
    """The wheel of a version, fetched by pip into a directory of its own.
    No source distribution: to ask it for its metadata is to run it."""
    with tempfile.TemporaryDirectory(prefix="importpolicy-") as target:
        _out.say(f"importpolicy: pip fetches {name} {version}")
        result = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps",
             "--only-binary", ":all:", "--no-input", "--quiet",
             "--retries", "1", "--disable-pip-version-check", "--dest",
             target,
             f"{name}=={version}"], capture_output=True, encoding="utf-8",
            errors="replace")
        wheels = [file for file in os.listdir(target)
                  if file.endswith(".whl")]
        if result.returncode or not wheels:
            raise PolicyError(f"{name}=={version}",
                              _why_not(result.stderr))
        yield os.path.join(target, wheels[0])


def _why_not(text):
    if "No module named pip" in text:
        return "cannot be fetched: there is no pip here; name a wheel"
    if any(sign in text for sign in ("NewConnectionError", "ConnectionError",
                                     "Temporary failure", "Could not fetch",
                                     "ProxyError", "Network is unreachable")):
        return "cannot be fetched: the package index cannot be reached"
    if "No matching distribution" in text:
        return "cannot be fetched: there is no wheel of it for this machine"
    last = text.strip().splitlines()
    return "cannot be fetched: " + (last[-1] if last else "pip failed")


def pinned(text):
    """(name, version) of NAME==VERSION, or None."""
    match = _PINNED.fullmatch(text)
    return match.groups() if match else None
