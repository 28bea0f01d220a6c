"""The parts of a report that tell what a policy says."""

from importpolicy._report_html import (
    LINE, Html, code, join, name, scroller, table, tag)
from importpolicy._report_words import (
    KINDS, STATES, level, link, place, targets)
from importpolicy._risk import CAPABILITIES, meaning

SHOWN_TARGETS = 2


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
            tag("td", str(grant.heirs) if grant.heirs else "",
                class_="number"),
            tag("td", place(source.file, source.line)),
            data_i=" ".join(str(row.index) for row in (grant.row,) if row),
            data_w=_whats(grant.what, grant.capability), data_s="own",
            data_r="1" if grant.is_risky else None))
    if not rows:
        return tag("p", "The policy grants nothing.")
    return scroller(table(
        "What the policy grants, the most dangerous first",
        [("Danger", None), ("Who", None), ("May", None), ("On", None),
         ("Which means", None), ("Inherited by", "number"), ("Where", None)],
        rows, class_="rows", id="grants"), "Table of grants")


def _whats(what, capability):
    """What a filter may ask for."""
    if what == "*":
        return " ".join(CAPABILITIES)
    return f"{capability or ''} {what}".strip()


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
            data_w=_whats(change.what, change.capability),
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
    parts = [tag("i", STATES[cell.state] + (", risky" if risky else "")
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
    top += [tag("th", tag("span", KINDS[kind]), scope="colgroup",
                colspan=str(number), data_kind=kind)
            for kind, number in groups]
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
                   if row.kind == "loose" else None,
                   None if row.title.isascii()
                   else tag("small", "not ASCII"), scope="row")
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
