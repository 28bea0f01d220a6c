"""Change a policy file and leave the rest of it as it is.

Each change is a splice of the text: what stands around it, the order, the
spaces, the comments, is not read and written again but kept.  What is new is
written in the form of its neighbours: on a line of its own where they are,
with their indentation.  After each change the text is parsed anew, so that a
change can only lead from one policy to another.
"""

import json

from importpolicy._reader import Document

WIDTH = 79


def dumps(value, indent="", step="    "):
    """A value in the form of this house: a list of one thing stays on its
    line, of several they stand one below the other."""
    if isinstance(value, dict) and value:
        inner = indent + step
        members = (f"{inner}{_text(key)}: {dumps(item, inner, step)}"
                   for key, item in value.items())
        return "{\n" + ",\n".join(members) + "\n" + indent + "}"
    if isinstance(value, (list, tuple)) and len(value) > 1:
        inner = indent + step
        return ("[\n" + ",\n".join(inner + dumps(item, inner, step)
                                   for item in value) + "\n" + indent + "]")
    if isinstance(value, (list, tuple)) and value:
        return f"[{dumps(value[0], indent, step)}]"
    return _text(value)


def _text(value):
    return json.dumps(value, ensure_ascii=False)


def _one_line(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_one_line(item)}"
                               for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_one_line, value)) + "]"
    return _text(value)


class Editor:
    """Changes to one document."""

    def __init__(self, document: Document):
        self.document = document

    @property
    def root(self):
        return self.document.root

    def find(self, *path):
        """The node behind keys, or None."""
        node = self.root
        for name in path:
            node = None if node is None else node.get(name)
        return node

    # --- Form -------------------------------------------------------------

    def _splice(self, start, end, text):
        old = self.document.text
        if "\r\n" in old:
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        self.document.update(old[:start] + text + old[end:])

    def _indent_at(self, offset):
        """The white space with which the line begins."""
        text = self.document.text
        begin = text.rfind("\n", 0, offset) + 1
        end = begin
        while end < len(text) and text[end] in " \t":
            end += 1
        return text[begin:end]

    def _step(self):
        """By how much this file indents."""
        for key, _ in self.root.members:
            if key.line != self.root.line:
                return self._indent_at(key.start) or "    "
        return "    "

    def _is_spread(self, node):
        """Do the parts of the object or list stand on lines of their own?"""
        parts = [key for key, _ in node.members] or node.items
        if not parts:
            return False
        first = self.document.text[node.start:parts[0].start]
        return "\n" in first

    def _column(self, offset):
        return offset - (self.document.text.rfind("\n", 0, offset) + 1)

    # --- Changes ----------------------------------------------------------

    def _insert(self, node, parts, text_of, width):
        """Put something new at the end of an object or list.  `parts` are
        (start, end) of those that it has; text_of(indent) is the text, in
        which None as the indent asks for a single line."""
        closer = node.end - 1
        if parts and self._is_spread(node):
            indent = self._indent_at(parts[-1][0])
            self._splice(parts[-1][1], parts[-1][1],
                         ",\n" + indent + text_of(indent))
        elif parts:
            line = text_of(None)
            if self._column(closer) + len(line) + width <= WIDTH \
                    or node.kind == "list":
                self._splice(parts[-1][1], parts[-1][1], ", " + line)
            else:
                self._spread(node, parts, text_of)
        else:
            outer = self._indent_at(node.start)
            line = text_of(None)
            if node.kind == "list" or \
                    self._column(node.start) + len(line) + 3 <= WIDTH \
                    and node is not self.root:
                self._splice(node.start + 1, closer, line)
            else:
                inner = outer + self._step()
                self._splice(node.start + 1, closer, "\n" + inner
                             + text_of(inner) + "\n" + outer)

    def _spread(self, node, parts, text_of):
        """From one line to one for each part, and one more."""
        outer = self._indent_at(node.start)
        inner = outer + self._step()
        texts = [self.document.text[start:end] for start, end in parts]
        texts.append(text_of(inner))
        self._splice(node.start + 1, node.end - 1,
                     "\n" + ",\n".join(inner + text for text in texts)
                     + "\n" + outer)

    def add_member(self, path, name, value):
        """A new key at the end of the object."""
        node = self.find(*path)
        step = self._step()

        def text_of(indent):
            if indent is None:
                return f"{_text(name)}: {_one_line(value)}"
            text = f"{_text(name)}: {_one_line(value)}"
            deep = isinstance(value, dict) and any(
                isinstance(item, dict) for item in value.values())
            if len(indent) + len(text) < WIDTH and not deep:
                return text
            return f"{_text(name)}: {dumps(value, indent, step)}"

        self._insert(node, [(key.start, item.end)
                            for key, item in node.members], text_of, 2)

    def add_item(self, path, value):
        """A new item at the end of the list."""
        node = self.find(*path)
        self._insert(node, [(item.start, item.end) for item in node.items],
                     lambda indent: _one_line(value), 2)

    def replace(self, path, value):
        """Another value for a key that is there."""
        node = self.find(*path)
        indent = self._indent_at(node.start)
        text = _one_line(value)
        if self._column(node.start) + len(text) >= WIDTH:
            text = dumps(value, indent, self._step())
        self._splice(node.start, node.end, text)

    def _remove(self, node, parts, index):
        """Take one part out, with a comma and with its line."""
        start, end = parts[index]
        if len(parts) == 1:
            self._splice(node.start + 1, node.end - 1, "")
        elif index + 1 < len(parts):
            self._splice(start, parts[index + 1][0], "")
        else:
            self._splice(parts[index - 1][1], end, "")

    def remove_member(self, path, name):
        node = self.find(*path)
        names = [key.value for key, _ in node.members]
        self._remove(node, [(key.start, item.end)
                            for key, item in node.members], names.index(name))

    def remove_item(self, path, value):
        node = self.find(*path)
        values = [item.value for item in node.items]
        self._remove(node, [(item.start, item.end) for item in node.items],
                     values.index(value))

    # --- Grants -----------------------------------------------------------

    def grant_module(self, key, principal):
        """List the principal under a module key.  True when that changed
        anything."""
        node = self.find(key)
        if node is None:
            self.add_member((), key, [principal])
        elif node.kind != "list":
            return False                # "*": everyone
        elif any(item.value == principal for item in node.items):
            return False
        else:
            self.add_item((key,), principal)
        return True

    def grant_all(self, principal):
        """Grant everything."""
        if self.find("$permissions") is None:
            self.add_member((), "$permissions", {})
        entry = self.find("$permissions", principal)
        if entry is None:
            self.add_member(("$permissions",), principal, True)
        elif entry.kind != "true":
            self.replace(("$permissions", principal), True)
        return entry is None or entry.kind != "true"

    def grant(self, principal, what, targets):
        """Grant targets, or true.  What is there stays."""
        path = "$permissions", principal
        if self.find("$permissions") is None:
            self.add_member((), "$permissions", {})
        entry = self.find(*path)
        if entry is None:
            self.add_member(path[:1], principal, {what: _given(targets)})
            return True
        if entry.kind == "true":
            return False
        there = entry.get(what)
        if there is None:
            self.add_member(path, what, _given(targets))
            return True
        if there.kind == "true":
            return False
        if there.kind != "list" or targets is True:
            self.replace((*path, what), _given(targets))
            return True
        known = {item.value for item in there.items}
        new = [target for target in targets if target not in known]
        for target in new:
            self.add_item((*path, what), target)
        return bool(new)


def _given(targets):
    return True if targets is True else list(targets)
