"""The parts of a report that tell what a policy says."""

from importpolicy import _out
from importpolicy._report_html import (
    LINE, Html, code, count, join, name, scroller, table, tag)
from importpolicy._risk import CAPABILITIES, meaning

SHOWN_TARGETS = 2
WORDS = {"own": "granted", "inherited": "inherited", "everyone":
         "as everyone else", "free": "free", "refused": "refused"}
KINDS = {"capability": "Capabilities", "event": "Audit events",
         "module": "Modules and builtins"}
LOUD = {"error": "high", "warning": "medium", "note": "low"}


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
    return tag("span", LOUD[grade], class_=f"level {grade}")


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


# --- Overview ---------------------------------------------------------------

def overview(world):
    rows = []
    for grant in world.grants:
        source = grant.source
        who = link(grant.row) if grant.row else name(source.principal)
        verb = "call" if grant.what.startswith("builtins.") else "import"
        what = join(["everything"]) if grant.what == "*" \
            else join([verb, " ", code(grant.what)]) \
            if grant.kind == "module" else code(grant.what)
        rows.append(tag(
            "tr", tag("td", level(grant.level)),
            tag("th", who, scope="row"), tag("td", what),
            tag("td", Html("") if grant.kind == "module"
                else "everything" if grant.targets is None
                else targets(grant.targets)),
            tag("td", meaning(grant.capability), class_="means"),
            tag("td", str(len(grant.riders)) if grant.riders else "",
                class_="number"),
            tag("td", place(source.file, source.line)),
            data_i=" ".join(str(row.index) for row in (grant.row,) if row),
            data_w=_whats(grant), data_s="own",
            data_r="1" if grant.is_risky else None))
    if not rows:
        return tag("p", "The policy grants nothing.")
    return scroller(table(
        "What the policy grants, the most dangerous first",
        [("Danger", None), ("Who", None), ("May", None), ("On", None),
         ("Which means", None), ("Inherited by", "number"), ("Where", None)],
        rows, class_="rows", id="grants"), "Table of grants")


def _whats(grant):
    if grant.what == "*":
        return " ".join(CAPABILITIES)
    return f"{grant.capability or ''} {grant.what}".strip()


# --- Changes ----------------------------------------------------------------

def changes(found, by_name, subject):
    """What a diff says."""
    rows = []
    for change in found:
        row = by_name.get(change.principal)
        who = link(row) if row else name(subject(change.principal))
        rows.append(tag(
            "tr",
            tag("td", tag("span", "new" if change.granted else "gone",
                          class_="sign " + ("new" if change.granted
                                            else "gone"))),
            tag("td", level(change.level) if change.granted else None),
            tag("th", who, scope="row"),
            tag("td", change.message),
            tag("td", change.risk, class_="means"),
            tag("td", place(change.file, change.line)
                if change.granted else None),
            data_i=str(row.index) if row else None,
            data_w=f"{change.capability or ''} {change.what}".strip(),
            data_s="own" if change.granted else "refused",
            data_r="1" if change.level == "error" else None))
    if not rows:
        return tag("p", "No difference.")
    return scroller(table(
        "What changes, new grants first",
        [("Change", None), ("Danger", None), ("Who", None), ("What", None),
         ("Which means", None), ("Where", None)],
        rows, class_="rows", id="changes"), "Table of changes")


# --- The matrix -------------------------------------------------------------

def _cell(cell):
    if not cell.is_allowed:
        return Html('<td class="no"><i>refused</i></td>')
    risky = cell.is_risky
    classes = f"{cell.state} {cell.column.level}" + (" risky" if risky else "")
    if cell.state == "free":
        return tag("td", "free", tag("i", ", risky") if risky else None,
                   class_=classes)
    parts = [tag("i", WORDS[cell.state] + (", risky" if risky else "")
                 + ": ")]
    if cell.targets is not None:
        parts.append(targets(cell.targets, SHOWN_TARGETS))
    else:
        parts.append("yes" if cell.column.kind == "module" else "all")
    if cell.state == "inherited":
        parts.append(tag("small", "via ", join(
            [name(source.principal) for source in cell.sources], ", "),
            class_="via"))
    return tag("td", parts, class_=classes)


def _heads(world):
    groups = []
    for column in world.columns:
        if not groups or groups[-1][0] != column.kind:
            groups.append([column.kind, 0])
        groups[-1][1] += 1
    top = [tag("th", "Principal", scope="col", rowspan="2")]
    top += [tag("th", KINDS[kind], scope="colgroup", colspan=str(number),
                data_kind=kind) for kind, number in groups]
    second = [tag("th", code(column.what) if column.kind != "capability"
                  else column.what, scope="col", class_=column.level,
                  title=meaning(column.capability),
                  data_w=column.what, data_kind=column.kind)
              for column in world.columns]
    return join([tag("tr", top), tag("tr", second)], LINE)


