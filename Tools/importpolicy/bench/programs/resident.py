"""Imports pandas, says so, and stays until its standard input ends."""

import sys

import pandas

print("imported", flush=True)
sys.stdin.read()
