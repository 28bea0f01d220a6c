"""All that is known of one principal."""

from importpolicy._report_html import Html, code, count, join, name, tag
from importpolicy._report_words import STATES, granted, links, place
from importpolicy._risk import meaning


def _source(source, row):
    who = Html("") if source.principal in row.names else join(
        ["as everyone else: " if source.principal == "*"
         else join(["via ", name(source.principal), ": "])])
    return join([who, granted(source.granted), " ",
                 place(source.file, source.line)])


def _line(cell):
    column = cell.column
    words = [tag("b", code(column.what)), " ",
             tag("span", STATES[cell.state], class_=f"state {cell.state}")]
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
    if not all(map(str.isascii, row.names)):
        facts.append(("Spelled", join(map(code, map(ascii, row.names)),
                                      " ")))
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
