"""The least that pip needs to make a wheel of prettytab.py."""

import base64
import hashlib
import pathlib
import zipfile

NAME = "prettytab-1.0"
INFO = f"{NAME}.dist-info"


def build_wheel(wheel_directory, config_settings=None,
                metadata_directory=None):
    files = {
        "prettytab.py": pathlib.Path("prettytab.py").read_bytes(),
        f"{INFO}/METADATA":
            b"Metadata-Version: 2.1\nName: prettytab\nVersion: 1.0\n",
        f"{INFO}/WHEEL":
            b"Wheel-Version: 1.0\nGenerator: prettytab\n"
            b"Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
        record += f"{name},sha256={digest.decode().rstrip('=')},{len(data)}\n"
    files[f"{INFO}/RECORD"] = f"{record}{INFO}/RECORD,,\n".encode()
    wheel = f"{NAME}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, wheel), "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return wheel
