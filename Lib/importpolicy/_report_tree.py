"""The dependencies, drawn and as a list.

Whoever does not see the drawing reads the list, which has the same nodes and
the same edges.
"""

from importpolicy._report_graph import COLUMN, HEIGHT, MARGIN, WIDTH
from importpolicy._report_html import (
    LINE, Html, code, cut, join, open_tag, scroller, shorten, tag)
from importpolicy._report_words import link
from importpolicy._risk import ORDER

# Those that a node of the graph has a dot for.
DOTS = ORDER[:6]
_DOT = 9
_NAME, _BOLD = 18, 16         # characters that there is room for


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
    room = _BOLD if row.is_direct or row.kind == "application" else _NAME
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
        + tag("text", cut(row.title, room), x=str(x + 9), y=str(y + 15))
        + join(dots) + Html("</a>"))


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
    """The graph as a list.  Who is required by several is told in full under
    the one that is nearest to the application."""
    optional = set(drawing.optional)
    order, home = _homes(drawing)

    def item(index, parent):
        row = world.rows[index]
        words = [link(row), " ", tag("small", row.version)]
        if (parent, index) in optional:
            words.append(tag("small", "for an extra"))
        words.append(tag("small", node_words(row, index in denied)
                         .partition("; ")[2]))
        others = sorted(drawing.plain[index])
        if others and home[index] != parent:
            words.append(tag("small", "(told elsewhere)"))
        elif others:
            words.append(tag("ul", [item(other, index) for other in others]))
        return tag("li", words, data_i=str(index))

    return tag("ul", [item(index, None) for index in order
                      if home[index] is None], class_="tree", id="tree")


def _homes(drawing):
    """The nodes from the application outwards, and under whom each is told in
    full: None for the application, for whom nobody requires, and for one of
    each circle that nothing leads to."""
    order, home = [], {}
    starts = [0, *sorted(drawing.lonely), *sorted(drawing.plain)]
    for start in starts:
        if start in home:
            continue
        home[start] = None
        todo = [start]
        for index in todo:
            order.append(index)
            for other in sorted(drawing.plain[index]):
                if other not in home:
                    home[other] = index
                    todo.append(other)
    return order, home
