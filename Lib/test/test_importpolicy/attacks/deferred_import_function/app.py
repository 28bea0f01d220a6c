"""The application uses what evil has given it."""

import builtins
import sys

import evil

try:
    original = builtins.__import__
    evil.attack()
    try:
        exec("import absent")
    finally:
        builtins.__import__ = original
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
