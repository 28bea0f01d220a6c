"""The application starts a program, which would read OPENSSL_CONF."""

import os
import subprocess
import sys

import evil
import good

try:
    evil.attack()
    out = os.path.join(os.path.dirname(__file__), "..", "out", "evil")
    subprocess.run(["sh", "-c", 'test -z "$OPENSSL_CONF" || echo evil > "$1"',
                    "sh", out])
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
