"""The application opens a TLS connection, which evil has set up further."""

import sys

import evil
import good
from good import tls

try:
    client, server = tls.contexts()
    evil.attack(client, server)
    tls.handshake(client, server)
except BaseException:
    sys.__excepthook__(*sys.exc_info())

good.work()
