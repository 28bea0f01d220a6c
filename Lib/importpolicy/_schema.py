"""The JSON Schema of policy.json, for editors."""

import json
import os
import sys

from importpolicy import _out

DESCRIPTION = """\
Print the JSON Schema (2020-12) of policy.json.  An editor that knows it
completes names, shows what they mean, and marks what is wrong.
"""

EXAMPLE = """\
examples:
  python -m importpolicy schema > policy.schema.json
  and in policy.json: "$schema": "./policy.schema.json"
"""

FILE = os.path.join(os.path.dirname(__file__), "policy.schema.json")


def add_arguments(parser):
    parser.add_argument("--json", action="store_true",
                        help="accepted for uniformity: it is JSON anyway")
    parser.add_argument("--path", action="store_true",
                        help="print where the file is instead")


def load():
    with open(FILE, encoding="utf-8") as file:
        return json.load(file)


def run(args):
    if args.path:
        _out.put_json({"path": FILE}) if args.json else _out.put(FILE)
        return _out.FINE
    with open(FILE, encoding="utf-8") as file:
        sys.stdout.write(file.read())
    return _out.FINE
