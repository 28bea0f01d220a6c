"""The environments with packages: one for CPython, one for this build.

Their paths are of equal length, like those of the builds.  pip writes the
compiled files with the environment's own interpreter.
"""

import hashlib
import pathlib
import shutil
import subprocess

REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")
PLOTTING = pathlib.Path(__file__).with_name("requirements-plot.txt")


def made(python, folder, requirements=REQUIREMENTS):
    """The environment in a folder, made anew if what it should hold, or
    whose it should be, has changed."""
    folder = pathlib.Path(folder)
    mark = folder / "requirements.sha256"
    wanted = hashlib.sha256(requirements.read_bytes()
                            + str(python).encode()).hexdigest()
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    print(f"bench: making {folder}", flush=True)
    subprocess.run([python, "-m", "venv", folder], check=True)
    subprocess.run(
        [folder / "bin" / "python", "-m", "pip", "install", "-q",
         "--disable-pip-version-check", "--only-binary", ":all:", "-r",
         requirements], check=True)
    mark.write_text(wanted, encoding="utf-8")
    return folder
