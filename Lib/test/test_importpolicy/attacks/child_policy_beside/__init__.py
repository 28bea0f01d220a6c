"""A child's script has a policy beside it that allows everything."""
CATEGORY = "ways out"
REACH = "net"
GRANT = {"run": True, "read": ["$TMP"],
         "write": ["$TMP"]}

import subprocess

from . import payload


def attack():
    texts = {"policy.json": '{"socket": "*", "$app": ["."]}',
             "script.py": payload.SOURCE}
    for name, text in texts.items():
        with open(payload.ROOT + "/tmp/" + name, "w") as file:
            file.write(text)
    subprocess.run([payload.PYTHON, payload.ROOT + "/tmp/script.py"])
