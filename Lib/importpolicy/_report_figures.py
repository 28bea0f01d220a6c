"""The drawings of a report, and the same in words.

Whoever does not see a drawing reads the list or the table below it, which is
made of the same figures.
"""

from importpolicy._report_graph import COLUMN, HEIGHT, MARGIN, WIDTH
from importpolicy._report_html import (
    LINE, Html, code, count, join, name, open_tag, scroller, shorten,
    table, tag)
from importpolicy._report_policy import link, targets
from importpolicy._risk import ORDER

# Those that a node of the graph has a dot for.
DOTS = ORDER[:6]
_DOT = 9
_NAME = 18


# --- Dependencies -----------------------------------------------------------

def graph(world, drawing, denied):
    """`denied` are indices of rows that the log speaks of."""
    optional = set(drawing.optional)
    edges = [_edge(drawing, one, other, (one, other) in optional)
             for one, other in sorted(drawing.edges)]
    nodes = [_node(row, drawing, row.index in denied)
             for layer in drawing.layers
             for row in sorted((world.rows[index] for index in layer),
                               key=lambda row: drawing.y[row.index])]
    heads = [tag("text", title, x=str(MARGIN + layer * COLUMN), y="16",
                 class_="head")
             for layer, title in enumerate(_titles(len(drawing.layers)))]
    if drawing.lonely:
        y = min(drawing.y[index] for index in drawing.lonely) - 6
        heads.append(tag("text", "Required by nobody here", class_="head",
                         x=str(MARGIN + COLUMN), y=str(y)))
    picture = tag(
        "svg", tag("g", heads, aria_hidden="true"),
        tag("g", edges, class_="edges", aria_hidden="true"), LINE,
        tag("g", join(nodes, LINE)),
        viewBox=f"0 0 {drawing.width} {drawing.height}",
        width=str(drawing.width), height=str(drawing.height), role="group",
        aria_label="Dependencies, from the application to the right",
        id="graph")
    return scroller(picture, "Graph of dependencies", id="graph-box")


def _titles(number):
    titles = ["The application", "Imported by it", "Required by these"]
    return titles[:number] + ["and by these"] * (number - 3)


def _edge(drawing, one, other, optional):
    x1, y1 = drawing.x(one) + WIDTH, drawing.y[one] + HEIGHT // 2
    x2, y2 = drawing.x(other), drawing.y[other] + HEIGHT // 2
    bend = (COLUMN - WIDTH) // 2 + 8
    return tag("path", d=f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} "
                         f"{x2} {y2}",
               class_="optional" if optional else None,
               data_e=f"{one} {other}")


def _kind(cell):
    if not cell.is_allowed:
        return "no"
    return cell.state if cell.state in ("own", "inherited") else "free"


def _node(row, drawing, denied):
    x, y = drawing.x(row.index), drawing.y[row.index]
    dots = [_dot(x + WIDTH - 8 - (len(DOTS) - i) * _DOT, y + HEIGHT // 2,
                 cell) for i, cell in enumerate(row.cells[:len(DOTS)])]
    words = node_words(row, denied)
    classes = " ".join(filter(None, (
        "node", row.kind, "direct" if row.is_direct else "",
        "denied" if denied else "",
        "risky" if any(cell.is_risky for cell in row.cells) else "")))
    return Html(
        open_tag("a", href=f"#p-{row.index}", class_=classes,
                 data_i=str(row.index), data_l=str(drawing.layer[row.index]),
                 aria_label=words)
        + tag("title", words)
        + tag("rect", x=str(x), y=str(y), width=str(WIDTH),
              height=str(HEIGHT), rx="4")
        + tag("text", _cut(row.title), x=str(x + 9), y=str(y + 15))
        + join(dots) + Html("</a>"))


