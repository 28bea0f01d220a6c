"""What inspect has found, as text and as JSON."""

from importpolicy import _out, _text_signs
from importpolicy._risk import CAPABILITIES, ORDER

RULES = _text_signs.RULES | {
    "pth": "A line of a .pth file is code.",
    "start": "A module runs whenever Python starts.",
    "plugin": "Another program loads it when it looks for plugins.",
    "install": "Code runs when it is installed.",
    "import": "It reaches out when it is imported.",
    "native": "Native code cannot be looked into.",
    "unreadable": "A source could not be looked into.",
    "sourceless": "Compiled code has no source.",
    "unlisted": "A file is not one of those that were installed.",
    "dynamic-import": "The name of an imported module is not known.",
}
LEVELS = {"plugin": "note", "dynamic-import": "note"}
_WHEN = {"call": "", "import": "when imported", "main": "as a program",
         "start": "when Python starts", "install": "when installed"}
_FEW = 3


def _places(places, every):
    """a.py:1, 3, b.py:2 and 7 more"""
    places = sorted(set(places))
    shown = places if every else places[:_FEW]
    texts, last = [], None
    for file, line in shown:
        texts.append(str(line) if file == last else
                     f"{file}:{line}" if line else file)
        last = file
    more = len(places) - len(shown)
    return ", ".join(texts) + (f" and {more} more" if more else "")


def _groups(founds, key):
    """[(key, places)], in the order of the keys."""
    groups = {}
    for found in founds:
        groups.setdefault(key(found), []).append((found.file.name,
                                                  found.line or 0))
    return sorted(groups.items())


def _put_uses(report, every):
    for capability in ORDER:
        uses = [found for found in report.uses
                if found.what.capability == capability]
        if not uses:
            continue
        own = [found for found in uses if not found.in_tests]
        _out.put(_out.paint(f"  {capability}", "bold")
                 + f"  {CAPABILITIES[capability]}")
        for (what, target, when), places in _groups(own, lambda found: (
                found.what.what.removeprefix("builtins."),
                found.what.target or "", _WHEN[found.what.when])):
            text = f"{what} {target}" if target else what
            if when:
                text += f" ({when})"
            _out.put(f"    {_out.escape(text)}: "
                     f"{_out.escape(_places(places, every))}")
        if len(own) < len(uses):
            tests = len({(found.file.name, found.line) for found in uses
                         if found.in_tests})
            _out.put(f"    in its tests: {_out.count(tests, 'place')}")


def _put_modules(report, every):
    groups = _groups([found for found in report.imports
                      if not found.in_tests],
                     lambda found: found.what.module)
    if groups:
        _out.put(_out.paint("  imports", "bold"))
    for module, places in groups:
        _out.put(f"    {_out.escape(module)}: "
                 f"{_out.escape(_places(places, every))}")


def _put_findings(report, level, every):
    found = [*report.signs, *report.start, *report.opaque, *report.native,
             *report.dynamic]
    levels = ("error", "warning", "note")
    found = [(levels.index(level(one)), one.what.code, one.what.message, one)
             for one in found]
    groups = {}
    for rank, code, message, one in found:
        groups.setdefault((rank, code, message), []).append(
            (one.file.name, one.line or 0))
    for (rank, code, message), places in sorted(groups.items()):
        word = _out.paint(levels[rank], levels[rank])
        _out.put(f"  {word}: {_out.escape(message)} [{code}]")
        _out.put(f"    {_out.escape(_places(places, every))}")


def _put_report(report, level, every):
    package = report.package
    _out.put(_out.paint(_out.escape(package.label), "bold")
             + f": {_out.count(report.sources, 'source')} of "
             f"{_out.count(len(package.files), 'file')}")
    _put_findings(report, level, every)
    _put_uses(report, every)
    _put_modules(report, every)
    if not (report.uses or report.imports or report.signs or report.native
            or report.start or report.opaque):
        _out.put("  nothing that a policy would restrict")


def put_text(inspected, level, every):
    shown = set()
    for package, reports in inspected:
        for report in reports:
            if report.package.label in shown:
                continue
            if shown:
                _out.put()
            shown.add(report.package.label)
            _put_report(report, level, every)
            if report.package is package and len(reports) > 1:
                names = ", ".join(other.package.name for other in reports
                                  if other is not report)
                _out.put(f"  needs {_out.escape(names)}, below")


def fields(report):
    """One package, for JSON."""
    package = report.package

    def places(founds):
        return [{"file": found.file.name, "in_tests": found.in_tests}
                | found.what._asdict() for found in founds]

    return {
        "name": package.name, "version": package.version,
        "kind": package.kind, "path": package.path,
        "principals": list(package.principals),
        "requires": list(package.requires),
        "files": len(package.files), "sources": report.sources,
        "uses": places(report.uses), "imports": places(report.imports),
        "signs": places(report.signs), "native": places(report.native),
        "start": places(report.start),
        "not_analysed": places([*report.opaque, *report.dynamic]),
    }