def matrix(world):
    rows = []
    for row in world.rows:
        if not row.names:
            continue
        head = tag("th", link(row),
                   tag("small", row.version) if row.version else
                   tag("small", "not installed here")
                   if row.kind == "absent" else
                   tag("small", "no distribution")
                   if row.kind == "loose" else None, scope="row")
        rows.append(tag("tr", head, [_cell(cell) for cell in row.cells],
                        data_i=str(row.index)))
    caption = ("Who may do what. Rows are principals, columns what may be "
               "granted")
    return scroller(
        tag("table", tag("caption", caption), LINE,
            tag("thead", _heads(world)), LINE,
            tag("tbody", LINE, join(rows, LINE)), class_="matrix",
            id="matrix"), "Table of permissions")


def legend():
    items = [("own", "all", "granted by an entry of its own"),
             ("inherited", "all", "inherited: it comes with the one named"),
             ("everyone", "all", "by the entry of everyone else"),
             ("free", "free", "nothing restricts it"),
             ("no", "", "refused")]
    marks = [tag("li", tag("span", sample, class_=f"sample {class_}"), words)
             for class_, sample, words in items]
    marks.append(tag("li", tag("span", "all", class_="sample own error risky"),
                     "risky: can lead to everything, or is very wide"))
    words = [tag("li", code(capability), " ", meaning(capability))
             for capability in CAPABILITIES]
    return join([tag("ul", marks, class_="legend"),
                 tag("details", tag("summary", "What each capability means"),
                     tag("ul", words, class_="words"))])


# --- Each principal ---------------------------------------------------------

def _source(source, row):
    who = Html("") if source.principal in row.names else join(
        ["as everyone else: " if source.principal == "*"
         else join(["via ", name(source.principal), ": "])])
    return join([who, granted(source.granted), " ",
                 place(source.file, source.line)])


def _line(cell):
    column = cell.column
    words = [tag("b", code(column.what)), " ",
             tag("span", WORDS[cell.state], class_=f"state {cell.state}")]
    if cell.is_risky:
        words += [" ", tag("span", "risky", class_="level error")]
    if cell.sources:
        words.append(tag("ul", [tag("li", _source(source, cell.row))
                                for source in cell.sources]))
    if cell.column.kind == "capability" and cell.state != "free":
        words.append(tag("p", meaning(column.capability), class_="means"))
    return tag("li", words)


def _facts(row, rows):
    facts = []
    if row.distribution:
        facts.append(("Distribution", join([name(row.distribution), " ",
                                            name(row.version or "")])))
    if row.kind == "absent":
        facts.append(("Installed", "not in this environment"))
    if row.kind == "loose":
        facts.append(("Distribution", "none: it belongs to no installed one"))
    if row.kind not in ("application", "everyone"):
        facts.append(("Imported as", join(map(code, row.names), " ")
                      if row.names else "nothing: it has no packages"))
        above = [rows[index] for index in row.required_by]
        facts.append(("Comes with", links(above) if above
                      else "nobody: nothing here requires it"))
    if row.requires:
        facts.append(("Imports" if row.kind in ("application", "loose")
                      else "Requires",
                      links(rows[index] for index in row.requires)))
    if row.optional:
        facts.append(("For its extras",
                      links(rows[index] for index in row.optional)))
    return tag("dl", [[tag("dt", head), tag("dd", body)]
                      for head, body in facts])


def principal(row, world, groups):
    """All that is known of one."""
    allowed = [cell for cell in row.cells if cell.is_allowed]
    own = [cell for cell in row.cells if not cell.is_allowed
           and cell.sources]
    refused = [cell.column.what for cell in row.cells
               if not cell.is_allowed]
    parts = [_facts(row, world.rows)]
    if allowed or own:
        parts.append(tag("ul", [_line(cell) for cell in allowed + own],
                         class_="may"))
    if refused:
        parts.append(tag("p", "Refused: ", join(map(code, refused), " "),
                         class_="refused"))
    if groups:
        parts.append(tag("p", "In the log: ", join(
            [tag("a", count(group.count, "denial"), " of ",
                 name(group.what), href=f"#g-{index}")
             for index, group in groups], ", ")))
    risky = sum(cell.is_risky for cell in row.cells)
    states = sorted({cell.state for cell in row.cells})
    summary = [name(row.title), tag("small", row.version),
               tag("small", f"{len(allowed)} allowed"
                   + (f", {risky} risky" if risky else ""))]
    return tag("details", tag("summary", summary),
               tag("div", parts, id=f"p-{row.index}", tabindex="-1"),
               class_="who", data_i=str(row.index),
               data_w=" ".join(cell.column.what for cell in allowed),
               data_s=" ".join(states), data_r="1" if risky else None)
