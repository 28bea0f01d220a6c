"""Executes what it is given: a tool, as many packages have one."""

import sys

exec(sys.stdin.read())
