"""The application logs an exception."""

import logging
import sys

import evil
import good

try:
    evil.attack()
except Exception:
    try:
        logging.exception("text")
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
good.work()
