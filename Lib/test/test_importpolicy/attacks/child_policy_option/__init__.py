"""-X importpolicy names a policy that allows everything, or says off."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "write": ["$TMP"]}

import subprocess

from . import payload


def attack():
    path = payload.ROOT + "/tmp/policy.json"
    with open(path, "w") as file:
        file.write('{"socket": "*"}')
    for value in path, "off":
        subprocess.run([payload.PYTHON, "-X", f"importpolicy={value}",
                        "-c", payload.SOURCE])
