"""The application has a file of secrets beside it."""

import os
import sys

with open(os.path.dirname(sys.argv[0]) + "/../private/canary") as file:
    text = file.read()
with open(os.path.dirname(sys.argv[0]) + "/secrets.txt", "w") as file:
    file.write(text)

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

import good

good.work()
