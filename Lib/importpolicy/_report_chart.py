"""What was refused, drawn over time and in tables.

The chart and the table below it are made of the same figures.
"""

from importpolicy._report_html import (
    code, count, cut, join, name, scroller, table, tag)
from importpolicy._report_words import link

_LANES = 24
_LABEL, _LANE, _TOP = 250, 24, 60
_WHO, _WHAT = 34, 20


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
    tops += [(_label(group), group.counts, group.count, index)
             for index, group in enumerate(lanes)]
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


def _label(group):
    what = cut(group.what, _WHAT)
    return f"{cut(who(group.members), _WHO - len(what))}: {what}"


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
    end = _LABEL + len(counts) * cell + 8
    return tag("g", tag("line", x1="0", x2=str(end), y1=str(y + _LANE - 4),
                   y2=str(y + _LANE - 4)),
               tag("text", label, x="4", y=str(y + _LANE - 8)),
               bars, tag("text", str(total), x=str(end),
                         y=str(y + _LANE - 8)),
               class_="lane" if index is not None else "lane all",
               data_g=None if index is None else str(index))


def spans(denials):
    """The chart in figures."""
    used = [i for i, total in enumerate(denials.totals()) if total]
    rows = [tag("tr", tag("th", denials.label(i), scope="row", class_="time"),
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
            data_w=group.what, data_s="refused",
            data_r="1" if group.is_risky else None))
    return scroller(table(
        "Denials by principal and what, the most frequent first",
        [("Count", "number"), ("Who", None), ("What", None),
         ("Verdict", None), ("On", None), ("First (UTC)", None),
         ("Last (UTC)", None), ("How it came about", None)],
        rows, class_="rows", id="denials"), "Table of denials")
