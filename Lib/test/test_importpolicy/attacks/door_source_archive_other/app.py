"""The application logs an exception."""

import logging
import sys
import zipfile

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())


def keep():
    with open(evil.payload.CANARY) as file:
        secret = file.read()
    with zipfile.ZipFile(evil.payload.CANARY + ".zip", "w") as file:
        file.writestr("secret", secret)


attempt(keep)
try:
    evil.attack()
except Exception:
    try:
        logging.exception("text")
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
attempt(evil.after)
good.work()
