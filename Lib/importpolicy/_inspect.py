"""What can this package do, before it is let in?

Its files are read; nothing of it is imported or run.  Where they come from is
_packages.py, what is found in them _inspection.py, how it is told
_inspect_formats.py.
"""

import contextlib
import os

from importpolicy import (
    _draft, _edit, _fetch, _findings, _inspect_formats, _inspect_installed,
    _inspection, _out, _packages, _principals)
from importpolicy._findings import Finding
from importpolicy._reader import PolicyError

DESCRIPTION = """\
Say what a package can do: which sensitive modules and operations it uses, by
file and line, with what it requires; its native code; what it does when it is
imported, installed, or whenever Python starts; signs that it hides something;
and what could not be looked into.  Its code is read and never run.

A PACKAGE is the name of an installed distribution or module, a wheel, a
source distribution, a directory, or NAME==VERSION, whose wheel pip fetches.

The exit status is 1 when there is something to look at: signs of hiding, code
that runs by itself, and what could not be looked into, native code above all.
"""

EXAMPLE = """\
examples:
  python -m importpolicy inspect requests
  python -m importpolicy inspect --no-deps six-1.17.0-py2.py3-none-any.whl
  python -m importpolicy inspect --policy requests==2.32.3 > policy.json
"""


def add_arguments(parser):
    parser.add_argument("packages", nargs="+", metavar="PACKAGE")
    parser.add_argument("--no-deps", dest="deps", action="store_false",
                        help="without what it requires")
    parser.add_argument("--all", action="store_true",
                        help="every place, and not the first few of many")
    parser.add_argument("--policy", action="store_true",
                        help="print a draft of a policy, and nothing else")
    _findings.add_format(parser)


def package(text, installed, stack):
    """The package that somebody named."""
    if pinned := _fetch.pinned(text):
        text = stack.enter_context(_fetch.fetched(*pinned))
    if text.endswith(".whl"):
        return _packages.wheel(text)
    if os.path.isdir(text) and os.sep in os.path.join(text, "")[:-1] \
            or text in (os.curdir, os.pardir):
        return _packages.directory(text)
    if text.endswith((".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")):
        return _packages.archive(text)
    found = installed().find(text)
    if found is not None:
        return found
    if os.path.isdir(text):
        return _packages.directory(text)
    raise PolicyError(text, "is not installed here, and neither a wheel, a "
                      "source distribution, nor a directory")


def findings(report):
    """What there is to look at."""
    for found in (*report.signs, *report.start, *report.opaque,
                  *report.native, *report.dynamic):
        yield Finding(found.what.code, level(found), found.file.path,
                      found.line, None, found.what.message)


def level(found):
    return getattr(found.what, "level", None) or _inspect_formats.LEVELS.get(
        found.what.code, "warning")


def inspect(texts, deps):
    """[(package, [report of it, and of what it needs])]"""
    inspected, cache = [], []

    def installed():
        if not cache:
            cache.append(_inspect_installed.Installed(_principals.Ancestry()))
        return cache[0]

    with contextlib.ExitStack() as stack:
        for text in texts:
            found = package(text, installed, stack)
            others = installed().closure(found) if deps and found.requires \
                else []
            inspected.append((found, [_inspection.inspect(one)
                                      for one in (found, *others)]))
    return inspected


def run(args):
    inspected = inspect(args.packages, args.deps)
    reports = list({report.package.label: report for _, some in inspected
                    for report in some}.values())
    found = [finding for report in reports for finding in findings(report)]
    status = _out.FINDINGS if any(one.level != "note" for one in found) \
        else _out.FINE
    if args.policy:
        _out.put(_edit.dumps(_draft.draft(inspected)))
    elif args.format == "json":
        _findings.put_json(
            found, packages=[_inspect_formats.fields(report)
                             for report in reports],
            policy=_draft.draft(inspected))
    elif args.format == "sarif":
        _findings.put_sarif(sorted(found, key=Finding.order),
                            _inspect_formats.RULES)
    else:
        _inspect_formats.put_text(inspected, level, args.all)
    return status
