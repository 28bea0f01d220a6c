"""HTML of data that nobody trusts.

Names of packages, targets and log lines are written by whoever wants to be
let in.  So elements are built, not pasted together: whatever is not an Html
already is text and is escaped here, in the one place that does it.
"""

import html

from importpolicy import _out

# What is longer is no name: it is shown cut, with its length.
MAX_TEXT = 300
# Another element in one of these would end the drawing, or the list.
_TEXT_ONLY = {"option", "text", "title"}


class Html(str):
    """Text that is HTML."""

    __slots__ = ()


LINE = Html("\n")


def shorten(text, limit=MAX_TEXT):
    text = str(text)
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\N{HORIZONTAL ELLIPSIS} ({len(text)} characters)"


def text(value):
    """As it can be seen; what cannot be seen in it is marked, so that it
    differs from a name that has the same letters."""
    value = shorten(value)
    if _out.escape(value) == value:
        return Html(html.escape(value))
    return Html("".join(map(_character, value)))


def _character(character):
    escaped = _out.escape(character)
    if escaped == character:
        return html.escape(character)
    return f'<span class="esc">{escaped}</span>'


def cut(value, room):
    """For a place in a drawing that has room for so many characters."""
    value = _out.escape(value)
    return value if len(value) <= room \
        else value[:room - 1] + "\N{HORIZONTAL ELLIPSIS}"


def plain(value):
    """The same without marks, for attributes and for elements that hold
    nothing but text."""
    return html.escape(_out.escape(shorten(value)))


def join(parts, separator="", escape=text):
    """Html of parts, each of them Html or text."""
    return Html(separator.join(_content(part, escape) for part in parts))


def _content(part, escape):
    if part is None:
        return ""
    if type(part) is Html:
        return part
    if isinstance(part, (list, tuple)):
        return join(part, escape=escape)
    return escape(part)


def _attributes(attributes):
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        name = name.rstrip("_").replace("_", "-")
        yield f" {name}" if value is True else f' {name}="{plain(value)}"'


def open_tag(name, **attributes):
    return Html(f"<{name}{''.join(_attributes(attributes))}>")


def tag(name, *content, **attributes):
    """An element.  `class_` is class and `data_x` data-x; attributes that are
    None or False are left out."""
    escape = plain if name in _TEXT_ONLY else text
    return Html(f"{open_tag(name, **attributes)}"
                f"{join(content, escape=escape)}</{name}>")


def name(value):
    """A name in a sentence: whichever way it is written, the sentence around
    it is not."""
    return tag("bdi", value)


def code(value):
    return tag("code", value)


def table(caption, heads, rows, **attributes):
    """Columns are (title, class) and rows lists of elements, which are td or
    th themselves."""
    head = tag("tr", [tag("th", title, scope="col", class_=class_)
                      for title, class_ in heads])
    return tag("table", tag("caption", caption), LINE, tag("thead", head),
               LINE, tag("tbody", LINE, join(rows, LINE)), **attributes)


def scroller(content, label, **attributes):
    """What may be wider than the page scrolls by itself, with the keyboard
    as well."""
    return tag("div", content, class_="scroll", tabindex="0", role="region",
               aria_label=label, **attributes)


def count(number, word, plural=None):
    return _out.count(number, word, plural)
