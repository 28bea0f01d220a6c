"""One page of all its parts.

Style and script stand in the page and are named in its policy of contents by
their hashes, so that nothing else runs, whatever a name may hold; and nothing
is loaded.
"""

import base64
import hashlib
import os
import re

from importpolicy import (
    _out, _report_chart, _report_details, _report_log, _report_policy,
    _report_tree)
from importpolicy._diff_formats import subject
from importpolicy._report_graph import Graph
from importpolicy._report_html import (
    LINE, code, count, join, name, plain, tag, text)
from importpolicy._report_words import KINDS

_DIRECTORY = os.path.join(os.path.dirname(__file__), "report")


def read(file):
    with open(os.path.join(_DIRECTORY, file), encoding="utf-8") as stream:
        return stream.read()


def _hash(text):
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def page(world, denials, changes, against):
    style, script = read("report.css"), read("report.js")
    drawing = Graph(world.rows)
    groups = _groups_of(world, denials)
    parts = {
        "policy": f"default-src 'none'; style-src {_hash(style)}; "
                  f"script-src {_hash(script)}; base-uri 'none'; "
                  "form-action 'none'; require-trusted-types-for 'script'",
        "style": style, "script": script,
        "title": plain(_out.shown_path(world.file)),
        "file": text(_out.shown_path(world.file)),
        "facts": _facts(world),
        "tiles": _tiles(world, denials, changes),
        "principals": _principal_options(world),
        "whats": _what_options(world),
        "changes_nav": "" if changes is None else
        '<li><a href="#s-changes">Changes</a></li>',
        "overview": _report_policy.overview(world),
        "changes": "" if changes is None else _section(
            "changes", "Changes", _changes_intro(against),
            _report_policy.changes(changes, world.by_name, subject)),
        "graph_legend": _report_tree.graph_legend(),
        "graph": _report_tree.graph(world, drawing, groups),
        "tree": _report_tree.tree(world, drawing, groups),
        "legend": _report_policy.legend(),
        "matrix": _report_policy.matrix(world),
        "denials": _denials(world, denials),
        "details": join([_report_details.principal(
            row, world, groups.get(row.index)) for row in world.rows], LINE),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]],
                  read("report.html"))


def _section(short, title, *content):
    return tag("section", tag("h2", title, id=f"h-{short}"), content,
               id=f"s-{short}", aria_labelledby=f"h-{short}")


def _groups_of(world, denials):
    """{index of a row: [(number, group)]}"""
    found = {}
    for number, group in enumerate(denials.groups if denials else ()):
        for member in group.members:
            if row := world.by_name.get(member):
                found.setdefault(row.index, []).append((number, group))
    return found


# --- The head ---------------------------------------------------------------

def _facts(world):
    policy = world.policy
    facts = ["What no entry names is "
             + ("refused" if policy["default"] == "deny" else "free"),
             "refusals are logged only: audit mode"
             if policy["mode"] == "audit" else "refusals are enforced"]
    if policy["extends"]:
        facts.append(join(["extends ", join(
            [code(_out.shown_path(file)) for file in policy["extends"]],
            ", ")]))
    for directive, words in (("hosts", "passed over: "),
                             ("loaders", "trusted to load: ")):
        if policy[directive]:
            facts.append(join([words, join(map(name, policy[directive]),
                                           ", ")]))
    return join([tag("p", join(facts, "; "), "."),
                 tag("p", "SHA-256 ", code(policy["sha256"]),
                     class_="hash")])


def _tiles(world, denials, changes):
    there = [row for row in world.rows if row.distribution]
    risky = sum(grant.is_risky for grant in world.grants)
    tiles = [(len({row.distribution for row in there}), "distribution",
              f"{sum(row.is_direct for row in world.rows)} imported by the "
              "application"),
             (len(world.grants), "grant", f"{risky} risky")]
    strange = sum(row.kind == "loose" for row in world.rows)
    absent = sum(row.kind == "absent" for row in world.rows)
    if strange or absent:
        tiles.append((strange + absent, "stranger",
                      f"{strange} of no distribution, {absent} not "
                      "installed"))
    if denials is not None:
        tiles.append((denials.total, "denial",
                      count(len(denials.groups) + denials.left_out, "kind")))
    if changes is not None:
        new = [change for change in changes if change.granted]
        worst = sum(change.level == "error" for change in new)
        tiles.append((len(new), "new grant", f"{worst} dangerous"))
    return tag("ul", [tag("li", tag("b", str(number)), " ",
                          word + "s" * (number != 1), tag("small", small))
                      for number, word, small in tiles], class_="tiles")


def _principal_options(world):
    return join([tag("option", row.title, value=str(row.index))
                 for row in world.rows if row.names])


def _what_options(world):
    parts = []
    for kind, title in KINDS.items():
        options = [tag("option", column.what, value=column.what)
                   for column in world.columns if column.kind == kind]
        if options:
            parts.append(tag("optgroup", options, label=title))
    return join(parts)


def _changes_intro(against):
    return tag("p", "From ", code(_out.shown_path(against)), " to this one.")


def _denials(world, denials):
    if denials is None:
        return tag("p", "No log was given; ", code("--log FILE"),
                   " adds what was refused.")
    if not denials.groups:
        return tag("p", "The log holds no denials.")
    parts = []
    if denials.spans:
        parts += [tag("p", "A bar is ", _report_log.spoken(denials.span),
                      ", and as high as the number of denials; the first "
                      "lane has a scale of its own."),
                  _report_chart.chart(denials), tag(
            "details", tag("summary", "The same in figures"),
            _report_chart.spans(denials))]
    if denials.timeless:
        parts.append(tag("p", count(denials.timeless, "record"),
                         " without a time in the table alone."))
    if denials.left_out:
        parts.append(tag("p", count(denials.left_out, "kind"),
                         " that happened less often left out."))
    parts.append(_report_chart.groups(denials, world.by_name))
    return join(parts)


# --- As JSON ----------------------------------------------------------------

def data(world, denials, changes):
    """What the page shows."""
    found = {
        "policy": world.file,
        "principals": [{
            "name": row.name, "kind": row.kind, "imported_as": row.names,
            "distribution": row.distribution, "version": row.version,
            "direct": row.is_direct,
            "requires": [world.rows[index].name for index in row.requires],
            "may": {cell.column.what: {
                "state": cell.state, "risky": cell.is_risky,
                "sources": [{"principal": source.principal,
                             "granted": source.granted,
                             "file": source.file, "line": source.line}
                            for source in cell.sources]}
                for cell in row.cells if cell.is_allowed}}
            for row in world.rows]}
    if denials is not None:
        found["denials"] = [{
            "principals": list(group.members), "what": group.what,
            "count": group.count, "first": group.first, "last": group.last,
            "targets": dict(sorted(group.targets.items())),
            "chain": group.chain} for group in denials.groups]
    if changes is not None:
        found["changes"] = [
            {name: getattr(change, name) for name in (
                "code", "principal", "what", "message", "risk", "level",
                "granted", "file", "line")} for change in changes]
    return found
