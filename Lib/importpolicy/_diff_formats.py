"""Changes from one policy, lock or package to another, as text, Markdown and
SARIF."""

from typing import NamedTuple

from importpolicy import _findings, _out
from importpolicy._findings import Finding

APPLICATION = "__main__"


class Words(NamedTuple):
    """What a change is called."""
    title: str = "newly granted:"
    taken: str = "taken away:"
    heading: str = "Import policy"
    noun: str = "new grant"
    plural: str = "new grants"
    column: str = "Newly granted"
    lost: str = "taken away"


GRANTS = Words()
INSTALLED = Words("new here:", "not here any more:", "Installed packages",
                  "change", "changes", "New here", "not here any more")


def subject(principal):
    return {"*": "everyone else",
            APPLICATION: "the application"}.get(principal, principal)


def put_text(changes, words=GRANTS):
    last = None
    for change in changes:
        title = f"{subject(change.principal)}, {words.title}" \
            if change.granted else words.taken
        if title != last:
            if last:
                _out.put()
            _out.put(_out.paint(_out.escape(title), "bold"))
            last = title
        sign = "+" if change.granted else "-"
        colour = {"error": "error", "warning": "warning"}.get(
            change.level, "note")
        text = f"  {sign} {change.message}"
        if change.risk:
            text += f": {change.risk}"
        _out.put(_out.paint(_out.escape(text),
                            colour if change.granted else "dim"))
    if not changes:
        _out.put("no difference")


def _cell(text):
    text = _out.escape(text).replace("\\", "\\\\")
    for sign in "|<>`*_[]":
        text = text.replace(sign, "\\" + sign)
    return text


_SIGNS = {"error": "\N{LARGE RED CIRCLE}", "warning":
          "\N{LARGE ORANGE CIRCLE}", "note": "\N{LARGE BLUE CIRCLE}"}


def put_markdown(changes, words=GRANTS):
    granted = [change for change in changes if change.granted]
    taken = [change for change in changes if not change.granted]
    _out.put(f"### {words.heading}")
    _out.put()
    if not changes:
        _out.put("No difference.")
    if granted:
        number = _out.count(len(granted), words.noun, words.plural)
        _out.put(f"**{number}**, worst first:")
        _out.put()
        _out.put(f"| | Who | {words.column} | What that means |")
        _out.put("|-|-|-|-|")
        for change in granted:
            _out.put(f"| {_SIGNS[change.level]} | "
                     f"{_cell(subject(change.principal))} | "
                     f"{_cell(change.message)} | "
                     f"{_cell(change.risk or '')} |")
    if taken:
        if granted:
            _out.put()
        _out.put(f"<details><summary>{len(taken)} {words.lost}</summary>")
        _out.put()
        for change in taken:
            _out.put(f"- {_cell(change.message)}")
        _out.put()
        _out.put("</details>")


def _finding(change, file):
    return Finding(change.code, change.level, change.file or file,
                   change.line, None, change.message, change.risk)


def put_sarif(changes, file, rules):
    _findings.put_sarif([_finding(change, file)
                         for change in changes if change.granted], rules)