def _cut(title):
    return title if len(title) <= _NAME \
        else title[:_NAME - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _dot(x, y, cell):
    return tag("circle", cx=str(x + 4), cy=str(y),
               r="2.5" if cell.is_allowed else "1",
               class_=f"{_kind(cell)} {cell.column.level}")


def node_words(row, denied):
    """What the node shows."""
    words = [shorten(row.title, 80)]
    if row.version:
        words[0] += f" {shorten(row.version, 40)}"
    for state, verb in (("own", "granted"), ("inherited", "inherits"),
                        ("free", "free in")):
        whats = [cell.column.what for cell in row.cells[:len(DOTS)]
                 if _kind(cell) == state]
        if whats:
            words.append(f"{verb} {', '.join(whats)}")
    if row.requires:
        words.append(f"requires {len(row.requires)}")
    if denied:
        words.append("has denials in the log")
    return "; ".join(words)


def graph_legend():
    items = [("own", "granted itself"), ("inherited", "inherited"),
             ("free", "free, or as everyone else"), ("no", "refused")]
    marks = [tag("li", Html(
        '<svg width="12" height="12" aria-hidden="true">'
        f'<circle cx="6" cy="6" r="{1 if class_ == "no" else 3.5}" '
        f'class="dot {class_} error"/></svg>'), " ", words)
        for class_, words in items]
    marks.insert(0, tag("li", "Dots, from the left: ",
                        join(map(code, DOTS), " ")))
    marks += [tag("li", tag("span", class_=f"line {class_}"), " ", words)
              for class_, words in (("denied", "has denials"),
                                    ("absent", "of no distribution here"),
                                    ("optional", "for an extra"))]
    return tag("ul", marks, class_="legend")


def tree(world, drawing, denied):
    """The graph as a list; who is required by several is told in full where
    it comes first."""
    optional = set(drawing.optional)
    seen = set()

    def item(index, extra=False):
        row = world.rows[index]
        words = [link(row), " ", tag("small", row.version)]
        if extra:
            words.append(tag("small", "for an extra"))
        words.append(tag("small", node_words(row, index in denied)
                         .partition("; ")[2]))
        if index in seen:
            words.append(tag("small", "(see above)")
                         if drawing.plain[index] else None)
            return tag("li", words, data_i=str(index))
        seen.add(index)
        inner = [item(other, (index, other) in optional)
                 for other in sorted(drawing.plain[index])]
        if inner:
            words.append(tag("ul", inner))
        return tag("li", words, data_i=str(index))

    items = [item(0)]
    roots = [row.index for row in drawing.rows
             if not row.required_by and row.index not in seen]
    items += [item(index) for index in roots if index not in seen]
    # Whoever is left stands in a circle that nothing leads to.
    items += [item(row.index) for row in drawing.rows
              if row.index not in seen]
    return tag("ul", items, class_="tree", id="tree")


# --- Denials ----------------------------------------------------------------

_LANES = 24
_LABEL, _LANE, _TOP = 250, 24, 60


def who(members):
    return " + ".join("the application" if member == "__main__" else member
                      for member in members)


def chart(denials):
    """A lane for each group, a bar for each span of time."""
    lanes = denials.groups[:_LANES]
    cell = min(30, 960 // len(denials.spans))
    width = _LABEL + len(denials.spans) * cell + 70
    height = _TOP + (len(lanes) + 1) * _LANE + 10
    tops = [("all", denials.totals(), sum(denials.totals()), None)]
    tops += [(f"{who(group.members)}: {group.what}", group.counts,
              group.count, index) for index, group in enumerate(lanes)]
    most = max(max(counts) for _, counts, _, _ in tops[1:])
    parts = [_axis(denials, cell, height)]
    for number, (label, counts, total, index) in enumerate(tops):
        y = _TOP + number * _LANE
        parts.append(_lane(label, counts, total, y, denials, cell,
                           max(counts) if index is None else most, index))
    return scroller(tag(
        "svg", parts, viewBox=f"0 0 {width} {height}", width=str(width),
        height=str(height), role="img",
        aria_label=f"{count(denials.total, 'denial')} over time; the table "
                   "below has the same figures", id="chart"),
        "Chart of denials")


def _axis(denials, cell, height):
    step = -(-130 // cell)
    marks = []
    for index in range(0, len(denials.spans), step):
        x = _LABEL + index * cell
        marks.append(tag("line", x1=str(x), x2=str(x), y1="40",
                         y2=str(height - 8)))
        marks.append(tag("text", denials.label(index), x=str(x + 3), y="34"))
    marks.append(tag("text", "UTC", x=str(_LABEL - 8), y="34", class_="end"))
    return tag("g", marks, class_="axis")


def _lane(label, counts, total, y, denials, cell, most, index):
    bars = []
    for i, number in enumerate(counts):
        if number:
            height = max(2, round(number / most * (_LANE - 6)))
            bars.append(tag(
                "rect", tag("title", f"{denials.label(i)}: {number}"),
                x=str(_LABEL + i * cell + 1), width=str(cell - 2),
                y=str(y + _LANE - 4 - height), height=str(height),
                data_n=str(number)))
    text = label if len(label) <= 38 \
        else label[:37] + "\N{HORIZONTAL ELLIPSIS}"
    end = _LABEL + len(counts) * cell + 8
    return tag("g", tag("title", shorten(label)),
               tag("line", x1="0", x2=str(end), y1=str(y + _LANE - 4),
                   y2=str(y + _LANE - 4)),
               tag("text", text, x="4", y=str(y + _LANE - 8)),
               bars, tag("text", str(total), x=str(end),
                         y=str(y + _LANE - 8)),
               class_="lane" if index is not None else "lane all",
               data_g=None if index is None else str(index))


def spans(denials):
    """The chart in figures."""
    used = [i for i, total in enumerate(denials.totals()) if total]
    rows = [tag("tr", tag("th", denials.label(i), scope="row"),
                [tag("td", str(group.counts[i]) if group.counts[i] else "",
                     class_="number") for group in denials.groups[:_LANES]],
                tag("td", str(denials.totals()[i]), class_="number"))
            for i in used]
    heads = [("From (UTC)", None)]
    heads += [(join([name(who(group.members)), ": ", name(group.what)]),
               "number") for group in denials.groups[:_LANES]]
    return scroller(table("Denials by time", [*heads, ("All", "number")],
                          rows, id="spans"),
                    "Table of denials by time")


def groups(denials, by_name):
    rows = []
    for index, group in enumerate(denials.groups):
        members = [by_name.get(member) for member in group.members]
        found = [row for row in members if row]
        audit = group.count - group.refused
        verdict = "would be refused" if not group.refused else "refused" \
            if not audit else f"refused {group.refused}, audit {audit}"
        reached = [[code(target), tag("small", f"\N{MULTIPLICATION SIGN}"
                                      f"{number}") if number > 1 else "",
                    " "]
                   for target, number in group.top_targets()]
        left = len(group.targets) - len(reached)
        rows.append(tag(
            "tr", tag("td", str(group.count), class_="number"),
            tag("th", join([link(row) if row else name(member)
                            for row, member in zip(members, group.members)],
                           " + "), scope="row"),
            tag("td", code(group.what)), tag("td", verdict),
            tag("td", reached,
                tag("small", f"+{left} more") if left else None),
            tag("td", group.first, class_="time"),
            tag("td", group.last, class_="time"),
            tag("td", name(group.chain), class_="chain"),
            id=f"g-{index}", data_g=str(index),
            data_i=" ".join(str(row.index) for row in found),
            data_w=group.what, data_s="refused"))
    return scroller(table(
        "Denials by principal and what, the most frequent first",
        [("Count", "number"), ("Who", None), ("What", None),
         ("Verdict", None), ("On", None), ("First (UTC)", None),
         ("Last (UTC)", None), ("How it came about", None)],
        rows, class_="rows", id="denials"), "Table of denials")
