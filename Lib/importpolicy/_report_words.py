"""The words and marks that all parts of a report share."""

from importpolicy import _out
from importpolicy._report_html import Html, code, join, name, tag

STATES = {"own": "granted", "inherited": "inherited",
          "everyone": "as everyone else", "free": "free",
          "refused": "refused"}
KINDS = {"capability": "Capabilities", "event": "Audit events",
         "module": "Modules and builtins"}
GRADES = {"error": "high", "warning": "medium", "note": "low"}


def place(file, line):
    """Where an entry stands."""
    if not file:
        return None
    return tag("span", _out.shown_path(file), f":{line}" if line else "",
               class_="place")


def link(row):
    """To what is said of a principal in detail."""
    return tag("a", name(row.title), href=f"#p-{row.index}")


def links(rows):
    return join(map(link, rows), ", ")


def level(grade):
    """A mark with a word: colour alone tells nothing."""
    return tag("span", GRADES[grade], class_=f"level {grade}")


def targets(values, limit=None):
    """A list of targets, excluded ones last."""
    values = sorted(values, key=lambda value: (value.startswith("!"), value))
    shown = values[:limit]
    parts = [code(value) for value in shown]
    if len(shown) < len(values):
        parts.append(tag("small", f"+{len(values) - len(shown)} more"))
    return join(parts, " ")


def granted(value):
    """What a source grants."""
    if value is True:
        return Html("all of it")
    if not value:
        return Html("none of it")
    return targets(value)
