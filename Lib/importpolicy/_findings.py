"""One kind of finding, and the forms in which it is told.

A command that looks for something yields findings; what it looks like as
text, as JSON and as SARIF is decided here, for all of them.
"""

import os
import sys
import urllib.parse

from importpolicy import _out

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = ("error", "warning", "note")


class Finding:
    """What, where, how bad, and what to do about it."""

    __slots__ = ("code", "level", "file", "line", "column", "message", "help")

    def __init__(self, code, level, file, line, column, message, help=None):
        self.code = code
        self.level = level
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.help = help

    def order(self):
        return (self.file or "", self.line or 0, self.column or 0,
                _LEVELS.index(self.level), self.code)

    def fields(self):
        return {name: getattr(self, name) for name in self.__slots__}


def place(finding):
    parts = [_out.shown_path(finding.file)]
    if finding.line:
        parts.append(str(finding.line))
        if finding.column:
            parts.append(str(finding.column))
    return ":".join(parts)


def put_text(findings):
    """A line for each, and what to do about it below."""
    for finding in findings:
        level = _out.paint(finding.level, finding.level)
        print(f"{_out.escape(place(finding))}: {level}: "
              f"{_out.escape(finding.message)} [{finding.code}]")
        if finding.help:
            print(f"    {_out.escape(finding.help)}")


def put_json(findings, **more):
    _out.put_json(more | {"findings": [finding.fields()
                                       for finding in findings]})


def put_sarif(findings, rules):
    """SARIF 2.1.0, for code scanning.  `rules` maps codes to sentences."""
    used = sorted({finding.code for finding in findings})
    _out.put_json({
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "importpolicy",
                "version": "{}.{}.{}".format(*sys.version_info[:3]),
                "rules": [{"id": code, "shortDescription":
                           {"text": rules.get(code, code)}}
                          for code in used],
            }},
            "columnKind": "unicodeCodePoints",
            "results": [_result(finding, used.index(finding.code))
                        for finding in findings],
        }],
    })


def _result(finding, index):
    text = finding.message
    if finding.help:
        text += f"; {finding.help}"
    result = {"ruleId": finding.code, "ruleIndex": index,
              "level": finding.level, "message": {"text": text}}
    if finding.file:
        location = {"artifactLocation": {"uri": _uri(finding.file)}}
        if finding.line:
            location["region"] = {"startLine": finding.line}
            if finding.column:
                location["region"]["startColumn"] = finding.column
        result["locations"] = [{"physicalLocation": location}]
    return result


def _uri(file):
    """Relative below the current directory, as code scanning wants it."""
    relative = os.path.relpath(file)
    if not relative.startswith(os.pardir + os.sep):
        return urllib.parse.quote(relative)
    return "file://" + urllib.parse.quote(os.path.abspath(file))


def add_format(parser, formats=("text", "json", "sarif")):
    """--format, and --json for short."""
    parser.add_argument("--format", choices=formats, default="text",
                        help="how to tell it (default: text)")
    parser.add_argument("--json", dest="format", action="store_const",
                        const="json", help="the same as --format json")


def put(findings, format, rules, **more):
    """All of them, in order; returns the exit status."""
    findings = sorted(findings, key=Finding.order)
    match format:
        case "json":
            put_json(findings, **more)
        case "sarif":
            put_sarif(findings, rules)
        case _:
            put_text(findings)
    return _out.FINDINGS if any(finding.level != "note"
                                for finding in findings) else _out.FINE
