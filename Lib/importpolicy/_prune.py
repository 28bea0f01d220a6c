"""Which grants of a policy has this run not used?"""

import os

from importpolicy import _ask, _out, _reader
from importpolicy._principals import Ancestry


class _Used:
    """Does anything that a run did need this?"""

    def __init__(self, records, ancestry):
        self.records = records
        self.ancestry = ancestry

    def covers(self, granted, name):
        return self.ancestry.is_ancestor(granted, name)

    def concerns(self, principal, record):
        if principal == "*":
            return True
        return any(self.covers(principal, name) for name in record.members)

    def module(self, key, principal):
        return any(record.is_module and record.what == key
                   and self.concerns(principal, record)
                   for record in self.records)

    def capability(self, principal, what):
        return [record for record in self.records
                if not record.is_module and what in (record.what,
                                                     record.event)
                and self.concerns(principal, record)]


def unused(file, records):
    """[(line, column, what is not used)], by trying: a target is used when an
    access is granted by a policy with that target alone."""
    document = _reader.read(file)
    used = _Used(records, Ancestry([os.path.dirname(file)]))
    found = []
    for key, value in document.root.members:
        if not key.value.startswith("$"):
            found += [(item, f'"{key.value}": "{item.value}"')
                      for item in value.items
                      if not used.module(key.value, item.value)]
    permissions = document.root.get("$permissions")
    for principal, entry in permissions.members if permissions else ():
        for what, value in entry.members:
            found += _unused_targets(used, principal.value, what, value)
    return [(node.line, node.column, text) for node, text in found]


def _unused_targets(used, principal, what, value):
    if value.kind == "false":
        return []
    records = used.capability(principal, what.value)
    name = f"{principal}: {what.value}"
    if not records:
        return [(what, name)]
    found = []
    for item in value.items:
        if not item.value.startswith("!") \
                and not _ask.holds(what.value, item.value, records):
            found.append((item, f"{name} {item.value}"))
    return found


def report(file, records, status, as_json):
    found = unused(file, records)
    if as_json:
        _out.put_json({"policy": file, "status": status, "unused": [
            {"line": line, "column": column, "grant": text}
            for line, column, text in found]})
    else:
        for line, column, text in found:
            _out.put(_out.escape(f"{_out.shown_path(file)}:{line}:{column}: "
                                 f"not used: {text}"))
    if not found:
        _out.say("importpolicy: every grant was used")
    return _out.FINDINGS if found or status else _out.FINE
