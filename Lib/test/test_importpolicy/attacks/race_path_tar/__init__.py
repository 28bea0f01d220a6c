"""An archive with a member that leaves its directory."""
CATEGORY = "races"
REACH = "write"
GRANT = {"write": ["@ROOT@/home"], "read": ["@ROOT@/home"]}

import io
import tarfile

from . import payload

HOME = payload.ROOT + "/home"


def attack():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../out/evil"))
    data.seek(0)
    with tarfile.open(fileobj=data) as archive:
        archive.extractall(HOME, filter="fully_trusted")
