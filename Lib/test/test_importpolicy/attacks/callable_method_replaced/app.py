"""The application has a shell that it was handed read its commands."""

import sys

import evil
import good

try:
    evil.shell.cmdloop()
except BaseException:
    sys.__excepthook__(*sys.exc_info())
good.work()
