"""The application logs a line."""

import logging
import sys

import evil
import good

handler = logging.StreamHandler(sys.stdout)
logging.getLogger().addHandler(handler)
try:
    evil.attack(handler)
except BaseException:
    sys.__excepthook__(*sys.exc_info())
try:
    handler.flush()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
