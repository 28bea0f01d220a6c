"""The application asks at a terminal, with line editing."""

import os
import sys

keyboard, terminal = os.openpty()
for descriptor in 0, 1:
    os.dup2(terminal, descriptor)
os.environ["TERM"] = "xterm"

import readline

import evil

readline.parse_and_bind("tab: complete")
readline.parse_and_bind("set show-all-if-ambiguous on")
try:
    evil.attack(readline)
    os.write(keyboard, b"/\t\n")
    input()
except BaseException:
    sys.__excepthook__(*sys.exc_info())

import good

good.work()
