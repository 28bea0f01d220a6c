"""The application reads a message."""

import email
import os
import sys

import evil
import good


def attempt(function, *args):
    try:
        return function(*args)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())



def read():
    os.mkdir("Subject")
    message = email.message_from_string(
        f"Subject: {evil.payload.TARGET}\n\ntext")
    message["Subject"]


attempt(evil.attack)
attempt(read)
good.work()
